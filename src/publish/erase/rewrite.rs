//! A table without what is hers: Parquet by stretches of rows, CSV row by row with the bytes of other rows untouched.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, IntoColumn, NewChunkedArray, ParquetReader, PolarsResult, SerReader,
    Series, StringChunked,
};

use super::super::audiences::delimiter_of;
use super::super::output::OutputFile;
use super::super::select::plain;
use super::super::writer::{Formats, TableWriter};
use super::row::{Fate, InRun, Layout};
use crate::disk::fault;
use crate::problem::{Problem, Result};

/// Rows of Parquet that are in memory at a time.
const STRETCH: usize = 1 << 18;

/// What was done to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Rows that went.
    pub dropped: u64,
    /// Cells that were blanked in others.
    pub blanked: u64,
    /// Rows that are left.
    pub rows: u64,
    /// Size in bytes of the new file.
    pub bytes: u64,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// Writes a Parquet table anew to where `target` says; nothing is written when nothing of hers is in it.
pub fn parquet(
    path: &Path,
    run: &InRun<'_>,
    target: &dyn Fn() -> Result<std::path::PathBuf>,
) -> Result<Option<Rewritten>> {
    let unread = |error: polars::error::PolarsError| {
        Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), "")
    };
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut is_any = false;
    let mut layout = None;
    stretches(path, &mut |part| {
        let names: Vec<&str> = part.get_column_names().into_iter().map(|name| name.as_str()).collect();
        let kinds: Vec<&DataType> = part.columns().iter().map(|column| column.dtype()).collect();
        let layout = layout.get_or_insert_with(|| Layout::new(&name, &names, &|at| *kinds[at] == DataType::String));
        is_any = fates(layout, run, part).map_err(unread)?.iter().any(|fate| *fate != Fate::Stays);
        Ok(!is_any)
    })?;
    let Some(layout) = layout.filter(|_| is_any) else { return Ok(None) };
    let target = target()?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let differs = |column: &str| column.ends_with("person_id") || column.ends_with("record_id") || column == "value";
    let (mut writer, mut done) = (None, Rewritten::default());
    stretches(path, &mut |part| {
        let fates = fates(&layout, run, part).map_err(unread)?;
        let (kept, blanked) = without(part, &fates).map_err(unread)?;
        done.dropped += (part.height() - kept.height()) as u64;
        done.blanked += blanked;
        done.rows += kept.height() as u64;
        let writer = match &mut writer {
            Some(writer) => writer,
            None => {
                let formats = Formats { parquet: true, csv: false, spreadsheet_safe: false };
                writer.insert(TableWriter::create(folder, &name, part.schema().clone(), formats, &differs)?)
            }
        };
        writer.write(kept).map(|()| true)
    })?;
    if let Some(file) = writer.map(TableWriter::finish).transpose()?.and_then(|files| files.into_iter().next()) {
        (done.bytes, done.fingerprint) = (file.bytes, file.fingerprint);
    }
    Ok(Some(done))
}

/// Gives `each` the table in stretches, until it says that it has enough.
pub fn stretches(path: &Path, each: &mut dyn FnMut(&DataFrame) -> Result<bool>) -> Result<()> {
    let mut from = 0;
    loop {
        let file = File::open(path).map_err(|error| fault(path, "read", &error, 0))?;
        let part = ParquetReader::new(file)
            .with_slice(Some((from, STRETCH)))
            .finish()
            .map_err(|error| Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), ""))?;
        from += part.height();
        if !each(&part)? || part.height() < STRETCH {
            return Ok(());
        }
    }
}

fn fates(layout: &Layout, run: &InRun<'_>, part: &DataFrame) -> PolarsResult<Vec<Fate>> {
    let mut texts: Vec<Option<StringChunked>> = vec![None; part.width()];
    for at in layout.asks() {
        texts[at] = Some(part.columns()[at].cast(&DataType::String)?.str()?.rechunk().into_owned());
    }
    let cell = |at: usize, row: usize| texts[at].as_ref().and_then(|column| column.get(row)).unwrap_or_default();
    Ok((0..part.height()).map(|row| layout.fate(run, &|at| cell(at, row))).collect())
}

/// The rows that stay, without the cells that go; and how many cells those are.
fn without(part: &DataFrame, fates: &[Fate]) -> PolarsResult<(DataFrame, u64)> {
    let mut blanked = 0;
    let mut columns: Vec<Column> = part.columns().to_vec();
    for (at, column) in columns.iter_mut().enumerate() {
        let is_blank = |fate: &Fate| matches!(fate, Fate::Without(columns) if columns.contains(&at));
        if !fates.iter().any(is_blank) {
            continue;
        }
        let series = column.as_materialized_series();
        let stays: BooleanChunked = fates.iter().map(|fate| Some(!is_blank(fate))).collect();
        blanked += (stays.len() - stays.sum().unwrap_or(0) as usize) as u64;
        let blank = Series::full_null(series.name().clone(), series.len(), series.dtype());
        *column = series.zip_with(&stays, &blank)?.into_column();
    }
    let stays = BooleanChunked::from_iter_values("".into(), fates.iter().map(|fate| *fate != Fate::Goes));
    Ok((DataFrame::new(part.height(), columns)?.filter(&stays)?, blanked))
}

/// Writes a CSV table anew to where `target` says; nothing is written when nothing of hers is in it. Other rows keep their
/// bytes.
pub fn csv(path: &Path, run: &InRun<'_>, target: &dyn Fn() -> Result<std::path::PathBuf>) -> Result<Option<Rewritten>> {
    let bytes = std::fs::read(path).map_err(|error| fault(path, "read", &error, 0))?;
    let unread =
        |error: ::csv::Error| Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), "");
    let delimiter = delimiter_of(&bytes);
    let mut reader = ::csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes.as_slice());
    let (mut row, mut done, mut kept) = (::csv::StringRecord::new(), Rewritten::default(), Vec::new());
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut layout: Option<Layout> = None;
    loop {
        let from = reader.position().byte() as usize;
        if !reader.read_record(&mut row).map_err(unread)? {
            kept.extend_from_slice(&bytes[from.min(bytes.len())..]);
            break;
        }
        let raw = &bytes[from..reader.position().byte() as usize];
        let Some(layout) = &layout else {
            let names: Vec<&str> = row.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
            layout = Some(Layout::new(&name, &names, &|_| true));
            kept.extend_from_slice(raw);
            continue;
        };
        match layout.fate(run, &|at| plain(row.get(at).unwrap_or_default())) {
            Fate::Stays => kept.extend_from_slice(raw),
            Fate::Goes => {
                done.dropped += 1;
                continue;
            }
            Fate::Without(columns) => {
                done.blanked += columns.len() as u64;
                let cell =
                    |(at, cell): (usize, &str)| if columns.contains(&at) { String::new() } else { cell.to_owned() };
                let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
                writer.write_record(row.iter().enumerate().map(cell)).map_err(unread)?;
                kept.extend(writer.into_inner().unwrap_or_default());
            }
        }
        done.rows += 1;
    }
    if done.dropped + done.blanked == 0 {
        return Ok(None);
    }
    let mut file = OutputFile::create(&target()?)?;
    file.write_all(&kept).map_err(|error| file.explain(&error))?;
    (done.bytes, done.fingerprint) = file.finish()?;
    Ok(Some(done))
}
