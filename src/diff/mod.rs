//! What is different between two runs: what `onefold plan` and `onefold diff` tell. Takes rows of published tables,
//! gives figures and words.

mod causes;
mod changed;
mod crosswalks;
mod golden;
mod segments;
mod words;

pub use causes::{Link, causes};
pub use changed::{Changed, changed};
pub use crosswalks::{Crosswalks, Side};
pub use golden::GoldenRows;
pub use segments::segment_changes;
pub use words::difference_text;

use serde::Serialize;

use crate::model::{Changes, Gate};

/// Everything that is different between two runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Difference {
    /// The run that is compared with.
    pub before: u64,
    /// The run in question; none = a plan, which is no run yet.
    pub after: Option<u64>,
    /// Keys of the config that say something else, by name; none = the config says the same.
    pub config: Vec<Changed>,
    /// Input files that are new, changed or gone, by source and path.
    pub files: Vec<Changed>,
    /// Records before, after, arrived, gone, and moved to another person.
    pub records: RecordChanges,
    /// What became of persons.
    pub persons: PersonChanges,
    /// Columns of the golden table, in its order.
    pub golden: GoldenChanges,
    /// Segments, in the order in which they first occur.
    pub segments: Vec<SegmentChange>,
    /// What the gates of a plan say; empty for a run.
    pub gates: Vec<Gate>,
    /// The events that moved most records, with their causes.
    pub examples: Vec<Example>,
}

/// Records of two runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RecordChanges {
    /// Records before.
    pub before: u64,
    /// Records after.
    pub after: u64,
    /// Records that only the later run has.
    pub arrived: u64,
    /// Records that only the earlier run has.
    pub gone: u64,
    /// Records of both whose person id differs.
    pub moved: u64,
    /// Those of them that went from one living person to another.
    pub reassigned: u64,
}

/// Persons of two runs; `kept + created + split` = after, `kept + merged + retired` = before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PersonChanges {
    /// Persons before.
    pub before: u64,
    /// Persons after.
    pub after: u64,
    /// Persons under the same id in both.
    pub kept: u64,
    /// New persons, none of whose records was there before.
    pub created: u64,
    /// Persons whose records went to others.
    pub merged: u64,
    /// New persons made of records of others.
    pub split: u64,
    /// Persons all of whose records are gone.
    pub retired: u64,
}

/// Values of the golden table, of persons that both runs have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GoldenChanges {
    /// Persons with another value in some column.
    pub persons: u64,
    /// Per column with a change, in the order of the table.
    pub fields: Vec<FieldChange>,
    /// Columns that only one of the runs has.
    pub columns: Vec<Changed>,
}

/// How often a column's value differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The column.
    pub field: String,
    /// Persons with another value than before.
    pub changed: u64,
    /// Those of them that had none before.
    pub filled: u64,
    /// Those of them that have none now.
    pub emptied: u64,
    /// Ids of the first few persons.
    pub examples: Vec<String>,
}

/// Who is in a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SegmentChange {
    /// The segment.
    pub segment: String,
    /// Persons before.
    pub before: u64,
    /// Persons after.
    pub after: u64,
    /// Person ids that are in it now and were not.
    pub entered: u64,
    /// Person ids that were in it and are not now.
    pub left: u64,
}

/// An event of lineage, with what it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// `created`, `merged`, `split`, `reassigned` or `retired`.
    pub event: &'static str,
    /// The id before.
    pub old_person_id: Option<String>,
    /// The id after.
    pub new_person_id: Option<String>,
    /// How many records went.
    pub records: u64,
    /// What is new or gone on these persons' records and links them, values masked; none = nothing is, so it comes from
    /// a rule or from elsewhere in the graph.
    pub causes: Vec<String>,
}

impl RecordChanges {
    /// Share of the records of both runs that moved, 0 to 1.
    #[must_use]
    pub fn moved_share(&self) -> f64 {
        let both = self.after - self.arrived;
        if both == 0 { 0.0 } else { self.moved as f64 / both as f64 }
    }
}

impl PersonChanges {
    /// From figures of identity.
    #[must_use]
    pub fn new(changes: &Changes) -> Self {
        let Changes { kept, created, merged, split, retired, .. } = *changes;
        let (before, after) = (kept + merged + retired, kept + created + split);
        Self { before, after, kept, created, merged, split, retired }
    }
}
