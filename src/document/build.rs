//! Term to layout. The place to be highlighted is followed down; nothing else is decided by position.

use super::join;
use super::layout::{Average, Bare, BigOp, Fence, Kind, Layout, Level, Shape, Side};
use super::marks::Marks;
use super::names;
use super::notation::{Notation, Separator};
use crate::term::{Binder, BinderOp, Domain, MEASURE, Node, Path, Relation, Symbol, Term};

/// An exponential with at most this many nodes below it is written as a power of e.
const SHORT_EXPONENT: usize = 5;

/// Lays out `term`, with the marked subterms highlighted.
pub fn layout(term: &Term, marks: &Marks, notation: &Notation) -> Layout {
    Builder { notation }.build(term, Here { old: Mark::of(&marks.old), new: Mark::of(&marks.new) })
}

/// What remains of the path to a highlighted place.
#[derive(Clone, Copy)]
struct Mark<'a> {
    positions: &'a [u32],
    subset: Option<&'a [u32]>,
}

impl<'a> Mark<'a> {
    fn of(path: &'a Option<Path>) -> Option<Self> {
        path.as_ref().map(|p| Self { positions: &p.positions, subset: p.subset.as_deref() })
    }

    /// As seen from child `i`.
    fn below(self, i: usize) -> Option<Self> {
        if self.positions.is_empty() {
            let chosen = self.subset?.contains(&(i as u32));
            return chosen.then_some(Mark { positions: &[], subset: None });
        }
        let (&first, positions) = self.positions.split_first()?;
        (first as usize == i).then_some(Mark { positions, subset: self.subset })
    }

    fn is_here(self) -> bool {
        self.positions.is_empty() && self.subset.is_none()
    }
}

/// The marks as seen from one place.
#[derive(Clone, Copy, Default)]
struct Here<'a> {
    old: Option<Mark<'a>>,
    new: Option<Mark<'a>>,
}

/// The marks as seen from child `i`.
fn below(here: Here<'_>, i: usize) -> Here<'_> {
    Here { old: here.old.and_then(|m| m.below(i)), new: here.new.and_then(|m| m.below(i)) }
}

impl Here<'_> {
    fn is_none(self) -> bool {
        self.old.is_none() && self.new.is_none()
    }

    fn marked(self, layout: Layout) -> Layout {
        let mark = |layout, m: Option<Mark<'_>>, side| match m.is_some_and(Mark::is_here) {
            true => Layout::Marked(side, Box::new(layout)),
            false => layout,
        };
        mark(mark(layout, self.old, Side::Old), self.new, Side::New)
    }
}

fn minus() -> Layout {
    Layout::glyph("-", "−", Kind::Prefix)
}

struct Builder<'a> {
    notation: &'a Notation,
}

