//! Columns of tables: definitions like those of quantities, with what their parameters stand for.

use super::load::{Refused, quantity};
use super::scope::Kind;
use super::uses::formal_kind;
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{ColumnItem, Item};
use crate::term::Symbol;
use crate::theory::{Column, Theory};

/// What is neither used as a distribution nor said to be one is a number.
pub(super) fn column(theory: &Theory, item: &Item, tree: &ColumnItem) -> Result<Column, Refused> {
    let q = quantity(theory, item, &tree.definition)?;
    let kinds = (0..q.parameters.len())
        .map(|i| matches!(formal_kind(theory, &q, i), Kind::Distribution | Kind::Measure));
    let parameters: Vec<(Symbol, bool)> =
        q.parameters.iter().map(|(name, _)| name.clone()).zip(kinds).collect();
    let column = Column {
        name: q.name,
        variables: q.variables,
        parameters,
        body: q.body,
        conditions: q.conditions,
        across: tree.across,
        reason: q.reason,
    };
    let count = column.distributions().count();
    let message = match (tree.across, count, q.variables) {
        (true, 2, 0) | (false, 1 | 2, 0) | (false, 1, 1) => return Ok(column),
        (true, ..) => "what is tried across families is about two distributions".to_owned(),
        (false, 1 | 2, _) => {
            "a column is about one distribution and one parameter of it, at most".to_owned()
        }
        (false, ..) => format!("a column is about one distribution or two, not {count}"),
    };
    let hint = "write column name(p) = …, or column name(p || q) = …";
    Err(vec![Diagnostic::new("E0319", item.name.span, message).hint(hint)])
}
