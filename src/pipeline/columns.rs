//! The columns that every person has, whatever the config asks for.

use std::ops::Range;

use polars::prelude::{
    Column, Int64Chunked, IntoColumn, NamedFrom, NewChunkedArray, Series, StringChunkedBuilder, TimeUnit,
};

use super::channels::Channels;
use super::resolve::Resolved;
use crate::model::{ConsentKey, ConsentState, SourceStarts};

/// The columns that every person has, ahead of the golden ones.
pub const PERSON_COLUMNS: [&str; 4] = ["records", "channels", "first_seen", "last_seen"];

/// [`PERSON_COLUMNS`], and the channel sets.
pub(super) fn person_columns(
    resolved: &Resolved,
    channels: &Channels,
    starts: &SourceStarts,
    range: Range<u32>,
) -> (Vec<Column>, Vec<u128>) {
    let (mut counts, mut sets) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
    let (mut first, mut last) = (Vec::with_capacity(range.len()), Vec::with_capacity(range.len()));
    for person in range {
        let (mut set, mut oldest, mut newest) = (0, i64::MAX, i64::MIN);
        let records = resolved.persons.records(person);
        for &record in records {
            set |= channels.of_source[usize::from(starts.source(record))];
            let time = resolved.records.event_times[record as usize];
            if time != i64::MIN {
                oldest = oldest.min(time);
                newest = newest.max(time);
            }
        }
        counts.push(records.len() as i64);
        sets.push(set);
        first.push((newest != i64::MIN).then_some(oldest));
        last.push((newest != i64::MIN).then_some(newest));
    }
    let mut names = StringChunkedBuilder::new("channels".into(), sets.len());
    let (mut known, mut name) = (0, String::new());
    for &set in &sets {
        if set != known {
            (known, name) = (set, channels.names(set));
        }
        names.append_value(&name);
    }
    let time = |name: &str, values: Vec<Option<i64>>| {
        Int64Chunked::from_slice_options(name.into(), &values).into_datetime(TimeUnit::Microseconds, None).into_column()
    };
    let columns = vec![
        Series::new("records".into(), counts).into_column(),
        names.finish().into_column(),
        time("first_seen", first),
        time("last_seen", last),
    ];
    (columns, sets)
}

/// `consent_email` and the like: never blank, so that rules need not think of blanks.
pub(super) fn state_column(key: &ConsentKey, states: &[ConsentState]) -> Column {
    let mut names = StringChunkedBuilder::new(key.column().as_str().into(), states.len());
    states.iter().for_each(|state| names.append_value(state.name()));
    names.finish().into_column()
}
