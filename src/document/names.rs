//! How names are written: Greek letters, accents, subscripts, and the functions that have a notation of their own.

use super::layout::{Glyph, Kind, Shape};

/// Letters with names: ASCII name, small letter, capital letter where its shape is not a Latin one.
const GREEK: [(&str, &str, Option<&str>); 25] = [
    ("alpha", "α", None),
    ("beta", "β", None),
    ("gamma", "γ", Some("Γ")),
    ("delta", "δ", Some("Δ")),
    ("epsilon", "ε", None),
    ("zeta", "ζ", None),
    ("eta", "η", None),
    ("theta", "θ", Some("Θ")),
    ("iota", "ι", None),
    ("kappa", "κ", None),
    ("lambda", "λ", Some("Λ")),
    ("mu", "μ", None),
    ("nu", "ν", None),
    ("xi", "ξ", Some("Ξ")),
    ("pi", "π", Some("Π")),
    ("rho", "ρ", None),
    ("sigma", "σ", Some("Σ")),
    ("tau", "τ", None),
    ("upsilon", "υ", Some("Υ")),
    ("phi", "φ", Some("Φ")),
    ("chi", "χ", None),
    ("psi", "ψ", Some("Ψ")),
    ("omega", "ω", Some("Ω")),
    ("varepsilon", "ε", None),
    ("ell", "ℓ", None),
];

/// Accents: suffix of the name, LaTeX command, combining character.
const ACCENTS: [(&str, &str, char); 4] = [
    ("hat", "hat", '\u{302}'),
    ("bar", "bar", '\u{304}'),
    ("tilde", "tilde", '\u{303}'),
    ("dot", "dot", '\u{307}'),
];

/// Functions with a notation of their own: name, LaTeX, Unicode, kind.
const FUNCTIONS: [(&str, &str, &str, Kind); 21] = [
    ("ln", "\\ln", "ln", Kind::Function),
    ("log", "\\log", "log", Kind::Function),
    ("exp", "\\exp", "exp", Kind::Function),
    ("sin", "\\sin", "sin", Kind::Function),
    ("cos", "\\cos", "cos", Kind::Function),
    ("tan", "\\tan", "tan", Kind::Function),
    ("tanh", "\\tanh", "tanh", Kind::Function),
    ("min", "\\min", "min", Kind::Function),
    ("max", "\\max", "max", Kind::Function),
    ("erf", "\\operatorname{erf}", "erf", Kind::Function),
    ("erfc", "\\operatorname{erfc}", "erfc", Kind::Function),
    ("support", "\\operatorname{supp}", "supp", Kind::Function),
    ("digamma", "\\psi", "ψ", Kind::Letter),
    ("trigamma", "\\psi_1", "ψ₁", Kind::Letter),
    ("zeta", "\\zeta", "ζ", Kind::Letter),
    ("bessel_i0", "I_0", "I₀", Kind::Letter),
    ("bessel_i1", "I_1", "I₁", Kind::Letter),
    ("expint", "\\mathrm{E}_1", "E₁", Kind::Letter),
    ("beta", "\\mathrm{B}", "B", Kind::Letter),
    ("lngamma", "\\ln\\GAMMA", "ln Γ", Kind::Function),
    ("lgamma", "\\ln\\GAMMA", "ln Γ", Kind::Function),
];

/// The glyph of a symbol.
pub fn symbol(name: &str) -> Glyph {
    match name {
        "oo" => glyph("\\infty", "∞", Kind::Letter),
        // What stands for the argument of a function.
        "_" => glyph("\\cdot", "·", Kind::Letter),
        "euler_gamma" => glyph("\\gamma", "γ", Kind::Letter),
        _ => compound(name),
    }
}

/// The glyph of a called function, distribution or quantity.
pub fn function(name: &str) -> Glyph {
    if name == "gamma" {
        return capital_gamma();
    }
    match FUNCTIONS.iter().find(|f| f.0 == name) {
        Some((_, latex, unicode, kind)) => {
            let latex = latex.replace("\\GAMMA", &capital_gamma().latex);
            Glyph { shape: shape_of(name), ..glyph(&latex, unicode, *kind) }
        }
        // A distribution with the letter's name is not the function Γ.
        None if capitalises(name, "gamma") => {
            glyph(&format!("\\mathrm{{{name}}}"), name, Kind::Word)
        }
        None => compound(name),
    }
}

