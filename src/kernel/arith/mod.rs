//! The exact arithmetic decision procedure: a normal form of rational functions over atoms.
//!
//! A polynomial is a sorted list of monomials with rational coefficients; a monomial is a sorted list of atoms with
//! rational exponents. Atoms are symbols, logarithms, exponentials, radicals, sums that stand in a denominator or under
//! a root, and opaque calls, densities and binders whose parts are themselves in normal form. `exp` is split over the
//! monomials of its argument (exp(a + b/2) = exp(a)·exp(b)^(1/2)) and `ln` over positive factors, so the two cancel.
//! Equality is decided by clearing denominators in the difference and expanding.
//!
//! Invariants: no floating point; every size is bounded, and exceeding a bound is an error, never a wrong answer;
//! atoms are numbered in order of first use, so a normal form means something only within its [`Arithmetic`].

mod atoms;
mod cover;
mod enclose;
mod gather;
mod normal;
mod order;
mod parts;
mod poly;
mod power;
mod present;
mod range;
mod ratio;
mod rebuild;
mod series;
mod sign;
mod space;
mod together;
mod zero;

use rustc_hash::FxHashMap;

use crate::term::{BinderOp, Rational, Symbol, Term};
use crate::theory::Theory;

use super::{Facts, Sign};

pub(crate) use atoms::Atoms;
pub(crate) use poly::{Monomial, Poly};
pub(crate) use power::exponent_of;
pub(crate) use sign::infinite;

/// Index of an [`Atom`].
pub(crate) type AtomId = u32;
/// Index of an interned [`Poly`].
pub(crate) type PolyId = u32;
/// A chain of enclosing binders, names included.
pub(crate) type EnvId = u32;
/// The innermost bound variable up to renaming.
pub(crate) type CanonId = u32;

/// The most monomials a normal form may have.
pub(crate) const MAX_TERMS: usize = 4000;

/// Why a normal form could not be computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArithmeticError {
    /// The normal form would exceed the size bound.
    TooLarge,
    /// A division by an expression that is identically zero, or a logarithm of one.
    Undefined,
    /// A bound variable has the name of a parameter, so that a definition could be captured.
    Shadowed,
}

pub(crate) type Result<T> = std::result::Result<T, ArithmeticError>;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Atom {
    Symbol(Symbol),
    Bound(CanonId),
    Meta(Symbol),
    /// The base of a radical of a number.
    Prime(Rational),
    Ln(PolyId),
    /// exp of a monomial with coefficient 1.
    Exp(PolyId),
    /// A sum, kept whole under a negative, fractional or very large exponent.
    Sum(PolyId),
    Abs(PolyId),
    /// A power whose exponent is not a number and whose base is not known to be positive.
    Power(PolyId, PolyId),
    Call(Symbol, Vec<PolyId>),
    Density(PolyId, Vec<PolyId>),
    /// The domain, the body, and the variable it binds.
    Binder(BinderOp, Vec<PolyId>, PolyId, CanonId),
    Derivative(PolyId, PolyId),
    /// A member of a family, a coordinate of a point, an entry of a vector at an index that is not a number.
    Index(PolyId, PolyId),
}

/// A bound variable up to renaming: two binders over the same domain in the same place bind the same one.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Canon {
    parent: EnvId,
    op: BinderOp,
    domain: Vec<PolyId>,
}

struct Env {
    parent: EnvId,
    var: Symbol,
    canon: CanonId,
}

/// What a binder's domain says of its variable.
#[derive(Clone)]
struct BoundFacts {
    sign: Sign,
    relations: Vec<(Poly, Sign)>,
    /// The interval that the variable ranges over, for densities.
    interval: Option<(Term, Term)>,
    /// The distribution over whose support it ranges, where it is a point of several coordinates.
    over: Option<Term>,
    /// The first and the last index of such a point.
    coordinates: Option<(PolyId, PolyId)>,
    /// Whether it ranges over integers, each of which counts: the index of a sum or product, a variable on integers.
    whole: bool,
    /// The integers of its range that it does not take.
    gaps: Vec<i64>,
    /// A name for the variable when a term is built again.
    name: Symbol,
}

