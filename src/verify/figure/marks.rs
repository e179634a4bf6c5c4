//! Figures about one quantity: densities and the integrand between them, how its estimate settles, and what broken closed
//! forms would have given.

use super::super::expectation::form_of;
use super::super::mutation::{Edit, Surroundings, classical, slip};
use super::super::sampling::combined;
use super::super::{Numbers, PROTOCOL, notation};
use super::{Drawing, sampled};
use crate::derive::Derivation;
use crate::diagnostic::Diagnostic;
use crate::document::figure::Shape;
use crate::document::unicode;
use crate::numeric::{Environment, McEstimate, Options, evaluate, key, orbit};
use crate::syntax::tree::{Argument, Expr, ExprKind, Ident};
use crate::term::{Symbol, Term};

/// Numbers of samples at which an estimate is shown.
const LOOKS: i32 = 72;

/// More samples than this are not drawn for a picture.
const MOST_SAMPLES: f64 = 1e6;

/// The samples of the estimate that mutants are set against.
const SAMPLES: u64 = 10_000;

/// Standard errors on either side of an estimate that are shaded.
const BAND: f64 = 3.0;

/// Mutants shown.
const ROWS: usize = 11;

/// Longer labels do not fit into a row.
const LONGEST: usize = 28;

/// Stretches of time of an orbit.
const STRETCHES: usize = 200;

/// More single places than this are too many for stems.
const STEMS: f64 = 200.0;

