//! The short tables.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::{Publication, differs};
use crate::model::{SourceStarts, TableFile, TopShared};
use crate::problem::Result;
use crate::publish::tables::{BRIDGES, IGNORED_IDENTIFIERS, REFUSALS, REJECTS, SHARED_IDENTIFIERS, Table};
use crate::publish::writer::TableWriter;
use crate::publish::{Selection, findings, suggest};

/// Figures of the short tables.
pub(super) struct Findings {
    pub ignored: Vec<(String, String, u64)>,
    pub top_shared: Vec<TopShared>,
}

/// Rejects that are made into rows at a time: they hold whole raw rows.
const REJECT_ROWS: usize = 1 << 14;

pub(super) fn write_short(
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
