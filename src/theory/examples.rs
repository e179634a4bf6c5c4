//! The instances that a rule is tried on, read when somebody looks at them: no derivation does, and they take as long to
//! read as the rules themselves.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use super::Instance;

type Reader = Box<dyn FnOnce() -> Vec<Instance> + Send + Sync>;

/// Instances of a rule, perhaps not read yet; a slice of them to whoever looks.
#[derive(Clone)]
pub struct Examples(Arc<LazyLock<Vec<Instance>, Reader>>);

impl Examples {
    /// Those that `read` returns, once somebody looks.
    pub fn later(read: impl FnOnce() -> Vec<Instance> + Send + Sync + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(read))))
    }
}

impl From<Vec<Instance>> for Examples {
    fn from(all: Vec<Instance>) -> Self {
        Self::later(move || all)
    }
}

impl Deref for Examples {
    type Target = [Instance];

    fn deref(&self) -> &[Instance] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Examples {
    type Item = &'a Instance;
    type IntoIter = std::slice::Iter<'a, Instance>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Examples {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Examples {}

impl fmt::Debug for Examples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
