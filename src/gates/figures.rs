//! The run's own figures as a table of one row, for conditions.

use polars::prelude::{Column, DataFrame, DataType, Int64Chunked, IntoColumn, NewChunkedArray, Schema};

use crate::model::RunReport;
use crate::problem::{Problem, Result};

/// A figure of a run as a whole: its name, what it is, and how it is taken.
pub type Figure = (&'static str, &'static str, fn(&RunReport) -> Option<u64>);

/// The figures that conditions may name. Each is there a second time for the last published run, with `previous_` before
/// its name; `rows_SOURCE`, `rejects_SOURCE` and `segment_NAME` come beside them.
pub const FIGURES: [Figure; 20] = [
    ("rows", "Rows read from all sources.", |r| Some(r.sources.iter().map(|s| s.rows).sum::<u64>())),
    ("rejects", "Rows that could not be read.", |r| Some(r.sources.iter().map(|s| s.rejects).sum::<u64>())),
    ("superseded", "Rows that a newer row replaced.", |r| Some(r.sources.iter().map(|s| s.superseded).sum::<u64>())),
    ("filtered", "Rows that a `where` left out.", |r| Some(r.sources.iter().map(|s| s.filtered).sum::<u64>())),
    ("files", "Input files.", |r| Some(r.sources.iter().map(|s| s.files).sum::<u64>())),
    ("records", "Records.", |r| Some(r.records)),
    ("persons", "Persons.", |r| Some(r.persons)),
    ("largest_person", "Records of the largest person.", |r| Some(r.largest_person)),
    ("persons_in_several_channels", "Persons met in two or more channels.", |r| Some(r.persons_in_several_channels)),
    ("shared_values", "Values that occur with too many people.", |r| {
        Some(r.namespaces.iter().map(|n| n.shared_values).sum::<u64>())
    }),
    ("refused_unions", "Unions that the guard refused.", |r| {
        Some(r.refusals.iter().map(|(_, count)| *count).sum::<u64>())
    }),
    ("created", "New persons; NULL on the first run.", |r| r.changes.map(|c| c.created)),
    ("merged", "Persons merged into others; NULL on the first run.", |r| r.changes.map(|c| c.merged)),
    ("split", "Persons split off others; NULL on the first run.", |r| r.changes.map(|c| c.split)),
    ("retired", "Persons who are gone; NULL on the first run.", |r| r.changes.map(|c| c.retired)),
    ("kept", "Persons who kept their id; NULL on the first run.", |r| r.changes.map(|c| c.kept)),
    ("records_moved", "Records that went to another person; NULL on the first run.", |r| r.changes.map(|c| c.moved)),
    ("opted_in", "Opt-ins, over all channels and purposes.", |r| {
        Some(r.consent.iter().map(|c| c.opted_in).sum::<u64>())
    }),
    ("opted_out", "Opt-outs, over all channels and purposes.", |r| {
        Some(r.consent.iter().map(|c| c.opted_out).sum::<u64>())
    }),
    ("records_gone", "Records that are gone; NULL on the first run.", |r| r.changes.map(|c| c.gone)),
];

/// Before the names of the last published run's figures.
const PREVIOUS: &str = "previous_";

/// Names and types of the figures of a run of these sources and segments: whole numbers.
pub fn columns(sources: &[String], segments: &[String]) -> Schema {
    let names = || {
        let of_sources = sources.iter().flat_map(|name| [format!("rows_{name}"), format!("rejects_{name}")]);
        let of_segments = segments.iter().map(|name| format!("segment_{name}"));
        FIGURES.iter().map(|(name, ..)| (*name).to_owned()).chain(of_sources).chain(of_segments)
    };
    let all = names().chain(names().map(|name| format!("{PREVIOUS}{name}")));
    all.map(|name| (name.into(), DataType::Int64)).collect()
}

/// The figures of a run and of the one before it, one row; what there is not is NULL.
pub fn figures(run: &RunReport, before: Option<&RunReport>) -> Result<DataFrame> {
    let sources: Vec<String> = run.sources.iter().map(|source| source.source.clone()).collect();
    let segments: Vec<String> = run.segments.iter().map(|(name, _)| name.clone()).collect();
    let column = |name: &str| -> Column {
        let value = match name.strip_prefix(PREVIOUS) {
            Some(name) => before.and_then(|before| figure(before, name)),
            None => figure(run, name),
        };
        let value = value.map(|value| value as i64);
        Int64Chunked::from_slice_options(name.into(), &[value]).into_column()
    };
    let columns = columns(&sources, &segments).iter_names().map(|name| column(name)).collect();
    DataFrame::new(1, columns).map_err(|error| Problem::run(format!("figures of the run: {error}"), ""))
}

fn figure(run: &RunReport, name: &str) -> Option<u64> {
    if let Some((_, _, take)) = FIGURES.iter().find(|(figure, ..)| *figure == name) {
        return take(run);
    }
    let source = |name: &str| run.sources.iter().find(|source| source.source == name);
    if let Some(rows) = name.strip_prefix("rows_").and_then(source) {
        return Some(rows.rows);
    }
    if let Some(rejects) = name.strip_prefix("rejects_").and_then(source) {
        return Some(rejects.rejects);
    }
    let segment = name.strip_prefix("segment_")?;
    run.segments.iter().find(|(name, _)| name == segment).map(|(_, persons)| *persons)
}
