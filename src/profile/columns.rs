//! What the mapped columns of a source hold: how often they are filled, and how often their kind can read them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ingest::Batch;
use crate::model::{FieldId, Row, Schema, Unusable, Value};
use crate::problem::mask;

/// The figures of one source, gathered batch by batch.
#[derive(Debug, Clone, Serialize)]
pub struct SourceColumns {
    /// The source.
    pub source: String,
    /// Files that were looked at.
    pub files: u64,
    /// Rows that were looked at.
    pub rows: u64,
    /// Rows among them that became records.
    pub records: u64,
    /// Rows that the source's condition left out.
    pub filtered: u64,
    /// Rows that could not be read, by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Records with an event time.
    pub timed: u64,
    /// Oldest and newest event time, UTC microseconds.
    pub times: Option<(i64, i64)>,
    /// Mapped fields, in the order of the schema.
    pub fields: Vec<ColumnFigures>,
    #[serde(skip)]
    ids: Vec<FieldId>,
    #[serde(skip)]
    width: usize,
}

/// One mapped field.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnFigures {
    /// The canonical field.
    pub field: String,
    /// Its kind, as the config writes it.
    pub kind: String,
    /// Records that have something in it.
    pub filled: u64,
    /// Values that its kind cannot read or that identify nobody, by reason.
    pub unusable: BTreeMap<&'static str, u64>,
    /// A value that could be read, masked; blank = none.
    pub example: String,
    /// A value that could not be read, masked; blank = none.
    pub unread: String,
}

impl ColumnFigures {
    /// Values that are not of the field's kind; placeholders are, though they identify nobody.
    #[must_use]
    pub fn misread(&self) -> u64 {
        self.unusable.iter().filter(|(reason, _)| **reason != Unusable::Placeholder.name()).map(|(_, n)| n).sum()
    }
}

impl SourceColumns {
    /// Nothing yet; `fields` are those that the source maps.
    #[must_use]
    pub fn new(source: &str, schema: &Schema, fields: &[FieldId]) -> Self {
        let figures = |&id: &FieldId| {
            let field = &schema.fields[usize::from(id)];
            let kind = serde_json::to_value(field.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
            ColumnFigures {
                field: field.name.clone(),
                kind: kind.unwrap_or_else(|| "consent".to_owned()), // a config cannot name that one
                filled: 0,
                unusable: BTreeMap::new(),
                example: String::new(),
                unread: String::new(),
            }
        };
        Self {
            source: source.to_owned(),
            files: 0,
            rows: 0,
            records: 0,
            filtered: 0,
            rejects: BTreeMap::new(),
            timed: 0,
            times: None,
            fields: fields.iter().map(figures).collect(),
            ids: fields.to_vec(),
            width: schema.fields.len(),
        }
    }

    /// Counts a batch of the source.
    pub fn add(&mut self, batch: &Batch, schema: &Schema) {
        self.rows += batch.rows;
        self.filtered += batch.filtered;
        for reject in &batch.rejects {
            *self.rejects.entry(reject.reason.name()).or_default() += 1;
        }
        for number in 0..batch.chunk.len() {
            let row = batch.chunk.row(number, self.width);
            self.records += 1;
            let time = row.event_time();
            if time != i64::MIN {
                self.timed += 1;
                let (oldest, newest) = self.times.unwrap_or((time, time));
                self.times = Some((oldest.min(time), newest.max(time)));
            }
            self.row(row, schema);
        }
        for blocked in &batch.chunk.blocked {
            let Some(at) = self.ids.iter().position(|id| *id == blocked.field) else { continue };
            let row = batch.chunk.row(blocked.row as usize, self.width);
            let figures = &mut self.fields[at];
            *figures.unusable.entry(blocked.reason.name()).or_default() += 1;
            figures.filled += u64::from(!row.has(blocked.field)); // else it was counted with the row
            if figures.unread.is_empty() && blocked.reason != Unusable::Placeholder {
                figures.unread = mask(&blocked.value);
            }
        }
    }

    fn row(&mut self, row: Row<'_>, schema: &Schema) {
        for (id, figures) in self.ids.iter().zip(&mut self.fields) {
            if !row.has(*id) {
                continue;
            }
            figures.filled += 1;
            if figures.example.is_empty() {
                figures.example = shown(row.raw(*id), schema, *id);
            }
        }
    }
}

/// A value as people may see it: texts masked, all else as it is.
fn shown(raw: &[u8], schema: &Schema, field: FieldId) -> String {
    match Row::decode(raw, schema.fields[usize::from(field)].kind.value_type()) {
        Some(Value::Text(text)) => mask(text),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Date(_)) => "a day".to_owned(),
        Some(Value::Time(_)) => "a time".to_owned(),
        None => String::new(),
    }
}
