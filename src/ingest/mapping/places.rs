//! Where values stand: columns, joins, constants, names of files, cases.

use regex::Regex;

use super::{ConsentMapping, ConsentPlace, FieldMapping, Join, Mapping, Need, Place, Raw, Slot, fault};
use crate::config::{self, ColumnMapping, Pick, PickSpec};
use crate::model::{FieldId, Kind};
use crate::problem::Problem;

impl Mapping {
    pub(super) fn field(
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

    pub(super) fn consent(
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
    pub(super) fn join(&mut self, slots: Vec<Slot>, with: &str) -> Slot {
        let join = Join { slots, with: with.to_owned() };
        let number = self.joins.iter().position(|known| *known == join).unwrap_or_else(|| {
            self.joins.push(join);
            self.joins.len() - 1
        });
        JOINED + number
    }

    /// Gives joins the slots behind the plain ones.
    pub(super) fn move_joins(&mut self) {
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

pub(super) fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ")
}
