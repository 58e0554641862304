//! Record numbers: the order of record keys, whatever the order in which rows arrived.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::Collected;
use super::collect::PART_BITS;
use crate::model::{
    Blocked, Chunk, CompareTable, Occurrence, Occurrences, Records, Reject, Row, RowBuilder, Schema, Slot, SourceCounts,
};
use crate::problem::{Problem, Result};

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
}

/// A row that another row with the same key superseded.
const SUPERSEDED: u32 = u32::MAX;

/// Gives every record its number (see [`Records`]), lets the newest of rows with the same key win (ties: the row whose
/// content is greater by bytes), and rewrites occurrences, blocked values and compare codes to record numbers.
///
/// Rows of a source without a declared key come with the fingerprint of their content (`#` and 32 hexadecimal digits)
/// as record id; identical rows are all kept, told apart by an ordinal (`#…-2`).
pub fn number(collected: Collected, schema: &Schema) -> Result<Numbered> {
    let Collected { mut chunks, occurrences, part_sizes, blocked, compare, mut rejects, mut counts, fields } =
        collected;
    let total: usize = chunks.iter().map(Chunk::len).sum();
    if total >= SUPERSEDED as usize {
        return Err(Problem::run("more than 4,294,967,294 rows in one run", "split the sources over several projects"));
    }
    let mut slots = Vec::with_capacity(total);
    let mut doubles: Vec<(Slot, u32)> = Vec::new();
    let mut by_rank: Vec<usize> = (0..schema.sources.len()).collect();
    by_rank.sort_by_key(|&source| schema.sources[source].rank);
    for source in by_rank {
        let before = slots.len();
        let seen = order_source(&mut chunks, source as u16, fields, &mut slots, &mut doubles)?;
        let kept = slots.len() - before;
        counts[source].records = kept as u64;
        counts[source].superseded = (seen - kept) as u64;
    }
    let map = SlotMap::new(&chunks, &slots, &doubles);
    // Rows with an ordinal lie in chunks of their own, behind the others; their other data stays with the old slot.
    let event_times = slots.par_iter().map(|&slot| row(&chunks, slot, fields).event_time()).collect();
    let occurrences = occurrences
        .into_par_iter()
        .zip(part_sizes)
        .map(|(per_chunk, sizes)| scatter(per_chunk, &sizes, &map))
        .collect();
    let compare = CompareTable {
        codes: compare.par_iter().map(|field| dense(&field.codes, &field.merged, &map, slots.len())).collect(),
        keys: compare.into_iter().map(|field| field.keys).collect(),
    };
    let blocked = renumber_blocked(blocked, &map);
    rejects.sort_by_key(|reject| (reject.source, reject.file, reject.line));
    slots.shrink_to_fit();
    let records = Records { chunks, slots, event_times, blocked, fields };
    Ok(Numbered { records, occurrences, compare, rejects, counts })
}

fn row(chunks: &[Chunk], slot: Slot, fields: usize) -> Row<'_> {
    chunks[(slot >> 16) as usize].row((slot & 0xffff) as usize, fields)
}

/// Appends the slots of one source in the order of their record ids; returns how many rows it has. `doubles` gets
/// (old slot, new slot) of rows that were given an ordinal.
fn order_source(
    chunks: &mut Vec<Chunk>,
    source: u16,
    fields: usize,
    slots: &mut Vec<Slot>,
    doubles: &mut Vec<(Slot, u32)>,
) -> Result<usize> {
    let begin = slots.len();
    let mut rising = true;
    let mut last: Option<&str> = None;
    let mut prefix: Option<&str> = None;
    for (number, chunk) in chunks.iter().enumerate().filter(|(_, chunk)| chunk.source == source) {
        for index in 0..chunk.len() {
            let id = chunk.row(index, fields).record_id();
            rising &= last.is_none_or(|last| last < id);
            last = Some(id);
            prefix = Some(prefix.map_or(id, |prefix| common_prefix(prefix, id)));
            slots.push((number as u32) << 16 | index as u32);
        }
    }
    let seen = slots.len() - begin;
    if rising {
        return Ok(seen);
    }
    let skip = prefix.map_or(0, str::len);
    let mut keyed: Vec<(u64, Slot)> =
        slots[begin..].par_iter().map(|&slot| (head(row(chunks, slot, fields).record_id(), skip), slot)).collect();
    keyed.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| compare_rows(chunks, fields, a.1, b.1)));
    slots.truncate(begin);
    let mut at = 0;
    while at < keyed.len() {
        let id = row(chunks, keyed[at].1, fields).record_id();
        let same = keyed[at..].iter().take_while(|(_, slot)| row(chunks, *slot, fields).record_id() == id).count();
        slots.push(keyed[at].1);
        if same > 1 && is_fingerprint(id) {
            let id = id.to_owned();
            let copies: Vec<Slot> = keyed[at + 1..at + same].iter().map(|(_, slot)| *slot).collect();
            add_ordinals(chunks, fields, &id, &copies, slots, doubles)?;
        }
        at += same;
    }
    Ok(seen)
}

