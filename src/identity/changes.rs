//! What the new ids change against the last run: the rows of `lineage` and `moves`.

use rayon::prelude::*;

use super::assign::Pair;
use crate::model::{Event, Lineage, Move, NO_PERSON, Persons};

/// A row per group of new records only.
pub(super) fn created(persons: &Persons, ids: &[u128], groups: &[u32]) -> Vec<Lineage> {
    let row = |&group: &u32| Lineage {
        event: Event::Created,
        old: NO_PERSON,
        new: ids[group as usize],
        records: persons.records(group).len() as u64,
    };
    groups.iter().map(row).collect()
}

/// A row per (old person, new group) that shared records and not the id; `pairs` are in the order of old ids, `split`
/// are the groups that old persons were in and that got a fresh id, rising.
///
/// Every group that an old person without an id was in won another old id: had it won none, it could have had this one.
/// So a fresh id takes records from living ids only.
pub(super) fn between(pairs: &[Pair], ids: &[u128], split: &[u32]) -> Vec<Lineage> {
    let mut rows = Vec::new();
    for of_old in pairs.chunk_by(|a, b| a.old == b.old) {
        let lives = of_old.iter().any(|pair| ids[pair.group as usize] == pair.old);
        for pair in of_old {
            let new = ids[pair.group as usize];
            if new == pair.old {
                continue;
            }
            let event = if !lives {
                Event::Merged
            } else if split.binary_search(&pair.group).is_ok() {
                Event::Split
            } else {
                Event::Reassigned
            };
            rows.push(Lineage { event, old: pair.old, new, records: u64::from(pair.shared) });
        }
    }
    rows
}

/// A row per old id of which only gone records are left; `gone` is rising, an id per record, `living` is rising.
pub(super) fn retired(gone: &[u128], living: &[u128]) -> Vec<Lineage> {
    gone.chunk_by(|a, b| a == b)
        .filter(|same| living.binary_search(&same[0]).is_err())
        .map(|same| Lineage { event: Event::Retired, old: same[0], new: NO_PERSON, records: same.len() as u64 })
        .collect()
}

/// A row per record whose id changed, in the order of records. Only the groups of `pairs` can have one.
pub(super) fn moves(persons: &Persons, old: &[u128], pairs: &[Pair], ids: &[u128]) -> Vec<Move> {
    let mut groups: Vec<u32> =
        pairs.iter().filter(|pair| ids[pair.group as usize] != pair.old).map(|pair| pair.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let has_moved = |&group: &u32| {
        let new = ids[group as usize];
        let came = move |&record: &u32| old[record as usize] != NO_PERSON && old[record as usize] != new;
        persons.records(group).iter().copied().filter(came)
    };
    let mut records: Vec<u32> = groups.par_iter().flat_map_iter(has_moved).collect();
    records.par_sort_unstable();
    let row =
        |record: u32| Move { record, old: old[record as usize], new: ids[persons.person_of[record as usize] as usize] };
    records.into_par_iter().map(row).collect()
}
