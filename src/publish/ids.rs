//! What became of person ids: lineage and moves of this run, and what is carried from run to run.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::Selection;
use super::columns::{Texts, counts, table};
use super::tables::{ISSUED_IDS, LINEAGE, LINEAGE_HISTORY, MOVES, Table};
use super::write::Publication;
use super::writer::TableWriter;
use crate::model::{Event, Lineage, Move, SourceStarts, TableFile};
use crate::problem::Result;

/// Rows that are made at a time; decides no byte of what is written.
const STRETCH: usize = 1 << 16;

/// Writes the tables of ids. `history` is what happened in the runs before.
pub fn write_ids(
    run: &Publication<'_>,
    starts: &SourceStarts,
    selection: &Selection,
    folder: &Path,
) -> Result<Vec<TableFile>> {
    let resolved = run.resolved;
    let mut files = Vec::new();
    let mut put = |table: &Table, rows: &mut dyn Iterator<Item = Result<DataFrame>>| -> Result<()> {
        let differs = |column: &str| column == "record_id" || column.ends_with("person_id");
        let columns = Arc::new(table.schema());
        let mut writer = TableWriter::create(folder, table.name, columns, selection.formats, &differs)?;
        for rows in rows {
            writer.write(rows?)?;
        }
        files.extend(writer.finish()?);
        Ok(())
    };
    put(&LINEAGE, &mut resolved.lineage.chunks(STRETCH).map(|rows| lineage(rows.iter())))?;
    put(&MOVES, &mut resolved.moves.chunks(STRETCH).map(|rows| moves(run, starts, rows)))?;
    let before = run.earlier.map(super::Earlier::history).transpose()?.unwrap_or_default();
    let lasting = resolved.lineage.iter().filter(|row| row.event != Event::Created);
    let all: Vec<(u64, Lineage)> = before.into_iter().chain(lasting.map(|row| (run.run, *row))).collect();
    put(&LINEAGE_HISTORY, &mut all.chunks(STRETCH).map(lineage_history))?;
    drop(all);
    let issued = resolved.issued.with(&resolved.fresh_ids, u32::try_from(run.run).unwrap_or(u32::MAX));
    let rows = issued.ids().chunks(STRETCH).zip(issued.runs().chunks(STRETCH));
    put(&ISSUED_IDS, &mut rows.map(|(ids, runs)| issued_ids(ids, runs)))?;
    Ok(files)
}

fn lineage<'a>(rows: impl ExactSizeIterator<Item = &'a Lineage>) -> Result<DataFrame> {
    let count = rows.len();
    let [mut events, mut olds, mut news] =
        ["event", "old_person_id", "new_person_id"].map(|name| Texts::new(name, count));
    let mut records = Vec::with_capacity(count);
    for row in rows {
        events.push(row.event.name());
        olds.push_some_id(row.old);
        news.push_some_id(row.new);
        records.push(row.records as i64);
    }
    table(count, vec![events.column(), olds.column(), news.column(), counts("records", records)])
}

fn lineage_history(rows: &[(u64, Lineage)]) -> Result<DataFrame> {
    let mut columns = vec![counts("run", rows.iter().map(|(run, _)| *run as i64).collect())];
    columns.extend_from_slice(lineage(rows.iter().map(|(_, row)| row))?.columns());
    table(rows.len(), columns)
}

fn moves(run: &Publication<'_>, starts: &SourceStarts, rows: &[Move]) -> Result<DataFrame> {
    let [mut sources, mut records, mut olds, mut news] =
        ["source", "record_id", "old_person_id", "new_person_id"].map(|name| Texts::new(name, rows.len()));
    let looked = run.resolved.records.rows();
    for row in rows {
        sources.push(&run.schema.sources[usize::from(starts.source(row.record))].name);
        records.push(looked.row(row.record).record_id());
        olds.push_id(row.old);
        news.push_id(row.new);
    }
    table(rows.len(), vec![sources.column(), records.column(), olds.column(), news.column()])
}

fn issued_ids(ids: &[u128], runs: &[u32]) -> Result<DataFrame> {
    let mut persons = Texts::new("person_id", ids.len());
    ids.iter().for_each(|&id| persons.push_id(id));
    let runs = runs.iter().map(|&run| i64::from(run)).collect();
    table(ids.len(), vec![persons.column(), counts("run", runs)])
}
