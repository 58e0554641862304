//! Named rules over golden fields and traits.

mod groups;
mod hold_out;

use polars::prelude::{DataFrame, Expr, IntoLazy, PolarsError, Schema as Columns};

use crate::config::Config;
use crate::problem::{Problem, Problems};
use crate::sql;

pub use groups::Overlaps;
pub use hold_out::held_out;

/// `[[segment]]`, compiled.
#[derive(Debug, Default)]
pub struct Plan {
    conditions: Vec<Expr>,
    /// Per exclusive group: its segments, first choice first.
    groups: Vec<Vec<usize>>,
    /// Per segment: its name, and the share of its members that is held out.
    hold_outs: Vec<(String, f64)>,
}

impl Plan {
    /// Parses and type-checks every rule against the columns of the golden table with its traits; `as_of` (UTC
    /// microseconds) as traits take it. All faults of all rules at once. `broken`: columns that are declared, but at fault
    /// themselves; that they are not there is no news.
    pub fn new(config: &Config, columns: &Columns, as_of: Option<i64>, broken: &[String]) -> Result<Self, Problems> {
        let as_of = as_of.unwrap_or(sql::CHECK_AS_OF);
        let mut conditions = Vec::new();
        let mut problems = Vec::new();
        for (index, segment) in config.segment.iter().enumerate() {
            let index = index.to_string();
            match sql::condition(&["segment", &index, "where"], &segment.condition, columns, Some(as_of)) {
                Ok(condition) => conditions.push(condition),
                Err(faults) => problems.extend(sql::without_columns(faults, broken)),
            }
        }
        let groups = groups::groups(&config.segment);
        let hold_outs = config.segment.iter().map(|segment| (segment.name.clone(), segment.hold_out)).collect();
        if problems.is_empty() { Ok(Self { conditions, groups, hold_outs }) } else { Err(Problems(problems)) }
    }

    /// Per segment: its name, and the share of its members that is held out, 0 to 1.
    #[must_use]
    pub fn hold_outs(&self) -> &[(String, f64)] {
        &self.hold_outs
    }
}

/// Per segment: which rows of `golden` (with traits) are in it. A condition that is NULL is not true, and of a group the
/// first segment counts whose condition is.
pub fn assign(plan: &Plan, golden: &DataFrame) -> Result<Vec<Vec<bool>>, Problem> {
    let failed = |error: PolarsError| {
        let said = error.to_string();
        Problem::run(format!("segments cannot be assigned: {}", said.lines().next().unwrap_or_default()), "")
    };
    if plan.conditions.is_empty() {
        return Ok(Vec::new());
    }
    let named = plan.conditions.iter().enumerate().map(|(index, condition)| condition.clone().alias(index.to_string()));
    let found = golden.clone().lazy().select(named.collect::<Vec<_>>()).collect().map_err(failed)?;
    let mut segments = Vec::with_capacity(plan.conditions.len());
    for column in found.columns() {
        let column = column.as_materialized_series();
        let members: Vec<bool> = column.bool().map_err(failed)?.iter().map(|is| is == Some(true)).collect();
        // A condition of constants alone has one row.
        segments.push(if members.len() == golden.height() {
            members
        } else {
            vec![members == [true]; golden.height()]
        });
    }
    groups::keep_first(&plan.groups, &mut segments);
    Ok(segments)
}

/// Per segment: who of its members is held out. `person_ids` are those of the stretch.
#[must_use]
pub fn hold_outs(plan: &Plan, segments: &[Vec<bool>], person_ids: &[u128]) -> Vec<Vec<bool>> {
    let of_segment = |((name, share), members): (&(String, f64), &Vec<bool>)| {
        let held = |(&member, &id): (&bool, &u128)| member && held_out(name, *share, id);
        members.iter().zip(person_ids).map(held).collect()
    };
    plan.hold_outs.iter().zip(segments).map(of_segment).collect()
}

#[cfg(test)]
mod tests;
