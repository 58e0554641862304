//! Batches, gathered as they arrive.

use hashbrown::HashMap;

use super::Batch;
use crate::model::{
    Blocked, Chunk, Look, MemoryLimit, Occurrence, Piece, Place, Records, Reject, Row, Schema, SourceCounts, SpillFile,
    Store, segment_of,
};
use crate::problem::{Problem, Result};

/// Most chunks that a run can hold: a [`Slot`] has 16 bits for the chunk.
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

/// Rows as they arrived. A slot is a chunk's number in the upper 16 bits and a row within it in the lower 16.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// Of which only the store and its pieces are filled yet: one piece per chunk.
    pub records: Records,
    /// Where each row begins within its chunk, chunk by chunk.
    starts: Store<u32>,
    /// The event time of each row, the same way.
    times: Store<i64>,
    chunks: Vec<StoredChunk>,
}

#[derive(Debug)]
struct StoredChunk {
    /// Where it begins in `starts`.
    starts: Place,
    /// Where it begins in `times`.
    times: Place,
    /// How many rows it has.
    rows: u32,
    ids: Ids,
}

/// What the record ids of some rows are like: seen as they arrive, so that rows that come in order are not read again.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    first: Box<str>,
    last: Box<str>,
    /// Whether each is greater than the one before it.
    pub rising: bool,
    /// How many bytes all of them begin with alike.
    pub prefix: usize,
}

impl Ids {
    fn of(chunk: &Chunk, fields: usize) -> Self {
        let first = chunk.row(0, fields).record_id();
        let (mut last, mut rising, mut prefix) = (first, true, first.len());
        for row in 1..chunk.len() {
            let id = chunk.row(row, fields).record_id();
            rising &= last < id;
            prefix = common(&first[..prefix], id);
            last = id;
        }
        Self { first: first.into(), last: last.into(), rising, prefix }
    }

    /// Of these and those that come behind them.
    pub fn and(&self, behind: &Self) -> Self {
        Self {
            first: self.first.clone(),
            last: behind.last.clone(),
            rising: self.rising && behind.rising && self.last < behind.first,
            prefix: common(&self.first[..self.prefix.min(behind.prefix)], &behind.first),
        }
    }
}

/// How many bytes two texts begin with alike, up to the end of a character.
fn common(a: &str, b: &str) -> usize {
    if b.starts_with(a) {
        return a.len();
    }
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    (0..=same).rev().find(|&end| a.is_char_boundary(end)).unwrap_or(0)
}

/// A slot.
pub(super) type Slot = u32;

impl Stored {
    /// Takes a chunk's rows in.
    pub fn add(&mut self, chunk: &Chunk) {
        self.records.store(chunk);
        let times: Vec<i64> = (0..chunk.len()).map(|row| chunk.row(row, self.records.fields).event_time()).collect();
        self.chunks.push(StoredChunk {
            starts: self.starts.append(&chunk.starts),
            times: self.times.append(&times),
            rows: chunk.len() as u32,
            ids: Ids::of(chunk, self.records.fields),
        });
    }

