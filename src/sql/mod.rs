//! SQL rules: parse, allow-list, positions, types. A rule can reach nothing but the columns it is given: no subquery,
//! no table function, no file, no network.
//!
//! Rules are read by sqlparser (the parser that polars' SQL uses) and turned into polars expressions here, form by form;
//! polars' own SQL interface is not involved, for it opens files while it parses.
//!
//! What differs from other engines, on purpose:
//! - Whole numbers divide to a fraction; division by zero gives NULL.
//! - `as_of` is a timestamp constant; there is no `NOW()`.
//! - Text constants that meet a date or timestamp are read as one.
//! - CAST gives NULL where a value does not convert.
//! - FIRST, LAST and MODE go by event_time and skip NULLs.
//! - USUAL_GAP, GAP_SPREAD, LAST_GAP and NEXT_DUE go by calendar days (UTC) and look at each day once.

mod aggregates;
mod calendar;
mod catalog;
mod convert;
mod functions;
mod literals;
mod logic;
mod lower;
mod names;
mod never;
mod operators;
mod patterns;
mod query;
mod rule;
#[cfg(test)]
mod tests;
mod time;
mod types;

use polars::prelude::{DataFrame, DataType, Expr, IntoLazy, Schema};

pub use aggregates::{Aggregate, AggregateKind, Catalog, Rhythm};
pub use catalog::{AGGREGATE_FUNCTIONS, Function, SCALAR_FUNCTIONS};
pub use names::without_columns;
pub use never::{Domain, Never, names, never, never_filtered};
pub use query::{Query, answer, query};

use crate::problem::Problem;
use lower::{Lowering, Person};
use rule::Rule;
use types::{Type, Typed};

/// What `as_of` may stand for while rules are only checked: 2000-01-01.
pub const CHECK_AS_OF: i64 = 946_684_800_000_000;

/// A rule over many rows, split.
#[derive(Debug, Clone)]
pub struct Computed {
    /// The value per person: an expression over aggregates (see [`Aggregate::column`]) and values computed before.
    pub expr: Expr,
    /// Its type: BIGINT, DOUBLE, text, boolean, date or timestamp.
    pub dtype: DataType,
}

/// A condition per row over `columns`, as a boolean expression; NULL is not true. `place` is the rule's config path;
/// `as_of` (UTC microseconds) is what the word `as_of` stands for; `None` = it means nothing here (rows that are being
/// read) and is refused. All faults at once, each with its place inside the rule.
pub fn condition(place: &[&str], rule: &str, columns: &Schema, as_of: Option<i64>) -> Result<Expr, Vec<Problem>> {
    let rule = Rule::new(place, rule);
    let tree = rule.parse().map_err(|problem| vec![problem])?;
    let mut lowering = lowering(&rule, columns, None, as_of);
    let expr = lowering.condition(&tree);
    let expr = finish(expr, lowering.faults)?;
    dry_run(&rule, columns, &expr, &DataType::Boolean)?;
    Ok(expr)
}

/// A value per row over `columns`. `place`, `as_of` and faults as in [`condition`].
pub fn expression(place: &[&str], rule: &str, columns: &Schema, as_of: Option<i64>) -> Result<Computed, Vec<Problem>> {
    let rule = Rule::new(place, rule);
    let tree = rule.parse().map_err(|problem| vec![problem])?;
    let mut lowering = lowering(&rule, columns, None, as_of);
    let value = lowering.lower(&tree).and_then(|value| as_result(&mut lowering, value));
    let value = finish(value, lowering.faults)?;
    let dtype = value.kind.dtype();
    dry_run(&rule, columns, &value.expr, &dtype)?;
    Ok(Computed { expr: value.expr, dtype })
}

/// A value per person from aggregates over its records. `columns`: the records table; `earlier`: values per person
/// that the rule may use outside of its aggregates. The aggregates that it needs are added to `aggregates`, unless they
/// are there already. `place`, `as_of` and faults as in [`condition`].
pub fn aggregate(
    place: &[&str],
    rule: &str,
    columns: &Schema,
    earlier: &Schema,
    as_of: Option<i64>,
    aggregates: &mut Vec<Aggregate>,
) -> Result<Computed, Vec<Problem>> {
    let rule = Rule::new(place, rule);
    let tree = rule.parse().map_err(|problem| vec![problem])?;
    let known = aggregates.len();
    let person = Person { earlier, aggregates: &mut *aggregates };
    let mut lowering = lowering(&rule, columns, Some(person), as_of);
    let value = lowering.lower(&tree).and_then(|value| as_result(&mut lowering, value));
    let value = finish(value, lowering.faults)?;
    for input in aggregates[known..].iter().flat_map(|aggregate| &aggregate.inputs) {
        dry_run(&rule, columns, input, &DataType::Unknown(Default::default()))?;
    }
    let mut level = earlier.clone();
    for (index, aggregate) in aggregates.iter().enumerate() {
        level.insert(Aggregate::column(index).into(), aggregate.dtype.clone());
    }
    let dtype = value.kind.dtype();
    dry_run(&rule, &level, &value.expr, &dtype)?;
    Ok(Computed { expr: value.expr, dtype })
}

fn lowering<'a>(
    rule: &'a Rule<'a>,
    columns: &'a Schema,
    person: Option<Person<'a>>,
    as_of: Option<i64>,
) -> Lowering<'a> {
    Lowering { rule, columns, person, inside: false, as_of, faults: Vec::new() }
}

/// Only types that every engine stores leave a rule.
fn as_result(lowering: &mut Lowering<'_>, value: Typed) -> Option<Typed> {
    match value.kind {
        Type::Span => lowering.fail(
            value.range,
            "a span of time cannot be stored",
            "use DAYS_BETWEEN(a, b) or HOURS_BETWEEN(a, b)",
        ),
        Type::Null => lowering.fail(value.range, "the rule is always NULL", ""),
        _ => Some(value),
    }
}

fn finish<T>(found: Option<T>, faults: Vec<Problem>) -> Result<T, Vec<Problem>> {
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(faults),
    }
}

/// Evaluates an expression on an empty table: whatever polars itself would refuse is found before any work.
fn dry_run(rule: &Rule<'_>, columns: &Schema, expr: &Expr, expected: &DataType) -> Result<(), Vec<Problem>> {
    let said = match DataFrame::empty_with_schema(columns).lazy().select([expr.clone().alias("x")]).collect() {
        Ok(result) => match result.columns()[0].dtype() {
            dtype if dtype == expected || matches!(expected, DataType::Unknown(_)) => return Ok(()),
            dtype => format!("it gives {dtype} where {expected} was expected"),
        },
        Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    Err(vec![rule.fault(None, format!("this rule cannot be computed: {said}"), "simplify it, or report it")])
}
