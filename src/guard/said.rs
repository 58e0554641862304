//! From a steward's words to record numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::steward::{Never, Steward};
use crate::link::{Forest, of_value};
use crate::model::{Occurrences, Records, Said, SaidOf, Schema};
use crate::problem::{Problem, mask};

impl Steward {
    /// Finds the records that were spoken of; `occurrences` are sorted as [`crate::link::link`] leaves them. Also gives
    /// what could not be found, as warnings with the place: what a steward spoke of may be gone tomorrow.
    #[must_use]
    pub fn new(said: &[Said], records: &Records, occurrences: &[Occurrences], schema: &Schema) -> (Self, Vec<Problem>) {
        let mut steward = Self::default();
        let mut warnings = Vec::new();
        for row in said {
            let [left, right] = row.sides.each_ref().map(|side| match side {
                SaidOf::Record { source, record_id } => {
                    records.find(schema, *source, record_id).into_iter().collect::<Vec<u32>>()
                }
                SaidOf::Identifier { namespace, key, .. } => {
                    of_value(&occurrences[usize::from(*namespace)], *key).iter().map(|o| o.record).collect()
                }
            });
            for (side, found) in row.sides.iter().zip([&left, &right]) {
                if found.is_empty() {
                    warnings.push(nobody(row, side, schema));
                }
            }
            if left.is_empty() || right.is_empty() {
                continue;
            }
            if row.together {
                let hub = left[0].min(right[0]);
                for &record in left.iter().chain(&right).filter(|record| **record != hub) {
                    steward.always.push((hub, record));
                    steward.always_at.push(row.place.clone());
                }
            } else {
                steward.never.push(apart(row, left, right, &mut warnings));
            }
        }
        warnings.extend(large_groups(&steward, records.len()));
        steward.never.retain(|never| never.sides.iter().all(|side| !side.is_empty()));
        (steward, warnings)
    }
}

/// A group that always-pairs join and that is larger than this, in records, is probably a shared identifier and not one
/// person.
const LARGE: usize = 1_000;

/// A warning per large group, at the row that joins most of it; the largest first.
fn large_groups(steward: &Steward, records: usize) -> Vec<Problem> {
    if steward.always.len() < LARGE {
        return Vec::new(); // a group of n records has at least n - 1 pairs
    }
    let mut forest = Forest::new(records);
    steward.always.iter().for_each(|&(a, b)| _ = forest.union(a, b));
    let mut members: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut places: BTreeMap<u32, BTreeMap<&str, usize>> = BTreeMap::new();
    for (&(a, b), place) in steward.always.iter().zip(&steward.always_at) {
        let root = forest.find(a);
        members.entry(root).or_default().extend([a, b]);
        *places.entry(root).or_default().entry(place).or_default() += 1;
    }
    let mut large: Vec<(usize, u32)> =
        members.iter().map(|(root, members)| (members.len(), *root)).filter(|(size, _)| *size > LARGE).collect();
    large.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let warning = |(size, root): (usize, u32)| {
        let places = &places[&root];
        let (place, pairs) = places.iter().max_by_key(|(place, pairs)| (**pairs, std::cmp::Reverse(**place)))?;
        let more = match places.len() - 1 {
            0 => String::new(),
            more => format!("; with {more} more rows"),
        };
        let what = format!("always_link makes one person of {size} records, {} of them by this row{more}", pairs + 1);
        Some(at(place, what, "is that one person? an identifier that many people use joins all of them"))
    };
    large.into_iter().filter_map(warning).collect()
}

/// Both sides. A record that carries both identifiers says nothing about who is who and stands on neither side.
fn apart(row: &Said, mut left: Vec<u32>, mut right: Vec<u32>, warnings: &mut Vec<Problem>) -> Never {
    let by_value = row.sides.iter().any(|side| matches!(side, SaidOf::Identifier { .. }));
    let both: Vec<u32> =
        left.iter().copied().filter(|record| by_value && right.binary_search(record).is_ok()).collect();
    if !both.is_empty() {
        left.retain(|record| both.binary_search(record).is_err());
        right.retain(|record| both.binary_search(record).is_err());
        let what = format!("records that carry both: {}; they are left as they are", both.len());
        warnings.push(at(&row.place, what, "name the records that are to be parted"));
    }
    Never { sides: [left, right], at: row.place.clone() }
}

fn nobody(row: &Said, side: &SaidOf, schema: &Schema) -> Problem {
    let (what, fix) = match side {
        SaidOf::Record { source, record_id } => (
            format!("there is no record {}/{record_id}", schema.sources[usize::from(*source)].name),
            "`crosswalk` has the record ids as onefold knows them",
        ),
        SaidOf::Identifier { namespace, value, .. } => (
            format!("no record has the {} {}", schema.namespaces[usize::from(*namespace)].name, mask(value)),
            "`edges` has the values as onefold knows them",
        ),
    };
    at(&row.place, format!("{what}; this row changes nothing"), fix)
}

fn at(place: &str, what: String, fix: &str) -> Problem {
    let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
    Problem::file(file, line.parse().ok(), what, fix)
}
