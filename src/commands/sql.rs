//! `onefold sql`: a question to the published tables.

use std::path::Path;

use super::head::shown;
use super::{Failure, print};
use crate::cli::SqlArgs;
use crate::publish;

/// Prints the answer.
pub fn sql(config: &Path, args: &SqlArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let run = super::runs::find(&loaded.base.join(&loaded.config.output.dir), args.run)?;
    print(&shown(&publish::query(&run, &args.query)?, args.format)?)
}
