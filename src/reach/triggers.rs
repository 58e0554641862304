//! Triggers that can never fire.

use polars::prelude::{DataType, Schema as Columns};

use super::known::no_column;
use super::{Known, warning};
use crate::config::Trigger;
use crate::problem::Problem;
use crate::sql::{self, Domain};
use crate::triggers::PREVIOUS;

/// A warning for every trigger that can fire for nobody; `empty` are the segments that nobody can be in.
pub(super) fn unreachable(known: &Known<'_>, empty: &[String]) -> Vec<Problem> {
    let mut columns: Columns = known.columns.clone();
    for segment in &known.config.segment {
        columns.insert(segment.name.as_str().into(), DataType::Boolean);
    }
    let before: Vec<_> = columns.iter().map(|(name, kind)| (format!("{PREVIOUS}{name}"), kind.clone())).collect();
    columns.extend(before.into_iter().map(|(name, kind)| (name.into(), kind)));
    // What was in the last run may have been by other rules: nothing is known of it.
    let domain = |name: &str| match name {
        name if name.starts_with(PREVIOUS) => Domain::default(),
        name if empty.iter().any(|segment| segment == name) => {
            Domain { never_true: Some(nobody(name)), ..Domain::default() }
        }
        name => known.of_persons(name),
    };
    let mut warnings = Vec::new();
    for (index, trigger) in known.config.trigger.iter().enumerate() {
        let number = index.to_string();
        let never = match &trigger.when {
            Some(rule) => sql::never(rule, &columns, &domain).map(|never| ("when", never.within, never.why)),
            None => ready(known, trigger, empty).map(|(key, why)| (key, None, why)),
        };
        if let Some((key, within, why)) = never {
            let what = format!("trigger `{}` can never fire: {why}", trigger.name);
            warnings.push(warning(&["trigger", &number, key], within, what, "change it, or take it out"));
        }
    }
    warnings
}

/// Why nobody is in a segment, for whoever goes by it.
pub(super) fn nobody(segment: &str) -> String {
    format!("nobody can be in segment `{segment}`")
}

/// The key that shows that a ready trigger can never fire, and why.
fn ready(known: &Known<'_>, trigger: &Trigger, empty: &[String]) -> Option<(&'static str, String)> {
    match trigger.ready.as_deref()? {
        "entered" => {
            let segment = trigger.segment.as_ref().filter(|segment| empty.contains(segment))?;
            Some(("segment", nobody(segment)))
        }
        "new_channel" => {
            let mut channels: Vec<&str> = known.config.source.iter().map(|source| source.channel.as_str()).collect();
            channels.sort_unstable();
            channels.dedup();
            (channels.len() == 1).then(|| ("ready", format!("there is one channel only, `{}`", channels[0])))
        }
        "moved" | "surname_changed" if !trigger.fields.is_empty() => {
            let all = trigger.fields.iter().all(|field| known.is_empty_column(field));
            all.then(|| ("fields", no_column(&trigger.fields[0])))
        }
        _ => None,
    }
}
