//! The rows of a source in the order of their record ids.

use std::cmp::Ordering;

use rayon::prelude::*;

use crate::ingest::collect::MAX_CHUNKS;
use crate::ingest::stored::{Slot, Stored};
use crate::model::{Chunk, Piece, RowBuilder, SourceId};
use crate::problem::{Problem, Result};

/// Appends the slots of one source in the order of their record ids; returns how many rows it has, and whether they came
/// in that order. `doubles` gets (old slot, new slot) of rows that were given an ordinal.
pub(super) fn order_source(
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
