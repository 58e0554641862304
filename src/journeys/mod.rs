//! What persons did in time order, across channels, and what led to their conversions.

mod credit;
#[cfg(test)]
mod tests;

use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use polars::prelude::{
    Column, DataFrame, DataType, Float64Chunked, IdxCa, Int64Chunked, IntoColumn, NewChunkedArray, PolarsResult,
    StringChunked,
};

use crate::config::{Config, EventKind, Journeys};
use crate::events;
use crate::problem::{Problem, Result};

use credit::{Conversion, Touch};
pub use credit::{Credit, Credits, MODELS};

/// `[journeys]`, compiled.
#[derive(Debug)]
pub struct Plan {
    settings: Journeys,
    /// Kinds that there are, in the order in which one record's are told: name and column.
    kinds: Vec<(&'static str, &'static str)>,
    /// Columns of events that there are.
    says: Vec<&'static str>,
    touches: Vec<&'static str>,
}

/// The journeys of a stretch of persons.
#[derive(Debug)]
pub struct Stretch {
    /// Persons by place in the stretch, one per row of `rows`.
    pub persons: Vec<u32>,
    /// A row per record and kind, by person, then time: `event`, `event_time`, `channel`, `source`, `record_id`,
    /// `campaign`, `product`, `value`.
    pub rows: DataFrame,
    /// What led to the conversions.
    pub credits: Credits,
}

/// Kinds that lead to conversions, unless the config says which.
const TOUCHES: [EventKind; 5] =
    [EventKind::Message, EventKind::Answer, EventKind::View, EventKind::Review, EventKind::Survey];

impl Plan {
    /// Compiles; `None` where the config asks for no journeys.
    #[must_use]
    pub fn new(config: &Config, events: &events::Plan) -> (Option<Self>, Vec<Problem>) {
        let Some(settings) = &config.journeys else { return (None, Vec::new()) };
        let mut faults = faults(settings);
        let there =
            |kind: &EventKind| events::KINDS.iter().any(|(name, column)| *name == kind.name() && events.has(column));
        let unknown = |key: &[&str], kind: EventKind| {
            let name = kind.name();
            let what = format!("neither [events] nor a field's name tells what a {name} is");
            let key_of_events = if kind == EventKind::Survey { "nps" } else { name };
            Problem::config_at(key, what, format!("say it: [events] {key_of_events} = \"…\""))
        };
        let broken = |kind: &EventKind| {
            let of_kind = events::KINDS.iter().find(|(name, _)| *name == kind.name());
            of_kind.is_some_and(|(_, column)| events.broken().iter().any(|broken| broken == column))
        };
        let there = |kind: &EventKind| there(kind) || broken(kind); // what is wrong is said where it is
        if !there(&settings.conversion) {
            faults.push(unknown(&["journeys", "conversion"], settings.conversion));
        }
        for (index, kind) in settings.touches.iter().flatten().enumerate().filter(|(_, kind)| !there(kind)) {
            faults.push(unknown(&["journeys", "touches", &index.to_string()], *kind));
        }
        let touches = settings.touches.as_deref().unwrap_or(&TOUCHES);
        let touches = touches.iter().filter(|kind| there(kind)).map(|kind| kind.name()).collect();
        let kinds = events::KINDS.into_iter().filter(|(_, column)| events.has(column)).collect();
        let says = ["event_campaign", "event_product", "event_value", "event_order"];
        let says = says.into_iter().filter(|name| events.has(name)).collect();
        (Some(Self { settings: settings.clone(), kinds, says, touches }), faults)
    }

    /// Columns of records and of events that it reads.
    #[must_use]
    pub fn read(&self) -> Vec<String> {
        let own = ["source", "channel", "record_id", "event_time"];
        let kinds = self.kinds.iter().map(|(_, column)| *column);
        own.into_iter().chain(kinds).chain(self.says.iter().copied()).map(str::to_owned).collect()
    }
}

fn faults(settings: &Journeys) -> Vec<Problem> {
    let mut faults = Vec::new();
    let mut fault = |key: &str, what: String, fix: &str| {
        faults.push(Problem::config_at(&["journeys", key], what, fix));
    };
    if !(settings.half_life_days.is_finite() && settings.half_life_days > 0.0) {
        let what = format!("{} days are no half-life", settings.half_life_days);
        fault("half_life_days", what, "write a number of days above zero");
    }
    for (key, share) in [("first_share", settings.first_share), ("last_share", settings.last_share)] {
        if !(0.0..=1.0).contains(&share) {
            fault(key, format!("{share} is no share"), "write a share from 0 to 1: 0.4 is 40 %");
        }
    }
    if settings.first_share + settings.last_share > 1.0 {
        let what = format!("the first and the last touch together have {}", settings.first_share + settings.last_share);
        fault("last_share", what, "let both shares be at most 1 together");
    }
    faults
}

/// The journeys of a stretch; `records` as golden gives them, with the columns that the plan [reads](Plan::read), newest
/// first within a person.
pub fn journeys(plan: &Plan, records: &DataFrame) -> Result<Stretch> {
    tell(plan, records).map_err(|error| {
        let said = error.to_string();
        Problem::run(format!("journeys cannot be told: {}", said.lines().next().unwrap_or_default()), "")
    })
}

