//! The proof that lineage is complete: the old crosswalk and what was told to have changed give the new crosswalk.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Event, Lineage, NO_PERSON};

/// What became of one record between two runs. `K` is the record's key, ordered like record keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved<K> {
    /// The record.
    pub key: K,
    /// Its id in the old run; [`NO_PERSON`] = it arrived since.
    pub old: u128,
    /// Its id in the new run; [`NO_PERSON`] = it is gone.
    pub new: u128,
}

/// Replays what happened on the old crosswalk and returns the new one, both in key order.
///
/// `moved` are the rows of `moves` together with the records that arrived and those that are gone, in key order.
/// `lineage` is in any order, and must tell exactly what `moved` did, event by event and count by count.
///
/// # Errors
/// The first contradiction, in words that name ids and counts, never a record.
pub fn replay<K: Ord + Clone>(
    old: &[(K, u128)],
    lineage: &[Lineage],
    moved: &[Moved<K>],
) -> Result<Vec<(K, u128)>, String> {
    if !old.is_sorted_by(|a, b| a.0 < b.0) || !moved.is_sorted_by(|a, b| a.key < b.key) {
        return Err("records are not in key order, or one occurs twice".to_owned());
    }
    let new = apply(old, moved)?;
    let told: BTreeSet<&Lineage> = lineage.iter().collect();
    if told.len() < lineage.len() {
        return Err("a lineage row occurs twice".to_owned());
    }
    let happened = events(old, &new, moved);
    if let Some(missing) = happened.iter().find(|row| !told.contains(row)) {
        return Err(format!("no lineage row says {}", words(missing)));
    }
    if let Some(wrong) = lineage.iter().find(|row| !happened.contains(row)) {
        return Err(format!("a lineage row says {}, which did not happen", words(wrong)));
    }
    Ok(new)
}

/// The old crosswalk with every moved record moved, in one merge of the two.
fn apply<K: Ord + Clone>(old: &[(K, u128)], moved: &[Moved<K>]) -> Result<Vec<(K, u128)>, String> {
    let mut new = Vec::with_capacity(old.len() + moved.len());
    let mut at = 0;
    for change in moved {
        let next = at + old[at..].partition_point(|(key, _)| *key < change.key);
        new.extend_from_slice(&old[at..next]);
        at = next;
        let mut before = NO_PERSON;
        if let Some((_, id)) = old.get(at).filter(|(key, _)| *key == change.key) {
            before = *id;
            at += 1;
        }
        if before != change.old || change.old == change.new {
            let (from, to) = (name(change.old), name(change.new));
            return Err(format!("a record is said to go from {from} to {to}, but it was with {}", name(before)));
        }
        if change.new != NO_PERSON {
            new.push((change.key.clone(), change.new));
        }
    }
    new.extend_from_slice(&old[at..]);
    Ok(new)
}

/// The lineage of two crosswalks, from the definitions of the events and nothing else.
fn events<K>(old: &[(K, u128)], new: &[(K, u128)], moved: &[Moved<K>]) -> BTreeSet<Lineage> {
    let before: BTreeSet<u128> = old.iter().map(|row| row.1).collect();
    let after: BTreeSet<u128> = new.iter().map(|row| row.1).collect();
    let mut counts: BTreeMap<(u128, u128), u64> = BTreeMap::new();
    let mut has_stayed: BTreeSet<u128> = BTreeSet::new();
    for change in moved {
        *counts.entry((change.old, change.new)).or_default() += 1;
        if change.old != NO_PERSON && change.new != NO_PERSON {
            has_stayed.extend([change.old, change.new]);
        }
    }
    let event = |old: u128, new: u128| {
        if old == NO_PERSON {
            (!before.contains(&new) && !has_stayed.contains(&new)).then_some(Event::Created)
        } else if new == NO_PERSON {
            (!after.contains(&old) && !has_stayed.contains(&old)).then_some(Event::Retired)
        } else if !after.contains(&old) {
            Some(Event::Merged)
        } else if !before.contains(&new) {
            Some(Event::Split)
        } else {
            Some(Event::Reassigned)
        }
    };
    let row = |((old, new), records)| event(old, new).map(|event| Lineage { event, old, new, records });
    counts.into_iter().filter_map(row).collect()
}

fn words(row: &Lineage) -> String {
    format!("{}: {} records from {} to {}", row.event.name(), row.records, name(row.old), name(row.new))
}

fn name(id: u128) -> String {
    if id == NO_PERSON { "nobody".to_owned() } else { uuid::Uuid::from_u128(id).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [(u8, u128); 4] = [(1, 10), (2, 10), (3, 30), (5, 50)];

    fn moved(rows: &[(u8, u128, u128)]) -> Vec<Moved<u8>> {
        rows.iter().map(|&(key, old, new)| Moved { key, old, new }).collect()
    }

    fn row(event: Event, old: u128, new: u128, records: u64) -> Lineage {
        Lineage { event, old, new, records }
    }

    #[test]
    fn what_was_told_gives_the_new_crosswalk() {
        let told = [
            row(Event::Created, 0, 70, 1),
            row(Event::Merged, 30, 10, 1),
            row(Event::Split, 10, 11, 1),
            row(Event::Retired, 50, 0, 1),
        ];
        let changes = moved(&[(2, 10, 11), (3, 30, 10), (4, 0, 10), (5, 50, 0), (6, 0, 70)]);
        assert_eq!(replay(&OLD, &told, &changes), Ok(vec![(1, 10), (2, 11), (3, 10), (4, 10), (6, 70)]));
        assert_eq!(replay(&OLD, &[], &[]), Ok(OLD.to_vec()));
    }

    #[test]
    fn every_gap_in_what_was_told_is_found() {
        let changes = moved(&[(2, 10, 11), (3, 30, 10)]);
        let told = [row(Event::Merged, 30, 10, 1), row(Event::Split, 10, 11, 1)];
        assert!(replay(&OLD, &told, &changes).is_ok());
        let fault = |told: &[Lineage], changes: &[Moved<u8>]| replay(&OLD, told, changes).expect_err("a contradiction");
        assert!(fault(&told[..1], &changes).starts_with("no lineage row says split: 1 records"));
        assert!(fault(&told, &changes[..1]).contains("merged: 1 records from"));
        assert!(fault(&told, &moved(&[(2, 10, 11), (3, 10, 30)])).ends_with("001e"), "it was with 30 = 0x1e");
        assert!(fault(&[told[0], told[1], told[1]], &changes).contains("twice"));
        assert!(fault(&[], &moved(&[(3, 30, 10), (2, 10, 11)])).contains("order"));
        let two = row(Event::Split, 10, 11, 2);
        assert!(fault(&[told[0], two], &changes).contains("split"));
        assert!(fault(&[told[0], told[1], row(Event::Retired, 50, 0, 1)], &changes).contains("did not happen"));
    }
}
