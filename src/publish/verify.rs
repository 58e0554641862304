//! Whether a run's files are what `run.json` says of them.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use polars::prelude::{ParquetReader, SerReader};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::Xxh3;

use super::folder::RunFolder;
use super::read::table_files;
use crate::disk::fault;
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

/// The run's own figures, which name every other file with its size and fingerprint.
pub(super) const REPORT: &str = "run.json";
/// What protects them: their SHA-256, as `sha256sum -c` reads it.
pub(super) const REPORT_SUM: &str = "run.json.sha256";

/// The content of `run.json.sha256` for that content of `run.json`.
pub(super) fn report_sum(report: &[u8]) -> String {
    sum_line(&hex(Sha256::digest(report).as_slice()), REPORT)
}

/// Reads every file that the report names and the report itself, and looks for tables that it does not name.
///
/// # Errors
/// The folder cannot be read; a file that cannot is a fault of the file.
pub fn verify(run: &RunFolder, report: &RunReport) -> Result<Vec<Checked>> {
    let check = |file: &TableFile| Checked { file: file.clone(), fault: wrong(run, file) };
    let mut checked: Vec<Checked> = report.tables.par_iter().chain(&report.page).map(check).collect();
    checked.push(own(run, report));
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

/// The SHA-256 of every file of a run that it wrote, as `sha256sum -c` reads them.
///
/// # Errors
/// A file cannot be read.
pub fn sums(run: &RunFolder, report: &RunReport) -> Result<String> {
    let own = [REPORT, REPORT_SUM].into_iter().filter(|name| run.path.join(name).exists());
    let listed = report.tables.iter().chain(&report.page).map(|file| file.file.as_str());
    let mut names: Vec<&str> = listed.chain(own).collect();
    names.sort_unstable();
    let sum = |name: &&str| {
        let path = run.path.join(name);
        let mut hash = Sha256::new();
        let read = read_through(&path, &mut |bytes| hash.update(bytes));
        read.map_err(|error| fault(&path, "read", &error, 0))?;
        Ok(sum_line(&hex(hash.finalize().as_slice()), name))
    };
    names.par_iter().map(sum).collect()
}

fn sum_line(sum: &str, name: &str) -> String {
    format!("{sum}  {name}\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The report itself. Runs of versions that had no page in the report had no checksum either.
fn own(run: &RunFolder, report: &RunReport) -> Checked {
    let text = fs::read(run.path.join(REPORT)).unwrap_or_default();
    let fault = match fs::read_to_string(run.path.join(REPORT_SUM)) {
        Ok(line) if line == report_sum(&text) => None,
        Ok(_) => Some(format!("{REPORT}: other content than {REPORT_SUM} says")),
        Err(error) if error.kind() == ErrorKind::NotFound && report.page.is_none() => None,
        Err(error) if error.kind() == ErrorKind::NotFound => Some(format!("{REPORT_SUM}: missing")),
        Err(error) => Some(format!("{REPORT_SUM}: cannot be read: {error}")),
    };
    Checked { file: TableFile { file: REPORT.to_owned(), bytes: text.len() as u64, ..TableFile::default() }, fault }
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

fn fingerprint(path: &Path) -> std::io::Result<(u64, String)> {
    let mut hash = Xxh3::new();
    let bytes = read_through(path, &mut |bytes| hash.update(bytes))?;
    Ok((bytes, format!("{:032x}", hash.digest128())))
}

/// Gives `each` the file piece by piece; its size.
fn read_through(path: &Path, each: &mut dyn FnMut(&[u8])) -> std::io::Result<u64> {
    let mut file = File::open(path)?;
    let (mut buffer, mut bytes) = (vec![0; 1 << 18], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(bytes),
            read => {
                each(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}
