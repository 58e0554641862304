use super::*;
use crate::model::{ConsentKey, Labels, NamespaceId, Occurrence, Word, identifier_key};

/// A plan of one policy, and a schema, for these consents; addresses of all of them are namespace 0.
pub(super) fn plan(names: &[&str], policy: ConsentPolicy) -> (Plan, Schema) {
    let mut schema = Schema::default();
    for name in names {
        let (channel, purpose) = name.split_once(':').unwrap_or((name, ""));
        let (channel, purpose) = (channel.to_owned(), purpose.to_owned());
        schema.consents.push(ConsentKey { channel, purpose, word: 0, since: 1, addresses: vec![0] });
    }
    let whole = |key: &ConsentKey| if key.purpose.is_empty() { None } else { schema.consent(&key.channel) };
    let keys = schema.consents.iter().map(|key| Key { policy, whole: whole(key) }).collect();
    (Plan { keys, speaks: Vec::new() }, schema)
}

/// Records that carry addresses, as link leaves them.
pub(super) fn carrying(addresses: &[(u32, &str)]) -> Vec<Occurrences> {
    let mut occurrences = Occurrences::new(0);
    addresses.iter().for_each(|(record, value)| {
        occurrences.push(Occurrence::new(identifier_key(value.as_bytes()), *record));
    });
    occurrences.parts[0].sort_unstable();
    vec![occurrences]
}

pub(super) fn said(persons: &Persons, record: u32, key: ConsentId, word: Word, since: i64) -> Statement {
    Statement { person: persons.person_of[record as usize], key, word, since, record, via: None }
}

/// The states of all persons in all consents, and their deciding statements.
pub(super) fn folded(
    plan: &Plan,
    schema: &Schema,
    own: Vec<Statement>,
    persons: &Persons,
    occurrences: &[Occurrences],
) -> Folded {
    let statements = Statements { all: handed_on(plan, own, persons, occurrences, schema), ..Statements::default() };
    fold(plan, &statements, 0..persons.len() as u32)
}

/// One person per label; `words`: (record, word, since).
fn states(policy: ConsentPolicy, labels: &[u32], words: &[(u32, Word, i64)], addresses: &[(u32, &str)]) -> Vec<String> {
    let (plan, schema) = plan(&["email"], policy);
    let persons = Persons::from_labels(&Labels(labels.to_vec()));
    let own = words.iter().map(|&(record, word, since)| said(&persons, record, 0, word, since)).collect();
    let folded = folded(&plan, &schema, own, &persons, &carrying(addresses));
    let by = |person: u32| folded.decided.iter().find(|decided| decided.person == person);
    let shown = |(person, state): (usize, &ConsentState)| match by(person as u32).and_then(|decided| decided.by) {
        Some(by) => format!("{} by {}{}", state.name(), by.record, if by.via.is_some() { " via" } else { "" }),
        None => state.name().to_owned(),
    };
    folded.states[0].iter().enumerate().map(shown).collect()
}

use Word::{Bounce, Complaint, OptedIn, OptedOut};

const STRICT: ConsentPolicy = ConsentPolicy::MostRestrictive;
const RECENT: ConsentPolicy = ConsentPolicy::MostRecent;

#[test]
fn one_opt_out_stands_above_any_number_of_opt_ins() {
    let words = [(0, OptedIn, 1), (1, OptedOut, 2), (2, OptedIn, 9)];
    assert_eq!(states(STRICT, &[0, 0, 0], &words, &[]), ["opted_out by 1"]);
    assert_eq!(states(RECENT, &[0, 0, 0], &words, &[]), ["opted_in by 2"]);
}

#[test]
fn nothing_said_is_unknown() {
    assert_eq!(states(STRICT, &[0, 1], &[(0, OptedIn, 1)], &[(0, "a"), (1, "a")]), ["opted_in by 0", "unknown"]);
}

#[test]
fn an_opt_out_holds_for_everybody_at_the_address_and_an_opt_in_for_nobody_else() {
    let addresses = [(0, "a"), (1, "a"), (2, "b")];
    let words = [(0, OptedOut, 1), (2, OptedIn, 1), (1, OptedIn, 5)];
    let strict = states(STRICT, &[0, 1, 2], &words, &addresses);
    assert_eq!(strict, ["opted_out by 0", "opted_out by 0 via", "opted_in by 2"]);
    let recent = states(RECENT, &[0, 1, 2], &words, &addresses);
    assert_eq!(recent, ["opted_out by 0", "opted_in by 1", "opted_in by 2"]);
}

