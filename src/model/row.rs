//! Records as rows of bytes: one record's fields lie together, because survivorship reads a person's records whole.
//!
//! A row is `line u32 · event_time i64 · mask · record_id · present fields`, where the mask has one bit per field of the
//! schema, and `record_id` and each present field are a LEB128 length and that many bytes: UTF-8 text, or a
//! little-endian `f64` (numbers), `i64` (times), `i32` (dates), `u8` (booleans).

use super::{Blocked, CompareColumn, FieldId, Occurrence, SourceId};

/// Rows in the making, with all that is found in them: what a worker fills and empties again.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// The source of every row.
    pub source: SourceId,
    /// Index into the run's list of input files.
    pub file: u32,
    /// Encoded rows, one behind the other.
    pub bytes: Vec<u8>,
    /// Where each row begins in `bytes`.
    pub starts: Vec<u32>,
    /// Per namespace: the values that link, with the row within this chunk.
    pub occurrences: Vec<Vec<Occurrence>>,
    /// Values that do not link, in row order.
    pub blocked: Vec<Blocked>,
    /// Per compare field of the schema.
    pub compare: Vec<CompareColumn>,
}

/// What every row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowHead {
    /// 1-based physical line (or row number, for Parquet) on which the row begins.
    pub line: u32,
    /// UTC microseconds; `i64::MIN` = the source declares none or the cell was blank.
    pub event_time: i64,
}

/// A value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// UTF-8 text, never empty.
    Text(&'a str),
    /// A number or an amount.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// UTC microseconds since 1970-01-01.
    Time(i64),
}

impl Chunk {
    /// How many rows it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// A row of it; `fields` is the number of fields in the schema.
    #[must_use]
    pub fn row(&self, row: usize, fields: usize) -> Row<'_> {
        Row { bytes: &self.bytes[self.starts[row] as usize..], fields }
    }

    /// It, empty: its memory is used again.
    #[must_use]
    pub fn cleared(mut self) -> Self {
        self.clear();
        self
    }

    /// Empties it for the rows of another stretch, and keeps its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
        self.occurrences.iter_mut().for_each(Vec::clear);
        self.blocked.clear();
        self.compare.clear();
    }
}

const HEAD: usize = 12;

/// One record, read in place.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    bytes: &'a [u8],
    fields: usize,
}

impl<'a> Row<'a> {
    /// The row that begins with `bytes`; `fields` is the number of fields in the schema.
    #[must_use]
    pub fn new(bytes: &'a [u8], fields: usize) -> Self {
        Self { bytes, fields }
    }

    /// Line and event time.
    #[must_use]
    pub fn head(&self) -> RowHead {
        RowHead { line: u32::from_le_bytes(array(self.bytes)), event_time: self.event_time() }
    }

    /// UTC microseconds; `i64::MIN` = none.
    #[must_use]
    pub fn event_time(&self) -> i64 {
        i64::from_le_bytes(array(&self.bytes[4..]))
    }

    /// Whether the field has a value.
    #[must_use]
    pub fn has(&self, field: FieldId) -> bool {
        let field = usize::from(field);
        self.bytes[HEAD + field / 8] >> (field % 8) & 1 == 1
    }

