//! Gates: conditions on the run's own figures under which nothing is published.

mod figures;
mod junit;
mod measure;
mod page;

use polars::prelude::{Expr, IntoLazy};

pub use figures::{FIGURES, figures};
pub use junit::junit;
pub use page::page;

use crate::config::Gates;
use crate::model::{Gate, GateState, RunReport};
use crate::problem::{Place, Problem, Problems, Result, nearest};
use crate::sql;

/// The gates that have a name of their own; conditions come beside them.
pub const NAMES: [&str; 10] = [
    "reject_share",
    "row_drop",
    "fill_drop",
    "largest_person",
    "reassigned_share",
    "merges",
    "splits",
    "segment_drift",
    "segment_drop",
    "opt_out_drop",
];

/// `[gates]`, compiled.
#[derive(Debug)]
pub struct Plan {
    gates: Gates,
    conditions: Vec<(String, Expr)>,
}

impl Plan {
    /// Compiles the conditions; all faults at once. `segments` and `sources` are the names that figures are of.
    pub fn new(gates: &Gates, sources: &[String], segments: &[String]) -> Result<Self, Problems> {
        let columns = figures::columns(sources, segments);
        let (mut conditions, mut faults) = (Vec::new(), Vec::new());
        for (name, rule) in &gates.conditions {
            match sql::condition(&["gates", "conditions", name], rule, &columns, Some(sql::CHECK_AS_OF)) {
                Ok(condition) => conditions.push((name.clone(), condition)),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() { Ok(Self { gates: gates.clone(), conditions }) } else { Err(Problems(faults)) }
    }

    /// What `--accept` may name.
    ///
    /// # Errors
    /// A name that is no gate, with the nearest one.
    pub fn accept(&self, names: &[String]) -> Result<Vec<String>, Problems> {
        let known = || NAMES.into_iter().chain(self.conditions.iter().map(|(name, _)| name.as_str()));
        let unknown = |name: &&String| !known().any(|gate| gate == name.split(':').next().unwrap_or_default());
        let fault = |name: &String| Problem {
            place: Place::Argument("--accept".into()),
            what: format!("no gate `{name}`"),
            fix: match nearest(name, known()).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("gates are {}", known().collect::<Vec<_>>().join(", ")),
            },
        };
        let faults: Vec<Problem> = names.iter().filter(unknown).map(fault).collect();
        if faults.is_empty() { Ok(names.to_vec()) } else { Err(Problems(faults)) }
    }

    /// What every gate that is set says of a run; `before` is the run that it goes on from, `accepted` what
    /// `--accept` names: a gate (`row_drop`), or one of its findings (`row_drop:pos`).
    ///
    /// # Errors
    /// A condition that cannot be computed.
    pub fn check(&self, run: &RunReport, before: Option<&RunReport>, accepted: &[String]) -> Result<Vec<Gate>> {
        let mut found = measure::measure(&self.gates, run, before);
        let table = figures(run, before)?;
        for (name, condition) in &self.conditions {
            let failed = |error: polars::prelude::PolarsError| {
                Problem::config_at(&["gates", "conditions", name], format!("it cannot be computed: {error}"), "")
            };
            let value = table.clone().lazy().select([condition.clone().alias("x")]).collect().map_err(failed)?;
            let value = value.columns()[0].as_materialized_series().bool().map_err(failed)?.get(0);
            let (state, note) = match value {
                Some(true) => (GateState::Passed, "true"),
                Some(false) => (GateState::Broken, "not true"),
                None => (GateState::Open, "NULL: a figure is missing"),
            };
            let rule = self.gates.conditions[name].clone();
            found.push(Gate { gate: name.clone(), of: String::new(), state, limit: rule, found: note.to_owned() });
        }
        for gate in found.iter_mut().filter(|gate| gate.state == GateState::Broken) {
            if accepted.iter().any(|name| *name == gate.gate || *name == gate.name()) {
                gate.state = GateState::Accepted;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
