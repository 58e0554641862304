//! Pseudonyms: identifiers and names in published tables as keyed hashes, for teams that must not see who it is about.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, PolarsResult, StringChunkedBuilder};

use super::erase::stretches;
use super::output::OutputFile;
use super::select::plain;
use super::tables::{CROSSWALK, GOLDEN_CUSTOMERS, MOVES, TABLES, TRIGGERS, Type};
use super::writer::{Formats, TableWriter};
use crate::config::{self, Config, GoldenField};
use crate::disk::{fault, private_folder};
use crate::erasure::Secret;
use crate::model::{Kind, RunReport, Schema};
use crate::problem::{Problem, Result};

/// What is replaced, and the key under which. The same value has the same pseudonym in every table and in every run of one
/// output folder.
#[derive(Debug, Clone)]
pub struct Veil {
    secret: Secret,
    /// Columns of the golden table.
    golden: BTreeSet<String>,
}

impl Veil {
    /// For golden columns that hold identifiers and names, and for those that `[output] pseudonymize` names besides.
    #[must_use]
    pub fn new(secret: &Secret, config: &Config, schema: &Schema) -> Self {
        let tells =
            |kind| matches!(kind, Kind::Email | Kind::Phone | Kind::Hash | Kind::Id | Kind::Device | Kind::Name);
        let kind = |field: &str| schema.field(field).map(|field| schema.fields[usize::from(field)].kind);
        let field = |column: &str| match config.golden.fields.get(column) {
            Some(GoldenField::Spec(spec)) => spec.field.clone().unwrap_or_else(|| column.to_owned()),
            _ => column.to_owned(),
        };
        let columns = config::golden_columns(config, schema).into_iter();
        let of_kind = columns.filter(|column| kind(&field(column)).is_some_and(tells));
        let more = config.output.pseudonymize.iter().flatten().cloned();
        Self { secret: secret.for_purpose("pseudonyms"), golden: of_kind.chain(more).collect() }
    }

    /// Pseudonyms of single values, for those who look something up.
    #[must_use]
    pub fn of_values(secret: &Secret) -> Self {
        Self { secret: secret.for_purpose("pseudonyms"), golden: BTreeSet::new() }
    }

    /// The pseudonym of a value: 32 hexadecimal digits, HMAC-SHA-256 cut to 128 bits.
    #[must_use]
    pub fn pseudonym(&self, value: &str) -> String {
        let mut text = String::with_capacity(32);
        self.write(value, &mut text);
        text
    }

    /// The first 8 digits of it, to find it by in the tables.
    #[must_use]
    pub fn short(&self, value: &str) -> String {
        let mut text = self.pseudonym(value);
        text.truncate(8);
        text
    }

    fn write(&self, value: &str, text: &mut String) {
        for byte in &self.secret.hmac(&[value.as_bytes()])[..16] {
            let _ = write!(text, "{byte:02x}"); // a String takes everything
        }
    }

    /// Rows of a table with pseudonyms in the columns that tell who it is about.
    pub fn over(&self, table: &str, rows: DataFrame) -> PolarsResult<DataFrame> {
        let mut columns: Vec<Column> = rows.columns().to_vec();
        for column in &mut columns {
            match self.what(table, column.name()) {
                What::Stays => {}
                What::Blank => *column = Column::full_null(column.name().clone(), column.len(), column.dtype()),
                What::Pseudonym if *column.dtype() == DataType::String => *column = self.column(column)?,
                // A golden column that was named, though it is no text.
                What::Pseudonym if table == GOLDEN_CUSTOMERS.name => {
                    *column = Column::full_null(column.name().clone(), column.len(), column.dtype());
                }
                What::Pseudonym => {}
            }
        }
        DataFrame::new(rows.height(), columns)
    }

    fn column(&self, column: &Column) -> PolarsResult<Column> {
        let mut texts = StringChunkedBuilder::new(column.name().clone(), column.len());
        let mut text = String::with_capacity(32);
        for value in column.str()?.iter() {
            text.clear();
            if let Some(value) = value {
                self.write(value, &mut text);
            }
            texts.append_option(value.map(|_| text.as_str()));
        }
        Ok(texts.finish().into_column())
    }

    fn what(&self, table: &str, column: &str) -> What {
        if table == GOLDEN_CUSTOMERS.name {
            return if self.golden.contains(column) { What::Pseudonym } else { What::Stays };
        }
        match column {
            // The next run knows records by these.
            _ if table == CROSSWALK.name || table == MOVES.name => What::Stays,
            "raw" | "detail" => What::Blank,
            // Of what a trigger saw, and of identifiers; amounts are called so, too.
            "before" | "after" if table == TRIGGERS.name => What::Pseudonym,
            "value" if is_text(table, column) => What::Pseudonym,
            name if name.ends_with("record_id") => What::Pseudonym,
            _ => What::Stays,
        }
    }
}

/// Whether a documented column is text; CSV knows no types.
fn is_text(table: &str, column: &str) -> bool {
    let table = TABLES.iter().find(|known| known.name == table);
    table
        .and_then(|table| table.columns.iter().find(|known| known.name == column))
        .is_none_or(|c| c.holds == Type::Text)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Stays,
    Blank,
    Pseudonym,
}

