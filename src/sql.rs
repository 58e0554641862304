//! SQL rules: parse, allow-list, positions; the only door to polars SQL. A rule can reach nothing but the columns it is
//! given: no subquery, no table function, no file, no network.

use polars::prelude::{Expr, Schema};

use crate::problem::Problem;

/// What a rule may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A condition per row.
    Condition,
    /// An aggregate over many rows.
    Aggregate,
}

/// Parses a rule, checks it against the allow-list and `columns`, and type-checks it on an empty table. `place` is the
/// rule's config path; `as_of` (UTC microseconds) is what the word `as_of` stands for.
pub fn compile(
    place: &[&str],
    rule: &str,
    columns: &Schema,
    shape: Shape,
    as_of: Option<i64>,
) -> Result<Expr, Vec<Problem>> {
    let _ = (place, rule, columns, shape, as_of);
    todo!()
}
