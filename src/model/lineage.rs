//! What happened to person ids since the last published run.
//!
//! Two tables. `lineage` has one row per (event, old id, new id) with a count; `moves` has one row per record that both
//! runs know and whose person id changed. Both are complete: the last crosswalk, less the records that are gone, plus
//! those that arrived, with `moves` applied, is this run's crosswalk, and `lineage` counts exactly that.

use serde::{Deserialize, Serialize};

/// No person id: never the id of anybody.
pub const NO_PERSON: u128 = 0;

/// What happened to a person id. An id *lives* in a run when at least one record bears it there.
///
/// Every change falls under exactly one event. As figures: persons now = persons before + created + distinct new ids
/// of `split` − distinct old ids of `merged` − retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A new id, and none of its records was in the last run. No old id; `records` = all its records.
    Created,
    /// The old id lived in the last run and does not any more, and `records` of its records now bear the new id, which
    /// lived before. An old person whose records went to several others has one row for each.
    Merged,
    /// The new id is new, and made of records of an old person whose id lives on elsewhere. A new person made of
    /// records of several old ones has one row for each.
    Split,
    /// Both ids lived before and still do; `records` went from the one to the other.
    Reassigned,
    /// The old id does not live any more, and none of its records is in this run. No new id; `records` = the records
    /// that are gone.
    Retired,
}

impl Event {
    /// As written to tables and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Reassigned => "reassigned",
            Self::Retired => "retired",
        }
    }
}

/// One row of `lineage`; the table is in the order of event, old id, new id, which is also its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lineage {
    /// What happened.
    pub event: Event,
    /// The id in the last run; [`NO_PERSON`] for created.
    pub old: u128,
    /// The id in this run; [`NO_PERSON`] for retired.
    pub new: u128,
    /// How many records; never 0.
    pub records: u64,
}

/// One row of `moves`: a record that both runs know and whose person id changed.
///
/// Records that are gone have no row: their keys may be those of an erased person, which must not be written again.
/// Records that arrived have none either: the crosswalk itself has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The record's number in this run; the table is in this order and holds each record once.
    pub record: u32,
    /// The id in the last run.
    pub old: u128,
    /// The id in this run.
    pub new: u128,
}
