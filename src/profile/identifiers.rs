//! Where the joins will come from: the identifiers of every source before anything is linked.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::Serialize;

use super::junk::{junk, shape};
use crate::config::NamespacePolicy;
use crate::ingest::Batch;
use crate::model::{Key, NamespaceId, Row, Schema, Unusable};
use crate::problem::mask;

/// The identifiers of all sources, gathered batch by batch.
pub struct Identifiers<'a> {
    schema: &'a Schema,
    policies: &'a [NamespacePolicy],
    /// Gives the identifiers of a row with their texts: see `normalize::Plan::identifiers`.
    texts: &'a Texts<'a>,
    /// Per namespace: every value.
    values: Vec<HashMap<Key, Seen, FixedState>>,
    /// Per source and namespace.
    figures: Vec<Vec<Figures>>,
    records: Vec<u64>,
}

/// Gives the identifiers that a row carries: (namespace, key, value to show).
pub type Texts<'a> = dyn Fn(Row<'_>, &mut dyn FnMut(NamespaceId, Key, &str)) + 'a;

/// A value.
#[derive(Debug, Default)]
struct Seen {
    records: u32,
    /// The sources that have it, as bits; those above the 64th share the last one.
    sources: u64,
    /// Its text, kept once it has come often enough to be told of.
    text: Option<Box<str>>,
}

#[derive(Debug, Clone, Default)]
struct Figures {
    usable: u64,
    unusable: BTreeMap<&'static str, u64>,
    shapes: BTreeMap<String, u64>,
}

/// What is known of all identifiers.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// Per source and identifier that it has, in the order of the config.
    pub sources: Vec<SourceIdentifier>,
    /// Values in common, per identifier and pair of sources; most first.
    pub overlaps: Vec<Overlap>,
    /// The values on most records, at most ten per identifier.
    pub most_shared: Vec<Common>,
    /// Values that look as if they identified nobody, on most records first.
    pub suspected: Vec<Common>,
}

/// An identifier in a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SourceIdentifier {
    /// The source.
    pub source: String,
    /// The identifier.
    pub namespace: String,
    /// Records of the source.
    pub records: u64,
    /// Values that can link.
    pub usable: u64,
    /// Values that cannot, by reason.
    pub unusable: BTreeMap<&'static str, u64>,
    /// Different usable values.
    pub distinct: u64,
    /// Those of them that another source has, too.
    pub elsewhere: u64,
    /// The most frequent forms of values (`9` a digit, `A` a letter), with their share in percent; from the first rows.
    pub formats: Vec<(String, u64)>,
}

/// Values that two sources have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// The identifier.
    pub namespace: String,
    /// The two sources.
    pub sources: [String; 2],
    /// Values that both have.
    pub values: u64,
}

/// A value and how often it comes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Common {
    /// The identifier.
    pub namespace: String,
    /// The value, masked unless it was asked for in full.
    pub value: String,
    /// Records that carry it.
    pub records: u64,
    /// Sources that have it.
    pub sources: u32,
    /// Why it is suspected; blank = it is not.
    pub why: String,
}

/// Rows per source whose values' forms are counted.
const SHAPED: u64 = 20_000;
/// Texts are kept from the second record on while there are fewer values than this; then from the sixteenth on.
const FEW: usize = 1 << 20;

