//! Rows of published tables by many keys at once: those that are about certain persons, records or identifiers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use polars::prelude::{BooleanChunked, DataFrame, DataType, NewChunkedArray, ParquetReader, SerReader, StringChunked};

use super::csv;
use super::folder::RunFolder;
use super::read::{head, tables_in, unread};
use super::select::{Rows, plain};
use crate::disk::fault;
use crate::problem::Result;

/// Rows of Parquet that are in memory at a time.
const STRETCH: usize = 1 << 18;

/// The rows of a table of which `is_wanted` holds, given the cells of some columns (blank = empty), in the order of the
/// table.
pub fn rows_if(
    run: &RunFolder,
    table: &str,
    columns: &[&str],
    is_wanted: &mut dyn FnMut(&[&str]) -> bool,
) -> Result<Rows> {
    let path = run.path.join(format!("{table}.parquet"));
    if !path.exists() {
        return csv_rows_if(run, table, columns, is_wanted);
    }
    let unread = |error: &dyn std::fmt::Display| unread(&path, error);
    let (mut found, mut from) = (Rows::default(), 0);
    loop {
        let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
        let part = ParquetReader::new(file).with_slice(Some((from, STRETCH))).finish().map_err(|e| unread(&e))?;
        from += part.height();
        let wanted = mask(&part, columns, is_wanted).map_err(|error| unread(&error))?;
        let rows = part.filter(&wanted).map_err(|error| unread(&error))?;
        found.names = rows.get_column_names().into_iter().map(|name| name.to_string()).collect();
        let texts = csv::texts(&rows).map_err(|error| unread(&error))?;
        let row = |row: usize| texts.iter().map(|column| column[row].clone().unwrap_or_default()).collect();
        found.rows.extend((0..rows.height()).map(row));
        if part.height() < STRETCH {
            return Ok(found);
        }
    }
}

fn mask(
    part: &DataFrame,
    columns: &[&str],
    is_wanted: &mut dyn FnMut(&[&str]) -> bool,
) -> polars::prelude::PolarsResult<BooleanChunked> {
    let mut texts: Vec<StringChunked> = Vec::with_capacity(columns.len());
    for name in columns {
        texts.push(part.column(name)?.cast(&DataType::String)?.str()?.rechunk().into_owned());
    }
    let mut cells = vec![""; columns.len()];
    let mut wanted = Vec::with_capacity(part.height());
    for row in 0..part.height() {
        let mut of_row = std::mem::take(&mut cells);
        of_row.clear();
        of_row.extend(texts.iter().map(|column| column.get(row).unwrap_or_default()));
        wanted.push(is_wanted(&of_row));
        cells = of_row;
    }
    Ok(BooleanChunked::from_slice("".into(), &wanted))
}

fn csv_rows_if(
    run: &RunFolder,
    table: &str,
    columns: &[&str],
    is_wanted: &mut dyn FnMut(&[&str]) -> bool,
) -> Result<Rows> {
    let path = run.path.join(format!("{table}.csv"));
    let unread = |error: ::csv::Error| unread(&path, error);
    let mut reader = ::csv::Reader::from_path(&path).map_err(unread)?;
    let names: Vec<String> = reader.headers().map_err(unread)?.iter().map(str::to_owned).collect();
    let places: Vec<Option<usize>> =
        columns.iter().map(|column| names.iter().position(|name| name == column)).collect();
    let (mut found, mut row) = (Rows { names, rows: Vec::new() }, ::csv::StringRecord::new());
    while reader.read_record(&mut row).map_err(unread)? {
        let cell = |place: &Option<usize>| plain(place.and_then(|at| row.get(at)).unwrap_or_default());
        if is_wanted(&places.iter().map(cell).collect::<Vec<_>>()) {
            found.rows.push(row.iter().map(|cell| plain(cell).to_owned()).collect());
        }
    }
    Ok(found)
}

/// The rows of every table that are about these persons or records, by table; tables without one are left out. What a row
/// is about is told by the names of its columns: `person_id`, `source` and `record_id`, and those that end so.
pub fn rows_about(
    run: &RunFolder,
    persons: &BTreeSet<String>,
    records: &BTreeSet<(String, String)>,
) -> Result<BTreeMap<String, Rows>> {
    let mut about = BTreeMap::new();
    for table in tables_in(run)? {
        if table == super::tables::ISSUED_IDS.name {
            continue; // it tells no more of an id than that it was given
        }
        let names = head(run, &table, 0)?.names;
        let ids: Vec<&str> = names.iter().map(String::as_str).filter(|name| name.ends_with("person_id")).collect();
        let pair = |record_id: &str| {
            let source = format!("{}source", record_id.strip_suffix("record_id")?);
            Some([names.iter().find(|name| **name == source)?.clone(), record_id.to_owned()])
        };
        let pairs: Vec<[String; 2]> = names.iter().filter_map(|name| pair(name)).collect();
        if ids.is_empty() && pairs.is_empty() {
            continue;
        }
        let asked: Vec<&str> = ids.iter().copied().chain(pairs.iter().flatten().map(String::as_str)).collect();
        let rows = rows_if(run, &table, &asked, &mut |cells| {
            let (persons_of, keys) = cells.split_at(ids.len());
            persons_of.iter().any(|person| persons.contains(*person))
                || keys.chunks(2).any(|key| records.contains(&(key[0].to_owned(), key[1].to_owned())))
        })?;
        if !rows.rows.is_empty() {
            about.insert(table, rows);
        }
    }
    Ok(about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceStarts;
    use crate::publish::records::{Decisions, edges};
    use crate::publish::sample::{published, sample};

    #[test]
    fn both_formats_give_the_rows_about_a_record() {
        let folder = tempfile::tempdir().unwrap();
        let sample = sample();
        let publication = sample.publication();
        let starts = SourceStarts::new(&publication.resolved.records, publication.schema);
        let table = edges(&publication, &starts, &Decisions::new(&publication), 0..5).unwrap();
        let run = published(folder.path(), "edges", table);
        let records = BTreeSet::from([("shop".to_owned(), "s3".to_owned())]);
        let parquet = rows_about(&run, &BTreeSet::new(), &records).unwrap();
        assert!(!parquet["edges"].rows.is_empty());
        assert!(parquet["edges"].column("record_id").all(|id| id == "s3"));
        std::fs::remove_file(folder.path().join("edges.parquet")).unwrap();
        assert_eq!(parquet, rows_about(&run, &BTreeSet::new(), &records).unwrap());
        let person = parquet["edges"].column("person_id").next().unwrap().to_owned();
        let of_person = rows_about(&run, &BTreeSet::from([person]), &BTreeSet::new()).unwrap();
        assert!(of_person["edges"].rows.len() >= parquet["edges"].rows.len());
    }
}