impl Drawing<'_> {
    /// The density of a distribution, at the variable of the horizontal axis.
    pub(super) fn density(&mut self, of: &Expr, label: String) -> Option<Vec<Shape>> {
        let axis = &self.block.axes.first()?.name;
        let at = Expr { kind: ExprKind::Name(axis.name.clone()), span: axis.span };
        let at = vec![Argument { label: None, value: at, after_bars: false }];
        let kind = match &of.kind {
            ExprKind::Name(name) => ExprKind::Call(Ident { name: name.clone(), span: of.span }, at),
            _ => ExprKind::Apply(Box::new(of.clone()), at),
        };
        let value = Expr { kind, span: of.span };
        let (points, discrete) = self.graph(&value)?;
        Some(vec![match discrete {
            true => Shape::Stems { points, bars: false, label },
            false => Shape::Hill { points, label },
        }])
    }

    /// What lies between an expression and zero.
    pub(super) fn shade(&mut self, value: &Expr, label: String) -> Option<Vec<Shape>> {
        let (points, discrete) = self.graph(value)?;
        Some(vec![match discrete {
            true => Shape::Stems { points, bars: true, label },
            false => Shape::Area { points, label },
        }])
    }

    /// The graph of an expression as it is written, and whether it has values at integers only.
    fn graph(&mut self, value: &Expr) -> Option<(Vec<[f64; 2]>, bool)> {
        let closed = self.values.as_written(value)?;
        let discrete = self.values.is_discrete(&closed);
        let [low, high] = self.variables.first()?.1;
        let mut probes = self.probes();
        if discrete {
            probes = vec![self.point(&[low.ceil()])];
        }
        self.values.check(value, &closed, &probes)?;
        let at = |x: f64| self.values.value(&closed, &self.point(&[x]));
        let points = match discrete {
            true if high - low > STEMS => {
                self.unseen(value.span, "there are too many integers on this axis");
                return None;
            }
            true => (low.ceil() as i64..=high.floor() as i64)
                .map(|k| [k as f64, at(k as f64)])
                // Outside the support there is nothing to see.
                .filter(|p| p[1] != 0.0)
                .collect(),
            false => sampled(low, high, at),
        };
        let finite = points.iter().map(|p| p[1]).filter(|y| y.is_finite());
        let (least, most) = finite.fold((0.0_f64, 0.0_f64), |(a, b), y| (a.min(y), b.max(y)));
        if least == most {
            self.unseen(value.span, "this is nowhere other than zero along the axis");
            return None;
        }
        self.must.extend([least, most]);
        Some((points, discrete))
    }

    /// The estimate of a quantity from the first n samples, for n along the horizontal axis.
    pub(super) fn convergence(&mut self, of: &Expr, label: String) -> Option<Vec<Shape>> {
        let [low, high] = self.variables.first()?.1;
        if !(low >= 2.0 && high <= MOST_SAMPLES) {
            let axis = self.block.axes.first()?;
            let message = format!("this is a number of samples: from 2 to {MOST_SAMPLES}");
            let problem = Diagnostic::new("E0707", axis.span, message);
            self.values.report(problem.hint("write axis n from 10 to 100000"));
            return None;
        }
        let derivation = self.quantity(of)?;
        let at = |k: i32| (low * (high / low).powf(f64::from(k) / f64::from(LOOKS))).round();
        let mut numbers: Vec<f64> = (0..=LOOKS).map(at).collect();
        numbers.dedup();
        let mut points = Vec::new();
        let mut band = Vec::new();
        for n in numbers {
            let one = self.estimated(of, &derivation, n as u64)?;
            let reach = BAND * one.standard_error;
            points.push([n, one.estimate]);
            band.push([n, one.estimate - reach, one.estimate + reach]);
        }
        let settled = band.iter().filter(|b| b[0] >= low * (high / low).powf(0.25));
        self.must.extend(settled.flat_map(|b| [b[1], b[2]]));
        Some(vec![Shape::Band { points: band }, Shape::Curve { points, dashed: false, label }])
    }

    /// What the closed form of a quantity would be worth with one slip in it, row by row, and its estimate.
    pub(super) fn mutants(&mut self, of: &Expr, label: String) -> Option<Vec<Shape>> {
        let derivation = self.quantity(of)?;
        let [low, high] = self.variables.first()?.1;
        let numbers = self.numbers(&derivation);
        let point = self.values.set.clone();
        let worth =
            |t: &Term| evaluate(t, &point, &numbers, &Options::default()).ok().map(|v| v.value);
        let right = worth(&derivation.result)?;
        let around = Surroundings { facts: &derivation.facts, theory: self.values.theory() };
        let written = notation(self.values.theory());
        let show = |t: &Term| unicode(t, &written);
        let mut rows: Vec<(f64, String)> = Vec::new();
        for edit in in_turn(classical(&derivation.result, around)) {
            let label = slip(&edit, &show);
            let Some(value) = worth(&edit.whole) else { continue };
            let differs = (value - right).abs() > 1e-9 * right.abs().max(1.0);
            let fits = label.chars().count() <= LONGEST && value >= low && value <= high;
            let new =
                |(v, l): &(f64, String)| *l != label && (v - value).abs() > 1e-3 * (high - low);
            if differs && fits && rows.iter().all(new) {
                rows.push((value, label));
            }
            if rows.len() == ROWS {
                break;
            }
        }
        if rows.is_empty() {
            self.unseen(of.span, "no broken form has a value within this axis");
            return None;
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let one = self.estimated(of, &derivation, SAMPLES)?;
        let reach = BAND * one.standard_error;
        let range = [one.estimate - reach, one.estimate + reach];
        let mut shapes = vec![Shape::Strip { range, label }];
        let count = rows.len() as f64;
        self.must.extend([0.0, count + 1.5]);
        for (k, (value, label)) in rows.into_iter().enumerate() {
            shapes.push(Shape::Row { at: [value, count - k as f64], label });
        }
        Some(shapes)
    }

    /// An expression along the solution of a differential equation, for time along the horizontal axis.
    pub(super) fn orbit(
        &mut self,
        field: &[Expr],
        of: &[Ident],
        from: &[Expr],
        show: &Expr,
        label: String,
    ) -> Option<Vec<Shape>> {
        let ([low, until], axis) = (self.variables.first()?.1, self.block.axes.first()?);
        if low != 0.0 {
            let problem = Diagnostic::new("E0707", axis.span, "time starts at 0");
            self.values.report(problem.hint("write axis t from 0 to 10"));
            return None;
        }
        let start: Vec<Option<f64>> = from.iter().map(|v| self.values.number(v)).collect();
        let start: Vec<f64> = start.into_iter().collect::<Option<_>>()?;
        let names: Vec<Symbol> = of.iter().map(|n| Symbol::new(&n.name)).collect();
        let point = |own: &Self, at: &[f64]| {
            let pairs = names.iter().zip(at);
            pairs.fold(own.point(&[0.0]), |p, (name, v)| p.with(name.clone(), *v))
        };
        let first = [point(self, &start)];
        let mut closed = Vec::new();
        for part in field.iter().chain(std::iter::once(show)) {
            let one = self.values.closed(part)?;
            self.values.check(part, &one, &first)?;
            closed.push(one);
        }
        let shown = closed.pop()?;
        let solution = orbit(&start, until, STRETCHES, |at| {
            let here = point(self, at);
            closed.iter().map(|f| self.values.value(f, &here)).collect()
        });
        let points: Vec<[f64; 2]> = solution
            .into_iter()
            .map(|(time, at)| [time, self.values.value(&shown, &point(self, &at))])
            .collect();
        let finite = points.iter().map(|p| p[1]).filter(|y| y.is_finite());
        self.must.extend(finite);
        Some(vec![Shape::Curve { points, dashed: false, label }])
    }

    fn numbers<'d>(&self, derivation: &'d Derivation) -> Numbers<'d>
    where
        Self: 'd,
    {
        Numbers { theory: self.values.theory(), facts: &derivation.facts }
    }

    /// The derivation of a quantity whose parameters are set.
    fn quantity(&mut self, of: &Expr) -> Option<Derivation> {
        let (derivation, closed) = self.values.derived(of)?;
        let here: Vec<Environment> = vec![self.values.set.clone()];
        self.values.check(of, &closed, &here)?;
        Some(derivation)
    }

    /// The estimate from so many samples; every number of samples begins with the same ones.
    fn estimated(
        &mut self,
        of: &Expr,
        derivation: &Derivation,
        samples: u64,
    ) -> Option<McEstimate> {
        let numbers = self.numbers(derivation);
        let seed = key(&derivation.statement.to_string(), PROTOCOL, 0x2000_0000);
        let form = form_of(derivation, numbers);
        let found = form.map(|f| combined(&f, samples, &self.values.set, numbers, seed));
        match found {
            Some(Ok(estimate)) => Some(estimate),
            Some(Err(e)) => {
                self.unseen(of.span, &format!("this cannot be sampled: {e}"));
                None
            }
            None => {
                self.unseen(of.span, "this is no expectation, so it cannot be sampled");
                None
            }
        }
    }
}

/// Edits of each kind in turn, so that a few of them show many kinds.
fn in_turn(edits: Vec<Edit>) -> Vec<Edit> {
    let mut kinds: Vec<(std::mem::Discriminant<_>, Vec<Edit>)> = Vec::new();
    for edit in edits {
        let kind = std::mem::discriminant(&edit.operator);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, all)) => all.push(edit),
            None => kinds.push((kind, vec![edit])),
        }
    }
    let longest = kinds.iter().map(|(_, all)| all.len()).max().unwrap_or_default();
    (0..longest)
        .flat_map(|k| {
            kinds.iter().filter_map(move |(_, all)| all.get(k).cloned()).collect::<Vec<_>>()
        })
        .collect()
}
