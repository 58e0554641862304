//! What links records otherwise in two runs: edges of the persons in question, met record by record.
//!
//! Both runs' edges come in one walk in the order of record keys, and only what differs is kept as text. Which values
//! join which persons is kept as hashes, so that a cause is found by looking up what the smaller person carries, not by
//! going through all records of the larger one.

use xxhash_rust::xxh3::xxh3_64;

use super::Side;
use crate::model::NO_PERSON;
use crate::problem::mask;

/// An identifier on a record in a run: a row of `edges`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge<'a> {
    /// The record's person in that run.
    pub person: u128,
    /// The identifier's namespace.
    pub namespace: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Why it does not link, as (decision, reason); none = it links.
    pub refused: Option<(&'a str, &'a str)>,
}

/// What is different about edges, either way.
#[derive(Debug, Default)]
pub struct Edges {
    /// What the later run has and the earlier one has not.
    added: Half,
    /// What the earlier run has and the later one has not.
    removed: Half,
}

/// A difference, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Source of the record.
    pub source: Box<str>,
    /// Its id.
    pub record_id: Box<str>,
    /// What is different.
    pub what: What,
}

/// What is different about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Only one of the runs has the record; its identifiers, values masked.
    Record(Vec<(Box<str>, String)>),
    /// Only one of the runs has the identifier on the record: namespace, masked value.
    Identifier(Box<str>, String),
    /// The identifier links in one run only: namespace, masked value, and decision and reason of the other.
    Links(Box<str>, String, Box<str>, Box<str>),
}

