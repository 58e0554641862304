//! A source's mapping, compiled: names become slots (the columns that the source reads, in a fixed order), formats and
//! patterns are checked. What a mapping needs of a file's columns is kept as [`Need`]s.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use regex::Regex;

use super::condition;
use super::event_time::TimeFormat;
use super::layout::fold;
use crate::config::{
    self, ColumnMapping, ConsentWord, ConsentWords, EventTime, NamePart, OnError, OneOrMany, Pick, PickSpec,
};
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

    fn field(
        &mut self,
        (field, kind): (FieldId, Kind),
        columns: &ColumnMapping,
        place: &[String],
        problems: &mut Vec<Problem>,
    ) {
        let (mut picks, mut any_of) = (Vec::new(), Vec::new());
        for (number, pick) in columns.picks().iter().enumerate() {
            let place = match columns {
                ColumnMapping::One(_) => place.to_vec(),
                ColumnMapping::Alternatives(_) => [place, &[number.to_string()]].concat(),
            };
            match pick {
                Pick::Column(name) => {
                    let slot = self.slot(name);
                    any_of.push(vec![slot]);
                    picks.push(Place { value: Raw::Slot(slot), when: None, part: None, map: Vec::new() });
                }
                Pick::Spec(spec) => {
                    let Some((value, needs)) = self.raw(spec, &place, problems) else { continue };
                    any_of.push(needs);
                    let when = spec.when.as_ref().map(|when| self.rule(&[&place[..], &["when".into()]].concat(), when));
                    let map = spec.map.iter().map(|(from, to)| (from.clone(), to.clone())).collect();
                    picks.push(Place { value, when, part: spec.part, map });
                }
            }
        }
        self.needs.push(Need { place: place.to_vec(), any_of, strict: false });
        self.fields.push(FieldMapping { field, kind, picks });
    }

    fn consent(
        &mut self,
        [word, since]: [FieldId; 2],
        said: &config::ConsentMapping,
        place: &[String],
        project: &config::Project,
        problems: &mut Vec<Problem>,
    ) {
        let (mut places, mut any_of) = (Vec::new(), Vec::new());
        for (number, one) in said.places().iter().enumerate() {
            let place = match said {
                config::ConsentMapping::One(_) => place.to_vec(),
                config::ConsentMapping::Alternatives(_) => [place, &[number.to_string()]].concat(),
            };
            let spec = one.spec();
            let raw = PickSpec {
                column: spec.column,
                file_name: spec.file_name,
                constant: spec.constant.map(|word| word.name().to_owned()),
                ..PickSpec::default()
            };
            let Some((value, needs)) = self.raw(&raw, &place, problems) else { continue };
            any_of.push(needs);
            let when = spec.when.as_ref().map(|when| self.rule(&[&place[..], &["when".into()]].concat(), when));
            let since = spec.since.as_ref().map(|time| {
                let place = [&place[..], &["since".into()]].concat();
                let (time, any_of) = self.time(time, &place, project, problems);
                self.needs.push(Need { place, any_of, strict: false });
                time
            });
            let values = spec.values.iter().map(|(from, to)| (from.clone(), *to)).collect();
            let place = Place { value, when, part: None, map: Vec::new() };
            places.push(ConsentPlace { place, says: spec.says, values, since });
        }
        self.needs.push(Need { place: place.to_vec(), any_of, strict: false });
        self.consents.push(ConsentMapping { word, since, places });
    }

    /// The raw value of a table, and the columns that it needs.
    fn raw(&mut self, spec: &PickSpec, place: &[String], problems: &mut Vec<Problem>) -> Option<(Raw, Vec<Slot>)> {
        if let Some(column) = &spec.column {
            let slot = self.slot(column);
            return Some((Raw::Slot(slot), vec![slot]));
        }
        if !spec.join.is_empty() {
            let slots: Vec<Slot> = spec.join.iter().map(|name| self.slot(name)).collect();
            return Some((Raw::Slot(self.join(slots.clone(), spec.with.as_deref().unwrap_or(" "))), slots));
        }
        if let Some(constant) = &spec.constant {
            return Some((Raw::Constant(constant.clone()), Vec::new()));
        }
        if let Some(pattern) = &spec.file_name {
            return match Regex::new(pattern) {
                Ok(pattern) => {
                    self.file_names.push(pattern);
                    Some((Raw::FileName(self.file_names.len() - 1), Vec::new()))
                }
                Err(error) => {
                    let what = format!("`{pattern}` is not a regular expression: {}", last_line(&error.to_string()));
                    problems.push(fault(
                        &[place, &["file_name".into()]].concat(),
                        what,
                        "Rust's syntax: docs.rs/regex",
                    ));
                    None
                }
            };
        }
        let mut cases = Vec::new();
        for (number, case) in spec.cases.iter().enumerate() {
            let place = [place, &["cases".into(), number.to_string(), "when".into()]].concat();
            cases.push((case.when.as_ref().map(|when| self.rule(&place, when)), self.slot(&case.column)));
        }
        if cases.is_empty() {
            let fix = "give exactly one of `column`, `join`, `constant`, `file_name` and `cases`";
            problems.push(fault(place, "says nowhere where the value is", fix));
            return None;
        }
        let needs = cases.iter().map(|(_, slot)| *slot).collect();
        Some((Raw::Cases(cases), needs))
    }

    /// A join; its slot counts from the top until all plain slots are known.
    fn join(&mut self, slots: Vec<Slot>, with: &str) -> Slot {
        let join = Join { slots, with: with.to_owned() };
        let number = self.joins.iter().position(|known| *known == join).unwrap_or_else(|| {
            self.joins.push(join);
            self.joins.len() - 1
        });
        JOINED + number
    }

    /// Where a time is, and the columns that it needs: all of one of the alternatives.
    fn time(
        &mut self,
        time: &EventTime,
        place: &[String],
        project: &config::Project,
        problems: &mut Vec<Problem>,
    ) -> (TimeMapping, Vec<Vec<Slot>>) {
        let (names, join, formats, zone, on_error) = match time {
            EventTime::Column(name) => (std::slice::from_ref(name), false, &[][..], None, OnError::Reject),
            EventTime::Spec(spec) => (
                spec.column.as_slice(),
                spec.join,
                spec.format.as_ref().map_or(&[][..], OneOrMany::as_slice),
                spec.time_zone.as_deref(),
                spec.on_error,
            ),
        };
        let slots: Vec<Slot> = names.iter().map(|name| self.slot(name)).collect();
        let any_of = if join { vec![slots.clone()] } else { slots.iter().map(|slot| vec![*slot]).collect() };
        let slots = match (join, slots) {
            (true, slots) => vec![self.join(slots, " ")],
            (false, slots) => slots,
        };
        let mut compiled = Vec::new();
        for format in formats {
            match TimeFormat::new(format) {
                Ok(format) => compiled.push(format),
                Err(error) => problems.push(fault(
                    &[place, &["format".into()]].concat(),
                    format!("`{format}` is not a strptime format: {error}"),
                    "for example `%Y-%m-%d %H:%M:%S`, `%m/%d/%Y`",
                )),
            }
        }
        let (name, zone_place) = match zone {
            Some(zone) => (zone, [place, &["time_zone".into()]].concat()),
            None => (project.time_zone.as_deref().unwrap_or("UTC"), vec!["project".into(), "time_zone".into()]),
        };
        let zone = named_zone(name).unwrap_or_else(|| {
            let problem = fault(
                &zone_place,
                format!("no time zone \"{name}\""),
                "take an IANA name such as `Europe/Berlin`, `America/New_York`, `UTC`",
            );
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            TimeZone::UTC
        });
        let reject = on_error == OnError::Reject;
        (TimeMapping { slots, formats: compiled, zone, reject }, any_of)
    }

    /// Gives joins the slots behind the plain ones.
    fn move_joins(&mut self) {
        let plain = self.slots.len();
        let settle = |slot: &mut Slot| {
            if *slot >= JOINED {
                *slot = *slot - JOINED + plain;
            }
        };
        for place in self.fields.iter_mut().flat_map(|field| &mut field.picks) {
            if let Raw::Slot(slot) = &mut place.value {
                settle(slot);
            }
        }
        let consents = self.consents.iter_mut().flat_map(|consent| &mut consent.places);
        let since = consents.filter_map(|place| place.since.as_mut());
        for slot in self.event_time.iter_mut().chain(since).flat_map(|time| &mut time.slots) {
            settle(slot);
        }
    }
}

