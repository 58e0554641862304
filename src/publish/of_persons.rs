//! The rows of a published table that are about some persons, in one pass however many they are.

use std::fs::File;

use polars::prelude::{
    Column, DataType, LazyFrame, NamedFrom, PlRefPath, ScanArgsParquet, Series, StringChunked, StringChunkedBuilder,
    col, lit,
};

use super::folder::RunFolder;
use super::read::unread;
use super::select::plain;
use crate::disk::fault;
use crate::identity::parse_person_id;
use crate::problem::Result;

/// Some columns of rows, as text, in the order of the table.
#[derive(Debug)]
pub struct PersonRows<const N: usize> {
    columns: [StringChunked; N],
}

impl<const N: usize> PersonRows<N> {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, StringChunked::len)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell; blank = empty.
    #[must_use]
    pub fn cell(&self, column: usize, row: usize) -> &str {
        self.columns[column].get(row).unwrap_or_default()
    }
}

/// The rows whose `person_id` is one of `ids` (rising), from Parquet where there is it, else from CSV.
pub fn of_persons<const N: usize>(
    run: &RunFolder,
    table: &str,
    names: [&str; N],
    ids: &[u128],
) -> Result<PersonRows<N>> {
    let path = run.path.join(format!("{table}.parquet"));
    if !path.exists() {
        return of_csv(run, table, names, ids);
    }
    let unread = |error| unread(&path, error);
    let texts: Vec<String> = ids.iter().map(|id| uuid::Uuid::from_u128(*id).to_string()).collect();
    let wanted = lit(Series::new("ids".into(), texts)).implode(true);
    let text = path.to_string_lossy();
    let scan = LazyFrame::scan_parquet(PlRefPath::from(&*text), ScanArgsParquet::default()).map_err(unread)?;
    let chosen: Vec<_> = names.iter().map(|name| col(*name).cast(DataType::String)).collect();
    let found = scan.filter(col("person_id").is_in(wanted, false)).select(chosen).collect().map_err(unread)?;
    let column = |name: &str| -> Result<StringChunked> {
        let column: &Column = found.column(name).map_err(unread)?;
        Ok(column.str().map_err(unread)?.rechunk().into_owned())
    };
    let columns = names.iter().map(|name| column(name)).collect::<Result<Vec<_>>>()?;
    Ok(PersonRows { columns: columns.try_into().expect("a column per name") })
}

fn of_csv<const N: usize>(run: &RunFolder, table: &str, names: [&str; N], ids: &[u128]) -> Result<PersonRows<N>> {
    let path = run.path.join(format!("{table}.csv"));
    let file = File::open(&path).map_err(|error| fault(&path, "read", &error, 0))?;
    let unread = |error: &dyn std::fmt::Display| unread(&path, error);
    let mut reader = ::csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(file);
    let header = reader.headers().map_err(|error| unread(&error))?.clone();
    let place = |name: &str| {
        let at = header.iter().position(|column| column == name);
        at.ok_or_else(|| unread(&format!("no column `{name}`")))
    };
    let places = names.iter().map(|name| place(name)).collect::<Result<Vec<usize>>>()?;
    let person = place("person_id")?;
    let mut columns = names.map(|name| StringChunkedBuilder::new(name.into(), 0));
    let mut row = ::csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(|error| unread(&error))? {
        let id = row.get(person).and_then(|cell| parse_person_id(plain(cell)));
        if id.is_some_and(|id| ids.binary_search(&id).is_ok()) {
            for (column, &at) in columns.iter_mut().zip(&places) {
                column.append_value(plain(row.get(at).unwrap_or_default()));
            }
        }
    }
    Ok(PersonRows { columns: columns.map(StringChunkedBuilder::finish) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceStarts;
    use crate::publish::records::{Decisions, edges};
    use crate::publish::sample::{published, sample};

    #[test]
    fn both_formats_give_the_rows_of_the_persons() {
        let folder = tempfile::tempdir().unwrap();
        let sample = sample();
        let publication = sample.publication();
        let starts = SourceStarts::new(&publication.resolved.records, publication.schema);
        let table = edges(&publication, &starts, &Decisions::new(&publication), 0..5).unwrap();
        let all = table.height();
        let run = published(folder.path(), "edges", table);
        let mut ids = publication.resolved.person_ids.0.clone();
        ids.sort_unstable();
        let some = [ids[0]];
        let read = |ids: &[u128]| {
            let rows = of_persons(&run, "edges", ["record_id", "value", "person_id"], ids).unwrap();
            let row = |at: usize| [0, 1, 2].map(|column| rows.cell(column, at).to_owned());
            (0..rows.len()).map(row).collect::<Vec<_>>()
        };
        let parquet = [read(&ids), read(&some), read(&[])];
        std::fs::remove_file(folder.path().join("edges.parquet")).unwrap();
        assert_eq!([read(&ids), read(&some), read(&[])], parquet);
        let [everybody, one, nobody] = parquet;
        assert_eq!((everybody.len(), nobody.len()), (all, 0));
        assert!(!one.is_empty() && one.len() < all);
        assert!(one.iter().all(|row| parse_person_id(&row[2]) == Some(some[0])));
    }
}
