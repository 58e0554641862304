//! Opt-outs and bounces on addresses: they hold for everybody who uses the address.

use rayon::prelude::*;

use super::Plan;
use super::decide::{stands_before, weighs};
use crate::model::{ConsentId, NamespaceId, Occurrence, Occurrences, Persons, Schema, Statement, Word};

/// The statements that hold for others than the person whose record they are on, each once, in no order. `own` is by
/// record.
pub(super) fn carry(
    plan: &Plan,
    own: &[Statement],
    persons: &Persons,
    occurrences: &[Occurrences],
    schema: &Schema,
) -> Vec<Statement> {
    let outs: Vec<Statement> = own.iter().filter(|statement| statement.word != Word::OptedIn).copied().collect();
    if outs.is_empty() {
        return Vec::new();
    }
    let mut speaks = vec![0u64; persons.person_of.len().div_ceil(64)];
    for statement in &outs {
        speaks[statement.record as usize / 64] |= 1 << (statement.record % 64);
    }
    let all = Outs { plan, outs, speaks, persons };
    let mut carried = Vec::new();
    for (namespace, occurrences) in occurrences.iter().enumerate() {
        let namespace = namespace as NamespaceId;
        let keys: Vec<ConsentId> = (0..schema.consents.len() as ConsentId)
            .filter(|&key| schema.consents[usize::from(key)].addresses.contains(&namespace))
            .collect();
        if keys.is_empty() {
            continue;
        }
        let of_part = |part: &crate::model::Table<Occurrence>| {
            let mut found = Vec::new();
            for value in part.chunk_by(|a, b| a.key() == b.key()).filter(|value| value.len() > 1) {
                all.of_value(value, namespace, &keys, &mut found);
            }
            found
        };
        carried.extend(occurrences.parts.par_iter().map(of_part).collect::<Vec<_>>().concat());
    }
    carried
}

/// Statements of records that are not opt-ins, by record.
struct Outs<'a> {
    plan: &'a Plan,
    outs: Vec<Statement>,
    /// A bit per record: whether it has one.
    speaks: Vec<u64>,
    persons: &'a Persons,
}

impl Outs<'_> {
    fn of_record(&self, record: u32) -> &[Statement] {
        if self.speaks[record as usize / 64] >> (record % 64) & 1 == 0 {
            return &[];
        }
        let first = self.outs.partition_point(|statement| statement.record < record);
        let behind = self.outs.partition_point(|statement| statement.record <= record);
        &self.outs[first..behind]
    }

    /// What holds for everybody who uses an address, `value` being the records that carry it.
    fn of_value(&self, value: &[Occurrence], via: NamespaceId, keys: &[ConsentId], found: &mut Vec<Statement>) {
        if value.iter().all(|occurrence| self.of_record(occurrence.record).is_empty()) {
            return;
        }
        let mut users: Vec<u32> =
            value.iter().map(|occurrence| self.persons.person_of[occurrence.record as usize]).collect();
        users.sort_unstable();
        users.dedup();
        if users.len() == 1 {
            return;
        }
        for &key in keys {
            let said = || value.iter().flat_map(|occurrence| self.of_record(occurrence.record));
            let policy = self.plan.keys[usize::from(key)].policy;
            let out =
                said().filter(|said| said.key == key && said.word.is_out()).min_by(|a, b| stands_before(policy, a, b));
            let bounce =
                said().filter(|said| said.key == key && said.word == Word::Bounce).max_by_key(|said| weighs(said));
            for statement in out.into_iter().chain(bounce) {
                let others = users.iter().filter(|user| **user != statement.person);
                found.extend(others.map(|&person| Statement { person, via: Some(via), ..*statement }));
            }
        }
    }
}
