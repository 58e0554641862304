//! A source's mapping, compiled: names become slots (the columns that the source reads, in a fixed order), formats and
//! patterns are checked. What a mapping needs of a file's columns is kept as [`Need`]s.

mod places;
#[cfg(test)]
mod tests;
mod times;

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use regex::Regex;

use super::condition;
use super::event_time::TimeFormat;
use super::layout::fold;
use crate::config::{self, ConsentWord, ConsentWords, NamePart};
use crate::model::{FieldId, Kind, Schema};
use crate::problem::Problem;

/// Index of a column that the source reads; joined columns come behind the plain ones.
pub(super) type Slot = usize;

/// A source's mapping.
#[derive(Debug)]
pub(super) struct Mapping {
    /// Columns that it reads, as the config writes them, each once (case and surrounding space do not tell them apart,
    /// except in JSON paths).
    pub slots: Vec<String>,
    /// Columns joined; the slots behind the plain ones.
    pub joins: Vec<Join>,
    /// Parts of the record id; none = by content.
    pub record_id: Vec<Slot>,
    /// The record's time.
    pub event_time: Option<TimeMapping>,
    /// Mapped fields by rising id.
    pub fields: Vec<FieldMapping>,
    /// What is said about consent, by rising id; its fields come behind all others.
    pub consents: Vec<ConsentMapping>,
    /// SQL conditions.
    pub conditions: Vec<Rule>,
    /// The condition that rows must meet.
    pub filter: Option<usize>,
    /// Patterns on the file's name; every file has a constant per pattern.
    pub file_names: Vec<Regex>,
    /// What it needs of every file.
    pub needs: Vec<Need>,
    exact: bool,
    /// Keys that a preset gave: what they name need not be in every file.
    given: BTreeSet<String>,
}

/// Columns joined into one value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Join {
    /// Parts, of which blank ones are left out.
    pub slots: Vec<Slot>,
    /// What stands between them.
    pub with: String,
}

/// Where the record's time is.
#[derive(Debug)]
pub(super) struct TimeMapping {
    /// The first that is not blank.
    pub slots: Vec<Slot>,
    /// Formats; none = ISO 8601 and Unix times.
    pub formats: Vec<TimeFormat>,
    /// Zone of times that carry none.
    pub zone: TimeZone,
    /// Whether a time that no format reads rejects the row.
    pub reject: bool,
}

/// Where a field's value is.
#[derive(Debug)]
pub(super) struct FieldMapping {
    /// The field.
    pub field: FieldId,
    /// Its kind; decides which words mean nothing.
    pub kind: Kind,
    /// The first that gives a value.
    pub picks: Vec<Place>,
}

/// What is said about consent on one channel, for one purpose.
#[derive(Debug)]
pub(super) struct ConsentMapping {
    /// The field that takes the word.
    pub word: FieldId,
    /// The field that takes the time.
    pub since: FieldId,
    /// The first that says something.
    pub places: Vec<ConsentPlace>,
}

/// One place where something may be said about consent.
#[derive(Debug)]
pub(super) struct ConsentPlace {
    /// The raw value.
    pub place: Place,
    /// What sort of words stand there.
    pub says: ConsentWords,
    /// Raw values and what they say here.
    pub values: Vec<(String, ConsentWord)>,
    /// Since when.
    pub since: Option<TimeMapping>,
}

/// One place where a value may be.
#[derive(Debug)]
pub(super) struct Place {
    /// The raw value.
    pub value: Raw,
    /// Condition under which it holds.
    pub when: Option<usize>,
    /// Which part of a full name it gives.
    pub part: Option<NamePart>,
    /// Raw values and what they become.
    pub map: Vec<(String, String)>,
}

/// A raw value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// A column, or a join.
    Slot(Slot),
    /// The same for every row.
    Constant(String),
    /// The file's constant of that number.
    FileName(usize),
    /// The column of the first case whose condition is true.
    Cases(Vec<(Option<usize>, Slot)>),
}

/// An SQL condition and where it stands in the config.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Config path.
    pub place: Vec<String>,
    /// The rule.
    pub text: String,
    /// Columns that it names, as it writes them.
    pub columns: Vec<(String, Slot)>,
}

