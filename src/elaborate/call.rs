//! `name(…)`: a density at a point, a distribution, a quantity, a function or a construct, as its name decides.

use std::collections::BTreeMap;

use super::expression::{Elaborator, Shape, Text, Undeclared, kind_mismatch};
use super::names;
use super::require::Place;
use super::scope::{Assumption, Kind, Meaning};
use super::sign::exact;
use super::uses::formal_kind;
use crate::diagnostic::{Diagnostic, Span};
use crate::syntax::tree::{Argument, Expr, ExprKind, Ident};
use crate::term::{BinderOp, MARGINALS, MEASURE, MIXTURE, Node, Rational, Symbol, Term};
use crate::theory::{Quantity, Sort};

pub(super) type Typed = Option<(Term, Kind)>;

impl Elaborator<'_> {
    pub(super) fn call(&mut self, name: &Ident, arguments: &[Argument], span: Span) -> Typed {
        let head = name.name.as_str();
        if self.is_bound(head) {
            return self.applied_number(name);
        }
        if self.scope.meaning(head) == Some(Meaning::Family) {
            return self.applied((Term::symbol(head), name.span), arguments);
        }
        if let Some(meaning) = self.scope.meaning(head) {
            return self.call_declared(name, meaning, arguments);
        }
        if self.theory.distribution_named(head).is_some() {
            return Some((self.distribution(name, arguments, span)?, Kind::Distribution));
        }
        if self.theory.quantities_named(head).next().is_some() {
            return self.quantity(name, arguments, span);
        }
        match head {
            "support" => self.support(name, arguments),
            "interval" | "integers" => self.interval(name, arguments),
            MIXTURE => self.mixture(name, arguments, span),
            MEASURE => self.measure(name, arguments, span),
            "normalise" | "normalize" => self.normalise(name, arguments),
            "product" => self.independent(arguments, span),
            MARGINALS => self.marginals(name, arguments),
            "length" => self.of_vector(name, arguments),
            // The range of vectors in an assumption, which certificates write out.
            "reals" if self.undeclared == Undeclared::Accept => {
                let all: Vec<_> = arguments.iter().map(|a| self.plain(a, Kind::Number)).collect();
                let all = all.into_iter().collect::<Option<Vec<_>>>()?;
                Some((Term::call(head, all), Kind::Set))
            }
            "pick" | "shares" if self.text == Text::Sampler => self.of_vector(name, arguments),
            "throws" if self.text == Text::Sampler => self.throws(name, arguments),
            // Certificates list assumptions as terms.
            "integrable" if self.undeclared == Undeclared::Accept => {
                let all: Vec<_> = arguments.iter().map(|a| self.plain(a, Kind::Number)).collect();
                let all = all.into_iter().collect::<Option<Vec<_>>>()?;
                Some((Term::call(head, all), Kind::Truth))
            }
            _ => self.function(name, arguments, span),
        }
    }

    fn call_declared(&mut self, name: &Ident, meaning: Meaning, arguments: &[Argument]) -> Typed {
        match meaning.kind() {
            Kind::Distribution | Kind::Measure | Kind::Any if meaning != Meaning::Broken => {
                self.density(Term::symbol(name.name.as_str()), name.span, arguments)
            }
            Kind::Any => {
                self.points(arguments);
                None
            }
            Kind::Vector if self.is_indexed(&name.name) => {
                self.applied((Term::symbol(name.name.as_str()), name.span), arguments)
            }
            _ => self.applied_number(name),
        }
    }

    fn applied_number(&mut self, name: &Ident) -> Typed {
        let name_text = &name.name;
        let message = format!("`{name_text}` is a number and cannot be applied to arguments");
        self.report(
            Diagnostic::new("E0210", name.span, message)
                .label("a number")
                .hint(format!("to multiply, write {name_text}*(…)")),
        );
        None
    }

    /// `?p(x)`, `Name(m, v)(x)`.
    pub(super) fn apply(&mut self, head: &Expr, arguments: &[Argument]) -> Typed {
        if let Some((name, variables)) = self.quantity_by(head) {
            return self.quantity_of(&name, &variables, arguments, head.span);
        }
        let (term, kind) = self.expression(head)?;
        if kind == Kind::Function || kind == Kind::Number && self.axes_after(&term).is_some() {
            return self.applied((term, head.span), arguments);
        }
        if !kind.fits(Kind::Measure) {
            self.report(
                kind_mismatch(head.span, kind, Kind::Distribution).hint("to multiply, write a*(…)"),
            );
            return None;
        }
        self.density(term, head.span, arguments)
    }

    fn density(&mut self, distribution: Term, span: Span, arguments: &[Argument]) -> Typed {
        let shape = self.shape_of_points(&distribution);
        let several = arguments.len() > 1;
        let wanted = match shape {
            Shape::Vector if !several => Kind::Vector,
            Shape::Any if !several => Kind::Any,
            _ => Kind::Number,
        };
        let all: Vec<_> = arguments.iter().map(|a| self.plain(a, wanted)).collect();
        let mut points: Vec<Term> = all.into_iter().collect::<Option<_>>()?;
        if points.is_empty() {
            let message = "a density needs a point";
            self.report(Diagnostic::new("E0204", span, message).hint("write p(x)"));
            return None;
        }
        if several && shape != Shape::Scalar {
            points = vec![Term::vector(points)];
        }
        if points.len() > 1 {
            let message = format!("a density of one variable is given {} points", points.len());
            self.report(
                Diagnostic::new("E0204", span, message)
                    .label("takes one argument")
                    .hint("for independent coordinates, write product(p, q)(x, y)"),
            );
            return None;
        }
        Some((Term::density(distribution, points), Kind::Number))
    }

    fn points(&mut self, arguments: &[Argument]) -> Option<Vec<Term>> {
        let all: Vec<_> = arguments.iter().map(|a| self.plain(a, Kind::Number)).collect();
        all.into_iter().collect()
    }

    /// An argument that carries no label.
    pub(super) fn plain(&mut self, argument: &Argument, wanted: Kind) -> Option<Term> {
        if let Some(label) = &argument.label {
            self.report(
                Diagnostic::new("E0206", label.span, "a label has no place here")
                    .label("not a named parameter")
                    .hint("leave it out"),
            );
        }
        self.expect(&argument.value, wanted)
    }

    /// What the points are that a distribution is about.
    pub(super) fn shape_of_points(&self, distribution: &Term) -> Shape {
        match distribution.node() {
            Node::Binder(b) if b.op == BinderOp::Product => Shape::Vector,
            Node::Call(name, _) if *name == "product" => Shape::Vector,
            Node::Call(name, parts) if *name == MIXTURE || *name == MEASURE => {
                parts.get(1).map_or(Shape::Any, |part| self.shape_of_points(part))
            }
            Node::Call(..) if self.theory.space_of(distribution).is_some() => Shape::Vector,
            Node::Call(..) => Shape::Scalar,
            Node::Index(base, _) if self.undeclared != Undeclared::Accept => {
                match self.entry(base) {
                    Some(item) => self.shape_of_points(&item),
                    None => Shape::Scalar,
                }
            }
            Node::Symbol(name) => match self.scope.definition(name) {
                Some(value) => self.shape_of_points(value),
                None if self.scope.sort(name).is_some() => Shape::Scalar,
                None => Shape::Any,
            },
            _ => Shape::Any,
        }
    }

    /// `[a, b, c]`: numbers, or distributions.
    pub(super) fn list(&mut self, items: &[Expr], span: Span) -> Typed {
        let all: Vec<_> = items.iter().map(|item| self.expression(item)).collect();
        let all: Vec<(Term, Kind)> = all.into_iter().collect::<Option<_>>()?;
        let kind = all.iter().map(|(_, kind)| *kind).find(|k| *k != Kind::Any);
        let wanted = match kind {
            Some(Kind::Distribution) => Kind::Distribution,
            _ => Kind::Number,
        };
        for ((_, kind), item) in all.iter().zip(items) {
            if !kind.fits(wanted) {
                self.report(kind_mismatch(item.span, *kind, wanted));
                return None;
            }
        }
        if all.is_empty() {
            self.report(Diagnostic::new("E0204", span, "a vector needs an entry"));
            return None;
        }
        Some((Term::vector(all.into_iter().map(|(term, _)| term).collect()), Kind::Vector))
    }

    /// `_` stands in certificates only.
    pub(super) fn hole(&mut self, span: Span) -> Typed {
        if self.undeclared == Undeclared::Accept {
            return Some((Term::symbol(crate::term::HOLE), Kind::Any));
        }
        let message = "`_` has no meaning here";
        self.report(Diagnostic::new("E0215", span, message).hint("write a name"));
        None
    }

    /// The end of a finite sum, product or family: an integer, or ∞.
    pub(super) fn require_whole(&mut self, end: &Term, span: Span) -> Option<()> {
        let is_infinite = |t: &Term| matches!(t.node(), Node::Symbol(s) if s == "oo");
        let infinite = is_infinite(end) || matches!(end.node(), Node::Neg(a) if is_infinite(a));
        let loose = self.undeclared == Undeclared::Accept || self.text == Text::Rule;
        if infinite || loose || end.has_metas() || self.is_integer(end) {
            return Some(());
        }
        if let Some(name) = end.as_symbol().filter(|name| self.scope.is_undeclared(name)).cloned() {
            let assumption = Assumption {
                term: super::scope::stated(end, Sort::Natural),
                reason: format!("`{name}` is the end of a range of indices"),
                reason_zh: format!("`{name}` 是指标范围的端点"),
            };
            self.scope.infer_sort(&name, Sort::Natural, assumption);
            return Some(());
        }
        let hint = match end.as_symbol() {
            Some(name) => format!("declare it: let {name} natural"),
            None => "declare its names natural or integer".to_owned(),
        };
        let message = "the ends of a range of indices are integers";
        let problem = Diagnostic::new("E0221", span, message);
        self.report(problem.label("not known to be an integer").hint(hint));
        None
    }

    /// `Name[t]`, where the theory has a quantity of this name: the name, and the variables in the brackets.
    fn quantity_by<'e>(&self, head: &'e Expr) -> Option<(Ident, Vec<&'e Expr>)> {
        let ExprKind::Index(base, variable) = &head.kind else { return None };
        if let Some((name, mut variables)) = self.quantity_by(base) {
            variables.push(variable);
            return Some((name, variables));
        }
        let name = bare_name(base)?;
        let known = self.theory.quantities_named(name).next().is_some();
        (known && !self.is_bound(name) && self.scope.meaning(name).is_none())
            .then(|| (Ident { name: name.to_owned(), span: base.span }, vec![&**variable]))
    }

    /// Whether a name is one by which the definition of a quantity differentiates.
    pub(super) fn is_formal_variable(&self, name: &str) -> bool {
        self.scope.meaning(name) == Some(Meaning::FormalVariable)
    }

    /// `Name[t](p)`.
    fn quantity_of(
        &mut self,
        name: &Ident,
        variables: &[&Expr],
        arguments: &[Argument],
        span: Span,
    ) -> Typed {
        let theory = self.theory;
        let symbol = Symbol::new(&name.name);
        let of = variables.len() + arguments.len();
        let known = theory.quantity(&symbol, of).filter(|q| q.variables == variables.len());
        let Some(quantity) = known else {
            let message = format!(
                "`{}` is not taken by {} in brackets",
                name.name,
                of_variables(variables.len())
            );
            let all: Vec<String> = theory.quantities_named(&name.name).map(signature).collect();
            let hint = format!("write {}", all.join(" or "));
            self.report(Diagnostic::new("E0227", span, message).label("in brackets").hint(hint));
            return None;
        };
        let mut all: Vec<_> = variables.iter().map(|x| self.by_parameter(x)).collect();
        let rest = arguments.iter().zip(quantity.variables..);
        all.extend(rest.map(|(a, i)| self.plain(a, formal_kind(theory, quantity, i))));
        Some((Term::call(symbol, all.into_iter().collect::<Option<_>>()?), Kind::Number))
    }

    /// What a quantity is taken by: a parameter, or a member of a family of them.
    fn by_parameter(&mut self, x: &Expr) -> Option<Term> {
        let term = self.variable(x)?;
        if term.is_variable() {
            return Some(term);
        }
        let message = "a quantity is taken by a parameter";
        let problem = Diagnostic::new("E0228", x.span, message).label("not a name");
        self.report(problem.hint("name it, as in let t real"));
        None
    }

    fn quantity(&mut self, name: &Ident, arguments: &[Argument], span: Span) -> Typed {
        let theory = self.theory;
        let symbol = Symbol::new(&name.name);
        let Some(quantity) = theory.quantity(&symbol, arguments.len()) else {
            self.wrong_arguments(name, arguments.len(), span);
            return None;
        };
        self.check_bars(quantity, name, arguments);
        let all: Vec<_> = arguments
            .iter()
            .enumerate()
            .map(|(i, a)| match i < quantity.variables && a.label.is_none() {
                true => self.by_parameter(&a.value),
                false => self.plain(a, formal_kind(theory, quantity, i)),
            })
            .collect();
        let all: Vec<Term> = all.into_iter().collect::<Option<_>>()?;
        self.check_points(quantity, &all, arguments)?;
        Some((Term::call(symbol, all), Kind::Number))
    }

    /// `||` only where the definition has it. A comma does everywhere, because the machine form writes commas.
    fn check_bars(&mut self, quantity: &Quantity, name: &Ident, arguments: &[Argument]) {
        for (argument, (_, bars)) in arguments.iter().zip(&quantity.parameters) {
            if argument.after_bars && !bars {
                let hint = format!("write {}", signature(quantity));
                let message = format!("the arguments of `{}` are separated by commas", name.name);
                let at = argument.value.span;
                self.report(Diagnostic::new("E0214", at, message).label("after ||").hint(hint));
            }
        }
    }

    fn function(&mut self, name: &Ident, arguments: &[Argument], span: Span) -> Typed {
        let head = name.name.as_str();
        let source = || names::SOURCES.iter().find(|(n, _)| *n == head).map(|(_, a)| *a);
        let arity = match names::arity(head) {
            None if self.text == Text::Sampler => source(),
            known => known,
        };
        let Some(arity) = arity else {
            self.unknown_function(name, arguments);
            return None;
        };
        let values = self.points(arguments);
        if arguments.len() != arity {
            self.wrong_arguments(name, arguments.len(), span);
            return None;
        }
        let mut values = values?;
        let written = match head {
            "log2" => {
                let two = Term::call("ln", vec![Term::integer(2)]);
                Term::quotient(Term::call("ln", vec![values.remove(0)]), two)
            }
            "lngamma" => Term::call("ln", vec![Term::call("gamma", values)]),
            "beta" => beta_function(&values),
            "lnbeta" => Term::call("ln", vec![beta_function(&values)]),
            _ => Term::call(head, values),
        };
        Some((written, Kind::Number))
    }

    fn unknown_function(&mut self, name: &Ident, arguments: &[Argument]) {
        let head = name.name.as_str();
        let theory = self.theory;
        let known = names::FUNCTIONS
            .iter()
            .map(|(n, _)| *n)
            .chain(names::CONSTRUCTS.iter().copied())
            .chain(theory.distributions().iter().map(|d| d.name.as_str()))
            .chain(theory.quantities().iter().map(|q| q.name.as_str()))
            .chain(self.scope.names());
        let hint = match (names::nearest(head, known), self.undeclared) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Undeclared::InferFromUse) if arguments.len() == 1 => {
                format!("to multiply, write {head}*(…)")
            }
            (None, _) => format!("for a density, declare it: let {head} density over reals"),
        };
        let message = format!("no function, distribution or quantity is called `{head}`");
        self.report(Diagnostic::new("E0202", name.span, message).label("unknown").hint(hint));
        // Whatever is wrong with the arguments is said in the same run; labels may be of any kind.
        for argument in arguments {
            self.expression(&argument.value);
        }
    }

    pub(super) fn wrong_arguments(&mut self, name: &Ident, given: usize, span: Span) {
        let signatures = self.signatures(&name.name);
        let message = format!("`{}` cannot be given {given} argument{}", name.name, plural(given));
        self.report(
            Diagnostic::new("E0204", span, message)
                .label("wrong number of arguments")
                .hint(format!("write {}", signatures.join(" or "))),
        );
    }

    /// Whether a name is of something that is applied to arguments.
    pub(super) fn takes_arguments(&self, name: &str) -> bool {
        self.theory.distribution_named(name).is_some()
            || self.theory.quantities_named(name).next().is_some()
    }

    /// The ways to apply a name.
    pub(super) fn signatures(&self, name: &str) -> Vec<String> {
        if let Some(distribution) = self.theory.distribution_named(name) {
            return super::parameters::signatures(distribution);
        }
        let quantities: Vec<_> = self.theory.quantities_named(name).map(signature).collect();
        if !quantities.is_empty() {
            return quantities;
        }
        match names::arity(name) {
            Some(0) => vec![format!("{name}()")],
            Some(1) => vec![format!("{name}(x)")],
            _ => vec![format!("{name}(x, y)")],
        }
    }

    fn support(&mut self, name: &Ident, arguments: &[Argument]) -> Typed {
        let [argument] = arguments else {
            let message = "`support` takes one distribution";
            self.report(Diagnostic::new("E0204", name.span, message).hint("write support(p)"));
            return None;
        };
        let of = self.plain(argument, Kind::Measure)?;
        Some((Term::call("support", vec![of]), Kind::Set))
    }

    /// In a definition, `marginals(p)` is the product of the distributions of the coordinates of p. A statement names it.
    fn marginals(&mut self, name: &Ident, arguments: &[Argument]) -> Typed {
        let problem = match (arguments, self.text) {
            ([argument], Text::Definition) => {
                let of = self.plain(argument, Kind::Distribution)?;
                return Some((Term::call(MARGINALS, vec![of]), Kind::Distribution));
            }
            (_, Text::Definition) => ("`marginals` takes one distribution", "write marginals(p)"),
            _ => (
                "`marginals` stands in the definitions of quantities only",
                "write the product of the marginals: product(p, q)",
            ),
        };
        self.report(Diagnostic::new("E0204", name.span, problem.0).hint(problem.1));
        None
    }

    fn interval(&mut self, name: &Ident, arguments: &[Argument]) -> Typed {
        let ends = self.points(arguments);
        if arguments.len() != 2 {
            let message = format!("`{}` takes its two ends", name.name);
            let hint = format!("write {}(low, high)", name.name);
            self.report(Diagnostic::new("E0204", name.span, message).hint(hint));
            return None;
        }
        Some((Term::call(name.name.as_str(), ends?), Kind::Set))
    }

    fn independent(&mut self, arguments: &[Argument], span: Span) -> Typed {
        let all: Vec<_> = arguments.iter().map(|a| self.plain(a, Kind::Distribution)).collect();
        let parts = all.into_iter().collect::<Option<Vec<_>>>()?;
        if parts.is_empty() {
            let message = "`product` needs at least one distribution";
            self.report(Diagnostic::new("E0204", span, message).hint("write product(p, q)"));
            return None;
        }
        self.check_coordinates(&parts, arguments)?;
        Some((Term::call("product", parts), Kind::Distribution))
    }

    /// The weights and parts of `mixture(1/3: p, 2/3: q)`, each with its weight as it is written; in `mixture(1/3, p, 2/3, q)`
    /// they stand in turn.
    pub(super) fn weighted<'e>(
        &mut self,
        name: &Ident,
        arguments: &'e [Argument],
        span: Span,
        wanted: Kind,
    ) -> Option<Vec<(Term, Term, &'e Expr)>> {
        let pairs: Option<Vec<(&Expr, &Expr)>> = if arguments.iter().all(|a| a.label.is_none()) {
            let chunks = arguments.chunks(2);
            chunks.map(|c| Some((&c.first()?.value, &c.get(1)?.value))).collect()
        } else {
            arguments.iter().map(|a| Some((a.label.as_ref()?, &a.value))).collect()
        };
        let Some(pairs) = pairs.filter(|p| !p.is_empty()) else {
            self.report(
                Diagnostic::new(
                    "E0204",
                    span,
                    format!("each part of a `{}` needs a weight", name.name),
                )
                .hint(format!("write {}(1/3: p, 2/3: q)", name.name)),
            );
            return None;
        };
        let all: Vec<_> = pairs
            .iter()
            .map(|(weight, part)| {
                let weight_term = self.number(weight);
                let part = self.expect(part, wanted);
                Some((weight_term?, part?, *weight))
            })
            .collect();
        all.into_iter().collect()
    }

    fn mixture(&mut self, name: &Ident, arguments: &[Argument], span: Span) -> Typed {
        let all = self.weighted(name, arguments, span, Kind::Distribution)?;
        let source: Vec<&Expr> = all.iter().map(|(_, _, weight)| *weight).collect();
        let all: Vec<(Term, Term)> = all.into_iter().map(|(w, part, _)| (w, part)).collect();
        self.check_weights(&all, &source, span)?;
        let mut kinds = all.iter().filter_map(|(_, part)| self.lives_on_integers(part));
        if kinds.next().is_some_and(|first| kinds.any(|kind| kind != first)) {
            let message = "a mixture of a density and a mass has neither";
            self.report(
                Diagnostic::new("E0225", span, message)
                    .label("one part lives on integers, the other on an interval")
                    .hint("mix distributions of one kind"),
            );
            return None;
        }
        let flat = all.into_iter().flat_map(|(weight, part)| [weight, part]).collect();
        Some((Term::call(MIXTURE, flat), Kind::Distribution))
    }

    /// Whether a distribution lives on integers, where that is known.
    pub(super) fn lives_on_integers(&self, distribution: &Term) -> Option<bool> {
        match distribution.node() {
            Node::Symbol(name) => match (self.scope.definition(name), self.scope.sort(name)) {
                (Some(value), _) => self.lives_on_integers(value),
                (None, Some(Sort::Mass)) => Some(true),
                (None, Some(Sort::Density)) => Some(false),
                _ => None,
            },
            Node::Call(name, parts) if *name == MIXTURE || *name == MEASURE => {
                self.lives_on_integers(parts.get(1)?)
            }
            Node::Call(..) => {
                self.theory.distribution(distribution).map(|(known, _)| known.discrete)
            }
            _ => None,
        }
    }

    fn check_weights(
        &mut self,
        parts: &[(Term, Term)],
        source: &[&Expr],
        span: Span,
    ) -> Option<()> {
        let weights: Vec<Option<Rational>> = parts.iter().map(|(w, _)| exact(w)).collect();
        for (weight, expr) in weights.iter().zip(source) {
            if weight.as_ref().is_some_and(|w| !w.is_positive()) {
                let message = "the weight of a mixture must be positive";
                self.report(Diagnostic::new("E0213", expr.span, message).label("not positive"));
                return None;
            }
        }
        let sum = weights.iter().try_fold(Rational::ZERO, |sum, w| Some(&sum + w.as_ref()?));
        if let Some(sum) = sum.as_ref().filter(|s| !s.is_one()) {
            let message = format!("the weights of a mixture must sum to 1, but sum to {sum}");
            self
                .report(Diagnostic::new("E0213", span, message).label(format!("sum to {sum}")).hint(
                "change a weight, or divide each by the sum; without weights that sum to 1 write \
                         a*p + b*q, which has a mass of its own",
            ));
            return None;
        }
        if sum.is_some() {
            return Some(());
        }
        let open = Term::sum(parts.iter().map(|(weight, _)| weight.clone()).collect());
        if !open.metas().is_empty() {
            return Some(());
        }
        if !is_evidently_one(&open) {
            let message = "the weights of a mixture must sum to 1, which cannot be seen of these";
            self.report(
                Diagnostic::new("E0230", span, message)
                    .label("not evidently 1")
                    .hint("write the last weight as one minus the others: mixture(w: p, 1 - w: q)"),
            );
            return None;
        }
        let (of, parameter) = (Symbol::new("mixture"), Symbol::new("weight"));
        for ((weight, _), expr) in parts.iter().zip(source) {
            let place = Place { of: &of, parameter: &parameter, span: expr.span };
            self.require(weight, Sort::Positive, &place)?;
        }
        Some(())
    }
}

