//! Computed values per person: SQL aggregates over the person's records.

use polars::prelude::DataFrame;

use crate::config::Config;
use crate::model::{FieldId, Schema};
use crate::problem::{Problem, Problems};

/// `[traits]`, compiled.
#[derive(Debug)]
pub struct Plan {}

impl Plan {
    /// Parses and type-checks every trait against an empty record table; `as_of` is UTC microseconds.
    pub fn new(config: &Config, schema: &Schema, as_of: Option<i64>) -> Result<Self, Problems> {
        let _ = (config, schema, as_of);
        todo!()
    }

    /// Fields that the traits read.
    pub fn wanted(&self) -> &[FieldId] {
        todo!()
    }
}

/// The traits of a stretch of persons: one row per person, in order. `records` as [`crate::golden::Folded`] gives it,
/// `persons` how many there are.
pub fn compute(plan: &Plan, records: DataFrame, persons: usize) -> Result<DataFrame, Problem> {
    let _ = (plan, records, persons);
    todo!()
}
