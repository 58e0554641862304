//! Ids that only rolled-back runs gave: they come back to the records that bore them, and to nobody else.
//!
//! Whoever read the run that was rolled back has its ids, so they are never given to others. But the same records mostly
//! return with the next run, or with a mended file some nights later, and then they are the same persons. What a
//! rolled-back run says of ids that the published runs gave is of no account: those have their own history.

use std::collections::HashSet;

use super::Previous;
use super::assign::{OPEN, Pair, match_up};
use crate::model::{Event, Lineage, Persons};

/// The ids that no run bore which the next one goes on from: `is_rolled_back` says of a run's number whether the next one
/// does not go on from it, `history` is what happened to ids in the runs that it goes on from.
#[must_use]
pub fn unborne(
    previous: &Previous,
    is_rolled_back: impl Fn(u32) -> bool,
    history: impl IntoIterator<Item = Lineage>,
) -> HashSet<u128> {
    let issued = previous.issued.ids().iter().zip(previous.issued.runs());
    let mut ids: HashSet<u128> = issued.filter(|(_, run)| is_rolled_back(**run)).map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return ids;
    }
    // An id is issued once: one that came back has lived, and may have ended, in a run of the history.
    let ended = history.into_iter().filter(|row| matches!(row.event, Event::Merged | Event::Retired));
    ended.for_each(|row| _ = ids.remove(&row.old));
    previous.person_ids.iter().for_each(|id| _ = ids.remove(id));
    previous.gone.person_ids().for_each(|id| _ = ids.remove(&id));
    ids
}

/// Who of `without` (groups that no living id came to, rising) gets back which id: pairs by falling number of records,
/// ties to the oldest id, then to the smallest label, each side once.
pub(super) fn give_back(
    without: &[u32],
    persons: &Persons,
    previous: &Previous,
    is_erased: &(dyn Fn(u128) -> bool + Sync),
) -> Vec<(u32, u128)> {
    let place = |record: u32| without.binary_search(&persons.person_of[record as usize]).ok();
    let mut bore: Vec<(u128, u32)> =
        previous.returning.iter().filter_map(|&(id, record)| Some((id, place(record)? as u32))).collect();
    bore.sort_unstable();
    let same = bore.chunk_by(|a, b| a == b).filter(|same| !is_erased(same[0].0));
    let pairs: Vec<Pair> =
        same.map(|same| Pair { old: same[0].0, group: same[0].1, shared: same.len() as u32 }).collect();
    let mut ids = if pairs.is_empty() { Vec::new() } else { vec![OPEN; without.len()] };
    match_up(&pairs, &previous.issued, &mut ids);
    without.iter().copied().zip(ids).filter(|(_, id)| *id != OPEN).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Groups, run_returning};
    use super::super::{Issued, person_id};
    use super::*;
    use crate::model::NO_PERSON;

    fn key(id: &str) -> (String, String) {
        ("web".to_owned(), id.to_owned())
    }

    /// `"a b, c"`: a and b are together, c is alone.
    fn groups(text: &str) -> Groups {
        text.split(',').map(|group| group.split_whitespace().map(key).collect()).collect()
    }

    #[test]
    fn an_id_of_a_rolled_back_run_comes_back_to_its_records_only() {
        let issued = Issued::new([(1, 1), (5, 2), (6, 2)]);
        let old = std::iter::once((key("a"), 1)).collect();
        let after = |now: &str, returning: &[(u128, &str)]| {
            let returning: Vec<_> = returning.iter().map(|(id, record)| (*id, key(record))).collect();
            run_returning(&groups(now), Some((&old, &issued)), None, &returning)
        };
        let back = after("a, x y, z", &[(5, "x"), (5, "y"), (6, "z")]);
        assert_eq!(back.assigned.ids.0, [1, 5, 6]);
        assert!(back.assigned.fresh.is_empty());
        assert_eq!(back.assigned.lineage.len(), 2, "both are created");
        let torn = after("a, x, y z", &[(5, "x"), (5, "y"), (5, "z")]);
        assert_eq!(torn.assigned.ids.0, [1, person_id("web", "x", 0), 5], "to most of them");
        let joined = after("a x", &[(5, "x")]);
        assert_eq!(joined.assigned.ids.0, [1], "whoever has an id keeps it");
        let both = after("x z", &[(6, "x"), (5, "z")]);
        assert_eq!(both.assigned.ids.0, [5], "of two the oldest");
    }

    #[test]
    fn an_id_that_lived_since_is_nobodys() {
        let row = |event, old, new| Lineage { event, old, new, records: 1 };
        let issued = Issued::new([(1, 1), (5, 2), (6, 2), (7, 2), (8, 2), (9, 4)]);
        let previous = Previous { person_ids: vec![1, NO_PERSON, 6], issued, ..Previous::default() };
        let history = [row(Event::Merged, 7, 1), row(Event::Retired, 9, NO_PERSON), row(Event::Split, 8, 1)];
        let found = unborne(&previous, |run| run == 2 || run == 4, history);
        assert_eq!(found, HashSet::from([5, 8]));
        assert!(unborne(&previous, |_| false, history).is_empty());
    }
}
