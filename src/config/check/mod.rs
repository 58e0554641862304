//! All faults of a config that can be seen without opening a data file, in one go. What SQL rules and regular
//! expressions say is judged where they are compiled.

mod audience;
mod consent;
mod gates;
mod golden;
mod identifiers;
mod names;
mod output;
mod project;
mod source;

pub(super) use names::RESERVED;

use super::Config;
use super::words::{did_you_mean, list};
use crate::problem::Problem;

/// All faults of the config itself, table by table in the order of the reference page.
///
/// Each has a fix and the path of the key where it is; [`super::load`] sorts them by their place in the file.
#[must_use]
pub fn check(config: &Config) -> Vec<Problem> {
    let known = Known::of(config);
    let mut faults = Vec::new();
    project::check(&config.project, &mut faults);
    source::check(config, &mut faults);
    identifiers::check(config, &known, &mut faults);
    golden::check(config, &known, &mut faults);
    consent::check(config, &mut faults);
    audience::check(config, &mut faults);
    gates::check(config, &mut faults);
    output::check(config, &mut faults);
    faults
}

/// The names that other parts of the config may refer to.
struct Known<'a> {
    /// Canonical fields, in the order in which sources first name them.
    fields: Vec<&'a str>,
    /// Sources.
    sources: Vec<&'a str>,
}

impl<'a> Known<'a> {
    fn of(config: &'a Config) -> Self {
        let mut fields: Vec<&str> = Vec::new();
        for name in config.source.iter().flat_map(|source| source.fields.keys()) {
            if !fields.contains(&name.as_str()) {
                fields.push(name);
            }
        }
        Self { fields, sources: config.source.iter().map(|source| source.name.as_str()).collect() }
    }

    fn has_field(&self, name: &str) -> bool {
        self.fields.contains(&name)
    }
}

/// A fault at a text that should name a canonical field and does not; `path` is the text's own.
fn unknown_field(name: &str, known: &Known<'_>, path: &[&str]) -> Problem {
    let fix = did_you_mean(name, known.fields.iter().copied());
    let fix = fix.unwrap_or_else(|| format!("fields are {}", list(known.fields.iter().copied())));
    Problem::config_at(path, format!("no source maps a field \"{name}\""), fix)
}

#[cfg(test)]
mod tests;
