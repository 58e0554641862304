//! From the ids of an earlier run to the persons of this one.

use super::PersonIds;
use crate::model::{Event, Lineage};

/// Finds persons by their id. Ids are hashes, so their first bits say where to look: about one step each.
#[derive(Debug, Default)]
pub struct PersonIndex {
    /// Person numbers by the first bits of their ids, then by number.
    persons: Vec<u32>,
    /// Where each value of the first bits begins in `persons`; one entry more than values.
    starts: Vec<u32>,
    bits: u32,
    /// (old id, id of an heir), rising: where a person of the last run went that is no more, or in part.
    heirs: Vec<(u128, u128)>,
}

impl PersonIndex {
    /// Of all persons; `lineage` is what happened to ids since the last run.
    #[must_use]
    pub fn new(ids: &PersonIds, lineage: &[Lineage]) -> Self {
        let bits = ids.0.len().max(2).ilog2().min(28);
        let mut starts = vec![0u32; (1 << bits) + 1];
        for &id in &ids.0 {
            starts[bucket(id, bits) + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let (mut next, mut persons) = (starts.clone(), vec![0u32; ids.0.len()]);
        for (person, &id) in ids.0.iter().enumerate() {
            let next = &mut next[bucket(id, bits)];
            persons[*next as usize] = person as u32;
            *next += 1;
        }
        let inherits = |row: &&Lineage| matches!(row.event, Event::Merged | Event::Split);
        let mut heirs: Vec<(u128, u128)> = lineage.iter().filter(inherits).map(|row| (row.old, row.new)).collect();
        heirs.sort_unstable();
        heirs.dedup();
        Self { persons, starts, bits, heirs }
    }

    /// The person who bears the id now.
    #[must_use]
    pub fn find(&self, ids: &PersonIds, id: u128) -> Option<u32> {
        let bucket = bucket(id, self.bits);
        let here = &self.persons[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        here.iter().copied().find(|&person| ids.0[person as usize] == id)
    }

    /// The persons of this run who were that person of the last one: who bears the id still, those whom it was merged
    /// into, and those that were split off it.
    pub fn now<'a>(&'a self, ids: &'a PersonIds, id: u128) -> impl Iterator<Item = u32> + 'a {
        let from = self.heirs.partition_point(|(old, _)| *old < id);
        let heirs = self.heirs[from..].iter().take_while(move |(old, _)| *old == id).map(|(_, heir)| *heir);
        std::iter::once(id).chain(heirs).filter_map(move |id| self.find(ids, id))
    }
}

fn bucket(id: u128, bits: u32) -> usize {
    (id >> (128 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_found_by_their_own_id_and_by_those_they_had() {
        let ids: Vec<u128> = (0..1000u128).map(|n| super::super::person_id("pos", &n.to_string(), 0) ^ n).collect();
        let (ids, gone) = (PersonIds(ids), super::super::person_id("pos", "gone", 0));
        let row = |event, old, new| Lineage { event, old, new, records: 1 };
        let lineage = [
            row(Event::Merged, gone, ids.0[7]),
            row(Event::Split, ids.0[8], ids.0[9]),
            row(Event::Reassigned, ids.0[10], ids.0[11]),
        ];
        let index = PersonIndex::new(&ids, &lineage);
        for (person, &id) in ids.0.iter().enumerate() {
            assert_eq!(index.find(&ids, id), Some(person as u32));
        }
        assert_eq!(index.find(&ids, gone), None);
        let now = |id| index.now(&ids, id).collect::<Vec<_>>();
        assert_eq!(now(gone), [7]);
        assert_eq!(now(ids.0[8]), [8, 9]);
        assert_eq!(now(ids.0[10]), [10], "some records that went elsewhere do not make another person of it");
        assert_eq!(now(1), [0u32; 0]);
    }

    #[test]
    fn where_nobody_is_nobody_is_found() {
        let none = PersonIds::default();
        assert_eq!(PersonIndex::new(&none, &[]).find(&none, 5), None);
    }
}
