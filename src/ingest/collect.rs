//! Batches, gathered as they arrive.

use hashbrown::HashMap;

use super::Batch;
use crate::model::{Blocked, Chunk, Occurrence, Reject, Schema, SourceCounts};
use crate::problem::{Problem, Result};

/// Most chunks that a run can hold: a slot has 16 bits for the chunk.
const MAX_CHUNKS: usize = 1 << 16;

/// All batches of a run, gathered; [`super::number`] turns them into records.
#[derive(Debug, Default)]
pub struct Collected {
    /// Chunks in order of arrival; their occurrences, blocked values and compare codes are taken out.
    pub(super) chunks: Vec<Chunk>,
    /// Per namespace, per chunk; `record` is the row within the chunk.
    pub(super) occurrences: Vec<Vec<Vec<Occurrence>>>,
    /// Per namespace: how many occurrences each part will get.
    pub(super) part_sizes: Vec<Vec<u32>>,
    /// Per chunk.
    pub(super) blocked: Vec<Vec<Blocked>>,
    /// Per compare field.
    pub(super) compare: Vec<CompareParts>,
    /// All rejects, in order of arrival.
    pub(super) rejects: Vec<Reject>,
    /// Rows, rejects and filtered rows so far, per source.
    pub(super) counts: Vec<SourceCounts>,
    /// Number of fields in the schema.
    pub(super) fields: usize,
}

/// One compare field, its chunk dictionaries merged into one.
#[derive(Debug, Default)]
pub(super) struct CompareParts {
    /// Per chunk: the chunk's own codes.
    pub codes: Vec<Vec<u16>>,
    /// Per chunk: own code − 1 → code of the merged dictionary.
    pub merged: Vec<Vec<u32>>,
    /// Merged dictionary: key → 1 + its position in `keys`.
    index: HashMap<Box<str>, u32, foldhash::fast::FixedState>,
    /// Merged dictionary.
    pub keys: Vec<Box<str>>,
}

/// Identifier parts, as top bits of the key: 256 parts sort within the processor's cache up to tens of millions of
/// records.
pub(super) const PART_BITS: u32 = 8;

impl Collected {
    /// Nothing yet.
    #[must_use]
    pub fn new(schema: &Schema) -> Self {
        Self {
            occurrences: vec![Vec::new(); schema.namespaces.len()],
            part_sizes: vec![vec![0; 1 << PART_BITS]; schema.namespaces.len()],
            compare: schema.compare_fields.iter().map(|_| CompareParts::default()).collect(),
            counts: schema
                .sources
                .iter()
                .map(|s| SourceCounts { source: s.name.clone(), channel: s.channel.clone(), ..SourceCounts::default() })
                .collect(),
            fields: schema.fields.len(),
            ..Self::default()
        }
    }

    /// Takes a batch in. Fails when a run has more chunks than slots can name (about 4 billion rows).
    pub fn add(&mut self, batch: Batch) -> Result<()> {
        let Batch { mut chunk, rejects, rows, filtered, unread_times: _ } = batch;
        let counts = &mut self.counts[usize::from(chunk.source)];
        counts.rows += rows;
        counts.filtered += filtered;
        counts.rejects += rejects.len() as u64;
        self.rejects.extend(rejects);
        if chunk.is_empty() {
            return Ok(());
        }
        if self.chunks.len() == MAX_CHUNKS {
            return Err(Problem::run(
                "more input than one run can number (65,536 chunks of rows)",
                "split the sources over several projects, or leave out rows with `where`",
            ));
        }
        for (namespace, found) in chunk.occurrences.drain(..).enumerate() {
            let sizes = &mut self.part_sizes[namespace];
            for occurrence in &found {
                sizes[occurrence.part(PART_BITS)] += 1;
            }
            let mut found = found;
            found.shrink_to_fit();
            self.occurrences[namespace].push(found);
        }
        for (field, column) in chunk.compare.drain(..).enumerate() {
            self.compare[field].add(column.codes, column.keys);
        }
        self.blocked.push(std::mem::take(&mut chunk.blocked));
        chunk.shrink();
        self.chunks.push(chunk);
        Ok(())
    }

    /// Says how many files each source has.
    pub fn files(&mut self, files: impl IntoIterator<Item = u64>) {
        for (counts, files) in self.counts.iter_mut().zip(files) {
            counts.files = files;
        }
    }
}

impl CompareParts {
    fn add(&mut self, codes: Vec<u16>, keys: Vec<Box<str>>) {
        let mut merged = Vec::with_capacity(keys.len());
        for key in keys {
            let next = self.keys.len() as u32 + 1;
            let known = self.index.get(&key).copied();
            merged.push(known.unwrap_or(next));
            if known.is_none() {
                self.index.insert(key.clone(), next);
                self.keys.push(key);
            }
        }
        self.codes.push(codes);
        self.merged.push(merged);
    }
}
