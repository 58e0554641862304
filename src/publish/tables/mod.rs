//! Every published table: its name, what a row is, and its columns. `docs/tables.md` is made from this, and the writers
//! refuse a table that does not look like it.

mod ids;
mod persons;
mod records;

use polars::prelude::{DataType, Schema, TimeUnit, TimeZone};

use Type::{Bool, Count, Number, Text, Time};
pub use ids::{ISSUED_IDS, LINEAGE, LINEAGE_HISTORY, MOVES};
pub use persons::{
    ATTRIBUTION, AUDIENCES, CONSENT, GOLDEN_CUSTOMERS, JOURNEYS, PROVENANCE, SEGMENTS, SEGMENTS_WIDE, SUPPRESSIONS,
    TRIGGERS,
};
pub use records::{BRIDGES, CROSSWALK, EDGES, IGNORED_IDENTIFIERS, REFUSALS, REJECTS, SHARED_IDENTIFIERS};

/// A published table.
#[derive(Debug)]
pub struct Table {
    /// File name without its ending.
    pub name: &'static str,
    /// What one row is, and in which order they come.
    pub row: &'static str,
    /// Columns that are always there, in order.
    pub columns: &'static [Column],
    /// The columns that the config adds behind them; empty = none.
    pub more: &'static str,
}

/// A column that is always there.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
    /// What it means; says so where it may be blank.
    pub doc: &'static str,
}

/// The types of published columns: those that every engine reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// UTF-8 text.
    Text,
    /// 64-bit integer.
    Count,
    /// 64-bit floating-point number.
    Number,
    /// True or false.
    Bool,
    /// Point in time, UTC microseconds.
    Time,
}

impl Type {
    /// As a column's type in Parquet.
    #[must_use]
    pub fn data_type(self) -> DataType {
        match self {
            Text => DataType::String,
            Count => DataType::Int64,
            Number => DataType::Float64,
            Bool => DataType::Boolean,
            Time => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Text => "text",
            Count => "integer",
            Number => "number",
            Bool => "boolean",
            Time => "time (UTC)",
        }
    }
}

const fn column(name: &'static str, holds: Type, doc: &'static str) -> Column {
    Column { name, holds, doc }
}

const PERSON_ID: Column = column("person_id", Text, "The person: a UUID, lower case, with hyphens.");
const SOURCE: Column = column("source", Text, "The record's source, as declared.");
const RECORD_ID: Column = column("record_id", Text, "The record's id within its source.");

/// Tables that every run writes, whatever the config selects: the next run keeps ids by them.
pub const KEPT: [&Table; 5] = [&CROSSWALK, &LINEAGE, &MOVES, &LINEAGE_HISTORY, &ISSUED_IDS];

/// All published tables.
pub const TABLES: [&Table; 21] = [
    &GOLDEN_CUSTOMERS,
    &CONSENT,
    &SUPPRESSIONS,
    &AUDIENCES,
    &SEGMENTS,
    &SEGMENTS_WIDE,
    &CROSSWALK,
    &LINEAGE,
    &MOVES,
    &LINEAGE_HISTORY,
    &ISSUED_IDS,
    &PROVENANCE,
    &EDGES,
    &REFUSALS,
    &BRIDGES,
    &SHARED_IDENTIFIERS,
    &IGNORED_IDENTIFIERS,
    &REJECTS,
    &JOURNEYS,
    &ATTRIBUTION,
    &TRIGGERS,
];

impl Table {
    /// The columns that are always there, as a schema.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.columns.iter().map(|column| (column.name.into(), column.holds.data_type())).collect()
    }
}

/// `docs/tables.md`, whole.
#[must_use]
pub fn dictionary() -> String {
    let mut page = String::from(
        "# Published tables\n\n\
         <!-- made from src/publish/tables/; `ONEFOLD_BLESS=1 cargo test --lib dictionary` writes it anew -->\n\n\
         Each is a file in `out/current/`, as Parquet and/or CSV. Times are UTC: microseconds in Parquet, \
         `2026-01-31T12:00:00Z` in CSV. A blank CSV cell is a blank value. `run.json` beside them holds the run's own \
         figures. `suggested_placeholders.toml` has the values of `shared_identifiers` as `[placeholders]` sections to \
         look through and copy into the config, those of most people first; values of few people are commented out.\n",
    );
    for table in TABLES {
        page +=
            &format!("\n## {}\n\nOne row: {}\n\n| column | type | meaning |\n|---|---|---|\n", table.name, table.row);
        for column in table.columns {
            page += &format!("| `{}` | {} | {} |\n", column.name, column.holds.name(), column.doc);
        }
        if !table.more.is_empty() {
            page += &format!("\nThen {}.\n", table.more);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_in_docs_is_fresh() {
        crate::fresh::fresh("docs/tables.md", &dictionary());
    }

    #[test]
    fn every_column_of_a_table_has_its_own_name() {
        for table in TABLES {
            assert_eq!(table.schema().len(), table.columns.len(), "{}", table.name);
        }
    }
}
