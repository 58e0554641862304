//! What an event of lineage comes from, in words and as figures.

use std::collections::BTreeMap;

use super::edges::{Difference, Edges, STEWARD, What};
use super::{Cause, CauseCount, Changed, Why};
use crate::model::{Event, Lineage};

/// Input files of a source that differ, as [`Changed`] says.
pub type FilesOf = BTreeMap<String, Vec<Changed>>;

/// What may be behind a difference.
#[derive(Debug, Clone, Copy)]
pub struct Behind<'a> {
    /// Keys of the config that say something else.
    pub config: &'a [Changed],
    /// Input files that are new, changed or gone, by source.
    pub files: &'a FilesOf,
}

/// Most causes that are told of an event.
const SHOWN: usize = 3;

/// Keys of a namespace that decide whether a value links, not which value it is.
const LIMITS: [&str; 6] = ["priority", "max_per_person", "max_records_per_person", "shared_above", "proxy", "conflict"];

/// What an event comes from, in words, and what it is counted under. `None` = nothing is different about the persons
/// that tells.
#[must_use]
pub fn causes(row: &Lineage, edges: &Edges, behind: Behind<'_>) -> (Option<Cause>, Vec<String>) {
    let added = || (true, edges.added([row.old, row.new], row.new));
    let removed = || (false, edges.removed([row.new, row.old], row.old));
    let sides = match row.event {
        Event::Merged => vec![added()],
        Event::Split => vec![removed()],
        Event::Reassigned => vec![added(), removed()],
        Event::Created | Event::Retired => Vec::new(),
    };
    let is_any = sides.iter().any(|(_, (joins, _))| *joins);
    let mut found: Vec<(Cause, String)> = Vec::new();
    for (is_new, (_, differences)) in sides.into_iter().filter(|(_, (joins, _))| *joins || !is_any) {
        for difference in differences {
            let said = told(difference, is_new, behind);
            if !found.iter().any(|known| known.1 == said.1) {
                found.push(said);
            }
        }
    }
    let first = found.iter().map(|(cause, _)| cause).min_by(|a, b| a.why.cmp(&b.why)).cloned();
    let mut words: Vec<String> = found.into_iter().map(|(_, words)| words).collect();
    let more = words.len().saturating_sub(SHOWN);
    words.truncate(SHOWN);
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    (first, words)
}

/// Counts events by what they come from, most first.
#[derive(Debug, Default)]
pub struct Totals(BTreeMap<(Event, Option<Cause>), (u64, u64)>);

impl Totals {
    /// Takes an event.
    pub fn add(&mut self, row: &Lineage, cause: Option<Cause>) {
        let total = self.0.entry((row.event, cause)).or_default();
        (total.0, total.1) = (total.0 + 1, total.1 + row.records);
    }

    /// All of them, by event, then by falling number.
    #[must_use]
    pub fn list(self) -> Vec<CauseCount> {
        let row = |((event, cause), (events, records))| CauseCount { event, cause, events, records };
        let mut rows: Vec<CauseCount> = self.0.into_iter().map(row).collect();
        rows.sort_by_key(|row| (row.event, std::cmp::Reverse(row.events)));
        rows
    }
}

/// What a difference is, as it is counted and as it is told. `is_new` = the later run has it.
fn told(difference: &Difference, is_new: bool, behind: Behind<'_>) -> (Cause, String) {
    let record = format!("record {}/{}", difference.source, difference.record_id);
    let (why, rule, words) = match &difference.what {
        What::Record(identifiers) => {
            let shown: Vec<String> = identifiers.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let rule = rule_of_source(behind.config, &difference.source, false);
            let file = file_of(behind.files, &difference.source, is_new);
            let (why, how) = match (is_new, &file) {
                (true, _) => (Why::NewRecord, "is new"),
                (false, Some(_)) => (Why::FileGone, "is gone"),
                (false, None) => (Why::RecordGone, "is gone"),
            };
            let file = if rule.is_some() { None } else { file };
            let file = file.map(|file| format!(", {file}")).unwrap_or_default();
            (why, rule, format!("{record} {how}, with {}{file}", shown.join(", ")))
        }
        What::Identifier(namespace, value) => {
            let rule = rule_of_value(behind.config, namespace, &difference.source);
            let (why, how) = match (&**namespace, is_new) {
                (STEWARD, true) => (Why::NewWord, "has a new"),
                (STEWARD, false) => (Why::WordGone, "no longer has"),
                (_, true) => (Why::NewIdentifier, "has a new"),
                (_, false) => (Why::IdentifierGone, "no longer has"),
            };
            (why, rule, format!("{record} {how} {namespace} {value}"))
        }
        What::Links(namespace, value, decision, reason) => {
            let rule = rule_of_decision(behind.config, namespace, decision);
            let how = if is_new { "now links" } else { "no longer links" };
            (
                Why::of(decision, is_new),
                rule,
                format!("{namespace} {value} {how} (other run: {})", said(decision, reason)),
            )
        }
    };
    match rule {
        Some(rule) => (
            Cause { why: Why::ChangedRule, key: Some(rule.name.clone()) },
            format!("{words}, as {} is {} in the config", rule.name, rule.how),
        ),
        None => (Cause { why, key: None }, words),
    }
}

