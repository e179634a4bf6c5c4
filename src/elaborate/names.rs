//! The names that the engine itself knows: functions, constants, words for sorts and sets; and the nearest known
//! name to a misspelt one.

use crate::theory::Sort;

/// Functions of real numbers that the engine can reason about and evaluate, with their number of arguments.
pub const FUNCTIONS: &[(&str, usize)] = &[
    ("ln", 1),
    ("exp", 1),
    ("sqrt", 1),
    ("abs", 1),
    ("min", 2),
    ("max", 2),
    ("erf", 1),
    ("erfc", 1),
    ("gamma", 1),
    ("lngamma", 1),
    ("beta", 2),
    ("lnbeta", 2),
    ("digamma", 1),
    ("trigamma", 1),
    ("bessel_i0", 1),
    ("bessel_i1", 1),
    ("expint", 1),
    ("log2", 1),
    ("bits", 1),
    ("nats", 1),
    ("sin", 1),
    ("cos", 1),
    ("delta", 2),
    ("factorial", 1),
    ("binomial", 2),
];

/// Sources of randomness that samplers of theory files are written with.
pub const SOURCES: &[(&str, usize)] = &[
    ("std_normal", 0),
    ("std_uniform", 0),
    ("std_exponential", 0),
    ("arrivals", 1),
    ("successes", 2),
    ("failures", 1),
    ("pick", 1),
    ("std_gamma", 1),
    ("mixed_arrivals", 2),
    ("first_passage", 2),
    ("angle", 2),
    ("floor", 1),
    ("shared_normal", 1),
];

/// Names with a fixed value.
pub const CONSTANTS: &[&str] = &["pi", "e", "oo", "euler_gamma"];

/// Names of constructs that take distributions.
pub const CONSTRUCTS: &[&str] = &[
    "support",
    "interval",
    "integers",
    "mixture",
    "measure",
    "normalise",
    "normalize",
    "product",
    "marginals",
    "length",
];

/// Words for sorts.
pub const SORTS: &[(&str, Sort)] = &[
    ("real", Sort::Real),
    ("positive", Sort::Positive),
    ("nonnegative", Sort::Nonnegative),
    ("negative", Sort::Negative),
    ("nonzero", Sort::Nonzero),
    ("integer", Sort::Integer),
    ("natural", Sort::Natural),
    ("density over reals", Sort::Density),
    ("probabilities", Sort::Probabilities),
    ("positives", Sort::Positives),
];

/// The sort that one or several words name.
pub fn sort(words: &str) -> Option<Sort> {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    SORTS.iter().find(|(name, _)| *name == words).map(|(_, sort)| *sort)
}

/// The number of arguments of a known function.
pub fn arity(function: &str) -> Option<usize> {
    FUNCTIONS.iter().find(|(name, _)| *name == function).map(|(_, n)| *n)
}

/// The candidate nearest to `name`, if it is near enough to be a slip of the hand.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const LONGEST: usize = 40;
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    let allowed = if length <= 2 { 1 } else { 1 + length / 4 };
    candidates
        .into_iter()
        .filter(|c| c.len() <= LONGEST && *c != name)
        .map(|c| (distance(&name.to_lowercase(), &c.to_lowercase()), c))
        .filter(|(d, c)| *d <= allowed && *d < c.chars().count())
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(b.1)))
        .map(|(_, c)| c.to_owned())
}

/// Edit distance: insertions, deletions, replacements, and exchanges of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let swap = usize::from(a[i - 1] != b[j - 1]);
                let mut best =
                    (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + swap);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(table[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found() {
        assert_eq!(nearest("Noraml", ["Normal", "Laplace"]), Some("Normal".into()));
        assert_eq!(nearest("normal", ["Normal"]), Some("Normal".into()));
        assert_eq!(nearest("sgima", ["sigma", "mu"]), Some("sigma".into()));
        assert_eq!(nearest("zebra", ["sigma", "mu"]), None);
        assert_eq!(nearest("x", ["p", "q"]), None);
    }

    #[test]
    fn sorts_of_several_words() {
        assert_eq!(sort("density  over reals"), Some(Sort::Density));
        assert_eq!(sort("positve"), None);
    }
}
