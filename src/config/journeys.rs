//! `[journeys]` and `[[trigger]]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tables of what persons did in time order (`journeys`), and of what led to conversions (`attribution`). Written only
/// where this section is there; every key may be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Journeys {
    /// What a conversion is, of the kinds of `[events]`. Records of one order are one conversion. Default: `purchase`.
    pub conversion: EventKind,
    /// What may lead to one. Default: `message`, `answer`, `view`, `review` and `survey`, those that `[events]` or fields tell.
    pub touches: Option<Vec<EventKind>>,
    /// So many days before a conversion, touches count. Default: 30.
    pub look_back_days: u32,
    /// For time decay: after so many days a touch counts half. Default: 7.
    pub half_life_days: f64,
    /// For position-based attribution: the share of the first touch, 0 to 1. Default: 0.4.
    pub first_share: f64,
    /// For position-based attribution: the share of the last touch, 0 to 1; those between share the rest. Default: 0.4.
    pub last_share: f64,
}

impl Default for Journeys {
    fn default() -> Self {
        Self {
            conversion: EventKind::Purchase,
            touches: None,
            look_back_days: 30,
            half_life_days: 7.0,
            first_share: 0.4,
            last_share: 0.4,
        }
    }
}

/// What a record is to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A message that was sent.
    Message,
    /// An answer to a message.
    Answer,
    /// A look at something.
    View,
    /// A review of a product.
    Review,
    /// An answer to a survey.
    Survey,
    /// A purchase.
    Purchase,
    /// A return.
    Return,
}

impl EventKind {
    /// As the config and the tables call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Answer => "answer",
            Self::View => "view",
            Self::Review => "review",
            Self::Survey => "survey",
            Self::Purchase => "purchase",
            Self::Return => "return",
        }
    }
}

/// Something that may have become of a person since the last published run; see [triggers](triggers.md).
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Unique; what the table `triggers` calls it.
    pub name: String,
    /// What it is for. Default: none.
    #[serde(default)]
    pub description: String,
    /// A ready trigger: `first_purchase`, `new_channel`, `moved`, `surname_changed`, `entered`, `left`, `became_due` or
    /// `went_quiet`. Default: none; then there is a `when`.
    #[serde(default)]
    pub ready: Option<String>,
    /// SQL condition over golden columns, traits and segments, and over what they were in the last published run, which
    /// begins with `previous_`: `spent > 1000 AND previous_spent <= 1000`. Default: none; then there is a `ready`.
    #[serde(default)]
    pub when: Option<String>,
    /// For `moved` and `surname_changed`: the golden columns to look at. Default: `street`, `address`, `postal_code` and
    /// `city`, those that there are; `last_name`.
    #[serde(default)]
    pub fields: Vec<String>,
    /// For `entered` and `left`: the segment. Default: none; there it must be said.
    #[serde(default)]
    pub segment: Option<String>,
    /// With `when`, the record that the table shows as evidence: the newest of a kind of `[events]` (`purchase`), or the
    /// record that a golden column's value comes from, by the column's name. Default: the person's newest record.
    #[serde(default)]
    pub evidence: Option<String>,
}
