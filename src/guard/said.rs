//! From a steward's words to record numbers.

use super::steward::{Never, Steward};
use crate::link::of_value;
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
        steward.never.retain(|never| never.sides.iter().all(|side| !side.is_empty()));
        (steward, warnings)
    }
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
