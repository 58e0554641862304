//! Audiences: the part of a segment that may be contacted on a channel.
//!
//! `contacts` counts records of late; `judge` goes through the reasons against a person in one order, so that everybody of
//! the segment is in, or left out for exactly one reason. Two reasons need to know of all persons, and are decided where
//! the list is written: the same address twice, and the limit of size, for which [`rank`] says who goes first.
//!
//! What always holds: no member is suppressed on the channel, opted out of it, or held out of the segment.

mod contacts;
mod judge;
#[cfg(test)]
mod tests;

use polars::prelude::{DataType, Expr, Schema as Columns};
use sha2::{Digest, Sha256};

use crate::config::{self, Config, ConsentNeed};
use crate::events;
use crate::model::{ConsentId, Schema};
use crate::problem::{Problem, Problems};
use crate::sql;

pub use judge::{Stretch, is_e164, is_formula, judge};

/// `[[audience]]` and `[pilot]`, compiled.
#[derive(Debug, Default)]
pub struct Plan {
    audiences: Vec<Audience>,
    /// Conditions over records.
    contacts: Vec<Expr>,
    /// UTC microseconds.
    as_of: Option<i64>,
}

#[derive(Debug)]
struct Audience {
    /// Its segment, by place; none = everybody.
    segment: Option<usize>,
    /// Conditions of the pilot and its own.
    scope: Vec<Expr>,
    /// Whether the pilot takes its channel.
    takes_part: bool,
    channel: String,
    consent: Option<ConsentId>,
    need: ConsentNeed,
    /// Columns of which a member needs one; none = no address is needed.
    addresses: Vec<Address>,
    /// Conditions over records: which, how long, and how many are too many.
    lately: Vec<Lately>,
}

#[derive(Debug)]
struct Address {
    column: String,
    is_phone: bool,
}

#[derive(Debug)]
struct Lately {
    contacts: usize,
    micros: i64,
    /// From so many on, at least one, the person is left out.
    too_many: u32,
    quiet: bool,
}

const DAY: i64 = 86_400_000_000;

impl Plan {
    /// Parses and type-checks every rule: `columns` are those of the golden table with traits and consent. All faults at
    /// once; `broken` as for segments.
    pub fn new(
        config: &Config,
        of_records: (&Schema, &events::Plan),
        columns: &Columns,
        as_of: Option<i64>,
        broken: &[String],
    ) -> Result<Self, Problems> {
        let mut plan = Self { as_of, ..Self::default() };
        if config.audience.is_empty() && config.pilot.condition.is_none() {
            return Ok(plan);
        }
        let mut faults = Vec::new();
        let moment = as_of.unwrap_or(sql::CHECK_AS_OF);
        let of_persons = |place: &[&str], rule: &str, faults: &mut Vec<Problem>| {
            sql::condition(place, rule, columns, Some(moment))
                .map_err(|found| faults.extend(sql::without_columns(found, broken)))
                .ok()
        };
        let pilot = config.pilot.condition.as_ref();
        let pilot = pilot.and_then(|rule| of_persons(&["pilot", "where"], rule, &mut faults));
        let (schema, events) = of_records;
        let records = events.records(schema);
        for (index, audience) in config.audience.iter().enumerate() {
            let number = index.to_string();
            let own = audience.condition.as_ref();
            let own = own.and_then(|rule| of_persons(&["audience", &number, "where"], rule, &mut faults));
            let mut lately = Vec::new();
            let rules = [
                audience
                    .pressure
                    .as_ref()
                    .map(|p| (&p.condition, "pressure", i64::from(p.days) * DAY, p.contacts, false)),
                audience.quiet.as_ref().map(|q| (&q.condition, "quiet", i64::from(q.hours) * (DAY / 24), 1, true)),
            ];
            for (rule, table, micros, too_many, quiet) in rules.into_iter().flatten() {
                match sql::condition(&["audience", &number, table, "where"], rule, &records, Some(moment)) {
                    Ok(condition) => {
                        lately.push(Lately { contacts: plan.contacts.len(), micros, too_many, quiet });
                        plan.contacts.push(condition);
                    }
                    Err(found) => faults.extend(found),
                }
            }
            let addresses = addresses(audience, &number, columns, broken, &mut faults);
            faults.extend(unknown_columns(audience, &number, columns, broken));
            plan.audiences.push(Audience {
                segment: audience.segment.as_ref().and_then(|name| config.segment.iter().position(|s| s.name == *name)),
                scope: pilot.iter().cloned().chain(own).collect(),
                takes_part: config.pilot.channels.is_empty() || config.pilot.channels.contains(&audience.channel),
                channel: audience.channel.clone(),
                consent: schema.consent(&audience.consent_name()),
                need: audience.consent,
                addresses,
                lately,
            });
        }
        if faults.is_empty() { Ok(plan) } else { Err(Problems(faults)) }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.audiences.is_empty()
    }