/// The outermost environment: no binders.
pub(crate) const ROOT: EnvId = 0;

/// Interner and decision procedure for one derivation: fixed theory, fixed assumptions.
pub struct Arithmetic<'t> {
    pub(crate) theory: &'t Theory,
    pub(crate) facts: Facts,
    atoms: Vec<Atom>,
    /// Per atom: whether a product may need renormalising.
    special: Vec<bool>,
    atom_index: FxHashMap<Atom, AtomId>,
    atom_signs: Vec<Option<Sign>>,
    polys: Vec<Poly>,
    poly_index: FxHashMap<Poly, PolyId>,
    canons: Vec<BoundFacts>,
    canon_index: FxHashMap<Canon, CanonId>,
    envs: Vec<Env>,
    env_index: FxHashMap<(EnvId, Symbol, CanonId), EnvId>,
    /// Keeps each memoised term alive so that its address stays its own.
    memo: FxHashMap<(usize, EnvId), (Term, PolyId)>,
    fact_signs: Vec<(Poly, Sign)>,
    /// Signs that [`Arithmetic::sign_over_range`] found, or did not, by how deep and how nested the question was.
    range_signs: FxHashMap<(u8, u8), FxHashMap<Poly, Sign>>,
    /// How many signs of ratios are being looked for within one another.
    nested_signs: u8,
    /// Names looked at, and whether a definition would be captured by binding them.
    reserved: FxHashMap<Symbol, bool>,
    /// Terms of sums written out so far.
    written: u64,
    /// How deep the sign of a coefficient is being looked for.
    deep: u8,
    sums: Sums,
}

/// What is done with a product or natural power of sums.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sums {
    /// Multiplied out: the normal form that decides.
    Expand,
    /// Kept as factors: the form that a person reads.
    Keep,
}

impl BoundFacts {
    fn unknown(name: Symbol) -> Self {
        Self {
            sign: Sign::ANY,
            relations: Vec::new(),
            interval: None,
            over: None,
            coordinates: None,
            whole: false,
            gaps: Vec::new(),
            name,
        }
    }
}

impl<'t> Arithmetic<'t> {
    /// A fresh procedure under `facts`.
    pub fn new(theory: &'t Theory, facts: Facts) -> Self {
        Self::with_sums(theory, facts, Sums::Expand)
    }

    pub(crate) fn with_sums(theory: &'t Theory, facts: Facts, sums: Sums) -> Self {
        let mut new = Self {
            theory,
            facts,
            atoms: Vec::new(),
            special: Vec::new(),
            atom_index: FxHashMap::default(),
            atom_signs: Vec::new(),
            polys: Vec::new(),
            poly_index: FxHashMap::default(),
            canons: Vec::new(),
            canon_index: FxHashMap::default(),
            envs: vec![Env { parent: ROOT, var: Symbol::new(""), canon: 0 }],
            env_index: FxHashMap::default(),
            memo: FxHashMap::default(),
            fact_signs: Vec::new(),
            range_signs: FxHashMap::default(),
            nested_signs: 0,
            reserved: FxHashMap::default(),
            written: 0,
            deep: 0,
            sums,
        };
        new.read_relations();
        new.range_signs.clear();
        new
    }

    pub(crate) fn atom(&mut self, atom: Atom) -> AtomId {
        if let Some(&id) = self.atom_index.get(&atom) {
            return id;
        }
        let id = self.atoms.len() as AtomId;
        self.special.push(matches!(atom, Atom::Prime(_) | Atom::Sum(_) | Atom::Abs(_)));
        self.atoms.push(atom.clone());
        self.atom_signs.push(None);
        self.atom_index.insert(atom, id);
        id
    }

    pub(crate) fn atom_at(&self, id: AtomId) -> &Atom {
        &self.atoms[id as usize]
    }