/// Whether a sum is one by adding up equal terms alone.
pub(super) fn is_evidently_one(sum: &Term) -> bool {
    let added = |t: &Term| {
        let mut terms: BTreeMap<String, Rational> = BTreeMap::new();
        add_up(t, &Rational::ONE, &mut terms);
        terms.retain(|_, r| !r.is_zero());
        terms.into_iter().collect::<Vec<_>>()
    };
    if matches!(added(sum).as_slice(), [(k, r)] if k.is_empty() && r.is_one()) {
        return true;
    }
    // Shares of a whole: w/(w + v) and v/(w + v). That the whole is not zero follows from positive weights.
    let Node::Sum(parts) = sum.node() else { return false };
    let shares: Option<Vec<(&Term, &Term)>> = parts
        .iter()
        .map(|part| match part.node() {
            Node::Quotient(a, b) => Some((a, b)),
            _ => None,
        })
        .collect();
    let Some((whole, shares)) = shares.and_then(|all| Some((all.first()?.1, all))) else {
        return false;
    };
    shares.iter().all(|(_, below)| *below == whole)
        && added(&Term::sum(shares.iter().map(|(above, _)| (*above).clone()).collect()))
            == added(whole)
}

fn add_up(t: &Term, by: &Rational, terms: &mut BTreeMap<String, Rational>) {
    if let Some(r) = exact(t) {
        let entry = terms.entry(String::new()).or_insert(Rational::ZERO);
        *entry = &*entry + &(by * &r);
        return;
    }
    match t.node() {
        Node::Sum(parts) => parts.iter().for_each(|part| add_up(part, by, terms)),
        Node::Neg(a) => add_up(a, &-by, terms),
        _ => {
            let entry = terms.entry(t.to_string()).or_insert(Rational::ZERO);
            *entry = &*entry + by;
        }
    }
}

/// How a quantity is written.
fn signature(quantity: &Quantity) -> String {
    let (variables, formals) = quantity.parameters.split_at(quantity.variables);
    let variables: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
    let by =
        if variables.is_empty() { String::new() } else { format!("[{}]", variables.join(", ")) };
    let mut text = format!("{}{by}(", quantity.name);
    for (i, (formal, bars)) in formals.iter().enumerate() {
        match (i, bars) {
            (0, _) => {}
            (_, true) => text.push_str(" || "),
            (_, false) => text.push_str(", "),
        }
        text.push_str(formal.as_str());
    }
    text.push(')');
    text
}

fn of_variables(n: usize) -> String {
    if n == 1 { "one name".into() } else { format!("{n} names") }
}

pub(super) fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// Whether the expression is a name on its own.
pub(super) fn bare_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

/// B(a, b) = Γ(a)Γ(b)/Γ(a + b), Euler's first integral (NIST DLMF, eq. 5.12.1).
fn beta_function(values: &[Term]) -> Term {
    let gamma = |t: Term| Term::call("gamma", vec![t]);
    let top = values.iter().cloned().map(gamma).collect();
    Term::quotient(Term::product(top), gamma(Term::sum(values.to_vec())))
}
