//! The linking values of chosen components or persons, taken out of the sorted parts.

use rayon::prelude::*;

use crate::link::runs;
use crate::model::{Key, NamespaceId, Occurrences, SharedValue};

/// A value within one component or person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    /// The component.
    pub label: u32,
    /// Its namespace.
    pub namespace: NamespaceId,
    /// Its key.
    pub key: Key,
    /// Where its records begin in [`Gathered::records`].
    pub start: usize,
    /// How many they are.
    pub len: u32,
}

impl Value {
    /// Its records within the component, rising.
    pub(super) fn records<'a>(&self, records: &'a [u32]) -> &'a [u32] {
        &records[self.start..self.start + self.len as usize]
    }
}

/// Values of the chosen components, by component, namespace and key.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    values: Vec<Value>,
    pub records: Vec<u32>,
}

impl Gathered {
    /// The values of each component.
    pub(super) fn components(&self) -> Vec<&[Value]> {
        self.values.chunk_by(|a, b| a.label == b.label).collect()
    }
}

/// What labels stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// Components: all records of a value that is not shared have one label.
    Components,
    /// Persons: a value may lie in several, and is one value in each.
    Persons,
}

/// The records of chosen components, a bit each: few enough bytes to stay near the processor, where labels and what is
/// chosen among them would be two reaches into memory for every value.
struct Marked(Vec<u64>);

impl Marked {
    fn new(labels: &[u32], chosen: &[bool]) -> Self {
        let word = |labels: &[u32]| {
            labels.iter().enumerate().fold(0, |word, (bit, &label)| word | u64::from(chosen[label as usize]) << bit)
        };
        Self(labels.par_chunks(64).with_min_len(256).map(word).collect())
    }

    fn has(&self, record: u32) -> bool {
        self.0[record as usize / 64] >> (record % 64) & 1 == 1
    }
}

/// Gathers the values, shared ones left out, of components or persons whose label is chosen.
pub(super) fn gather(
    grouping: Grouping,
    labels: &[u32],
    chosen: &[bool],
    occurrences: &[Occurrences],
    shared: &[SharedValue],
) -> Gathered {
    let is_inside = Marked::new(labels, chosen);
    let parts: Vec<(usize, usize)> =
        (0..occurrences.len()).flat_map(|n| (0..occurrences[n].parts.len()).map(move |part| (n, part))).collect();
    let found: Vec<Gathered> = parts
        .par_iter()
        .map(|&(n, part)| {
            let mut out = Gathered::default();
            let mut within: Vec<(u32, u32)> = Vec::new();
            let part = occurrences[n].parts[part].look();
            for run in runs(&part, n as NamespaceId, shared).filter(|run| !run.shared) {
                if grouping == Grouping::Components && !is_inside.has(run.records[0].record) {
                    continue;
                }
                within.clear();
                let inside = run.records.iter().filter(|o| is_inside.has(o.record));
                within.extend(inside.map(|o| (labels[o.record as usize], o.record)));
                within.sort_unstable();
                for same in within.chunk_by(|a, b| a.0 == b.0) {
                    out.values.push(Value {
                        label: same[0].0,
                        namespace: n as NamespaceId,
                        key: run.key,
                        start: out.records.len(),
                        len: same.len() as u32,
                    });
                    out.records.extend(same.iter().map(|(_, record)| *record));
                }
            }
            out
        })
        .collect();
    let mut all = Gathered::default();
    for mut part in found {
        let offset = all.records.len();
        part.values.iter_mut().for_each(|value| value.start += offset);
        all.values.append(&mut part.values);
        all.records.append(&mut part.records);
    }
    all.values.par_sort_by_key(|value| value.label); // stable: by namespace and key within a component
    all
}
