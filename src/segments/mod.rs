//! Named rules over golden fields and traits.

use polars::prelude::{DataFrame, Schema as Columns};

use crate::config::Config;
use crate::problem::{Problem, Problems};

/// `[[segment]]`, compiled.
#[derive(Debug)]
pub struct Plan {}

impl Plan {
    /// Parses and type-checks every rule against the columns of the golden table with its traits.
    pub fn new(config: &Config, columns: &Columns) -> Result<Self, Problems> {
        let _ = (config, columns);
        todo!()
    }
}

/// Per segment: which rows of `golden` (with traits) are in it.
pub fn assign(plan: &Plan, golden: &DataFrame) -> Result<Vec<Vec<bool>>, Problem> {
    let _ = (plan, golden);
    todo!()
}
