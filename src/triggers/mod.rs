//! What became of persons since the last published run: conditions over what they are now and what they were.

mod ready;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Expr, IdxCa, Int64Chunked, IntoColumn, IntoLazy, NewChunkedArray,
    PolarsResult, Schema as Columns, TimeUnit,
};

use crate::config::{Config, Trigger};
use crate::events;
use crate::problem::{Problem, Problems, Result, nearest};
use crate::sql;

/// What columns of the last published run begin with.
pub const PREVIOUS: &str = "previous_";

/// `as_of` of the last published run, beside its columns.
const PREVIOUS_AS_OF: &str = "previous_as_of";

/// `[[trigger]]`, compiled.
#[derive(Debug, Default)]
pub struct Plan {
    triggers: Vec<Compiled>,
    /// Golden columns and traits whose last values are needed, with their types.
    columns: Columns,
    /// Segments whose last members are needed, by name.
    segments: Vec<String>,
    names: Vec<String>,
}

#[derive(Debug)]
struct Compiled {
    condition: Expr,
    evidence: Evidence,
    /// Columns of the last run that it reads, without `previous_`.
    reads: Vec<String>,
}

/// Which record shows that a trigger is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The person's newest record.
    Newest,
    /// The newest record for which this column of events is true.
    Kind(&'static str),
    /// The record that the value of a golden column comes from: the first of these that changed.
    Columns(Vec<String>),
    /// The oldest record of a channel that the person was not met in before.
    NewChannel,
}

/// Persons of a stretch for whom a trigger fired, by place in the stretch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fired {
    /// The trigger, by place in the config.
    pub trigger: usize,
    /// The person, by place in the stretch.
    pub person: u32,
    /// What the person was: a row of the table given.
    pub before: Option<u32>,
}

impl Plan {
    /// Compiles every rule over `columns` (golden columns and traits) and the segments of the config. All faults at once.
    pub fn new(
        config: &Config,
        columns: &Columns,
        golden: &[String],
        channels: &[String],
        events: &events::Plan,
        as_of: Option<i64>,
    ) -> Result<Self, Problems> {
        if config.trigger.is_empty() {
            return Ok(Self::default());
        }
        let segments: Vec<String> = config.segment.iter().map(|segment| segment.name.clone()).collect();
        let mut known = columns.clone();
        for segment in &segments {
            known.insert(segment.as_str().into(), DataType::Boolean);
        }
        let mut visible = known.clone();
        for (name, kind) in known.iter() {
            visible.insert(format!("{PREVIOUS}{name}").into(), kind.clone());
        }
        visible.insert(PREVIOUS_AS_OF.into(), DataType::Datetime(TimeUnit::Microseconds, None));
        let given = Given { config, columns, golden, channels, events };
        let (mut plan, mut faults) = (Self::default(), Vec::new());
        let mut needed: BTreeSet<String> = BTreeSet::new();
        for (index, trigger) in config.trigger.iter().enumerate() {
            plan.names.push(trigger.name.clone());
            let place = index.to_string();
            let found = given.rule(index, trigger).and_then(|(rule, evidence)| {
                let place = ["trigger", &place, if trigger.when.is_some() { "when" } else { "ready" }];
                let condition = sql::condition(&place, &rule, &visible, Some(as_of.unwrap_or(sql::CHECK_AS_OF)))?;
                Ok((condition, evidence))
            });
            match found {
                Ok((condition, evidence)) => {
                    let roots = condition.clone().meta().root_names();
                    let mut reads: Vec<String> = roots
                        .iter()
                        .filter(|name| name.as_str() != PREVIOUS_AS_OF)
                        .filter_map(|name| name.strip_prefix(PREVIOUS).map(str::to_owned))
                        .collect();
                    match &evidence {
                        Evidence::Columns(names) => reads.extend(names.iter().cloned()),
                        Evidence::NewChannel => reads.push("channels".to_owned()),
                        _ => {}
                    }
                    reads.sort_unstable();
                    reads.dedup();
                    needed.extend(reads.iter().cloned());
                    plan.triggers.push(Compiled { condition, evidence, reads });
                }
                Err(more) => faults.extend(more),
            }
        }
        // Whether somebody was there at all, a rule may ask by any column: `records` is never blank.
        needed.insert("records".to_owned());
        for (name, kind) in columns.iter().filter(|(name, _)| needed.contains(name.as_str())) {
            plan.columns.insert(name.clone(), kind.clone());
        }
        plan.segments = segments.into_iter().filter(|name| needed.contains(name)).collect();
        if faults.is_empty() { Ok(plan) } else { Err(Problems(faults)) }
    }

    /// Whether there are no triggers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Names of the triggers, in the order of the config.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Golden columns and traits whose values in the last run are needed, with their types.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Segments whose members in the last run are needed.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Which record shows that a trigger is right.
    #[must_use]
    pub fn evidence(&self, trigger: usize) -> &Evidence {
        &self.triggers[trigger].evidence
    }

    /// Columns of records and of events that evidence needs.
    #[must_use]
    pub fn read(config: &Config, events: &events::Plan) -> Vec<String> {
        if config.trigger.is_empty() {
            return Vec::new();
        }
        let kinds = events::KINDS.into_iter().map(|(_, column)| column).filter(|column| events.has(column));
        ["source", "record_id", "event_time", "channel"].into_iter().chain(kinds).map(str::to_owned).collect()
    }
}