impl Edges {
    /// Takes a record that bears one of the persons in question in one of the runs, with its edges in each. `only` = the
    /// run that alone has the record; `elsewhere` = its person in the earlier and in the later run, where it has no
    /// edges there.
    pub fn record(
        &mut self,
        [source, record_id]: [&str; 2],
        only: Option<Side>,
        elsewhere: [u128; 2],
        [before, after]: [&[Edge<'_>]; 2],
    ) {
        let key = [source, record_id];
        self.added.record(key, only == Some(Side::After), elsewhere[0], [before, after]);
        self.removed.record(key, only == Some(Side::Before), elsewhere[1], [after, before]);
    }

    /// To be called when every record was taken.
    pub fn finish(&mut self) {
        self.added.finish();
        self.removed.finish();
    }

    /// What the later run has that joins two persons of the earlier one, the first few; whether it does by itself. Where
    /// nothing does, what is new about the one that carries less; else what is new about `now`, the person of the later run.
    #[must_use]
    pub fn added(&self, persons: [u128; 2], now: u128) -> (bool, Vec<&Difference>) {
        self.added.between(persons, now)
    }

    /// The same of what only the earlier run has, and two persons of the later one who were `then`.
    #[must_use]
    pub fn removed(&self, persons: [u128; 2], then: u128) -> (bool, Vec<&Difference>) {
        self.removed.between(persons, then)
    }
}

/// What one run has more than the other. *Less* is the other run: its persons are those who are asked about.
#[derive(Debug, Default)]
struct Half {
    /// (person in less, value) of everything that links in more on a record that both have.
    carried: Vec<(u128, u64)>,
    /// The same by value.
    carriers: Vec<(u64, u128)>,
    differences: Vec<Difference>,
    /// (value, person in less or [`NO_PERSON`] for a record that less does not have, difference).
    by_value: Vec<(u64, u128, u32)>,
    /// (person in more, difference).
    by_person: Vec<(u128, u32)>,
    /// (record that less does not have, as the difference; value).
    of_record: Vec<(u32, u64)>,
}

/// The namespace of a steward's words in `edges`.
pub(super) const STEWARD: &str = "always_link";

/// Values of a person and differences of a value that are looked at.
const LOOK: usize = 256;

/// Differences that are told of a person where nothing joins.
const TOLD: usize = 16;

impl Half {
    fn record(&mut self, key: [&str; 2], only: bool, elsewhere: u128, [less, more]: [&[Edge<'_>]; 2]) {
        let Some(first) = more.first() else { return };
        let person = less.first().map_or(elsewhere, |edge| edge.person);
        let linking = || more.iter().filter(|edge| edge.refused.is_none());
        if only {
            if linking().next().is_none() {
                return;
            }
            let at = self.put(key, What::Record(linking().map(|edge| (edge.namespace.into(), shown(edge))).collect()));
            self.by_person.push((first.person, at));
            for value in linking().map(hash) {
                self.by_value.push((value, NO_PERSON, at));
                self.of_record.push((at, value));
            }
            return;
        }
        for edge in linking() {
            let value = hash(edge);
            self.carried.push((person, value));
            let same = |other: &&Edge<'_>| other.namespace == edge.namespace && other.value == edge.value;
            let what = match less.iter().find(same).map(|other| other.refused) {
                Some(None) => continue,
                Some(Some((decision, reason))) => {
                    What::Links(edge.namespace.into(), shown(edge), decision.into(), reason.into())
                }
                None => What::Identifier(edge.namespace.into(), shown(edge)),
            };
            let at = self.put(key, what);
            self.by_value.push((value, person, at));
            self.by_person.push((first.person, at));
        }
    }

    fn put(&mut self, [source, record_id]: [&str; 2], what: What) -> u32 {
        self.differences.push(Difference { source: source.into(), record_id: record_id.into(), what });
        self.differences.len() as u32 - 1
    }

    fn finish(&mut self) {
        self.carried.sort_unstable();
        self.carried.dedup();
        self.carriers = self.carried.iter().map(|(person, value)| (*value, *person)).collect();
        self.carriers.sort_unstable();
        self.by_value.sort_unstable();
        self.by_person.sort_unstable();
        self.of_record.sort_unstable();
    }

    fn between(&self, persons: [u128; 2], in_more: u128) -> (bool, Vec<&Difference>) {
        let mut sides = persons;
        if self.values(sides[1]).len() < self.values(sides[0]).len() {
            sides.swap(0, 1);
        }
        let [small, other] = sides;
        let (mut joining, mut loose) = (Vec::new(), Vec::new());
        for &(_, value) in self.values(small).iter().take(LOOK) {
            if self.carries(other, value) {
                joining.extend(self.of(value, small).chain(self.of(value, other)));
            } else {
                loose.extend(self.of(value, small));
            }
            for record in self.of(value, NO_PERSON) {
                let joins = self.values_of_record(record).any(|value| self.carries(other, value));
                if joins { joining.push(record) } else { loose.push(record) }
            }
        }
        let joins = !joining.is_empty();
        let mut found = if joins { joining } else { loose };
        if found.is_empty() {
            let from = self.by_person.partition_point(|row| row.0 < in_more);
            let here = self.by_person[from..].iter().take_while(|row| row.0 == in_more);
            found.extend(here.take(TOLD).map(|row| row.1));
        }
        found.sort_unstable(); // as the records come
        found.dedup();
        (joins, found.into_iter().map(|at| &self.differences[at as usize]).collect())
    }

    fn values(&self, person: u128) -> &[(u128, u64)] {
        let from = self.carried.partition_point(|row| row.0 < person);
        let rest = &self.carried[from..];
        &rest[..rest.partition_point(|row| row.0 == person)]
    }

    fn carries(&self, person: u128, value: u64) -> bool {
        self.carriers.binary_search(&(value, person)).is_ok()
    }

    /// Differences of a value on records of that person of less.
    fn of(&self, value: u64, person: u128) -> impl Iterator<Item = u32> + '_ {
        let from = self.by_value.partition_point(|row| (row.0, row.1) < (value, person));
        let here = self.by_value[from..].iter().take_while(move |row| (row.0, row.1) == (value, person));
        here.take(LOOK).map(|row| row.2)
    }

    fn values_of_record(&self, record: u32) -> impl Iterator<Item = u64> + '_ {
        let from = self.of_record.partition_point(|row| row.0 < record);
        self.of_record[from..].iter().take_while(move |row| row.0 == record).map(|row| row.1)
    }
}

fn hash(edge: &Edge<'_>) -> u64 {
    xxh3_64(edge.value.as_bytes()) ^ xxh3_64(edge.namespace.as_bytes()).rotate_left(1)
}

/// A steward's word is named by its file and line, which is nothing personal.
fn shown(edge: &Edge<'_>) -> String {
    if edge.namespace == STEWARD { edge.value.to_owned() } else { mask(edge.value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge<'a>(person: u128, namespace: &'a str, value: &'a str) -> Edge<'a> {
        Edge { person, namespace, value, refused: None }
    }

    fn told((joins, found): (bool, Vec<&Difference>)) -> (bool, Vec<String>) {
        let word = |of: &&Difference| match &of.what {
            What::Record(_) => format!("{} alone", of.record_id),
            What::Identifier(namespace, _) => format!("{} {namespace}", of.record_id),
            What::Links(namespace, _, decision, _) => format!("{} {namespace} {decision}", of.record_id),
        };
        (joins, found.iter().map(word).collect())
    }

    #[test]
    fn what_joins_two_persons_is_told_of_them_alone() {
        let mut edges = Edges::default();
        let (a, b, c) = (1, 2, 3); // all of them become 2
        let phone = |person| edge(person, "phone", "1");
        let mail = |person| edge(person, "email", "b@x");
        let refused = Edge { refused: Some(("shared", "9 names")), ..edge(c, "device", "d") };
        edges.record(["s", "1"], None, [a, b], [&[phone(a)], &[phone(b)]]);
        edges.record(
            ["s", "2"],
            None,
            [b, b],
            [&[mail(b), edge(b, "device", "d")], &[mail(b), edge(b, "device", "d")]],
        );
        edges.record(["s", "3"], None, [c, b], [&[refused], &[edge(b, "device", "d")]]);
        edges.record(["s", "4"], Some(Side::After), [NO_PERSON, b], [&[], &[phone(b), mail(b)]]);
        edges.record(["s", "5"], Some(Side::After), [NO_PERSON, b], [&[], &[mail(b)]]);
        edges.record(["s", "6"], None, [a, b], [&[], &[edge(b, "card", "7")]]);
        edges.finish();
        assert_eq!(told(edges.added([a, b], b)), (true, vec!["4 alone".into()]));
        assert_eq!(told(edges.added([c, b], b)), (true, vec!["3 device shared".into()]));
        let (joins, found) = told(edges.added([a, c], b));
        assert!(!joins && found == ["3 device shared"], "no cause of itself: what is new about the smaller: {found:?}");
        assert_eq!(told(edges.removed([a, b], b)), (false, vec![]));
    }

    #[test]
    fn what_is_gone_is_what_the_way_back_adds() {
        let mut edges = Edges::default();
        let gone = [edge(9, "phone", "1"), edge(9, "email", "x@y")];
        edges.record(["s", "1"], None, [9, 1], [&[gone[0]], &[edge(1, "phone", "1")]]);
        edges.record(["s", "2"], None, [9, 2], [&[gone[1]], &[edge(2, "email", "x@y")]]);
        edges.record(["s", "3"], Some(Side::Before), [9, NO_PERSON], [&gone, &[]]);
        edges.finish();
        assert_eq!(told(edges.removed([2, 1], 9)), (true, vec!["3 alone".into()]));
    }
}
