//! The table `consent`, and its figures.

use polars::prelude::{Column, DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, TimeUnit, TimeZone};

use super::Publication;
use super::columns::{Texts, table};
use crate::consent::{Folded as Consent, Reason};
use crate::model::{ConsentCounts, ConsentState, Rows, SourceStarts, Statement, SuppressionCounts};
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
        ids.push(record_id(run, &looked, &by));
        via.push_option(namespace(run, &by));
    }
    let since = times("since", &since);
    let texts = [persons, channels, purposes, states].map(Texts::column);
    let others = [said, sources, ids, via].map(Texts::column);
    table(rows, texts.into_iter().chain([since]).chain(others).collect())
}

/// `suppressions`.
pub fn suppressions(run: &Publication<'_>, starts: &SourceStarts, folded: &Folded) -> Result<DataFrame> {
    let [mut persons, mut reasons, mut lists, mut channels, mut purposes, mut sources, mut ids, mut via] =
        ["person_id", "reason", "list", "channel", "purpose", "source", "record_id", "via"]
            .map(|name| Texts::new(name, folded.consent.suppressed.len()));
    let mut since = Vec::new();
    let looked = run.resolved.records.rows_by_person();
    for (person, reason) in &folded.consent.suppressed {
        let person = run.resolved.person_ids.0[*person as usize];
        match reason {
            Reason::Listed(list) => {
                let list = &run.lists[usize::from(*list)];
                let all = [None];
                let named: Vec<Option<&str>> = list.channels.iter().map(|channel| Some(channel.as_str())).collect();
                for channel in if named.is_empty() { &all[..] } else { &named } {
                    persons.push_id(person);
                    reasons.push("list");
                    lists.push(&list.name);
                    channels.push_option(*channel);
                    [&mut purposes, &mut sources, &mut ids, &mut via]
                        .into_iter()
                        .for_each(|text| text.push_option(None));
                    since.push(None);
                }
            }
            Reason::Bounced(by) => {
                let key = &run.schema.consents[usize::from(by.key)];
                persons.push_id(person);
                reasons.push("bounce");
                lists.push_option(None);
                channels.push(&key.channel);
                purposes.push_option(Some(key.purpose.as_str()).filter(|purpose| !purpose.is_empty()));
                since.push((by.since != i64::MIN).then_some(by.since));
                sources.push(&run.schema.sources[usize::from(starts.source(by.record))].name);
                ids.push(record_id(run, &looked, by));
                via.push_option(namespace(run, by));
            }
        }
    }
    let since_column = times("since", &since);
    let texts = [persons, reasons, lists, channels, purposes].map(Texts::column);
    let others = [sources, ids, via].map(Texts::column);
    table(since.len(), texts.into_iter().chain([since_column]).chain(others).collect())
}

/// The id of a statement's record. One of somebody else is not in this stretch: it was taken down while records were read
/// in order.
fn record_id<'r>(run: &'r Publication<'_>, looked: &'r Rows<'_>, by: &Statement) -> &'r str {
    let of_others = by.via.and_then(|_| run.resolved.consent.evidence(by.record));
    of_others.unwrap_or_else(|| looked.row(by.record).record_id())
}

fn namespace<'a>(run: &Publication<'a>, by: &Statement) -> Option<&'a str> {
    by.via.map(|namespace| run.schema.namespaces[usize::from(namespace)].name.as_str())
}

fn times(name: &str, values: &[Option<i64>]) -> Column {
    let values = Int64Chunked::from_slice_options(name.into(), values);
    values.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
}

/// Persons by state, per consent of the schema.
#[derive(Debug, Default)]
pub struct Figures {
    /// Opted in, opted out, and of these by somebody else's record.
    states: Vec<[u64; 3]>,
    /// Persons per list.
    listed: Vec<u64>,
    /// Persons with a bounce, per consent of the schema.
    bounced: Vec<u64>,
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
        for (_, reason) in &consent.suppressed {
            let (counts, at) = match reason {
                Reason::Listed(list) => (&mut self.listed, usize::from(*list)),
                Reason::Bounced(by) => (&mut self.bounced, usize::from(by.key)),
            };
            counts.resize(counts.len().max(at + 1), 0);
            counts[at] += 1;
        }
    }

    /// Adds another stretch's figures.
    pub fn add(&mut self, other: &Self) {
        self.states.resize(self.states.len().max(other.states.len()), [0; 3]);
        self.persons += other.persons;
        for (sums, counts) in self.states.iter_mut().zip(&other.states) {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        for (sums, counts) in [(&mut self.listed, &other.listed), (&mut self.bounced, &other.bounced)] {
            sums.resize(sums.len().max(counts.len()), 0);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }

    /// Persons who must not be contacted, as the run's report has them.
    pub fn suppressed(&self, run: &Publication<'_>) -> Vec<SuppressionCounts> {
        let lists = run.lists.iter().enumerate().map(|(at, list)| SuppressionCounts {
            reason: "list".to_owned(),
            of: list.name.clone(),
            persons: self.listed.get(at).copied().unwrap_or_default(),
            values: (list.values.len() + list.digests.len()) as u64,
            unread: list.unread,
        });
        let bounces = self.bounced.iter().zip(&run.schema.consents).filter(|(persons, _)| **persons > 0);
        let bounces = bounces.map(|(&persons, key)| SuppressionCounts {
            reason: "bounce".to_owned(),
            of: key.name(),
            persons,
            ..SuppressionCounts::default()
        });
        lists.chain(bounces).collect()
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
