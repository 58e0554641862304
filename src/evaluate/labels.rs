//! Labeled records, and what a run published about them.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::Serialize;

use super::{Cause, Evidence, Figures, causes, figures, reachable_pairs};
use crate::model::{Decision, Key, identifier_key};

/// Labels, filled in with what a run found.
#[derive(Debug, Default)]
pub struct Labels {
    /// Record key → position.
    records: HashMap<Key, u32, FixedState>,
    /// Per labeled record: the human.
    truth: Vec<u32>,
    people: HashMap<Key, u32, FixedState>,
    /// Per labeled record: the person; `NOT_FOUND` until the crosswalk says.
    found: Vec<u32>,
    /// Person ids, in the order in which they are first met.
    persons: Vec<String>,
    person_numbers: HashMap<Key, u32, FixedState>,
    /// Records of the run that no label speaks of.
    unlabeled: u64,
    /// Whether edges were seen.
    has_edges: bool,
    evidence: Vec<Evidence>,
    names: Vec<String>,
    reasons: Vec<String>,
    values: HashMap<Key, u32, FixedState>,
}

const NOT_FOUND: u32 = u32::MAX;

/// The figures with what they hang on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Pairs, B³, whole persons.
    #[serde(flatten)]
    pub figures: Figures,
    /// Person ids of [`Figures::worst`].
    pub worst_persons: Vec<String>,
    /// Pairs that shared identifiers can reach; none where the run has no `edges`.
    pub pairs_reachable: Option<u64>,
    /// `pairs_right / pairs_reachable`, at most 1.
    pub recall_of_reachable: Option<f64>,
    /// What the errors hang on: most wrong pairs first, then most missed ones.
    pub causes: Vec<CausedBy>,
    /// Records of the run without a label.
    pub unlabeled: u64,
    /// Labels of records that the run does not have.
    pub labels_without_record: u64,
}

/// Errors that hang on one namespace, decision and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CausedBy {
    /// Namespace.
    pub namespace: String,
    /// What was decided.
    pub decision: Decision,
    /// The limit or rule; blank for links.
    pub reason: String,
    /// How much.
    #[serde(flatten)]
    pub cause: Cause,
}

fn pair_key(left: &str, right: &str, buffer: &mut Vec<u8>) -> Key {
    buffer.clear();
    buffer.extend_from_slice(left.as_bytes());
    buffer.push(0x1f);
    buffer.extend_from_slice(right.as_bytes());
    identifier_key(buffer)
}

fn number(numbers: &mut HashMap<Key, u32, FixedState>, key: Key) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(key).or_insert(next)
}

fn place(names: &mut Vec<String>, name: &str) -> u16 {
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    at as u16
}

impl Labels {
    /// Adds a label; false when the record has another one already.
    pub fn label(&mut self, source: &str, record_id: &str, human: &str, buffer: &mut Vec<u8>) -> bool {
        let human = number(&mut self.people, identifier_key(human.as_bytes()));
        let key = pair_key(source, record_id, buffer);
        let record = number(&mut self.records, key) as usize;
        if record < self.truth.len() {
            return self.truth[record] == human;
        }
        self.truth.push(human);
        self.found.push(NOT_FOUND);
        true
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.truth.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }

    /// A row of the crosswalk.
    pub fn person(&mut self, source: &str, record_id: &str, person_id: &str, buffer: &mut Vec<u8>) {
        let Some(&record) = self.records.get(&pair_key(source, record_id, buffer)) else {
            self.unlabeled += 1;
            return;
        };
        let person = number(&mut self.person_numbers, identifier_key(person_id.as_bytes()));
        if person as usize == self.persons.len() {
            self.persons.push(person_id.to_owned());
        }
        self.found[record as usize] = person;
    }

