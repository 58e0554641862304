//! `onefold sql`: a question to the published tables.

use std::path::Path;

use super::head::shown;
use super::{Failure, print};
use crate::cli::SqlArgs;
use crate::pipeline::Plans;
use crate::{config, publish};

/// Prints the answer.
pub fn sql(config: &Path, args: &SqlArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let run = super::runs::find(&loaded.base.join(&loaded.config.output.dir), args.run)?;
    // Today's rules tell the types of a golden table that was published as CSV.
    let (schema, _) = config::schema(&loaded.config);
    let types = Plans::new(&loaded.config, &schema, None).map(|plans| plans.columns().clone()).unwrap_or_default();
    print(&shown(&publish::query(&run, &args.query, &types)?, args.format)?)
}
