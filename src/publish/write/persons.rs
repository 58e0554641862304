//! Tables with rows by person, written in one pass over the persons.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::{Column, DataType, Schema as Columns};
use rayon::prelude::*;

use super::figures::PersonFigures;
use super::{Publication, differs};
use crate::model::{AudienceCounts, SourceStarts, TableFile};
use crate::pipeline::{self, Folded, Plans};
use crate::problem::Result;
use crate::publish::audiences::{self, List, Part};
use crate::publish::before::Before;
use crate::publish::block::Block;
use crate::publish::entries::Entries;
use crate::publish::select::has_table;
use crate::publish::tables::{
    ATTRIBUTION, AUDIENCES, CONSENT, GOLDEN_CUSTOMERS, JOURNEYS, PROVENANCE, SEGMENTS, SEGMENTS_WIDE, SUPPRESSIONS,
    TRIGGERS, Table,
};
use crate::publish::writer::{Encoded, Shape, TableWriter};
use crate::publish::{Earlier, Selection, consent, findings, persons, triggers};

/// What the rows of persons are made with, beside the stretch.
pub struct ByPerson<'a> {
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

pub(super) fn write_persons(
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
    let mut figures = PersonFigures::none(run.segments.len());
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

/// All columns of a table by person, in order.
fn person_columns(run: &Publication<'_>, plans: &Plans, table: &Table) -> Result<Columns> {
    let mut columns = table.schema();
    if table.name == GOLDEN_CUSTOMERS.name {
        columns = Columns::default();
        columns.insert("person_id".into(), DataType::String);
        for (name, kind) in plans.columns().iter() {
            let empty = Column::new_empty(name.clone(), kind);
            columns.insert(name.clone(), persons::published(&empty)?.dtype().clone());
        }
    } else if table.name == SEGMENTS_WIDE.name {
        for name in run.segments {
            columns.insert(name.into(), DataType::Boolean);
        }
    }
    Ok(columns)
}

fn finish(writers: Vec<TableWriter>) -> Result<Vec<TableFile>> {
    let files: Vec<Vec<TableFile>> = writers.into_par_iter().map(TableWriter::finish).collect::<Result<_>>()?;
    Ok(files.into_iter().flatten().collect())
}
