//! What records say themselves.

use std::ops::Range;

use rayon::prelude::*;

use super::Plan;
use crate::model::{ConsentId, Persons, Records, Row, Schema, SourceStarts, Statement, Value, ValueType, Word};

/// Records that a thread reads at a time.
const STRETCH: u32 = 1 << 16;

/// The statements of all records of sources that say anything, by record.
pub(super) fn gather(
    plan: &Plan,
    records: &Records,
    persons: &Persons,
    starts: &SourceStarts,
    schema: &Schema,
) -> Vec<Statement> {
    let mut stretches: Vec<Range<u32>> = Vec::new();
    for (source, range) in starts.ranges(records.len() as u32) {
        if plan.speaks[usize::from(source)] {
            stretches.extend(
                range
                    .clone()
                    .step_by(STRETCH as usize)
                    .map(|first| first..range.end.min(first.saturating_add(STRETCH))),
            );
        }
    }
    let read = |range: &Range<u32>| -> Vec<Statement> {
        let (mut found, rows) = (Vec::new(), records.rows());
        for record in range.clone() {
            let row = rows.row(record);
            for (key, fields) in schema.consents.iter().enumerate().filter(|(_, key)| row.has(key.word)) {
                let Some(word) = word(row, fields.word) else { continue };
                let since = match Row::decode(row.raw(fields.since), ValueType::Time) {
                    Some(Value::Time(micros)) => micros,
                    _ => row.event_time(),
                };
                let person = persons.person_of[record as usize];
                found.push(Statement { person, key: key as ConsentId, word, since, record, via: None });
            }
        }
        found
    };
    stretches.par_iter().map(read).collect::<Vec<_>>().concat()
}

fn word(row: Row<'_>, field: u16) -> Option<Word> {
    match Row::decode(row.raw(field), ValueType::Text) {
        Some(Value::Text(name)) => Word::of_name(name),
        _ => None,
    }
}
