//! The tables between the stages, as Parquet, for `--stage-dir`: where another engine may take over, and where to look
//! when a person is not what was expected.
//!
//! | table | one row |
//! |---|---|
//! | records | a record: source, record_id, channel, file, line, event_time, and every canonical field |
//! | edges | an identifier on a record, as in the published table |
//! | persons | a record and its label: the smallest record of its person (label_source, label_record_id) |
//! | crosswalk | a record and its person_id, as in the published table |
//! | refusals, rejects | as in the published tables |

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, DataFrame, Float64Type, Int32Type, Int64Type, IntoColumn,
    PrimitiveChunkedBuilder, Schema as Columns, StringChunkedBuilder, TimeUnit, TimeZone,
};

use super::block::Block;
use super::columns::{Texts, counts, table};
use super::findings;
use super::records::{self, Decisions};
use super::tables::{CROSSWALK, EDGES, REFUSALS, REJECTS};
use super::write::Publication;
use super::writer::{Formats, TableWriter};
use crate::disk::{fault, private_folder};
use crate::model::{Field, Row, SourceStarts, Value, ValueType, looks};
use crate::pipeline;
use crate::problem::Result;

const FORMATS: Formats = Formats { parquet: true, csv: false, spreadsheet_safe: false };

/// Writes the tables between the stages into a folder, creating it where it is not there.
pub fn write_stages(run: &Publication<'_>, folder: &Path) -> Result<()> {
    private_folder(folder).map_err(|error| fault(folder, "create", &error, 0))?;
    let starts = &SourceStarts::new(&run.resolved.records, run.schema);
    let decisions = Decisions::new(run);
    let stretches = looks(run.resolved.records.len());
    let stream = |name: &str, rows: &(dyn Fn(&Range<u32>) -> Result<Block> + Sync)| -> Result<()> {
        let columns: Columns = rows(&(0..0))?.schema();
        let mut writer = TableWriter::create(folder, name, Arc::new(columns), FORMATS, &|_| false)?;
        pipeline::in_order(&stretches, rows, &mut |rows| writer.write(rows))?;
        writer.finish().map(|_| ())
    };
    stream("records", &|range| Ok(record_rows(run, starts, range.clone())?.into()))?;
    stream(EDGES.name, &|range| records::edges(run, starts, &decisions, range.clone()))?;
    stream("persons", &|range| Ok(person_rows(run, starts, range.clone())?.into()))?;
    stream(CROSSWALK.name, &|range| Ok(records::crosswalk(run, starts, range.clone())))?;
    for (name, rows) in [
        (REFUSALS.name, findings::refusals(run, starts)?),
        (REJECTS.name, findings::rejects(run, &run.resolved.rejects)?),
    ] {
        let mut writer = TableWriter::create(folder, name, rows.schema().clone(), FORMATS, &|_| false)?;
        writer.write(rows)?;
        writer.finish()?;
    }
    Ok(())
}

/// `persons` of a stretch of records.
fn person_rows(run: &Publication<'_>, starts: &SourceStarts, range: Range<u32>) -> Result<DataFrame> {
    let key = |names: [&str; 2], record: &dyn Fn(u32) -> u32| {
        let (mut sources, mut ids) = (Texts::new(names[0], range.len()), Texts::new(names[1], range.len()));
        let rows = run.resolved.records.rows();
        for record in range.clone().map(record) {
            sources.push(&run.schema.sources[usize::from(starts.source(record))].name);
            ids.push(rows.row(record).record_id());
        }
        [sources.column(), ids.column()]
    };
    let persons = &run.resolved.persons;
    let mut columns = key(["source", "record_id"], &|record| record).to_vec();
    let label = |record: u32| persons.label(persons.person_of[record as usize]);
    columns.extend(key(["label_source", "label_record_id"], &label));
    table(range.len(), columns)
}

const FIXED: [&str; 6] = ["source", "record_id", "channel", "file", "line", "event_time"];

/// `records` of a stretch of records.
fn record_rows(run: &Publication<'_>, starts: &SourceStarts, range: Range<u32>) -> Result<DataFrame> {
    let (records, rows) = (&run.resolved.records, range.len());
    let looked = records.rows();
    let [mut sources, mut ids, mut channels, mut files] =
        ["source", "record_id", "channel", "file"].map(|name| Texts::new(name, rows));
    let mut lines = Vec::with_capacity(rows);
    let mut times = Builder::new("event_time", ValueType::Time, rows);
    let mut fields: Vec<Builder> = run
        .schema
        .fields
        .iter()
        .map(|field| Builder::new(&column_name(field), field.kind.value_type(), rows))
        .collect();
    let mut raw = Vec::with_capacity(fields.len());
    for record in range {
        let source = &run.schema.sources[usize::from(starts.source(record))];
        let row = looked.row(record);
        sources.push(&source.name);
        ids.push(row.record_id());
        channels.push(&source.channel);
        files.push_option(run.files.get(records.piece(record).file as usize).map(|file| file.path.as_str()));
        lines.push(i64::from(row.head().line));
        times.push((row.event_time() != i64::MIN).then(|| Value::Time(row.event_time())));
        row.split(&mut raw);
        for ((builder, field), raw) in fields.iter_mut().zip(&run.schema.fields).zip(&raw) {
            builder.push(Row::decode(raw, field.kind.value_type()));
        }
    }
    let mut columns = vec![sources.column(), ids.column(), channels.column(), files.column()];
    columns.extend([counts("line", lines), times.column()]);
    columns.extend(fields.into_iter().map(Builder::column));
    table(rows, columns)
}

