//! What `onefold explain` answers, before it is put into words.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Edge, Hop, Identifier, PersonGraph, RecordKey, in_common};
use crate::model::Decision;

/// A person as published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The person id.
    pub person_id: String,
    /// The golden record: columns that are not blank.
    pub golden: Vec<(String, String)>,
    /// All records, in order of their keys.
    pub records: Vec<RecordKey>,
    /// Whether the person may be contacted, where somebody said so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<Consent>,
    /// Why the person must not be contacted, whatever was said: `list NAME on CHANNEL`, `bounce on CHANNEL`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<String>,
    /// All edges of the records.
    #[serde(skip)]
    pub edges: Vec<Edge>,
}

/// A person's consent on a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// Channel, or channel and purpose: `email:newsletter`.
    pub consent: String,
    /// `opted_in` or `opted_out`.
    pub state: String,
    /// Since when; empty = nobody knows.
    pub since: String,
    /// What the record says.
    pub said: String,
    /// The record that decided it.
    pub record: RecordKey,
    /// The identifier through which somebody else's record holds for the person; empty = the record is the person's own.
    pub via: String,
}

/// A union that the guard refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Union {
    /// The identifier that would have joined the two.
    pub identifier: Identifier,
    /// The limit that the union would have broken.
    pub reason: String,
    /// Person ids of the two sides; the same one twice where a person had its fill.
    pub persons: [String; 2],
    /// Smallest records of the two sides.
    pub records: [RecordKey; 2],
}

/// A value that too many people have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SharedBy {
    /// The value.
    pub identifier: Identifier,
    /// How many records carry it.
    pub records: String,
    /// With how many different people it was seen.
    pub distinct: String,
    /// What stands for different people.
    pub by: String,
}

/// Everything about one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Portrait {
    /// Who it is.
    #[serde(flatten)]
    pub person: Person,
    /// Identifiers that link, the strongest first.
    pub linking: Vec<Linking>,
    /// Identifiers that do not, with the reason.
    pub set_aside: Vec<SetAside>,
}

/// An identifier that links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Linking {
    /// Which.
    #[serde(flatten)]
    pub identifier: Identifier,
    /// How many of the person's records carry it.
    pub records: usize,
    /// Sizes of the parts that the person would fall into without it, in records, largest first; empty = it would not.
    pub parts_without: Vec<usize>,
}

/// An identifier that does not link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Which.
    #[serde(flatten)]
    pub identifier: Identifier,
    /// What was decided.
    pub decision: Decision,
    /// The limit or the fault.
    pub reason: String,
    /// How many of the person's records carry it.
    pub records: usize,
    /// For shared values: who else has it.
    pub shared: Option<SharedBy>,
    /// For refused ones: with whom it would have joined the person.
    pub refused_with: Vec<Union>,
}

/// Two things in one person, or in two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Comparison {
    /// They are one person.
    Same {
        /// Who.
        person_id: String,
        /// The record of the first thing where the path begins.
        from: RecordKey,
        /// The record of the second thing where it ends.
        to: RecordKey,
        /// The shortest chain of shared identifiers.
        path: Vec<Hop>,
        /// The weakest of its links.
        weakest: Option<Box<Hop>>,
        /// The smallest set of identifiers whose removal would part the two records.
        cut: Vec<Identifier>,
        /// What both records have and what does not count.
        passed_over: Vec<SetAside>,
    },
    /// They are not.
    Different {
        /// The two persons, without their edges.
        persons: Box<[Person; 2]>,
        /// What both have, and why it does not link them.
        in_common: Vec<SetAside>,
        /// Unions of the two that were refused.
        refused: Vec<Union>,
    },
}

/// What is known besides the persons.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Namespaces, strongest first.
    pub namespaces: &'a [String],
    /// Refused unions that the persons take part in.
    pub unions: &'a [Union],
    /// Shared values among the persons' identifiers.
    pub shared: &'a [SharedBy],
}

/// Of how many identifiers of a person, those with most records first, the parts without them are looked at.
const LOOKED_AT: usize = 500;

