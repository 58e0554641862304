//! Batches, gathered as they arrive.

use hashbrown::HashMap;

use super::Batch;
use super::parted::Parted;
use super::stored::Stored;
use crate::model::{Blocked, Chunk, MemoryLimit, Reject, Schema, SourceCounts, SpillFile};
use crate::problem::{Problem, Result};

/// Most chunks that a run can hold: a [`Slot`](super::stored::Slot) has 16 bits for the chunk.
pub(super) const MAX_CHUNKS: usize = 1 << 16;

/// All batches of a run, gathered; [`super::number`] turns them into records.
#[derive(Debug, Default)]
pub struct Collected {
    /// Their rows.
    pub(super) rows: Stored,
    /// Per namespace.
    pub(super) occurrences: Vec<Parted>,
    /// Per chunk.
    pub(super) blocked: Vec<Vec<Blocked>>,
    /// Per compare field.
    pub(super) compare: Vec<CompareParts>,
    /// All rejects, in order of arrival.
    pub(super) rejects: Vec<Reject>,
    /// Rows, rejects and filtered rows so far, per source.
    pub(super) counts: Vec<SourceCounts>,
    /// Rows taken in.
    pub(super) taken: usize,
    pub(super) aside: Aside,
}

/// What does not fit into memory.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// None = everything fits.
    pub limit: Option<MemoryLimit>,
    /// Files for rows, for where they begin, and for occurrences, once there is more than the limit.
    files: Option<[SpillFile; 3]>,
}

/// Memory that a run takes for each record besides its row and its identifiers, in bytes: numbers, times, places, labels
/// and ids. That cannot be put aside.
const PER_RECORD: u64 = 60;

/// Memory that a run takes besides its records, in bytes, per thread: batches under way.
const PER_THREAD: u64 = 64 << 20;

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

impl Collected {
    /// Nothing yet; what `limit` has no room for goes to disk.
    #[must_use]
    pub fn new(schema: &Schema, limit: Option<MemoryLimit>) -> Self {
        Self {
            aside: Aside { limit, files: None },
            occurrences: schema.namespaces.iter().map(|_| Parted::default()).collect(),
            compare: schema.compare_fields.iter().map(|_| CompareParts::default()).collect(),
            counts: schema
                .sources
                .iter()
                .map(|s| SourceCounts { source: s.name.clone(), channel: s.channel.clone(), ..SourceCounts::default() })
                .collect(),
            rows: Stored::new(schema.fields.len()),
            ..Self::default()
        }
    }

    /// Takes a batch in and gives its chunk back, empty. Fails when a run has more chunks than slots can name (about 4 billion rows).
    pub fn add(&mut self, batch: Batch) -> Result<Chunk> {
        let Batch { mut chunk, part_ends, rejects, rows, filtered, erased, unread_times: _ } = batch;
        let counts = &mut self.counts[usize::from(chunk.source)];
        counts.rows += rows;
        counts.filtered += filtered;
        counts.erased += erased;
        counts.rejects += rejects.len() as u64;
        self.rejects.extend(rejects);
        if chunk.is_empty() {
            chunk.clear();
            return Ok(chunk);
        }
        if self.rows.chunks() == MAX_CHUNKS {
            return Err(Problem::run(
                "more input than one run can number (65,536 chunks of rows)",
                "split the sources over several projects, or leave out rows with `where`",
            ));
        }
        for ((all, found), ends) in self.occurrences.iter_mut().zip(&chunk.occurrences).zip(part_ends) {
            all.add(found, ends);
        }
        for (field, column) in self.compare.iter_mut().zip(chunk.compare.drain(..)) {
            field.add(column.codes, column.keys);
        }
        self.blocked.push(std::mem::take(&mut chunk.blocked));
        self.rows.add(&chunk);
        self.taken += chunk.len();
        chunk.clear();
        self.put_aside()?;
        Ok(chunk)
    }

    /// How many rows were taken in.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// Writes to disk what the limit has no room for; from the first time on, everything.
    fn put_aside(&mut self) -> Result<()> {
        let Aside { limit: Some(limit), files } = &mut self.aside else { return Ok(()) };
        let files = match files {
            Some(files) => files,
            None => {
                let occurrences: usize = self.occurrences.iter().map(Parted::held).sum();
                let held = self.rows.held() + occurrences;
                if held as u64 + needed(self.taken) <= limit.bytes {
                    return Ok(());
                }
                files.insert([limit.file()?, limit.file()?, limit.file()?])
            }
        };
        let [row_file, start_file, occurrence_file] = files;
        self.rows.spill(row_file, start_file)?;
        self.occurrences.iter_mut().try_for_each(|found| found.spill(occurrence_file))
    }

    /// Says how many files each source has.
    pub fn files(&mut self, files: impl IntoIterator<Item = u64>) {
        for (counts, files) in self.counts.iter_mut().zip(files) {
            counts.files = files;
        }
    }
}

impl Aside {
    /// The limit, if anything was put aside.
    pub fn used(self) -> Option<MemoryLimit> {
        self.limit.filter(|_| self.files.is_some())
    }
}

/// Memory that a run of so many records takes at least, in bytes.
#[must_use]
pub fn needed(records: usize) -> u64 {
    records as u64 * PER_RECORD + rayon::current_num_threads() as u64 * PER_THREAD
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
