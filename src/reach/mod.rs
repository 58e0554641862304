//! Rules that can never do anything, where it can be proven from the config and the files' headers alone: conditions that
//! no record and no person can meet, and what goes by fields that no file has a column for. Silent where nothing can be
//! proven.

mod audiences;
mod known;
mod segments;
#[cfg(test)]
mod tests;
mod traits;
mod triggers;

use polars::prelude::Schema as Columns;

use crate::config::Config;
use crate::events;
use crate::model::Schema;
use crate::problem::{Place, Problem};

/// What is known before any row is read.
pub struct Known<'a> {
    /// The config.
    pub config: &'a Config,
    /// Its names and kinds.
    pub schema: &'a Schema,
    /// Columns of the golden table, with traits and consent.
    pub columns: &'a Columns,
    /// All sets of channels that a person can have, as the golden table writes them; none = too many to list.
    pub channels: Option<Vec<String>>,
    /// Per field of the schema: whether some file has a column for it.
    pub fillable: Vec<bool>,
}

/// A warning for every rule that can never do anything, in the order of the stages.
#[must_use]
pub fn unreachable(known: &Known<'_>) -> Vec<Problem> {
    let (events, _) = events::Plan::compile(known.config, known.schema, None);
    let mut warnings = traits::unreachable(known, &events);
    let (segments, empty) = segments::unreachable(known);
    warnings.extend(segments);
    warnings.extend(triggers::unreachable(known, &empty));
    warnings.extend(audiences::unreachable(known, &empty));
    warnings
}

/// A warning at a part of the rule that stands at `path`.
fn warning(path: &[&str], within: Option<std::ops::Range<usize>>, what: String, fix: &str) -> Problem {
    let path = path.iter().map(|part| (*part).to_owned()).collect();
    Problem { place: Place::Config { path, within }, what, fix: fix.to_owned() }
}
