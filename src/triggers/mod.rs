//! What became of persons since the last published run: conditions over what they are now and what they were.

mod fire;
mod ready;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use polars::prelude::{DataType, Expr, Schema as Columns, TimeUnit};
use rules::Given;

use crate::config::Config;
use crate::problem::{Problems, Result};
use crate::{events, sql};

pub use fire::{Fired, fire};

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
