//! What an event of lineage comes from: the records and identifiers that are new, or gone.

use std::collections::{BTreeMap, BTreeSet};

use super::Changed;
use crate::model::Event;
use crate::problem::mask;

/// A row of `edges` of one of the persons in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The record as it is written: SOURCE/RECORD_ID.
    pub record: String,
    /// The identifier's namespace.
    pub namespace: String,
    /// Its value.
    pub value: String,
    /// Why it does not link; none = it links.
    pub reason: Option<String>,
}

/// Most causes that are told of an event.
const SHOWN: usize = 3;

/// The causes of an event, in words. `before` and `after` are the edges of the persons that it is about, in the two
/// runs; `sides` are their records: those of the old and of the new person before, for a split those after. `config` is
/// what the config says otherwise.
#[must_use]
pub fn causes(
    event: Event,
    [before, after]: [&[Link]; 2],
    sides: [&BTreeSet<String>; 2],
    config: &[Changed],
) -> Vec<String> {
    let mut found = match event {
        Event::Merged => told(before, after, sides, &ADDED, config),
        Event::Split => told(after, before, sides, &REMOVED, config),
        Event::Reassigned => {
            let mut all = told(before, after, sides, &ADDED, config);
            all.extend(told(after, before, sides, &REMOVED, config));
            all
        }
        Event::Created | Event::Retired => Vec::new(),
    };
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found
}

/// How things are said that only one of the runs has.
struct Wording {
    record: &'static str,
    identifier: &'static str,
    links: &'static str,
}

const ADDED: Wording = Wording { record: "is new, with", identifier: "has a new", links: "now links" };
const REMOVED: Wording = Wording { record: "is gone, with", identifier: "no longer has", links: "no longer links" };

type Value<'a> = (&'a str, &'a str);

/// What `more` has that `less` does not; only what joins the two sides, where something does.
fn told(
    less: &[Link],
    more: &[Link],
    sides: [&BTreeSet<String>; 2],
    words: &Wording,
    config: &[Changed],
) -> Vec<String> {
    let known: BTreeMap<(&str, Value<'_>), Option<&str>> = less
        .iter()
        .map(|link| ((link.record.as_str(), (link.namespace.as_str(), link.value.as_str())), link.reason.as_deref()))
        .collect();
    let records: BTreeSet<&str> =
        less.iter().map(|link| link.record.as_str()).chain(sides.into_iter().flatten().map(String::as_str)).collect();
    let linking = || more.iter().filter(|link| link.reason.is_none());
    let values = |side: &BTreeSet<String>| -> BTreeSet<Value<'_>> {
        let of_side = linking().filter(|link| side.contains(&link.record));
        of_side.map(|link| (link.namespace.as_str(), link.value.as_str())).collect()
    };
    let values = sides.map(values);
    // Everything that is different: what is said of it, and whether it joins the sides.
    let mut found: Vec<(bool, String)> = Vec::new();
    let mut added: BTreeMap<&str, Vec<Value<'_>>> = BTreeMap::new();
    for link in linking() {
        let value = (link.namespace.as_str(), link.value.as_str());
        if !records.contains(link.record.as_str()) {
            added.entry(&link.record).or_default().push(value);
            continue;
        }
        let shown = format!("{} {}", link.namespace, mask(&link.value));
        let joins = (0..2).any(|side| sides[side].contains(&link.record) && values[1 - side].contains(&value));
        match known.get(&(link.record.as_str(), value)) {
            None => {
                let rule = rule(config, &link.namespace);
                found.push((joins, format!("record {} {} {shown}{rule}", link.record, words.identifier)));
            }
            Some(Some(reason)) => {
                let rule = rule(config, &link.namespace);
                found.push((joins, format!("{shown} {} (other run: {reason}){rule}", words.links)));
            }
            Some(None) => {}
        }
    }
    for (record, of) in added {
        let joins = values.iter().all(|side| of.iter().any(|value| side.contains(value)));
        let shown: Vec<String> = of.iter().map(|(name, value)| format!("{name} {}", mask(value))).collect();
        found.push((joins, format!("record {record} {} {}", words.record, shown.join(", "))));
    }
    let joins = found.iter().any(|(joins, _)| *joins);
    let mut told: Vec<String> = found.into_iter().filter(|found| found.0 || !joins).map(|(_, words)| words).collect();
    let mut seen = BTreeSet::new();
    told.retain(|words| seen.insert(words.clone()));
    told
}

/// What the config says otherwise of a namespace, behind a cause.
fn rule(config: &[Changed], namespace: &str) -> String {
    let of = |changed: &&Changed| {
        let rest = changed.name.strip_prefix("identifiers.").and_then(|name| name.strip_prefix(namespace));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    config.iter().find(of).map(|rule| format!(", as {} is {} in the config", rule.name, rule.how)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(record: &str, value: &str, reason: Option<&str>) -> Link {
        let (namespace, value) = value.split_once('=').expect("namespace=value");
        let reason = reason.map(str::to_owned);
        Link { record: record.into(), namespace: namespace.into(), value: value.into(), reason }
    }

    fn side(records: &[&str]) -> BTreeSet<String> {
        records.iter().map(|record| (*record).to_owned()).collect()
    }

    #[test]
    fn a_new_record_that_has_identifiers_of_both_sides_is_why_they_merged() {
        let before = [link("shop/1", "phone=+16175550123", None), link("shop/2", "email=ana@example.org", None)];
        let mut after = before.to_vec();
        after.push(link("shop/3", "email=ana@example.org", None));
        after.push(link("shop/4", "email=ana@example.org", None));
        after.push(link("shop/4", "phone=+16175550123", None));
        let told = causes(Event::Merged, [&before, &after], [&side(&["shop/1"]), &side(&["shop/2"])], &[]);
        assert_eq!(told, ["record shop/4 is new, with email a…@e….org, phone +…3"]);
        let split = causes(Event::Split, [&after, &before], [&side(&["shop/1"]), &side(&["shop/2"])], &[]);
        assert_eq!(split, ["record shop/4 is gone, with email a…@e….org, phone +…3"]);
    }

    #[test]
    fn a_new_identifier_and_a_value_that_links_now_are_told() {
        let before = [
            link("shop/1", "phone=+16175550123", Some("shared_above = 5 (last_name)")),
            link("shop/2", "phone=+16175550123", Some("shared_above = 5 (last_name)")),
            link("shop/2", "email=ana@example.org", None),
        ];
        let after = [
            link("shop/1", "phone=+16175550123", None),
            link("shop/2", "phone=+16175550123", None),
            link("shop/2", "email=ana@example.org", None),
            link("shop/1", "email=ana@example.org", None),
        ];
        let told = causes(Event::Merged, [&before, &after], [&side(&["shop/1"]), &side(&["shop/2"])], &[]);
        assert_eq!(
            told,
            [
                "phone +…3 now links (other run: shared_above = 5 (last_name))",
                "record shop/1 has a new email a…@e….org"
            ]
        );
    }
}
