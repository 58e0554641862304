//! Persons through the rules, a stretch at a time.

use std::ops::Range;

use polars::prelude::DataFrame;

use super::columns::{person_columns, state_column};
use super::plans::Plans;
use super::resolve::Resolved;
use super::stretches::{in_order, stretches};
use crate::model::{Schema, SourceStarts, Verdict};
use crate::problem::{Problem, Result};
use crate::{audiences, consent, golden, journeys, segments, traits};

/// A stretch of persons with all that is known of them.
#[derive(Debug)]
pub struct Folded {
    /// Which persons.
    pub range: Range<u32>,
    /// One row per person: [`PERSON_COLUMNS`](super::PERSON_COLUMNS), golden columns, traits, states of consent.
    pub golden: DataFrame,
    /// Per golden column, per person: the record that won; `u32::MAX` = none.
    pub winners: Vec<Vec<u32>>,
    /// Consent.
    pub consent: consent::Folded,
    /// Per segment, per person: whether the person is in it.
    pub segments: Vec<Vec<bool>>,
    /// Per segment, per person: whether the person is in it and held out of its audiences.
    pub hold_outs: Vec<Vec<bool>>,
    /// Per audience, per person: whether the person is in it.
    pub audiences: Vec<Vec<Verdict>>,
    /// Per person: the channels, as a set for [`Plans::channels`].
    pub channels: Vec<u128>,
    /// What the persons did, where the config asks for journeys.
    pub journeys: Option<journeys::Stretch>,
    /// The persons' records with columns of events, newest first within a person, where triggers or audiences
    /// ask; else empty.
    pub records: DataFrame,
}

/// Folds all persons, a stretch at a time: `shape` runs on many threads, `each` gets what it gives in order.
pub fn fold_batches<T: Send>(
    resolved: &Resolved,
    schema: &Schema,
    plans: &Plans,
    shape: &(dyn Fn(Folded) -> Result<T> + Sync),
    each: &mut (dyn FnMut(T) -> Result<()> + Send),
) -> Result<()> {
    let starts = SourceStarts::new(&resolved.records, schema);
    let fold = |range: &Range<u32>| -> Result<T> {
        let Table { golden, winners, consent, channels, journeys, records } =
            plans.persons_table(resolved, schema, &starts, range.clone())?;
        let segments = segments::assign(&plans.segments, &golden)?;
        let ids = &resolved.person_ids.0[range.start as usize..range.end as usize];
        let hold_outs = segments::hold_outs(&plans.segments, &segments, ids);
        let range = range.clone();
        let said = &resolved.consent;
        let suppressed: Vec<Vec<bool>> = plans
            .audiences
            .channels()
            .map(|channel| consent::suppressed_on(channel, said, &consent, range.clone(), schema))
            .collect();
        let stretch = audiences::Stretch {
            golden: &golden,
            records: &records,
            segments: &segments,
            hold_outs: &hold_outs,
            states: &consent.states,
            suppressed: &suppressed,
        };
        let audiences = audiences::judge(&plans.audiences, stretch)?;
        shape(Folded { range, golden, winners, consent, segments, hold_outs, audiences, channels, journeys, records })
    };
    in_order(&stretches(&resolved.persons), &fold, each)
}

/// A stretch of the golden table with its traits.
pub(super) struct Table {
    pub(super) golden: DataFrame,
    winners: Vec<Vec<u32>>,
    consent: consent::Folded,
    channels: Vec<u128>,
    journeys: Option<journeys::Stretch>,
    records: DataFrame,
}

impl Plans {
    /// Golden columns, traits and states of consent of a stretch, with the winners, channel sets and consent itself.
    pub(super) fn persons_table(
        &self,
        resolved: &Resolved,
        schema: &Schema,
        starts: &SourceStarts,
        range: Range<u32>,
    ) -> Result<Table> {
        let persons = range.len();
        let (records, people) = (&resolved.records, &resolved.persons);
        let folded = golden::fold(records, people, range.clone(), schema, &self.golden, self.reading.columns());
        let own = self.reading.derive(&self.events, folded.records)?;
        let journeys = self.journeys.as_ref().map(|plan| journeys::journeys(plan, &own)).transpose()?;
        let asked = !self.triggers.is_empty() || self.audiences.count_contacts();
        let records = if asked { own.clone() } else { DataFrame::empty() };
        let computed = traits::compute(&self.traits, own, persons)?;
        let consent = consent::fold(&self.consent, &resolved.consent, range.clone());
        let (mut columns, channels) = person_columns(resolved, &self.channels, starts, range);
        columns.extend_from_slice(folded.golden.columns());
        columns.extend_from_slice(computed.columns());
        columns.extend(schema.consents.iter().zip(&consent.states).map(|(key, states)| state_column(key, states)));
        let golden = DataFrame::new(persons, columns)
            .map_err(|error| Problem::run(format!("golden columns and traits do not fit together: {error}"), ""))?;
        Ok(Table { golden, winners: folded.winners, consent, channels, journeys, records })
    }
}
