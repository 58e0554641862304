//! Which columns of records a fold reads, and the columns of events that it makes of them.

use polars::prelude::DataFrame;

use crate::events;
use crate::model::{RecordColumn, Schema};
use crate::problem::{Problem, Result};

/// What is read of the records of a stretch.
#[derive(Debug, Default)]
pub(super) struct Reading {
    columns: Vec<RecordColumn>,
    /// Columns of events among what is read.
    derived: Vec<String>,
}

impl Reading {
    /// What these columns, of records and of events, are made of; `is_needed`: whether anybody reads records at all.
    pub(super) fn new(schema: &Schema, events: &events::Plan, names: &[String], is_needed: bool) -> Self {
        if !is_needed {
            return Self::default();
        }
        let roots = events.made_of(names);
        let mut columns = vec![RecordColumn::Person];
        let read = |column: &RecordColumn| roots.iter().any(|name| name == column.name(schema));
        columns.extend(RecordColumn::all(schema).into_iter().filter(read));
        let derived = names.iter().filter(|name| events.has(name)).cloned().collect();
        Self { columns, derived }
    }

    /// The columns of records; none = nobody reads them.
    pub(super) fn columns(&self) -> &[RecordColumn] {
        &self.columns
    }

    /// The records with the columns of events.
    pub(super) fn derive(&self, events: &events::Plan, records: DataFrame) -> Result<DataFrame> {
        events.derive(records, &self.derived).map_err(|error| {
            let said = error.to_string();
            Problem::run(format!("[events] cannot be computed: {}", said.lines().next().unwrap_or_default()), "")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};

    #[test]
    fn only_the_columns_that_rules_read_are_asked_for() {
        let config: Config = toml::from_str(
            "[[source]]\nname = \"a\"\nchannel = \"web\"\npath = \"a.csv\"\nfields = { amount = \"a\", city = \"c\" }",
        )
        .unwrap();
        let (schema, _) = config::schema(&config);
        let (events, _) = events::Plan::compile(&config, &schema, None);
        let wanted = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            Reading::new(&schema, &events, &names, true).columns().to_vec()
        };
        assert_eq!(wanted(&[]), [RecordColumn::Person]);
        assert_eq!(wanted(&["city"]), [RecordColumn::Person, RecordColumn::Field(1)]);
        let purchase = [RecordColumn::Person, RecordColumn::EventTime, RecordColumn::Field(0)];
        assert_eq!(wanted(&["is_purchase"]), purchase);
        assert!(Reading::new(&schema, &events, &[], false).columns().is_empty(), "no cost without rules");
    }
}
