//! What happened to ids between any two crosswalks, whether or not the one run followed on the other.

use std::collections::HashSet;

use crate::model::{Event, Lineage, NO_PERSON};

/// The lineage between two crosswalks.
///
/// `changes` are the records whose id differs, in any order: (old id, new id), with [`NO_PERSON`] for a record that
/// arrived or is gone. `before` and `after` are the ids that live in either run, rising. The rows come as lineage does.
#[must_use]
pub fn compare(mut changes: Vec<(u128, u128)>, before: &[u128], after: &[u128]) -> Vec<Lineage> {
    changes.sort_unstable();
    // Asked once per id and never listed, so a hash set costs no order.
    let is_between = |pair: &&(u128, u128)| pair.0 != NO_PERSON && pair.1 != NO_PERSON;
    let gave: HashSet<u128> = changes.iter().filter(is_between).map(|pair| pair.0).collect();
    let got: HashSet<u128> = changes.iter().filter(is_between).map(|pair| pair.1).collect();
    let lived = |id: u128| before.binary_search(&id).is_ok();
    let lives = |id: u128| after.binary_search(&id).is_ok();
    let event = |old: u128, new: u128| match (old, new) {
        (NO_PERSON, new) => (!lived(new) && !got.contains(&new)).then_some(Event::Created),
        (old, NO_PERSON) => (!lives(old) && !gave.contains(&old)).then_some(Event::Retired),
        (old, _) if !lives(old) => Some(Event::Merged),
        (_, new) if !lived(new) => Some(Event::Split),
        _ => Some(Event::Reassigned),
    };
    let same = changes.chunk_by(|a, b| a == b);
    let mut rows: Vec<Lineage> = same
        .filter_map(|same| {
            let (old, new) = same[0];
            event(old, new).map(|event| Lineage { event, old, new, records: same.len() as u64 })
        })
        .collect();
    rows.sort_unstable();
    rows
}
