//! Names with an index and vectors by a formula: what is proved of them, what is not, and what certificates say.

mod library;

use hence::elaborate::GoalKind;
use hence::verify::{certificate, facts};
use library::{decided, derived, goals};
