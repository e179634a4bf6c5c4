//! Unicode spellings and their ASCII equals.

/// The words that cannot be names.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(word, "from" | "to" | "in" | "where" | "when" | "within" | "with")
}

/// Whether a character occurs in the language outside strings and comments. Brackets are the caller's.
pub(super) fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "_+-*/^=<>!~,.:|?".contains(c)
        || (!c.is_ascii() && (greek(c).is_some() || OTHERS.contains(c) || digit(c).is_some()))
}

const OTHERS: &str = "∫∑∏𝔼∂∞√‖∥·×⋅−⁄∕÷≤≥≠∈∼⇒½⅓⅔¼¾⅕⅙⅛⁻";

/// What to write instead of a character that is refused.
pub(super) fn advice(c: char, rest: &str) -> Option<&'static str> {
    Some(match c {
        '\'' | '′' => "primes are not part of names; write x1 or D[x](f)",
        '{' | '}' => "group with ( and )",
        '\\' => "LaTeX commands are not read; write the name alone",
        '"' | '“' | '”' => "text in quotes belongs to `en`, `zh` and `cite` of theory files",
        '–' | '—' => "write - for minus",
        '%' => "write a fraction, as in 5/100",
        '&' if rest.starts_with("&&") => "separate conditions with commas",
        ';' => "separate arguments with commas",
        _ => return None,
    })
}

/// The ASCII spelling of a name: `μ₁` is `mu1`.
pub(super) fn ascii_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    let mut ascii = String::with_capacity(name.len());
    for c in name.chars() {
        match (greek(c), digit(c)) {
            (Some(word), _) => ascii.push_str(word),
            (None, Some(digit)) => ascii.push(digit),
            (None, None) => ascii.push(c),
        }
    }
    ascii
}

/// The digits of a superscript, with its sign apart.
pub(super) fn superscript(text: &str) -> (bool, String) {
    (text.starts_with('⁻'), text.chars().filter_map(digit).collect())
}

/// The ASCII digit of a subscript or superscript digit.
fn digit(c: char) -> Option<char> {
    let value = match c {
        '₀'..='₉' => c as u32 - '₀' as u32,
        '⁰' => 0,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁴'..='⁹' => c as u32 - '⁰' as u32,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Numerator and denominator of a fraction character.
pub(super) fn fraction(text: &str) -> (&'static str, &'static str) {
    match text {
        "⅓" => ("1", "3"),
        "⅔" => ("2", "3"),
        "¼" => ("1", "4"),
        "¾" => ("3", "4"),
        "⅕" => ("1", "5"),
        "⅙" => ("1", "6"),
        "⅛" => ("1", "8"),
        _ => ("1", "2"),
    }
}

const SMALL: [&str; 25] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi",
    "chi", "psi", "omega",
];

const CAPITAL: [&str; 25] = [
    "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota", "Kappa",
    "Lambda", "Mu", "Nu", "Xi", "Omicron", "Pi", "Rho", "Sigma", "Sigma", "Tau", "Upsilon", "Phi",
    "Chi", "Psi", "Omega",
];

/// The name of a Greek letter.
fn greek(c: char) -> Option<&'static str> {
    Some(match c {
        'α'..='ω' => SMALL[c as usize - 'α' as usize],
        'Α'..='Ω' => CAPITAL[c as usize - 'Α' as usize],
        'ϕ' => "phi",
        'ϵ' => "epsilon",
        'ϑ' => "theta",
        'ϱ' => "rho",
        'µ' => "mu",
        _ => return None,
    })
}
