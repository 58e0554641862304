//! A resolved run to files: every selected table, streamed, and the run's own figures.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{DataFrame, Schema as Columns};
use rayon::prelude::*;

use super::audiences::{self, List, Part};
use super::before::Before;
use super::block::Block;
use super::entries::Entries;
use super::ids::write_ids;
use super::output::OutputFile;
use super::persons::{self, GoldenColumn};
use super::records::{self, Decisions};
use super::select::has_table;
use super::tables::{
    ATTRIBUTION, AUDIENCES, BRIDGES, CONSENT, CROSSWALK, EDGES, GOLDEN_CUSTOMERS, IGNORED_IDENTIFIERS, JOURNEYS,
    PROVENANCE, REFUSALS, REJECTS, SEGMENTS, SEGMENTS_WIDE, SHARED_IDENTIFIERS, SUPPRESSIONS, TRIGGERS, Table,
};
use super::told_journeys::Told;
use super::verify::{REPORT, REPORT_SUM, report_sum};
use super::writer::{Encoded, Shape, TableWriter};
use super::{Earlier, Selection, consent, findings, suggest, triggers};
use crate::config::{Audience, NamespacePolicy};
use crate::journeys::Credits;
use crate::model::{
    AudienceCounts, InputFile, Key, Kind, NamespaceId, Row, RunReport, Schema, SourceStarts, SuppressionList,
    TableFile, looks,
};
use crate::pipeline::{self, Folded, Plans, Resolved};
use crate::problem::{Problem, Result};
use crate::report::More;
use crate::segments::Overlaps;

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
            let findings = write_findings(run, starts, selection, folder)?;
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

/// What is counted while persons are folded.
#[derive(Debug, Default)]
pub(super) struct PersonFigures {
    channel_sets: BTreeMap<u128, u64>,
    segments: Vec<u64>,
    hold_outs: Vec<u64>,
    /// Per segment: members who were in before; empty = nobody can tell.
    stayed: Vec<u64>,
    overlaps: Overlaps,
    consent: consent::Figures,
    pub credits: Credits,
    pub journeys: Told,
    triggers: Vec<u64>,
    /// Per column of the golden table: persons who have a value.
    pub filled: Vec<u64>,
}

impl PersonFigures {
    fn count(&mut self, folded: &Folded) {
        for &set in &folded.channels {
            *self.channel_sets.entry(set).or_default() += 1;
        }
        self.consent.count(&folded.consent);
        let filled = |column: &polars::prelude::Column| (column.len() - column.null_count()) as u64;
        self.filled = folded.golden.columns().iter().map(filled).collect();
        let members = |members: &Vec<bool>| members.iter().filter(|member| **member).count() as u64;
        self.segments = folded.segments.iter().map(members).collect();
        self.hold_outs = folded.hold_outs.iter().map(members).collect();
        self.overlaps = Overlaps::count(&folded.segments);
        self.journeys = folded.journeys.as_ref().map(Told::count).unwrap_or_default();
        self.credits = folded.journeys.as_ref().map(|journeys| journeys.credits.clone()).unwrap_or_default();
    }

    /// Takes the rows of the table `triggers`.
    fn count_triggers(&mut self, rows: &DataFrame, names: &[String]) {
        self.triggers = vec![0; names.len()];
        let fired = rows.column("trigger").ok().and_then(|column| column.str().ok());
        for name in fired.iter().flat_map(|column| column.iter().flatten()) {
            if let Some(at) = names.iter().position(|known| known == name) {
                self.triggers[at] += 1;
            }
        }
    }

    fn add(&mut self, other: &Self) {
        for (&set, persons) in &other.channel_sets {
            *self.channel_sets.entry(set).or_default() += persons;
        }
        for (sum, persons) in self.segments.iter_mut().zip(&other.segments) {
            *sum += persons;
        }
        for (sum, persons) in self.hold_outs.iter_mut().zip(&other.hold_outs) {
            *sum += persons;
        }
        self.stayed.resize(self.stayed.len().max(other.stayed.len()), 0);
        for (sum, persons) in self.stayed.iter_mut().zip(&other.stayed) {
            *sum += persons;
        }
        self.overlaps.add(&other.overlaps);
        self.consent.add(&other.consent);
        self.credits.add(&other.credits);
        self.journeys.add(&other.journeys);
        self.triggers.resize(self.triggers.len().max(other.triggers.len()), 0);
        for (sum, persons) in self.triggers.iter_mut().zip(&other.triggers) {
            *sum += persons;
        }
        self.filled.resize(self.filled.len().max(other.filled.len()), 0);
        for (sum, persons) in self.filled.iter_mut().zip(&other.filled) {
            *sum += persons;
        }
    }
}