/// The columns of a stretch, cell by cell.
struct Cells<'a> {
    persons: Vec<u32>,
    times: Int64Chunked,
    channels: &'a StringChunked,
    campaigns: Option<&'a StringChunked>,
    orders: Option<&'a StringChunked>,
    values: Option<&'a Float64Chunked>,
    /// Per kind of the plan.
    is: Vec<&'a polars::prelude::BooleanChunked>,
}

fn tell(plan: &Plan, records: &DataFrame) -> PolarsResult<Stretch> {
    let mut records = records.clone();
    records.rechunk_mut();
    let text = |name: &str| records.column(name).ok().and_then(|column| column.str().ok());
    let cells = Cells {
        persons: records.column("person")?.u32()?.into_no_null_iter().collect(),
        times: records.column("event_time")?.cast(&DataType::Int64)?.i64()?.clone(),
        channels: records.column("channel")?.str()?,
        campaigns: text("event_campaign"),
        orders: text("event_order"),
        values: records.column("event_value").ok().and_then(|column| column.f64().ok()),
        is: plan.kinds.iter().map(|(_, column)| records.column(column)?.bool()).collect::<PolarsResult<_>>()?,
    };
    let (mut persons, mut picked, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let mut credits = Credits::default();
    let mut rows: Vec<usize> = Vec::new();
    let mut start = 0;
    while start < cells.persons.len() {
        let person = cells.persons[start];
        let end = start + cells.persons[start..].iter().take_while(|other| **other == person).count();
        rows.clear();
        rows.extend(start..end);
        // Oldest first, those without a time last; at the same time in the order of records.
        rows.sort_by_key(|&row| cells.times.get(row).map_or((true, 0), |time| (false, time)));
        for &row in &rows {
            for (kind, is) in cells.is.iter().enumerate().filter(|(_, is)| is.get(row) == Some(true)) {
                debug_assert_eq!(is.len(), cells.persons.len());
                persons.push(person);
                picked.push(row as u32);
                kinds.push(plan.kinds[kind].0);
            }
        }
        attribute(plan, &cells, &rows, &mut credits);
        start = end;
    }
    let paid: Vec<Option<f64>> = picked
        .iter()
        .zip(&kinds)
        .map(|(&row, kind)| {
            let is_paid = matches!(*kind, "purchase" | "return");
            cells.values.filter(|_| is_paid).and_then(|values| values.get(row as usize))
        })
        .collect();
    let places = IdxCa::from_vec("".into(), picked);
    let text = |name: &str, called: &str| -> PolarsResult<Column> {
        match records.column(name) {
            Ok(column) => Ok(column.take(&places)?.with_name(called.into())),
            Err(_) => Ok(Column::full_null(called.into(), places.len(), &DataType::String)),
        }
    };
    let columns = vec![
        StringChunked::from_iter_values("event".into(), kinds.into_iter()).into_column(),
        records.column("event_time")?.take(&places)?,
        text("channel", "channel")?,
        text("source", "source")?,
        text("record_id", "record_id")?,
        text("event_campaign", "campaign")?,
        text("event_product", "product")?,
        Float64Chunked::from_slice_options("value".into(), &paid).into_column(),
    ];
    let rows = DataFrame::new(persons.len(), columns)?;
    Ok(Stretch { persons, rows, credits })
}

/// Credits the touches of one person; `rows` are the person's, oldest first.
fn attribute(plan: &Plan, cells: &Cells<'_>, rows: &[usize], credits: &mut Credits) {
    let is = |row: usize, name: &str| {
        plan.kinds.iter().zip(&cells.is).any(|((kind, _), is)| *kind == name && is.get(row) == Some(true))
    };
    let conversion = plan.settings.conversion.name();
    let (mut conversions, mut orders): (Vec<Conversion>, HashMap<&str, usize, FixedState>) =
        (Vec::new(), HashMap::default());
    for &row in rows.iter().filter(|&&row| is(row, conversion)) {
        let value = cells.values.and_then(|values| values.get(row)).unwrap_or(0.0);
        let order = cells.orders.and_then(|orders| orders.get(row));
        // Records of one order are one conversion, at the time of the first of them.
        let known = order.and_then(|order| orders.get(order));
        match known.and_then(|&at: &usize| conversions.get_mut(at)) {
            Some(conversion) => conversion.value += value,
            None => {
                orders.extend(order.map(|order| (order, conversions.len())));
                conversions.push(Conversion { time: cells.times.get(row), value });
            }
        }
    }
    if conversions.is_empty() {
        return;
    }
    let touches: Vec<Touch<'_>> = rows
        .iter()
        .filter(|&&row| plan.touches.iter().any(|kind| is(row, kind)) && !is(row, conversion))
        .filter_map(|&row| {
            let campaign = cells.campaigns.and_then(|campaigns| campaigns.get(row)).unwrap_or_default();
            let channel = cells.channels.get(row).unwrap_or_default();
            cells.times.get(row).map(|time| Touch { time, channel, campaign })
        })
        .collect();
    for conversion in &conversions {
        credits.give(conversion, &touches[within(&touches, conversion, &plan.settings)], &plan.settings);
    }
}

const DAY: i64 = 86_400_000_000;

/// The touches in the look-back window of a conversion: those up to its own moment.
fn within(touches: &[Touch<'_>], conversion: &Conversion, settings: &Journeys) -> Range<usize> {
    let Some(time) = conversion.time else { return 0..0 };
    let since = time.saturating_sub(i64::from(settings.look_back_days).saturating_mul(DAY));
    touches.partition_point(|touch| touch.time < since)..touches.partition_point(|touch| touch.time <= time)
}