impl Builder<'_> {
    fn build(&self, term: &Term, mark: Here<'_>) -> Layout {
        mark.marked(self.unmarked(term, mark))
    }

    /// Child `i` of a node, laid out.
    fn child(&self, term: &Term, i: usize, mark: Here<'_>) -> Layout {
        self.build(term, below(mark, i))
    }

    fn all(&self, terms: &[Term], first: usize, mark: Here<'_>) -> Vec<Layout> {
        terms.iter().enumerate().map(|(i, t)| self.child(t, first + i, mark)).collect()
    }

    fn unmarked(&self, term: &Term, mark: Here<'_>) -> Layout {
        match term.node() {
            Node::Number(n) => {
                let digits = n.to_string();
                Layout::glyph(&digits, &digits, Kind::Digits)
            }
            Node::Symbol(s) => self.symbol(s),
            Node::Meta(m) => Layout::row(vec![Layout::plain("?"), self.symbol(m)]),
            Node::Sum(parts) => sum(self.all(parts, 0, mark)),
            Node::Neg(a) => {
                let inner = self.child(a, 0, mark).at(Level::Product);
                Layout::Row(Level::Negation, vec![minus(), inner])
            }
            Node::Product(factors) => join::product(self.all(factors, 0, mark)),
            Node::Quotient(a, b) => {
                Layout::Fraction(Box::new(self.child(a, 0, mark)), Box::new(self.child(b, 1, mark)))
            }
            Node::Power(a, b) => power(self.child(a, 0, mark), self.child(b, 1, mark)),
            Node::Call(..) if term.is_measure() => self.measure(term),
            Node::Call(name, args) => self.call(name, args, mark),
            Node::Density(p, points) => self.density(p, points, mark),
            Node::Binder(b) => self.binder(b, mark),
            Node::Derivative(x, f) => {
                let body = self.child(f, 0, mark).at(Level::Product);
                Layout::Partial(Box::new(self.unmarked(x, Here::default())), Box::new(body))
            }
            Node::Index(base, index) => self.index(base, index, mark),
            Node::Relation(r, a, b) => {
                let between = [a, b].iter().any(|t| is_equation(t));
                let (a, b) = (self.child(a, 0, mark), self.child(b, 1, mark));
                if between {
                    let sign = Layout::infix(EQUIVALENT.0, EQUIVALENT.1);
                    return Layout::Row(Level::Relation, vec![a, sign, b]);
                }
                Layout::Row(Level::Relation, vec![a.at(Level::Sum), relation(*r), b.at(Level::Sum)])
            }
        }
    }

    fn symbol(&self, s: &Symbol) -> Layout {
        self.head(s, names::symbol(s.as_str()))
    }

    fn head(&self, s: &Symbol, mut glyph: super::layout::Glyph) -> Layout {
        if let Some(n) = self.notation.get(s) {
            if let Some(latex) = &n.latex {
                glyph.latex.clone_from(latex);
            }
            if let Some(unicode) = &n.unicode {
                glyph.unicode.clone_from(unicode);
                glyph.shape = Shape::Text;
            }
        }
        Layout::Glyph(glyph)
    }

    fn call(&self, name: &Symbol, args: &[Term], mark: Here<'_>) -> Layout {
        let mut parts = self.all(args, 0, mark);
        // f((a, b)) is written f(a, b).
        if let [only] = args
            && let Some(items) = only.as_vector()
            && mark.is_none()
        {
            parts = self.all(items, 0, Here::default());
        }
        if name == crate::term::VECTOR {
            return Layout::Fenced(Fence::Round, Box::new(Layout::comma_list(parts)));
        }
        match (name.as_str(), args) {
            ("sqrt", [_]) => return Layout::Radical(Box::new(parts.remove(0))),
            ("bits" | "nats", [_]) => {
                let unit = format!(" in {name}");
                let unit = Layout::glyph(&format!("\\text{{{unit}}}"), &unit, Kind::Plain);
                return Layout::Row(Level::Relation, vec![parts.remove(0).at(Level::Sum), unit]);
            }
            ("abs", [_]) => return Layout::Fenced(Fence::Bars, Box::new(parts.remove(0))),
            ("factorial", [_]) => {
                let argument = parts.remove(0).at(Level::Atom);
                return Layout::Row(Level::Atom, vec![argument, Layout::plain("!")]);
            }
            ("binomial", [_, _]) => {
                let k = parts.remove(1);
                return Layout::Choose(Box::new(parts.remove(0)), Box::new(k));
            }
            ("exp", [u]) if is_short_exponent(u) => {
                let e = Layout::glyph("e", "e", Kind::Letter);
                return Layout::Super(Box::new(e), Box::new(inline(parts.remove(0))));
            }
            ("mixture", _) if args.len().is_multiple_of(2) => parts = weighted(parts),
            _ => {}
        }
        if self.notation.get(name).is_some_and(|n| n.bracketed)
            && let Some(last) = parts.pop()
        {
            let head = self.head(name, names::function(name.as_str()));
            let (open, close) = (Layout::plain("["), Layout::plain("]"));
            let by = Layout::comma_list(parts);
            return Layout::Apply {
                head: Box::new(Layout::Row(Level::Atom, vec![head, open, by, close])),
                arguments: Box::new(last),
                bare: Bare::Never,
            };
        }
        let simple = parts.len() == 1 && is_bare_argument(&parts[0]);
        let separator = match self.notation.get(name).map(|n| n.separator) {
            Some(Separator::Bars) => Layout::glyph(" \\,\\|\\, ", " ‖ ", Kind::Plain),
            _ => Layout::plain(", "),
        };
        let glyph = names::function(name.as_str());
        let bare = simple && glyph.kind == Kind::Function;
        Layout::Apply {
            head: Box::new(self.head(name, glyph)),
            arguments: Box::new(Layout::separated(parts, &separator)),
            bare: if bare { Bare::Allowed } else { Bare::Never },
        }
    }

    /// `p + 2 q`, as it is written.
    fn measure(&self, t: &Term) -> Layout {
        let parts = t.weighted_parts().unwrap_or_default().into_iter();
        let sum =
            Term::sum(parts.map(|(weight, part)| part.clone().times_weight(weight)).collect());
        self.build(&sum, Here::default())
    }

    /// `p(x)`; the density of a call lists its parameters after the point.
    /// `x_i` where name and index are short, else `x[i + 1]`.
    fn index(&self, base: &Term, index: &Term, mark: Here<'_>) -> Layout {
        if self.is_applied(base) {
            let (head, mut arguments) = self.applied(base, below(mark, 0));
            arguments.push(self.child(index, 1, mark));
            let arguments = Box::new(Layout::comma_list(arguments));
            return Layout::Apply { head: Box::new(head), arguments, bare: Bare::Never };
        }
        let Some((name, mut all)) = base.indices() else {
            let at = Layout::Fenced(Fence::Square, Box::new(self.child(index, 1, mark)));
            return Layout::row(vec![self.child(base, 0, mark).at(Level::Atom), at]);
        };
        all.push(index);
        let simple = |index: &&Term| match index.node() {
            Node::Symbol(s) if s.as_str().chars().all(|c| c.is_ascii_alphabetic()) => {
                Some(s.to_string())
            }
            Node::Number(n) => Some(n.to_string()),
            _ => None,
        };
        if let Some(below) = all.iter().map(simple).collect::<Option<Vec<_>>>()
            && self.notation.get(name).is_none()
        {
            let mut glyph = names::symbol(&format!("{name}_{}", below.join("_")));
            // Several indices of which one has no small form stand in brackets: x[n, d].
            if below.len() > 1 && glyph.unicode.contains('_') {
                let all: Vec<String> = below.iter().map(|i| names::symbol(i).unicode).collect();
                glyph.unicode =
                    format!("{}[{}]", names::symbol(name.as_str()).unicode, all.join(", "));
            }
            return Layout::Glyph(glyph);
        }
        // The last index is that of this node, the others are further down.
        let mut here = below(mark, 0);
        let mut laid = vec![self.child(index, 1, mark)];
        let mut inner = base;
        while let Node::Index(next, at) = inner.node() {
            laid.insert(0, self.child(at, 1, here));
            here = below(here, 0);
            inner = next;
        }
        let at = Layout::Fenced(Fence::Square, Box::new(Layout::comma_list(laid)));
        Layout::row(vec![self.build(inner, here).at(Level::Atom), at])
    }

    /// Whether what follows is an argument of a function rather than an index.
    fn is_applied(&self, base: &Term) -> bool {
        let waits = |(name, at): (&Symbol, Vec<&Term>)| {
            self.notation.indices_of(name).is_some_and(|indices| at.len() >= indices)
        };
        base.indices().is_some_and(waits)
    }

    /// A function and its first arguments.
    fn applied(&self, base: &Term, mark: Here<'_>) -> (Layout, Vec<Layout>) {
        match base.node() {
            Node::Index(inner, at) if self.is_applied(inner) => {
                let (head, mut arguments) = self.applied(inner, below(mark, 0));
                arguments.push(self.child(at, 1, mark));
                (head, arguments)
            }
            _ => (self.build(base, mark), Vec::new()),
        }
    }

    fn density(&self, p: &Term, points: &[Term], mark: Here<'_>) -> Layout {
        let mut arguments = Layout::comma_list(self.all(points, 1, mark));
        let head = match p.node() {
            Node::Call(name, args)
                if name != "mixture" && name != MEASURE && below(mark, 0).is_none() =>
            {
                let parameters = Layout::comma_list(self.all(args, 0, Here::default()));
                let semicolon = Layout::glyph(";\\, ", "; ", Kind::Plain);
                arguments = Layout::row(vec![arguments, semicolon, parameters]);
                self.head(name, names::function(name.as_str()))
            }
            _ => self.child(p, 0, mark).at(Level::Atom),
        };
        Layout::Apply { head: Box::new(head), arguments: Box::new(arguments), bare: Bare::Never }
    }

    fn binder(&self, b: &Binder, mark: Here<'_>) -> Layout {
        let var = self.symbol(&b.var);
        let (below, above, body) = match &b.domain {
            Domain::Range(lo, hi) => (
                self.child(lo, 0, mark),
                Some(Box::new(self.child(hi, 1, mark))),
                self.child(&b.body, 2, mark),
            ),
            Domain::Over(d) => (self.child(d, 0, mark), None, self.child(&b.body, 1, mark)),
        };
        // A relation for all members of a range.
        if b.op == BinderOp::Product
            && matches!(innermost(&b.body).node(), Node::Relation(..))
            && let Some(last) = above
        {
            let equals = Layout::glyph("=", " = ", Kind::Plain);
            let dots = Layout::glyph(", \\dots, ", ", …, ", Kind::Plain);
            let range = Layout::row(vec![var, equals, below, dots, *last]);
            let gap = Layout::glyph("\\quad ", " ", Kind::Plain);
            let range = Layout::Fenced(Fence::Round, Box::new(range));
            return Layout::Row(Level::Relation, vec![body, gap, range]);
        }
        let (op, below, body) = match b.op {
            BinderOp::Expectation | BinderOp::Variance => {
                let tilde = Layout::infix("\\sim", "~");
                let subject = Box::new(Layout::row(vec![var, tilde, below]));
                let op = if b.op == BinderOp::Variance { Average::Variance } else { Average::Mean };
                return Layout::Expectation(op, subject, Box::new(body));
            }
            BinderOp::Vector => {
                let sign = match above {
                    Some(_) => Layout::glyph("=", " = ", Kind::Plain),
                    None => Layout::infix("\\in", "∈"),
                };
                let below = Box::new(Layout::row(vec![var, sign, below]));
                return Layout::Entries { body: Box::new(body), below, above };
            }
            BinderOp::Integral => (BigOp::Integral, below, integrand(body, var)),
            BinderOp::Sum | BinderOp::Product => {
                let sign = if above.is_some() {
                    Layout::glyph("=", " = ", Kind::Plain)
                } else {
                    Layout::infix("\\in", "∈")
                };
                let op = if b.op == BinderOp::Sum { BigOp::Sum } else { BigOp::Product };
                (op, Layout::row(vec![var, sign, below]), body.at(Level::Product))
            }
        };
        Layout::Big { op, below: Box::new(below), above, body: Box::new(body) }
    }
}

