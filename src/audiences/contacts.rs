//! How often something happened to a person of late.

use polars::prelude::{DataFrame, IntoLazy, PolarsError};

use super::Plan;
use crate::problem::Problem;

/// Per audience, per of its rules about records: how many records each person has that meet it, of the time up to `as_of`.
/// `records` is the stretch's records as columns, those of [`Plan::read`] among them.
pub(super) fn lately(plan: &Plan, records: &DataFrame, persons: usize) -> Result<Vec<Vec<Vec<u32>>>, Problem> {
    let mut counts: Vec<Vec<Vec<u32>>> =
        plan.audiences.iter().map(|audience| audience.lately.iter().map(|_| vec![0; persons]).collect()).collect();
    let (false, Some(as_of)) = (plan.contacts.is_empty(), plan.as_of) else { return Ok(counts) };
    let failed = |error: PolarsError| {
        let said = error.to_string();
        Problem::run(format!("contacts cannot be counted: {}", said.lines().next().unwrap_or_default()), "")
    };
    let named: Vec<_> =
        plan.contacts.iter().enumerate().map(|(index, rule)| rule.clone().alias(index.to_string())).collect();
    let met = records.clone().lazy().select(named).collect().map_err(failed)?;
    let person_of = records.column("person").map_err(failed)?.u32().map_err(failed)?.clone();
    let times =
        records.column("event_time").map_err(failed)?.cast(&polars::prelude::DataType::Int64).map_err(failed)?;
    let times = times.i64().map_err(failed)?.clone();
    for (audience, counts) in plan.audiences.iter().zip(&mut counts) {
        for (rule, counts) in audience.lately.iter().zip(counts) {
            let column = met.columns()[rule.contacts].as_materialized_series().bool().map_err(failed)?.clone();
            let all = column.len() == 1 && records.height() != 1; // a condition of constants alone has one row
            for (row, (person, time)) in person_of.iter().zip(times.iter()).enumerate() {
                let is = column.get(if all { 0 } else { row }) == Some(true);
                if let (true, Some(person), Some(time)) = (is, person, time)
                    && time <= as_of
                    && time > as_of.saturating_sub(rule.micros)
                {
                    counts[person as usize] += 1;
                }
            }
        }
    }
    Ok(counts)
}
