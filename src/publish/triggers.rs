//! `triggers`: what became of persons since the last published run, with the record that shows it.

use polars::prelude::{
    AnyValue, BooleanChunked, DataFrame, DataType, Int64Chunked, IntoColumn, NewChunkedArray, PolarsResult,
    StringChunked, TimeUnit, TimeZone,
};

use super::before::Before;
use super::columns::{Texts, bug, table};
use super::persons::published;
use super::tables::TRIGGERS;
use super::write::ByPerson;
use crate::pipeline::Folded;
use crate::problem::Result;
use crate::triggers::{Evidence, Fired, Plan, fire};

/// The rows of a stretch of persons; none on the first run, which has nothing to compare with.
pub fn triggers(with: &ByPerson<'_>, folded: &Folded) -> Result<DataFrame> {
    let (plan, Some(before)) = (with.plans.triggers(), with.before) else {
        return Ok(DataFrame::empty_with_schema(&TRIGGERS.schema()));
    };
    let mut now = folded.golden.clone();
    for (name, members) in with.run.segments.iter().zip(&folded.segments) {
        now.with_column(BooleanChunked::from_slice(name.as_str().into(), members).into_column()).map_err(bug)?;
    }
    let was = before.stretch(&folded.range)?;
    let fired = fire(plan, &now, &was, before.as_of, &|name| Before::has(before, name))?;
    rows(with, plan, folded, &now, &was, &fired).map_err(bug)?
}

/// A row in the making.
#[derive(Default)]
struct Row {
    time: Option<i64>,
    source: Option<String>,
    record_id: Option<String>,
    field: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

fn rows(
    with: &ByPerson<'_>,
    plan: &Plan,
    folded: &Folded,
    now: &DataFrame,
    was: &DataFrame,
    fired: &[Fired],
) -> PolarsResult<Result<DataFrame>> {
    let texts = |name: &str| Texts::new(name, fired.len());
    let (mut ids, mut names) = (texts("person_id"), texts("trigger"));
    let [mut sources, mut record_ids, mut fields, mut befores, mut afters] =
        ["source", "record_id", "field", "before", "after"].map(texts);
    let mut times = Vec::with_capacity(fired.len());
    let people: Vec<u32> = match folded.records.column("person") {
        Ok(column) => column.u32()?.into_no_null_iter().collect(),
        Err(_) => Vec::new(),
    };
    for one in fired {
        let number = folded.range.start + one.person;
        let from = people.partition_point(|person| *person < one.person);
        let run = from..from + people[from..].iter().take_while(|person| **person == one.person).count();
        let row = match plan.evidence(one.trigger) {
            Evidence::Newest => of_records(folded, run.start)?,
            Evidence::Kind(column) => {
                let is = folded.records.column(column)?.bool()?;
                let mut run = run;
                run.find(|row| is.get(*row) == Some(true)).map_or(Ok(Row::default()), |row| of_records(folded, row))?
            }
            Evidence::NewChannel => {
                let old = one.before.map(|row| text(was, "channels", row)).transpose()?.flatten().unwrap_or_default();
                let channels: &StringChunked = folded.records.column("channel")?.str()?;
                let is_new = |row: &usize| channels.get(*row).is_some_and(|new| !old.split('+').any(|old| old == new));
                // Newest first, without a time last: the oldest that has one.
                let times = folded.records.column("event_time")?.is_not_null();
                let oldest = run.clone().rev().filter(is_new).max_by_key(|row| (times.get(*row), *row));
                oldest.map_or(Ok(Row::default()), |row| of_records(folded, row))?
            }
            Evidence::Columns(columns) => of_column(with, folded, now, was, one, columns)?,
        };
        ids.push_id(with.run.resolved.person_ids.0[number as usize]);
        names.push(&plan.names()[one.trigger]);
        times.push(row.time);
        sources.push_option(row.source.as_deref());
        record_ids.push_option(row.record_id.as_deref());
        fields.push_option(row.field.as_deref());
        befores.push_option(row.before.as_deref());
        afters.push_option(row.after.as_deref());
    }
    let times = Int64Chunked::from_slice_options("event_time".into(), &times);
    let columns = vec![
        ids.column(),
        names.column(),
        times.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column(),
        sources.column(),
        record_ids.column(),
        fields.column(),
        befores.column(),
        afters.column(),
    ];
    Ok(table(fired.len(), columns))
}

/// A row of the records of the stretch as evidence.
fn of_records(folded: &Folded, row: usize) -> PolarsResult<Row> {
    let text = |name: &str| Ok::<_, polars::prelude::PolarsError>(folded.records.column(name)?.str()?.get(row));
    let times = folded.records.column("event_time")?.cast(&DataType::Int64)?;
    Ok(Row {
        time: times.i64()?.get(row),
        source: text("source")?.map(str::to_owned),
        record_id: text("record_id")?.map(str::to_owned),
        ..Row::default()
    })
}

/// The record that the first of some golden columns has its new value from.
fn of_column(
    with: &ByPerson<'_>,
    folded: &Folded,
    now: &DataFrame,
    was: &DataFrame,
    one: &Fired,
    columns: &[String],
) -> PolarsResult<Row> {
    let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
    let mut row = Row::default();
    for column in columns {
        let after = text(now, column, one.person)?;
        let before = one.before.map(|row| text(was, column, row)).transpose()?.flatten();
        if row.field.is_none() || (lower(&before) != lower(&after) && before.is_some() && after.is_some()) {
            let is_change = before.is_some() && lower(&before) != lower(&after);
            (row.field, row.before, row.after) = (Some(column.clone()), before, after);
            if is_change {
                break;
            }
        }
    }
    let at = with.run.golden.iter().position(|golden| Some(&golden.name) == row.field.as_ref());
    let record = at.map_or(u32::MAX, |at| folded.winners[at][one.person as usize]);
    if record != u32::MAX {
        let records = &with.run.resolved.records;
        let time = records.event_times[record as usize];
        row.time = (time != i64::MIN).then_some(time);
        row.source = Some(with.run.schema.sources[usize::from(with.starts.source(record))].name.clone());
        row.record_id = Some(records.row(record).record_id().to_owned());
    }
    Ok(row)
}

/// A cell as text; `None` = blank.
fn text(table: &DataFrame, column: &str, row: u32) -> PolarsResult<Option<String>> {
    let cell = published(&table.column(column)?.slice(i64::from(row), 1));
    let cell = cell.map_err(|problem| polars::prelude::polars_err!(ComputeError: "{}", problem.what))?;
    Ok(match cell.get(0)? {
        AnyValue::Null => None,
        AnyValue::String(text) => Some(text.to_owned()),
        _ => super::csv::texts(&DataFrame::new(1, vec![cell.clone()])?)?
            .pop()
            .and_then(|mut cells| cells.pop().flatten()),
    })
}
