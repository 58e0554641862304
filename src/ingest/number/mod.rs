//! Record numbers: the order of record keys, whatever the order in which rows arrived.

mod order;
#[cfg(test)]
mod tests;
use std::sync::Mutex;

use rayon::prelude::*;

use super::Collected;
use super::parted::{PART_BITS, Parted};
use super::stored::{Slot, Stored};
use crate::model::{
    Blocked, CompareTable, MemoryLimit, Occurrence, Occurrences, Piece, Place, Records, Reject, Row, Schema,
    SourceCounts, SourceId, Table, regroup,
};
use crate::problem::{Problem, Result};
use order::order_source;

/// The outcome of [`number`].
#[derive(Debug, Default)]
pub struct Numbered {
    /// All records.
    pub records: Records,
    /// Per namespace; `record` is a record number. Parts are not sorted yet.
    pub occurrences: Vec<Occurrences>,
    /// Per record number.
    pub compare: CompareTable,
    /// All rejects, by source, file and line.
    pub rejects: Vec<Reject>,
    /// Complete counts per source; each adds up.
    pub counts: Vec<SourceCounts>,
    /// Where more may be put aside, if something was.
    pub aside: Option<MemoryLimit>,
}

/// A row that another row with the same key superseded.
const SUPERSEDED: u32 = u32::MAX;

/// Gives every record its number (see [`Records`]), lets the newest of rows with the same key win (ties: the row whose
/// content is greater by bytes), and rewrites occurrences, blocked values and compare codes to record numbers.
///
/// Rows of a source without a declared key come with the fingerprint of their content (`#` and 32 hexadecimal digits)
/// as record id; identical rows are all kept, told apart by an ordinal (`#…-2`).
pub fn number(collected: Collected, schema: &Schema) -> Result<Numbered> {
    let Collected { rows: mut stored, occurrences, blocked, compare, mut rejects, mut counts, aside, taken: total } =
        collected;
    let aside = aside.used();
    if total >= SUPERSEDED as usize {
        return Err(Problem::run("more than 4,294,967,294 rows in one run", "split the sources over several projects"));
    }
    let mut slots = Vec::with_capacity(total);
    let mut doubles: Vec<(Slot, Slot)> = Vec::new();
    let mut by_rank: Vec<usize> = (0..schema.sources.len()).collect();
    by_rank.sort_by_key(|&source| schema.sources[source].rank);
    let mut scattered = false;
    for source in by_rank {
        let before = slots.len();
        let (seen, rising) = order_source(&mut stored, source as SourceId, &mut slots, &mut doubles)?;
        scattered |= !rising;
        let kept = slots.len() - before;
        counts[source].records = kept as u64;
        counts[source].superseded = (seen - kept) as u64;
    }
    let map = SlotMap::new(&stored, &slots, &doubles);
    // One namespace after the other, so that only one of them is in memory twice.
    let gathered = |found: Parted| gather(&found, &map, aside.as_ref());
    let occurrences = occurrences.into_iter().map(gathered).collect::<Result<_>>()?;
    let compare = CompareTable {
        codes: compare.par_iter().map(|field| dense(&field.codes, &field.merged, &map, slots.len())).collect(),
        keys: compare.into_iter().map(|field| field.keys).collect(),
    };
    let blocked = renumber_blocked(blocked, &map);
    rejects.sort_by_key(|reject| (reject.source, reject.file, reject.line));
    let mut event_times = vec![i64::MIN; slots.len()];
    let time = |(time, &slot): (&mut i64, &Slot)| *time = stored.time(slot);
    event_times.par_iter_mut().zip(&slots).with_min_len(1 << 12).for_each(time);
    let mut records = match &aside {
        Some(limit) if scattered => in_record_order(&stored, &map, slots.len(), limit)?,
        _ => {
            // Rows with an ordinal lie in chunks of their own, behind the others; their other data stays with the old slot.
            let mut places = Table::zeroed(slots.len());
            let place = |(place, &slot): (&mut Place, &Slot)| *place = stored.place(slot);
            places.par_iter_mut().zip(&slots).with_min_len(1 << 12).for_each(place);
            Records { places, ..stored.records }
        }
    };
    (records.event_times, records.blocked) = (event_times, blocked);
    Ok(Numbered { records, occurrences, compare, rejects, counts, aside })
}