/// Columns that a file must have: all columns of one of the alternatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    /// The config key that asks for them.
    pub place: Vec<String>,
    /// Alternatives.
    pub any_of: Vec<Vec<Slot>>,
    /// Whether a JSON Lines file, too, is at fault when it seems to lack them.
    pub strict: bool,
}

impl Mapping {
    /// Compiles the mapping of `[[source]]` number `index`. Faults go to `problems`; what they concern is left out.
    pub fn new(
        source: &config::Source,
        index: usize,
        project: &config::Project,
        schema: &Schema,
        exact: bool,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut mapping = Self {
            slots: Vec::new(),
            joins: Vec::new(),
            record_id: Vec::new(),
            event_time: None,
            fields: Vec::new(),
            consents: Vec::new(),
            conditions: Vec::new(),
            filter: None,
            file_names: Vec::new(),
            needs: Vec::new(),
            exact,
            given: source.from_preset.clone(),
        };
        let place = ["source".to_owned(), index.to_string()];
        if let Some(condition) = &source.condition {
            mapping.filter = Some(mapping.rule(&[&place[..], &["where".into()]].concat(), condition));
        }
        if let Some(columns) = &source.record_id {
            mapping.record_id = columns.as_slice().iter().map(|name| mapping.slot(name)).collect();
            let any_of = vec![mapping.record_id.clone()];
            mapping.needs.push(Need { place: [&place[..], &["record_id".into()]].concat(), any_of, strict: true });
        }
        for (name, columns) in &source.fields {
            let Some(field) = schema.field(name) else { continue };
            let place = [&place[..], &["fields".into(), name.clone()]].concat();
            mapping.field((field, schema.fields[usize::from(field)].kind), columns, &place, problems);
        }
        mapping.fields.sort_by_key(|field| field.field);
        for (name, said) in &source.consent {
            let Some(consent) = schema.consent(name) else { continue };
            let place = [&place[..], &["consent".into(), name.clone()]].concat();
            let key = &schema.consents[usize::from(consent)];
            mapping.consent([key.word, key.since], said, &place, project, problems);
        }
        mapping.consents.sort_by_key(|consent| consent.word);
        if let Some(time) = &source.event_time {
            let place = [&place[..], &["event_time".into()]].concat();
            let (time, any_of) = mapping.time(time, &place, project, problems);
            mapping.needs.push(Need { place, any_of, strict: true });
            mapping.event_time = Some(time);
        }
        mapping.move_joins();
        let needs = std::mem::take(&mut mapping.needs);
        mapping.needs = needs.into_iter().filter(|need| !mapping.is_by_preset(&need.place)).collect();
        mapping
    }

    /// The fields that it fills, in rising order.
    pub fn filled(&self) -> impl Iterator<Item = FieldId> + '_ {
        let consents = self.consents.iter().flat_map(|consent| [consent.word, consent.since]);
        self.fields.iter().map(|field| field.field).chain(consents)
    }

    /// Whether a preset gave the key at this place of the config.
    pub fn is_by_preset(&self, place: &[String]) -> bool {
        let key = place.get(2..).unwrap_or_default();
        let key = if key.first().is_some_and(|key| key == "fields" || key == "consent") {
            key.iter().take(2)
        } else {
            key.iter().take(1)
        };
        !self.given.is_empty() && self.given.contains(&key.map(String::as_str).collect::<Vec<_>>().join("."))
    }

    /// The slot of a column, made if it is new.
    pub fn slot(&mut self, name: &str) -> Slot {
        let same = |known: &String| if self.exact { known == name } else { fold(known) == fold(name) };
        self.slots.iter().position(same).unwrap_or_else(|| {
            self.slots.push(name.to_owned());
            self.slots.len() - 1
        })
    }

    fn rule(&mut self, place: &[String], text: &str) -> usize {
        let columns = condition::columns(text).into_iter().map(|name| (self.slot(&name), name)).map(|(s, n)| (n, s));
        let columns = columns.collect();
        self.conditions.push(Rule { place: place.to_vec(), text: text.to_owned(), columns });
        self.conditions.len() - 1
    }
}

fn fault(place: &[String], what: impl Into<String>, fix: &str) -> Problem {
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    Problem::config_at(&place, what, fix)
}
