//! What is different between two runs: what `onefold plan` and `onefold diff` tell. Takes rows of published tables,
//! gives figures and words.

mod causes;
mod changed;
mod crosswalks;
mod edges;
mod golden;
mod segments;
mod why;
mod words;

pub use causes::{Behind, FilesOf, Totals, causes};
pub use changed::{Changed, changed};
pub use crosswalks::{Crosswalks, Side};
pub use edges::{Edge, Edges};
pub use golden::GoldenRows;
pub use segments::segment_changes;
pub use why::Why;
pub use words::difference_text;

use serde::Serialize;

use crate::model::{Changes, Event, Gate};

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
    /// Erasures that took something out of the runs since; what went that way is in none of the other figures.
    pub erasures: Vec<ErasureOf>,
    /// What merges, splits and reassignments come from, by event, most first; empty where a run has no table `edges`.
    pub causes: Vec<CauseCount>,
    /// The events of each kind that moved most records.
    pub examples: Vec<Example>,
    /// Every merge, split and reassignment, those that moved most records first; at most 250,000.
    pub events: Vec<Example>,
}

/// An erasure that took something out of a run's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasureOf {
    /// The run.
    pub run: u64,
    /// Number of the receipt.
    pub receipt: u64,
    /// Rows that went, over all tables.
    pub rows_dropped: u64,
}

/// What an event comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cause {
    /// What it is.
    #[serde(rename = "cause")]
    pub why: Why,
    /// The key of the config that did it, if one did.
    pub key: Option<String>,
}

/// Events of a kind that come from the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseCount {
    /// `merged`, `split` or `reassigned`: a row of lineage each.
    pub event: Event,
    /// What they come from; none = nothing that is different about these persons tells.
    #[serde(flatten)]
    pub cause: Option<Cause>,
    /// How many.
    pub events: u64,
    /// Records that they moved.
    pub records: u64,
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
    /// What it is counted under in [`Difference::causes`].
    #[serde(flatten)]
    pub cause: Option<Cause>,
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
