//! What the report tells of journeys.

use std::collections::BTreeMap;

use crate::journeys::{Credits, MODELS, Stretch};
use crate::report::{CreditFigures, JourneyFigures};

/// What journeys hold, added up over stretches of persons.
#[derive(Debug, Default)]
pub struct Told {
    persons: u64,
    /// Event, then channel.
    events: BTreeMap<(String, String), u64>,
}

impl Told {
    /// Counts the journeys of a stretch.
    pub fn count(journeys: &Stretch) -> Self {
        let mut told = Self::default();
        let mut last = None;
        for person in &journeys.persons {
            told.persons += u64::from(last != Some(*person));
            last = Some(*person);
        }
        let text = |name: &str| journeys.rows.column(name).ok().and_then(|column| column.str().ok());
        if let (Some(events), Some(channels)) = (text("event"), text("channel")) {
            let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
            for (event, channel) in events.iter().zip(channels.iter()) {
                *counts.entry((event.unwrap_or_default(), channel.unwrap_or_default())).or_default() += 1;
            }
            let owned =
                counts.into_iter().map(|((event, channel), rows)| ((event.to_owned(), channel.to_owned()), rows));
            told.events = owned.collect();
        }
        told
    }

    /// Adds those of another stretch.
    pub fn add(&mut self, other: &Self) {
        self.persons += other.persons;
        for (kind, rows) in &other.events {
            *self.events.entry(kind.clone()).or_default() += rows;
        }
    }

    /// For the report, with the credit.
    pub fn figures(&self, credits: &Credits) -> JourneyFigures {
        let mut rows: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
        for (model, channel, campaign, conversions, value) in credits.rows() {
            let sums = rows.entry((channel, campaign)).or_insert_with(|| vec![(0.0, 0.0); MODELS.len()]);
            if let Some(at) = MODELS.iter().position(|known| *known == model) {
                sums[at] = (conversions, value);
            }
        }
        let credit = |((channel, campaign), sums): ((&str, &str), Vec<(f64, f64)>)| CreditFigures {
            channel: channel.to_owned(),
            campaign: campaign.to_owned(),
            sums,
        };
        let mut events: Vec<(String, String, u64)> =
            self.events.iter().map(|((event, channel), rows)| (event.clone(), channel.clone(), *rows)).collect();
        events.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
        JourneyFigures {
            models: MODELS.map(str::to_owned).to_vec(),
            persons: self.persons,
            events,
            credits: rows.into_iter().map(credit).collect(),
        }
    }
}
