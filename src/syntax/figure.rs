//! The text of a figure block, to a spanned tree.
//!
//! One clause a line; a line that is indented further continues the one before. Expressions are those of the
//! language, in the context of the document.
//!
//! | clause | says |
//! |---|---|
//! | `title "…"`, `desc "…"` | what the figure is called, and what it shows, for readers who do not see it |
//! | `axis NAME from A to B "…"` | first the horizontal axis, then the vertical one; a label is optional |
//! | `set NAME = A, NAME = B` | numbers for the other parameters |
//! | `curve F "…"`, `curve F dashed "…"` | the graph of F over the horizontal axis |
//! | `density P "…"` | the density of P over the horizontal axis; of a discrete one, its probabilities |
//! | `shade F "…"` | the area between F and the horizontal axis; F may speak of densities |
//! | `convergence F "…"` | the estimate of F from ever more samples, their number on the horizontal axis |
//! | `mutants F "…"` | the values of broken closed forms of F along the horizontal axis, and its estimate |
//! | `contour F levels A, B, C` | where F, a function of both axes, takes these values |
//! | `flow (F, G) from (A, B), (C, D) until T` | solutions of the differential equation with that right side |
//! | `orbit (F, G) of (a, b) from (A, B) show V "…"` | V along the solution of a′ = F, b′ = G, over time |
//! | `point (A, B) "…"` | a dot |
//! | `line NAME = A "…"` | a dashed line across, at a value of one axis |
//!
//! The range of a vertical axis may be left out below curves.

use super::expression::Builder;
use super::grammar::{Rule, parse};
use super::layout::{FIGURE, Piece, figure_clauses};
use super::tree::{Expr, ExprKind, Ident};
use crate::diagnostic::{Diagnostic, Span};

/// A figure as written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Figure {
    /// What it is called.
    pub title: Option<Text>,
    /// What it shows, in a sentence.
    pub desc: Option<Text>,
    /// The horizontal axis, and the vertical one.
    pub axes: Vec<Axis>,
    /// Numbers for parameters.
    pub set: Vec<(Ident, Expr)>,
    /// What is drawn, in order.
    pub marks: Vec<Mark>,
    /// The whole block.
    pub span: Span,
}

/// A quoted text and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Without its quotation marks.
    pub text: String,
    /// With them.
    pub span: Span,
}

/// An axis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Axis {
    /// Its variable.
    pub name: Ident,
    /// From where to where.
    pub range: Option<(Expr, Expr)>,
    /// What is written at it.
    pub label: Option<Text>,
    /// The clause.
    pub span: Span,
}

/// Something drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// What.
    pub kind: MarkKind,
    /// What is written at it.
    pub label: Option<Text>,
    /// The clause.
    pub span: Span,
}

/// What can be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MarkKind {
    /// The graph of an expression; whether it is dashed.
    Curve(Expr, bool),
    /// The density of a distribution.
    Density(Expr),
    /// The area below the graph of an expression.
    Shade(Expr),
    /// The estimate of a quantity against the number of samples.
    Convergence(Expr),
    /// What broken closed forms of a quantity give.
    Mutants(Expr),
    /// Where an expression takes the levels.
    Contour(Expr, Vec<Expr>),
    /// Solutions of the differential equation whose right side is the field.
    Flow {
        /// The velocity.
        field: Box<[Expr; 2]>,
        /// Where they start.
        from: Vec<[Expr; 2]>,
        /// When they end.
        until: Box<Expr>,
    },
    /// An expression along a solution of a differential equation, against time.
    Orbit {
        /// The velocity.
        field: Vec<Expr>,
        /// The coordinates.
        of: Vec<Ident>,
        /// Where it starts.
        from: Vec<Expr>,
        /// What is shown of it.
        show: Box<Expr>,
    },
    /// A dot.
    Point(Box<[Expr; 2]>),
    /// All points whose coordinate of this name has this value.
    Line(Ident, Expr),
}

type Read<T> = Result<T, Vec<Diagnostic>>;