impl<'a> Identifiers<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(schema: &'a Schema, policies: &'a [NamespacePolicy], texts: &'a Texts<'a>) -> Self {
        let (sources, namespaces) = (schema.sources.len(), schema.namespaces.len());
        Self {
            schema,
            policies,
            texts,
            values: (0..namespaces).map(|_| HashMap::default()).collect(),
            figures: vec![vec![Figures::default(); namespaces]; sources],
            records: vec![0; sources],
        }
    }

    /// Counts a batch.
    pub fn add(&mut self, batch: &Batch) {
        let chunk = &batch.chunk;
        let source = usize::from(chunk.source);
        let bit = 1 << source.min(63);
        let fields = self.schema.fields.len();
        for (namespace, occurrences) in chunk.occurrences.iter().enumerate() {
            self.figures[source][namespace].usable += occurrences.len() as u64;
            let values = &mut self.values[namespace];
            for occurrence in occurrences {
                let wanted = if values.len() < FEW { 2 } else { 16 };
                let seen = values.entry(occurrence.key()).or_default();
                seen.records += 1;
                seen.sources |= bit;
                if seen.records >= wanted && seen.text.is_none() {
                    let row = chunk.row(occurrence.record as usize, fields);
                    (self.texts)(row, &mut |of, key, text| {
                        if usize::from(of) == namespace && key == occurrence.key() {
                            seen.text.get_or_insert_with(|| text.into());
                        }
                    });
                }
            }
        }
        for blocked in &chunk.blocked {
            for (namespace, policy) in self.policies.iter().enumerate() {
                if !policy.compound && policy.fields.contains(&blocked.field) {
                    *self.figures[source][namespace].unusable.entry(blocked.reason.name()).or_default() += 1;
                }
            }
        }
        if self.records[source] < SHAPED {
            for row in 0..chunk.len() {
                (self.texts)(chunk.row(row, fields), &mut |namespace, _, text| {
                    *self.figures[source][usize::from(namespace)].shapes.entry(shape(text)).or_default() += 1;
                });
            }
        }
        self.records[source] += chunk.len() as u64;
    }

    /// What is known; values in full only if `full`.
    #[must_use]
    pub fn profile(&self, full: bool) -> Profile {
        let shown = |text: &str| if full { text.to_owned() } else { mask(text) };
        let sources = self.schema.sources.len();
        let mut profile =
            Profile { sources: Vec::new(), overlaps: Vec::new(), most_shared: Vec::new(), suspected: Vec::new() };
        let mut distinct = vec![vec![(0u64, 0u64); self.values.len()]; sources];
        for (namespace, values) in self.values.iter().enumerate() {
            let name = &self.schema.namespaces[namespace].name;
            let mut common: BTreeMap<(usize, usize), u64> = BTreeMap::new();
            let mut top: Vec<(&Seen, &str)> = Vec::new();
            for seen in values.values() {
                let has = |source: usize| seen.sources >> source.min(63) & 1 == 1;
                for one in (0..sources).filter(|one| has(*one)) {
                    distinct[one][namespace].0 += 1;
                    distinct[one][namespace].1 += u64::from(seen.sources.count_ones() > 1);
                    for other in (one + 1..sources).filter(|other| has(*other)) {
                        *common.entry((one, other)).or_default() += 1;
                    }
                }
                top.extend(seen.text.as_deref().map(|text| (seen, text)));
            }
            // By value at last, so that the map's own order shows nowhere.
            top.sort_unstable_by(|a, b| b.0.records.cmp(&a.0.records).then(a.1.cmp(b.1)));
            let told = |(seen, text): &(&Seen, &str), why: &str| Common {
                namespace: name.clone(),
                value: shown(text),
                records: u64::from(seen.records),
                sources: seen.sources.count_ones(),
                why: why.to_owned(),
            };
            profile.most_shared.extend(top.iter().take(10).map(|one| told(one, "")));
            let suspected =
                top.iter().filter_map(|one| Some(told(one, junk(one.1, self.schema.namespaces[namespace].kind)?)));
            profile.suspected.extend(suspected.take(10));
            profile.overlaps.extend(common.into_iter().map(|((one, other), values)| Overlap {
                namespace: name.clone(),
                sources: [one, other].map(|source| self.schema.sources[source].name.clone()),
                values,
            }));
        }
        profile.overlaps.sort_by_key(|overlap| std::cmp::Reverse(overlap.values));
        profile.suspected.sort_by_key(|one| std::cmp::Reverse(one.records));
        for (source, of_source) in self.figures.iter().enumerate() {
            for (namespace, figures) in of_source.iter().enumerate() {
                if figures.usable == 0 && figures.unusable.is_empty() {
                    continue;
                }
                let (distinct, elsewhere) = distinct[source][namespace];
                profile.sources.push(SourceIdentifier {
                    source: self.schema.sources[source].name.clone(),
                    namespace: self.schema.namespaces[namespace].name.clone(),
                    records: self.records[source],
                    usable: figures.usable,
                    unusable: figures.unusable.clone(),
                    distinct,
                    elsewhere,
                    formats: formats(&figures.shapes),
                });
            }
        }
        profile
    }
}

impl SourceIdentifier {
    /// Values that cannot link.
    #[must_use]
    pub fn set_aside(&self) -> u64 {
        self.unusable.values().sum()
    }

    /// Of those, the ones that are of no form at all; placeholders are of a form.
    #[must_use]
    pub fn invalid(&self) -> u64 {
        self.unusable.iter().filter(|(reason, _)| **reason != Unusable::Placeholder.name()).map(|(_, n)| n).sum()
    }
}

/// The three most frequent forms with their share in percent.
fn formats(shapes: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let all: u64 = shapes.values().sum();
    let mut shapes: Vec<(&String, &u64)> = shapes.iter().collect();
    shapes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    shapes.into_iter().take(3).map(|(shape, count)| (shape.clone(), 100 * count / all.max(1))).collect()
}
