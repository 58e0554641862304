//! What the report is made from: the run's own figures, and a few that only the report needs.

use crate::explain::Edge;
use crate::model::RunReport;

/// Everything that the report shows.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// The run's figures. Clock values among them are not shown: the report is the same for the same data.
    pub run: &'a RunReport,
    /// Those of the last published run, if there is one.
    pub last: Option<&'a RunReport>,
    /// What only the report needs.
    pub more: &'a More,
}

/// Figures that only the report needs.
#[derive(Debug, Clone, Default)]
pub struct More {
    /// Golden columns, in order.
    pub golden: Vec<GoldenFigures>,
    /// Persons whose records were compared for [`GoldenFigures::differ`].
    pub compared: u64,
    /// The persons with most records, largest first.
    pub biggest: Vec<BigPerson>,
    /// Bridges that hold two persons together who could be two, over all persons.
    pub bridges_to_review: u64,
    /// What people did and what led to conversions; none = the config asks for no journeys.
    pub journeys: Option<JourneyFigures>,
}

/// What people did and what led to conversions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JourneyFigures {
    /// Models of attribution, in order.
    pub models: Vec<String>,
    /// Persons who did or got anything.
    pub persons: u64,
    /// What, on which channel, and how often; most first.
    pub events: Vec<(String, String, u64)>,
    /// Who gets the credit, by channel, then campaign.
    pub credits: Vec<CreditFigures>,
}

/// The credit that goes to a channel and campaign.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CreditFigures {
    /// Channel; empty = nothing led to it.
    pub channel: String,
    /// Campaign; empty = none is named.
    pub campaign: String,
    /// Per model: conversions and their value.
    pub sums: Vec<(f64, f64)>,
}

/// One golden column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoldenFigures {
    /// Its name.
    pub name: String,
    /// The rule that fills it.
    pub rule: String,
    /// Persons who have a value.
    pub filled: u64,
    /// Of the compared persons: those whose records say different things; `None` = it is no plain field.
    pub differ: Option<u64>,
}

/// A large person.
#[derive(Debug, Clone, Default)]
pub struct BigPerson {
    /// Person id.
    pub person_id: String,
    /// Records.
    pub records: u64,
    /// Channels, joined with `+`.
    pub channels: String,
    /// What it hangs on, most records on the smaller side first; values masked or pseudonyms.
    pub bridges: Vec<BigBridge>,
    /// Its edges, for the picture, values masked or pseudonyms; empty = no picture.
    pub edges: Vec<Edge>,
}

/// An identifier that alone holds a part of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BigBridge {
    /// Namespace.
    pub namespace: String,
    /// Value, masked or a pseudonym.
    pub value: String,
    /// Records on its two sides.
    pub sides: (u64, u64),
    /// Whether both sides could be persons of their own.
    pub review: bool,
}
