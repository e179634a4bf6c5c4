//! The phases, generic over the theory: which rules each may use is the theory's to say.
//!
//! Each phase ends because its measure falls: quantities left (definition), logarithms of products (logarithm),
//! densities left (density), summands under a binder (linearity), binders left (moments, integrals).

use std::rc::Rc;

use crate::kernel::Refusal;
use crate::term::{Binder, BinderOp, Domain, MARGINALS, Node, Path, Symbol, Term};

use super::engine::{Engine, same_head};
use super::places::{
    at_numbers, first_place, first_place_below, flat, has_bar, has_density, has_kink, hides_powers,
    hides_sum, insertable, irreducible, is_average, is_expectation, is_integral, is_ln,
    is_ln_of_number, is_series, is_variance, is_weighted, monomial, obstacle, places,
    under_ln_mixture,
};
use super::reshape::is_power_of_exp;
use super::rules::PhaseRules;
use super::terms::{is_worth_it, logarithms_of_numbers};

/// What makes the value of an integral long: an exponential at an end of the range, an integral that is left.
fn is_long_value(t: &Term) -> bool {
    matches!(t.node(), Node::Binder(_)) || matches!(t.node(), Node::Call(f, _) if f == "exp")
}

impl<'t> Engine<'t> {
    /// The rules of a phase, in the order of the theory's phase entry.
    pub(super) fn rules_of(&mut self, phase: &'static str) -> Rc<PhaseRules<'t>> {
        if let Some((_, rules)) = self.phase_rules.iter().find(|(p, _)| *p == phase) {
            return Rc::clone(rules);
        }
        let rules = Rc::new(PhaseRules::new(self.theory(), phase));
        self.phase_rules.push((phase, Rc::clone(&rules)));
        rules
    }

    pub(crate) fn rules_named(&mut self, phase: &'static str) -> Rc<PhaseRules<'t>> {
        self.rules_of(phase)
    }

    /// Applies the rules of a phase at places that `admit` accepts until none fires.
    pub(crate) fn exhaust(&mut self, phase: &'static str, admit: impl Fn(&Term) -> bool) -> bool {
        let rules = self.rules_of(phase);
        let mut any = false;
        'again: while !self.out_of_fuel() {
            for path in places(&self.current, &admit) {
                let Some(here) = self.current.at(&path) else { continue };
                for rule in rules.iter().filter(|rule| same_head(&rule.left, &here)) {
                    if self.try_rule(rule, &path) {
                        any = true;
                        continue 'again;
                    }
                }
            }
            break;
        }
        any
    }

    /// Uses the rules that the statement names, wherever they apply. The first that applies nowhere comes back.
    pub(crate) fn cited(&mut self, ids: &[Symbol]) -> Option<Symbol> {
        let start = self.mark();
        let mut used: Vec<Symbol> = Vec::new();
        let mut ends = ids.is_empty();
        for _ in 0..ids.len() * 16 {
            let Some(id) = self.cite_once(ids) else {
                ends = true;
                break;
            };
            used.push(id);
        }
        if !ends {
            // A rule that takes what it made would go on for ever: each is used once.
            self.reset(start);
            used = ids.iter().filter_map(|id| self.cite_once(std::slice::from_ref(id))).collect();
        }
        ids.iter().find(|id| !used.contains(id)).cloned()
    }

    /// Uses one of the rules at the first place that takes it.
    pub(crate) fn cite_once(&mut self, ids: &[Symbol]) -> Option<Symbol> {
        let theory = self.theory();
        for id in ids {
            let Some(rule) = theory.rule(id.as_str()) else { continue };
            for path in places(&self.current.clone(), |_| true) {
                if self.try_rule(rule, &path) {
                    self.end_line("lemma");
                    return Some(id.clone());
                }
            }
        }
        None
    }

    /// Unfolds every quantity. `Err` when a condition of a definition is neither proved nor refuted.
    pub(crate) fn definitions(&mut self) -> Result<(), Refusal> {
        while let Some(path) = first_place(&self.current, |t| self.is_quantity(t)) {
            let names_marginals = self.current.at(&path).is_some_and(|t| self.has_marginals(&t));
            let outcome = self.try_unfold(&path);
            if names_marginals {
                // Which they are is worth a line.
                self.end_line("definition");
            }
            if let Err(refusal) = outcome {
                self.message = super::conditions::why_undefined(&refusal).or(self.message.take());
                return Err(refusal);
            }
        }
        self.end_line("definition");
        Ok(())
    }

    /// Takes variances apart and writes what is left of them out.
    pub(crate) fn variances(&mut self) {
        self.exhaust("variance", is_variance);
        self.end_line("variance");
        while let Some(path) = first_place(&self.current, is_variance) {
            if let Err(refusal) = self.try_unfold(&path) {
                if let Refusal::Undischarged(text) = refusal {
                    self.note_undischarged(&text);
                }
                break;
            }
        }
        self.end_line("definition");
    }

    /// What a moment rule left as a variance is taken apart, too.
    fn variances_again(&mut self) -> bool {
        let any = first_place(&self.current, is_variance).is_some();
        let before = self.current.clone();
        if any {
            self.variances();
        }
        any && self.current != before
    }

    /// Whether the definition of a quantity speaks of the marginals of a distribution.
    fn has_marginals(&self, t: &Term) -> bool {
        let Node::Call(name, args) = t.node() else { return false };
        let quantity = self.theory().quantity(name, args.len());
        quantity.is_some_and(|q| {
            q.body.any(&mut |s| matches!(s.node(), Node::Call(f, _) if f == MARGINALS))
        })
    }

    pub(crate) fn is_quantity(&self, t: &Term) -> bool {
        match t.node() {
            Node::Call(name, args) => self.theory().quantity(name, args.len()).is_some(),
            _ => false,
        }
    }

    pub(crate) fn expectations(&mut self) {
        self.measures();
        self.exhaust("expectation", is_weighted);
        self.end_line("expectation");
    }

    fn expectations_again(&mut self) -> bool {
        let any = self.exhaust("expectation", is_weighted);
        self.end_line("expectation");
        any
    }

    /// What was put together on the way is taken apart again, where the densities are not further known.
    fn logarithms_again(&mut self) -> bool {
        let any = self.exhaust("logarithm", |t| is_ln(t) && has_density(t) && has_bar(t));
        self.end_line("logarithm");
        any
    }

    /// ln(p(x)/q(x)) = ln p(x) − ln q(x), before the densities are inserted.
    pub(crate) fn logarithms_of_densities(&mut self) {
        self.exhaust("logarithm", |t| is_ln(t) && has_density(t) && has_bar(t) && !at_numbers(t));
        self.end_line("logarithm");
    }

    /// Uses assumed equations about densities that are not further known.
    pub(crate) fn hypotheses(&mut self) {
        let assumed = self.kernel.facts().relations.clone();
        let mut left = 64;
        'again: while left > 0 {
            left -= 1;
            let is_density = |t: &Term| matches!(t.node(), Node::Density(..));
            for path in places(&self.current, is_density) {
                if assumed.iter().any(|a| self.try_hypothesis(a, &path)) {
                    continue 'again;
                }
            }
            break;
        }
        if self.line_is_open() {
            self.exhaust("logarithm", |t| is_ln(t) && has_bar(t));
        }
        self.end_line("hypothesis");
    }

