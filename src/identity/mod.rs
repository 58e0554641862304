//! Stable ids of persons.

use crate::model::{Persons, Records, Schema};

/// Person number → `person_id`, as the 128 bits of a UUID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonIds(pub Vec<u128>);

/// A fresh id per person: a version 8 UUID from XXH3-128 of the smallest record's key (source name, NUL, record id).
#[must_use]
pub fn fresh(records: &Records, persons: &Persons, schema: &Schema) -> PersonIds {
    use rayon::prelude::*;
    PersonIds(
        (0..persons.len() as u32)
            .into_par_iter()
            .map(|person| {
                let label = persons.label(person);
                let source = &schema.sources[usize::from(records.source(label))].name;
                person_id(source, records.row(label).record_id(), 0)
            })
            .collect(),
    )
}

/// The id that a record key gives; `salt` > 0 when the id of a smaller salt was already issued to somebody else.
#[must_use]
pub fn person_id(source: &str, record_id: &str, salt: u64) -> u128 {
    let mut key = Vec::with_capacity(source.len() + 1 + record_id.len());
    key.extend_from_slice(source.as_bytes());
    key.push(0);
    key.extend_from_slice(record_id.as_bytes());
    let hash = xxhash_rust::xxh3::xxh3_128_with_seed(&key, salt);
    uuid::Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid().as_u128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_key_never_changes() {
        let id = uuid::Uuid::from_u128(person_id("pos", "R1", 0));
        assert_eq!(id.get_version_num(), 8);
        assert_ne!(person_id("pos", "R1", 0), person_id("po", "sR1", 0));
        assert_ne!(person_id("pos", "R1", 0), person_id("pos", "R1", 1));
    }
}
