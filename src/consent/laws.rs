//! What always holds, whatever records say and whoever they belong to.

use proptest::prelude::*;

use super::tests::{carrying, folded, plan, said};
use super::*;
use crate::model::{Labels, Word};

/// Persons, words and addresses of up to twelve records.
#[derive(Debug, Clone)]
struct World {
    labels: Vec<u32>,
    /// (record, consent, word, since), by record.
    words: Vec<(u32, ConsentId, Word, i64)>,
    addresses: Vec<(u32, &'static str)>,
}

const RECORDS: u32 = 12;

fn worlds() -> impl Strategy<Value = World> {
    let labels = prop::collection::vec(0..6u32, RECORDS as usize).prop_map(|groups| {
        let smallest = |group: &u32| groups.iter().position(|other| other == group).unwrap_or_default() as u32;
        groups.iter().map(smallest).collect::<Vec<u32>>()
    });
    let word = prop::sample::select(Word::ALL.to_vec());
    let since = prop_oneof![1 => Just(i64::MIN), 4 => 0..5i64];
    let words = prop::collection::btree_map((0..RECORDS, 0..2u8), (word, since), 0..16);
    let words = words.prop_map(|words| words.into_iter().map(|((r, k), (w, s))| (r, k, w, s)).collect());
    let addresses = prop::collection::vec((0..RECORDS, prop::sample::select(vec!["a", "b", "c", "d"])), 0..16);
    (labels, words, addresses).prop_map(|(labels, words, addresses)| World { labels, words, addresses })
}

impl World {
    fn own(&self, persons: &Persons) -> Vec<Statement> {
        self.words.iter().map(|&(record, key, word, since)| said(persons, record, key, word, since)).collect()
    }

    /// Persons, and their states in a channel and in a purpose on it.
    fn states(&self, policy: ConsentPolicy) -> (Persons, Folded) {
        let (plan, schema) = plan(&["email", "email:news"], policy);
        let persons = Persons::from_labels(&Labels(self.labels.clone()));
        let folded = folded(&plan, &schema, self.own(&persons), &persons, &carrying(&self.addresses));
        (persons, folded)
    }

    /// The same with two records' persons made one.
    fn merged(&self, [left, right]: [u32; 2]) -> Self {
        let (a, b) = (self.labels[left as usize], self.labels[right as usize]);
        let one = |&label: &u32| if label == a || label == b { a.min(b) } else { label };
        Self { labels: self.labels.iter().map(one).collect(), ..self.clone() }
    }

    fn addresses_of(&self, record: u32) -> impl Iterator<Item = &'static str> + '_ {
        self.addresses.iter().filter(move |(of, _)| *of == record).map(|(_, address)| *address)
    }
}

fn policies() -> impl Strategy<Value = ConsentPolicy> {
    prop::sample::select(vec![ConsentPolicy::MostRestrictive, ConsentPolicy::MostRecent])
}

proptest! {
    #[test]
    fn a_merge_never_turns_an_opt_out_into_an_opt_in(world in worlds(), two in [0..RECORDS, 0..RECORDS]) {
        let (persons, before) = world.states(ConsentPolicy::MostRestrictive);
        let (after_persons, after) = world.merged(two).states(ConsentPolicy::MostRestrictive);
        for key in 0..2 {
            for record in 0..RECORDS as usize {
                let was = before.states[key][persons.person_of[record] as usize];
                let is = after.states[key][after_persons.person_of[record] as usize];
                prop_assert!(was != ConsentState::OptedOut || is == was, "record {record} became {is:?}");
            }
        }
    }

    #[test]
    fn nobody_is_in_by_somebody_elses_word(world in worlds(), policy in policies()) {
        let (persons, folded) = world.states(policy);
        for decided in folded.decided.iter().filter(|decided| decided.state == ConsentState::OptedIn) {
            let by = decided.by.expect("a state has a reason");
            prop_assert_eq!(persons.person_of[by.record as usize], decided.person);
            prop_assert!(world.words.contains(&(by.record, decided.key, Word::OptedIn, by.since)));
        }
    }

    #[test]
    fn an_opt_out_holds_for_everybody_who_uses_the_address(world in worlds()) {
        let (persons, folded) = world.states(ConsentPolicy::MostRestrictive);
        for &(record, key, ..) in world.words.iter().filter(|(_, _, word, _)| word.is_out()) {
            let uses = |user: u32| world.addresses_of(user).any(|mine| world.addresses_of(record).any(|out| out == mine));
            for user in (0..RECORDS).filter(|&user| user == record || uses(user)) {
                let state = folded.states[usize::from(key)][persons.person_of[user as usize] as usize];
                prop_assert_eq!(state, ConsentState::OptedOut, "record {}, user {}", record, user);
            }
        }
    }

    /// The other way round: who is out is out by a word of their own, or at an address of theirs.
    #[test]
    fn nobody_is_out_without_a_reason(world in worlds(), policy in policies()) {
        let (persons, folded) = world.states(policy);
        for decided in folded.decided.iter().filter(|decided| decided.state == ConsentState::OptedOut) {
            let by = decided.by.expect("a state has a reason");
            prop_assert!(world.words.iter().any(|word| (word.0, word.2, word.3) == (by.record, by.word, by.since)));
            let theirs = persons.person_of[by.record as usize] == decided.person;
            prop_assert_eq!(theirs, by.via.is_none());
            let out: Vec<&str> = world.addresses_of(by.record).collect();
            let own = persons.records(decided.person);
            prop_assert!(theirs || own.iter().any(|&own| world.addresses_of(own).any(|mine| out.contains(&mine))));
        }
    }

    #[test]
    fn how_persons_are_cut_into_stretches_changes_nothing(world in worlds(), cut in 0..7u32) {
        let (plan, schema) = plan(&["email", "email:news"], ConsentPolicy::MostRestrictive);
        let persons = Persons::from_labels(&Labels(world.labels.clone()));
        let all = handed_on(&plan, world.own(&persons), &persons, &carrying(&world.addresses), &schema);
        let statements = Statements { all, ..Statements::default() };
        let end = persons.len() as u32;
        let cut = cut.min(end);
        let whole = fold(&plan, &statements, 0..end);
        let parts = [fold(&plan, &statements, 0..cut), fold(&plan, &statements, cut..end)];
        prop_assert_eq!(&whole.states[0], &[&parts[0].states[0][..], &parts[1].states[0][..]].concat());
        prop_assert_eq!(whole.decided, [&parts[0].decided[..], &parts[1].decided[..]].concat());
    }
}
