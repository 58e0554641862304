//! Two crosswalks side by side, in one walk through both.

use std::cmp::Ordering;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::model::NO_PERSON;

/// Which of the two crosswalks a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The earlier run.
    Before,
    /// The later run.
    After,
}

/// What two crosswalks have in common. Rows come in the order of record keys; see [`Crosswalks::meet`].
#[derive(Debug, Default)]
pub struct Crosswalks {
    /// Records of the earlier run.
    pub before: u64,
    /// Records of the later run.
    pub after: u64,
    /// Records of both.
    pub both: u64,
    /// (old id, new id) of every record whose id differs; [`NO_PERSON`] = the run does not have the record.
    pub changes: Vec<(u128, u128)>,
    ids: [Vec<u128>; 2],
    /// Hash of the record key, old id, new id: records of both whose id differs.
    moved: Vec<(u64, u128, u128)>,
    /// Hashes of the keys of records that one of them alone has.
    only: [Vec<u64>; 2],
}

/// The key of a record: source, record id.
pub type Key<'a> = (&'a str, &'a str);

impl Crosswalks {
    /// Takes the row that comes first in key order, or both when they are of one record; says which of them to go on
    /// from. None = there are no rows.
    pub fn meet(&mut self, before: Option<(Key<'_>, u128)>, after: Option<(Key<'_>, u128)>) -> Vec<Side> {
        let order = match (&before, &after) {
            (None, None) => return Vec::new(),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let key = before.filter(|_| order != Ordering::Greater).or(after).map(|row| hash(row.0));
        let old = before.filter(|_| order != Ordering::Greater).map_or(NO_PERSON, |row| row.1);
        let new = after.filter(|_| order != Ordering::Less).map_or(NO_PERSON, |row| row.1);
        if old != new {
            self.changes.push((old, new));
            match (key, order) {
                (Some(key), Ordering::Less) => self.only[0].push(key),
                (Some(key), Ordering::Greater) => self.only[1].push(key),
                (Some(key), Ordering::Equal) => self.moved.push((key, old, new)),
                (None, _) => {}
            }
        }
        let sides = match order {
            Ordering::Less => vec![Side::Before],
            Ordering::Greater => vec![Side::After],
            Ordering::Equal => vec![Side::Before, Side::After],
        };
        for side in &sides {
            let (count, id) = match side {
                Side::Before => (&mut self.before, old),
                Side::After => (&mut self.after, new),
            };
            *count += 1;
            let ids = &mut self.ids[usize::from(*side == Side::After)];
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
        self.both += u64::from(order == Ordering::Equal);
        sides
    }

    /// To be called behind the last row, before [`only`](Self::only) and [`moved`](Self::moved) are asked.
    pub fn finish(&mut self) {
        self.moved.sort_unstable();
        self.only.iter_mut().for_each(|keys| keys.sort_unstable());
    }

    /// Which of the two alone has the record.
    #[must_use]
    pub fn only(&self, record: Key<'_>) -> Option<Side> {
        let key = hash(record);
        let sides = [Side::Before, Side::After].into_iter().zip(&self.only);
        sides.into_iter().find(|(_, keys)| keys.binary_search(&key).is_ok()).map(|(side, _)| side)
    }

    /// The old and the new id of a record of both whose id differs.
    #[must_use]
    pub fn moved(&self, record: Key<'_>) -> Option<[u128; 2]> {
        let key = hash(record);
        let at = self.moved.partition_point(|row| row.0 < key);
        self.moved.get(at).filter(|row| row.0 == key).map(|row| [row.1, row.2])
    }

    /// The ids that live in the earlier and in the later run, rising.
    #[must_use]
    pub fn living(&mut self) -> [Vec<u128>; 2] {
        let mut ids = std::mem::take(&mut self.ids);
        for ids in &mut ids {
            ids.sort_unstable();
            ids.dedup();
        }
        ids
    }
}

/// Only asked whether two keys are the same, of records of a run or two: 64 bits are enough.
fn hash((source, record_id): Key<'_>) -> u64 {
    xxh3_64_with_seed(record_id.as_bytes(), xxh3_64(source.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_what_became_of_it() {
        let before = [(("pos", "1"), 1), (("pos", "2"), 2), (("web", "1"), 3)];
        let after = [(("pos", "2"), 1), (("pos", "3"), 9), (("web", "1"), 3)];
        let (mut walked, mut at) = (Crosswalks::default(), [0, 0]);
        loop {
            let sides = walked.meet(before.get(at[0]).copied(), after.get(at[1]).copied());
            if sides.is_empty() {
                break;
            }
            sides.into_iter().for_each(|side| at[usize::from(side == Side::After)] += 1);
        }
        walked.finish();
        assert_eq!((walked.before, walked.after, walked.both), (3, 3, 2));
        assert_eq!(walked.changes, [(1, 0), (2, 1), (0, 9)]);
        let only = [("pos", "1"), ("pos", "2"), ("pos", "3"), ("web", "1")].map(|record| walked.only(record));
        assert_eq!(only, [Some(Side::Before), None, Some(Side::After), None]);
        assert_eq!((walked.moved(("pos", "2")), walked.moved(("web", "1"))), (Some([2, 1]), None));
        assert_eq!(walked.living(), [vec![1, 2, 3], vec![1, 3, 9]]);
    }
}
