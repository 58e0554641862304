//! Since when persons are in their segments: carried from run to run.

use polars::prelude::{DataFrame, DataType, Schema as Columns, TimeUnit};

use super::columns::bug;
use super::past::typed;
use super::select::has_table;
use super::tables::SEGMENTS;
use super::write::Publication;
use crate::identity::{PersonIndex, parse_person_id};
use crate::problem::Result;

/// When persons entered the segments that they were in when the last run was published.
#[derive(Debug, Default)]
pub struct Entries {
    /// By person, then segment, then time.
    rows: Vec<Entry>,
    /// The different times.
    times: Vec<Option<i64>>,
    /// When those enter who were not in before, UTC microseconds.
    now: Option<i64>,
}

/// Compact, for there may be several per person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    person: u32,
    segment: u32,
    time: u32,
}

/// What is known of a person.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a>(&'a [Entry]);

impl Entries {
    /// Nobody was in any segment before.
    pub fn first(now: Option<i64>) -> Self {
        Self { now, ..Self::default() }
    }

    /// From the last published run. `now` is this run's `as_of`.
    pub fn read(run: &Publication<'_>, now: Option<i64>) -> Result<Self> {
        let mut entries = Self::first(now);
        let Some(earlier) = run.earlier.filter(|earlier| has_table(earlier.folder(), SEGMENTS.name)) else {
            return Ok(entries);
        };
        if run.segments.is_empty() {
            return Ok(entries);
        }
        let index = PersonIndex::new(&run.resolved.person_ids, &run.resolved.lineage);
        let time = DataType::Datetime(TimeUnit::Microseconds, None);
        let columns: Columns = [("person_id", DataType::String), ("segment", DataType::String), ("entered_at", time)]
            .into_iter()
            .map(|(name, kind)| (name.into(), kind))
            .collect();
        typed(earlier.folder(), SEGMENTS.name, &columns, &mut |rows| {
            entries.add(run, &index, &rows, earlier.report().as_of).map_err(bug)
        })?;
        entries.sort();
        Ok(entries)
    }

    /// Takes rows of the last run's table; `unknown` stands for a time that it does not tell.
    fn add(
        &mut self,
        run: &Publication<'_>,
        index: &PersonIndex,
        rows: &DataFrame,
        unknown: Option<i64>,
    ) -> polars::prelude::PolarsResult<()> {
        let ids = &run.resolved.person_ids;
        let times = rows.column("entered_at")?.cast(&DataType::Int64)?;
        let (people, segments) = (rows.column("person_id")?.str()?, rows.column("segment")?.str()?);
        for ((person, segment), time) in people.iter().zip(segments.iter()).zip(times.i64()?.iter()) {
            let segment = segment.and_then(|segment| run.segments.iter().position(|name| name == segment));
            let (Some(segment), Some(id)) = (segment, person.and_then(parse_person_id)) else { continue };
            let time = time.or(unknown);
            // One time per run that there was: the one at hand is most often that of the row before.
            let at = self.times.iter().rposition(|known| *known == time).unwrap_or_else(|| {
                self.times.push(time);
                self.times.len() - 1
            });
            let (segment, time) = (segment as u32, at as u32);
            self.rows.extend(index.now(ids, id).map(|person| Entry { person, segment, time }));
        }
        Ok(())
    }

    /// Puts times and entries in order.
    fn sort(&mut self) {
        let mut order: Vec<u32> = (0..self.times.len() as u32).collect();
        order.sort_unstable_by_key(|&at| self.times[at as usize]);
        let mut rank = vec![0; order.len()];
        for (place, &at) in order.iter().enumerate() {
            rank[at as usize] = place as u32;
        }
        self.times.sort_unstable();
        for row in &mut self.rows {
            row.time = rank[row.time as usize];
        }
        self.rows.sort_unstable();
    }

    /// What is known of a person.
    pub fn of(&self, person: u32) -> Before<'_> {
        let from = self.rows.partition_point(|row| row.person < person);
        let count = self.rows[from..].iter().take_while(|row| row.person == person).count();
        Before(&self.rows[from..from + count])
    }

    /// Whether the person was in a segment before.
    pub fn was_in(&self, before: Before<'_>, segment: usize) -> bool {
        before.0.iter().any(|row| row.segment as usize == segment)
    }

    /// Since when the person is in a segment, UTC microseconds; of several times the earliest.
    pub fn entered_at(&self, before: Before<'_>, segment: usize) -> Option<i64> {
        let known = before.0.iter().find(|row| row.segment as usize == segment);
        known.map_or(self.now, |row| self.times[row.time as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Lineage};
    use crate::publish::sample::sample;
    use polars::prelude::{Int64Chunked, IntoColumn, NamedFrom, NewChunkedArray, Series};

    #[test]
    fn who_is_in_a_segment_still_keeps_the_day_of_entry() {
        let mut sample = sample();
        let gone = 77u128 << 80;
        let heir = sample.resolved.person_ids.0[1];
        sample.resolved.lineage = vec![Lineage { event: Event::Merged, old: gone, new: heir, records: 1 }];
        let run = sample.publication();
        let id = |id: u128| uuid::Uuid::from_u128(id).to_string();
        let ids: Vec<u128> = run.resolved.person_ids.0.clone();
        let people = [id(ids[0]), id(ids[1]), id(gone), id(gone), id(5)];
        let times =
            Int64Chunked::from_slice_options("entered_at".into(), &[Some(30), Some(20), Some(10), None, Some(1)]);
        let rows = DataFrame::new_infer_height(vec![
            Series::new("person_id".into(), people).into_column(),
            Series::new("segment".into(), ["local", "reachable", "reachable", "local", "local"]).into_column(),
            times.into_datetime(TimeUnit::Microseconds, None).into_column(),
        ])
        .unwrap();
        let mut entries = Entries::first(Some(99));
        let index = PersonIndex::new(&run.resolved.person_ids, &run.resolved.lineage);
        entries.add(&run, &index, &rows, Some(40)).unwrap();
        entries.sort();
        let entered = |person: u32, segment: usize| entries.entered_at(entries.of(person), segment);
        assert_eq!(entered(0, 0), Some(30));
        assert_eq!(entered(0, 1), Some(99), "entered just now");
        assert_eq!(entered(1, 1), Some(10), "the earliest of two who became one");
        assert_eq!(entered(1, 0), Some(40), "a table that tells no time");
        assert_eq!(entered(2, 0), Some(99));
    }
}
