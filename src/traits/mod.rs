//! Computed values per person: SQL aggregates over the person's records.
//!
//! What a trait computes per record, polars evaluates as columns; the aggregates run over them in one sequential pass
//! (`aggregate`), for a person's records lie side by side; what it computes from them, polars evaluates per person.

mod aggregate;
mod cells;
mod ready;
mod rhythm;

use std::sync::Arc;

use polars::prelude::{Column, DataFrame, DataType, Expr, IntoLazy, NULL, Schema as Columns, col, lit, when};

use crate::config::{self, Config, TraitRule};
use crate::events;
use crate::model::Schema;
use crate::problem::{Place, Problem, Problems};
use crate::sql::{self, Aggregate, AggregateKind};
use ready::Lowered;

pub use ready::{LIBRARY, Measured, Population, traits_page};

/// `[traits]`, compiled.
#[derive(Debug)]
pub struct Plan {
    traits: Vec<Trait>,
    aggregates: Vec<Aggregate>,
    /// Columns that aggregates read, of records and of events.
    read: Vec<String>,
    /// What must be known of everybody, as SQL.
    measures: Vec<String>,
    /// Whether it must be known what is sold.
    catalog: bool,
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
        let (events, mut faults) = events::Plan::compile(config, schema, as_of);
        let (plan, more) = Self::compile((config, schema), &events, as_of, &Population::default());
        faults.extend(more);
        if faults.is_empty() { Ok(plan) } else { Err(Problems(faults)) }
    }

    /// The same, but with the traits that are sound where others are not: what is built on them can be checked too.
    /// `population` is what is known of everybody, for traits that compare with all others.
    #[must_use]
    pub fn compile(
        (config, schema): (&Config, &Schema),
        events: &events::Plan,
        as_of: Option<i64>,
        population: &Population,
    ) -> (Self, Vec<Problem>) {
        let columns = events.records(schema);
        let mut plan =
            Self { traits: Vec::new(), aggregates: Vec::new(), read: Vec::new(), measures: Vec::new(), catalog: false };
        let as_of = Some(as_of.unwrap_or(sql::CHECK_AS_OF));
        let mut earlier = Columns::default();
        let (mut problems, mut broken) = (Vec::new(), events.broken().to_vec());
        for declared in config.declared_traits() {
            let place: Vec<&str> = declared.place.iter().map(String::as_str).collect();
            let computed = match &declared.rule {
                TraitRule::Sql(rule) => sql::aggregate(&place, rule, &columns, &earlier, as_of, &mut plan.aggregates),
                TraitRule::Ready(spec) => {
                    let lowered = ready::lower(&place, spec, (config, schema), events, population, &mut plan.measures);
                    lowered.and_then(|lowered| match lowered {
                        Lowered::Sql(rule) => {
                            let made = sql::aggregate(&place, &rule, &columns, &earlier, as_of, &mut plan.aggregates);
                            made.map_err(|faults| faults.into_iter().map(|fault| of_library(fault, &rule)).collect())
                        }
                        Lowered::NewProducts { catalog, most } => Ok(plan.new_products(catalog, most, events)),
                    })
                }
            };
            match computed {
                Ok(sql::Computed { expr, dtype }) => {
                    earlier.insert(declared.name.as_str().into(), dtype.clone());
                    plan.traits.push(Trait { name: declared.name, expr, dtype });
                }
                Err(faults) => {
                    problems.extend(sql::without_columns(faults, &broken));
                    broken.push(declared.name);
                }
            }
        }
        plan.read =
            plan.inputs().flat_map(|input| input.clone().meta().root_names()).map(|name| name.to_string()).collect();
        plan.read.sort_unstable();
        plan.read.dedup();
        (plan, problems)
    }

    /// Columns of records and of events that the traits read; empty if they read none.
    #[must_use]
    pub fn read(&self) -> &[String] {
        &self.read
    }

    /// Whether there are no traits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.traits.is_empty()
    }

    /// Names and types of the traits, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, DataType)> {
        self.traits.iter().map(|t| (t.name.clone(), t.dtype.clone())).collect()
    }

    fn inputs(&self) -> impl Iterator<Item = &Expr> {
        self.aggregates.iter().flat_map(|aggregate| &aggregate.inputs)
    }

    /// The trait `new_products`.
    fn new_products(&mut self, catalog: Arc<sql::Catalog>, most: usize, events: &events::Plan) -> sql::Computed {
        self.catalog = true;
        let where_is =
            |condition: Expr, name: &str| when(condition).then(col(name)).otherwise(lit(NULL).cast(DataType::String));
        let known = ["is_purchase", "is_view", "is_review"].into_iter().filter(|name| events.has(name));
        let known = known.map(col).reduce(Expr::or).unwrap_or_else(|| lit(false));
        let inputs = vec![where_is(col("is_purchase"), "event_category"), where_is(known, "event_product")];
        let kind = AggregateKind::Unseen { catalog, most };
        self.aggregates.push(Aggregate { kind, inputs, dtype: DataType::String });
        sql::Computed { expr: col(Aggregate::column(self.aggregates.len() - 1)), dtype: DataType::String }
    }
}

