//! Record numbers: the order of record keys, whatever the order in which rows arrived.

use std::cmp::Ordering;
use std::sync::Mutex;

use rayon::prelude::*;

use super::Collected;
use super::collect::{MAX_CHUNKS, PART_BITS, Parted, Slot, Stored};
use crate::model::{
    Blocked, Chunk, CompareTable, MemoryLimit, Occurrence, Occurrences, Piece, Place, Records, Reject, Row, RowBuilder,
    Schema, SourceCounts, SourceId, Table, regroup,
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

/// Appends the slots of one source in the order of their record ids; returns how many rows it has, and whether they came
/// in that order. `doubles` gets (old slot, new slot) of rows that were given an ordinal.
fn order_source(
    stored: &mut Stored,
    source: SourceId,
    slots: &mut Vec<Slot>,
    doubles: &mut Vec<(Slot, Slot)>,
) -> Result<(usize, bool)> {
    let begin = slots.len();
    let chunks: Vec<usize> = (0..stored.chunks()).filter(|&chunk| stored.piece(chunk).source == source).collect();
    for &chunk in &chunks {
        slots.extend((0..stored.len_of(chunk)).map(|index| (chunk as u32) << 16 | index as u32));
    }
    let seen = slots.len() - begin;
    let Some(ids) = chunks.iter().map(|&chunk| stored.ids(chunk).clone()).reduce(|ids, more| ids.and(&more)) else {
        return Ok((0, true));
    };
    if ids.rising {
        return Ok((seen, true));
    }
    let skip = ids.prefix;
    let mut keyed: Vec<(u64, Slot)> = vec![(0, 0); seen];
    let mut rest = &mut keyed[..];
    let mut work = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let (own, behind) = rest.split_at_mut(stored.len_of(chunk));
        work.push((chunk, own));
        rest = behind;
    }
    work.into_par_iter().for_each(|(chunk, own)| {
        let look = stored.look(chunk);
        for (index, keyed) in own.iter_mut().enumerate() {
            *keyed = (head(look.row(index).record_id(), skip), (chunk as u32) << 16 | index as u32);
        }
    });
    keyed.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| compare_rows(stored, a.1, b.1)));
    slots.truncate(begin);
    let mut copies = Copies { first: stored.chunks(), chunks: Vec::new() };
    let mut at = 0;
    while at < keyed.len() {
        let (head, slot) = keyed[at];
        slots.push(slot);
        if keyed.get(at + 1).is_none_or(|(next, _)| *next != head) {
            at += 1;
            continue;
        }
        let id = stored.row(slot).record_id();
        let same = keyed[at..].iter().take_while(|(_, slot)| stored.row(*slot).record_id() == id).count();
        if same > 1 && is_fingerprint(id) {
            let equals: Vec<Slot> = keyed[at + 1..at + same].iter().map(|(_, slot)| *slot).collect();
            copies.add(stored, id, &equals, slots, doubles)?;
        }
        at += same;
    }
    copies.chunks.iter().for_each(|chunk| stored.add(chunk));
    Ok((seen, false))
}

