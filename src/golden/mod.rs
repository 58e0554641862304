//! Survivorship: one row per person, every value from a record that can be named.

use std::ops::Range;

use polars::prelude::DataFrame;

use crate::config::Config;
use crate::model::{FieldId, Persons, Records, Schema};
use crate::problem::Problems;

/// Rules compiled from `[golden.fields]`.
#[derive(Debug)]
pub struct Plan {}

impl Plan {
    /// Compiles the rules; faults where a rule does not fit its field (`sum` of a text).
    pub fn new(config: &Config, schema: &Schema) -> Result<Self, Problems> {
        let _ = (config, schema);
        todo!()
    }

    /// Output column names, in order.
    pub fn columns(&self) -> Vec<String> {
        todo!()
    }
}

/// A stretch of persons, folded.
#[derive(Debug)]
pub struct Folded {
    /// One row per person: the golden columns, typed.
    pub golden: DataFrame,
    /// Per golden column, per person: the record that won; `u32::MAX` = none (no value, or an aggregate).
    pub winners: Vec<Vec<u32>>,
    /// The persons' records as columns, for traits: `person` (u32, counted from the range's start), `source`,
    /// `channel`, `event_time`, and the fields asked for; rows by person, then record.
    pub records: DataFrame,
}

/// Folds the persons of a range in one pass over their rows. `wanted`: fields that the caller needs as columns.
pub fn fold(
    records: &Records,
    persons: &Persons,
    range: Range<u32>,
    schema: &Schema,
    plan: &Plan,
    wanted: &[FieldId],
) -> Folded {
    let _ = (records, persons, range, schema, plan, wanted);
    todo!()
}
