//! Presets under sources: what a source leaves open is filled, and taken back where its files lack the columns.

use std::collections::BTreeSet;

use super::super::words::{did_you_mean, list};
use super::super::{ColumnMapping, Config, ConsentMapping, ConsentPlace, EventTime, OneOrMany, Pick, PickSpec, Source};
use super::{PRESETS, PresetSource, preset};
use crate::problem::Problem;

/// Puts presets under what sources say themselves; gives a fault per preset that is not known.
pub(in crate::config) fn apply(config: &mut Config) -> Vec<Problem> {
    let mut faults = Vec::new();
    for (index, source) in config.source.iter_mut().enumerate() {
        let Some(name) = &source.preset else { continue };
        let Some(preset) = preset(name) else {
            let names = || PRESETS.iter().map(|preset| preset.name.as_str());
            let fix = did_you_mean(name, names()).unwrap_or_else(|| format!("presets are {}", list(names())));
            let place = ["source", &index.to_string(), "preset"];
            faults.push(Problem::config_at(&place, format!("there is no preset \"{name}\""), fix));
            continue;
        };
        source.from_preset = lay_under(source, &preset.source);
        for (name, field) in &preset.fields {
            config.fields.entry(name.clone()).or_insert_with(|| field.clone());
        }
    }
    faults
}

/// Fills what the source leaves open; gives the keys that were filled.
fn lay_under(source: &mut Source, preset: &PresetSource) -> BTreeSet<String> {
    let mut filled = BTreeSet::new();
    if source.channel.is_empty() {
        source.channel.clone_from(&preset.channel);
    }
    if source.format.is_none() {
        source.format = preset.format;
    }
    if source.record_id.is_none() && preset.record_id.is_some() {
        source.record_id.clone_from(&preset.record_id);
        filled.insert("record_id".to_owned());
    }
    if source.event_time.is_none() && preset.event_time.is_some() {
        source.event_time.clone_from(&preset.event_time);
        filled.insert("event_time".to_owned());
    }
    if source.condition.is_none() && preset.condition.is_some() {
        source.condition.clone_from(&preset.condition);
        filled.insert("where".to_owned());
    }
    for (name, mapping) in &preset.fields {
        if !source.fields.contains_key(name) {
            source.fields.insert(name.clone(), mapping.clone());
            filled.insert(format!("fields.{name}"));
        }
    }
    for (name, mapping) in &preset.consent {
        if !source.consent.contains_key(name) {
            source.consent.insert(name.clone(), mapping.clone());
            filled.insert(format!("consent.{name}"));
        }
    }
    filled
}

/// The source with what its preset says taken back as far as files lack the columns: a field loses the places that no
/// file has, the key and the condition go where one file lacks a column. `everywhere` and `somewhere` say whether all
/// files, or any, have a column; `named` gives the columns that a condition names. Fields stay, if need be without a place.
#[must_use]
pub fn prune(
    source: &Source,
    everywhere: &dyn Fn(&str) -> bool,
    somewhere: &dyn Fn(&str) -> bool,
    named: &dyn Fn(&str) -> Vec<String>,
) -> Source {
    let mut pruned = source.clone();
    let given = |key: &str| source.from_preset.contains(key);
    let holds = |condition: &Option<String>| {
        condition.as_ref().is_none_or(|condition| named(condition).iter().all(|column| somewhere(column)))
    };
    if given("record_id") {
        pruned.record_id = pruned.record_id.filter(|id| id.as_slice().iter().all(|column| everywhere(column)));
    }
    if given("where") {
        pruned.condition =
            pruned.condition.filter(|condition| named(condition).iter().all(|column| everywhere(column)));
    }
    if given("event_time") {
        pruned.event_time = pruned.event_time.and_then(|time| prune_time(time, somewhere));
    }
    for (name, mapping) in &mut pruned.fields {
        if !given(&format!("fields.{name}")) {
            continue;
        }
        let mut picks: Vec<Pick> = mapping.picks().to_vec();
        for pick in &mut picks {
            if let Pick::Spec(spec) = pick {
                spec.join.retain(|column| somewhere(column));
                spec.cases.retain(|case| somewhere(&case.column) && holds(&case.when));
            }
        }
        picks.retain(|pick| match pick {
            Pick::Column(column) => somewhere(column),
            Pick::Spec(spec) => holds(&spec.when) && is_somewhere(spec, somewhere),
        });
        *mapping = ColumnMapping::Alternatives(picks);
    }
    for (name, mapping) in &mut pruned.consent {
        if !given(&format!("consent.{name}")) {
            continue;
        }
        let mut places = Vec::new();
        for place in mapping.places() {
            let mut spec = place.spec();
            spec.since = spec.since.and_then(|since| prune_time(since, somewhere));
            if holds(&spec.when) && spec.column.as_deref().is_none_or(somewhere) {
                places.push(ConsentPlace::Spec(Box::new(spec)));
            }
        }
        *mapping = ConsentMapping::Alternatives(places);
    }
    pruned
}

fn is_somewhere(spec: &PickSpec, somewhere: &dyn Fn(&str) -> bool) -> bool {
    match &spec.column {
        Some(column) => somewhere(column),
        None => !spec.join.is_empty() || !spec.cases.is_empty() || spec.constant.is_some() || spec.file_name.is_some(),
    }
}

fn prune_time(time: EventTime, somewhere: &dyn Fn(&str) -> bool) -> Option<EventTime> {
    match time {
        EventTime::Column(column) => somewhere(&column).then_some(EventTime::Column(column)),
        EventTime::Spec(mut spec) => {
            let columns: Vec<String> =
                spec.column.as_slice().iter().filter(|column| somewhere(column)).cloned().collect();
            spec.column = OneOrMany::Many(columns);
            (!spec.column.as_slice().is_empty()).then_some(EventTime::Spec(spec))
        }
    }
}