/// Parses the figure that is the part `span` of a text. Clauses with a mistake are left out and reported.
pub fn parse_figure(source: &str, span: Span) -> (Figure, Vec<Diagnostic>) {
    let text = without_comments(source.get(span.start..span.end).unwrap_or_default());
    let whole = Piece { text: &text, start: span.start };
    let mut figure = Figure { span, ..Figure::default() };
    let mut problems = Vec::new();
    for clause in figure_clauses(whole) {
        if let Err(found) = figure.clause(clause) {
            problems.extend(found);
        }
    }
    // What a clause with a mistake would have said is not also missing.
    let sound = problems.is_empty();
    problems.extend(figure.misplaced(sound));
    (figure, problems)
}

/// The text with blanks, as many bytes, for comments.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped, mut comment) = (false, false, false);
    for c in text.chars() {
        match c {
            '\n' => (quoted, comment) = (false, false),
            '"' if !escaped && !comment => quoted = !quoted,
            '#' if !quoted => comment = true,
            _ => {}
        }
        escaped = c == '\\' && quoted && !escaped;
        if comment {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

fn span_of(piece: Piece<'_>) -> Span {
    Span::new(piece.start, piece.start + piece.text.len())
}

fn usage(word: &str) -> &'static str {
    match word {
        "title" => "write title \"…\"",
        "desc" => "write desc \"…\"",
        "axis" => "write axis x from 0 to 1 \"…\"",
        "set" => "write set a = 1, b = 2",
        "curve" => "write curve F \"…\" or curve F dashed \"…\"",
        "density" => "write density P \"…\"",
        "shade" => "write shade F \"…\"",
        "convergence" => "write convergence F \"…\"",
        "mutants" => "write mutants F \"…\"",
        "contour" => "write contour F levels 1, 2, 3",
        "flow" => "write flow (F, G) from (0, 1), (2, 3) until 10",
        "orbit" => "write orbit (F, G) of (a, b) from (0, 1) show V \"…\"",
        "point" => "write point (0, 1) \"…\"",
        _ => "write line y = 1 \"…\"",
    }
}

fn malformed(piece: Piece<'_>, word: &str, message: impl Into<String>) -> Vec<Diagnostic> {
    vec![Diagnostic::new("E0705", span_of(piece), message).hint(usage(word))]
}

impl Figure {
    fn clause(&mut self, clause: Piece<'_>) -> Read<()> {
        let (word, rest) = clause.split_word();
        if !FIGURE.contains(&word) {
            return Err(vec![unknown(clause, word)]);
        }
        let (body, label) = labelled(rest, word)?;
        let span = span_of(clause);
        let kind = match word {
            "title" | "desc" => return self.text(word, clause, body, label),
            "axis" => return self.axis(clause, body, label),
            "set" => return self.set(clause, body, label.as_ref()),
            "curve" => curve(body)?,
            "density" => MarkKind::Density(expression(body, word)?),
            "shade" => MarkKind::Shade(expression(body, word)?),
            "convergence" => MarkKind::Convergence(expression(body, word)?),
            "mutants" => MarkKind::Mutants(expression(body, word)?),
            "contour" => contour(clause, body)?,
            "flow" => flow(clause, body)?,
            "orbit" => orbit(clause, body)?,
            "point" => MarkKind::Point(Box::new(pair(body, word)?)),
            _ => line(clause, body)?,
        };
        self.marks.push(Mark { kind, label, span });
        Ok(())
    }

    fn text(
        &mut self,
        word: &str,
        clause: Piece<'_>,
        body: Piece<'_>,
        label: Option<Text>,
    ) -> Read<()> {
        let Some(text) = label.filter(|t| body.text.is_empty() && !t.text.trim().is_empty()) else {
            return Err(malformed(clause, word, "a text in quotation marks is needed here"));
        };
        let place = if word == "title" { &mut self.title } else { &mut self.desc };
        if let Some(first) = place {
            let message = format!("a second `{word}`");
            let problem = Diagnostic::new("E0706", span_of(clause), message);
            return Err(vec![problem.also(first.span, "the first").hint("leave one of them out")]);
        }
        *place = Some(text);
        Ok(())
    }

    fn axis(&mut self, clause: Piece<'_>, body: Piece<'_>, label: Option<Text>) -> Read<()> {
        let (name, range) = match split(body, "from") {
            None => (name(body, "axis")?, None),
            Some((variable, ends)) => {
                let Some((low, high)) = split(ends, "to") else {
                    return Err(malformed(clause, "axis", "the range has no end: `to` is missing"));
                };
                let ends = both(expression(low, "axis"), expression(high, "axis"));
                let (variable, ends) = both(name(variable, "axis"), ends)?;
                (variable, Some(ends))
            }
        };
        if let [_, second, ..] = &self.axes[..] {
            let problem = Diagnostic::new("E0706", span_of(clause), "a third axis");
            return Err(vec![problem.also(second.span, "the second").hint("a figure is flat")]);
        }
        if let Some(first) = self.axes.iter().find(|a| a.name.name == name.name) {
            let message = format!("a second axis `{}`", name.name);
            let problem = Diagnostic::new("E0706", name.span, message);
            return Err(vec![problem.also(first.name.span, "the first").hint("rename one")]);
        }
        self.axes.push(Axis { name, range, label, span: span_of(clause) });
        Ok(())
    }

    fn set(&mut self, clause: Piece<'_>, body: Piece<'_>, label: Option<&Text>) -> Read<()> {
        if label.is_some() {
            return Err(malformed(clause, "set", "`set` takes no label"));
        }
        let mut problems = Vec::new();
        for part in commas(body) {
            let read = match part.text.split_once('=') {
                None => Err(malformed(part, "set", "a value is given as NAME = VALUE")),
                Some((left, _)) => {
                    let at = left.len();
                    let left = part.part(0, at).trimmed();
                    let right = part.part(at + 1, part.text.len()).trimmed();
                    both(name(left, "set"), expression(right, "set"))
                }
            };
            match read {
                Ok((name, _)) if self.set.iter().any(|(n, _)| n.name == name.name) => {
                    let message = format!("`{}` is set twice", name.name);
                    let problem = Diagnostic::new("E0706", name.span, message);
                    problems.push(problem.hint("leave one of them out"));
                }
                Ok(pair) => self.set.push(pair),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What is missing or does not go together.
    fn misplaced(&self, sound: bool) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let missing = |message: &str, word: &str| {
            let first = Span::new(self.span.start, self.span.start);
            Diagnostic::new("E0706", first, message).label("in this figure").hint(usage(word))
        };
        if sound && self.title.is_none() {
            problems.push(missing("the figure has no title", "title"));
        }
        if sound && self.marks.is_empty() {
            problems.push(missing("the figure shows nothing", "curve"));
        }
        match self.axes.first() {
            None if sound => problems.push(missing("the figure has no horizontal axis", "axis")),
            Some(axis) if axis.range.is_none() => problems.push(unranged(axis)),
            _ => {}
        }
        let plane = self.marks.iter().find(|m| m.kind.is_planar());
        let mut kinds = self.marks.iter().filter_map(|m| Some((m, m.kind.family()?)));
        let first = kinds.next();
        if let Some((first, family)) = first
            && let Some((other, _)) = kinds.find(|(_, other)| *other != family)
        {
            let message = match other.kind.is_planar() || first.kind.is_planar() {
                true => "curves and functions of two variables do not go into one figure",
                false => "these two have different horizontal axes",
            };
            let problem = Diagnostic::new("E0706", other.span, message);
            problems.push(problem.also(first.span, "the first").hint("draw two figures"));
        } else if plane.is_some() {
            match self.axes.get(1) {
                None if sound => problems.push(missing("the figure has no vertical axis", "axis")),
                Some(axis) if axis.range.is_none() => problems.push(unranged(axis)),
                _ => {}
            }
        }
        problems.extend(self.marks.iter().filter_map(|m| self.strange_line(m)));
        problems
    }

    fn strange_line(&self, mark: &Mark) -> Option<Diagnostic> {
        let MarkKind::Line(name, _) = &mark.kind else { return None };
        let known: Vec<String> = self.axes.iter().map(|a| format!("`{}`", a.name.name)).collect();
        if self.axes.iter().any(|a| a.name.name == name.name) || known.is_empty() {
            return None;
        }
        let message = format!("`{}` is no axis of this figure", name.name);
        let hint = match &known[..] {
            [only] => format!("the only axis is {only}; name the vertical one: axis y \"…\""),
            _ => format!("the axes are {}", known.join(" and ")),
        };
        Some(Diagnostic::new("E0706", name.span, message).hint(hint))
    }
}

/// What goes into one figure: marks over the same horizontal axis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Graph,
    Plane,
    Samples,
    Time,
    Values,
}

impl MarkKind {
    /// What it may stand beside; points and lines go anywhere.
    fn family(&self) -> Option<Family> {
        Some(match self {
            Self::Curve(..) | Self::Density(_) | Self::Shade(_) => Family::Graph,
            Self::Orbit { .. } => Family::Time,
            Self::Contour(..) | Self::Flow { .. } => Family::Plane,
            Self::Convergence(_) => Family::Samples,
            Self::Mutants(_) => Family::Values,
            Self::Point(_) | Self::Line(..) => return None,
        })
    }

    /// Whether it is about functions of both axes.
    #[must_use]
    pub fn is_planar(&self) -> bool {
        matches!(self, Self::Contour(..) | Self::Flow { .. })
    }
}

fn unknown(clause: Piece<'_>, word: &str) -> Diagnostic {
    let first = clause.text.chars().next().map_or(0, char::len_utf8);
    let end = clause.start + word.len().max(first);
    let message = "this is not a clause of a figure";
    Diagnostic::new("E0704", Span::new(clause.start, end), message)
        .hint(format!("a clause starts with one of {}", FIGURE.join(", ")))
}

fn unranged(axis: &Axis) -> Diagnostic {
    let message = format!("the axis `{}` needs a range", axis.name.name);
    Diagnostic::new("E0706", axis.span, message).hint(usage("axis"))
}

fn curve(body: Piece<'_>) -> Read<MarkKind> {
    let plain = body
        .text
        .strip_suffix("dashed")
        .filter(|rest| rest.is_empty() || rest.ends_with(|c: char| c.is_whitespace() || c == ')'));
    let value = body.part(0, plain.unwrap_or(body.text).len()).trimmed();
    Ok(MarkKind::Curve(expression(value, "curve")?, plain.is_some()))
}

fn contour(clause: Piece<'_>, body: Piece<'_>) -> Read<MarkKind> {
    let Some((value, levels)) = split(body, "levels") else {
        return Err(malformed(clause, "contour", "the `levels` are missing"));
    };
    let levels = all(commas(levels).into_iter().map(|l| expression(l, "contour")));
    let (value, levels) = both(expression(value, "contour"), levels)?;
    Ok(MarkKind::Contour(value, levels))
}

fn flow(clause: Piece<'_>, body: Piece<'_>) -> Read<MarkKind> {
    let Some((field, rest)) = split(body, "from") else {
        return Err(malformed(clause, "flow", "where the lines start is missing: `from`"));
    };
    let Some((from, until)) = split(rest, "until") else {
        return Err(malformed(clause, "flow", "when the lines end is missing: `until`"));
    };
    let from = all(commas(from).into_iter().map(|p| pair(p, "flow")));
    let ends = both(from, expression(until, "flow"));
    let (field, (from, until)) = both(pair(field, "flow"), ends)?;
    Ok(MarkKind::Flow { field: Box::new(field), from, until: Box::new(until) })
}

fn orbit(clause: Piece<'_>, body: Piece<'_>) -> Read<MarkKind> {
    let missing = |word: &str| malformed(clause, "orbit", format!("`{word}` is missing"));
    let (field, rest) = split(body, "of").ok_or_else(|| missing("of"))?;
    let (of, rest) = split(rest, "from").ok_or_else(|| missing("from"))?;
    let (from, show) = split(rest, "show").ok_or_else(|| missing("show"))?;
    let names = |piece| all(bracketed(piece)?.into_iter().map(|p| name(p, "orbit")));
    let values = |piece| all(bracketed(piece)?.into_iter().map(|p| expression(p, "orbit")));
    let places = both(names(of), values(from));
    let ((field, show), (of, from)) = both(both(values(field), expression(show, "orbit")), places)?;
    if field.len() != of.len() || from.len() != of.len() {
        let message = "each coordinate needs a velocity and a start";
        return Err(malformed(clause, "orbit", message));
    }
    Ok(MarkKind::Orbit { field, of, from, show: Box::new(show) })
}

/// The parts of `(a, b, …)`.
fn bracketed(piece: Piece<'_>) -> Read<Vec<Piece<'_>>> {
    match piece.text.starts_with('(') && piece.text.ends_with(')') && piece.text.len() > 1 {
        true => Ok(commas(piece.part(1, piece.text.len() - 1))),
        false => Err(malformed(piece, "orbit", "a list in brackets is needed here")),
    }
}

fn line(clause: Piece<'_>, body: Piece<'_>) -> Read<MarkKind> {
    let Some(at) = body.text.find('=') else {
        return Err(malformed(clause, "line", "a line is given as NAME = VALUE"));
    };
    let left = body.part(0, at).trimmed();
    let right = body.part(at + 1, body.text.len()).trimmed();
    let (name, value) = both(name(left, "line"), expression(right, "line"))?;
    Ok(MarkKind::Line(name, value))
}

/// The label at the end of a clause, and what stands before it.
fn labelled<'s>(piece: Piece<'s>, word: &str) -> Read<(Piece<'s>, Option<Text>)> {
    let Some(open) = piece.text.find('"') else { return Ok((piece, None)) };
    let quoted = piece.part(open, piece.text.len());
    let (mut text, mut escaped) = (String::new(), false);
    for (at, c) in quoted.text.char_indices().skip(1) {
        match c {
            '"' if !escaped => {
                let after = quoted.part(at + 1, quoted.text.len()).trimmed();
                if !after.text.is_empty() {
                    return Err(malformed(after, word, "nothing may follow the quoted text"));
                }
                let span = Span::new(quoted.start, quoted.start + at + 1);
                return Ok((piece.part(0, open).trimmed(), Some(Text { text, span })));
            }
            '\\' if !escaped => {}
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    Err(malformed(quoted, word, "the closing quotation mark is missing"))
}

/// Each byte of the text outside brackets, with its place.
fn outside(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut depth = 0_usize;
    text.char_indices().filter(move |(_, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// What stands before and after a word outside brackets.
fn split<'s>(piece: Piece<'s>, word: &str) -> Option<(Piece<'s>, Piece<'s>)> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let at = outside(piece.text).map(|(at, _)| at).find(|at| {
        piece.text[*at..].starts_with(word)
            && !piece.text[..*at].ends_with(part_of_word)
            && !piece.text[at + word.len()..].starts_with(part_of_word)
    })?;
    let after = piece.part(at + word.len(), piece.text.len()).trimmed();
    Some((piece.part(0, at).trimmed(), after))
}

/// The parts between commas outside brackets; an empty text has one empty part.
fn commas(piece: Piece<'_>) -> Vec<Piece<'_>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in outside(piece.text).filter(|(_, c)| *c == ',') {
        parts.push(piece.part(start, at).trimmed());
        start = at + 1;
    }
    parts.push(piece.part(start, piece.text.len()).trimmed());
    parts
}

/// `(a, b)`.
fn pair(piece: Piece<'_>, word: &str) -> Read<[Expr; 2]> {
    let closed = piece.text.starts_with('(') && piece.text.ends_with(')') && piece.text.len() > 1;
    let parts = match closed {
        true => commas(piece.part(1, piece.text.len() - 1)),
        false => Vec::new(),
    };
    let [a, b] = parts[..] else {
        return Err(malformed(piece, word, "a pair in brackets is needed here"));
    };
    let (a, b) = both(expression(a, word), expression(b, word))?;
    Ok([a, b])
}

fn name(piece: Piece<'_>, word: &str) -> Read<Ident> {
    let read = expression(piece, word)?;
    match read.kind {
        ExprKind::Name(name) => Ok(Ident { name, span: read.span }),
        _ => Err(malformed(piece, word, "a name is needed here")),
    }
}

fn expression(piece: Piece<'_>, word: &str) -> Read<Expr> {
    if piece.text.is_empty() {
        return Err(malformed(piece, word, "an expression is missing here"));
    }
    let builder = Builder::new(piece.start);
    let read = builder.next(&mut parse(Rule::whole_expression, piece)?);
    let problems = builder.into_problems();
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

/// Both, or what is wrong with either.
fn both<A, B>(a: Read<A>, b: Read<B>) -> Read<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.extend(b);
            Err(a)
        }
        (Err(found), _) | (_, Err(found)) => Err(found),
    }
}

/// All, or what is wrong with any.
fn all<T>(parts: impl Iterator<Item = Read<T>>) -> Read<Vec<T>> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Ok(part) => good.push(part),
            Err(found) => bad.extend(found),
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(bad) }
}

#[cfg(test)]
mod tests {
    use super::{Axis, MarkKind, parse_figure, without_comments};
    use crate::diagnostic::Span;

    const TEXT: &str = "title \"a \\\"b\\\" # c\" # d\naxis μ from -3 to f(1, 2) \"μ\"\naxis y\n\
        contour μ*levels2 +\n  1 levels 1, g(2, 3)\nflow (μ, y) from (1, 2), (f(1), 2) until 8\n\
        curve dashed2 - (1)dashed \"c\"\nset a = 1, b = 2\npoint (1, 2)\nline y = 1 \"l\"\n";

    #[test]
    fn clauses_are_read() {
        let source = format!("before\n{TEXT}");
        let (figure, _) = parse_figure(&source, Span::new(7, source.len()));
        assert_eq!(figure.title.as_ref().map(|t| t.text.as_str()), Some("a \"b\" # c"));
        let names: Vec<&str> = figure.axes.iter().map(|a: &Axis| a.name.name.as_str()).collect();
        assert_eq!(names, ["mu", "y"]);
        assert_eq!(&source[figure.axes[0].name.span.start..figure.axes[0].name.span.end], "μ");
        assert!(matches!(&figure.marks[0].kind, MarkKind::Contour(_, levels) if levels.len() == 2));
        assert!(matches!(&figure.marks[1].kind, MarkKind::Flow { from, .. } if from.len() == 2));
        assert!(matches!(&figure.marks[2].kind, MarkKind::Curve(_, true)));
        assert_eq!((figure.marks.len(), figure.set.len()), (5, 2));
    }

    #[test]
    fn comments_leave_as_many_bytes() {
        let clean = without_comments(TEXT);
        assert_eq!(clean.len(), TEXT.len());
        assert!(clean.contains("# c") && !clean.contains("# d"));
    }

    #[test]
    fn broken_texts_are_refused_calmly() {
        let chars: Vec<char> = TEXT.chars().collect();
        for at in 0..chars.len() {
            for other in ["", "(", ")", "\"", ",", "=", "\n", "#", "∞", "\\", "[", " from "] {
                let mut text: String = chars[..at].iter().collect();
                text += other;
                text.extend(&chars[at + 1..]);
                let (_, problems) = parse_figure(&text, Span::new(0, text.len()));
                for problem in problems {
                    let span = problem.span;
                    assert!(text.get(span.start..span.end).is_some(), "{problem} in {text:?}");
                }
            }
        }
    }
}
