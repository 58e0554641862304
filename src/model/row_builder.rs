//! Rows written into chunks, in the form that [`Row`](super::Row) reads.

use super::FieldId;
use super::row::{Chunk, RowHead, Value};

/// Writes rows into a chunk.
///
/// Per row: [`begin`](Self::begin), the present fields in rising order of field id, [`finish`](Self::finish) (or
/// [`abandon`](Self::abandon), which forgets the row).
#[derive(Debug)]
pub struct RowBuilder {
    fields: usize,
    start: usize,
    mask_at: usize,
    next: usize,
}

impl RowBuilder {
    /// For a schema of `fields` fields.
    #[must_use]
    pub fn new(fields: usize) -> Self {
        Self { fields, start: 0, mask_at: 0, next: 0 }
    }

    /// Opens a row.
    pub fn begin(&mut self, chunk: &mut Chunk, head: RowHead, record_id: &str) {
        self.start = chunk.bytes.len();
        chunk.bytes.extend_from_slice(&head.line.to_le_bytes());
        chunk.bytes.extend_from_slice(&head.event_time.to_le_bytes());
        self.mask_at = chunk.bytes.len();
        self.next = 0;
        chunk.bytes.resize(self.mask_at + self.fields.div_ceil(8), 0);
        push(&mut chunk.bytes, record_id.as_bytes());
    }

    /// Adds a field's value; an empty text is no value.
    pub fn put(&mut self, chunk: &mut Chunk, field: FieldId, value: Value<'_>) {
        match value {
            Value::Text(text) => self.put_raw(chunk, field, text.as_bytes()),
            Value::Number(number) => self.put_raw(chunk, field, &number.to_le_bytes()),
            Value::Bool(flag) => self.put_raw(chunk, field, &[u8::from(flag)]),
            Value::Date(days) => self.put_raw(chunk, field, &days.to_le_bytes()),
            Value::Time(micros) => self.put_raw(chunk, field, &micros.to_le_bytes()),
        }
    }

    /// Adds a field's value as its raw bytes (see [`Row::split`](super::Row::split)); empty is no value.
    pub fn put_raw(&mut self, chunk: &mut Chunk, field: FieldId, raw: &[u8]) {
        if raw.is_empty() {
            return;
        }
        let field = usize::from(field);
        debug_assert!(field >= self.next && field < self.fields, "fields are put in rising order");
        self.next = field + 1;
        chunk.bytes[self.mask_at + field / 8] |= 1 << (field % 8);
        push(&mut chunk.bytes, raw);
    }

    /// Closes the row: it now counts.
    pub fn finish(&mut self, chunk: &mut Chunk) {
        chunk.starts.push(self.start as u32);
    }

    /// Forgets the open row.
    pub fn abandon(&mut self, chunk: &mut Chunk) {
        chunk.bytes.truncate(self.start);
    }
}

fn push(bytes: &mut Vec<u8>, value: &[u8]) {
    let mut length = value.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(value);
}
