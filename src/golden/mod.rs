//! Survivorship: one row per person, every value from a record that can be named.

mod columns;
mod member;
mod pick;
mod plan;
#[cfg(test)]
mod tests;

use std::ops::Range;

use polars::prelude::{Column, DataFrame};

use crate::model::{Persons, RecordColumn, Records, Row, Schema, SourceStarts, Value, ValueType};
use columns::ColumnBuilder;
use member::Members;
pub use plan::Plan;
use plan::{Choice, Pick};

/// No record won: the person has no value there, or the column is an aggregate.
const NO_RECORD: u32 = u32::MAX;

/// A stretch of persons, folded.
#[derive(Debug)]
pub struct Folded {
    /// One row per person: the golden columns, typed.
    pub golden: DataFrame,
    /// Per golden column, per person: the record that won; `u32::MAX` = none (no value, or an aggregate).
    pub winners: Vec<Vec<u32>>,
    /// The persons' records as columns, for traits: those asked for, in that order; rows by person, then newest first
    /// (no event time last), then source order, then record. Without columns if none was asked for.
    pub records: DataFrame,
}

/// Folds the persons of a range in one pass over their rows. `wanted`: what the caller needs of the records as columns.
#[must_use]
pub fn fold(
    records: &Records,
    persons: &Persons,
    range: Range<u32>,
    schema: &Schema,
    plan: &Plan,
    wanted: &[RecordColumn],
) -> Folded {
    let count = range.len();
    let rows = (persons.starts[range.end as usize] - persons.starts[range.start as usize]) as usize;
    let mut golden: Vec<ColumnBuilder> =
        plan.columns.iter().map(|column| ColumnBuilder::new(&column.name, column.kind, count)).collect();
    let mut winners: Vec<Vec<u32>> = plan.columns.iter().map(|_| Vec::with_capacity(count)).collect();
    let mut table: Vec<ColumnBuilder> = wanted
        .iter()
        .map(|column| ColumnBuilder::new(column.name(schema), columns::Kind::of(*column, schema), rows))
        .collect();
    let starts = SourceStarts::new(records, schema);
    let rows_seen = records.rows_by_person();
    let mut members = Members::new(&rows_seen, &starts);
    let mut scratch = pick::Scratch::default();
    let start = range.start;
    members.each(persons, range, |person, members| {
        let mut column = 0;
        for pick in &plan.picks {
            push(pick, members, &mut scratch, &mut golden[column..], &mut winners[column..]);
            column += pick.fields.len();
        }
        for (builder, column) in table.iter_mut().zip(wanted) {
            push_records(builder, *column, person - start, members, schema);
        }
    });
    Folded { golden: frame(count, golden), winners, records: frame(rows, table) }
}

/// Decides a pick and pushes its columns.
fn push(
    pick: &Pick,
    members: &Members<'_>,
    scratch: &mut pick::Scratch,
    golden: &mut [ColumnBuilder],
    winners: &mut [Vec<u32>],
) {
    let winner = match &pick.choice {
        Choice::Record(rule) => rule.winner(members, &pick.fields, scratch),
        Choice::Aggregate(aggregate) => {
            aggregate.push(members, pick.fields[0], scratch, &mut golden[0]);
            winners[0].push(NO_RECORD);
            return;
        }
    };
    for ((&(field, _), builder), winners) in pick.fields.iter().zip(golden).zip(winners) {
        let raw = winner.map_or(&[][..], |member| members.cell(member, field));
        builder.push_raw(raw);
        winners.push(match winner {
            Some(member) if !raw.is_empty() => members.all[member].record,
            _ => NO_RECORD,
        });
    }
}

/// Pushes a person's records to a column of the records table.
fn push_records(
    builder: &mut ColumnBuilder,
    column: RecordColumn,
    person: u32,
    members: &Members<'_>,
    schema: &Schema,
) {
    for (index, member) in members.all.iter().enumerate() {
        match column {
            RecordColumn::Person => builder.push_person(person),
            RecordColumn::Source => builder.push(Some(Value::Text(&schema.sources[usize::from(member.source)].name))),
            RecordColumn::Channel => {
                builder.push(Some(Value::Text(&schema.sources[usize::from(member.source)].channel)));
            }
            RecordColumn::RecordId => builder.push(Some(Value::Text(member.row.record_id()))),
            RecordColumn::EventTime => {
                builder.push((member.time != i64::MIN).then_some(Value::Time(member.time)));
            }
            RecordColumn::Field(field) => builder.push_raw(members.cell(index, field)),
        }
    }
}

fn frame(height: usize, builders: Vec<ColumnBuilder>) -> DataFrame {
    let columns: Vec<Column> = builders.into_iter().map(ColumnBuilder::finish).collect();
    let height = if columns.is_empty() { 0 } else { height };
    DataFrame::new(height, columns).expect("every column got one value per row, and plans refuse double names")
}

/// A value of a row, typed.
fn decode(raw: &[u8], kind: ValueType) -> Option<Value<'_>> {
    Row::decode(raw, kind)
}
