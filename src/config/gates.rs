//! `[gates]`: conditions on the run's own figures.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Conditions on the run's own figures under which nothing is published. A gate that is not set is open. Those that
/// compare pass on the first run, which has nothing to compare with, and say so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// Largest share of a source's rows that may be rejected, 0 to 1. Default: any.
    pub reject_share: Option<f64>,
    /// Largest share by which a source's rows may fall against the last published run, 0 to 1. `0.3` stops a run that
    /// finds 30 % fewer rows, and one that does not find the source at all. Default: any.
    pub row_drop: Option<f64>,
    /// Largest share by which an identifier's fill rate (values per record) may fall against the last published run, 0 to
    /// 1. Default: any.
    pub fill_drop: Option<f64>,
    /// Most records that one person may have. Default: any number.
    pub largest_person: Option<u64>,
    /// Largest share of the records that were there before that may go to another person, 0 to 1. `0.02` is a common
    /// alarm. Default: any.
    pub reassigned_share: Option<f64>,
    /// Most persons that may be merged into others since the last published run. Default: any number.
    pub merges: Option<u64>,
    /// Most persons that may be split off others since the last published run. Default: any number.
    pub splits: Option<u64>,
    /// Largest share by which any segment may grow or shrink against the last published run. Default: any.
    pub segment_drift: Option<f64>,
    /// Per segment: the largest share by which it may shrink, 0 to 1. `regulars = 0.2` stops a run that loses a fifth
    /// of them.
    pub segment_drop: IndexMap<String, f64>,
    /// Largest share by which the persons who opted out of a channel or purpose may fall against the last published run,
    /// 0 to 1. `0` stops every run in which an opt-out is lost, and one that does not read the channel's consent at all.
    /// Default: any.
    pub opt_out_drop: Option<f64>,
    /// Conditions of your own: name → SQL over the figures of the run, which must be true:
    /// `enough = "persons > 1000"`. Figures are the columns that `docs/gates.md` lists; those of the last published run
    /// begin with `previous_`. A condition that is NULL (nothing to compare with) passes.
    pub conditions: IndexMap<String, String>,
}
