//! Conditions of traits that no record can ever fulfill, where it can be proven from the rules alone.

use super::Plan;
use crate::config::{Config, Trait};
use crate::events;
use crate::model::Schema;
use crate::problem::{Place, Problem};
use crate::sql::{self, Domain};

/// A warning for every FILTER that no record can pass: most often the name of a channel or source that is not there.
#[must_use]
pub fn unreachable(config: &Config, schema: &Schema) -> Vec<Problem> {
    let names = |of: fn(&crate::model::Source) -> &String| {
        let mut names: Vec<String> = schema.sources.iter().map(|source| of(source).clone()).collect();
        names.dedup();
        names
    };
    let domain = |name: &str| Domain {
        only: match name {
            "channel" => Some((names(|source| &source.channel), "no source has the channel")),
            "source" => Some((names(|source| &source.name), "no source is called")),
            _ => None,
        },
        never_null: matches!(name, "channel" | "source"),
        ..Domain::default()
    };
    let (events, _) = events::Plan::compile(config, schema, None);
    let columns = Plan::records(schema, &events);
    let mut warnings = Vec::new();
    for (name, rule) in &config.traits {
        let Trait::Sql(rule) = rule else { continue };
        for never in sql::never_filtered(rule, &columns, &domain) {
            warnings.push(Problem {
                place: Place::Config { path: vec!["traits".into(), name.clone()], within: never.within },
                what: format!("trait `{name}` counts no record: {}", never.why),
                fix: "change the condition".to_owned(),
            });
        }
    }
    warnings
}
