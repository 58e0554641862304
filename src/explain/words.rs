//! Answers in plain words.

use std::fmt::Write;

use super::{Comparison, Consent, Identifier, Person, Portrait, RecordKey, SetAside, SharedBy, Union};
use crate::model::Decision;

/// Lists longer than this are cut in text; JSON has all.
const SHOWN: usize = 20;

/// A portrait as text.
#[must_use]
pub fn portrait_text(portrait: &Portrait) -> String {
    let Portrait { person, linking, set_aside } = portrait;
    let mut page = format!("Person {}\n", person.person_id);
    for (column, value) in &person.golden {
        line(&mut page, &format!("  {column}: {}", clean(value)));
    }
    heading(&mut page, &count(person.records.len(), "record"));
    list(&mut page, person.records.iter().map(ToString::to_string), "record");
    if !linking.is_empty() {
        heading(&mut page, "What holds them together");
        list(
            &mut page,
            linking.iter().map(|l| format!("{} (on {})", said(&l.identifier), count(l.records, "record"))),
            "identifier",
        );
    }
    let parting: Vec<_> = linking.iter().filter(|link| !link.parts_without.is_empty()).collect();
    if !parting.is_empty() {
        heading(&mut page, "What the person hangs on: without it, it would fall into parts");
        let parts = |sizes: &[usize]| {
            let mut shown: Vec<String> = sizes.iter().take(6).map(ToString::to_string).collect();
            if sizes.len() > 6 {
                shown.push("…".to_owned());
            }
            format!("{} of {} records", count(sizes.len(), "part"), shown.join(" + "))
        };
        list(
            &mut page,
            parting.iter().map(|l| format!("{}: {}", said(&l.identifier), parts(&l.parts_without))),
            "identifier",
        );
    }
    if !person.consent.is_empty() {
        heading(&mut page, "Consent");
        list(&mut page, person.consent.iter().map(consent), "consent");
    }
    if !person.suppressed.is_empty() {
        heading(&mut page, "Not to be contacted");
        list(&mut page, person.suppressed.iter().map(|reason| clean(reason)), "reason");
    }
    if !set_aside.is_empty() {
        heading(&mut page, "What does not count, and why");
        list(&mut page, set_aside.iter().map(|aside| why(aside, Some(&person.person_id))), "identifier");
    }
    page
}

/// A comparison as text; `asked` are the two things as they were typed.
#[must_use]
pub fn comparison_text(comparison: &Comparison, asked: [&str; 2]) -> String {
    let asked = asked.map(clean);
    match comparison {
        Comparison::Same { person_id, from, to, path, weakest, cut, passed_over } => {
            let mut page = format!("{} and {} are one person: {person_id}\n", asked[0], asked[1]);
            if path.is_empty() {
                heading(&mut page, "Why");
                line(&mut page, &format!("  both are on one record, {from}"));
                return page;
            }
            heading(&mut page, &format!("Why: the shortest way from {from} to {to}"));
            for hop in path {
                let only = if hop.only_link { ", and nothing else links the two ends" } else { "" };
                line(&mut page, &format!("  {} and {} both have {}{only}", hop.from, hop.to, said(&hop.by)));
            }
            if let Some(weakest) = weakest
                && path.len() > 1
            {
                heading(&mut page, "Weakest link");
                line(&mut page, &format!("  {}, between {} and {}", said(&weakest.by), weakest.from, weakest.to));
            }
            if !cut.is_empty() {
                heading(&mut page, "What would part them: these alone would have to go");
                list(&mut page, cut.iter().map(said), "identifier");
            }
            if !passed_over.is_empty() {
                heading(&mut page, "What both records also have, and why it does not count");
                list(&mut page, passed_over.iter().map(|aside| why(aside, None)), "identifier");
            }
            page
        }
        Comparison::Different { persons, in_common, refused } => {
            let mut page = format!("{} and {} are two persons\n", asked[0], asked[1]);
            for (person, asked) in persons.iter().zip(&asked) {
                line(&mut page, &format!("  {asked}: {}", short(person)));
            }
            if in_common.is_empty() && refused.is_empty() {
                heading(&mut page, "Why not");
                line(&mut page, "  they have no identifier in common");
                return page;
            }
            if !in_common.is_empty() {
                heading(&mut page, "What they have in common, and why it does not link them");
                list(&mut page, in_common.iter().map(|aside| why_common(aside, refused)), "identifier");
            }
            let further: Vec<&Union> = refused
                .iter()
                .filter(|union| in_common.iter().all(|aside| aside.identifier != union.identifier))
                .collect();
            if !further.is_empty() {
                heading(&mut page, "Unions of the two that were refused");
                list(
                    &mut page,
                    further.iter().map(|u| format!("{}: {}", said(&u.identifier), limit(&u.reason))),
                    "union",
                );
            }
            page
        }
    }
}

