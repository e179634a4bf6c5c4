//! Highlights: which subterm a step rewrites, in the line before it and in the line after it.
//!
//! [`changed`] compares two terms from the top and goes down as long as one child alone differs. Among the parts of a sum or a
//! product those that stay, in their order, are left out, so that the place may be a subset of the children.

use crate::term::{Domain, Node, Path, Term};

/// The most pairs of parts that are compared to find those that stay.
const PAIRS: usize = 10_000;

/// The places to be highlighted in a formula.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    /// What the next step rewrites.
    pub old: Option<Path>,
    /// What the last step wrote.
    pub new: Option<Path>,
}

impl Marks {
    /// Only what the next step rewrites.
    pub fn old(place: &Path) -> Self {
        Self { old: Some(place.clone()), new: None }
    }

    /// Only what the last step wrote.
    pub fn new(place: &Path) -> Self {
        Self { old: None, new: Some(place.clone()) }
    }
}

/// The smallest place in each term in which the two differ. Equal terms have none; nor has a side in which nothing stands for
/// what is left out on the other: of `a + 0` and `a` only the first has a place.
pub fn changed(before: &Term, after: &Term) -> (Option<Path>, Option<Path>) {
    between(before, after, &Path::root(), &Path::root())
}

fn between(a: &Term, b: &Term, at_a: &Path, at_b: &Path) -> (Option<Path>, Option<Path>) {
    if a == b {
        return (None, None);
    }
    if let Some((xs, ys)) = parts(a, b) {
        return among_parts(&xs, &ys, at_a, at_b, (is_nary(a), is_nary(b)));
    }
    if is_alike(a, b) {
        let (xs, ys) = (a.children(), b.children());
        let mut differing = (0..xs.len()).filter(|&i| xs[i] != ys[i]);
        if let (Some(i), None) = (differing.next(), differing.next()) {
            return between(xs[i], ys[i], &at_a.child(i), &at_b.child(i));
        }
    }
    (Some(at_a.clone()), Some(at_b.clone()))
}

fn is_nary(t: &Term) -> bool {
    matches!(t.node(), Node::Sum(_) | Node::Product(_))
}

/// The parts of two sums, or of two products. What is neither counts as its one part where it is a part of the other.
fn parts<'a>(a: &'a Term, b: &'a Term) -> Option<(Vec<&'a Term>, Vec<&'a Term>)> {
    let holds = |whole: &Term, part: &Term| whole.children().contains(&part);
    match (a.node(), b.node()) {
        (Node::Sum(_), Node::Sum(_)) | (Node::Product(_), Node::Product(_)) => {
            Some((a.children(), b.children()))
        }
        _ if is_nary(a) && holds(a, b) => Some((a.children(), vec![b])),
        _ if is_nary(b) && holds(b, a) => Some((vec![a], b.children())),
        _ => None,
    }
}

fn among_parts(
    xs: &[&Term],
    ys: &[&Term],
    at_a: &Path,
    at_b: &Path,
    (nary_a, nary_b): (bool, bool),
) -> (Option<Path>, Option<Path>) {
    let (left, right) = moved(xs, ys);
    if let ([i], [j]) = (&left[..], &right[..])
        && nary_a
        && nary_b
        && xs[*i] != ys[*j]
    {
        return between(xs[*i], ys[*j], &at_a.child(*i), &at_b.child(*j));
    }
    (chosen(at_a, &left, xs.len()), chosen(at_b, &right, ys.len()))
}

/// The place of the parts at `positions`, among `all`.
fn chosen(at: &Path, positions: &[usize], all: usize) -> Option<Path> {
    match positions {
        [] => None,
        _ if positions.len() == all => Some(at.clone()),
        [only] => Some(at.child(*only)),
        _ => Some(at.with_subset(positions.iter().map(|&i| i as u32).collect())),
    }
}

/// The positions, in each list, of what does not stay: what is outside a longest common subsequence.
fn moved(xs: &[&Term], ys: &[&Term]) -> (Vec<usize>, Vec<usize>) {
    let front = xs.iter().zip(ys).take_while(|(x, y)| x == y).count();
    let (xs, ys) = (&xs[front..], &ys[front..]);
    let back = xs.iter().rev().zip(ys.iter().rev()).take_while(|(x, y)| x == y).count();
    let (xs, ys) = (&xs[..xs.len() - back], &ys[..ys.len() - back]);
    let (left, right) = if xs.len() * ys.len() <= PAIRS {
        outside_common(xs, ys)
    } else {
        ((0..xs.len()).collect(), (0..ys.len()).collect())
    };
    let shifted = |positions: Vec<usize>| positions.into_iter().map(|i| i + front).collect();
    (shifted(left), shifted(right))
}

