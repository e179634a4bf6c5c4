"""The Monte Carlo of benches/monte_carlo.rs in NumPy: nanoseconds per sample, median of many runs.

Run: python bench/numpy_kl.py
"""

import statistics
import time

import numpy as np

SAMPLES = 1 << 18
RUNS = 40
M1, V1, M2, V2 = 0.7, 1.69, -0.4, 4.41


def ln_density(x, m, v):
    return -((x - m) ** 2) / (2 * v) - 0.5 * np.log(2 * np.pi * v)


def run(rng):
    x = M1 + np.sqrt(V1) * rng.standard_normal(SAMPLES)
    g = ln_density(x, M1, V1) - ln_density(x, M2, V2)
    return g.mean(), g.std(ddof=1) / np.sqrt(SAMPLES)


def main():
    rng = np.random.Generator(np.random.SFC64(1))
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        mean, error = run(rng)
        times.append(time.perf_counter() - start)
        # A fast wrong answer is worth nothing.
        assert abs(mean - 0.30837126620293) < 6 * error, (mean, error)
    print(f"numpy {np.__version__}: {statistics.median(times) / SAMPLES * 1e9:.1f} ns per sample")


if __name__ == "__main__":
    main()
