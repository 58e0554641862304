//! One row, taken apart, to a record in the chunk: the last step of every format.

use std::fmt::Write;

use xxhash_rust::xxh3::xxh3_128;

use super::Batch;
use super::condition::Truths;
use super::evaluate::{Context, consents, event_time, fields, join, record_id};
use super::open::{OpenFile, OpenSource};
use super::parted::by_part;
use crate::model::{Chunk, Occurrence, Reject, RejectReason, RowHead};

/// Takes a record: chunk, head, record id, raw text of every mapped field.
pub(super) type Sink<'a> = Box<dyn FnMut(&mut Chunk, RowHead, &str, &[&str]) + 'a>;

/// Why a row is no record, and what was found.
pub(super) type Fault = (RejectReason, String);

/// Most bytes of a rejected row that are kept.
const MAX_RAW: usize = 64 << 10;

/// A file in the run's list, and its source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The source.
    pub source: &'a OpenSource,
    /// The file.
    pub file: &'a OpenFile,
    /// Its number in the run's list of files.
    pub number: u32,
}

/// A worker's room for one row, kept from row to row.
#[derive(Debug, Default)]
pub(super) struct Room {
    joined: String,
    /// Times of consent.
    since: String,
    id: String,
    /// The row's content, for records that have no id.
    pub content: String,
    slots: Vec<&'static str>,
    fields: Vec<&'static str>,
    /// An empty chunk, to be filled.
    pub chunk: Chunk,
    /// Room for the occurrences of one namespace.
    occurrences: Vec<Occurrence>,
}

impl Room {
    /// An empty list for a row's slots.
    pub fn slots<'a>(&mut self) -> Vec<&'a str> {
        again(std::mem::take(&mut self.slots))
    }
}

/// What a batch has given so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Records, normalized.
    pub chunk: Chunk,
    /// See [`Batch::rejects`].
    pub rejects: Vec<Reject>,
    /// See [`Batch::rows`].
    pub rows: u64,
    /// See [`Batch::filtered`].
    pub filtered: u64,
    /// See [`Batch::unread_times`].
    pub unread_times: u64,
}

impl Draft {
    /// What the batch has given.
    pub fn finish(mut self, room: &mut Room) -> Batch {
        let part_ends = self.chunk.occurrences.iter_mut().map(|found| by_part(found, &mut room.occurrences)).collect();
        let Self { chunk, rejects, rows, filtered, unread_times } = self;
        Batch { chunk, part_ends, rejects, rows, filtered, erased: 0, unread_times }
    }
}

impl Origin<'_> {
    /// A draft without rows.
    pub fn draft(&self, room: &mut Room) -> Draft {
        let chunk = Chunk { source: self.source.id, file: self.number, ..std::mem::take(&mut room.chunk) };
        Draft { chunk, ..Draft::default() }
    }

    /// Whether records are known by their content (left in [`Room::content`]), as there is no id.
    pub fn by_content(&self) -> bool {
        self.source.mapping.record_id.is_empty()
    }

    /// Makes a record of a row's slots. `truths` says what the conditions are for which row of the batch.
    pub fn record<'r>(
        &'r self,
        line: u64,
        mut slots: Vec<&'r str>,
        truths: (&'r Truths, usize),
        room: &'r mut Room,
        sink: &mut Sink<'_>,
        out: &mut Draft,
    ) -> Result<(), Fault> {
        let mapping = &self.source.mapping;
        join(mapping, &mut slots, &mut room.joined);
        let event_time = match mapping.event_time.as_ref().map(|time| (time, event_time(time, &slots))) {
            None | Some((_, Ok(None))) => i64::MIN,
            Some((_, Ok(Some(micros)))) => micros,
            Some((time, Err(_))) if !time.reject => {
                out.unread_times += 1;
                i64::MIN
            }
            Some((time, Err(raw))) => {
                let formats: Vec<&str> = time.formats.iter().map(|format| format.as_str()).collect();
                let expected = match formats[..] {
                    [] => "an ISO 8601 or Unix time".to_owned(),
                    _ => format!("of the format {}", formats.join(" or ")),
                };
                return Err((RejectReason::BadEventTime, format!("\"{raw}\" is not {expected}")));
            }
        };
        let id = if mapping.record_id.is_empty() {
            room.id.clear();
            write!(room.id, "#{:032x}", xxh3_128(room.content.as_bytes())).expect("a String takes it");
            Some(room.id.as_str())
        } else {
            record_id(mapping, &slots, &mut room.id)
        };
        let Some(id) = id else {
            let names: Vec<&str> = mapping.record_id.iter().map(|slot| mapping.slots[*slot].as_str()).collect();
            return Err((RejectReason::NoRecordId, format!("\"{}\" is blank", names.join("\", \""))));
        };
        let context = Context { mapping, constants: &self.file.constants, truths: truths.0, row: truths.1 };
        let mut values = again(std::mem::take(&mut room.fields));
        fields(context, &slots, &mut values);
        consents(context, &slots, &mut room.since, &mut values);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        sink(&mut out.chunk, RowHead { line, event_time }, id, &values);
        room.fields = again(values);
        room.slots = again(slots);
        Ok(())
    }

    /// A row that is no record.
    pub fn reject(&self, line: u64, raw: &[u8], (reason, detail): Fault) -> Reject {
        let raw = String::from_utf8_lossy(shortened(raw)).into();
        Reject { source: self.source.id, file: self.number, line, reason, detail: detail.into(), raw }
    }
}

/// At most [`MAX_RAW`] bytes of a row, cut between two characters.
fn shortened(raw: &[u8]) -> &[u8] {
    if raw.len() <= MAX_RAW {
        return raw;
    }
    match std::str::from_utf8(&raw[..MAX_RAW]) {
        Err(error) if error.error_len().is_none() => &raw[..error.valid_up_to()],
        _ => &raw[..MAX_RAW],
    }
}

/// The same list, empty, for texts of another lifetime: its memory is used again.
fn again<'b>(mut texts: Vec<&str>) -> Vec<&'b str> {
    texts.clear();
    texts.into_iter().map(|_| "").collect()
}