/// What is said for all members of some ranges.
fn innermost(t: &Term) -> &Term {
    match t.node() {
        Node::Binder(b) if b.op == BinderOp::Product => innermost(&b.body),
        _ => t,
    }
}

/// A body with its differential.
fn integrand(body: Layout, var: Layout) -> Layout {
    let d = Layout::glyph("\\, d", " d", Kind::Plain);
    Layout::Row(Level::Product, vec![body.at(Level::Product), d, var])
}

/// Parts with their signs between them.
fn sum(parts: Vec<Layout>) -> Layout {
    let mut items = Vec::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i == 0 {
            items.push(part.at(Level::Negation));
            continue;
        }
        let (sides, part) = without_marks(part);
        let (sign, part) = match without_minus(part) {
            Ok(rest) => (Layout::infix("-", "−"), rest),
            Err(part) => (Layout::infix("+", "+"), part.at(Level::Negation)),
        };
        if sides.is_empty() {
            items.extend([sign, part]);
        } else {
            items.push(with_marks(&sides, Layout::Row(Level::Product, vec![sign, part])));
        }
    }
    Layout::Row(Level::Sum, items)
}

/// The layout without its highlights, outermost first, and the layout inside.
pub fn without_marks(mut layout: Layout) -> (Vec<Side>, Layout) {
    let mut sides = Vec::new();
    while let Layout::Marked(side, inner) = layout {
        sides.push(side);
        layout = *inner;
    }
    (sides, layout)
}