    pub(crate) fn intern(&mut self, poly: Poly) -> PolyId {
        if let Some(&id) = self.poly_index.get(&poly) {
            return id;
        }
        let id = self.polys.len() as PolyId;
        self.polys.push(poly.clone());
        self.poly_index.insert(poly, id);
        id
    }

    pub(crate) fn poly_at(&self, id: PolyId) -> &Poly {
        &self.polys[id as usize]
    }

    /// The polynomial of a single atom.
    pub(crate) fn of_atom(&mut self, atom: Atom) -> Poly {
        Poly::atom(self.atom(atom))
    }

    /// Whether two terms are equal wherever both are defined, decided exactly.
    ///
    /// # Errors
    /// When a normal form exceeds its bound or divides by zero.
    pub(crate) fn equal(&mut self, a: &Term, b: &Term, env: EnvId) -> Result<bool> {
        if a.same_node(b) {
            return Ok(true);
        }
        let (a, b) = (self.normal(a, env)?, self.normal(b, env)?);
        self.equal_polys(a, b)
    }

    pub(crate) fn equal_polys(&mut self, a: PolyId, b: PolyId) -> Result<bool> {
        if a == b {
            return Ok(true);
        }
        let difference = self.poly_at(a).minus(self.poly_at(b));
        self.is_zero(difference)
    }

    /// The environment in which `var` is bound over `domain` inside `parent`.
    pub(crate) fn enter(
        &mut self,
        parent: EnvId,
        op: BinderOp,
        var: &Symbol,
        domain: &crate::term::Domain,
    ) -> Result<EnvId> {
        let reserved = match self.reserved.get(var) {
            Some(known) => *known,
            None => {
                let found = self.facts.is_reserved(var);
                self.reserved.insert(var.clone(), found);
                found
            }
        };
        if reserved {
            return Err(ArithmeticError::Shadowed);
        }
        let polys = self.domain_polys(domain, parent)?;
        let key = Canon { parent: self.canonical(parent), op, domain: polys };
        let canon = match self.canon_index.get(&key) {
            Some(&c) => c,
            None => {
                let c = self.canons.len() as CanonId;
                let unknown = BoundFacts::unknown(var.clone());
                self.canons.push(unknown);
                self.canon_index.insert(key, c);
                let facts = self.bound_facts(domain, parent, c, (op, var));
                self.canons[c as usize] = facts;
                // What was asked while the range was being read may have another answer now.
                self.range_signs.clear();
                c
            }
        };
        let key = (parent, var.clone(), canon);
        if let Some(&env) = self.env_index.get(&key) {
            return Ok(env);
        }
        let env = self.envs.len() as EnvId;
        self.envs.push(Env { parent, var: var.clone(), canon });
        self.env_index.insert(key, env);
        Ok(env)
    }

    /// An environment up to renaming: its innermost canon, offset by one; 0 for the root.
    fn canonical(&self, env: EnvId) -> EnvId {
        if env == ROOT { 0 } else { self.envs[env as usize].canon + 1 }
    }

    /// Whether what stands in an environment counts at each point: outside all binders, or under finite sums only.
    pub(crate) fn is_pointwise(&self, mut env: EnvId) -> bool {
        while env != ROOT {
            let entry = &self.envs[env as usize];
            let canon = &self.canons[entry.canon as usize];
            if !canon.whole && !canon.over.as_ref().is_some_and(|over| self.has_atoms(over)) {
                return false;
            }
            env = entry.parent;
        }
        true
    }

    fn innermost(&self, env: EnvId) -> CanonId {
        self.envs[env as usize].canon
    }

    pub(crate) fn lookup(&self, name: &Symbol, mut env: EnvId) -> Option<CanonId> {
        while env != ROOT {
            let entry = &self.envs[env as usize];
            if entry.var == *name {
                return Some(entry.canon);
            }
            env = entry.parent;
        }
        None
    }
}