    /// The record's id within its source.
    #[must_use]
    pub fn record_id(&self) -> &'a str {
        let (id, _) = take(&self.bytes[HEAD + self.fields.div_ceil(8)..]);
        text(id)
    }

    /// All fields at once, as raw bytes into `out` (one per field of the schema; empty = no value). The way to read
    /// several fields of a row; see [`decode`](Self::decode) for their meaning.
    pub fn split(&self, out: &mut Vec<&'a [u8]>) {
        out.clear();
        let mask = &self.bytes[HEAD..HEAD + self.fields.div_ceil(8)];
        let (_, mut rest) = take(&self.bytes[HEAD + mask.len()..]);
        for field in 0..self.fields {
            if mask[field / 8] >> (field % 8) & 1 == 1 {
                let (value, after) = take(rest);
                out.push(value);
                rest = after;
            } else {
                out.push(&[]);
            }
        }
    }

    /// The raw bytes of one field; empty = no value.
    #[must_use]
    pub fn raw(&self, field: FieldId) -> &'a [u8] {
        if !self.has(field) {
            return &[];
        }
        let mask = &self.bytes[HEAD..HEAD + self.fields.div_ceil(8)];
        let (_, mut rest) = take(&self.bytes[HEAD + mask.len()..]);
        for before in 0..usize::from(field) {
            if mask[before / 8] >> (before % 8) & 1 == 1 {
                rest = take(rest).1;
            }
        }
        take(rest).0
    }

    /// The whole encoded row up to its end: what tells two rows with the same key and time apart.
    #[must_use]
    pub fn content(&self) -> &'a [u8] {
        let mask = &self.bytes[HEAD..HEAD + self.fields.div_ceil(8)];
        let (_, mut rest) = take(&self.bytes[HEAD + mask.len()..]);
        for field in 0..self.fields {
            if mask[field / 8] >> (field % 8) & 1 == 1 {
                rest = take(rest).1;
            }
        }
        &self.bytes[HEAD..self.bytes.len() - rest.len()]
    }

    /// The whole encoded row.
    #[must_use]
    pub fn whole(&self) -> &'a [u8] {
        &self.bytes[..HEAD + self.content().len()]
    }

    /// A raw value as what it means; `None` for no value.
    #[must_use]
    pub fn decode(raw: &'a [u8], kind: super::ValueType) -> Option<Value<'a>> {
        use super::ValueType;
        if raw.is_empty() {
            return None;
        }
        Some(match kind {
            ValueType::Text => Value::Text(text(raw)),
            ValueType::Number => Value::Number(f64::from_le_bytes(array(raw))),
            ValueType::Bool => Value::Bool(raw[0] != 0),
            ValueType::Date => Value::Date(i32::from_le_bytes(array(raw))),
            ValueType::Time => Value::Time(i64::from_le_bytes(array(raw))),
        })
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes[..N].try_into().expect("a row holds whole values: RowBuilder wrote them")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("row text is UTF-8: RowBuilder took it as &str")
}

/// Splits a length-prefixed value off the front.
fn take(bytes: &[u8]) -> (&[u8], &[u8]) {
    let first = bytes[0];
    if first < 0x80 {
        return bytes[1..].split_at(usize::from(first));
    }
    let (mut length, mut shift, mut at) = (usize::from(first & 0x7f), 7, 1);
    loop {
        let byte = bytes[at];
        length |= usize::from(byte & 0x7f) << shift;
        at += 1;
        shift += 7;
        if byte < 0x80 {
            return bytes[at..].split_at(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RowBuilder;
    use super::*;
    use crate::model::ValueType;

    #[test]
    fn a_row_reads_back_as_it_was_written() {
        let mut chunk = Chunk::default();
        let mut builder = RowBuilder::new(10);
        let long = "x".repeat(300);
        builder.begin(&mut chunk, RowHead { line: 7, event_time: -5 }, "r-1");
        builder.put(&mut chunk, 1, Value::Text(&long));
        builder.put(&mut chunk, 9, Value::Number(2.5));
        builder.finish(&mut chunk);
        builder.begin(&mut chunk, RowHead { line: 8, event_time: i64::MIN }, "r-2");
        builder.abandon(&mut chunk);
        builder.begin(&mut chunk, RowHead { line: 9, event_time: i64::MIN }, "r-3");
        builder.put(&mut chunk, 0, Value::Bool(false));
        builder.finish(&mut chunk);
        assert_eq!(chunk.len(), 2);
        let row = chunk.row(0, 10);
        assert_eq!(row.head(), RowHead { line: 7, event_time: -5 });
        assert_eq!(row.record_id(), "r-1");
        assert_eq!(Row::decode(row.raw(1), ValueType::Text), Some(Value::Text(&long)));
        assert_eq!(Row::decode(row.raw(9), ValueType::Number), Some(Value::Number(2.5)));
        assert_eq!(Row::decode(row.raw(0), ValueType::Bool), None);
        let mut fields = Vec::new();
        chunk.row(1, 10).split(&mut fields);
        assert_eq!(Row::decode(fields[0], ValueType::Bool), Some(Value::Bool(false)));
        assert!(fields[1..].iter().all(|f| f.is_empty()));
        assert_eq!(chunk.row(1, 10).content().len(), 2 + 4 + 2);
    }
}
