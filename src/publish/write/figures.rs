//! What is counted while persons are folded, and what of it the run's own figures are.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::Publication;
use crate::journeys::Credits;
use crate::model::RunReport;
use crate::pipeline::{Folded, Plans};
use crate::publish::told_journeys::Told;
use crate::publish::{Earlier, consent};
use crate::segments::Overlaps;

/// What is counted while persons are folded.
#[derive(Debug, Default)]
pub struct PersonFigures {
    channel_sets: BTreeMap<u128, u64>,
    segments: Vec<u64>,
    hold_outs: Vec<u64>,
    /// Per segment: members who were in before; empty = nobody can tell.
    pub(super) stayed: Vec<u64>,
    overlaps: Overlaps,
    consent: consent::Figures,
    pub(super) credits: Credits,
    pub(super) journeys: Told,
    triggers: Vec<u64>,
    /// Per column of the golden table: persons who have a value.
    pub filled: Vec<u64>,
}

impl PersonFigures {
    /// Of nobody, by so many segments.
    pub(super) fn none(segments: usize) -> Self {
        Self { segments: vec![0; segments], hold_outs: vec![0; segments], ..Self::default() }
    }

    /// Counts a stretch.
    pub(super) fn count(&mut self, folded: &Folded) {
        for &set in &folded.channels {
            *self.channel_sets.entry(set).or_default() += 1;
        }
        self.consent.count(&folded.consent);
        let filled = |column: &polars::prelude::Column| (column.len() - column.null_count()) as u64;
        self.filled = folded.golden.columns().iter().map(filled).collect();
        let members = |members: &Vec<bool>| members.iter().filter(|member| **member).count() as u64;
        self.segments = folded.segments.iter().map(members).collect();
        self.hold_outs = folded.hold_outs.iter().map(members).collect();
        self.overlaps = Overlaps::count(&folded.segments);
        self.journeys = folded.journeys.as_ref().map(Told::count).unwrap_or_default();
        self.credits = folded.journeys.as_ref().map(|journeys| journeys.credits.clone()).unwrap_or_default();
    }

    /// Takes the rows of the table `triggers`.
    pub(super) fn count_triggers(&mut self, rows: &DataFrame, names: &[String]) {
        self.triggers = vec![0; names.len()];
        let fired = rows.column("trigger").ok().and_then(|column| column.str().ok());
        for name in fired.iter().flat_map(|column| column.iter().flatten()) {
            if let Some(at) = names.iter().position(|known| known == name) {
                self.triggers[at] += 1;
            }
        }
    }

    /// Adds the figures of another stretch.
    pub(super) fn add(&mut self, other: &Self) {
        for (&set, persons) in &other.channel_sets {
            *self.channel_sets.entry(set).or_default() += persons;
        }
        let counts = [
            (&mut self.segments, &other.segments),
            (&mut self.hold_outs, &other.hold_outs),
            (&mut self.stayed, &other.stayed),
            (&mut self.triggers, &other.triggers),
            (&mut self.filled, &other.filled),
        ];
        for (sums, persons) in counts {
            sums.resize(sums.len().max(persons.len()), 0);
            sums.iter_mut().zip(persons).for_each(|(sum, persons)| *sum += persons);
        }
        self.overlaps.add(&other.overlaps);
        self.consent.add(&other.consent);
        self.credits.add(&other.credits);
        self.journeys.add(&other.journeys);
    }
}

pub(super) fn describe_persons(run: &Publication<'_>, plans: &Plans, figures: &PersonFigures, report: &mut RunReport) {
    let persons = &run.resolved.persons;
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for person in 0..persons.len() as u32 {
        *sizes.entry(persons.records(person).len() as u64).or_default() += 1;
    }
    report.records = run.resolved.records.len() as u64;
    report.persons = persons.len() as u64;
    report.changes = run.resolved.changes;
    report.largest_person = sizes.last_key_value().map_or(0, |(size, _)| *size);
    report.person_sizes = sizes.into_iter().collect();
    let several = figures.channel_sets.iter().filter(|(set, _)| set.count_ones() > 1);
    report.persons_in_several_channels = several.map(|(_, persons)| persons).sum();
    let sets = figures.channel_sets.iter().map(|(&set, &persons)| (plans.channels(set), persons));
    report.channel_sets = sets.collect();
    report.channel_sets.sort_unstable();
    report.consent = figures.consent.told(run);
    report.suppressions = figures.consent.suppressed(run);
    report.segments = run.segments.iter().cloned().zip(figures.segments.iter().copied()).collect();
    report.segment_flows = flows(run, figures);
    let held = plans.hold_outs().iter().zip(&figures.hold_outs).filter(|((_, share), _)| *share > 0.0);
    report.hold_outs = held.map(|((name, _), persons)| (name.clone(), *persons)).collect();
    if run.earlier.is_some() {
        let fired = figures.triggers.iter().copied().chain(std::iter::repeat(0));
        report.triggers = plans.triggers().names().iter().cloned().zip(fired).collect();
    }
    report.segment_overlaps = figures.overlaps.named(run.segments);
    report.namespaces = run.resolved.namespaces.clone();
    report.sources = run.resolved.counts.clone();
}

/// Who entered and who left each segment that the last run had, too.
fn flows(run: &Publication<'_>, figures: &PersonFigures) -> Vec<(String, u64, u64)> {
    let Some(last) = run.earlier.map(Earlier::report) else { return Vec::new() };
    let before = |name: &String| last.segments.iter().find(|(known, _)| known == name).map(|(_, persons)| *persons);
    let flow = |((name, now), stayed): ((&String, &u64), &u64)| {
        Some((name.clone(), now.saturating_sub(*stayed), before(name)?.saturating_sub(*stayed)))
    };
    run.segments.iter().zip(&figures.segments).zip(&figures.stayed).filter_map(flow).collect()
}
