//! Computed values per person: SQL aggregates over the person's records.
//!
//! What a trait computes per record, polars evaluates as columns; the aggregates run over them in one sequential pass
//! (`aggregate`), for a person's records lie side by side; what it computes from them, polars evaluates per person.

mod aggregate;
mod cells;
mod reach;

use polars::prelude::{Column, DataFrame, DataType, Expr, IntoLazy, Schema as Columns, col};

use crate::config::Config;
use crate::model::{RecordColumn, Schema};
use crate::problem::{Problem, Problems};
use crate::sql::{self, Aggregate};

pub use reach::unreachable;

/// `[traits]`, compiled.
#[derive(Debug)]
pub struct Plan {
    traits: Vec<Trait>,
    aggregates: Vec<Aggregate>,
    wanted: Vec<RecordColumn>,
}

#[derive(Debug)]
struct Trait {
    name: String,
    expr: Expr,
    dtype: DataType,
}

impl Plan {
    /// Parses and type-checks every trait against an empty record table; `as_of` is UTC microseconds, `None` while a
    /// config is only checked. All faults of all traits at once. A trait may use earlier ones, outside of aggregates.
    pub fn new(config: &Config, schema: &Schema, as_of: Option<i64>) -> Result<Self, Problems> {
        let (plan, faults) = Self::compile(config, schema, as_of);
        if faults.is_empty() { Ok(plan) } else { Err(Problems(faults)) }
    }

    /// The same, but with the traits that are sound where others are not: what is built on them can be checked too.
    #[must_use]
    pub fn compile(config: &Config, schema: &Schema, as_of: Option<i64>) -> (Self, Vec<Problem>) {
        let all = RecordColumn::all(schema);
        let columns = Self::records(schema);
        let mut plan = Self { traits: Vec::new(), aggregates: Vec::new(), wanted: Vec::new() };
        let as_of = as_of.unwrap_or(sql::CHECK_AS_OF);
        let mut earlier = Columns::default();
        let (mut problems, mut broken) = (Vec::new(), Vec::new());
        for (name, rule) in &config.traits {
            let place = ["traits", name.as_str()];
            match sql::aggregate(&place, rule, &columns, &earlier, Some(as_of), &mut plan.aggregates) {
                Ok(sql::Computed { expr, dtype }) => {
                    earlier.insert(name.as_str().into(), dtype.clone());
                    plan.traits.push(Trait { name: name.clone(), expr, dtype });
                }
                Err(faults) => {
                    problems.extend(sql::without_columns(faults, &broken));
                    broken.push(name.clone());
                }
            }
        }
        if !plan.traits.is_empty() {
            let read: Vec<_> = plan.inputs().flat_map(|input| input.clone().meta().root_names()).collect();
            plan.wanted.push(RecordColumn::Person);
            plan.wanted.extend(all.into_iter().filter(|c| read.iter().any(|name| name == c.name(schema))));
        }
        (plan, problems)
    }

    /// Columns of the records table, as rules see it.
    fn records(schema: &Schema) -> Columns {
        RecordColumn::all(schema).iter().map(|c| (c.name(schema).into(), c.dtype(schema))).collect()
    }

    /// Columns that the traits read; empty if there are no traits.
    #[must_use]
    pub fn wanted(&self) -> &[RecordColumn] {
        &self.wanted
    }

    /// Names and types of the traits, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, DataType)> {
        self.traits.iter().map(|t| (t.name.clone(), t.dtype.clone())).collect()
    }

    fn inputs(&self) -> impl Iterator<Item = &Expr> {
        self.aggregates.iter().flat_map(|aggregate| &aggregate.inputs)
    }
}

/// The traits of a stretch of persons: one row per person, in order. `records` as [`crate::golden::Folded`] gives it,
/// `persons` how many there are.
pub fn compute(plan: &Plan, records: DataFrame, persons: usize) -> Result<DataFrame, Problem> {
    let failed = |error: polars::prelude::PolarsError| {
        let said = error.to_string();
        Problem::run(format!("traits cannot be computed: {}", said.lines().next().unwrap_or_default()), "")
    };
    if plan.traits.is_empty() {
        return DataFrame::new(persons, Vec::new()).map_err(failed);
    }
    let starts = aggregate::starts(&records, persons).map_err(failed)?;
    let named: Vec<Expr> =
        plan.inputs().enumerate().map(|(index, input)| input.clone().alias(Aggregate::column(index))).collect();
    let names: Vec<Expr> = (0..named.len()).map(|index| col(Aggregate::column(index))).collect();
    let inputs = if named.is_empty() {
        DataFrame::empty()
    } else {
        records.lazy().with_columns(named).select(names).collect().map_err(failed)?
    };
    let mut inputs = inputs.columns().iter();
    let mut columns: Vec<Column> = Vec::with_capacity(plan.aggregates.len());
    for (index, wanted) in plan.aggregates.iter().enumerate() {
        let own: Vec<_> = inputs.by_ref().take(wanted.inputs.len()).map(|c| c.as_materialized_series()).collect();
        let values = aggregate::aggregate(wanted, &own, &starts).map_err(failed)?;
        columns.push(values.with_name(Aggregate::column(index).into()).into());
    }
    let mut level = DataFrame::new(persons, columns).map_err(failed)?.lazy();
    for one in &plan.traits {
        level = level.with_columns([one.expr.clone().alias(one.name.as_str())]);
    }
    let names: Vec<Expr> = plan.traits.iter().map(|one| col(one.name.as_str())).collect();
    level.select(names).collect().map_err(failed)
}

#[cfg(test)]
mod tests;
