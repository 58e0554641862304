//! `onefold verify`: are a run's files what it wrote?

use std::path::Path;

use super::head::shown;
use super::{Failure, print};
use crate::cli::VerifyArgs;
use crate::publish::{self, Cells};

/// Reads every file of the run and compares it with `run.json`.
pub fn verify(config: &Path, args: &VerifyArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let run = super::runs::find(&loaded.base.join(&loaded.config.output.dir), args.run)?;
    let report = publish::read_report(&run.path)?;
    let checked = publish::verify(&run, &report)?;
    let faults: Vec<String> = checked.iter().filter_map(|file| file.fault.clone()).collect();
    if args.sums {
        if faults.is_empty() {
            return print(publish::sums(&run, &report)?.as_bytes());
        }
        return Err(Failure::Below(faults));
    }
    let mut cells = Cells::new(&[("file", false), ("rows", true), ("bytes", true), ("state", false)]);
    for file in &checked {
        let state = file.fault.clone().unwrap_or_else(|| "as written".to_owned());
        let row = [file.file.file.clone(), file.file.rows.to_string(), file.file.bytes.to_string(), state];
        cells.rows.push(row.map(Some).to_vec());
    }
    print(&shown(&cells, args.format)?)?;
    if faults.is_empty() { Ok(()) } else { Err(Failure::Below(faults)) }
}
