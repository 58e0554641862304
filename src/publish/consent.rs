//! The table `consent`, and its figures.

use polars::prelude::{DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, TimeUnit, TimeZone};

use super::Publication;
use super::columns::{Texts, table};
use crate::consent::Folded as Consent;
use crate::model::{ConsentCounts, ConsentState, SourceStarts};
use crate::pipeline::Folded;
use crate::problem::Result;

/// `consent`.
pub fn consent(run: &Publication<'_>, starts: &SourceStarts, folded: &Folded) -> Result<DataFrame> {
    let decided: Vec<_> = folded.consent.decided.iter().filter_map(|one| Some((one, one.by?))).collect();
    let rows = decided.len();
    let [mut persons, mut channels, mut purposes, mut states, mut said, mut sources, mut ids, mut via] =
        ["person_id", "channel", "purpose", "state", "said", "source", "record_id", "via"]
            .map(|name| Texts::new(name, rows));
    let mut since = Vec::with_capacity(rows);
    let looked = run.resolved.records.rows_by_person();
    for (one, by) in decided {
        let key = &run.schema.consents[usize::from(one.key)];
        persons.push_id(run.resolved.person_ids.0[one.person as usize]);
        channels.push(&key.channel);
        purposes.push_option(Some(key.purpose.as_str()).filter(|purpose| !purpose.is_empty()));
        states.push(one.state.name());
        since.push((by.since != i64::MIN).then_some(by.since));
        said.push(by.word.name());
        sources.push(&run.schema.sources[usize::from(starts.source(by.record))].name);
        // A record of somebody else is not in this stretch: its id was taken down while records were read in order.
        match by.via.and_then(|_| run.resolved.consent.evidence(by.record)) {
            Some(id) => ids.push(id),
            None => ids.push(looked.row(by.record).record_id()),
        }
        via.push_option(by.via.map(|namespace| run.schema.namespaces[usize::from(namespace)].name.as_str()));
    }
    let since = Int64Chunked::from_slice_options("since".into(), &since)
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
        .into_column();
    let texts = [persons, channels, purposes, states].map(Texts::column);
    let others = [said, sources, ids, via].map(Texts::column);
    table(rows, texts.into_iter().chain([since]).chain(others).collect())
}

/// Persons by state, per consent of the schema.
#[derive(Debug, Default)]
pub struct Figures {
    /// Opted in, opted out, and of these by somebody else's record.
    states: Vec<[u64; 3]>,
    persons: u64,
}

impl Figures {
    /// Counts a stretch.
    pub fn count(&mut self, consent: &Consent) {
        self.states.resize(consent.states.len(), [0; 3]);
        self.persons += consent.states.first().map_or(0, |states| states.len() as u64);
        for one in &consent.decided {
            let of = &mut self.states[usize::from(one.key)];
            of[0] += u64::from(one.state == ConsentState::OptedIn);
            of[1] += u64::from(one.state == ConsentState::OptedOut);
            of[2] += u64::from(one.by.is_some_and(|by| by.via.is_some()));
        }
    }

    /// Adds another stretch's figures.
    pub fn add(&mut self, other: &Self) {
        self.states.resize(self.states.len().max(other.states.len()), [0; 3]);
        self.persons += other.persons;
        for (sums, counts) in self.states.iter_mut().zip(&other.states) {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }

    /// As the run's report has them.
    pub fn told(&self, run: &Publication<'_>) -> Vec<ConsentCounts> {
        let of = |(at, key): (usize, &crate::model::ConsentKey)| {
            let [opted_in, opted_out, opted_out_by_address] = self.states.get(at).copied().unwrap_or_default();
            ConsentCounts {
                consent: key.name(),
                opted_in,
                opted_out,
                opted_out_by_address,
                unknown: self.persons - opted_in - opted_out,
                unread: run.resolved.unread(key),
            }
        };
        run.schema.consents.iter().enumerate().map(of).collect()
    }
}