/// A person's consent with its reason.
fn consent(consent: &Consent) -> String {
    let Consent { consent, state, since, said, record, via } = consent;
    let since = if since.is_empty() { String::new() } else { format!(" since {since}") };
    let said = if said == state { String::new() } else { format!(" ({said})") };
    let by = match via.as_str() {
        "" => String::new(),
        via => format!(", the record of somebody else with an {via} of this person"),
    };
    format!("{consent}: {state}{since}, says {record}{said}{by}")
}

/// A person in one line.
fn short(person: &Person) -> String {
    let golden = |column: &str| person.golden.iter().find(|(name, _)| name == column).map(|(_, value)| clean(value));
    let names: Vec<String> = ["full_name", "first_name", "last_name", "email"].into_iter().filter_map(golden).collect();
    let name = if names.is_empty() { String::new() } else { format!(", {}", names.join(" ")) };
    format!("{}{name} ({})", person.person_id, count(person.records.len(), "record"))
}

/// `email ana@example.com`; a steward's word as such.
fn said(identifier: &Identifier) -> String {
    match identifier.namespace.as_str() {
        "always_link" => format!("a steward's word ({})", clean(&identifier.value)),
        namespace => format!("{namespace} {}", clean(&identifier.value)),
    }
}

/// What was set aside, with the reason; `of`: the person whose portrait it is.
fn why(aside: &SetAside, of: Option<&str>) -> String {
    let mut text = format!("{}: {}", said(&aside.identifier), reason(aside));
    for union in aside.refused_with.iter().take(3) {
        if let Some(other) = other(union, of) {
            let _ = write!(text, "; the other side is {} of person {}", other.0, other.1);
        }
    }
    if aside.refused_with.len() > 3 {
        let _ = write!(text, "; and {} more", aside.refused_with.len() - 3);
    }
    text
}

fn why_common(aside: &SetAside, refused: &[Union]) -> String {
    let own = refused.iter().find(|union| union.identifier == aside.identifier);
    match own {
        Some(union) => format!("{}: {}", said(&aside.identifier), limit(&union.reason)),
        None => why(&SetAside { refused_with: Vec::new(), ..aside.clone() }, None),
    }
}

/// The other side of a refused union: its record and person.
fn other<'a>(union: &'a Union, of: Option<&str>) -> Option<(&'a RecordKey, &'a str)> {
    let side = if union.persons[0] == of? { 1 } else { 0 };
    (union.persons[side] != of?).then_some((&union.records[side], union.persons[side].as_str()))
}

fn reason(aside: &SetAside) -> String {
    match &aside.shared {
        Some(SharedBy { records, distinct, by, .. }) if aside.decision == Decision::Shared => {
            format!("shared: on {records} records with {distinct} different {by} ({})", aside.reason)
        }
        _ => decision_text(aside.decision, &aside.reason),
    }
}

/// What was decided about an identifier in plain words, with the words of the config behind it.
#[must_use]
pub fn decision_text(decision: Decision, reason: &str) -> String {
    match decision {
        Decision::Links => "links".to_owned(),
        Decision::Placeholder => "a placeholder: it identifies nobody".to_owned(),
        Decision::Shared => format!("shared by too many people ({reason})"),
        Decision::Refused => limit(reason),
        Decision::Unusable => format!("cannot be used: {}", reason.replace('_', " ")),
    }
}

/// A limit in plain words, with the words of the config behind it.
fn limit(reason: &str) -> String {
    let inner = reason.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or_default();
    let most = reason.split_once("= ").and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default();
    if reason.starts_with("conflict") {
        format!("refused: the two say different things in {inner} ({reason})")
    } else if reason.starts_with("max_per_person") {
        format!("refused: one person would have more than {most} {inner} ({reason})")
    } else if reason.starts_with("max_records_per_person") {
        format!("refused: one person would have more than {most} records ({reason})")
    } else if reason.starts_with("never_link") {
        format!("refused: a steward said that they are never one person ({reason})")
    } else {
        format!("refused: {reason}")
    }
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn heading(page: &mut String, text: &str) {
    page.push('\n');
    line(page, text);
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

fn list(page: &mut String, items: impl ExactSizeIterator<Item = String>, what: &str) {
    let more = items.len().saturating_sub(SHOWN);
    for item in items.take(SHOWN) {
        line(page, &format!("  {item}"));
    }
    if more > 0 {
        line(page, &format!("  … and {} more (--format json has all)", count(more, what)));
    }
}

/// Without control characters, which could play with a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
