//! For whom triggers fire.

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Expr, IdxCa, Int64Chunked, IntoColumn, IntoLazy, NewChunkedArray,
    PolarsResult, TimeUnit,
};

use super::{PREVIOUS, PREVIOUS_AS_OF, Plan};
use crate::problem::{Problem, Result};

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
