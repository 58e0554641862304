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

    /// The event of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Created, Self::Merged, Self::Split, Self::Reassigned, Self::Retired];
        all.into_iter().find(|event| event.name() == name)
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

/// What became of persons and records since the last published run, counted.
///
/// `kept + created + split` are the persons of this run, `kept + merged + retired` those of the last one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The run that was compared with.
    pub since: u64,
    /// Persons who live on under the id that they had.
    pub kept: u64,
    /// New persons, none of whose records was there before.
    pub created: u64,
    /// New persons made of records of others.
    pub split: u64,
    /// Persons of the last run whose records went to others.
    pub merged: u64,
    /// Persons of the last run all of whose records are gone.
    pub retired: u64,
    /// Records that both runs have.
    pub records: u64,
    /// Those of them whose person id changed, for whatever reason: the rows of `moves`.
    pub moved: u64,
    /// Those of them that went from one living person to another.
    pub reassigned: u64,
    /// Records of the last run that are gone.
    pub gone: u64,
}

impl Changes {
    /// The part that lineage tells: `persons` is how many there are in the later run, `since` the earlier one.
    #[must_use]
    pub fn of(lineage: &[Lineage], persons: u64, since: u64) -> Self {
        let rows = |event: Event| lineage.iter().filter(move |row| row.event == event);
        let distinct = |event: Event, id: fn(&Lineage) -> u128| {
            let mut ids: Vec<u128> = rows(event).map(id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.len() as u64
        };
        let (created, split) = (distinct(Event::Created, |row| row.new), distinct(Event::Split, |row| row.new));
        Self {
            since,
            kept: persons - created - split,
            created,
            split,
            merged: distinct(Event::Merged, |row| row.old),
            retired: distinct(Event::Retired, |row| row.old),
            reassigned: rows(Event::Reassigned).map(|row| row.records).sum(),
            ..Self::default()
        }
    }
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
