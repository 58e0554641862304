//! All records of a run, numbered.

use std::cell::OnceCell;
use std::ops::Range;

use rayon::prelude::*;

use super::store::{place, segment_of};
use super::{Blocked, Chunk, Look, MemoryLimit, Persons, Place, Row, Schema, SourceId, Store, Table};
use crate::problem::Problem;

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
    /// The rows once more, those of each stretch of persons side by side, and where each begins. Only where rows were put
    /// aside: there, what is not side by side takes a look at the disk each.
    pub by_person: Option<(Store<u8>, Table<Place>)>,
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

    /// A look at rows in the order of records: what goes through all of them, stretch by stretch, looks anew at each
    /// stretch (see [`Look`]).
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(&self.store, &self.places, self.fields)
    }

    /// The same for what goes through them by person.
    #[must_use]
    pub fn rows_by_person(&self) -> Rows<'_> {
        match &self.by_person {
            Some((store, places)) => Rows::new(store, places, self.fields),
            None => self.rows(),
        }
    }

    /// A record; [`rows`](Self::rows) are for looking at many.
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

/// A look at rows: memory that looking takes is given back when it ends.
#[derive(Debug)]
pub struct Rows<'a> {
    places: &'a [Place],
    store: &'a Store<u8>,
    /// Per segment, once it was looked at; empty where all are in memory.
    looks: Vec<OnceCell<Look<'a, u8>>>,
    fields: usize,
}

impl<'a> Rows<'a> {
    fn new(store: &'a Store<u8>, places: &'a [Place], fields: usize) -> Self {
        let looks = if store.is_held() { 0 } else { store.segments() };
        Self { places, store, looks: (0..looks).map(|_| OnceCell::new()).collect(), fields }
    }

    /// A record.
    #[must_use]
    pub fn row(&self, record: u32) -> Row<'_> {
        Row::new(self.at(self.place(record)), self.fields)
    }

    /// Where a record's row begins.
    #[must_use]
    pub fn place(&self, record: u32) -> Place {
        self.places[record as usize]
    }

    /// The row that begins there, and what lies behind it.
    #[must_use]
    pub fn at(&self, place: Place) -> &[u8] {
        if self.looks.is_empty() {
            return self.store.from(place);
        }
        let (segment, at) = segment_of(place);
        &self.looks[segment].get_or_init(|| self.store.look(segment))[at..]
    }

    /// Number of fields in the schema.
    #[must_use]
    pub fn fields(&self) -> usize {
        self.fields
    }

    /// Brings the first `LINES` cache lines of at most [`FETCHED`] rows into the cache.
    ///
    /// In the order of keys or of persons, rows lie all over memory, and work that waits for its row waits for nearly every
    /// one: 10 million ids in random order took 3 s of waiting. Here no read depends on another and little is done with
    /// any, so the processor fetches many at once: under 1 s.
    pub fn fetch<const LINES: usize>(&self, records: impl IntoIterator<Item = u32>) {
        const LINE: usize = 64;
        // Two rounds, for where a row begins has to be fetched too.
        let mut places = [0; FETCHED];
        let mut count = 0;
        for (place, record) in places.iter_mut().zip(records) {
            *place = self.place(record);
            count += 1;
        }
        // A row begins anywhere in a line, so what is looked at reaches into the line behind: most heads and ids end within 40
        // bytes.
        let bytes = |&place: &Place| {
            let bytes = self.at(place);
            let byte = |at: usize| bytes[at.min(bytes.len() - 1)];
            (0..LINES).fold(byte(0), |all, line| all ^ byte((line * LINE).max(40)))
        };
        std::hint::black_box(places[..count].iter().map(bytes).fold(0, |all, some| all ^ some));
    }
}

/// Rows that are worth fetching at a time (see [`Rows::fetch`]): enough to wait for all of them together, few enough to stay in the
/// nearest cache.
pub const FETCHED: usize = 64;

/// Gives rows to whom it is handed, with their record numbers.
pub type Pass<'p> = dyn FnMut(&mut dyn FnMut(u32, Row<'_>) -> Result<(), Problem>) -> Result<(), Problem> + 'p;

/// Rows side by side by the bucket that they belong to, in a file; where each of the records begins. `sizes`: bytes of each bucket, at
/// most;
/// `pass` goes through the rows.
pub(crate) fn regroup(
    records: usize,
    sizes: &[u64],
    bucket_of: &dyn Fn(u32) -> usize,
    pass: &mut Pass<'_>,
    limit: &MemoryLimit,
) -> Result<(Store<u8>, Table<Place>), Problem> {
    let mut shares = limit.file()?.share_out(sizes);
    let mut places = Table::zeroed(records);
    pass(&mut |record, row| {
        let bucket = bucket_of(record);
        places[record as usize] = place(bucket, shares.append(bucket, row.whole())?);
        Ok(())
    })?;
    Ok((shares.finish()?, places))
}

impl Records {
    /// Makes [`by_person`](Self::by_person), one segment per stretch, if any row was put aside.
    ///
    /// # Errors
    /// The disk is full, or cannot be written to.
    pub fn group(
        &mut self,
        persons: &Persons,
        stretches: &[Range<u32>],
        limit: Option<&MemoryLimit>,
    ) -> Result<(), Problem> {
        /// Rows are shorter than this, but few.
        const MOST: Place = 1 << 10;
        let Some(limit) = limit.filter(|_| !self.store.is_held()) else { return Ok(()) };
        let bucket_of = |record: u32| {
            let person = persons.person_of[record as usize];
            stretches.partition_point(|stretch| stretch.end <= person)
        };
        let looks: Vec<Range<u32>> = looks(self.len());
        let sizes = |range: &Range<u32>| {
            let (rows, mut sizes) = (self.rows(), vec![0; stretches.len()]);
            for record in range.clone() {
                // In most places the next row begins where this one ends: then neither has to be read.
                let next = self.places.get(record as usize + 1).map(|next| next.wrapping_sub(rows.place(record)));
                let most = next.filter(|length| (1..MOST).contains(length));
                let size = most.unwrap_or_else(|| rows.row(record).whole().len() as u64);
                sizes[bucket_of(record)] += size;
            }
            sizes
        };
        let add = |mut all: Vec<u64>, some: Vec<u64>| {
            all.iter_mut().zip(some).for_each(|(all, some)| *all += some);
            all
        };
        let sizes = looks.par_iter().map(sizes).reduce(|| vec![0; stretches.len()], add);
        let mut pass = |each: &mut dyn FnMut(u32, Row<'_>) -> Result<(), Problem>| {
            looks.iter().try_for_each(|range| {
                let rows = self.rows();
                range.clone().try_for_each(|record| each(record, rows.row(record)))
            })
        };
        self.by_person = Some(regroup(self.len(), &sizes, &bucket_of, &mut pass, limit)?);
        Ok(())
    }
}

/// All records, in stretches that are looked at one after the other.
#[must_use]
pub fn looks(records: usize) -> Vec<Range<u32>> {
    const LOOK: u32 = 1 << 17;
    let records = records as u32;
    (0..records).step_by(LOOK as usize).map(|start| start..records.min(start.saturating_add(LOOK))).collect()
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