/// The layout in highlights, outermost first.
pub fn with_marks(sides: &[Side], layout: Layout) -> Layout {
    sides.iter().rev().fold(layout, |inner, side| Layout::Marked(*side, Box::new(inner)))
}

/// The layout without its leading minus, or the layout itself when it has none.
fn without_minus(layout: Layout) -> Result<Layout, Layout> {
    match layout {
        Layout::Row(Level::Negation, mut items) => match items.remove(0) {
            Layout::Glyph(g) if g.kind == Kind::Prefix => Ok(if items.len() == 1 {
                items.remove(0)
            } else {
                Layout::Row(Level::Product, items)
            }),
            first => match without_minus(first) {
                Ok(first) => {
                    items.insert(0, first);
                    Ok(Layout::Row(Level::Product, items))
                }
                Err(first) => {
                    items.insert(0, first);
                    Err(Layout::Row(Level::Negation, items))
                }
            },
        },
        other => Err(other),
    }
}

fn power(base: Layout, exponent: Layout) -> Layout {
    let base = if is_function_applied(&base) { base.fenced() } else { base.at(Level::Atom) };
    Layout::Super(Box::new(base), Box::new(inline(exponent)))
}

/// Whether this is a function such as `ln` of something: its square is `(ln x)²`.
fn is_function_applied(layout: &Layout) -> bool {
    match layout {
        Layout::Marked(_, inner) => is_function_applied(inner),
        Layout::Apply { head, .. } => {
            matches!(&**head, Layout::Glyph(g) if g.kind == Kind::Function)
        }
        _ => false,
    }
}

