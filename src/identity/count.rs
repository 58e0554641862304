//! What became of persons since the last run, as figures.

use super::{Assigned, Previous};
use crate::model::{Changes, NO_PERSON};

/// Counts what [`assign`](super::assign()) found; `since` is the run that `previous` was.
#[must_use]
pub fn count(assigned: &Assigned, previous: &Previous, since: u64) -> Changes {
    Changes {
        records: previous.person_ids.iter().filter(|&&id| id != NO_PERSON).count() as u64,
        moved: assigned.moves.len() as u64,
        gone: previous.gone.len() as u64,
        ..Changes::of(&assigned.lineage, assigned.ids.0.len() as u64, since)
    }
}