    /// How many chunks there are.
    pub fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Its rows, one after the other.
    pub fn look(&self, chunk: usize) -> ChunkLook<'_> {
        let StoredChunk { starts, rows, .. } = &self.chunks[chunk];
        let (segment, first) = segment_of(*starts);
        let (bytes, at) = segment_of(self.records.pieces[chunk].place);
        ChunkLook {
            bytes: self.records.store.look(bytes),
            at,
            starts: self.starts.look(segment),
            first,
            rows: *rows as usize,
            fields: self.records.fields,
        }
    }

    /// How many rows a chunk has.
    pub fn len_of(&self, chunk: usize) -> usize {
        self.chunks[chunk].rows as usize
    }

    /// What the record ids of a chunk are like.
    pub fn ids(&self, chunk: usize) -> &Ids {
        &self.chunks[chunk].ids
    }

    /// A slot's event time.
    pub fn time(&self, slot: Slot) -> i64 {
        self.times.from(self.chunks[(slot >> 16) as usize].times)[(slot & 0xffff) as usize]
    }

    /// The piece that a chunk is.
    pub fn piece(&self, chunk: usize) -> Piece {
        self.records.pieces[chunk]
    }

    /// Where a slot's row begins.
    pub fn place(&self, slot: Slot) -> Place {
        let chunk = (slot >> 16) as usize;
        let starts = self.starts.from(self.chunks[chunk].starts);
        self.records.pieces[chunk].place + Place::from(starts[(slot & 0xffff) as usize])
    }

    /// A slot's row.
    pub fn row(&self, slot: Slot) -> Row<'_> {
        Row::new(self.records.store.from(self.place(slot)), self.records.fields)
    }
}

/// A look at the rows of a chunk.
pub(super) struct ChunkLook<'a> {
    bytes: Look<'a, u8>,
    at: usize,
    starts: Look<'a, u32>,
    first: usize,
    rows: usize,
    fields: usize,
}

impl ChunkLook<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// One of them.
    pub fn row(&self, index: usize) -> Row<'_> {
        Row::new(&self.bytes[self.at + self.starts[self.first + index] as usize..], self.fields)
    }
}

/// One namespace's occurrences, chunk by chunk, each chunk's by part; `record` is the row within the chunk.
#[derive(Debug, Default)]
pub(super) struct Parted {
    store: Store<Occurrence>,
    /// Per chunk: where it begins, and where its parts end.
    chunks: Vec<(Place, Box<[u32]>)>,
}

impl Parted {
    fn add(&mut self, occurrences: &[Occurrence], ends: Box<[u32]>) {
        self.chunks.push((self.store.append(occurrences), ends));
    }

    /// The occurrences of a part, chunk by chunk.
    pub fn part(&self, part: usize) -> impl Iterator<Item = &[Occurrence]> {
        self.chunks.iter().map(move |(place, ends)| {
            let start = if part == 0 { 0 } else { ends[part - 1] };
            &self.store.from(*place)[start as usize..ends[part] as usize]
        })
    }
}

/// Sorts occurrences into parts, within a part in the order in which they came; where each part ends. `room` is used
/// and left to be used again.
pub(super) fn by_part(occurrences: &mut Vec<Occurrence>, room: &mut Vec<Occurrence>) -> Box<[u32]> {
    let mut ends = vec![0u32; 1 << PART_BITS].into_boxed_slice();
    for occurrence in &*occurrences {
        ends[occurrence.part(PART_BITS)] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        total += std::mem::replace(end, total); // the part's begin, until its occurrences are placed
    }
    room.resize(occurrences.len(), Occurrence::default());
    for &occurrence in &*occurrences {
        let next = &mut ends[occurrence.part(PART_BITS)];
        room[*next as usize] = occurrence;
        *next += 1;
    }
    std::mem::swap(occurrences, room);
    ends
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
            rows: Stored {
                records: Records { fields: schema.fields.len(), ..Records::default() },
                ..Stored::default()
            },
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
        let Stored { records: Records { store: rows, .. }, starts, times, .. } = &mut self.rows;
        let files = match files {
            Some(files) => files,
            None => {
                let occurrences: usize = self.occurrences.iter().map(|found| found.store.held()).sum();
                let held = rows.held() + starts.held() + times.held() + occurrences;
                if held as u64 + needed(self.taken) <= limit.bytes {
                    return Ok(());
                }
                files.insert([limit.file()?, limit.file()?, limit.file()?])
            }
        };
        let [row_file, start_file, occurrence_file] = files;
        rows.spill(row_file)?;
        starts.spill(start_file)?;
        times.spill(start_file)?;
        self.occurrences.iter_mut().try_for_each(|found| found.store.spill(occurrence_file))
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
