//! `[output]` and the data steward's files.

use crate::config::words::{did_you_mean, list};
use crate::config::{Config, TABLES};
use crate::problem::Problem;

pub(super) fn check(config: &Config, faults: &mut Vec<Problem>) {
    for (key, files) in [("always_link", &config.always_link), ("never_link", &config.never_link)] {
        for (index, _) in files.iter().enumerate().filter(|(_, file)| file.file.trim().is_empty()) {
            let place = [key, &index.to_string(), "file"];
            faults.push(Problem::config_at(&place, "the file's name is empty", "name a CSV file"));
        }
    }
    let output = &config.output;
    if output.dir.trim().is_empty() {
        let fix = "name a folder, or leave the key out: the default is \"out\"";
        faults.push(Problem::config("output.dir", "the folder's name is empty", fix));
    }
    if output.formats.is_empty() {
        let fix = "write formats = [\"parquet\"], [\"csv\"] or both";
        faults.push(Problem::config("output.formats", "no format to write the tables in", fix));
    }
    for (i, format) in output.formats.iter().enumerate().filter(|(i, format)| output.formats[..*i].contains(format)) {
        let name = format!("{format:?}").to_lowercase();
        let place = ["output", "formats", &i.to_string()];
        faults.push(Problem::config_at(&place, format!("\"{name}\" stands here twice"), "leave one out"));
    }
    let tables = output.tables.as_deref().unwrap_or_default();
    for (i, table) in tables.iter().enumerate() {
        let place = ["output", "tables", &i.to_string()];
        if !TABLES.contains(&table.as_str()) {
            let fix = did_you_mean(table, TABLES).unwrap_or_else(|| format!("tables are {}", list(TABLES)));
            faults.push(Problem::config_at(&place, format!("no table \"{table}\""), fix));
        } else if tables[..i].contains(table) {
            faults.push(Problem::config_at(&place, format!("\"{table}\" stands here twice"), "leave one out"));
        }
    }
}