fn said<'a>(decision: &'a str, reason: &'a str) -> &'a str {
    if reason.is_empty() { decision } else { reason }
}

/// The key below `name`, or `name` itself, that says something else.
fn under<'a>(changed: &'a Changed, name: &str) -> Option<&'a str> {
    let rest = changed.name.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// What the config says otherwise of values that do not link in one of the runs, for that reason.
fn rule_of_decision<'a>(config: &'a [Changed], namespace: &str, decision: &str) -> Option<&'a Changed> {
    let (keys, elsewhere): (&[&str], &str) = match decision {
        "shared" => (&["", "kind", "shared_above", "proxy", "priority"], ""),
        "refused" => (&["", "kind", "max_per_person", "max_records_per_person", "conflict", "priority"], "never_link"),
        "placeholder" => (&["", "kind"], "placeholders"),
        _ => return rule_of_value(config, namespace, ""),
    };
    let of = |changed: &&Changed| {
        under(changed, &format!("identifiers.{namespace}")).is_some_and(|key| keys.contains(&key))
            || (!elsewhere.is_empty() && under(changed, elsewhere).is_some())
    };
    config.iter().find(of)
}

fn rule_of_value<'a>(config: &'a [Changed], namespace: &str, source: &str) -> Option<&'a Changed> {
    let of = |changed: &&Changed| {
        under(changed, &format!("identifiers.{namespace}")).is_some_and(|key| !LIMITS.contains(&key))
            || (namespace == STEWARD && under(changed, STEWARD).is_some())
            || under(changed, "project.default_region").is_some()
    };
    config.iter().find(of).or_else(|| rule_of_source(config, source, true))
}

/// What the config says otherwise of a source: of its `columns`, or of which rows it has.
fn rule_of_source<'a>(config: &'a [Changed], source: &str, columns: bool) -> Option<&'a Changed> {
    let rows = |key: &str| ["", "path", "where", "record_id"].contains(&key.split('.').next().unwrap_or(key));
    let of = |changed: &&Changed| under(changed, &format!("source.{source}")).is_some_and(|key| rows(key) != columns);
    config.iter().find(of)
}