/// Simple fractions in an exponent are written with a slash.
fn inline(layout: Layout) -> Layout {
    match layout {
        Layout::Fraction(a, b)
            if a.level() >= Level::Product && b.level() >= Level::Power && !a.is_tall() =>
        {
            Layout::Row(Level::Product, vec![*a, Layout::plain("/"), *b])
        }
        Layout::Row(level, items) => Layout::Row(level, items.into_iter().map(inline).collect()),
        other => other,
    }
}

fn is_short_exponent(u: &Term) -> bool {
    u.size() <= SHORT_EXPONENT
        && !u.any(&mut |t| matches!(t.node(), Node::Binder(_) | Node::Derivative(..)))
}

fn is_bare_argument(argument: &Layout) -> bool {
    matches!(argument, Layout::Glyph(_))
}

/// `w1, p1, w2, p2` as `w1: p1` and `w2: p2`.
fn weighted(parts: Vec<Layout>) -> Vec<Layout> {
    let mut out = Vec::new();
    let mut parts = parts.into_iter();
    while let (Some(weight), Some(component)) = (parts.next(), parts.next()) {
        let colon = Layout::glyph("\\colon ", ": ", Kind::Plain);
        out.push(Layout::row(vec![weight, colon, component]));
    }
    out
}

fn relation(r: Relation) -> Layout {
    Layout::infix(relation_latex(r), relation_unicode(r))
}

/// Between equations with the same solutions, in LaTeX and in Unicode.
const EQUIVALENT: (&str, &str) = ("\\iff", "⟺");

fn is_equation(t: &Term) -> bool {
    matches!(t.node(), Node::Relation(..))
}

/// The sign before a line of a chain, in LaTeX.
pub fn sign_latex(r: Relation, after: &Term) -> &'static str {
    if is_equation(after) { EQUIVALENT.0 } else { relation_latex(r) }
}

/// The sign before a line of a chain, in Unicode.
pub fn sign_unicode(r: Relation, after: &Term) -> &'static str {
    if is_equation(after) { EQUIVALENT.1 } else { relation_unicode(r) }
}

/// A relation in LaTeX.
pub fn relation_latex(r: Relation) -> &'static str {
    match r {
        Relation::Eq => "=",
        Relation::Le => "\\le",
        Relation::Ge => "\\ge",
        Relation::Lt => "<",
        Relation::Gt => ">",
        Relation::Ne => "\\ne",
        Relation::UpTo => "\\doteq",
        Relation::Tends => "\\sim",
        Relation::TendsUpTo => "\\mathrel{\\dot\\sim}",
    }
}

/// A relation in Unicode.
pub fn relation_unicode(r: Relation) -> &'static str {
    match r {
        Relation::Eq => "=",
        Relation::Le => "≤",
        Relation::Ge => "≥",
        Relation::Lt => "<",
        Relation::Gt => ">",
        Relation::Ne => "≠",
        Relation::UpTo => "≐",
        Relation::Tends => "∼",
        Relation::TendsUpTo => "∼̇",
    }
}
