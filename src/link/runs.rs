//! A sorted part as runs: one value with all the records that carry it.

use crate::model::{Key, NamespaceId, Occurrence, Occurrences, SharedValue};

/// One value and its records.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The value's key.
    pub key: Key,
    /// Who carries it, by rising record number, each once.
    pub records: &'a [Occurrence],
    /// Whether too many people have it: then it links nothing.
    pub shared: bool,
}

/// The runs of one sorted part, by key. `shared`: all shared values, by namespace and key.
pub fn runs<'a>(
    part: &'a [Occurrence],
    namespace: NamespaceId,
    shared: &'a [SharedValue],
) -> impl Iterator<Item = Run<'a>> {
    let mut rest = part;
    let mut shared = match rest.first() {
        Some(first) => &shared[shared.partition_point(|s| (s.namespace, s.key) < (namespace, first.key()))..],
        None => shared,
    };
    std::iter::from_fn(move || {
        let (records, behind) = split_run(rest)?;
        rest = behind;
        let key = records[0].key();
        let mut is_shared = false;
        // A value on one record is never shared, and most values are on one.
        if records.len() > 1 {
            while shared.first().is_some_and(|s| s.namespace == namespace && s.key < key) {
                shared = &shared[1..];
            }
            is_shared = shared.first().is_some_and(|s| s.namespace == namespace && s.key == key);
        }
        Some(Run { key, records, shared: is_shared })
    })
}

/// All occurrences of one value; `occurrences` are sorted.
#[must_use]
pub fn of_value(occurrences: &Occurrences, key: Key) -> &[Occurrence] {
    let part = &occurrences.parts[Occurrence::new(key, 0).part(occurrences.bits)];
    let from = part.partition_point(|o| o.key() < key);
    let to = part.partition_point(|o| o.key() <= key);
    &part[from..to]
}

/// The first value's run, and what is behind it.
pub(super) fn split_run(part: &[Occurrence]) -> Option<(&[Occurrence], &[Occurrence])> {
    let key = part.first()?.key();
    let mut end = 1;
    while end < part.len() && part[end].key() == key {
        end += 1;
    }
    Some(part.split_at(end))
}