impl Portrait {
    /// Of a person.
    #[must_use]
    pub fn new(person: Person, known: Known<'_>) -> Self {
        let graph = PersonGraph::new(&person.edges, known.namespaces);
        let mut linking: Vec<Linking> = graph
            .identifiers()
            .map(|(identifier, records)| Linking { identifier: identifier.clone(), records, parts_without: Vec::new() })
            .collect();
        linking.sort_by_key(|link| (std::cmp::Reverse(link.records), link.identifier.clone()));
        for link in linking.iter_mut().take(LOOKED_AT).take_while(|link| link.records > 1) {
            let parts = graph.parts_without(&link.identifier);
            link.parts_without = if parts.len() > 1 { parts } else { Vec::new() };
        }
        linking.sort_by_key(|link| {
            (rank(&link.identifier, known.namespaces), std::cmp::Reverse(link.records), link.identifier.clone())
        });
        let set_aside = set_aside(person.edges.iter(), known);
        Self { person, linking, set_aside }
    }
}

fn rank(identifier: &Identifier, namespaces: &[String]) -> usize {
    namespaces.iter().position(|name| *name == identifier.namespace).unwrap_or(namespaces.len())
}

/// Edges that do not link, one entry per identifier and reason.
fn set_aside<'a>(edges: impl Iterator<Item = &'a Edge>, known: Known<'_>) -> Vec<SetAside> {
    let mut counts: BTreeMap<(usize, &Identifier, Decision, &str), usize> = BTreeMap::new();
    for edge in edges.filter(|edge| edge.decision != Decision::Links) {
        let key = (rank(&edge.identifier, known.namespaces), &edge.identifier, edge.decision, edge.reason.as_str());
        *counts.entry(key).or_default() += 1;
    }
    let entry = |((_, identifier, decision, reason), records): ((_, &Identifier, _, &str), usize)| SetAside {
        identifier: identifier.clone(),
        decision,
        reason: reason.to_owned(),
        records,
        shared: known.shared.iter().find(|shared| shared.identifier == *identifier).cloned(),
        refused_with: match decision {
            Decision::Refused => known.unions.iter().filter(|u| u.identifier == *identifier).cloned().collect(),
            _ => Vec::new(),
        },
    };
    counts.into_iter().map(entry).collect()
}

/// How many records of each thing are tried as ends of the path.
const ENDS: usize = 12;

impl Comparison {
    /// Two records or groups of records of one person: the nearest two of them are compared.
    #[must_use]
    pub fn same(person: &Person, left: &[RecordKey], right: &[RecordKey], known: Known<'_>) -> Option<Self> {
        let graph = PersonGraph::new(&person.edges, known.namespaces);
        let ends = left.iter().take(ENDS).flat_map(|from| right.iter().take(ENDS).map(move |to| (from, to)));
        let (from, to, path) = ends
            .filter_map(|(from, to)| {
                if from == to {
                    return Some((from, to, Vec::new()));
                }
                graph.path(from, to).map(|path| (from, to, path))
            })
            .min_by_key(|(from, to, path)| (path.len(), (*from).clone(), (*to).clone()))?;
        let of = |record: &RecordKey| -> Vec<Edge> {
            person.edges.iter().filter(|edge| edge.record == *record).cloned().collect()
        };
        let both = if from == to { Vec::new() } else { in_common(&of(from), &of(to)) };
        Some(Self::Same {
            person_id: person.person_id.clone(),
            from: from.clone(),
            to: to.clone(),
            weakest: graph.weakest(&path).cloned().map(Box::new),
            cut: graph.cut(from, to),
            path,
            passed_over: set_aside(both.iter(), known),
        })
    }

    /// Two persons.
    #[must_use]
    pub fn different(left: Person, right: Person, known: Known<'_>) -> Self {
        let common = in_common(&left.edges, &right.edges);
        let ids = [left.person_id.as_str(), right.person_id.as_str()];
        let between = |union: &&Union| {
            let of = union.persons.each_ref().map(String::as_str);
            of == ids || of == [ids[1], ids[0]]
        };
        let refused = known.unions.iter().filter(between).cloned().collect();
        let in_common = set_aside(common.iter(), known);
        Self::Different { persons: Box::new([left, right]), in_common, refused }
    }
}
