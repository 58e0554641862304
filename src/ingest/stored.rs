//! Rows as they arrived, chunk by chunk.

use crate::model::{Chunk, Look, Piece, Place, Records, Row, SpillFile, Store, segment_of};
use crate::problem::Result;

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
    /// Nothing yet, of rows with so many fields.
    pub fn new(fields: usize) -> Self {
        Self { records: Records { fields, ..Records::default() }, ..Self::default() }
    }

    /// Bytes of memory that it takes.
    pub fn held(&self) -> usize {
        self.records.store.held() + self.starts.held() + self.times.held()
    }

    /// Writes what is full to disk: rows to one file, where they begin and their times to another.
    pub fn spill(&mut self, rows: &mut SpillFile, starts: &mut SpillFile) -> Result<()> {
        self.records.store.spill(rows)?;
        self.starts.spill(starts)?;
        self.times.spill(starts)
    }

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
