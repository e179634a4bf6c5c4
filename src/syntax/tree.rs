//! The spanned tree that the grammar is bound to. Names are in their ASCII spelling; what they mean is elaboration's.

use crate::diagnostic::Span;
use crate::term::{BinderOp, Relation};

/// A name and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ident {
    /// ASCII spelling: `μ₁` is `mu1`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExprKind {
    /// A decimal literal as written: `3`, `0.25`.
    Number(String),
    /// A name.
    Name(String),
    /// `?name`, in rules.
    Meta(String),
    /// Two or more parts; a subtracted part is `Neg`.
    Sum(Vec<Expr>),
    /// `-a`.
    Neg(Box<Expr>),
    /// Two or more factors, explicit or by juxtaposition.
    Product(Vec<Expr>),
    /// `a / b`.
    Quotient(Box<Expr>, Box<Expr>),
    /// `a ^ b`.
    Power(Box<Expr>, Box<Expr>),
    /// `name(arguments)`: a function, distribution, quantity, density at a point, … as elaboration decides.
    Call(Ident, Vec<Argument>),
    /// `?p(x)` or `Name(m, v)(x)`: an expression applied to arguments.
    Apply(Box<Expr>, Vec<Argument>),
    /// Integral, sum, product, expectation.
    Binder {
        /// Which.
        op: BinderOp,
        /// The bound variable.
        var: Ident,
        /// Where it ranges.
        domain: Box<DomainExpr>,
        /// The body.
        body: Box<Expr>,
    },
    /// `D[x](f)`, `D[mu[j]](f)`.
    Derivative(Box<Expr>, Box<Expr>),
    /// `mu[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `[a, b, c]`.
    List(Vec<Expr>),
    /// `_`, in the bindings of a certificate.
    Hole,
    /// `a in bits`.
    Unit(Box<Expr>, Ident),
    /// `a = b`, `a <= b`, ….
    Relation(Relation, Box<Expr>, Box<Expr>),
}

/// Where a bound variable ranges.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DomainExpr {
    /// `from a to b`, `in a..b`.
    Range(Expr, Expr),
    /// `~ p`, `in support(p)`.
    Over(Expr),
}

/// One argument of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// `sd` in `sd: s`, `1/3` in `1/3: p`.
    pub label: Option<Expr>,
    /// The argument.
    pub value: Expr,
    /// Whether it was set off by `||` (or `‖`) rather than a comma; false for the first.
    pub after_bars: bool,
}

/// One statement of a `hence` block or of the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
    /// The trailing `where …`.
    pub hypotheses: Vec<Hypothesis>,
    /// `by kl.product`: rules to use first.
    pub by: Vec<Ident>,
    /// `up to a constant free of mu, v`: the names.
    pub up_to: Vec<Ident>,
}

impl Statement {
    /// The end of a block, at a place.
    pub fn end(at: usize) -> Self {
        let (hypotheses, by, up_to) = (Vec::new(), Vec::new(), Vec::new());
        Self { kind: StatementKind::End, span: Span::new(at, at), hypotheses, by, up_to }
    }
}

/// One link of a chain `A = B <= C`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The relation of two neighbours.
    pub claim: Expr,
    /// What is said to justify this link.
    pub by: Vec<Ident>,
    /// What the constant that this link leaves out is free of.
    pub up_to: Vec<Ident>,
    /// The link as a claim of its own, as text.
    pub text: String,
}

/// The forms of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementKind {
    /// `let a, b positive`, `let n natural`, `let p density over reals`, `assume a < b`.
    Declare(Hypothesis),
    /// `suppose A = B`, perhaps for all members of a range: it holds to the end of the block.
    Suppose(Hypothesis),
    /// The end of a block, beyond which nothing that was supposed holds.
    End,
    /// `let p = …`; `let p[n] = … for n in 1..N`, with what each index ranges over, in the order of the name's indices.
    Define(Ident, Vec<(Ident, DomainExpr)>, Expr),
    /// `derive L` or `derive L = R`; the command line's bare expression is the same.
    Derive(Expr, Option<Expr>),
    /// `claim L = R` (or another relation); the expression is a `Relation`.
    Claim(Expr),
    /// `claim A = B <= C`: two or more links.
    Chain(Vec<Link>),
    /// `solve L = R for x`: the equation, and what it is solved for.
    Solve(Expr, Expr),
}

/// What is assumed of names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hypothesis {
    /// `a, b positive`; a sort may be several words (`density over reals`).
    Sort(Vec<Ident>, Ident),
    /// `p, q mass over 1..n`: distributions on the integers from the first bound to the second; perhaps families.
    Mass(Vec<Declared>, Expr, Expr, Vec<Range>),
    /// `mu[i], sigma[i] positive for i in 1..d`, `f[i](z) real for i in 1..d, z in reals`: the names, the sort, the ranges.
    Family(Vec<Declared>, Ident, Vec<Range>),
    /// `a < b`, `integrable(…)`, perhaps for all indices of some ranges.
    Relation(Expr, Vec<Range>),
    /// `x[i] ~ p for i in 1..N`: independent draws.
    Drawn(Ident, Expr, Range),
}

impl Hypothesis {
    /// Whether it says that two things are equal.
    pub fn is_equation(&self) -> bool {
        let Self::Relation(said, _) = self else { return false };
        matches!(said.kind, ExprKind::Relation(Relation::Eq, ..))
    }
}