/// The positions outside a longest common subsequence; `length[i][j]` is that of the rests from `i` and `j`.
fn outside_common(xs: &[&Term], ys: &[&Term]) -> (Vec<usize>, Vec<usize>) {
    let mut length = vec![vec![0_usize; ys.len() + 1]; xs.len() + 1];
    for i in (0..xs.len()).rev() {
        for j in (0..ys.len()).rev() {
            length[i][j] = if xs[i] == ys[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut left, mut right, mut i, mut j) = (Vec::new(), Vec::new(), 0, 0);
    while i < xs.len() && j < ys.len() {
        if xs[i] == ys[j] {
            (i, j) = (i + 1, j + 1);
        } else if length[i + 1][j] >= length[i][j + 1] {
            left.push(i);
            i += 1;
        } else {
            right.push(j);
            j += 1;
        }
    }
    left.extend(i..xs.len());
    right.extend(j..ys.len());
    (left, right)
}

/// Whether two nodes are of the same kind, so that children at the same place correspond.
fn is_alike(a: &Term, b: &Term) -> bool {
    let head = match (a.node(), b.node()) {
        (Node::Neg(_), Node::Neg(_))
        | (Node::Quotient(..), Node::Quotient(..))
        | (Node::Power(..), Node::Power(..))
        | (Node::Index(..), Node::Index(..))
        | (Node::Density(..), Node::Density(..)) => true,
        (Node::Call(f, _), Node::Call(g, _)) => f == g,
        (Node::Derivative(x, _), Node::Derivative(y, _)) => x == y,
        (Node::Relation(r, ..), Node::Relation(s, ..)) => r == s,
        (Node::Binder(p), Node::Binder(q)) => {
            let over = |d: &Domain| matches!(d, Domain::Over(_));
            p.op == q.op && p.var == q.var && over(&p.domain) == over(&q.domain)
        }
        _ => false,
    };
    head && a.children().len() == b.children().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::BinderOp;

    fn s(name: &str) -> Term {
        Term::symbol(name)
    }

    fn sum<const N: usize>(names: [&str; N]) -> Term {
        Term::sum(names.map(s).to_vec())
    }

    #[track_caller]
    fn check(before: &Term, after: &Term, old: &str, new: &str) {
        let shown = |p: Option<Path>| p.map_or_else(|| "-".to_owned(), |p| p.to_string());
        let (a, b) = changed(before, after);
        assert_eq!((shown(a).as_str(), shown(b).as_str()), (old, new));
    }

    #[test]
    fn parts_that_stay_are_left_out() {
        check(&sum(["a", "b", "c"]), &sum(["a", "b", "c"]), "-", "-");
        check(&sum(["a", "b", "c"]), &sum(["a", "x", "c"]), "/1", "/1");
        check(&sum(["a", "b", "c"]), &sum(["a", "x", "y", "c"]), "/1", "/{1,2}");
        check(&sum(["a", "b", "c", "d"]), &sum(["x", "b", "c", "y"]), "/{0,3}", "/{0,3}");
        check(&sum(["a", "b", "c"]), &sum(["a", "c"]), "/1", "-");
        check(&sum(["a", "b"]), &sum(["b", "a"]), "/0", "/1");
        check(&sum(["a", "b"]), &sum(["x", "y"]), "/", "/");
    }

    #[test]
    fn one_part_alone_counts_as_a_list() {
        check(&sum(["a", "b"]), &s("a"), "/1", "-");
        check(&s("a"), &sum(["a", "b"]), "-", "/1");
        check(&sum(["a", "b"]), &s("c"), "/", "/");
        check(&sum(["a", "b"]), &Term::product(vec![s("a"), s("b")]), "/", "/");
    }

    #[test]
    fn one_child_that_differs_is_followed() {
        let ln = |t: Term| Term::call("ln", vec![t]);
        let integral =
            |body: Term| Term::binder(BinderOp::Integral, "x", Domain::Range(s("a"), s("b")), body);
        let before = Term::sum(vec![s("c"), Term::neg(integral(ln(sum(["p", "q"]))))]);
        let after = Term::sum(vec![s("c"), Term::neg(integral(ln(sum(["p", "r", "t"]))))]);
        check(&before, &after, "/1/0/2/0/1", "/1/0/2/0/{1,2}");
        check(&Term::quotient(s("a"), s("b")), &Term::quotient(s("c"), s("d")), "/", "/");
        check(&ln(s("a")), &Term::call("exp", vec![s("a")]), "/", "/");
    }

    #[test]
    fn every_place_is_a_place() {
        let before = sum(["a", "b", "c", "d"]);
        let after = Term::sum(vec![s("a"), Term::product(vec![s("b"), s("c")]), s("e"), s("d")]);
        let (old, new) = changed(&before, &after);
        assert_eq!(before.at(&old.expect("old")), Some(sum(["b", "c"])));
        assert!(after.at(&new.expect("new")).is_some());
    }

    #[test]
    fn long_sums_are_cheap() {
        let long = |c: &str| Term::sum((0..400).map(|i| s(&format!("{c}{i}"))).collect());
        check(&long("a"), &long("b"), "/", "/");
    }
}
