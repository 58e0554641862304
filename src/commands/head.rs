//! `onefold head`: the first rows of a published table.

use std::path::Path;

use serde_json::{Map, Value};

use super::grid::grid;
use super::{Failure, print};
use crate::cli::{HeadArgs, HeadFormat};
use crate::problem::{Place, Problem, nearest};
use crate::publish::{self, Cells};

/// Prints the first rows.
pub fn head(config: &Path, args: &HeadArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    let run = super::runs::find(&out, args.run)?;
    let tables = publish::tables_in(&run)?;
    if !tables.contains(&args.table) {
        let near = nearest(&args.table, tables.iter().map(String::as_str));
        let fix = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("tables are {}", tables.join(", ")),
        };
        let what = format!("run {} has no table `{}`", run.run, args.table);
        return Err(Problem { place: Place::Argument("TABLE".into()), what, fix }.into());
    }
    let cells = publish::head(&run, &args.table, args.rows)?;
    print(&shown(&cells, args.format)?)
}

/// Rows as text in a format.
pub fn shown(cells: &Cells, format: HeadFormat) -> Result<Vec<u8>, Failure> {
    match format {
        HeadFormat::Table => {
            let rows: Vec<Vec<String>> = cells
                .rows
                .iter()
                .map(|row| row.iter().map(|cell| cell.clone().unwrap_or_default()).collect())
                .collect();
            Ok(grid(&cells.names, &rows, &cells.numbers).into_bytes())
        }
        HeadFormat::Csv => csv(cells).map_err(|error| Problem::run(format!("cannot write CSV: {error}"), "").into()),
        HeadFormat::Json => Ok(json(cells)),
    }
}

fn csv(cells: &Cells) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&cells.names)?;
    for row in &cells.rows {
        writer.write_record(row.iter().map(|cell| cell.as_deref().unwrap_or_default()))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

fn json(cells: &Cells) -> Vec<u8> {
    let mut out = Vec::new();
    for row in &cells.rows {
        let value = |(column, cell): (usize, &Option<String>)| {
            let value = match cell {
                None => Value::Null,
                // Numbers and booleans are written by JSON's own rules; what is no JSON number stays text.
                Some(cell) if cells.bare[column] => serde_json::from_str(cell).unwrap_or_else(|_| cell.as_str().into()),
                Some(cell) => cell.as_str().into(),
            };
            (cells.names[column].clone(), value)
        };
        let object: Map<String, Value> = row.iter().enumerate().map(value).collect();
        out.extend_from_slice(Value::Object(object).to_string().as_bytes());
        out.push(b'\n');
    }
    out
}
