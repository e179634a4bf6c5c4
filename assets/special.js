// What formulas on a page are computed with: special functions, and products that do not lose small factors.
//
// erf, erfc and ln Γ follow FreeBSD's msun (s_erf.c, e_lgamma_r.c; Copyright (C) 1993 by Sun Microsystems, Inc., which
// permits use, copying and modification as long as this notice is kept); Γ is Lanczos' approximation with the constants
// of Boost's lanczos13m53; ψ and ψ′ the series of Abramowitz and Stegun, 6.3.18 and 6.4.12, after the recurrences.
const special = (() => {
  "use strict";
  const poly = (c, x) => {
    let y = 0;
    for (let i = c.length - 1; i >= 0; i--) y = y * x + c[i];
    return y;
  };
  // sin(πx), exact where x is whole.
  const sinPi = (x) => {
    const t = x - 2 * Math.floor(x / 2);
    const n = Math.floor((Math.floor(4 * t) + 1) / 2);
    const r = Math.PI * (t - n / 2);
    return [Math.sin(r), Math.cos(r), -Math.sin(r), -Math.cos(r), Math.sin(r)][n];
  };

  const ERX = 0.845062911510467529297;
  const EFX = 0.125 * 1.02703333676410069053;
  const PP = [
    0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
    -2.3763016656650163e-05
  ];
  const QQ = [
    1.0, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
    -3.960228278775368e-06
  ];
  const PA = [
    -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175,
    -0.11089469428239668, 0.035478304325618236, -0.002166375594868791
  ];
  const QA = [
    1.0, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
    0.011984499846799107
  ];
  const RA = [
    -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
    -184.60509290671104, -81.2874355063066, -9.814329344169145
  ];
  const SA = [
    1.0, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
    108.63500554177944, 6.570249770319282, -0.0604244152148581
  ];
  const RB = [
    -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
    -1025.0951316110772, -483.5191916086514
  ];
  const SB = [
    1.0, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
    474.52854120695537, -22.44095244658582
  ];
  // x without the lower half of its digits, so that its square is exact.
  const word = new DataView(new ArrayBuffer(8));
  const upper = (x) => {
    word.setFloat64(0, x);
    word.setUint32(4, 0);
    return word.getFloat64(0);
  };
  const erfcLarge = (a) => {
    if (a < 1.25) return 1 - ERX - poly(PA, a - 1) / poly(QA, a - 1);
    const s = 1 / (a * a);
    const r = a < 1 / 0.35 ? poly(RA, s) / poly(SA, s) : poly(RB, s) / poly(SB, s);
    const z = upper(a);
    return (Math.exp(-z * z - 0.5625) * Math.exp((z - a) * (z + a) + r)) / a;
  };
  const erf = (x) => {
    const a = Math.abs(x);
    if (!(a < Infinity)) return Math.sign(x);
    if (a < 2 ** -28) return x + EFX * x;
    if (a < 0.84375) return x + (x * poly(PP, x * x)) / poly(QQ, x * x);
    return Math.sign(x) * (a < 6 ? 1 - erfcLarge(a) : 1);
  };
  const erfc = (x) => {
    const a = Math.abs(x);
    if (!(a < Infinity)) return 1 - Math.sign(x);
    if (a < 0.84375) {
      const y = poly(PP, x * x) / poly(QQ, x * x);
      return x < 0.25 ? 1 - (x + x * y) : 0.5 - (x - 0.5 + x * y);
    }
    if (x > 0) return a < 28 ? erfcLarge(a) : 0;
    return a < 28 ? 2 - erfcLarge(a) : 2;
  };

  const TC = 1.46163214496836224576;
  const TF = -0.121486290535849611461;
  const TT = -3.63867699703950536541e-18;
  const W0 = 0.418938533204672725052;
  const A = [
    0.07721566490153287, 0.3224670334241136, 0.06735230105312927, 0.020580808432516733, 0.007385550860814029,
    0.0028905138367341563, 0.0011927076318336207, 0.0005100697921535113, 0.00022086279071390839,
    0.00010801156724758394, 2.5214456545125733e-05, 4.4864094961891516e-05
  ];
  const T = [
    0.48383612272381005, -0.1475877229945939, 0.06462494023913339, -0.032788541075985965, 0.01797067508118204,
    -0.010314224129834144, 0.006100538702462913, -0.0036845201678113826, 0.0022596478090061247,
    -0.0014034646998923284, 0.000881081882437654, -0.0005385953053567405, 0.00031563207090362595,
    -0.00031275416837512086, 0.0003355291926355191
  ];
  const U = [
    -0.07721566490153287, 0.6328270640250934, 1.4549225013723477, 0.9777175279633727, 0.22896372806469245,
    0.013381091853678766
  ];
  const V = [
    1.0, 2.4559779371304113, 2.128489763798934, 0.7692851504566728, 0.10422264559336913, 0.003217092422824239
  ];
  const S = [
    -0.07721566490153287, 0.21498241596060885, 0.325778796408931, 0.14635047265246445, 0.02664227030336386,
    0.0018402845140733772, 3.194753265841009e-05
  ];
  const R = [
    1.0, 1.3920053346762105, 0.7219355475671381, 0.17193386563280308, 0.01864591917156529,
    0.0007779424963818936, 7.326684307446256e-06
  ];
  const W = [
    0.08333333333333297, -0.0027777777772877554, 0.0007936505586430196, -0.00059518755745034,
    0.0008363399189962821, -0.0016309293409657527
  ];
  const even = [0, 2, 4, 6, 8, 10].map((k) => A[k]);
  const odd = [1, 3, 5, 7, 9, 11].map((k) => A[k]);
  const thirds = [0, 1, 2].map((k) => [0, 3, 6, 9, 12].map((j) => T[j + k]));
  // ln Γ between 0 and 2, by the distance y from where it vanishes or is least.
  const near = [
    (y) => y * poly(even, y * y) + y * y * poly(odd, y * y) - y / 2,
    (y) => {
      const [p1, p2, p3] = thirds.map((c) => poly(c, y * y * y));
      return TF + (y * y * p1 - (TT - y * y * y * (p2 + y * p3)));
    },
    (y) => -y / 2 + (y * poly(U, y)) / poly(V, y),
  ];
  const lnGamma = (x) => {
    if (x <= 0) {
      const s = Math.abs(sinPi(x));
      return s === 0 ? Infinity : Math.log(Math.PI / (s * -x)) - lnGamma(-x);
    }
    if (x === 1 || x === 2) return 0;
    if (x < 0.9) {
      const r = -Math.log(x);
      if (x >= 0.7315998) return r + near[0](1 - x);
      return r + (x >= 0.2316399 ? near[1](x - (TC - 1)) : near[2](x));
    }
    if (x < 2) {
      if (x >= 1.7316) return near[0](2 - x);
      return x >= 1.23 ? near[1](x - TC) : near[2](x - 1);
    }
    if (x < 8) {
      const n = Math.floor(x);
      const y = x - n;
      let z = 1;
      for (let k = 2; k < n; k++) z *= y + k;
      return y / 2 + (y * poly(S, y)) / poly(R, y) + Math.log(z);
    }
    const z = 1 / x;
    return (x - 0.5) * (Math.log(x) - 1) + W0 + z * poly(W, z * z);
  };

  const G = 5.524680040776729583740234375;
  const NUM = [
    23531376880.41076, 42919803642.6491, 35711959237.35567, 17921034426.03721, 6039542586.352028,
    1439720407.3117216, 248874557.86205417, 31426415.585400194, 2876370.6289353725, 186056.26539522348,
    8071.672002365816, 210.82427775157936, 2.5066282746310002
  ];
  const DEN = [0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1];
  const lanczos = (x) => {
    let num = 0;
    let den = 0;
    for (let i = 0; i < NUM.length; i++) {
      num = num / x + NUM[i];
      den = den / x + DEN[i];
    }
    return num / den;
  };
  const gamma = (x) => {
    if (x === Math.floor(x)) return x <= 0 ? NaN : factorial(x - 1);
    const a = Math.abs(x);
    if (a > 184) return x > 0 ? Infinity : 0;
    const y = a + G;
    let dy = a > G ? y - a - G : y - G - a;
    let z = a - 0.5;
    let r = (a < 8 ? poly(NUM, a) / poly(DEN, a) : lanczos(a)) * Math.exp(-y);
    if (x < 0) {
      r = -Math.PI / (sinPi(a) * a * r);
      dy = -dy;
      z = -z;
    }
    r += (dy * (G + 0.5) * r) / y;
    const root = Math.pow(y, z / 2);
    return r * root * root;
  };

  // B₂, B₄, … B₁₆.
  const B = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
  const BK = B.map((b, k) => b / (2 * k + 2));
  const digamma = (x) => {
    if (x <= 0) {
      if (x === Math.floor(x)) return NaN;
      return digamma(1 - x) - (Math.PI * sinPi(x + 0.5)) / sinPi(x);
    }
    let shift = 0;
    for (; x < 14; x++) shift -= 1 / x;
    const r = 1 / x;
    return Math.log(x) - r / 2 - r * r * poly(BK, r * r) + shift;
  };
  const trigamma = (x) => {
    if (x <= 0) {
      return x === Math.floor(x) ? Infinity : (Math.PI / sinPi(x)) ** 2 - trigamma(1 - x);
    }
    let shift = 0;
    for (; x < 14; x++) shift += 1 / (x * x);
    const r = 1 / x;
    return shift + r + (r * r) / 2 + poly(B, r * r) * r * r * r;
  };

  // exp(−x) I_n(x) for x ≥ 0 and n 0 or 1.
  const scaledBessel = (x, n) => {
    if (x > 30) {
      let term = 1, sum = 1;
      for (let k = 1; term !== 0 && Math.abs(term) > 1e-17 * sum; k++) {
        term *= ((2 * k - 1) ** 2 - 4 * n * n) / (8 * k * x);
        sum += term;
      }
      return sum / Math.sqrt(2 * Math.PI * x);
    }
    let term = n === 0 ? 1 : x / 2, sum = term;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (x * x) / (4 * k * (k + n));
      sum += term;
    }
    return sum * Math.exp(-x);
  };
  // E₁ of a positive number: its series, or its continued fraction.
  const expint = (x) => {
    if (!(x >= 0)) return NaN;
    if (x >= 2) {
      let t = x;
      for (let n = 80; n > 0; n--) t = x + n / (1 + n / t);
      return Math.exp(-x) / t;
    }
    let term = -1, sum = 0;
    for (let k = 1; k < 40; k++) {
      term *= -x / k;
      sum += term / k;
    }
    return sum - Math.log(x) - 0.5772156649015329;
  };

  const besselI0 = (x) => scaledBessel(Math.abs(x), 0) * Math.exp(Math.abs(x));
  const besselI1 = (x) => Math.sign(x) * scaledBessel(Math.abs(x), 1) * Math.exp(Math.abs(x));

  const whole = (n) => n >= 0 && n === Math.floor(n);
  const factorial = (n) => {
    if (!whole(n)) return NaN;
    if (n > 170) return Infinity;
    let p = 1;
    for (let k = 2; k <= n; k++) p *= k;
    return p;
  };
  const lnFactorial = (n) => (whole(n) ? lnGamma(n + 1) : NaN);
  const lnChoose = (n, k) =>
    k < 0 || k > n ? -Infinity : lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
  const choose = (n, k) => {
    if (!whole(n) || k !== Math.floor(k)) return NaN;
    if (k < 0 || k > n) return 0;
    if (n > 60) return Math.exp(lnChoose(n, k));
    let c = 1;
    for (let i = 0; i < Math.min(k, n - k); i++) c = (c * (n - i)) / (i + 1);
    return c;
  };

  // 0 as soon as one factor is: 0·ln 0 = 0.
  const times = (a, b) => (a === 0 || b === 0 ? 0 : a * b);
  const within = (value, x, low, high) => (low <= x && x <= high ? value : 0);
  // Of a sum of A·exp(u), given as A, u, A, u, …: the largest u, and the sum divided by its exponential.
  const peak = (...parts) => {
    let top = -Infinity;
    for (let i = 0; i < parts.length; i += 2) {
      if (parts[i] !== 0 && parts[i + 1] > top) top = parts[i + 1];
    }
    return top > -Infinity ? top : 0;
  };
  const share = (...parts) => {
    const top = peak(...parts);
    let sum = 0;
    for (let i = 0; i < parts.length; i += 2) sum += times(parts[i], Math.exp(parts[i + 1] - top));
    return sum;
  };
  const bounded = (low, high) => high - low < 1e5;
  const sum = (low, high, f) => {
    if (!bounded(low, high)) return NaN;
    let s = 0;
    for (let i = Math.ceil(low); i <= high; i++) s += f(i);
    return s;
  };
  const product = (low, high, f) => {
    if (!bounded(low, high)) return NaN;
    let p = 1;
    for (let i = Math.ceil(low); i <= high; i++) p = times(p, f(i));
    return p;
  };
  return Object.freeze({
    erf, erfc, lnGamma, gamma, digamma, trigamma, besselI0, besselI1, expint, factorial, lnFactorial, choose, lnChoose,
    times, within, peak, share, sum, product,
  });
})();
