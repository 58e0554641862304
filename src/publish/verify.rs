//! Whether a run's files are what `run.json` says of them.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};

use polars::prelude::{ParquetReader, SerReader};
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use super::folder::RunFolder;
use super::read::table_files;
use crate::model::{RunReport, TableFile};
use crate::problem::Result;

/// A file of a run, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the run wrote, or what is there and no run wrote (no rows then).
    pub file: TableFile,
    /// What is wrong with it; none = nothing.
    pub fault: Option<String>,
}

/// Reads every file that the report names, and looks for tables that it does not name.
///
/// # Errors
/// The folder cannot be read; a file that cannot is a fault of the file.
pub fn verify(run: &RunFolder, report: &RunReport) -> Result<Vec<Checked>> {
    let check = |file: &TableFile| Checked { file: file.clone(), fault: wrong(run, file) };
    let mut checked: Vec<Checked> = report.tables.par_iter().map(check).collect();
    for name in table_files(run)? {
        if !report.tables.iter().any(|file| file.file == name) {
            let bytes = fs::metadata(run.path.join(&name)).map_or(0, |data| data.len());
            let fault = Some(format!("{name}: no run wrote it"));
            checked.push(Checked { file: TableFile { file: name, bytes, ..TableFile::default() }, fault });
        }
    }
    checked.sort_by(|a, b| a.file.file.cmp(&b.file.file));
    Ok(checked)
}

fn wrong(run: &RunFolder, file: &TableFile) -> Option<String> {
    let (bytes, fingerprint) = match fingerprint(&run.path.join(&file.file)) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(format!("{}: missing", file.file)),
        Err(error) => return Some(format!("{}: cannot be read: {error}", file.file)),
    };
    if bytes != file.bytes {
        return Some(format!("{}: {bytes} bytes, {} were written", file.file, file.bytes));
    }
    if fingerprint != file.fingerprint {
        return Some(format!("{}: other content than was written", file.file));
    }
    if file.file.ends_with(".parquet") {
        let rows = File::open(run.path.join(&file.file)).ok().and_then(|file| ParquetReader::new(file).num_rows().ok());
        if rows != usize::try_from(file.rows).ok() {
            return Some(format!("{}: {rows:?} rows, {} were written", file.file, file.rows));
        }
    }
    None
}

fn fingerprint(path: &std::path::Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer, mut bytes) = (Xxh3::new(), vec![0; 1 << 18], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((bytes, format!("{:032x}", hash.digest128()))),
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}
