//! The rules of golden, traits, consent, segments and all that follows, compiled.

use polars::prelude::{DataFrame, Schema as Columns};

use super::channels::Channels;
use super::columns::PERSON_COLUMNS;
use super::reading::Reading;
use super::resolve::Resolved;
use crate::config::Config;
use crate::model::{ConsentKey, FieldId, Labels, Persons, RecordColumn, Records, Schema, SourceStarts};
use crate::problem::{Problem, Problems, Result};
use crate::{audiences, consent, events, golden, journeys, segments, traits, triggers};

/// The rules of golden, traits, consent and segments, compiled.
#[derive(Debug)]
pub struct Plans {
    pub(super) golden: golden::Plan,
    pub(super) events: events::Plan,
    pub(super) traits: traits::Plan,
    pub(super) reading: Reading,
    pub(super) consent: consent::Plan,
    pub(super) segments: segments::Plan,
    pub(super) audiences: audiences::Plan,
    pub(super) journeys: Option<journeys::Plan>,
    pub(super) triggers: triggers::Plan,
    pub(super) channels: Channels,
    /// An empty table with the columns of [`Folded::golden`](super::Folded::golden).
    empty: DataFrame,
    /// The fields that consent reads.
    said: Vec<FieldId>,
}

impl Plans {
    /// Compiles; all faults of golden, traits and segments at once. `as_of` is UTC microseconds.
    pub fn new(config: &Config, schema: &Schema, as_of: Option<i64>) -> Result<Self, Problems> {
        let (golden, mut faults) = golden::Plan::compile(config, schema);
        let (events, more) = events::Plan::compile(config, schema, as_of);
        faults.extend(more);
        let (traits, more) = traits::Plan::compile((config, schema), &events, as_of, &traits::Population::default());
        faults.extend(more);
        let (journeys, more) = journeys::Plan::new(config, &events);
        faults.extend(more);
        let told = journeys.as_ref().map(journeys::Plan::read).unwrap_or_default();
        let shown = triggers::Plan::read(config, &events);
        let contacts = audiences::Plan::read(config, schema, &events);
        let read = [traits.read(), &told, &shown, &contacts].concat();
        let asked = !config.trigger.is_empty() || !contacts.is_empty();
        let is_needed = !traits.is_empty() || journeys.is_some() || asked;
        let reading = Reading::new(schema, &events, &read, is_needed);
        let clashes = name_clashes(config, &golden.columns(), schema);
        let clash = !clashes.is_empty();
        faults.extend(clashes);
        let channels = match Channels::new(schema) {
            Ok(channels) if !clash => channels,
            Ok(_) => return Err(Problems(faults)), // no table has two columns of one name
            Err(problem) => {
                faults.push(problem);
                return Err(Problems(faults));
            }
        };
        let nobody = Resolved {
            records: Records { fields: schema.fields.len(), ..Records::default() },
            persons: Persons::from_labels(&Labels::default()),
            ..Resolved::default()
        };
        let mut plans = Self {
            golden,
            events,
            traits,
            reading,
            consent: consent::Plan::new(config, schema),
            segments: segments::Plan::default(),
            audiences: audiences::Plan::default(),
            journeys,
            triggers: triggers::Plan::default(),
            channels,
            empty: DataFrame::empty(),
            said: schema.consents.iter().flat_map(|key| [key.word, key.since]).collect(),
        };
        let empty = plans.persons_table(&nobody, schema, &SourceStarts::default(), 0..0)?.golden;
        let traits = config.declared_traits().into_iter().map(|one| one.name);
        let declared = crate::config::golden_columns(config, schema).into_iter().chain(traits);
        let broken: Vec<String> = declared.filter(|name| empty.column(name).is_err()).collect();
        let segments = segments::Plan::new(config, empty.schema(), as_of, &broken);
        let of_records = (schema, &plans.events);
        match audiences::Plan::new(config, of_records, empty.schema(), as_of, &broken) {
            Ok(audiences) => plans.audiences = audiences,
            Err(problems) => faults.extend(problems.0),
        }
        let names = plans.golden.columns();
        let triggers = triggers::Plan::new(config, empty.schema(), &names, &plans.channels.names, &plans.events, as_of);
        match (segments, triggers) {
            (Ok(segments), Ok(triggers)) if faults.is_empty() => {
                (plans.segments, plans.triggers, plans.empty) = (segments, triggers, empty);
                Ok(plans)
            }
            (segments, triggers) => {
                faults.extend(segments.err().into_iter().flat_map(|problems| problems.0));
                let more = triggers.err().into_iter().flat_map(|problems| problems.0).collect();
                faults.extend(crate::sql::without_columns(more, &broken));
                Err(Problems(faults))
            }
        }
    }

    /// The fields that golden columns, traits and consent read; a field may come twice.
    #[must_use]
    pub fn reads(&self) -> Vec<FieldId> {
        let of_records = self.reading.columns().iter().filter_map(|column| match column {
            RecordColumn::Field(field) => Some(*field),
            _ => None,
        });
        self.golden.reads().chain(of_records).chain(self.said.iter().copied()).collect()
    }

    /// The rules of consent.
    #[must_use]
    pub fn consent(&self) -> &consent::Plan {
        &self.consent
    }

    /// `[[trigger]]`, compiled.
    #[must_use]
    pub fn triggers(&self) -> &triggers::Plan {
        &self.triggers
    }

    /// Whether the config asks for journeys.
    #[must_use]
    pub fn have_journeys(&self) -> bool {
        self.journeys.is_some()
    }

    /// Per segment: its name, and the share of its members that is held out, 0 to 1.
    #[must_use]
    pub fn hold_outs(&self) -> &[(String, f64)] {
        self.segments.hold_outs()
    }

    /// Names and types of the columns of [`Folded::golden`](super::Folded::golden).
    #[must_use]
    pub fn columns(&self) -> &Columns {
        self.empty.schema()
    }

    /// Every set of channels that a person can have, as the golden table writes them; `None` = too many to list.
    #[must_use]
    pub fn channel_sets(&self) -> Option<Vec<String>> {
        let count = self.channels.names.len();
        (count <= 8).then(|| (1..1u128 << count).map(|set| self.channels.names(set)).collect())
    }

    /// The channels of a set of them, sorted and joined with `+`.
    #[must_use]
    pub fn channels(&self, set: u128) -> String {
        self.channels.names(set)
    }
}

/// Golden columns and traits that take a name that is already a column.
fn name_clashes(config: &Config, golden: &[String], schema: &Schema) -> Vec<Problem> {
    let consents: Vec<String> = schema.consents.iter().map(ConsentKey::column).collect();
    let fixed = |name: &str| {
        name == "person_id" || PERSON_COLUMNS.contains(&name) || consents.iter().any(|column| column == name)
    };
    let mut faults = Vec::new();
    for (index, name) in golden.iter().enumerate() {
        if fixed(name) || golden[..index].contains(name) {
            let what = format!("a column `{name}` is in the golden table already");
            faults.push(Problem::config_at(&["golden", "fields", name], what, "give it another name"));
        }
    }
    for one in config.declared_traits() {
        if fixed(&one.name) || golden.contains(&one.name) {
            let what = format!("a column `{}` is in the golden table already", one.name);
            let place: Vec<&str> = one.place.iter().map(String::as_str).collect();
            faults.push(Problem::config_at(&place, what, "give the trait another name"));
        }
    }
    faults
}
