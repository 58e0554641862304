//! Where an old id went, over many runs.

use std::collections::BTreeMap;

use super::Moved;
use crate::model::{Event, Lineage, NO_PERSON};

/// An id that may hold records of the person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heir {
    /// An id that lives after the last run of the history.
    pub id: u128,
    /// At most so many of the records; `None` = the id asked for still lives, with all that did not go to other heirs.
    pub at_most: Option<u64>,
}

/// Where the records of person `id` may be now, by lineage alone: the id itself first, if it lives, then by falling
/// count. Empty when all of its records are gone, or when nobody ever bore the id.
///
/// `history` is the lineage of every run since, oldest first, without gaps. A count is exact until an heir itself loses
/// records: lineage counts records and does not name them, so from there on it is a bound. [`trace`] is exact.
#[must_use]
pub fn follow(id: u128, history: &[Vec<Lineage>]) -> Vec<Heir> {
    // The bound of each heir; the person itself has as many as it ever had.
    let mut heirs = BTreeMap::from([(id, u64::MAX)]);
    for run in history {
        let before = heirs.clone();
        for row in run {
            let Some(&bound) = before.get(&row.old) else { continue };
            if matches!(row.event, Event::Merged | Event::Retired) {
                heirs.remove(&row.old);
            }
            if row.new != NO_PERSON {
                let more = heirs.entry(row.new).or_insert(0);
                *more = more.saturating_add(bound.min(row.records));
            }
        }
    }
    let mut heirs: Vec<Heir> = heirs
        .into_iter()
        .map(|(heir, bound)| Heir { id: heir, at_most: (heir != id || bound != u64::MAX).then_some(bound) })
        .collect();
    heirs.sort_unstable_by_key(|heir| (heir.at_most.is_some(), std::cmp::Reverse(heir.at_most), heir.id));
    heirs
}

/// Where the records that person `id` lost are now: record key → id, [`NO_PERSON`] = gone. Records of the person that
/// never moved are not among them: they are those that bear the id in the crosswalk now.
///
/// `history` is what moved in every run since, oldest first. When it holds the rows of `moves` only, a record that is
/// gone keeps its last id here: ask the crosswalk.
#[must_use]
pub fn trace<K: Ord + Clone>(id: u128, history: &[Vec<Moved<K>>]) -> BTreeMap<K, u128> {
    let mut places: BTreeMap<K, u128> = BTreeMap::new();
    for moved in history.iter().flatten() {
        if moved.old == id {
            places.insert(moved.key.clone(), moved.new);
        } else if let Some(place) = places.get_mut(&moved.key) {
            *place = moved.new;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(event: Event, old: u128, new: u128, records: u64) -> Lineage {
        Lineage { event, old, new, records }
    }

    #[test]
    fn an_id_that_nothing_happened_to_is_where_it_was() {
        assert_eq!(follow(7, &[]), [Heir { id: 7, at_most: None }]);
        assert_eq!(follow(7, &[vec![row(Event::Merged, 8, 7, 3)]]), [Heir { id: 7, at_most: None }]);
    }

    #[test]
    fn records_are_followed_through_merges_and_splits() {
        let history = [
            vec![row(Event::Split, 1, 2, 3), row(Event::Reassigned, 1, 5, 1)],
            vec![row(Event::Merged, 1, 9, 4), row(Event::Split, 9, 10, 2)],
            vec![row(Event::Split, 9, 11, 2), row(Event::Retired, 5, 0, 6)],
        ];
        let found: Vec<_> = follow(1, &history).iter().map(|heir| (heir.id, heir.at_most)).collect();
        // What 9 lost in the run in which it got our records was not ours.
        assert_eq!(found, [(9, Some(4)), (2, Some(3)), (11, Some(2))]);
        assert_eq!(follow(5, &history), []);
    }

    #[test]
    fn ids_that_swap_records_keep_their_own() {
        let swap = vec![row(Event::Reassigned, 1, 2, 3), row(Event::Reassigned, 2, 1, 5)];
        let found: Vec<_> = follow(1, &[swap]).iter().map(|heir| (heir.id, heir.at_most)).collect();
        assert_eq!(found, [(1, None), (2, Some(3))]);
    }

    #[test]
    fn lost_records_are_found_one_by_one() {
        let moved = |key: &'static str, old, new| Moved { key, old, new };
        let history = [
            vec![moved("a", 1, 2), moved("b", 1, 3), moved("x", 9, 3)],
            vec![moved("a", 2, 4), moved("b", 3, 1), moved("x", 3, 2)],
            vec![moved("a", 4, 0)],
        ];
        assert_eq!(trace(1, &history), BTreeMap::from([("a", 0), ("b", 1)]));
    }
}