    /// Inserts the densities and takes the logarithms apart; each body is then put in order.
    pub(crate) fn densities(&mut self) -> Result<(), Refusal> {
        self.drop_parts();
        'again: while !self.out_of_fuel() {
            for path in insertable(&self.current) {
                match self.try_unfold(&path) {
                    Ok(()) => continue 'again,
                    Err(Refusal::Undischarged(text)) => {
                        self.message = Some((
                            format!("a density is inserted only on its support: {text}"),
                            format!("密度只能在其支撑集上代入：{text}"),
                        ));
                    }
                    Err(_) => {}
                }
            }
            break;
        }
        self.plain_powers();
        self.exhaust("logarithm", |t| is_ln(t) && !under_ln_mixture(t) && !is_ln_of_number(t));
        self.products_apart();
        if self.line_is_open() {
            self.tidy_bodies();
        }
        self.end_line("density");
        Ok(())
    }

    /// Writes expectations under mixtures as weighted sums of those under the parts, and their densities as such sums.
    pub(crate) fn mixtures(&mut self) {
        let mixed = |engine: &Self, d: &Term| engine.kernel.facts().mixture(d).is_some();
        while let Some(path) = first_place(&self.current, |t| match t.node() {
            Node::Binder(Binder { op: BinderOp::Expectation, domain: Domain::Over(d), .. }) => {
                mixed(self, d)
            }
            Node::Density(d, _) => mixed(self, d),
            _ => false,
        }) {
            if self.try_unfold(&path).is_err() {
                break;
            }
        }
        self.end_line("mixture");
    }

    /// Writes integrals against sums of distributions as sums of expectations under them: those in which the density of
    /// such a sum is the first.
    pub(crate) fn measures(&mut self) {
        let sum = |engine: &Self, d: &Term| engine.kernel.facts().resolve(d).is_measure();
        let weight = |own: &Self, t: &Term, x: &Symbol| match t.node() {
            Node::Density(d, points) => {
                matches!(points.as_slice(), [at] if at.as_symbol() == Some(x)) && sum(own, d)
            }
            _ => false,
        };
        let against = |own: &Self, t: &Term| match t.node() {
            Node::Binder(b) if matches!(b.op, BinderOp::Integral | BinderOp::Sum) => {
                match b.body.node() {
                    Node::Product(factors) => factors
                        .iter()
                        .find(|f| matches!(f.node(), Node::Density(..)))
                        .is_some_and(|f| weight(own, f, &b.var)),
                    _ => weight(own, &b.body, &b.var),
                }
            }
            _ => false,
        };
        // One that goes through may move the others.
        loop {
            let found = places(&self.current, |t| against(self, t));
            if !found.iter().any(|path| self.try_unfold(path).is_ok()) {
                break;
            }
        }
        self.end_line("mixture");
    }

    /// A part of a mixture whose support the variable never meets is zero there: what is left is no sum.
    fn drop_parts(&mut self) {
        for path in places(&self.current.clone(), |t| is_ln(t) && under_ln_mixture(t)) {
            let (argument, whole) = (path.child(0), self.current.clone());
            let spelled = self.kernel.spellings(&whole, &argument).pop();
            let densities = |t: &Term| places(t, |s| matches!(s.node(), Node::Density(..))).len();
            let old = whole.at(&argument).map_or(0, |t| densities(&t));
            if let Some(new) = spelled.filter(|t| densities(t) < old) {
                self.try_arithmetic(&argument, &new);
            }
        }
    }

    fn tidy_bodies(&mut self) {
        for path in places(&self.current.clone(), is_average) {
            // Where the integral is to be split its parts should be recognised.
            if self
                .current
                .at(&path)
                .is_none_or(|t| is_integral(&t) && has_kink(&t) && !is_power_of_exp(&t))
            {
                continue;
            }
            let body = path.child(self.current.at(&path).map_or(1, |t| t.children().len()) - 1);
            self.tidy_kept(&body);
        }
    }

    pub(crate) fn drop_ones(&mut self, path: &Path) {
        let Some(t) = self.current.at(path) else { return };
        let Node::Product(xs) = t.node() else { return };
        let kept: Vec<Term> =
            xs.iter().filter(|x| x.as_rational().is_none_or(|r| !r.is_one())).cloned().collect();
        if kept.len() < xs.len() {
            self.try_arithmetic(path, &Term::product(kept));
        }
    }

    /// Splits sums and takes constants out until each binder holds one product without constants.
    pub(crate) fn linearity(&mut self) -> bool {
        let any = self.split_binders();
        if any {
            let root = Path::root();
            self.tidy_kept(&root);
        }
        self.end_line("linearity");
        any
    }

    pub(super) fn split_binders(&mut self) -> bool {
        let rules = self.rules_of("linearity");
        let mut any = false;
        'again: while !self.out_of_fuel() {
            for path in places(&self.current, is_average) {
                if self.has_moment(&path) {
                    continue;
                }
                if rules.iter().any(|r| self.try_rule(r, &path)) || self.constants_apart(&path) {
                    any = true;
                    continue 'again;
                }
            }
            break;
        }
        any
    }

    /// Whether a moment rule gives the expectation here at once, so that it need not be split.
    fn has_moment(&mut self, path: &Path) -> bool {
        let whole = self.current.clone();
        let is_sum = match whole.at(path).as_ref().map(Term::node) {
            Some(Node::Binder(b)) if b.op == BinderOp::Expectation => {
                matches!(b.body.node(), Node::Sum(_))
            }
            _ => false,
        };
        is_sum
            && self.rules_of("moments").iter().any(|rule| {
                let proposals = self.kernel.proposals(rule, &whole, path);
                proposals.iter().any(|b| self.kernel.rule(&whole, path, rule, b).is_ok())
            })
    }

    /// Replaces every expectation and integral by its value, re-centring or unfolding where no moment rule fits.
    pub(crate) fn moments(&mut self) {
        while !self.out_of_fuel() {
            if self.exhaust("moments", is_expectation) {
                self.end_line("moments");
                continue;
            }
            if self.insert_integrals() {
                continue;
            }
            if self.variances_again()
                || self.independence()
                || self.linearity()
                || self.expectations_again()
                || self.logarithms_again()
                || self.weights_again()
                || self.sums_apart()
                || self.split_at_kinks()
                || self.transfer(false)
                || self.recentre()
                || self.multiply_out()
                || self.infinite_parts()
                || self.tidy_averages()
                || self.transfer(true)
                || self.unfold_expectation()
                || self.reshape()
                || self.logarithms_below()
            {
                continue;
            }
            break;
        }
    }

    /// Replaces integrals by their values. What a recurrence leaves is put in order before the next rule looks at it.
    pub(super) fn insert_integrals(&mut self) -> bool {
        let rules = self.rules_of("integrals");
        let (mut any, mut long) = (false, false);
        'again: while !self.out_of_fuel() {
            for path in places(&self.current, is_integral) {
                for rule in rules.iter() {
                    if self.try_rule(rule, &path) {
                        any = true;
                        if rule.right.as_ref().is_some_and(|r| r.any(&mut is_long_value)) {
                            long = true;
                            self.tidy_below(&path);
                        }
                        continue 'again;
                    }
                }
            }
            break;
        }
        if long {
            self.tidy_kept(&Path::root());
        }
        self.end_line("integrals");
        any
    }

    /// Puts the bodies of the integrals in order that a recurrence left at a place.
    fn tidy_below(&mut self, path: &Path) {
        let Some(t) = self.current.at(path) else { return };
        for inner in places(&t, is_integral) {
            self.tidy_kept(&path.join(&inner).child(2));
        }
    }

    /// Writes a polynomial under an expectation in powers of the distance from the distribution's center.
    fn recentre(&mut self) -> bool {
        for path in places(&self.current.clone(), is_expectation) {
            let Some(t) = self.current.at(&path) else { continue };
            let Node::Binder(b) = t.node() else { continue };
            let unknown = self.is_over_unknown(&t);
            let center = match unknown {
                true if hides_powers(b) => Some(Term::integer(0)),
                true => None,
                false => self.center(b),
            };
            let Some(center) = center else { continue };
            let body_path = path.child(1);
            let whole = self.current.clone();
            let Some(parts) = self.kernel.recentred(&whole, &body_path, &b.var, &center) else {
                continue;
            };
            if self.recentred.contains(&t) {
                continue;
            }
            if parts.len() < 2 && parts.first().is_none_or(|(d, _)| *d == 0) {
                continue;
            }
            let x = Term::symbol(b.var.clone());
            let distance = if unknown { x } else { Term::difference(x, center) };
            // Of an unknown distribution the powers say more than their sum only where each has a mean.
            let finite = |e: &mut Self, d: u32| {
                let power = monomial(&distance, d, Term::integer(1));
                let mean = Term::binder(b.op, b.var.clone(), b.domain.clone(), power);
                d == 0 || e.kernel.converges(&mean).is_some()
            };
            if unknown && !parts.iter().all(|(d, _)| finite(self, *d)) {
                continue;
            }
            let mut terms: Vec<Term> =
                parts.into_iter().rev().map(|(d, c)| monomial(&distance, d, c)).collect();
            for t in &mut terms {
                *t = flat(t);
            }
            if self.try_arithmetic(&body_path, &Term::sum(terms)) {
                self.recentred.push(t);
                self.end_line("recentre");
                return true;
            }
        }
        false
    }

    fn center(&self, b: &Binder) -> Option<Term> {
        let Domain::Over(d) = &b.domain else { return None };
        self.theory().center_of(&self.kernel.facts().resolve(d))
    }

    /// Whether the support of the distribution of an expectation is a bounded interval.
    fn is_over_interval(&self, t: &Term) -> bool {
        let Node::Binder(Binder { domain: Domain::Over(d), .. }) = t.node() else { return false };
        let ends = self.theory().support_of(&self.kernel.facts().resolve(d));
        ends.is_some_and(|(lo, hi)| ![lo, hi].iter().any(|end| end.mentions(&Symbol::new("oo"))))
    }

    /// Writes an expectation for which there is no rule as an integral, and gathers its exponentials.
    fn unfold_expectation(&mut self) -> bool {
        for path in places(&self.current.clone(), is_expectation) {
            let Some(t) = self.current.at(&path) else { continue };
            if hides_sum(&t, self.is_over_interval(&t))
                || self.is_over_unknown(&t)
                || self.is_left_standing(&t)
                || !self.may_unfold(&t)
            {
                continue;
            }
            let discrete = self.kernel.is_discrete(&t);
            let mark = discrete.then(|| self.mark());
            let weighted = t.any(&mut |s| matches!(s.node(), Node::Call(f, _) if f == "exp"));
            if self.try_unfold(&path).is_err() {
                continue;
            }
            let density =
                first_place_below(&self.current, &path, |t| matches!(t.node(), Node::Density(..)));
            if let Some(density) = density {
                let _ = self.try_unfold(&density);
            }
            if self.current.at(&path).is_some_and(|t| has_kink(&t)) {
                self.end_line("expectation_as_integral");
                if self.split_at_kinks() {
                    return true;
                }
            } else {
                self.tidy_kept(&path.child(2));
                self.end_line("expectation_as_integral");
            }
            self.split_binders();
            let rules = self.rules_of("weight");
            for path in places(&self.current.clone(), is_integral) {
                if self.rules_of("integrals").iter().any(|r| self.try_rule(r, &path)) {
                    continue;
                }
                if weighted && rules.iter().any(|r| self.try_rule(r, &path)) {
                    self.tidy_after_weight();
                    break;
                }
            }
            self.end_line("integrals");
            // A sum for which there is no rule says less than the expectation it came from.
            if let Some(mark) = mark
                && places(&self.current, is_series).iter().any(|p| self.current.at(p).is_some())
            {
                self.reset(mark);
                continue;
            }
            return true;
        }
        false
    }

    /// The average of a function that is not further known: an integral says no more than the expectation.
    pub(super) fn is_left_standing(&self, t: &Term) -> bool {
        !self.kernel.is_discrete(t) && irreducible(self.kernel.facts(), t)
    }

    /// An expectation under a density that is not further known has no other form.
    pub(super) fn is_over_unknown(&self, t: &Term) -> bool {
        let Node::Binder(Binder { domain: Domain::Over(d), .. }) = t.node() else { return false };
        let facts = self.kernel.facts();
        matches!(facts.resolve(d).node(), Node::Symbol(s) if facts.sorts.get(s).is_some_and(|sort| sort.is_distribution()))
    }

    /// Each expectation is unfolded as often as it stood there when it was first met: more would go in circles.
    fn may_unfold(&mut self, t: &Term) -> bool {
        if let Some((_, left)) = self.unfolded.iter_mut().find(|(u, _)| u == t) {
            *left = left.saturating_sub(1);
            return *left > 0;
        }
        if self.unfolded.len() > 40 {
            return false;
        }
        let times = places(&self.current, |s| s == t).len();
        self.unfolded.push((t.clone(), times));
        true
    }

    pub(crate) fn collect(&mut self) {
        match logarithms_of_numbers(&self.current) {
            Some(sum) if sum == self.current => {}
            Some(sum) if self.try_arithmetic(&Path::root(), &sum) => {}
            _ => {
                self.tidy(&Path::root());
                self.present();
            }
        }
        // What cancels may leave more to cancel.
        for _ in 0..3 {
            let Some(shorter) = self.kernel.cancelled(&self.current) else { break };
            if !is_worth_it(&self.current, &shorter)
                || !self.try_arithmetic(&Path::root(), &shorter)
            {
                break;
            }
        }
        self.end_line("collect");
    }

    /// What keeps the current term from being a closed form.
    pub(crate) fn obstacle(&self) -> Option<Term> {
        obstacle(self.theory(), self.kernel.facts(), &self.current)
    }
}