/// Writes the tables of a staged run anew with pseudonyms, and their sizes and fingerprints into the report. What a
/// platform needs to know people by, below `audiences/`, stays; suggested placeholders, which are values, go.
pub fn pseudonymize(veil: &Veil, folder: &Path, report: &mut RunReport) -> Result<()> {
    let new = folder.join(".pseudonyms");
    private_folder(&new).map_err(|error| fault(&new, "create", &error, 0))?;
    let mut tables = Vec::with_capacity(report.tables.len());
    for mut file in std::mem::take(&mut report.tables) {
        let (path, name) = (folder.join(&file.file), file.file.clone());
        let (table, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        if table == CROSSWALK.name || table == MOVES.name || name.contains('/') {
            tables.push(file);
            continue;
        }
        let written = match ending {
            "parquet" => parquet(veil, &path, table, &new)?,
            "csv" => csv(veil, &path, table, &new.join(&name))?,
            _ => {
                std::fs::remove_file(&path).map_err(|error| fault(&path, "remove", &error, 0))?;
                continue;
            }
        };
        if let Some(written) = written {
            std::fs::rename(new.join(&name), &path).map_err(|error| fault(&path, "replace", &error, 0))?;
            (file.bytes, file.fingerprint) = written;
        }
        tables.push(file);
    }
    report.tables = tables;
    report.pseudonymized = Some(veil.golden.iter().cloned().collect());
    std::fs::remove_dir(&new).map_err(|error| fault(&new, "remove", &error, 0))
}

/// Size and fingerprint of the new table; `None` when it has nothing to replace.
fn parquet(veil: &Veil, path: &Path, table: &str, new: &Path) -> Result<Option<(u64, String)>> {
    let unread = |error: polars::error::PolarsError| {
        Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), "")
    };
    let mut writer: Option<TableWriter> = None;
    stretches(path, &mut |part| {
        if part.get_column_names().iter().all(|name| veil.what(table, name) == What::Stays) {
            return Ok(false);
        }
        let differs = |column: &str| column.ends_with("person_id") || veil.what(table, column) == What::Pseudonym;
        let writer = match &mut writer {
            Some(writer) => writer,
            none => {
                let formats = Formats { parquet: true, csv: false, spreadsheet_safe: false };
                none.insert(TableWriter::create(new, table, part.schema().clone(), formats, &differs)?)
            }
        };
        writer.write(veil.over(table, part.clone()).map_err(unread)?).map(|()| true)
    })?;
    let files = writer.map(TableWriter::finish).transpose()?;
    Ok(files.and_then(|files| files.into_iter().next()).map(|file| (file.bytes, file.fingerprint)))
}

fn csv(veil: &Veil, path: &Path, table: &str, new: &Path) -> Result<Option<(u64, String)>> {
    let unread =
        |error: ::csv::Error| Problem::file(path.display().to_string(), None, format!("cannot read: {error}"), "");
    let mut reader = ::csv::Reader::from_path(path).map_err(unread)?;
    let header = reader.headers().map_err(unread)?.clone();
    let what: Vec<What> = header.iter().map(|name| veil.what(table, name)).collect();
    if what.iter().all(|what| *what == What::Stays) {
        return Ok(None);
    }
    let file = OutputFile::create(new)?;
    let mut writer = ::csv::Writer::from_writer(file.clone());
    let unwritten = |error: ::csv::Error| file.explain(&error);
    writer.write_record(&header).map_err(unwritten)?;
    let mut row = ::csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(unread)? {
        let cell = |(cell, what): (&str, &What)| match what {
            What::Stays => cell.to_owned(),
            What::Pseudonym if !cell.is_empty() => veil.pseudonym(plain(cell)),
            What::Pseudonym | What::Blank => String::new(),
        };
        writer.write_record(row.iter().zip(&what).map(cell)).map_err(unwritten)?;
    }
    writer.flush().map_err(|error| file.explain(&error))?;
    drop(writer);
    file.finish().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{NamedFrom, Series};

    fn veil() -> Veil {
        let config: Config = toml::from_str(
            "[[source]]\nname = \"s\"\nchannel = \"web\"\npath = \"s.csv\"\nfields = { email = \"e\", first_name = \"f\", \
             city = \"c\", street = \"d\", amount = \"a\" }\n[identifiers.email]\n[golden.fields]\nemail = \"most_recent\"\n\
             given = { field = \"first_name\", rule = \"most_recent\" }\ncity = \"most_recent\"\nstreet = \"most_recent\"\n\
             [output]\npseudonymize = [\"street\"]\n",
        )
        .expect("the config is right");
        Veil::new(&Secret::of_chance(b"s"), &config, &config::schema(&config).0)
    }

    fn texts(table: &str, name: &str) -> Vec<Option<String>> {
        let column = Series::new(name.into(), [Some("Ana"), None, Some("Ana")]).into_column();
        let rows = veil().over(table, DataFrame::new(3, vec![column]).unwrap()).unwrap();
        rows.columns()[0].str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
    }

    #[test]
    fn identifiers_names_and_named_columns_become_pseudonyms() {
        let pseudonym = Some(veil().pseudonym("Ana"));
        assert!(pseudonym.as_ref().is_some_and(|text| text.len() == 32));
        for (table, column) in [
            ("golden_customers", "email"),
            ("golden_customers", "given"),
            ("golden_customers", "street"),
            ("edges", "value"),
            ("provenance", "record_id"),
            ("refusals", "left_record_id"),
        ] {
            assert_eq!(texts(table, column), [pseudonym.clone(), None, pseudonym.clone()], "{table}.{column}");
        }
        for (table, column) in [("golden_customers", "city"), ("crosswalk", "record_id"), ("edges", "person_id")] {
            assert_eq!(texts(table, column)[0].as_deref(), Some("Ana"), "{table}.{column}");
        }
        assert_eq!(texts("rejects", "raw"), [None, None, None]);
    }
}
