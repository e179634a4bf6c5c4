//! What the evaluator asks of distributions, and the two constructs it understands itself: mixture and product.
//!
//! The density of `mixture(w1, p1, w2, p2, …)` is Σ wᵢ pᵢ(x), its support the hull of the supports, and its sampler
//! chooses a component. The coordinates of a product are independent. Nothing here names a distribution.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hash};
use std::sync::Arc;

use rustc_hash::FxHasher;

use super::NumericError;
use super::function::Functions;
use crate::term::{BinderOp, Node, Symbol, Term};
use crate::theory::Space;

/// What the evaluator needs to know of distributions and quantities; implemented by the theory room.
pub trait Catalogue {
    /// The density on its support, at a point.
    fn density(&self, distribution: &Term, point: &Term) -> Option<Term>;
    /// The ends of the support, `oo` and `-oo` included.
    fn support(&self, distribution: &Term) -> Option<(Term, Term)>;
    /// The first and the last integer of a distribution on integers, whose density is its mass there; it has no
    /// [`Catalogue::support`].
    fn atoms(&self, _distribution: &Term) -> Option<(Term, Term)> {
        None
    }
    /// Where the points of a distribution over vectors lie; it has neither [`Catalogue::support`] nor
    /// [`Catalogue::atoms`].
    fn space(&self, _distribution: &Term) -> Option<Space> {
        None
    }
    /// A term over `std_normal()`, `std_uniform()` and the other sources, each occurrence an independent draw.
    fn sampler(&self, distribution: &Term) -> Option<Term>;
    /// From where on the tail of a density is bounded, and a bound of density(`point`)/density(`start`) for points beyond
    /// a start that lies beyond it.
    fn tail(&self, _distribution: &Term, _start: &Term, _point: &Term) -> Option<(Term, Term)> {
        None
    }
    /// The definition of a quantity call for concrete arguments, or of a named density or distribution.
    fn expand(&self, term: &Term) -> Option<Term>;
    /// Whether a name is declared to have a sign, so that it is not zero.
    fn is_signed(&self, _name: &Symbol) -> bool {
        false
    }
}

/// The catalogue of nothing: terms without distributions and quantities.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Catalogue for Nothing {
    fn density(&self, _: &Term, _: &Term) -> Option<Term> {
        None
    }
    fn support(&self, _: &Term) -> Option<(Term, Term)> {
        None
    }
    fn sampler(&self, _: &Term) -> Option<Term> {
        None
    }
    fn expand(&self, _: &Term) -> Option<Term> {
        None
    }
}

type Answers<K, V> = RefCell<HashMap<K, Option<V>, BuildHasherDefault<FxHasher>>>;

/// Answers that are remembered of each kind; beyond, the catalogue is asked again.
const REMEMBERED: usize = 1024;

/// A catalogue that is asked each thing once: an integral inside another asks the same at every point of the outer one.
pub(super) struct Remembering<'a> {
    catalogue: &'a dyn Catalogue,
    densities: Answers<(Term, Term), Term>,
    supports: Answers<Term, (Term, Term)>,
    atoms: Answers<Term, (Term, Term)>,
    spaces: Answers<Term, Space>,
    definitions: Answers<Term, Term>,
}

impl<'a> Remembering<'a> {
    /// What this catalogue says.
    pub fn new(catalogue: &'a dyn Catalogue) -> Self {
        let (densities, supports, atoms, spaces) = Default::default();
        Self { catalogue, densities, supports, atoms, spaces, definitions: Answers::default() }
    }
}

/// The answer given before, or one found now.
fn once<K: Hash + Eq, V: Clone>(
    answers: &Answers<K, V>,
    key: K,
    find: impl FnOnce(&K) -> Option<V>,
) -> Option<V> {
    if let Some(known) = answers.borrow().get(&key) {
        return known.clone();
    }
    let found = find(&key);
    let mut answers = answers.borrow_mut();
    if answers.len() < REMEMBERED {
        answers.insert(key, found.clone());
    }
    found
}

