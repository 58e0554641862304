//! Traits that no record can add anything to: most often the name of a channel or source that is not there, or a field
//! that no file has a column for.

use super::known::no_column;
use super::{Known, warning};
use crate::config::{ReadyTrait, TraitRule};
use crate::events;
use crate::problem::Problem;
use crate::sql;
use crate::traits::LIBRARY;

/// A warning for every FILTER that no record can pass, and for every trait that reads a field that is never filled.
pub(super) fn unreachable(known: &Known<'_>, events: &events::Plan) -> Vec<Problem> {
    let columns = events.records(known.schema);
    let domain = |name: &str| known.of_records(name);
    let mut warnings = Vec::new();
    for declared in known.config.declared_traits() {
        let path: Vec<&str> = declared.place.iter().map(String::as_str).collect();
        match &declared.rule {
            TraitRule::Sql(rule) => {
                let found = sql::never_filtered(rule, &columns, &domain);
                let told = found.len();
                warnings.extend(found.into_iter().map(|never| {
                    let what = format!("trait `{}` counts no record: {}", declared.name, never.why);
                    warning(&path, never.within, what, "change the condition")
                }));
                if told == 0
                    && let Some((within, field)) = empty_field(known, rule)
                {
                    let what = format!("trait `{}` reads `{field}`, and {}", declared.name, no_column(&field));
                    warnings.push(warning(&path, within, what, "map the field, or take the trait out"));
                }
            }
            TraitRule::Ready(spec) => {
                if let Some(why) = nothing_to_go_by(known, spec, &columns) {
                    let what = format!("trait `{}` has nothing to go by: {why}", declared.name);
                    warnings.push(warning(&path, None, what, "map the field, or take the trait out"));
                }
            }
        }
    }
    warnings
}

/// The first field of a rule that no file has a column for.
fn empty_field(known: &Known<'_>, rule: &str) -> Option<(Option<std::ops::Range<usize>>, String)> {
    let names = sql::names(rule).into_iter();
    names.map(|(name, within)| (within, name)).find(|(_, name)| known.is_empty_field(name))
}

/// Why a ready trait can never have a value: a column of events that it needs is never filled, or never true.
fn nothing_to_go_by(known: &Known<'_>, spec: &ReadyTrait, columns: &polars::prelude::Schema) -> Option<String> {
    if let Some(channel) = &spec.channel
        && !known.schema.sources.iter().any(|source| source.channel == *channel)
    {
        return Some(format!("no source has the channel '{channel}'"));
    }
    if let Some(field) = spec.field.as_ref().filter(|field| known.is_empty_field(field)) {
        return Some(no_column(field));
    }
    let entry = LIBRARY.iter().flat_map(|(_, entries)| *entries).find(|entry| entry.name == spec.ready)?;
    entry.needs.iter().find_map(|column| {
        let rule = events::rule(known.config, known.schema, column)?;
        if let Some(never) = sql::never(&rule, columns, &|name| known.of_records(name)) {
            return Some(never.why);
        }
        let plain = rule.trim().trim_matches('"');
        known.is_empty_field(plain).then(|| no_column(plain))
    })
}