/// Which file a record of that source came with or went with, where nothing else can be meant.
fn file_of(files: &FilesOf, source: &str, is_new: bool) -> Option<String> {
    let files = files.get(source)?;
    let how = if is_new { "new" } else { "gone" };
    if files.iter().any(|file| file.how == "changed") {
        return None;
    }
    let of: Vec<&Changed> = files.iter().filter(|file| file.how == how).collect();
    match of.as_slice() {
        [] => None,
        [file] => Some(format!("as input file {} is {how}", file.name)),
        several => Some(format!("as {} input files of {source} are {how}", several.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Side};
    use super::*;
    use crate::model::NO_PERSON;

    fn edge<'a>(person: u128, identifier: &'a str, refused: Option<(&'a str, &'a str)>) -> Edge<'a> {
        let (namespace, value) = identifier.split_once('=').expect("namespace=value");
        Edge { person, namespace, value, refused }
    }

    fn changed(name: &str, how: &'static str) -> Changed {
        Changed { name: name.to_owned(), how }
    }

    fn asked(edges: &mut Edges, event: Event, config: &[Changed], files: &FilesOf) -> (Option<Cause>, Vec<String>) {
        edges.finish();
        causes(&Lineage { event, old: 1, new: 2, records: 1 }, edges, Behind { config, files })
    }

    #[test]
    fn a_new_record_that_has_identifiers_of_both_sides_is_why_they_merged() {
        let (phone, mail) = ("phone=+16175550123", "email=ana@example.org");
        let mut edges = Edges::default();
        edges.record(["shop", "1"], None, [1, 2], [&[edge(1, phone, None)], &[edge(2, phone, None)]]);
        edges.record(["shop", "2"], None, [2, 2], [&[edge(2, mail, None)], &[edge(2, mail, None)]]);
        edges.record(["shop", "3"], Some(Side::After), [NO_PERSON, 2], [&[], &[edge(2, mail, None)]]);
        let both = [edge(2, mail, None), edge(2, phone, None)];
        edges.record(["shop", "4"], Some(Side::After), [NO_PERSON, 2], [&[], &both]);
        let (cause, words) = asked(&mut edges, Event::Merged, &[], &FilesOf::new());
        assert_eq!(cause, Some(Cause { why: Why::NewRecord, key: None }));
        assert_eq!(words, ["record shop/4 is new, with email a…@e….org, phone +…3"]);
        let files = FilesOf::from([("shop".to_owned(), vec![changed("b.csv", "new")])]);
        let (_, words) = asked(&mut edges, Event::Merged, &[], &files);
        assert_eq!(words, ["record shop/4 is new, with email a…@e….org, phone +…3, as input file b.csv is new"]);
    }

    #[test]
    fn a_new_identifier_and_a_value_that_links_now_are_told() {
        let (phone, mail) = ("phone=+16175550123", "email=ana@example.org");
        let shared = Some(("shared", "shared_above = 5 (last_name)"));
        let mut edges = Edges::default();
        let now = [edge(2, phone, None), edge(2, mail, None)];
        edges.record(["shop", "1"], None, [1, 2], [&[edge(1, phone, shared)], &now]);
        edges.record(["shop", "2"], None, [2, 2], [&[edge(2, phone, shared), edge(2, mail, None)], &now]);
        let (cause, words) = asked(&mut edges, Event::Merged, &[], &FilesOf::new());
        assert_eq!(cause.map(|cause| cause.why), Some(Why::NewIdentifier));
        assert_eq!(
            words,
            [
                "phone +…3 now links (other run: shared_above = 5 (last_name))",
                "record shop/1 has a new email a…@e….org"
            ]
        );
    }

    #[test]
    fn a_rule_is_told_where_it_can_have_done_it() {
        let phone = "phone=+16175550123";
        let shared = Some(("shared", "6 last_name"));
        let mut edges = Edges::default();
        edges.record(["shop", "1"], None, [1, 1], [&[edge(1, phone, None)], &[edge(1, phone, shared)]]);
        edges.record(["shop", "2"], None, [1, 2], [&[edge(1, phone, None)], &[edge(2, phone, shared)]]);
        let none = FilesOf::new();
        let (cause, words) = asked(&mut edges, Event::Split, &[], &none);
        assert_eq!(cause, Some(Cause { why: Why::NowShared, key: None }));
        assert_eq!(words, ["phone +…3 no longer links (other run: 6 last_name)"]);
        let rules =
            [changed("identifiers.email.kind", "changed"), changed("identifiers.phone.shared_above", "changed")];
        let (cause, _) = asked(&mut edges, Event::Split, &rules, &none);
        assert_eq!(cause, Some(Cause { why: Why::ChangedRule, key: Some(rules[1].name.clone()) }));
        assert_eq!(rule_of_decision(&rules, "phone", "refused"), None, "that limit refuses nobody");
        let others = [changed("never_link", "new"), changed("placeholders.phone.values", "changed")];
        let name = |decision| rule_of_decision(&others, "phone", decision).map(|rule| rule.name.as_str());
        assert_eq!(["shared", "refused", "placeholder"].map(name), [None, Some("never_link"), Some(&*others[1].name)]);
        assert_eq!(rule_of_value(&rules, "phone", "shop"), None, "a limit makes no value");
        let rules = [changed("source.shop.fields.phone", "gone"), changed("source.shop.path", "changed")];
        assert_eq!(rule_of_value(&rules, "phone", "shop").map(|rule| rule.name.as_str()), Some(&*rules[0].name));
        assert_eq!(rule_of_source(&rules, "shop", false).map(|rule| rule.name.as_str()), Some(&*rules[1].name));
        assert_eq!(rule_of_source(&rules, "shops", true), None);
    }

    #[test]
    fn events_are_counted_by_what_they_come_from() {
        let row = |event, records| Lineage { event, old: 1, new: 2, records };
        let (record, rule) = (
            Cause { why: Why::NewRecord, key: None },
            Cause { why: Why::ChangedRule, key: Some("identifiers.phone".to_owned()) },
        );
        let mut totals = Totals::default();
        totals.add(&row(Event::Split, 5), None);
        totals.add(&row(Event::Merged, 2), Some(record.clone()));
        totals.add(&row(Event::Merged, 1), Some(rule.clone()));
        totals.add(&row(Event::Merged, 1), Some(rule.clone()));
        let rows: Vec<_> =
            totals.list().into_iter().map(|row| (row.event, row.cause, row.events, row.records)).collect();
        assert_eq!(
            rows,
            [(Event::Merged, Some(rule), 2, 2), (Event::Merged, Some(record), 1, 2), (Event::Split, None, 1, 5)]
        );
    }
}