/// Rows that were put aside, in the order of records instead of that of arrival: whoever goes through the records would
/// otherwise take a look at the disk for each.
fn in_record_order(stored: &Stored, map: &SlotMap, records: usize, limit: &MemoryLimit) -> Result<Records> {
    const BUCKET: usize = 1 << 18;
    let mut sizes = vec![0; records.div_ceil(BUCKET)];
    let mut each_row = |each: &mut dyn FnMut(u32, Row<'_>) -> Result<()>| {
        for chunk in 0..stored.chunks() {
            let look = stored.look(chunk);
            for index in 0..look.len() {
                let (record, slot) = (map.records[map.bases[chunk] + index], (chunk as u32) << 16 | index as u32);
                // A row that was given an ordinal has the record's number in both its slots.
                if record != SUPERSEDED && map.is_there(slot) {
                    each(record, look.row(index))?;
                }
            }
        }
        Ok(())
    };
    let bucket_of = |record: u32| record as usize / BUCKET;
    each_row(&mut |record, row| {
        sizes[bucket_of(record)] += row.whole().len() as u64;
        Ok(())
    })?;
    let (store, places) = regroup(records, &sizes, &bucket_of, &mut each_row, limit)?;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last: Vec<Option<(SourceId, u32)>> = vec![None; sizes.len()];
    for chunk in 0..stored.chunks() {
        let Piece { source, file, .. } = stored.piece(chunk);
        for index in 0..stored.len_of(chunk) {
            let (record, slot) = (map.records[map.bases[chunk] + index], (chunk as u32) << 16 | index as u32);
            if record != SUPERSEDED && map.is_there(slot) {
                let last = &mut last[bucket_of(record)];
                if *last != Some((source, file)) {
                    *last = Some((source, file));
                    pieces.push(Piece { place: places[record as usize], source, file });
                }
            }
        }
    }
    pieces.sort_unstable_by_key(|piece| piece.place);
    Ok(Records { store, pieces, places, fields: stored.records.fields, ..Records::default() })
}

/// Slot → record number.
struct SlotMap {
    bases: Vec<usize>,
    records: Vec<u32>,
    /// Old slots of rows that lie in a new one, sorted.
    moved: Vec<Slot>,
}

impl SlotMap {
    fn new(stored: &Stored, slots: &[Slot], doubles: &[(Slot, Slot)]) -> Self {
        let mut bases = Vec::with_capacity(stored.chunks());
        let mut total = 0;
        for chunk in 0..stored.chunks() {
            bases.push(total);
            total += stored.len_of(chunk);
        }
        let mut moved: Vec<Slot> = doubles.iter().map(|(old, _)| *old).collect();
        moved.sort_unstable();
        let mut map = Self { bases, records: vec![SUPERSEDED; total], moved };
        for (record, &slot) in slots.iter().enumerate() {
            let at = map.at(slot >> 16, slot & 0xffff);
            map.records[at] = record as u32;
        }
        for &(old, new) in doubles {
            let (old, new) = (map.at(old >> 16, old & 0xffff), map.at(new >> 16, new & 0xffff));
            map.records[old] = map.records[new];
        }
        map
    }

    /// Whether a slot is where its row lies.
    fn is_there(&self, slot: Slot) -> bool {
        self.moved.is_empty() || self.moved.binary_search(&slot).is_err()
    }

    fn at(&self, chunk: u32, row: u32) -> usize {
        self.bases[chunk as usize] + row as usize
    }
}

/// One namespace's occurrences, part by part, with record numbers; those of superseded rows fall away. Under a limit, the
/// parts are sorted, as linking wants them, and put aside.
fn gather(found: &Parted, map: &SlotMap, limit: Option<&MemoryLimit>) -> Result<Occurrences> {
    let file = limit.map(|limit| limit.file().map(Mutex::new)).transpose()?;
    let part = |part: usize| {
        let mut all = Table::with_capacity(found.part(part).map(<[Occurrence]>::len).sum());
        for (chunk, occurrences) in found.part(part).enumerate() {
            let records = &map.records[map.bases[chunk]..];
            for &(mut occurrence) in occurrences {
                occurrence.record = records[occurrence.record as usize];
                if occurrence.record != SUPERSEDED {
                    all.push(occurrence);
                }
            }
        }
        let Some(file) = &file else { return Ok(all) };
        all.sort_unstable();
        all.dedup();
        file.lock().expect("nobody panics while writing").put(&all)
    };
    let parts = (0..1 << PART_BITS).into_par_iter().map(part).collect::<Result<_>>()?;
    Ok(Occurrences { parts, bits: PART_BITS })
}

/// One compare field per record number.
fn dense(codes: &[Vec<u16>], merged: &[Vec<u32>], map: &SlotMap, records: usize) -> Vec<u32> {
    let mut dense = vec![0; records];
    for (chunk, codes) in codes.iter().enumerate() {
        for (index, &code) in codes.iter().enumerate() {
            let record = map.records[map.bases[chunk] + index];
            if code > 0 && record != SUPERSEDED {
                dense[record as usize] = merged[chunk][usize::from(code) - 1];
            }
        }
    }
    dense
}

fn renumber_blocked(blocked: Vec<Vec<Blocked>>, map: &SlotMap) -> Vec<Blocked> {
    let mut all = Vec::with_capacity(blocked.iter().map(Vec::len).sum());
    for (chunk, blocked) in blocked.into_iter().enumerate() {
        all.extend(blocked.into_iter().filter_map(|mut value| {
            value.row = map.records[map.bases[chunk] + value.row as usize];
            (value.row != SUPERSEDED).then_some(value)
        }));
    }
    all.par_sort_by_key(|value| (value.row, value.field));
    all
}