    /// A row of the edges, after the crosswalk; values that identify nobody are passed over.
    pub fn edge(&mut self, key: [&str; 2], identifier: [&str; 2], decision: &str, reason: &str, buffer: &mut Vec<u8>) {
        self.has_edges = true;
        let decisions = [Decision::Links, Decision::Shared, Decision::Refused];
        let Some(decision) = decisions.into_iter().find(|known| known.name() == decision) else { return };
        let Some(&record) = self.records.get(&pair_key(key[0], key[1], buffer)) else { return };
        let value = number(&mut self.values, pair_key(identifier[0], identifier[1], buffer));
        let namespace = place(&mut self.names, identifier[0]);
        let reason = place(&mut self.reasons, reason);
        self.evidence.push(Evidence { namespace, value, decision, reason, record });
    }

    /// The figures over all labeled records that the run has.
    #[must_use]
    pub fn evaluate(mut self) -> Evaluation {
        let labels_without_record = self.found.iter().filter(|person| **person == NOT_FOUND).count() as u64;
        let mut place_of = vec![NOT_FOUND; self.found.len()];
        let (mut found, mut truth) = (Vec::new(), Vec::new());
        for (record, &person) in self.found.iter().enumerate().filter(|(_, person)| **person != NOT_FOUND) {
            place_of[record] = found.len() as u32;
            found.push(person);
            truth.push(self.truth[record]);
        }
        self.evidence.retain_mut(|evidence| {
            evidence.record = place_of[evidence.record as usize];
            evidence.record != NOT_FOUND
        });
        let figures = figures(&found, &truth);
        let worst_persons = figures.worst.iter().map(|worst| self.persons[worst.person as usize].clone()).collect();
        let causes = causes(&mut self.evidence, &found, &truth);
        let mut causes: Vec<CausedBy> = causes
            .into_iter()
            .map(|((namespace, decision, reason), cause)| CausedBy {
                namespace: self.names[usize::from(namespace)].clone(),
                decision,
                reason: self.reasons[usize::from(reason)].clone(),
                cause,
            })
            .collect();
        causes.sort_by(|a, b| {
            let most = |c: &CausedBy| (c.cause.wrong_pairs, c.cause.missed_pairs);
            most(b).cmp(&most(a)).then_with(|| (&a.namespace, &a.reason).cmp(&(&b.namespace, &b.reason)))
        });
        let pairs_reachable = self.has_edges.then(|| reachable_pairs(&mut self.evidence, &truth));
        let of_reachable = |reachable: u64| match reachable {
            0 => 1.0,
            reachable => (figures.pairs_right as f64 / reachable as f64).min(1.0),
        };
        let recall_of_reachable = pairs_reachable.map(of_reachable);
        let unlabeled = self.unlabeled;
        Evaluation {
            figures,
            worst_persons,
            pairs_reachable,
            recall_of_reachable,
            causes,
            unlabeled,
            labels_without_record,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_held_against_its_labels() {
        let mut labels = Labels::default();
        let buffer = &mut Vec::new();
        for (record, human) in [("1", "ana"), ("2", "ana"), ("3", "bo"), ("4", "bo"), ("gone", "bo")] {
            assert!(labels.label("shop", record, human, buffer));
        }
        assert!(!labels.label("shop", "1", "bo", buffer));
        for (record, person) in [("1", "p"), ("2", "q"), ("3", "r"), ("4", "r"), ("other", "r")] {
            labels.person("shop", record, person, buffer);
        }
        for (record, decision) in [("1", "links"), ("2", "refused"), ("3", "links"), ("other", "links")] {
            labels.edge(["shop", record], ["email", "a@x"], decision, "", buffer);
        }
        labels.edge(["shop", "3"], ["email", "none@none.com"], "placeholder", "placeholder", buffer);
        let found = labels.evaluate();
        assert_eq!((found.unlabeled, found.labels_without_record), (1, 1));
        assert_eq!((found.figures.pairs_true, found.figures.pairs_right), (2, 1));
        assert_eq!(found.pairs_reachable, Some(1));
        assert_eq!(found.causes[0].cause.missed_pairs, 1);
        assert_eq!(found.causes[0].decision, Decision::Refused);
    }
}