fn describe_persons(run: &Publication<'_>, plans: &Plans, figures: &PersonFigures, report: &mut RunReport) {
    let persons = &run.resolved.persons;
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for person in 0..persons.len() as u32 {
        *sizes.entry(persons.records(person).len() as u64).or_default() += 1;
    }
    report.records = run.resolved.records.len() as u64;
    report.persons = persons.len() as u64;
    report.changes = run.resolved.changes;
    report.largest_person = sizes.last_key_value().map_or(0, |(size, _)| *size);
    report.person_sizes = sizes.into_iter().collect();
    let several = figures.channel_sets.iter().filter(|(set, _)| set.count_ones() > 1);
    report.persons_in_several_channels = several.map(|(_, persons)| persons).sum();
    let sets = figures.channel_sets.iter().map(|(&set, &persons)| (plans.channels(set), persons));
    report.channel_sets = sets.collect();
    report.channel_sets.sort_unstable();
    report.consent = figures.consent.told(run);
    report.suppressions = figures.consent.suppressed(run);
    report.segments = run.segments.iter().cloned().zip(figures.segments.iter().copied()).collect();
    report.segment_flows = flows(run, figures);
    let held = plans.hold_outs().iter().zip(&figures.hold_outs).filter(|((_, share), _)| *share > 0.0);
    report.hold_outs = held.map(|((name, _), persons)| (name.clone(), *persons)).collect();
    if run.earlier.is_some() {
        let fired = figures.triggers.iter().copied().chain(std::iter::repeat(0));
        report.triggers = plans.triggers().names().iter().cloned().zip(fired).collect();
    }
    report.segment_overlaps = figures.overlaps.named(run.segments);
    report.namespaces = run.resolved.namespaces.clone();
    report.sources = run.resolved.counts.clone();
}

/// What the rows of persons are made with, beside the stretch.
pub(super) struct ByPerson<'a> {
    pub run: &'a Publication<'a>,
    pub plans: &'a Plans,
    pub starts: &'a SourceStarts,
    pub entries: &'a Entries,
    /// What persons were in the last published run, where triggers ask.
    pub before: Option<&'a Before>,
}