/// Slots from here on are joins whose place is not settled yet.
const JOINED: Slot = Slot::MAX / 2;

fn fault(place: &[String], what: impl Into<String>, fix: &str) -> Problem {
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    Problem::config_at(&place, what, fix)
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ")
}

/// A zone by its IANA name. The usual names of UTC give the very zone that needs no look into a table.
fn named_zone(name: &str) -> Option<TimeZone> {
    if matches!(name, "UTC" | "Etc/UTC" | "Z") { Some(TimeZone::UTC) } else { TimeZone::get(name).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mapping of a source written as TOML, and its faults.
    fn compiled(source: &str) -> (Mapping, Vec<String>) {
        let source = format!("name = \"s\"\nchannel = \"web\"\npath = \"x.csv\"\n{source}");
        let source: config::Source = toml::from_str(&source).expect("a source");
        let config = config::Config { source: vec![source], ..config::Config::default() };
        let (schema, _) = config::schema(&config);
        let mut problems = Vec::new();
        let mapping = Mapping::new(&config.source[0], 0, &config.project, &schema, false, &mut problems);
        (mapping, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_column_has_one_slot_however_it_is_written() {
        let (mapping, problems) = compiled(
            "record_id = [\"Store\", \"Receipt\"]\n[fields]\nemail = [\"E-Mail\", \" e-mail \"]\nstore = \"STORE\"",
        );
        assert_eq!(mapping.slots, ["Store", "Receipt", "E-Mail"]);
        assert_eq!((mapping.record_id, problems), (vec![0, 1], Vec::new()));
    }

    #[test]
    fn joined_columns_come_behind_the_plain_ones() {
        let (mapping, _) = compiled(
            "event_time = { column = [\"Date\", \"Time\"], join = true }\n[fields]\n\
             full_name = { join = [\"First\", \"Last\"] }\nemail = \"Email\"",
        );
        assert_eq!(mapping.slots, ["First", "Last", "Email", "Date", "Time"]);
        assert_eq!(mapping.joins[0], Join { slots: vec![0, 1], with: " ".into() });
        assert_eq!(mapping.fields[0].picks[0].value, Raw::Slot(5));
        assert_eq!(mapping.event_time.expect("is declared").slots, [6]);
    }

    #[test]
    fn conditions_name_the_columns_that_they_read() {
        let (mapping, _) = compiled(
            "where = \"Status <> 'test' AND \\\"Paid at\\\" > ''\"\n[fields]\n\
             phone = { cases = [{ when = \"direction = 'inbound'\", column = \"From\" }, { column = \"To\" }] }",
        );
        assert_eq!(mapping.slots, ["Status", "Paid at", "direction", "From", "To"]);
        assert_eq!(mapping.filter, Some(0));
        assert_eq!(mapping.conditions[1].columns, [("direction".to_owned(), 2)]);
        assert_eq!(mapping.needs[0].any_of, [[3, 4]]);
    }

    #[test]
    fn formats_patterns_and_zones_that_make_no_sense_are_faults() {
        let (_, problems) = compiled(
            "event_time = { column = \"t\", format = \"%Y-%!\", time_zone = \"Mars/Base\" }\n[fields]\n\
             status = { file_name = \"(\" }\nempty = {}",
        );
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[0].starts_with("config `source.0.fields.status.file_name`: `(` is not a regular expression"));
        assert!(problems[1].starts_with("config `source.0.fields.empty`: says nowhere"));
        assert!(problems[2].starts_with("config `source.0.event_time.format`: `%Y-%!` is not a strptime format"));
        assert!(problems[3].starts_with("config `source.0.event_time.time_zone`: no time zone \"Mars/Base\""));
    }
}
