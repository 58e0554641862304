//! `[golden]` and `[[segment]]`: which values win, and rules over them.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which value of each field the golden record takes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Golden {
    /// Golden column → rule, in the order of the output's columns. A rule is a name (`"most_recent"`) or a table.
    /// Default: every canonical field, `most_recent`.
    #[serde(default)]
    pub fields: IndexMap<String, GoldenField>,
}

/// How one golden column, or a group of columns, is chosen.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a rule name such as \"most_recent\", or a table { rule = …, fields = … }")]
pub enum GoldenField {
    /// Just the rule.
    Rule(Rule),
    /// The rule with its settings.
    Spec(GoldenSpec),
}

/// A survivorship rule with its settings.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoldenSpec {
    /// Which value wins. Default: `most_recent`.
    #[serde(default)]
    pub rule: Rule,
    /// The canonical field that it reads. Default: the column's own name.
    #[serde(default)]
    pub field: Option<String>,
    /// Canonical fields that win together, all from one record (street, city, postal code); they become columns of
    /// their own names. The record must have the most of them filled, then the rule decides. Default: none.
    #[serde(default)]
    pub fields: Vec<String>,
    /// For `source_priority`: source names, most trusted first; others come after them.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// A survivorship rule. Blanks and placeholders never win. Ties: newest event time, then source order, then smallest
/// record key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The value of the newest record that has one.
    #[default]
    MostRecent,
    /// The value of the oldest record that has one.
    Oldest,
    /// The value that most records have.
    MostFrequent,
    /// The longest value, in characters.
    Longest,
    /// The value from the most trusted source.
    SourcePriority,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// Sum of all values.
    Sum,
    /// How many records have a value.
    Count,
    /// How many different values there are.
    CountDistinct,
    /// Whether any value is true.
    Any,
    /// Whether all values are true.
    All,
    /// All different values, sorted, joined with `|`.
    Collect,
}

/// A named rule over golden fields and traits.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Unique; what `segments` and its wide form call it.
    pub name: String,
    /// What it is for, shown in reports. Default: none.
    #[serde(default)]
    pub description: String,
    /// Name of an exclusive group: of the segments of one group, each person is in the first only whose `where` is true.
    /// Default: none; the person is in every segment whose `where` is true.
    #[serde(default)]
    pub group: Option<String>,
    /// Place within its group, 1 = first. Default: behind those that have one, in the order of the file.
    #[serde(default)]
    pub priority: Option<u32>,
    /// Share of its members that is held out of audiences, 0 to 1, so that what contacting the others brings can be
    /// measured; `0.1` = 10 %. Who is held out follows from the segment's name and the person id alone (see
    /// [segments](segments.md)), so it stays the same from night to night, whatever becomes of the rule. Default: 0.
    #[serde(default)]
    pub hold_out: f64,
    /// SQL condition over golden columns and traits: `orders >= 3 AND country = 'US'`.
    #[serde(rename = "where")]
    pub condition: String,
}