/// By record id, then the row that wins among equal ids: newest first, then greater content.
fn compare_rows(chunks: &[Chunk], fields: usize, a: Slot, b: Slot) -> Ordering {
    let (left, right) = (row(chunks, a, fields), row(chunks, b, fields));
    left.record_id()
        .cmp(right.record_id())
        .then_with(|| right.event_time().cmp(&left.event_time()))
        .then_with(|| right.content().cmp(left.content()))
}

fn common_prefix<'a>(a: &'a str, b: &str) -> &'a str {
    if b.starts_with(a) {
        return a;
    }
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let end = (0..=same).rev().find(|&end| a.is_char_boundary(end)).unwrap_or(0);
    &a[..end]
}

/// Eight bytes of an id behind the prefix that all ids share, as a number that orders like the bytes.
fn head(id: &str, skip: usize) -> u64 {
    let rest = &id.as_bytes()[skip..];
    let mut bytes = [0; 8];
    let length = rest.len().min(8);
    bytes[..length].copy_from_slice(&rest[..length]);
    u64::from_be_bytes(bytes)
}

/// Whether an id is the fingerprint of a row's content: `#` and 32 hexadecimal digits, as ingest writes it.
fn is_fingerprint(id: &str) -> bool {
    let digits = id.strip_prefix('#').unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Copies identical rows into chunks of their own under ids with an ordinal, in the order of those ids' bytes.
fn add_ordinals(
    chunks: &mut Vec<Chunk>,
    fields: usize,
    id: &str,
    copies: &[Slot],
    slots: &mut Vec<Slot>,
    doubles: &mut Vec<(Slot, u32)>,
) -> Result<()> {
    let mut ids: Vec<String> = (0..copies.len()).map(|copy| format!("{id}-{}", copy + 2)).collect();
    ids.sort_unstable();
    for (&slot, id) in copies.iter().zip(&ids) {
        let old = &chunks[(slot >> 16) as usize];
        let (source, file) = (old.source, old.file);
        let fits =
            chunks.last().is_some_and(|c| c.is_ordinals && c.source == source && c.file == file && c.len() < 1 << 16);
        if !fits {
            if chunks.len() >= 1 << 16 {
                return Err(Problem::run(
                    "more input than one run can number (65,536 chunks of rows)",
                    "declare `record_id` for sources with many identical rows",
                ));
            }
            chunks.push(Chunk { source, file, is_ordinals: true, ..Chunk::default() });
        }
        let target = chunks.len() - 1;
        let (before, after) = chunks.split_at_mut(target);
        let (old_chunk, chunk) = (&before[(slot >> 16) as usize], &mut after[0]);
        let old_row = old_chunk.row((slot & 0xffff) as usize, fields);
        let mut builder = RowBuilder::new(fields);
        builder.begin(chunk, old_row.head(), id);
        let mut values = Vec::new();
        old_row.split(&mut values);
        for (field, raw) in values.iter().enumerate() {
            builder.put_raw(chunk, field as u16, raw);
        }
        builder.finish(chunk);
        let new = (target as u32) << 16 | (chunk.len() - 1) as u32;
        doubles.push((slot, new));
        slots.push(new);
    }
    Ok(())
}

/// Slot → record number.
struct SlotMap {
    bases: Vec<usize>,
    records: Vec<u32>,
}

impl SlotMap {
    fn new(chunks: &[Chunk], slots: &[Slot], doubles: &[(Slot, u32)]) -> Self {
        let mut bases = Vec::with_capacity(chunks.len());
        let mut total = 0;
        for chunk in chunks {
            bases.push(total);
            total += chunk.len();
        }
        let mut map = Self { bases, records: vec![SUPERSEDED; total] };
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

    fn at(&self, chunk: u32, row: u32) -> usize {
        self.bases[chunk as usize] + row as usize
    }
}

/// One namespace's occurrences, from chunks to parts, with record numbers; those of superseded rows fall away.
fn scatter(per_chunk: Vec<Vec<Occurrence>>, sizes: &[u32], map: &SlotMap) -> Occurrences {
    let parts = sizes.iter().map(|&size| Vec::with_capacity(size as usize)).collect();
    let mut occurrences = Occurrences { parts, bits: PART_BITS };
    for (chunk, found) in per_chunk.into_iter().enumerate() {
        for mut occurrence in found {
            occurrence.record = map.records[map.bases[chunk] + occurrence.record as usize];
            if occurrence.record != SUPERSEDED {
                occurrences.push(occurrence);
            }
        }
    }
    occurrences
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Batch;
    use crate::model::{Field, Kind, Namespace, RowHead, Source, Value};

    fn two_sources() -> Schema {
        Schema {
            sources: vec![
                Source { name: "web".into(), channel: "web".into(), rank: 1 },
                Source { name: "pos".into(), channel: "pos".into(), rank: 0 },
            ],
            fields: vec![Field { name: "city".into(), kind: Kind::Text }],
            namespaces: vec![Namespace { name: "email".into(), kind: Kind::Email }],
            compare_fields: vec![],
        }
    }

    fn batch(source: u16, rows: &[(&str, i64, &str)]) -> Batch {
        let mut chunk = Chunk { source, occurrences: vec![Vec::new()], ..Chunk::default() };
        let mut builder = RowBuilder::new(1);
        for (index, (id, time, city)) in rows.iter().enumerate() {
            builder.begin(&mut chunk, RowHead { line: index as u32 + 2, event_time: *time }, id);
            builder.put(&mut chunk, 0, Value::Text(city));
            builder.finish(&mut chunk);
            chunk.occurrences[0].push(Occurrence::new(crate::model::identifier_key(city.as_bytes()), index as u32));
        }
        Batch { chunk, rejects: vec![], rows: rows.len() as u64, filtered: 0, ..Batch::default() }
    }

    fn numbered(batches: Vec<Batch>) -> Numbered {
        let schema = two_sources();
        let mut collected = Collected::new(&schema);
        for batch in batches {
            collected.add(batch).expect("fits");
        }
        number(collected, &schema).expect("numbers")
    }

    fn keys(numbered: &Numbered) -> Vec<(u16, String, i64)> {
        let records = &numbered.records;
        (0..records.len() as u32)
            .map(|r| (records.source(r), records.row(r).record_id().to_owned(), records.event_times[r as usize]))
            .collect()
    }

    #[test]
    fn records_are_numbered_by_source_name_and_id_whatever_the_order_of_arrival() {
        let sorted = numbered(vec![batch(1, &[("a", 1, "x"), ("b", 2, "y")]), batch(0, &[("a", 3, "z")])]);
        let shuffled =
            numbered(vec![batch(0, &[("a", 3, "z")]), batch(1, &[("b", 2, "y")]), batch(1, &[("a", 1, "x")])]);
        assert_eq!(keys(&sorted), [(1, "a".into(), 1), (1, "b".into(), 2), (0, "a".into(), 3)]);
        assert_eq!(keys(&sorted), keys(&shuffled));
        let flat = |n: &Numbered| {
            let mut all: Vec<Occurrence> = n.occurrences[0].parts.concat();
            all.sort_unstable();
            all
        };
        assert_eq!(flat(&sorted), flat(&shuffled));
        assert_eq!(shuffled.records.find(&two_sources(), 0, "a"), Some(2));
        assert_eq!(shuffled.records.find(&two_sources(), 0, "b"), None);
    }

    #[test]
    fn the_newest_row_of_a_key_wins_and_the_others_are_counted() {
        let numbered = numbered(vec![batch(0, &[("k", 5, "new"), ("k", 9, "newest"), ("k", 9, "newer")])]);
        assert_eq!(numbered.records.len(), 1);
        assert_eq!(numbered.counts[0].superseded, 2);
        assert!(numbered.counts[0].adds_up());
        assert_eq!(numbered.records.row(0).raw(0), b"newest");
        assert_eq!(numbered.occurrences[0].len(), 1);
    }

    #[test]
    fn identical_rows_without_a_key_are_all_kept() {
        let id = format!("#{}", "a".repeat(32));
        let rows: Vec<(&str, i64, &str)> = (0..12).map(|_| (id.as_str(), 1, "x")).collect();
        let numbered = numbered(vec![batch(0, &rows)]);
        assert_eq!(numbered.records.len(), 12);
        let ids: Vec<String> = keys(&numbered).into_iter().map(|(_, id, _)| id).collect();
        assert!(ids.is_sorted() && ids.contains(&format!("{id}-12")));
        assert_eq!(numbered.occurrences[0].len(), 12);
        let mut all: Vec<u32> = numbered.occurrences[0].parts.concat().iter().map(|o| o.record).collect();
        all.sort_unstable();
        assert_eq!(all, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn ids_with_a_long_common_prefix_sort_by_what_follows() {
        let n = numbered(vec![batch(0, &[("receipt-000000000020", 1, "x"), ("receipt-000000000003", 1, "y")])]);
        assert_eq!(keys(&n)[0].1, "receipt-000000000003");
    }
}
