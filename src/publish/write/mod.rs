//! A resolved run to files: every selected table, streamed, and the run's own figures.

mod figures;
mod persons;
mod short;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::block::Block;
use super::ids::write_ids;
use super::output::OutputFile;
use super::persons::GoldenColumn;
use super::records::{self, Decisions};
use super::tables::{CROSSWALK, EDGES, Table};
use super::verify::{REPORT, REPORT_SUM, report_sum};
use super::writer::TableWriter;
use super::{Earlier, Selection, findings};
use crate::config::{Audience, NamespacePolicy};
use crate::model::{
    InputFile, Key, Kind, NamespaceId, Row, RunReport, Schema, SourceStarts, SuppressionList, TableFile, looks,
};
use crate::pipeline::{self, Plans, Resolved};
use crate::problem::{Problem, Result};
use crate::report::More;
pub use figures::PersonFigures;
use figures::describe_persons;
pub use persons::ByPerson;
use persons::write_persons;
use short::write_short;

/// Everything that published tables are made from.
#[derive(Clone, Copy)]
pub struct Publication<'a> {
    /// Records, persons and decisions.
    pub resolved: &'a Resolved,
    /// Names and kinds.
    pub schema: &'a Schema,
    /// Limits of the namespaces.
    pub policies: &'a [NamespacePolicy],
    /// Reads the identifiers of a record again: see `normalize::Plan::identifiers`.
    pub identifiers: &'a Identifiers<'a>,
    /// Golden columns with their rules, in order.
    pub golden: &'a [GoldenColumn],
    /// Names of the segments, in the order of the config.
    pub segments: &'a [String],
    /// Input files.
    pub files: &'a [InputFile],
    /// Audiences, in the order of the config.
    pub audiences: &'a [Audience],
    /// Suppression lists.
    pub lists: &'a [SuppressionList],
    /// How a value of a person is shown in figures: masked, or as a pseudonym.
    pub show: &'a (dyn Fn(&str) -> String + Sync),
    /// This run's number.
    pub run: u64,
    /// The run that this one goes on from.
    pub earlier: Option<&'a Earlier>,
}

/// Gives the identifiers that a stored row carries: (namespace, key, value to show).
pub type Identifiers<'a> = dyn Fn(Row<'_>, &mut dyn FnMut(NamespaceId, Key, &str)) + Sync + 'a;

/// Writes the selected tables into a folder, and their figures and those of the persons into the report. Gives what
/// [`write_page`](super::write_page) needs more.
pub fn write(
    run: &Publication<'_>,
    plans: &Plans,
    selection: &Selection,
    folder: &Path,
    report: &mut RunReport,
) -> Result<More> {
    let starts = &SourceStarts::new(&run.resolved.records, run.schema);
    let as_of = report.as_of;
    let ((by_person, by_record), short) = rayon::join(
        || {
            rayon::join(
                || write_persons(run, plans, starts, selection, folder, as_of),
                || write_records(run, starts, selection, folder),
            )
        },
        || -> Result<_> {
            let findings = write_short(run, starts, selection, folder)?;
            Ok((findings, write_ids(run, starts, selection, folder)?))
        },
    );
    let (figures, counted, mut files) = by_person?;
    report.audiences = counted;
    files.extend(by_record?);
    let ((findings, more), ids) = short?;
    files.extend(more);
    files.extend(ids);
    report.tables = files;
    describe_persons(run, plans, &figures, report);
    report.ignored = findings.ignored;
    report.top_shared = findings.top_shared;
    report.refusals = findings::refusal_figures(run);
    let mut more = super::report_page::gather(run, &figures, starts);
    more.journeys = plans.have_journeys().then(|| figures.journeys.figures(&figures.credits));
    Ok(more)
}

/// Writes `run.json` and its checksum, the last files of a run.
pub fn write_report(report: &RunReport, folder: &Path) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(report)
        .map_err(|error| Problem::run(format!("run.json: {error}"), "this is a fault of onefold; please report it"))?;
    text.push(b'\n');
    let put = |name: &str, content: &[u8]| -> Result<()> {
        let mut file = OutputFile::create(&folder.join(name))?;
        file.write_all(content).map_err(|error| file.explain(&error))?;
        file.finish().map(|_| ())
    };
    put(REPORT, &text)?;
    put(REPORT_SUM, report_sum(&text).as_bytes())
}

fn write_records(
    run: &Publication<'_>,
    starts: &SourceStarts,
    selection: &Selection,
    folder: &Path,
) -> Result<Vec<TableFile>> {
    let stretches = looks(run.resolved.records.len());
    let stream = |table: &Table, rows: &(dyn Fn(&std::ops::Range<u32>) -> Result<Block> + Sync)| {
        if !selection.has(table) {
            return Ok(Vec::new());
        }
        let (columns, differs) = (Arc::new(table.schema()), &|column: &str| differs(run.schema, column));
        let mut writer = TableWriter::create(folder, table.name, columns, selection.formats, differs)?;
        let shape = writer.shape();
        let encode = |range: &std::ops::Range<u32>| shape.encode(rows(range)?);
        pipeline::in_order(&stretches, &encode, &mut |rows| writer.put(rows))?;
        writer.finish()
    };
    let (crosswalk, edges) = rayon::join(
        || stream(&CROSSWALK, &|range| Ok(records::crosswalk(run, starts, range.clone()))),
        || {
            let decisions = Decisions::new(run);
            stream(&EDGES, &|range| records::edges(run, starts, &decisions, range.clone()))
        },
    );
    let mut files = crosswalk?;
    files.extend(edges?);
    Ok(files)
}

/// Whether the values of a column nearly all differ: keys, and golden values that identify.
fn differs(schema: &Schema, column: &str) -> bool {
    let identifies = |kind| matches!(kind, Kind::Email | Kind::Phone | Kind::Hash | Kind::Id | Kind::Device);
    matches!(column, "person_id" | "record_id" | "value")
        || schema.field(column).is_some_and(|field| identifies(schema.fields[usize::from(field)].kind))
}