/// A field's own name, unless that is one of the fixed columns.
fn column_name(field: &Field) -> String {
    if FIXED.contains(&field.name.as_str()) { format!("field.{}", field.name) } else { field.name.clone() }
}

/// A typed column in the making.
enum Builder {
    Text(StringChunkedBuilder),
    Number(PrimitiveChunkedBuilder<Float64Type>),
    Bool(BooleanChunkedBuilder),
    Date(PrimitiveChunkedBuilder<Int32Type>),
    Time(PrimitiveChunkedBuilder<Int64Type>),
}

impl Builder {
    fn new(name: &str, kind: ValueType, rows: usize) -> Self {
        let name = name.into();
        match kind {
            ValueType::Text => Self::Text(StringChunkedBuilder::new(name, rows)),
            ValueType::Number => Self::Number(PrimitiveChunkedBuilder::new(name, rows)),
            ValueType::Bool => Self::Bool(BooleanChunkedBuilder::new(name, rows)),
            ValueType::Date => Self::Date(PrimitiveChunkedBuilder::new(name, rows)),
            ValueType::Time => Self::Time(PrimitiveChunkedBuilder::new(name, rows)),
        }
    }

    fn push(&mut self, value: Option<Value<'_>>) {
        match (self, value) {
            (Self::Text(column), Some(Value::Text(text))) => column.append_value(text),
            (Self::Number(column), Some(Value::Number(number))) => column.append_value(number),
            (Self::Bool(column), Some(Value::Bool(flag))) => column.append_value(flag),
            (Self::Date(column), Some(Value::Date(days))) => column.append_value(days),
            (Self::Time(column), Some(Value::Time(micros))) => column.append_value(micros),
            (Self::Text(column), _) => column.append_null(),
            (Self::Number(column), _) => column.append_null(),
            (Self::Bool(column), _) => column.append_null(),
            (Self::Date(column), _) => column.append_null(),
            (Self::Time(column), _) => column.append_null(),
        }
    }

    fn column(self) -> Column {
        match self {
            Self::Text(column) => column.finish().into_column(),
            Self::Number(column) => column.finish().into_column(),
            Self::Bool(column) => column.finish().into_column(),
            Self::Date(column) => column.finish().into_date().into_column(),
            Self::Time(column) => {
                column.finish().into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{sample, shown};

    #[test]
    fn a_record_shows_where_it_came_from_and_what_it_holds() {
        let sample = sample();
        let run = sample.publication();
        let starts = SourceStarts::new(&run.resolved.records, run.schema);
        insta::assert_snapshot!(shown(&record_rows(&run, &starts, 0..5).unwrap()), @r#"
        source,record_id,channel,file,line,event_time,email,loyalty_id,city
        pos,p1,pos,exports/pos.csv,2,2026-01-31T12:00:00Z,,C1,Berlin
        pos,p2,pos,exports/pos.csv,3,,ana@example.com,C2,Bonn
        shop,s1,web,exports/shop.csv,2,,info@shop.example,,
        shop,s2,web,exports/shop.csv,3,2026-02-01T12:00:00.5Z,bo@example.com,C1,"Berlin, Mitte"
        shop,s3,web,exports/shop.csv,4,1970-01-01T00:00:00Z,ana@example.com,,Köln
        "#);
        insta::assert_snapshot!(shown(&person_rows(&run, &starts, 0..5).unwrap()), @r"
        source,record_id,label_source,label_record_id
        pos,p1,pos,p1
        pos,p2,pos,p2
        shop,s1,shop,s1
        shop,s2,pos,p1
        shop,s3,shop,s3
        ");
    }

    #[test]
    fn all_stage_tables_are_written() {
        let folder = tempfile::tempdir().unwrap();
        write_stages(&sample().publication(), &folder.path().join("deep/er")).unwrap();
        for table in ["records", "edges", "persons", "crosswalk", "refusals", "rejects"] {
            assert!(folder.path().join(format!("deep/er/{table}.parquet")).exists(), "{table}");
        }
    }
}
