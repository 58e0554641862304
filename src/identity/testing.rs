//! What the tests of this room share: small runs, and chance that repeats itself.

use std::collections::BTreeMap;

use super::{Assigned, Issued, Previous, PreviousBuilder, assign};
use crate::model::{Chunk, Labels, Persons, Place, Records, RowBuilder, RowHead, Schema, Source};

/// Record key → person id.
pub type Crosswalk = BTreeMap<(String, String), u128>;
/// Groups of record keys.
pub type Groups = Vec<Vec<(String, String)>>;

/// A schema with these sources, declared in this order.
pub fn schema(sources: &[&str]) -> Schema {
    let mut names = sources.to_vec();
    names.sort_unstable();
    let rank = |name: &str| names.iter().position(|n| *n == name).expect("it is one of them") as u16;
    let source = |name: &&str| Source { name: (*name).into(), channel: (*name).into(), rank: rank(name) };
    Schema { sources: sources.iter().map(source).collect(), ..Schema::default() }
}

/// Records with these keys, which come in order.
pub fn records(schema: &Schema, keys: &[(&str, &str)]) -> Records {
    let mut records = Records::default();
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut slots = Vec::new();
    let mut builder = RowBuilder::new(0);
    for (source, record_id) in keys {
        let source = schema.source(source).expect("declared");
        if chunks.last().is_none_or(|chunk| chunk.source != source || chunk.len() == 1 << 16) {
            chunks.push(Chunk { source, ..Chunk::default() });
        }
        let chunk = chunks.last_mut().expect("just pushed");
        builder.begin(chunk, RowHead { line: 1, event_time: i64::MIN }, record_id);
        builder.finish(chunk);
        let row = chunk.len() as u32 - 1;
        slots.push((chunks.len() - 1, row));
        records.event_times.push(i64::MIN);
    }
    let places: Vec<Place> = chunks.iter().map(|chunk| records.store(chunk)).collect();
    for (chunk, row) in slots {
        records.places.push(places[chunk] + Place::from(chunks[chunk].starts[row as usize]));
    }
    records
}

/// One run: who is together, met with the crosswalk of the last run.
pub struct Run {
    pub schema: Schema,
    pub records: Records,
    pub persons: Persons,
    pub previous: Option<Previous>,
    pub assigned: Assigned,
}

/// Runs `groups` after `last` (crosswalk, issued ids); `rng` chooses the order in which the old rows and groups come.
pub fn run(groups: &Groups, last: Option<(&Crosswalk, &Issued)>, rng: Option<&mut Rng>) -> Run {
    run_returning(groups, last, rng, &[])
}

/// [`run`], after something was rolled back: (id that only a rolled-back run gave, key of a record that bore it there).
pub fn run_returning(
    groups: &Groups,
    last: Option<(&Crosswalk, &Issued)>,
    mut rng: Option<&mut Rng>,
    returning: &[(u128, (String, String))],
) -> Run {
    let schema = schema(&["web", "pos", "app"]);
    let mut keys: Vec<&(String, String)> = groups.iter().flatten().collect();
    keys.sort_unstable();
    let number = |key: &(String, String)| keys.binary_search(&key).expect("it is one of them");
    let mut labels = vec![0; keys.len()];
    for group in groups {
        let smallest = group.iter().map(number).min().expect("no group is empty");
        group.iter().for_each(|key| labels[number(key)] = smallest as u32);
    }
    let pairs: Vec<(&str, &str)> = keys.iter().map(|(source, id)| (source.as_str(), id.as_str())).collect();
    let records = records(&schema, &pairs);
    let persons = Persons::from_labels(&Labels(labels));
    let previous = last.map(|(crosswalk, issued)| {
        let mut rows: Vec<_> = crosswalk.iter().collect();
        let mut returning: Vec<(u128, u32)> =
            returning.iter().filter_map(|(id, key)| Some((*id, keys.binary_search(&key).ok()? as u32))).collect();
        if let Some(rng) = &mut rng {
            rng.shuffle(&mut rows);
            rng.shuffle(&mut returning);
        }
        let mut builder = PreviousBuilder::new(&records, &schema);
        rows.iter().for_each(|((source, id), person)| builder.push(source, id, **person).expect("one row per record"));
        Previous { returning, ..builder.finish(issued.clone()).expect("one row per record") }
    });
    let assigned = assign(&persons, &records, &schema, previous.as_ref(), &|_| false);
    Run { schema, records, persons, previous, assigned }
}

impl Run {
    /// The key of a record.
    pub fn key(&self, record: u32) -> (String, String) {
        let source = &self.schema.sources[usize::from(self.records.source(record))].name;
        (source.clone(), self.records.row(record).record_id().to_owned())
    }

    /// Record key → person id.
    pub fn crosswalk(&self) -> Crosswalk {
        let id = |record: u32| self.assigned.ids.0[self.persons.person_of[record as usize] as usize];
        (0..self.records.len() as u32).map(|record| (self.key(record), id(record))).collect()
    }
}

/// SplitMix64.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// Whether it happens, `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