/// A fault in SQL of our own: its places mean nothing to the user.
fn of_library(mut fault: Problem, rule: &str) -> Problem {
    if let Place::Config { within, .. } = &mut fault.place {
        *within = None;
    }
    fault.what = format!("{} (in the SQL that this ready trait stands for: {rule})", fault.what);
    fault
}

/// What has to be known of everybody before traits can be computed.
#[derive(Debug)]
pub struct Survey {
    plan: Plan,
    measures: Vec<String>,
    catalog: bool,
}

impl Survey {
    /// Of these traits; `None` = nothing, as for most configs.
    #[must_use]
    pub fn new(plan: &Plan, schema: &Schema, events: &events::Plan, as_of: Option<i64>) -> Option<Self> {
        if plan.measures.is_empty() && !plan.catalog {
            return None;
        }
        let numbered = plan.measures.iter().enumerate();
        let traits = numbered.map(|(index, sql)| (format!("m{index}"), config::Trait::Sql(sql.clone()))).collect();
        let config = Config { traits, ..Config::default() };
        let (mut own, faults) = Plan::compile((&config, schema), events, as_of, &Population::default());
        debug_assert!(faults.is_empty(), "{faults:?}"); // the same SQL compiled as a part of the traits
        if plan.catalog {
            own.read.extend(["is_purchase", "event_category", "event_product"].map(str::to_owned));
            own.read.sort_unstable();
            own.read.dedup();
        }
        Some(Self { plan: own, measures: plan.measures.clone(), catalog: plan.catalog })
    }

    /// Columns of records and of events that it reads.
    #[must_use]
    pub fn read(&self) -> &[String] {
        &self.plan.read
    }

    /// Measures a stretch of persons; `records` as [`compute`] takes it.
    pub fn measure(&self, records: DataFrame, persons: usize) -> Result<Measured, Problem> {
        let shelves = self.catalog.then(|| records.clone());
        let values = compute(&self.plan, records, persons)?;
        Measured::of(&values, shelves.as_ref()).map_err(failed)
    }

    /// What is known when everybody was measured.
    #[must_use]
    pub fn population(&self, measured: Measured) -> Population {
        Population::new(&self.measures, measured)
    }
}

fn failed(error: polars::prelude::PolarsError) -> Problem {
    let said = error.to_string();
    Problem::run(format!("traits cannot be computed: {}", said.lines().next().unwrap_or_default()), "")
}

/// The traits of a stretch of persons: one row per person, in order. `records` as [`crate::golden::Folded`] gives it, with
/// the columns of events that the plan [reads](Plan::read); `persons` how many there are.
pub fn compute(plan: &Plan, records: DataFrame, persons: usize) -> Result<DataFrame, Problem> {
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