/// Prose in which each name that is a Greek letter or has a subscript is spelled by `spell`, and the rest by `prose`.
pub fn in_prose(
    text: &str,
    spell: impl Fn(&Glyph) -> String,
    prose: impl Fn(&str) -> String,
) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| is_name(c) != rest.starts_with(is_name)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        let is_word = piece.starts_with(|c: char| c.is_ascii_alphabetic());
        let glyph = is_word.then(|| symbol(piece));
        match glyph.filter(|g| g.kind == Kind::Letter && g.unicode != piece) {
            Some(glyph) => out.push_str(&spell(&glyph)),
            None => out.push_str(&prose(piece)),
        }
        rest = after;
    }
    out
}

/// The letter for the function Γ.
fn capital_gamma() -> Glyph {
    let upper = capitalised("gamma");
    upright(&format!("\\{upper}"), "Γ")
}

/// How the functions with a notation of their own are put together.
fn shape_of(name: &str) -> Shape {
    match name {
        "beta" => Shape::Upright,
        "bessel_i0" | "bessel_i1" => {
            let order = &name[name.len() - 1..];
            let letter = capitalised(&name[name.len() - 2..name.len() - 1]);
            let base = glyph(&letter, &letter, Kind::Letter);
            Shape::Subscripted(Box::new(base), vec![glyph(order, order, Kind::Digits)])
        }
        "expint" => {
            let base = upright("\\mathrm{E}", "E");
            Shape::Subscripted(Box::new(base), vec![glyph("1", "1", Kind::Digits)])
        }
        "trigamma" => {
            let psi = glyph("\\psi", "ψ", Kind::Letter);
            Shape::Subscripted(Box::new(psi), vec![glyph("1", "1", Kind::Digits)])
        }
        "lngamma" | "lgamma" => {
            Shape::Beside(Box::new(glyph("\\ln", "ln", Kind::Function)), Box::new(capital_gamma()))
        }
        _ => Shape::Text,
    }
}

fn glyph(latex: &str, unicode: &str, kind: Kind) -> Glyph {
    Glyph::new(latex, unicode, kind)
}

/// A letter that stands upright.
fn upright(latex: &str, unicode: &str) -> Glyph {
    Glyph { shape: Shape::Upright, ..glyph(latex, unicode, Kind::Letter) }
}

/// Whether it is the LaTeX name of a capital Greek letter that no Latin letter looks like.
pub fn is_capital(command: &str) -> bool {
    GREEK.iter().any(|(name, _, capital)| capital.is_some() && capitalises(command, name))
}

/// Whether `name` is `of` with a capital at its head.
fn capitalises(name: &str, of: &str) -> bool {
    let [name, of] = [name, of].map(|text| text.as_bytes().split_first());
    name.zip(of).is_some_and(|((a, name), (b, of))| *a == b.to_ascii_uppercase() && name == of)
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str())
}

/// A name of the form `stem`, digits, and parts after underscores.
fn compound(name: &str) -> Glyph {
    let mut parts = name.split('_').filter(|p| !p.is_empty());
    let first = parts.next().unwrap_or(name);
    let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let (stem, digits) = if stem.is_empty() { (first, "") } else { (stem, &first[stem.len()..]) };
    let mut base = letter(stem);
    let mut below: Vec<Glyph> = Vec::new();
    if !digits.is_empty() {
        below.push(glyph(digits, digits, Kind::Digits));
    }
    for part in parts {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        match ACCENTS.iter().find(|a| a.0 == word) {
            Some(accent) => {
                base = accented(&base, accent);
                let rest = &part[word.len()..];
                if !rest.is_empty() {
                    below.push(glyph(rest, rest, Kind::Digits));
                }
            }
            None => below.push(letter(part)),
        }
    }
    if below.is_empty() { base } else { with_subscript(&base, &below) }
}

fn accented(base: &Glyph, (_, command, mark): &(&str, &str, char)) -> Glyph {
    let command =
        if base.kind == Kind::Word { format!("wide{command}") } else { (*command).into() };
    let command = match command.as_str() {
        "widebar" => "overline",
        "widedot" => "dot",
        other => other,
    };
    Glyph {
        latex: format!("\\{command}{{{}}}", base.latex),
        unicode: format!("{}{mark}", base.unicode),
        kind: base.kind,
        shape: Shape::Accented(Box::new(base.clone()), *mark),
    }
}

fn with_subscript(base: &Glyph, below: &[Glyph]) -> Glyph {
    let join = |f: fn(&Glyph) -> &str| below.iter().map(f).collect::<Vec<_>>().join(",");
    let (latex, text) = (join(|g| &g.latex), join(|g| &g.unicode));
    let latex = if latex.chars().count() == 1 { latex } else { format!("{{{latex}}}") };
    // μ₁ᵢ needs no comma between digit and letter.
    let short = below.iter().all(|g| g.kind == Kind::Letter && g.unicode.chars().count() == 1);
    let mixed = short
        || below.windows(2).all(|w| (w[0].kind == Kind::Digits) != (w[1].kind == Kind::Digits));
    let small = if mixed { subscript(&text.replace(',', "")) } else { subscript(&text) };
    let unicode = match small {
        Some(small) => format!("{}{small}", base.unicode),
        None => format!("{}_{text}", base.unicode),
    };
    let kind = if unicode.contains('_') { Kind::Word } else { base.kind };
    let shape = Shape::Subscripted(Box::new(base.clone()), below.to_vec());
    Glyph { latex: format!("{}_{latex}", base.latex), unicode, kind, shape }
}

