//! What a worker does with a batch of text: every row becomes a record, a reject, or is left out by the source's
//! condition.

use std::ops::Range;

use super::Batch;
use super::batches::TextBatch;
use super::cells::Cells;
use super::condition::Truths;
use super::layout::Layout;
use super::open::Form;
use super::record::{Draft, Fault, Origin, Room, Sink};
use super::splitter::Verdict;
use crate::model::RejectReason;
use crate::problem::Result;

/// Reads the rows of a batch.
pub(super) fn read_text(origin: Origin<'_>, batch: &TextBatch, room: &mut Room, sink: &mut Sink<'_>) -> Result<Batch> {
    let text = Text {
        origin,
        bytes: &batch.text,
        sound: simdutf8::basic::from_utf8(&batch.text).ok(),
        nul: memchr::memchr(0, &batch.text).is_some(),
    };
    let mut cells = Cells::default();
    let mut out = origin.draft(room);
    let conditions = &origin.source.conditions;
    if conditions.is_empty() {
        let truths = Truths::default();
        batch.rows(|line, range, verdict| {
            let done = text.row(range.clone(), verdict, &mut cells).and_then(|row| {
                let Some(row) = row else { return Ok(()) };
                out.rows += 1;
                let slots = text.slots(row, &cells, room);
                origin.record(line, slots, (&truths, 0), room, sink, &mut out)
            });
            if let Err(fault) = done {
                text.reject(line, range, fault, &mut out);
            }
        });
    } else {
        let mut table = conditions.table();
        let mut sound: Vec<(u64, Range<usize>)> = Vec::new();
        batch.rows(|line, range, verdict| match text.row(range.clone(), verdict, &mut cells) {
            Ok(None) => {}
            Ok(Some(row)) => {
                table.push(&text.slots(row, &cells, room));
                sound.push((line, range));
            }
            Err(fault) => text.reject(line, range, fault, &mut out),
        });
        let truths = table.evaluate()?;
        for (number, (line, range)) in sound.into_iter().enumerate() {
            if origin.source.mapping.filter.is_some_and(|filter| !truths.holds(filter, number)) {
                out.filtered += 1;
                continue;
            }
            // Taken apart once more: cheaper than to keep every cell of the batch.
            let row = text.row(range.clone(), Verdict::Fine, &mut cells);
            let row = row.ok().flatten().expect("it was sound a moment ago");
            let slots = text.slots(row, &cells, room);
            if let Err(fault) = origin.record(line, slots, (&truths, number), room, sink, &mut out) {
                text.reject(line, range, fault, &mut out);
            }
        }
        out.rejects.sort_by_key(|reject| reject.line);
    }
    out.rows = out.chunk.len() as u64 + out.rejects.len() as u64 + out.filtered;
    Ok(out.finish(room))
}

/// A batch's text, with what is known of all of it.
struct Text<'a> {
    origin: Origin<'a>,
    bytes: &'a [u8],
    /// The same, if all of it is UTF-8.
    sound: Option<&'a str>,
    /// Whether there is a NUL in it.
    nul: bool,
}

impl<'a> Text<'a> {
    /// Checks a row and takes it apart into `cells`; `None` = a blank line.
    fn row(&self, range: Range<usize>, verdict: Verdict, cells: &mut Cells) -> Result<Option<&'a str>, Fault> {
        let bytes = &self.bytes[range.clone()];
        if bytes[0] == b' ' && bytes.iter().all(|byte| *byte == b' ') {
            return Ok(None);
        }
        let stray = RejectReason::StrayQuote;
        match verdict {
            Verdict::Fine => {}
            Verdict::StrayQuote => return Err((stray, "a quote inside an unquoted cell".into())),
            Verdict::TextAfterQuote => return Err((stray, "text behind a closing quote".into())),
            Verdict::OpenQuote => return Err((RejectReason::OpenQuote, "a quote that never closes".into())),
            Verdict::TooLong => return Err((RejectReason::TooLong, "longer than 16 MiB".into())),
        }
        let row = match self.sound {
            Some(text) => &text[range],
            None => std::str::from_utf8(bytes).map_err(|error| {
                let what = format!("not {} at byte {}", self.encoding(), error.valid_up_to() + 1);
                (RejectReason::BadEncoding, what)
            })?,
        };
        if self.nul && memchr::memchr(0, bytes).is_some() {
            return Err((RejectReason::NulByte, "a NUL byte".into()));
        }
        match &self.origin.file.form {
            Form::Csv { layout, .. } => take_apart(row, layout, cells)?,
            Form::Jsonl { wanted, .. } => {
                if row.trim_ascii().is_empty() {
                    return Ok(None);
                }
                wanted.read(row, cells).map_err(|error| (RejectReason::BadJson, error))?;
            }
            Form::Parquet { .. } => unreachable!("Parquet is no text"),
        }
        Ok(Some(row))
    }

    fn encoding(&self) -> &'static str {
        match &self.origin.file.form {
            Form::Csv { encoding, .. } | Form::Jsonl { encoding, .. } => encoding.map_or("UTF-8", |known| known.name()),
            Form::Parquet { .. } => "UTF-8",
        }
    }

    /// The row's slots; leaves its content in the room if records are known by it.
    fn slots<'b>(&self, row: &'b str, cells: &'b Cells, room: &mut Room) -> Vec<&'b str> {
        let mut slots = room.slots();
        match &self.origin.file.form {
            Form::Csv { columns, .. } => {
                // A nameless last column need not be there.
                let cell = |column: &Option<usize>| column.filter(|column| *column < cells.len());
                slots.extend(columns.iter().map(|column| cell(column).map_or("", |column| cells.get(row, column))));
            }
            _ => slots.extend(cells.iter(row)),
        }
        if self.origin.by_content() {
            room.content.clear();
            match &self.origin.file.form {
                Form::Csv { .. } => cells.iter(row).for_each(|cell| {
                    room.content.push_str(cell);
                    room.content.push('\u{1f}');
                }),
                _ => room.content.push_str(row.trim_ascii()),
            }
        }
        slots
    }

    fn reject(&self, line: u64, range: Range<usize>, fault: Fault, out: &mut Draft) {
        out.rejects.push(self.origin.reject(line, &self.bytes[range], fault));
    }
}

fn take_apart(row: &str, layout: &Layout, cells: &mut Cells) -> Result<(), Fault> {
    cells.split(row, layout.delimiter);
    let (found, expected) = (cells.len(), layout.columns.len());
    let wrong = |reason| Err((reason, format!("{found} cells, the header has {expected}")));
    if found > expected {
        let blank = layout.open_ended() && (expected..found).all(|cell| cells.get(row, cell).trim_ascii().is_empty());
        if !blank {
            return wrong(RejectReason::TooManyFields);
        }
    } else if found < expected && found < layout.min_cells() {
        return wrong(RejectReason::TooFewFields);
    }
    if let Some(header) = &layout.header {
        let header = &layout.preamble[header.clone()];
        let bare = row.strip_prefix('\u{feff}').unwrap_or(row);
        if bare.as_bytes() == header {
            return Err((RejectReason::RepeatedHeader, "the header again".into()));
        }
    }
    Ok(())
}
