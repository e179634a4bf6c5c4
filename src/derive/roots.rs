//! Unknowns under roots and in squares: both sides to one power, and the square completed.

use crate::kernel::{Equivalence, Quadratic};
use crate::term::{HOLE, Node, Path, Relation, Term};

use super::engine::Engine;

impl Engine<'_> {
    /// One product on each side, both raised to the power that makes them polynomials in the unknown.
    pub(super) fn balance(&mut self, unknown: &Term) -> bool {
        let start = self.current.clone();
        let Some(way) = self.kernel.balance(&start, unknown) else { return false };
        let mark = self.mark();
        let (mut left, mut right) = way.sides;
        if let Node::Relation(_, a, b) = start.node()
            && way.clear == Term::integer(1)
            && [(0, &left), (1, &right)].into_iter().all(|(side, t)| {
                self.kernel.arithmetic(&start, &Path::root().child(side), t).is_ok()
            })
        {
            (left, right) = (a.clone(), b.clone());
        }
        let apart = Term::relation(Relation::Eq, left.clone(), right.clone());
        if apart != start && !self.equivalence(&Equivalence::Scale(way.clear), &apart) {
            self.reset(mark);
            return false;
        }
        self.end_line("clear");
        let power = Term::power(Term::symbol(HOLE), Term::rational(&way.power));
        let hole = crate::term::Symbol::new(HOLE);
        let [a, b] = [left, right].map(|side| power.substitute(&hole, &side));
        let raised = Term::relation(Relation::Eq, a, b);
        if !self.equivalence(&Equivalence::Apply(power), &raised) {
            self.reset(mark);
            return false;
        }
        for side in 0..2 {
            self.shorten(&Path::root().child(side));
        }
        self.end_line("powers");
        true
    }

    /// The square completed, and the root taken that the unknown's sign leaves.
    pub(super) fn by_square(&mut self, unknown: &Term) -> bool {
        let start = self.current.clone();
        let Some(way) = self.kernel.quadratic(&start, unknown) else { return false };
        let root = Term::call("sqrt", vec![way.square.clone()]);
        let mut sum = |sign: fn(Term) -> Term| {
            let parts = vec![way.center.clone(), sign(root.clone())];
            let root = Term::sum(parts);
            self.kernel.readable(&root).unwrap_or(root)
        };
        let (high, low) = (sum(|r| r), sum(Term::neg));
        let over = self.kernel.sign_in_equation(&way.square);
        let leading = self.kernel.sign_in_equation(&way.leading);
        if !over.is_nonnegative() || !leading.is_nonzero() {
            if over.neg().is_positive() {
                self.complete_square(&way);
            } else {
                self.solver_note(&way.square, "0 <= ");
            }
            return false;
        }
        let above = self.apart(&way.subject, &low);
        let below = self.apart(&way.subject, &high);
        // What the unknown is not: the other root is left.
        let factored = Term::relation(
            Relation::Eq,
            Term::product(vec![below.clone(), above.clone()]),
            Term::integer(0),
        );
        let (root, factor) = if self.kernel.sign_in_equation(&above).is_nonzero() {
            (high, above)
        } else if self.kernel.sign_in_equation(&below).is_nonzero() {
            (low, below)
        } else {
            let two = format!("{} = {high} or {} = {low}", way.subject, way.subject);
            self.message = Some((
                format!(
                    "two values are left: {two}; declare which sign {unknown} has, or assume more"
                ),
                format!("剩下两个值：{two}；请声明 {unknown} 的符号，或作更多假设"),
            ));
            return false;
        };
        let mark = self.mark();
        if !self.complete_square(&way) {
            self.reset(mark);
            return false;
        }
        if self.equivalence(&Equivalence::Scale(Term::integer(1)), &factored) {
            self.end_line("factors");
        }
        let one = Term::quotient(Term::integer(1), factor);
        let solved = Term::relation(Relation::Eq, way.subject.clone(), root);
        if !self.equivalence(&Equivalence::Scale(one), &solved) {
            self.reset(mark);
            return false;
        }
        self.end_line("root");
        true
    }

    /// y − r, or y + |r| where r has a sign in front.
    fn apart(&mut self, subject: &Term, root: &Term) -> Term {
        let minus = match root.node() {
            Node::Neg(a) => Some(a.clone()),
            Node::Number(n) if n.is_negative() => Some(Term::rational(&-n)),
            Node::Quotient(..) => {
                root.as_rational().filter(|n| n.is_negative()).map(|n| Term::rational(&-n))
            }
            _ => None,
        };
        match minus {
            Some(minus) => Term::sum(vec![subject.clone(), minus]),
            None => Term::difference(subject.clone(), root.clone()),
        }
    }

    /// (y + b/(2a))² = (b/(2a))² − c/a.
    fn complete_square(&mut self, way: &Quadratic) -> bool {
        let zero = Term::integer(0);
        let cleared = Term::relation(Relation::Eq, way.polynomial.clone(), zero);
        if way.clear != Term::integer(1) {
            if !self.equivalence(&Equivalence::Scale(way.clear.clone()), &cleared) {
                return false;
            }
            self.end_line("clear");
        }
        let distance = self.apart(&way.subject, &way.center);
        let square = Term::power(distance, Term::integer(2));
        let squared = Term::relation(Relation::Eq, square, way.square.clone());
        let factor = Term::quotient(Term::integer(1), way.leading.clone());
        if !self.equivalence(&Equivalence::Scale(factor), &squared) {
            return false;
        }
        self.shorten(&Path::root().child(1));
        self.end_line("square");
        true
    }

    /// What has to be assumed so that a coefficient may be divided by, where that is all that is missing.
    pub(super) fn missing_sign(&mut self, unknown: &Term) -> Option<(String, String)> {
        let end = self.current.clone();
        let way = self.kernel.isolations(&end, unknown).into_iter().next()?;
        if way.subject.any(&mut |t| t == unknown)
            && !self.kernel.sign_in_equation(&way.coefficient).is_nonzero()
        {
            let sign = self.kernel.sign_in_equation(&way.constant);
            if !sign.is_nonzero() {
                return None;
            }
            let known = self.kernel.sign_in_equation(&way.subject);
            let relation = match (known.is_positive(), sign.is_positive(), sign.neg().is_positive())
            {
                (true, true, _) => Relation::Gt,
                (true, _, true) => Relation::Lt,
                _ => Relation::Ne,
            };
            let missing = Term::relation(relation, way.coefficient.clone(), Term::integer(0));
            let only = Term::relation(
                Relation::Eq,
                way.subject.clone(),
                Term::quotient(way.constant, way.coefficient),
            );
            return Some((
                format!("{only} is the only candidate, and it needs {missing}; assume that"),
                format!("唯一的候选解是 {only}，它需要 {missing}；请声明这一假设"),
            ));
        }
        None
    }

    fn solver_note(&mut self, t: &Term, needs: &str) {
        self.message = Some((
            format!("whether there is a root is not known; assume {needs}{t}"),
            format!("不知是否有根；请声明 {needs}{t}"),
        ));
    }
}