    /// Whether any of them counts records of late.
    #[must_use]
    pub fn count_contacts(&self) -> bool {
        !self.contacts.is_empty()
    }

    /// Columns of records and of events that contact pressure and quiet time read, the time among them; none = no audience
    /// counts records. What is at fault is left out.
    #[must_use]
    pub fn read(config: &Config, schema: &Schema, events: &events::Plan) -> Vec<String> {
        let columns = events.records(schema);
        let rules = config.audience.iter().flat_map(|audience| {
            let pressure = audience.pressure.as_ref().map(|pressure| &pressure.condition);
            pressure.into_iter().chain(audience.quiet.as_ref().map(|quiet| &quiet.condition))
        });
        let mut read = Vec::new();
        for rule in rules {
            read.push("event_time".to_owned());
            if let Ok(rule) = sql::condition(&[], rule, &columns, Some(sql::CHECK_AS_OF)) {
                read.extend(rule.meta().root_names().iter().map(|name| name.to_string()));
            }
        }
        read.sort_unstable();
        read.dedup();
        read
    }

    /// The channels of the audiences, in their order.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.audiences.iter().map(|audience| audience.channel.as_str())
    }
}

/// The columns of the addresses that an audience needs; that none of them is there is a fault.
fn addresses(
    audience: &config::Audience,
    number: &str,
    columns: &Columns,
    broken: &[String],
    faults: &mut Vec<Problem>,
) -> Vec<Address> {
    let wanted = audience.addresses();
    let there =
        wanted.iter().filter(|field| columns.get(audience.column(field)).is_some_and(|kind| *kind == DataType::String));
    let found: Vec<Address> =
        there.map(|field| Address { column: audience.column(field).to_owned(), is_phone: *field == "phone" }).collect();
    let known_fault = wanted.iter().any(|field| broken.iter().any(|name| name == audience.column(field)));
    if found.is_empty() && !wanted.is_empty() && !known_fault {
        let names: Vec<String> = wanted.iter().map(|field| format!("`{}`", audience.column(field))).collect();
        let what = format!("the golden table has no column {} to reach anybody by", names.join(" or "));
        let fix = format!("add one to [golden.fields], or name it: fields = {{ {} = \"…\" }}", wanted[0]);
        faults.push(Problem::config_at(&["audience", number, "channel"], what, fix));
    }
    found
}

/// Columns that an audience names and that are not there.
fn unknown_columns(audience: &config::Audience, number: &str, columns: &Columns, broken: &[String]) -> Vec<Problem> {
    let missing = |name: &String| columns.get(name).is_none() && !broken.contains(name);
    let fault = |place: &[&str], name: &String| {
        let near = crate::problem::nearest(name, columns.iter_names().map(|name| name.as_str()));
        let fix = match near.first() {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "name a golden column, a trait, or a state of consent such as `consent_email`".to_owned(),
        };
        Problem::config_at(place, format!("the golden table has no column \"{name}\""), fix)
    };
    let named = audience.columns.iter().enumerate().filter(|(_, name)| missing(name));
    let named = named.map(|(at, name)| fault(&["audience", number, "columns", &at.to_string()], name));
    let fields = audience.fields.iter().filter(|(_, name)| missing(name));
    named.chain(fields.map(|(field, name)| fault(&["audience", number, "fields", field], name))).collect()
}

/// Who goes first where an audience is full: the smallest. The first eight bytes, big-endian, of SHA-256 over
/// `AUDIENCE/PERSON_ID`, the id in lower case with hyphens.
#[must_use]
pub fn rank(audience: &str, person_id: u128) -> u64 {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let id = uuid::Uuid::from_u128(person_id).as_hyphenated().encode_lower(&mut text).as_bytes();
    let hash = Sha256::new().chain_update(audience).chain_update(b"/").chain_update(id).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}