/// `x[n][d]`, `f[d](z)`: a name with its indices, of which the last may be arguments of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// The name.
    pub name: Ident,
    /// The indices and arguments, in order.
    pub indices: Vec<Ident>,
}

/// `for i in 1..d`, `for z in reals`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Range {
    /// The index.
    pub index: Ident,
    /// What it ranges over.
    pub over: DomainExpr,
}

impl Range {
    /// Where it stands, the index left out.
    pub fn span(&self) -> Span {
        match &self.over {
            DomainExpr::Range(low, high) => low.span.to(high.span),
            DomainExpr::Over(set) => set.span,
        }
    }
}

/// A theory file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TheoryFile {
    /// In order.
    pub items: Vec<Item>,
}

/// One entry of a theory file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name or id.
    pub name: Ident,
    /// `en "…"`.
    pub en: Option<String>,
    /// `zh "…"`.
    pub zh: Option<String>,
    /// `cite "…"`.
    pub cite: Option<String>,
    /// The whole entry.
    pub span: Span,
}

/// The forms of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(clippy::large_enum_variant, reason = "a file holds a few hundred entries, each read once")]
pub enum ItemKind {
    /// `distribution Name(…) over x in …`.
    Distribution(DistributionItem),
    /// `quantity Name(p || q)`.
    Quantity(QuantityItem),
    /// `rule id  L => R`.
    Rule(RuleItem),
    /// `law id  proposition`.
    Law(RuleItem),
    /// `loss name(P, q) = …`: what a fit may minimise.
    Loss(QuantityItem),
    /// `model name(a: real) = …`: a distribution with free parameters.
    Model(ModelItem),
    /// `column name(p) = …`: what a table of families shows.
    Column(ColumnItem),
    /// `phase id rules a.*, b.c`: a named phase of the strategy and the rules it may use.
    Phase(Vec<Ident>),
}

/// What a table of families shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnItem {
    /// Its parameters and its definition.
    pub definition: QuantityItem,
    /// `across families`: whether it is tried for every pair of families.
    pub across: bool,
}

/// A distribution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DistributionItem {
    /// Positional parameters and their sorts.
    pub parameters: Vec<(Ident, Ident)>,
    /// The variable of the density.
    pub var: Ident,
    /// The support: a named set (`reals`, `positive`, `nonnegative`) or an interval.
    pub support: SupportExpr,
    /// `where low < high`.
    pub constraints: Vec<Condition>,
    /// `also (mean, sd: positive) with var = sd^2`.
    pub alternatives: Vec<Alternative>,
    /// Whether it lives on the integers of its support.
    pub discrete: bool,
    /// The density, or the mass if it is discrete.
    pub density: Expr,
    /// The sampler, stated independently of the density.
    pub sample: Option<Expr>,
    /// The point about which powers are expanded.
    pub center: Option<Expr>,
    /// The product of the distributions of the coordinates by themselves.
    pub marginals: Option<Expr>,
    /// From where on the density is bounded by its value at an earlier point `t`, and the factor.
    pub tail: Option<(Expr, Expr)>,
}

/// Where a density is positive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SupportExpr {
    /// `reals`, `positive`, ….
    Named(Ident),
    /// `a..b`, either end may be infinite.
    Interval(Expr, Expr),
    /// `simplex(n)`, `counts(n, k)`, `reals^n`: vectors.
    Vectors(Expr),
}

/// Another way to give a distribution's parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alternative {
    /// Its parameters; one without a sort is positional and keeps its meaning.
    pub parameters: Vec<(Ident, Option<Ident>)>,
    /// How the positional parameters follow from them.
    pub with: Vec<(Ident, Expr)>,
}

/// A distribution with free parameters, for fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelItem {
    /// Parameters and their sorts.
    pub parameters: Vec<(Ident, Ident)>,
    /// The distribution.
    pub body: Expr,
}

/// A quantity defined for any distributions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuantityItem {
    /// Variables by which the definition differentiates, in brackets before the others.
    pub variables: Vec<Ident>,
    /// Formal parameters; the flag says that `||` stands before it.
    pub parameters: Vec<(Ident, bool)>,
    /// The definition.
    pub body: Expr,
    /// When it applies.
    pub conditions: Vec<Condition>,
    /// The value where a condition is known to fail.
    pub otherwise: Option<Expr>,
    /// `unit nats`.
    pub unit: Option<Ident>,
}

/// A rewriting rule, an inequality, or (without a right side) a law.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleItem {
    /// Left side.
    pub left: Expr,
    /// `=>` is `Eq`; inequality rules are written `<=` or `>=`. `None` for a law.
    pub right: Option<(Relation, Expr)>,
    /// `when …`.
    pub conditions: Vec<Condition>,
    /// `fires EXPR where …`.
    pub fires: Vec<Instance>,
    /// `refuses EXPR where …`.
    pub refuses: Vec<Instance>,
    /// `proof axiom` or `proof "path"`.
    pub proof: Option<Ident>,
}

/// A condition of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// `?a > 0`, `low < high`, `?a != 0`.
    Relation(Expr),
    /// `?n natural`.
    Sort(Expr, Ident),
    /// `support(?p) within support(?q)`.
    Within(Expr, Expr),
    /// `free(x, ?c)`, `integrable(E[x ~ ?p](?f))`: a predicate call.
    Predicate(Expr),
}

/// An instance on which a rule must fire, or must not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instance {
    /// The subject.
    pub subject: Expr,
    /// What is assumed.
    pub hypotheses: Vec<Hypothesis>,
}