/// For whom which triggers fire, by person, then trigger. `now` has a row per person of the stretch: golden columns, traits,
/// and the segments that triggers name. `before` has what they were: the column `person` (place in the stretch), rising,
/// and the columns that the plan asks for under their own names; a person who is made of several has a row for each, and
/// fires only where the rule is true against all of them, so that a merge by itself changes nobody. `has` tells which
/// columns and segments the last run had: a trigger that reads another one fires for nobody.
pub fn fire(
    plan: &Plan,
    now: &DataFrame,
    before: &DataFrame,
    as_of: Option<i64>,
    has: &dyn Fn(&str) -> bool,
) -> Result<Vec<Fired>> {
    fired(plan, now, before, as_of, has).map_err(|error| {
        let said = error.to_string();
        Problem::run(format!("triggers cannot be told: {}", said.lines().next().unwrap_or_default()), "")
    })
}

fn fired(
    plan: &Plan,
    now: &DataFrame,
    before: &DataFrame,
    as_of: Option<i64>,
    has: &dyn Fn(&str) -> bool,
) -> PolarsResult<Vec<Fired>> {
    let people: Vec<u32> = before.column("person")?.u32()?.into_no_null_iter().collect();
    // A row per pair of what a person is and was; who was not there before has one with nothing before.
    let (mut who, mut was): (Vec<u32>, Vec<Option<u32>>) = (Vec::new(), Vec::new());
    let mut at = 0;
    for person in 0..now.height() as u32 {
        let from = at;
        while people.get(at) == Some(&person) {
            who.push(person);
            was.push(Some(at as u32));
            at += 1;
        }
        if from == at {
            who.push(person);
            was.push(None);
        }
    }
    let mut pairs = now.take(&IdxCa::from_slice("".into(), &who))?;
    let places = IdxCa::from_iter_options("".into(), was.iter().copied());
    for column in before.columns().iter().filter(|column| column.name() != "person") {
        let name = format!("{PREVIOUS}{}", column.name());
        pairs.with_column(column.take(&places)?.with_name(name.into()))?;
    }
    let time = DataType::Datetime(TimeUnit::Microseconds, None);
    let moment: Column = match as_of {
        Some(as_of) => {
            let filled = Int64Chunked::from_vec(PREVIOUS_AS_OF.into(), vec![as_of; who.len()]);
            filled.into_column().cast(&time)?
        }
        None => Column::full_null(PREVIOUS_AS_OF.into(), who.len(), &time),
    };
    pairs.with_column(moment)?;
    let live: Vec<usize> =
        (0..plan.triggers.len()).filter(|&trigger| plan.triggers[trigger].reads.iter().all(|name| has(name))).collect();
    let named = live.iter().map(|&trigger| plan.triggers[trigger].condition.clone().alias(trigger.to_string()));
    let named: Vec<Expr> = named.collect();
    if live.is_empty() {
        return Ok(Vec::new());
    }
    let told = pairs.lazy().with_columns(named).collect()?;
    let mut fired = Vec::new();
    for &trigger in &live {
        let is: BooleanChunked = told.column(&trigger.to_string())?.bool()?.clone();
        let mut row = 0;
        while row < who.len() {
            let person = who[row];
            let end = row + who[row..].iter().take_while(|other| **other == person).count();
            if (row..end).all(|row| is.get(row) == Some(true)) {
                fired.push(Fired { trigger, person, before: was[row] });
            }
            row = end;
        }
    }
    fired.sort_by_key(|one| (one.person, one.trigger));
    Ok(fired)
}

/// What ready triggers are made from.
struct Given<'a> {
    config: &'a Config,
    /// Golden columns and traits.
    columns: &'a Columns,
    /// The golden columns among them.
    golden: &'a [String],
    channels: &'a [String],
    events: &'a events::Plan,
}

impl Given<'_> {
    /// The rule of a trigger and its evidence.
    fn rule(&self, index: usize, trigger: &Trigger) -> Result<(String, Evidence), Vec<Problem>> {
        let fault = |key: &str, what: String, fix: &str| {
            vec![Problem::config_at(&["trigger", &index.to_string(), key], what, fix)]
        };
        match (&trigger.ready, &trigger.when) {
            (Some(name), None) => ready::rule(self, trigger, name).map_err(|(key, what, fix)| fault(key, what, &fix)),
            (None, Some(rule)) => {
                for (key, is_set) in [("fields", !trigger.fields.is_empty()), ("segment", trigger.segment.is_some())] {
                    if is_set {
                        let fix = "name it in the rule itself, or leave it out";
                        return Err(fault(key, format!("`{key}` is for ready triggers"), fix));
                    }
                }
                let Some(evidence) = &trigger.evidence else { return Ok((rule.clone(), Evidence::Newest)) };
                let kind = events::KINDS.iter().find(|(kind, column)| kind == evidence && self.events.has(column));
                if let Some((_, column)) = kind {
                    return Ok((rule.clone(), Evidence::Kind(column)));
                }
                if self.golden.contains(evidence) {
                    return Ok((rule.clone(), Evidence::Columns(vec![evidence.clone()])));
                }
                let kinds = events::KINDS.iter().filter(|(_, column)| self.events.has(column)).map(|(kind, _)| *kind);
                let near = nearest(evidence, kinds.chain(self.golden.iter().map(String::as_str)));
                let fix = near.first().map_or_else(
                    || "name a kind of [events] that is told, or a golden column".to_owned(),
                    |name| format!("did you mean \"{name}\"?"),
                );
                Err(fault("evidence", format!("\"{evidence}\" is no kind of event and no golden column"), &fix))
            }
            (Some(_), Some(_)) => {
                Err(fault("when", "`ready` and `when` stand side by side".to_owned(), "leave one of the two out"))
            }
            (None, None) => Err(fault("name", "a trigger without a rule".to_owned(), "add `ready` or `when`")),
        }
    }
}