impl Catalogue for Remembering<'_> {
    fn density(&self, distribution: &Term, point: &Term) -> Option<Term> {
        let key = (distribution.clone(), point.clone());
        once(&self.densities, key, |(d, x)| self.catalogue.density(d, x))
    }
    fn support(&self, distribution: &Term) -> Option<(Term, Term)> {
        once(&self.supports, distribution.clone(), |d| self.catalogue.support(d))
    }
    fn atoms(&self, distribution: &Term) -> Option<(Term, Term)> {
        once(&self.atoms, distribution.clone(), |d| self.catalogue.atoms(d))
    }
    fn space(&self, distribution: &Term) -> Option<Space> {
        once(&self.spaces, distribution.clone(), |d| self.catalogue.space(d))
    }
    fn sampler(&self, distribution: &Term) -> Option<Term> {
        self.catalogue.sampler(distribution)
    }
    fn tail(&self, distribution: &Term, start: &Term, point: &Term) -> Option<(Term, Term)> {
        self.catalogue.tail(distribution, start, point)
    }
    fn expand(&self, term: &Term) -> Option<Term> {
        once(&self.definitions, term.clone(), |t| self.catalogue.expand(t))
    }
    fn is_signed(&self, name: &Symbol) -> bool {
        self.catalogue.is_signed(name)
    }
}

/// Values of parameters. Units are the author's own; the evaluator adds none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environment {
    values: BTreeMap<Symbol, f64>,
    /// Shared: environments are copied for each value of a variable of integration.
    pub(super) functions: Arc<Functions>,
}

impl Environment {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `name` a value, replacing an earlier one. An indexed parameter is spelled `mu[2]`.
    pub fn set(&mut self, name: impl Into<Symbol>, value: f64) {
        self.values.insert(name.into(), value);
    }

    /// This environment with one more value.
    #[must_use]
    pub fn with(mut self, name: impl Into<Symbol>, value: f64) -> Self {
        self.set(name, value);
        self
    }

    /// The value of `name`.
    pub fn get(&self, name: &Symbol) -> Option<f64> {
        self.values.get(name).copied()
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Symbol, f64)> {
        self.values.iter().map(|(name, value)| (name, *value))
    }
}

impl<S: Into<Symbol>> FromIterator<(S, f64)> for Environment {
    fn from_iter<I: IntoIterator<Item = (S, f64)>>(pairs: I) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { values, ..Self::default() }
    }
}

/// How often one name may stand for another before it counts as circular.
const MAX_UNFOLDING: usize = 32;

/// The weights and components of a mixture, or of a sum of multiples of distributions.
pub(super) fn mixture(distribution: &Term) -> Option<Vec<(&Term, &Term)>> {
    distribution.weighted_parts()
}

/// Whether a distribution is one of independent coordinates.
pub(super) fn is_product(distribution: &Term) -> bool {
    match distribution.node() {
        Node::Call(name, _) => *name == "product",
        Node::Binder(b) => b.op == BinderOp::Product,
        _ => false,
    }
}

/// The distribution behind names such as `p`.
pub(super) fn resolve(
    distribution: &Term,
    catalogue: &dyn Catalogue,
) -> Result<Term, NumericError> {
    let mut current = distribution.clone();
    for _ in 0..MAX_UNFOLDING {
        if let Some(parts) = mixture(&current) {
            let mut kinds = parts.iter().filter_map(|(_, part)| lives_on_integers(part, catalogue));
            if kinds.next().is_some_and(|first| kinds.any(|kind| kind != first)) {
                return Err(NumericError::Undefined("a mixture of a density and a mass".into()));
            }
        }
        let whole = mixture(&current).is_some() || is_product(&current);
        if whole
            || matches!(current.node(), Node::Index(..))
            || catalogue.support(&current).is_some()
            || catalogue.atoms(&current).is_some()
            || catalogue.space(&current).is_some()
        {
            return Ok(current);
        }
        current = catalogue.expand(&current).ok_or_else(|| unknown(&current))?;
    }
    Err(NumericError::TooLarge(format!("the unfolding of `{distribution}`")))
}

/// Whether a distribution lives on integers, where the catalogue knows it.
fn lives_on_integers(distribution: &Term, catalogue: &dyn Catalogue) -> Option<bool> {
    let known = resolve(distribution, catalogue).ok()?;
    match mixture(&known) {
        Some(parts) => lives_on_integers(parts.first()?.1, catalogue),
        None => Some(match catalogue.space(&known) {
            Some(space) => space.is_discrete(),
            None => catalogue.atoms(&known).is_some(),
        }),
    }
}

/// The error for a term that the catalogue does not know.
pub(super) fn unknown(term: &Term) -> NumericError {
    NumericError::Unknown(match term.node() {
        Node::Symbol(name) | Node::Call(name, _) => name.clone(),
        _ => Symbol::new(&term.to_string()),
    })
}
