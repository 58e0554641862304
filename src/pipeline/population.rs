//! The pass over everybody that some traits need before anybody's can be computed.

use std::ops::Range;

use super::plans::Plans;
use super::reading::Reading;
use super::resolve::Resolved;
use super::stretches::{in_order, stretches};
use crate::config::Config;
use crate::golden;
use crate::model::Schema;
use crate::problem::Result;
use crate::traits::{self, Measured, Survey};

impl Plans {
    /// Looks at everybody where traits compare a person with all others, and makes those traits whole. Does nothing, and
    /// costs nothing, where none does. `as_of` as for [`new`](Self::new).
    pub fn look_at_all(
        &mut self,
        config: &Config,
        schema: &Schema,
        as_of: Option<i64>,
        resolved: &Resolved,
    ) -> Result<()> {
        let Some(survey) = Survey::new(&self.traits, schema, &self.events, as_of) else { return Ok(()) };
        let reading = Reading::new(schema, &self.events, survey.read(), true);
        let nothing = golden::Plan::default();
        let measure = |range: &Range<u32>| {
            let (records, persons) = (&resolved.records, &resolved.persons);
            let folded = golden::fold(records, persons, range.clone(), schema, &nothing, reading.columns());
            survey.measure(reading.derive(&self.events, folded.records)?, range.len())
        };
        let mut measured = Measured::default();
        in_order(&stretches(&resolved.persons), &measure, &mut |stretch| {
            measured.add(stretch);
            Ok(())
        })?;
        let population = survey.population(measured);
        let (traits, faults) = traits::Plan::compile((config, schema), &self.events, as_of, &population);
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault); // never: the same SQL compiled before
        }
        self.traits = traits;
        Ok(())
    }
}