/// Makes the rows of a stretch of persons.
type PersonTable = fn(&ByPerson<'_>, &persons::Ids, &Folded) -> Result<Block>;

const PERSON_TABLES: [(&Table, PersonTable); 8] = [
    (&GOLDEN_CUSTOMERS, |_, ids, folded| persons::golden_customers(ids, folded)),
    (&CONSENT, |with, _, folded| Ok(consent::consent(with.run, with.starts, folded)?.into())),
    (&SUPPRESSIONS, |with, _, folded| Ok(consent::suppressions(with.run, with.starts, folded)?.into())),
    (&SEGMENTS, |with, ids, folded| persons::segments(with.run, with.entries, ids, folded)),
    (&SEGMENTS_WIDE, |with, ids, folded| Ok(persons::segments_wide(with.run, ids, folded))),
    (&PROVENANCE, |with, ids, folded| persons::provenance(with.run, with.starts, ids, folded)),
    (&JOURNEYS, |_, ids, folded| persons::journeys(ids, folded)),
    (&TRIGGERS, |with, _, folded| Ok(triggers::triggers(with, folded)?.into())),
];

fn write_persons(
    run: &Publication<'_>,
    plans: &Plans,
    starts: &SourceStarts,
    selection: &Selection,
    folder: &Path,
    as_of: Option<i64>,
) -> Result<(PersonFigures, Vec<AudienceCounts>, Vec<TableFile>)> {
    let entries = &if selection.has(&SEGMENTS) { Entries::read(run, as_of)? } else { Entries::first(as_of) };
    let before = if selection.has(&TRIGGERS) { Before::read(run, plans.triggers())? } else { None };
    let with = ByPerson { run, plans, starts, entries, before: before.as_ref() };
    let known = |earlier: &Earlier| has_table(earlier.folder(), SEGMENTS.name);
    let can_compare = selection.has(&SEGMENTS) && run.earlier.is_some_and(known);
    let is_asked_for = |table: &Table| {
        (table.name != JOURNEYS.name || plans.have_journeys())
            && (table.name != TRIGGERS.name || !plans.triggers().is_empty())
    };
    let chosen: Vec<_> =
        PERSON_TABLES.iter().filter(|(table, _)| selection.has(table) && is_asked_for(table)).collect();
    let create = |(table, _): &&(&Table, PersonTable)| {
        let columns = person_columns(run, plans, table)?;
        TableWriter::create(folder, table.name, Arc::new(columns), selection.formats, &|column| {
            differs(run.schema, column)
        })
    };
    let mut writers = chosen.iter().map(create).collect::<Result<Vec<_>>>()?;
    let none = vec![0; run.segments.len()];
    let mut figures = PersonFigures { segments: none.clone(), hold_outs: none, ..PersonFigures::default() };
    let shapes: Vec<_> = writers.iter().map(TableWriter::shape).collect();
    let mut lists = run.audiences.iter().map(|audience| List::create(folder, audience)).collect::<Result<Vec<_>>>()?;
    let shape = |folded: Folded| -> Result<(PersonFigures, Vec<Part>, Vec<Encoded>)> {
        let mut figures = PersonFigures::default();
        figures.count(&folded);
        if can_compare {
            figures.stayed = stayed(entries, &folded);
        }
        let ids = persons::Ids::new(run, &folded);
        let mut encode = |((table, rows), shape): (&&(&Table, PersonTable), &Arc<Shape>)| {
            let rows = rows(&with, &ids, &folded)?;
            if table.name == TRIGGERS.name {
                figures.count_triggers(&rows.frame()?, plans.triggers().names());
            }
            shape.encode(rows)
        };
        let encoded = chosen.iter().zip(&shapes).map(&mut encode).collect::<Result<Vec<Encoded>>>()?;
        Ok((figures, audiences::parts(run, &folded)?, encoded))
    };
    pipeline::fold_batches(run.resolved, run.schema, plans, &shape, &mut |(counted, parts, tables)| {
        figures.add(&counted);
        let ids = &run.resolved.person_ids.0;
        lists.iter_mut().zip(parts).try_for_each(|(list, part)| list.put(part, ids))?;
        writers.iter_mut().zip(tables).try_for_each(|(writer, rows)| writer.put(rows))
    })?;
    let mut files = finish(writers)?;
    if plans.have_journeys() && selection.has(&ATTRIBUTION) {
        let columns = Arc::new(ATTRIBUTION.schema());
        let mut writer = TableWriter::create(folder, ATTRIBUTION.name, columns, selection.formats, &|_| false)?;
        writer.write(findings::attribution(&figures.credits)?)?;
        files.extend(writer.finish()?);
    }
    let (mut counts, mut members) = (Vec::new(), Vec::new());
    for (number, list) in (0..).zip(lists) {
        let (file, counted, persons) = list.finish()?;
        files.push(file);
        counts.push(counted);
        members.extend(persons.into_iter().map(|person| (person, number)));
    }
    files.extend(write_members(run, members, selection, folder)?);
    Ok((figures, counts, files))
}

/// `audiences`: who is on which list.
fn write_members(
    run: &Publication<'_>,
    mut members: Vec<(u32, u16)>,
    selection: &Selection,
    folder: &Path,
) -> Result<Vec<TableFile>> {
    if !selection.has(&AUDIENCES) {
        return Ok(Vec::new());
    }
    members.par_sort_unstable();
    let (columns, differs) = (Arc::new(AUDIENCES.schema()), &|column: &str| differs(run.schema, column));
    let mut writer = TableWriter::create(folder, AUDIENCES.name, columns, selection.formats, differs)?;
    for rows in members.chunks(audiences::ROWS) {
        writer.write(audiences::audiences(run, rows)?)?;
    }
    writer.finish()
}

/// Per segment: members who were in before.
fn stayed(entries: &Entries, folded: &Folded) -> Vec<u64> {
    let mut stayed = vec![0; folded.segments.len()];
    for (at, number) in folded.range.clone().enumerate() {
        let before = entries.of(number);
        for (segment, members) in folded.segments.iter().enumerate() {
            stayed[segment] += u64::from(members[at] && entries.was_in(before, segment));
        }
    }
    stayed
}

/// Who entered and who left each segment that the last run had, too.
fn flows(run: &Publication<'_>, figures: &PersonFigures) -> Vec<(String, u64, u64)> {
    let Some(last) = run.earlier.map(Earlier::report) else { return Vec::new() };
    let before = |name: &String| last.segments.iter().find(|(known, _)| known == name).map(|(_, persons)| *persons);
    let flow = |((name, now), stayed): ((&String, &u64), &u64)| {
        Some((name.clone(), now.saturating_sub(*stayed), before(name)?.saturating_sub(*stayed)))
    };
    run.segments.iter().zip(&figures.segments).zip(&figures.stayed).filter_map(flow).collect()
}

/// All columns of a table by person, in order.
fn person_columns(run: &Publication<'_>, plans: &Plans, table: &Table) -> Result<Columns> {
    let mut columns = table.schema();
    if table.name == GOLDEN_CUSTOMERS.name {
        columns = Columns::default();
        columns.insert("person_id".into(), polars::prelude::DataType::String);
        for (name, kind) in plans.columns().iter() {
            let empty = polars::prelude::Column::new_empty(name.clone(), kind);
            columns.insert(name.clone(), persons::published(&empty)?.dtype().clone());
        }
    } else if table.name == SEGMENTS_WIDE.name {
        for name in run.segments {
            columns.insert(name.into(), polars::prelude::DataType::Boolean);
        }
    }
    Ok(columns)
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

/// Figures of the short tables.
struct Findings {
    ignored: Vec<(String, String, u64)>,
    top_shared: Vec<crate::model::TopShared>,
}

/// Rejects that are made into rows at a time: they hold whole raw rows.
const REJECT_ROWS: usize = 1 << 14;

fn write_findings(
    run: &Publication<'_>,
    starts: &SourceStarts,
    selection: &Selection,
    folder: &Path,
) -> Result<(Findings, Vec<TableFile>)> {
    let shared = findings::shared_texts(run);
    let ignored = findings::ignored(run, &shared);
    let mut files = Vec::new();
    let mut put = |table: &Table, rows: &mut dyn Iterator<Item = Result<DataFrame>>| -> Result<()> {
        if selection.has(table) {
            let (columns, differs) = (Arc::new(table.schema()), &|column: &str| differs(run.schema, column));
            let mut writer = TableWriter::create(folder, table.name, columns, selection.formats, differs)?;
            for rows in rows {
                writer.write(rows?)?;
            }
            files.extend(writer.finish()?);
        }
        Ok(())
    };
    put(&REFUSALS, &mut std::iter::once_with(|| findings::refusals(run, starts)))?;
    put(&BRIDGES, &mut std::iter::once_with(|| findings::bridges(run, starts)))?;
    put(&SHARED_IDENTIFIERS, &mut std::iter::once_with(|| findings::shared_identifiers(run, &shared)))?;
    put(&IGNORED_IDENTIFIERS, &mut std::iter::once_with(|| findings::ignored_identifiers(&ignored)))?;
    let rejects = run.resolved.rejects.chunks(REJECT_ROWS);
    put(&REJECTS, &mut rejects.map(|rows| findings::rejects(run, rows)))?;
    if selection.has(&SHARED_IDENTIFIERS) {
        files.push(suggest::write_suggestions(run, &shared, folder)?);
    }
    let figures =
        Findings { ignored: findings::ignored_figures(&ignored), top_shared: findings::top_shared(run, &shared, 10) };
    Ok((figures, files))
}

/// Whether the values of a column nearly all differ: keys, and golden values that identify.
fn differs(schema: &Schema, column: &str) -> bool {
    let identifies = |kind| matches!(kind, Kind::Email | Kind::Phone | Kind::Hash | Kind::Id | Kind::Device);
    matches!(column, "person_id" | "record_id" | "value")
        || schema.field(column).is_some_and(|field| identifies(schema.fields[usize::from(field)].kind))
}

fn finish(writers: Vec<TableWriter>) -> Result<Vec<TableFile>> {
    let files: Vec<Vec<TableFile>> = writers.into_par_iter().map(TableWriter::finish).collect::<Result<_>>()?;
    Ok(files.into_iter().flatten().collect())
}
