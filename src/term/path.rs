//! Places in a term: a path of child positions, which may end in a *subset* of the children of an n-ary node, so that
//! a rule can act on two summands among five, and a highlight can mark just those.

use std::fmt;
use std::str::FromStr;

use super::{Node, Term};

/// A place in a [`Term`]. Positions count from 0 in the order of [`Term::children`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Path {
    /// Child positions from the root.
    pub positions: Vec<u32>,
    /// At the end, which children of a sum or product are meant (ascending, at least one); `None` for the whole node.
    pub subset: Option<Vec<u32>>,
}

impl Path {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path, one child further down.
    #[must_use]
    pub fn child(&self, position: usize) -> Self {
        debug_assert!(self.subset.is_none(), "a subset ends a path");
        let mut positions = self.positions.clone();
        positions.push(position as u32);
        Self { positions, subset: None }
    }

    /// This path, ended by a subset of the children there.
    #[must_use]
    pub fn with_subset(&self, subset: Vec<u32>) -> Self {
        Self { positions: self.positions.clone(), subset: Some(subset) }
    }

    /// `other` taken as a path below this one.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let positions = self.positions.iter().chain(&other.positions).copied().collect();
        Self { positions, subset: other.subset.clone() }
    }
}

/// Written as `/0/2`, with a subset as `/0/{1,3}`; the root is `/`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.positions.is_empty() && self.subset.is_none() {
            return f.write_str("/");
        }
        for p in &self.positions {
            write!(f, "/{p}")?;
        }
        if let Some(subset) = &self.subset {
            let items: Vec<String> = subset.iter().map(ToString::to_string).collect();
            write!(f, "/{{{}}}", items.join(","))?;
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut path = Self::root();
        let rest = text.strip_prefix('/').ok_or(())?;
        if rest.is_empty() {
            return Ok(path);
        }
        for piece in rest.split('/') {
            if path.subset.is_some() {
                return Err(());
            }
            if let Some(inner) = piece.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                let subset: Result<Vec<u32>, _> = inner.split(',').map(str::parse).collect();
                path.subset = Some(subset.map_err(|_| ())?);
            } else {
                path.positions.push(piece.parse().map_err(|_| ())?);
            }
        }
        Ok(path)
    }
}

impl Term {
    /// The subterm at `path`; for a subset, the sum or product of the chosen children. `None` if there is no such place.
    pub fn at(&self, path: &Path) -> Option<Term> {
        let mut here = self;
        for &p in &path.positions {
            here = *here.children().get(p as usize)?;
        }
        let Some(subset) = &path.subset else { return Some(here.clone()) };
        let (Node::Sum(children) | Node::Product(children)) = here.node() else { return None };
        if !is_ascending_below(subset, children.len()) {
            return None;
        }
        let chosen = subset.iter().map(|&i| children[i as usize].clone()).collect();
        Some(match here.node() {
            Node::Sum(_) => Term::sum(chosen),
            _ => Term::product(chosen),
        })
    }

    /// This term with `new` at `path`. A sum put into a sum (product into product) is spliced, so that n-ary nodes stay
    /// flat. `None` if there is no such place.
    pub fn replaced(&self, path: &Path, new: &Term) -> Option<Term> {
        self.replaced_from(&path.positions, path.subset.as_deref(), new)
    }

    fn replaced_from(&self, positions: &[u32], subset: Option<&[u32]>, new: &Term) -> Option<Term> {
        if let Some((&first, rest)) = positions.split_first() {
            let children = self.children();
            let child = children.get(first as usize)?;
            let inner = child.replaced_from(rest, subset, new)?;
            if rest.is_empty() && subset.is_none() {
                return Some(self.spliced(&[first], &inner));
            }
            let mut children: Vec<Term> = children.into_iter().cloned().collect();
            children[first as usize] = inner;
            return Some(self.with_children(children));
        }
        match subset {
            None => Some(new.clone()),
            Some(subset) => {
                let (Node::Sum(xs) | Node::Product(xs)) = self.node() else { return None };
                if !is_ascending_below(subset, xs.len()) {
                    return None;
                }
                Some(self.spliced(subset, new))
            }
        }
    }

    /// Puts `new` where the first of `chosen` stands and drops the others.
    fn spliced(&self, chosen: &[u32], new: &Term) -> Term {
        let mut out = Vec::new();
        for (i, child) in self.children().into_iter().enumerate() {
            match chosen.iter().position(|&c| c as usize == i) {
                None => out.push(child.clone()),
                Some(0) => match (self.node(), new.node()) {
                    (Node::Sum(_), Node::Sum(ys)) | (Node::Product(_), Node::Product(ys)) => {
                        out.extend(ys.iter().cloned());
                    }
                    _ => out.push(new.clone()),
                },
                Some(_) => {}
            }
        }
        match self.node() {
            Node::Sum(_) => Term::sum(out),
            Node::Product(_) => Term::product(out),
            _ => self.with_children(out),
        }
    }
}

fn is_ascending_below(subset: &[u32], len: usize) -> bool {
    !subset.is_empty()
        && subset.windows(2).all(|w| w[0] < w[1])
        && subset.last().is_some_and(|&last| (last as usize) < len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_print_and_parse() {
        for text in ["/", "/0/2", "/1/{0,3}", "/{1}"] {
            assert_eq!(text.parse::<Path>().map(|p| p.to_string()), Ok(text.to_owned()));
        }
        assert!("0/1".parse::<Path>().is_err());
        assert!("/{1}/0".parse::<Path>().is_err());
    }

    #[test]
    fn a_subset_of_a_sum_is_replaced_and_spliced() {
        let t = Term::sum(["a", "b", "c"].map(Term::symbol).to_vec());
        let path = Path::root().with_subset(vec![0, 2]);
        assert_eq!(t.at(&path).unwrap().to_string(), "a + c");
        let new = Term::sum(["x", "y"].map(Term::symbol).to_vec());
        assert_eq!(t.replaced(&path, &new).unwrap().to_string(), "x + y + b");
        assert_eq!(t.at(&Path::root().with_subset(vec![2, 0])), None);
    }
}
