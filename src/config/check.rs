//! All faults of a config that can be seen without opening a data file, in one go.

use super::Config;
use crate::problem::Problem;

/// All faults of the config itself, in the order of the file.
#[must_use]
pub fn check(config: &Config) -> Vec<Problem> {
    let _ = config;
    todo!()
}
