//! The last published run, in terms of this one.

use std::cmp::Ordering;

use super::Issued;
use crate::model::{FETCHED, NO_PERSON, Records, Rows, Schema};
use crate::problem::{Problem, Result, mask};

/// What the last published run said, in terms of this run's records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Previous {
    /// Per record of this run, the id that it bore; [`NO_PERSON`] = the record is new.
    pub person_ids: Vec<u128>,
    /// The records that this run does not have any more.
    pub gone: Gone,
    /// Every id ever issued.
    pub issued: Issued,
    /// (id, a record of this run that bore it) of ids that only rolled-back runs gave, in any order: [`super::unborne`]
    /// says which these are, and the newest run that gave an id says who bore it. Empty where nothing was rolled back.
    pub returning: Vec<(u128, u32)>,
}

/// Records of the last run that this one does not have, in the order of record keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    sources: Vec<Box<str>>,
    text: String,
    rows: Vec<GoneRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct GoneRow {
    person: u128,
    start: usize,
    length: u32,
    source: u16,
}

/// A record that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GoneRecord<'a> {
    /// Its source's name.
    pub source: &'a str,
    /// Its id within the source.
    pub record_id: &'a str,
    /// The id that it bore.
    pub person_id: u128,
}

impl Gone {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All of them, in the order of record keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = GoneRecord<'_>> {
        self.rows.iter().map(|row| self.record(row))
    }

    /// The ids that they bore, in the same order.
    pub fn person_ids(&self) -> impl ExactSizeIterator<Item = u128> {
        self.rows.iter().map(|row| row.person)
    }

    fn record(&self, row: &GoneRow) -> GoneRecord<'_> {
        GoneRecord {
            source: &self.sources[usize::from(row.source)],
            record_id: &self.text[row.start..row.start + row.length as usize],
            person_id: row.person,
        }
    }
}

/// Builds [`Previous`] from the rows of the last crosswalk.
///
/// One linear pass when the rows come in the order of record keys (source by name, record id by bytes), as a crosswalk
/// is published; each source by itself may also be interleaved with others. Any other order gives the same result, at
/// a binary search per row that is out of place.
#[derive(Debug)]
pub struct PreviousBuilder<'a> {
    records: &'a Records,
    /// Looked at anew now and then.
    rows: Rows<'a>,
    /// How many rows were fetched since.
    looked: usize,
    person_ids: Vec<u128>,
    sources: Vec<OldSource>,
    current: usize,
    gone: Gone,
}

/// Rows that are looked at one after the other.
const LOOK: usize = 1 << 16;

/// A source of the last crosswalk, and how far its records of this run were walked through.
#[derive(Debug)]
struct OldSource {
    name: Box<str>,
    begin: u32,
    next: u32,
    /// Up to here the rows were fetched.
    fetched: u32,
    end: u32,
}

impl<'a> PreviousBuilder<'a> {
    /// For the records of this run.
    #[must_use]
    pub fn new(records: &'a Records, schema: &Schema) -> Self {
        let mut names: Vec<(u16, &str)> = schema.sources.iter().map(|s| (s.rank, s.name.as_str())).collect();
        names.sort_unstable();
        let mut begin = 0;
        let mut sources = Vec::with_capacity(names.len());
        for (rank, name) in names {
            let end = end_of_source(records, schema, rank, begin);
            sources.push(OldSource { name: name.into(), begin, next: begin, fetched: begin, end });
            begin = end;
        }
        Self {
            records,
            rows: records.rows(),
            looked: 0,
            person_ids: vec![NO_PERSON; records.len()],
            sources,
            current: 0,
            gone: Gone::default(),
        }
    }

    /// Takes one row of the last crosswalk.
    ///
    /// # Errors
    /// A person id that is none, or a record that has two rows: the crosswalk was not written by onefold.
    pub fn push(&mut self, source: &str, record_id: &str, person_id: u128) -> Result<()> {
        if person_id == NO_PERSON || person_id == u128::MAX {
            return Err(broken(&format!("record {} of source {source} has no person_id", mask(record_id))));
        }
        if self.sources.get(self.current).is_none_or(|current| *current.name != *source) {
            self.current = self.find_source(source);
        }
        let current = &mut self.sources[self.current];
        while current.next < current.end {
            if current.next == current.fetched {
                current.fetched = current.end.min(current.next + FETCHED as u32);
                self.looked += FETCHED;
                if self.looked > LOOK {
                    (self.rows, self.looked) = (self.records.rows(), 0);
                }
                self.rows.fetch::<1>(current.next..current.fetched);
            }
            match self.rows.row(current.next).record_id().as_bytes().cmp(record_id.as_bytes()) {
                Ordering::Less => current.next += 1,
                Ordering::Equal => {
                    let record = current.next;
                    current.next += 1;
                    return self.bore(record, record_id, person_id);
                }
                Ordering::Greater => break,
            }
        }
        // Gone, or out of order: in order, what is not ahead lies behind everything walked past.
        let walked = current.begin..current.next;
        let is_behind =
            !walked.is_empty() && self.rows.row(walked.end - 1).record_id().as_bytes() >= record_id.as_bytes();
        match is_behind.then(|| search(&self.rows, walked, record_id)).flatten() {
            Some(record) => self.bore(record, record_id, person_id),
            None => self.is_gone(record_id, person_id),
        }
    }