/// By record id, then the row that wins among equal ids: newest first, then greater content.
fn compare_rows(stored: &Stored, a: Slot, b: Slot) -> Ordering {
    let (left, right) = (stored.row(a), stored.row(b));
    left.record_id()
        .cmp(right.record_id())
        .then_with(|| right.event_time().cmp(&left.event_time()))
        .then_with(|| right.content().cmp(left.content()))
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

/// Identical rows under ids with an ordinal, in chunks of their own.
struct Copies {
    /// The number that the first of `chunks` will have.
    first: usize,
    chunks: Vec<Chunk>,
}

impl Copies {
    /// Copies the rows of `equals`, in the order of their new ids' bytes.
    fn add(
        &mut self,
        stored: &Stored,
        id: &str,
        equals: &[Slot],
        slots: &mut Vec<Slot>,
        doubles: &mut Vec<(Slot, Slot)>,
    ) -> Result<()> {
        let fields = stored.records.fields;
        let mut builder = RowBuilder::new(fields);
        let mut values = Vec::new();
        let mut ids: Vec<String> = (0..equals.len()).map(|copy| format!("{id}-{}", copy + 2)).collect();
        ids.sort_unstable();
        for (&slot, id) in equals.iter().zip(&ids) {
            let Piece { source, file, .. } = stored.piece((slot >> 16) as usize);
            if !self.chunks.last().is_some_and(|chunk| chunk.file == file && chunk.len() < 1 << 16) {
                if self.first + self.chunks.len() >= MAX_CHUNKS {
                    return Err(Problem::run(
                        "more input than one run can number (65,536 chunks of rows)",
                        "declare `record_id` for sources with many identical rows",
                    ));
                }
                self.chunks.push(Chunk { source, file, ..Chunk::default() });
            }
            let number = self.first + self.chunks.len() - 1;
            let chunk = self.chunks.last_mut().expect("there is one by now");
            let row = stored.row(slot);
            builder.begin(chunk, row.head(), id);
            row.split(&mut values);
            for (field, raw) in values.iter().enumerate() {
                builder.put_raw(chunk, field as u16, raw);
            }
            builder.finish(chunk);
            let new = (number as u32) << 16 | (chunk.len() - 1) as u32;
            doubles.push((slot, new));
            slots.push(new);
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Batch;
    use crate::ingest::collect::by_part;
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
            consents: vec![],
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
        let part_ends = vec![by_part(&mut chunk.occurrences[0], &mut Vec::new())];
        Batch { chunk, part_ends, rows: rows.len() as u64, ..Batch::default() }
    }

    fn numbered(batches: Vec<Batch>) -> Numbered {
        let schema = two_sources();
        let mut collected = Collected::new(&schema, None);
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
            let mut all: Vec<Occurrence> = n.occurrences[0].parts.iter().flat_map(|part| part.to_vec()).collect();
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
        let parts = &numbered.occurrences[0].parts;
        let mut all: Vec<u32> = parts.iter().flat_map(|part| part.iter().map(|o| o.record)).collect();
        all.sort_unstable();
        assert_eq!(all, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn ids_with_a_long_common_prefix_sort_by_what_follows() {
        let n = numbered(vec![batch(0, &[("receipt-000000000020", 1, "x"), ("receipt-000000000003", 1, "y")])]);
        assert_eq!(keys(&n)[0].1, "receipt-000000000003");
    }

    /// Rows of a few files, unsorted, some twice, some superseded.
    fn many(limit: Option<MemoryLimit>) -> Numbered {
        let schema = two_sources();
        let mut collected = Collected::new(&schema, limit);
        let padding = "x".repeat(300);
        for file in 0..4u32 {
            let rows: Vec<(String, i64, String)> = (0..1500u32)
                .map(|row| {
                    let number = (row * 7919 + file * 104_729) % 4001;
                    let id = match number % 5 {
                        0 => format!("#{:032x}", number % 50),
                        _ => format!("r{number}"),
                    };
                    (id, i64::from(row), format!("{padding}{}", number % 97))
                })
                .collect();
            let rows: Vec<(&str, i64, &str)> = rows.iter().map(|(id, at, city)| (&id[..], *at, &city[..])).collect();
            let mut batch = batch((file % 2) as u16, &rows);
            batch.chunk.file = file;
            collected.add(batch).expect("fits");
        }
        number(collected, &schema).expect("numbers")
    }

    #[test]
    fn what_was_put_aside_is_numbered_alike() {
        let folder = tempfile::tempdir().unwrap();
        let limit = MemoryLimit { bytes: 1 << 20, folder: folder.path().to_owned() };
        let (held, aside) = (many(None), many(Some(limit)));
        assert!(aside.aside.is_some() && !aside.records.store.is_held());
        assert_eq!(keys(&held), keys(&aside));
        let all = 0..held.records.len() as u32;
        let rows = aside.records.rows();
        for record in all {
            assert_eq!(held.records.row(record).whole(), rows.row(record).whole());
            assert_eq!(held.records.piece(record).file, aside.records.piece(record).file, "{record}");
        }
        for (held, aside) in held.occurrences[0].parts.iter().zip(&aside.occurrences[0].parts) {
            let mut held = held.to_vec();
            held.sort_unstable();
            assert_eq!(held, aside.to_vec());
        }
        assert_eq!(held.counts, aside.counts);
    }
}