#[test]
fn a_complaint_is_an_opt_out_and_a_bounce_is_none() {
    assert_eq!(states(STRICT, &[0, 0], &[(0, OptedIn, 5), (1, Complaint, 1)], &[]), ["opted_out by 1"]);
    assert_eq!(states(STRICT, &[0, 0], &[(0, OptedIn, 5), (1, Bounce, 9)], &[]), ["opted_in by 0"]);
}

#[test]
fn an_opt_out_without_a_time_is_not_taken_for_an_old_one() {
    assert_eq!(states(RECENT, &[0, 0], &[(0, OptedOut, i64::MIN), (1, OptedIn, 9)], &[]), ["opted_out by 0"]);
    assert_eq!(states(RECENT, &[0, 0], &[(0, OptedOut, -5), (1, OptedIn, i64::MIN)], &[]), ["opted_out by 0"]);
    assert_eq!(states(RECENT, &[0, 0], &[(0, OptedIn, 7), (1, OptedOut, 7)], &[]), ["opted_out by 1"]);
}

#[test]
fn a_state_holds_since_it_was_first_said_by_the_person() {
    let words = [(0, OptedOut, i64::MIN), (1, OptedOut, 8), (2, OptedOut, 3)];
    assert_eq!(states(STRICT, &[0, 0, 0], &words, &[]), ["opted_out by 2"]);
    let words = [(0, OptedOut, 8), (1, OptedOut, 3)];
    let mine = states(STRICT, &[0, 1], &words, &[(0, "a"), (1, "a")]);
    assert_eq!(mine, ["opted_out by 0", "opted_out by 1"], "the person's own words come first");
}

#[test]
fn a_bounce_holds_until_the_person_opts_in_anew() {
    let bounced = |words: &[(u32, Word, i64)]| {
        let (plan, schema) = plan(&["email"], STRICT);
        let persons = Persons::from_labels(&Labels(vec![0; words.len()]));
        let own = words.iter().map(|&(record, word, since)| said(&persons, record, 0, word, since)).collect();
        folded(&plan, &schema, own, &persons, &carrying(&[])).decided[0].bounce.is_some()
    };
    assert!(bounced(&[(0, Bounce, 5)]));
    assert!(bounced(&[(0, Bounce, 5), (1, OptedIn, 5)]));
    assert!(!bounced(&[(0, Bounce, 5), (1, OptedIn, 6)]));
    assert!(bounced(&[(0, Bounce, i64::MIN), (1, OptedIn, 6)]));
    assert!(bounced(&[(0, Bounce, 5), (1, OptedIn, i64::MIN)]));
}

#[test]
fn who_leaves_a_channel_leaves_its_purposes_but_who_joins_it_does_not_join_them() {
    let (plan, schema) = plan(&["email", "email:news"], STRICT);
    let persons = Persons::from_labels(&Labels(vec![0, 1, 2]));
    let own = vec![
        said(&persons, 0, 0, OptedOut, 1),
        said(&persons, 0, 1, OptedIn, 2),
        said(&persons, 1, 0, OptedIn, 1),
        said(&persons, 2, 0, OptedIn, 1),
        said(&persons, 2, 1, OptedOut, 1),
    ];
    let folded = folded(&plan, &schema, own, &persons, &carrying(&[]));
    let names = |key: usize| folded.states[key].iter().map(|state| state.name()).collect::<Vec<_>>();
    assert_eq!(names(0), ["opted_out", "opted_in", "opted_in"]);
    assert_eq!(names(1), ["opted_out", "unknown", "opted_out"]);
}

#[test]
fn a_person_that_shares_two_addresses_with_a_record_has_its_opt_out_once() {
    let (plan, schema) = plan(&["email"], STRICT);
    let persons = Persons::from_labels(&Labels(vec![0, 1]));
    let own = vec![said(&persons, 0, 0, OptedOut, 1)];
    let occurrences = carrying(&[(0, "a"), (0, "b"), (1, "a"), (1, "b")]);
    let all = handed_on(&plan, own, &persons, &occurrences, &schema);
    let vias: Vec<(u32, Option<NamespaceId>)> = all.iter().map(|one| (one.person, one.via)).collect();
    assert_eq!(vias, [(0, None), (1, Some(0))]);
}