    /// The last run as a whole; `issued` is every id issued up to it.
    ///
    /// # Errors
    /// A record that has two rows.
    pub fn finish(self, issued: Issued) -> Result<Previous> {
        let Self { person_ids, mut gone, sources, .. } = self;
        gone.sources = sources.into_iter().map(|source| source.name).collect();
        gone.text.shrink_to_fit();
        let mut rows = std::mem::take(&mut gone.rows);
        let key = |row: &GoneRow| {
            let record = gone.record(row);
            (record.source, record.record_id)
        };
        if !rows.is_sorted_by(|a, b| key(a) < key(b)) {
            rows.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
            if let Some(twice) = rows.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])) {
                let (source, record_id) = key(&twice[0]);
                return Err(two_rows(source, record_id));
            }
        }
        gone.rows = rows;
        Ok(Previous { person_ids, gone, issued, returning: Vec::new() })
    }

    fn bore(&mut self, record: u32, record_id: &str, person_id: u128) -> Result<()> {
        let person = &mut self.person_ids[record as usize];
        if *person != NO_PERSON {
            return Err(two_rows(&self.sources[self.current].name, record_id));
        }
        *person = person_id;
        Ok(())
    }

    fn is_gone(&mut self, record_id: &str, person: u128) -> Result<()> {
        let start = self.gone.text.len();
        self.gone.text.push_str(record_id);
        let length = u32::try_from(record_id.len()).map_err(|_| broken("a record id is longer than 4 GiB"))?;
        let source = u16::try_from(self.current).map_err(|_| broken("it has more than 65,535 sources"))?;
        self.gone.rows.push(GoneRow { person, start, length, source });
        Ok(())
    }

    /// Sources that this run does not have come behind the others, without records.
    fn find_source(&mut self, name: &str) -> usize {
        self.sources.iter().position(|source| *source.name == *name).unwrap_or_else(|| {
            self.sources.push(OldSource { name: name.into(), begin: 0, next: 0, fetched: 0, end: 0 });
            self.sources.len() - 1
        })
    }
}

/// One past the last record of the source of that rank, when all records before `begin` are of smaller rank.
fn end_of_source(records: &Records, schema: &Schema, rank: u16, begin: u32) -> u32 {
    let (mut low, mut high) = (begin, records.len() as u32);
    while low < high {
        let middle = low + (high - low) / 2;
        if schema.sources[usize::from(records.source(middle))].rank <= rank {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The record of that id among records of one source.
fn search(rows: &Rows<'_>, within: std::ops::Range<u32>, record_id: &str) -> Option<u32> {
    let (mut low, mut high) = (within.start, within.end);
    while low < high {
        let middle = low + (high - low) / 2;
        match rows.row(middle).record_id().as_bytes().cmp(record_id.as_bytes()) {
            Ordering::Equal => return Some(middle),
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    None
}

fn two_rows(source: &str, record_id: &str) -> Problem {
    broken(&format!("record {} of source {source} has two rows, expected one", mask(record_id)))
}

fn broken(what: &str) -> Problem {
    Problem::run(
        format!("the last run's crosswalk is damaged: {what}"),
        "check it with `onefold verify`, or go back to an earlier run with `onefold rollback`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::{Rng, records, schema};

    const OLD: [(&str, &str, u128); 6] =
        [("pos", "1", 11), ("pos", "3", 13), ("pos", "9", 19), ("sms", "x", 30), ("web", "1", 21), ("web", "2", 13)];

    fn build(old: &[(&str, &str, u128)]) -> Result<Previous> {
        let schema = schema(&["web", "pos", "new"]);
        let records = records(&schema, &[("new", "1"), ("pos", "0"), ("pos", "1"), ("pos", "3"), ("web", "2")]);
        let mut builder = PreviousBuilder::new(&records, &schema);
        for (source, id, person) in old {
            builder.push(source, id, *person)?;
        }
        builder.finish(Issued::default())
    }

    #[test]
    fn old_rows_meet_the_records_of_this_run() {
        let previous = build(&OLD).expect("builds");
        assert_eq!(previous.person_ids, [0, 0, 11, 13, 13]);
        let gone: Vec<_> = previous.gone.iter().map(|g| (g.source, g.record_id, g.person_id)).collect();
        assert_eq!(gone, [("pos", "9", 19), ("sms", "x", 30), ("web", "1", 21)]);
        assert_eq!(previous.gone.person_ids().collect::<Vec<_>>(), [19, 30, 21]);
    }

    #[test]
    fn an_old_crosswalk_in_any_order_says_the_same() {
        let mut rng = Rng::new(7);
        let sorted = build(&OLD).expect("builds");
        let told = |p: &Previous| (p.person_ids.clone(), p.gone.iter().map(|g| format!("{g:?}")).collect::<Vec<_>>());
        for _ in 0..300 {
            let mut old = OLD.to_vec();
            rng.shuffle(&mut old);
            assert_eq!(told(&build(&old).expect("builds")), told(&sorted), "{old:?}");
        }
    }

    #[test]
    fn a_record_with_two_rows_is_refused_and_not_shown() {
        for twice in [("pos", "3", 13), ("sms", "x", 30), ("pos", "3", 99)] {
            for front in [true, false] {
                let mut old = OLD.to_vec();
                old.insert(if front { 0 } else { OLD.len() }, twice);
                let problem = build(&old).expect_err("refuses");
                assert!(problem.what.contains("two rows"), "{problem}");
            }
        }
        let problem = build(&[("pos", "ana@example.com", 0)]).expect_err("refuses");
        assert!(problem.what.contains("has no person_id") && !problem.what.contains("ana@"), "{problem}");
    }
}