/// A name without digits or underscores.
fn letter(name: &str) -> Glyph {
    // Most names are one letter.
    if name.len() == 1 && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return glyph(name, name, Kind::Letter);
    }
    for (ascii, small, capital) in GREEK {
        if name == ascii {
            return glyph(&format!("\\{ascii}"), small, Kind::Letter);
        }
        if let Some(capital) = capital.filter(|_| capitalises(name, ascii)) {
            return upright(&format!("\\{name}"), capital);
        }
    }
    if name.bytes().all(|b| b.is_ascii_digit()) {
        return glyph(name, name, Kind::Digits);
    }
    if name.chars().count() == 1 {
        return glyph(name, name, Kind::Letter);
    }
    glyph(&format!("\\mathrm{{{name}}}"), name, Kind::Word)
}

/// Characters and their subscript forms.
const SUBSCRIPTS: (&str, &str) =
    ("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ");

/// Characters and their superscript forms.
const SUPERSCRIPTS: (&str, &str) =
    ("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ");

/// `text` in subscript characters, if all of it has them.
pub fn subscript(text: &str) -> Option<String> {
    mapped(text, SUBSCRIPTS.0, SUBSCRIPTS.1)
}

/// `text` in superscript characters, if all of it has them.
pub fn superscript(text: &str) -> Option<String> {
    mapped(text, SUPERSCRIPTS.0, SUPERSCRIPTS.1)
}

/// Signs that occur in prose, and their LaTeX.
const SIGNS: [(char, &str); 25] = [
    ('↦', "\\mapsto"),
    ('−', "-"),
    ('±', "\\pm"),
    ('·', "\\cdot"),
    ('×', "\\times"),
    ('∞', "\\infty"),
    ('≤', "\\le"),
    ('≥', "\\ge"),
    ('≠', "\\ne"),
    ('≈', "\\approx"),
    ('∈', "\\in"),
    ('⊆', "\\subseteq"),
    ('∫', "\\int"),
    ('∑', "\\sum"),
    ('∏', "\\prod"),
    ('∂', "\\partial"),
    ('√', "\\surd"),
    ('‖', "\\Vert"),
    ('𝔼', "\\mathbb{E}"),
    ('ℝ', "\\mathbb{R}"),
    ('→', "\\to"),
    ('↦', "\\mapsto"),
    ('½', "\\frac{1}{2}"),
    ('⅓', "\\frac{1}{3}"),
    ('¼', "\\frac{1}{4}"),
];

/// LaTeX, for mathematics mode, of a character that pdflatex does not know.
pub fn character(c: char) -> Option<String> {
    if let Some((_, latex)) = SIGNS.iter().find(|s| s.0 == c) {
        return Some((*latex).to_owned());
    }
    for (ascii, small, capital) in GREEK {
        if small.starts_with(c) {
            return Some(format!("\\{ascii}"));
        }
        if capital.is_some_and(|s| s.starts_with(c)) {
            return Some(format!("\\{}", capitalised(ascii)));
        }
    }
    let plain =
        |from: &str, to: &str| to.chars().position(|t| t == c).and_then(|i| from.chars().nth(i));
    plain(SUBSCRIPTS.0, SUBSCRIPTS.1)
        .map(|p| format!("_{p}"))
        .or_else(|| plain(SUPERSCRIPTS.0, SUPERSCRIPTS.1).map(|p| format!("^{p}")))
}

fn mapped(text: &str, from: &str, to: &str) -> Option<String> {
    text.chars()
        .map(|c| from.chars().position(|f| f == c).and_then(|i| to.chars().nth(i)))
        .collect()
}

/// The character for a common fraction.
pub fn vulgar(numerator: &str, denominator: &str) -> Option<&'static str> {
    Some(match (numerator, denominator) {
        ("1", "2") => "½",
        ("1", "3") => "⅓",
        ("2", "3") => "⅔",
        ("1", "4") => "¼",
        ("3", "4") => "¾",
        ("1", "5") => "⅕",
        ("1", "6") => "⅙",
        ("1", "8") => "⅛",
        _ => return None,
    })
}
