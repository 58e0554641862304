//! Which tables are written, and how: `[output]`, checked.

use super::tables::{KEPT, TABLES, Table};
use super::writer::Formats;
use crate::config::{Output, TableFormat};
use crate::problem::{Problem, Problems, nearest};

/// Which tables are written, and in which formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    names: Vec<&'static str>,
    /// How they are written.
    pub formats: Formats,
}

impl Selection {
    /// From `[output]`; unknown tables and an empty list of formats are faults.
    pub fn new(output: &Output) -> Result<Self, Problems> {
        let mut faults = Vec::new();
        let mut names: Vec<&'static str> = TABLES.iter().map(|table| table.name).collect();
        if let Some(wanted) = &output.tables {
            for (index, name) in wanted.iter().enumerate() {
                if !names.contains(&name.as_str()) {
                    faults.push(unknown(name, &["output", "tables", &index.to_string()]));
                }
            }
            let kept = |name: &str| KEPT.iter().any(|table| table.name == name);
            names.retain(|name| kept(name) || wanted.iter().any(|wanted| wanted == name));
        }
        if output.formats.is_empty() {
            let fix = "name `parquet`, `csv` or both, or leave `formats` out";
            faults.push(Problem::config("output.formats", "no format to write tables in", fix));
        }
        let formats = Formats {
            parquet: output.formats.contains(&TableFormat::Parquet),
            csv: output.formats.contains(&TableFormat::Csv),
            spreadsheet_safe: output.spreadsheet_safe,
        };
        if faults.is_empty() { Ok(Self { names, formats }) } else { Err(Problems(faults)) }
    }

    /// These tables and those that are always written, as Parquet.
    #[must_use]
    pub fn only(wanted: &[&str]) -> Self {
        let is_wanted = |name: &str| KEPT.iter().any(|table| table.name == name) || wanted.contains(&name);
        let names = TABLES.iter().map(|table| table.name).filter(|name| is_wanted(name)).collect();
        Self { names, formats: Formats { parquet: true, csv: false, spreadsheet_safe: false } }
    }

    /// Whether a table is written.
    #[must_use]
    pub fn has(&self, table: &Table) -> bool {
        self.names.contains(&table.name)
    }
}

fn unknown(name: &str, path: &[&str]) -> Problem {
    let known = TABLES.map(|table| table.name);
    let near = nearest(name, known);
    let fix = match near.first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("tables are {}", known.map(|name| format!("`{name}`")).join(", ")),
    };
    Problem::config_at(path, format!("no table `{name}`"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::tables::{CROSSWALK, EDGES, SEGMENTS};

    #[test]
    fn all_tables_are_written_unless_some_are_named() {
        let all = Selection::new(&Output::default()).unwrap();
        assert!(TABLES.iter().all(|table| all.has(table)));
        assert!(all.formats.parquet && !all.formats.csv);
        let output = Output { tables: Some(vec!["segments".into()]), ..Output::default() };
        let some = Selection::new(&output).unwrap();
        assert!(some.has(&SEGMENTS) && !some.has(&EDGES));
        assert!(some.has(&CROSSWALK), "the next run needs it");
    }

    #[test]
    fn a_mistyped_table_is_shown_with_the_nearest_name() {
        let output = Output { tables: Some(vec!["golden_customer".into()]), formats: Vec::new(), ..Output::default() };
        let faults = Selection::new(&output).unwrap_err().0;
        assert_eq!(
            faults[0].to_string(),
            "config `output.tables.0`: no table `golden_customer`\nhint: did you mean `golden_customers`?"
        );
        assert_eq!(faults.len(), 2);
    }
}
