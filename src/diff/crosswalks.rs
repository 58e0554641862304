//! Two crosswalks side by side, in one walk through both.

use std::cmp::Ordering;

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
}

impl Crosswalks {
    /// Takes the row that comes first in key order, or both when they are of one record; says which of them to go on
    /// from. None = there are no rows.
    pub fn meet<K: Ord>(&mut self, before: Option<(K, u128)>, after: Option<(K, u128)>) -> Vec<Side> {
        let order = match (&before, &after) {
            (None, None) => return Vec::new(),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let old = before.filter(|_| order != Ordering::Greater).map_or(NO_PERSON, |row| row.1);
        let new = after.filter(|_| order != Ordering::Less).map_or(NO_PERSON, |row| row.1);
        if old != new {
            self.changes.push((old, new));
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
