//! Who is on a suppression list.

use std::ops::Range;

use rayon::prelude::*;

use super::Rules;
use crate::model::{Key, NamespaceId, Occurrence, Occurrences, Persons, Records, Row, SuppressionList, looks};

/// Gives the digests by which a stored row's values of some namespaces may be listed.
pub type Digests<'a> = dyn Fn(Row<'_>, &[NamespaceId], &mut dyn FnMut(NamespaceId, Key)) + Sync + 'a;

/// Persons with the number of the list that they are on, sorted, each pair once. Listed values are looked up among the
/// identifiers; digests need a pass over all records, which only lists that have some cost.
pub(super) fn listed(
    rules: Rules<'_>,
    records: &Records,
    persons: &Persons,
    occurrences: &[Occurrences],
) -> Vec<(u32, u16)> {
    let mut found: Vec<(u32, u16)> = Vec::new();
    for (number, list) in rules.lists.iter().enumerate() {
        let occurrences = &occurrences[usize::from(list.namespace)];
        let of_value = |key: &Key| {
            let users = carriers(occurrences, *key).iter();
            users.map(|user| (persons.person_of[user.record as usize], number as u16)).collect::<Vec<_>>()
        };
        found.par_extend(list.values.par_iter().flat_map_iter(of_value));
    }
    found.extend(by_digest(rules, records, persons));
    found.par_sort_unstable();
    found.dedup();
    found
}

/// The occurrences of a value.
fn carriers(occurrences: &Occurrences, key: Key) -> &[Occurrence] {
    let part = &occurrences.parts[Occurrence::new(key, 0).part(occurrences.bits)];
    let first = part.partition_point(|other| other.key() < key);
    let behind = part[first..].partition_point(|other| other.key() == key);
    &part[first..first + behind]
}

fn by_digest(rules: Rules<'_>, records: &Records, persons: &Persons) -> Vec<(u32, u16)> {
    let hashed: Vec<(u16, &SuppressionList)> =
        (0..).zip(rules.lists).filter(|(_, list)| !list.digests.is_empty()).collect();
    let mut wanted: Vec<NamespaceId> = hashed.iter().map(|(_, list)| list.namespace).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Vec::new();
    }
    let of_stretch = |stretch: &Range<u32>| {
        let (mut found, rows) = (Vec::new(), records.rows());
        for record in stretch.clone() {
            (rules.digests)(rows.row(record), &wanted, &mut |namespace, key| {
                for (number, list) in hashed.iter().filter(|(_, list)| list.namespace == namespace) {
                    if list.digests.binary_search(&key).is_ok() {
                        found.push((persons.person_of[record as usize], *number));
                    }
                }
            });
        }
        found
    };
    looks(records.len()).par_iter().map(of_stretch).collect::<Vec<_>>().concat()
}
