//! All records of a run, numbered.

use super::{Blocked, Chunk, Row, Schema, SourceId};

/// Where a row lies: chunk number in the upper 16 bits, row within the chunk in the lower 16.
pub type Slot = u32;

/// All records of a run.
///
/// Record numbers `0..len` follow the record keys: source by name, then record id by bytes. So they do not depend on
/// the order of files or rows, the smallest record of a group is its smallest number, and every table that is written
/// in record order has one possible order. Rows that another row with the same key superseded have no number.
#[derive(Debug, Default)]
pub struct Records {
    /// Chunks, in order of arrival.
    pub chunks: Vec<Chunk>,
    /// Record number → slot.
    pub slots: Vec<Slot>,
    /// Record number → event time, UTC microseconds; `i64::MIN` = none.
    pub event_times: Vec<i64>,
    /// Values that link nothing, by record number and field.
    pub blocked: Vec<Blocked>,
    /// Number of fields in the schema.
    pub fields: usize,
}

impl Records {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The chunk that a record lies in.
    #[must_use]
    pub fn chunk(&self, record: u32) -> &Chunk {
        &self.chunks[(self.slots[record as usize] >> 16) as usize]
    }

    /// A record.
    #[must_use]
    pub fn row(&self, record: u32) -> Row<'_> {
        let slot = self.slots[record as usize];
        self.chunks[(slot >> 16) as usize].row((slot & 0xffff) as usize, self.fields)
    }

    /// The source that a record came from.
    #[must_use]
    pub fn source(&self, record: u32) -> SourceId {
        self.chunk(record).source
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
        let slots = &records.slots;
        let rank = |slot: u32| schema.sources[usize::from(records.chunks[(slot >> 16) as usize].source)].rank;
        let first = |&source: &SourceId| {
            slots.partition_point(|&slot| rank(slot) < schema.sources[usize::from(source)].rank) as u32
        };
        Self { firsts: sources.iter().map(first).collect(), sources }
    }

    /// The source of a record.
    #[must_use]
    pub fn source(&self, record: u32) -> SourceId {
        self.sources[self.firsts.partition_point(|&first| first <= record) - 1]
    }
}
