//! All records of a run, numbered.

use super::{Blocked, Chunk, Place, Row, Schema, SourceId, Store, Table};

/// All records of a run.
///
/// Record numbers `0..len` follow the record keys: source by name, then record id by bytes. So they do not depend on
/// the order of files or rows, the smallest record of a group is its smallest number, and every table that is written
/// in record order has one possible order. Rows that another row with the same key superseded have no number.
#[derive(Debug, Default)]
pub struct Records {
    /// Encoded rows, chunk by chunk in order of arrival.
    pub store: Store<u8>,
    /// The chunks, by place.
    pub pieces: Vec<Piece>,
    /// Record number → where its row begins in `store`.
    pub places: Table<Place>,
    /// Record number → event time, UTC microseconds; `i64::MIN` = none.
    pub event_times: Vec<i64>,
    /// Values that link nothing, by record number and field.
    pub blocked: Vec<Blocked>,
    /// Number of fields in the schema.
    pub fields: usize,
}

/// Rows that came from one file, side by side.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// Where they begin.
    pub place: Place,
    /// The source of every row.
    pub source: SourceId,
    /// Index into the run's list of input files.
    pub file: u32,
}

impl Records {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// A record.
    #[must_use]
    pub fn row(&self, record: u32) -> Row<'_> {
        Row::new(self.store.from(self.places[record as usize]), self.fields)
    }

    /// Where a record came from.
    #[must_use]
    pub fn piece(&self, record: u32) -> Piece {
        let place = self.places[record as usize];
        self.pieces[self.pieces.partition_point(|piece| piece.place <= place) - 1]
    }

    /// The source that a record came from; for many records, [`SourceStarts`] is faster.
    #[must_use]
    pub fn source(&self, record: u32) -> SourceId {
        self.piece(record).source
    }

    /// Stores a chunk's rows; where they begin.
    pub fn store(&mut self, chunk: &Chunk) -> Place {
        let place = self.store.append(&chunk.bytes);
        self.pieces.push(Piece { place, source: chunk.source, file: chunk.file });
        place
    }

    /// The record of that key, by binary search over the order of keys.
    #[must_use]
    pub fn find(&self, schema: &Schema, source: SourceId, record_id: &str) -> Option<u32> {
        let wanted = (schema.sources[usize::from(source)].rank, record_id);
        let (mut low, mut high) = (0, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            let here = (schema.sources[usize::from(self.source(middle))].rank, self.row(middle).record_id());
            match here.cmp(&wanted) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// Where each source's records begin: record numbers go by source first, so a record's source is a small search
/// instead of a reach into its chunk.
#[derive(Debug, Default)]
pub struct SourceStarts {
    firsts: Vec<u32>,
    sources: Vec<SourceId>,
}

impl SourceStarts {
    /// Of all records.
    #[must_use]
    pub fn new(records: &Records, schema: &Schema) -> Self {
        let mut sources: Vec<SourceId> = (0..schema.sources.len() as u16).collect();
        sources.sort_by_key(|&source| schema.sources[usize::from(source)].rank);
        let rank = |source: SourceId| schema.sources[usize::from(source)].rank;
        let first = |&source: &SourceId| {
            let (mut low, mut high) = (0, records.len() as u32);
            while low < high {
                let middle = low + (high - low) / 2;
                if rank(records.source(middle)) < rank(source) { low = middle + 1 } else { high = middle }
            }
            low
        };
        Self { firsts: sources.iter().map(first).collect(), sources }
    }

    /// The sources with their records, in the order of records; `records` is how many there are.
    pub fn ranges(&self, records: u32) -> impl Iterator<Item = (SourceId, std::ops::Range<u32>)> + '_ {
        let ends = self.firsts.iter().skip(1).copied().chain([records]);
        self.sources.iter().zip(self.firsts.iter().zip(ends)).map(|(&source, (&first, end))| (source, first..end))
    }

    /// The source of a record.
    #[must_use]
    pub fn source(&self, record: u32) -> SourceId {
        self.sources[self.firsts.partition_point(|&first| first <= record) - 1]
    }
}
