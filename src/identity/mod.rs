//! Stable ids of persons: who keeps an id, who gets a fresh one, and what that changes against the last run.
//!
//! [`Previous`] is the last crosswalk in terms of this run's records; [`assign`] gives every person its id and tells
//! what changed; [`replay`] proves that what was told is complete; [`follow`] and [`trace`] answer where an old id went.

use rayon::prelude::*;

use crate::model::{FETCHED, NO_PERSON, Persons, Records, Schema};

mod assign;
mod changes;
mod compare;
mod count;
mod find;
mod follow;
mod fresh;
mod issued;
#[cfg(test)]
mod nights;
mod previous;
mod replay;
mod returned;
#[cfg(test)]
mod rollbacks;
#[cfg(test)]
mod testing;

pub use assign::{Assigned, assign};
pub use compare::compare;
pub use count::count;
pub use find::PersonIndex;
pub use follow::{Heir, follow, trace};
pub use issued::Issued;
pub use previous::{Gone, GoneRecord, Previous, PreviousBuilder};
pub use replay::{Moved, replay};
pub use returned::unborne;

/// Person number → `person_id`, as the 128 bits of a UUID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonIds(pub Vec<u128>);

/// A fresh id per person, as if there had never been a run before: a version 8 UUID from XXH3-128 of the smallest
/// record's key (source name, NUL, record id).
#[must_use]
pub fn fresh(records: &Records, persons: &Persons, schema: &Schema) -> PersonIds {
    assign(persons, records, schema, None, &|_| false).ids
}

/// The id that a record key gives; `salt` > 0 when the id of a smaller salt was already issued to somebody else.
#[must_use]
pub fn person_id(source: &str, record_id: &str, salt: u64) -> u128 {
    id_of_key(&mut Vec::with_capacity(source.len() + 1 + record_id.len()), source, record_id, salt)
}

/// A `person_id` as tables write it, as its 128 bits; `None` when the text is no UUID.
#[must_use]
pub fn parse_person_id(text: &str) -> Option<u128> {
    plain(text.as_bytes()).or_else(|| uuid::Uuid::try_parse(text).ok().map(|id| id.as_u128()))
}

/// A person id as we write it: a crosswalk has one per record, so this way is a short one.
fn plain(text: &[u8]) -> Option<u128> {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let text: &[u8; 36] = text.try_into().ok()?;
    if HYPHENS.iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let (mut id, mut worst) = (0u128, 0);
    for range in [0..8, 9..13, 14..18, 19..23, 24..36] {
        let mut part = 0u64;
        for &byte in &text[range.clone()] {
            let digit = DIGITS[usize::from(byte)];
            worst |= digit;
            part = part << 4 | u64::from(digit & 0xf);
        }
        id = id << (4 * range.len()) | u128::from(part);
    }
    (worst < 0x10).then_some(id)
}

/// What a byte counts for as a hexadecimal digit; 0xff = it is none.
const DIGITS: [u8; 256] = {
    let mut digits = [0xff; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            digit @ b'A'..=b'F' => digit - b'A' + 10,
            _ => 0xff,
        };
        byte += 1;
    }
    digits
};

/// [`person_id`] with a buffer to build the key in, so that millions of ids need no allocation each.
fn id_of_key(key: &mut Vec<u8>, source: &str, record_id: &str, salt: u64) -> u128 {
    key.clear();
    key.extend_from_slice(source.as_bytes());
    key.push(0);
    key.extend_from_slice(record_id.as_bytes());
    let hash = xxhash_rust::xxh3::xxh3_128_with_seed(key, salt);
    uuid::Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid().as_u128()
}

/// Persons whose rows are looked at one after the other.
const LOOK: usize = 1 << 14;

/// The ids that the given persons' smallest records give.
fn ids_of_labels(persons: &Persons, records: &Records, schema: &Schema, of: &[u32], salt: u64) -> Vec<u128> {
    let mut ids = vec![NO_PERSON; of.len()];
    ids.par_chunks_mut(LOOK).zip(of.par_chunks(LOOK)).for_each_init(Vec::new, |key, (ids, of)| {
        let rows = records.rows();
        for (ids, of) in ids.chunks_mut(FETCHED).zip(of.chunks(FETCHED)) {
            rows.fetch::<1>(of.iter().map(|&person| persons.label(person)));
            for (id, &person) in ids.iter_mut().zip(of) {
                let label = persons.label(person);
                let source = &schema.sources[usize::from(records.source(label))].name;
                *id = id_of_key(key, source, rows.row(label).record_id(), salt);
            }
        }
    });
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_key_never_changes() {
        let id = uuid::Uuid::from_u128(person_id("pos", "R1", 0));
        assert_eq!(id.get_version_num(), 8);
        assert_eq!(id.to_string(), "b9d1342c-a7ae-832e-901e-883044baa72c");
        assert_ne!(person_id("pos", "R1", 0), person_id("po", "sR1", 0));
        assert_ne!(person_id("pos", "R1", 0), person_id("pos", "R1", 1));
    }

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = person_id("pos", "R1", 0);
        assert_eq!(parse_person_id(&uuid::Uuid::from_u128(id).to_string()), Some(id));
        assert_eq!(parse_person_id("R1"), None);
        for id in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210] {
            let text = uuid::Uuid::from_u128(id).to_string();
            assert_eq!(parse_person_id(&text), Some(id));
            assert_eq!(parse_person_id(&text.to_uppercase()), Some(id));
            assert_eq!(parse_person_id(&text.replacen('-', "x", 1)), None);
            assert_eq!(parse_person_id(&format!("{}g", &text[..35])), None);
        }
    }
}
