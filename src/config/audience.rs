//! `[[audience]]` and `[pilot]`: who is contacted where, and how the list for it is written.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The part of a segment that may be contacted on a channel, written as a list for it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Unique; its file is `audiences/NAME.csv`.
    pub name: String,
    /// What it is for, shown in reports. Default: none.
    #[serde(default)]
    pub description: String,
    /// The segment that it is a part of. Default: everybody.
    #[serde(default)]
    pub segment: Option<String>,
    /// SQL condition over golden columns, traits and consent that members must meet besides. Default: none.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// The channel on which they are contacted: its consent and its suppressions count.
    pub channel: String,
    /// The purpose, where sources tell purposes of the channel apart. Default: the channel as a whole.
    #[serde(default)]
    pub purpose: Option<String>,
    /// What consent it takes. Default: `opted_in`.
    #[serde(default)]
    pub consent: ConsentNeed,
    /// How the list is written. Default: `csv`.
    #[serde(default)]
    pub format: AudienceFormat,
    /// For `csv`: golden columns and traits that the list has behind person and address. Default: none.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What a list calls `email`, `phone`, `first_name`, `last_name`, `city`, `region`, `postal_code` or `country` → the
    /// golden column that holds it. Default: the column of that name.
    #[serde(default)]
    pub fields: IndexMap<String, String>,
    /// Nobody who was contacted so often lately. Default: any number of times.
    #[serde(default)]
    pub pressure: Option<Pressure>,
    /// Nobody of whom there is such a record lately: quiet hours after a purchase. Default: nobody is left in peace.
    #[serde(default)]
    pub quiet: Option<Quiet>,
    /// Most members. Who they are is decided by a hash of the audience's name and the person's id, so it is the same
    /// people night after night as long as they qualify. Default: any number.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// What consent an audience takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentNeed {
    /// Only those who said yes.
    #[default]
    OptedIn,
    /// All who did not say no. Where the law asks for a yes, this is not enough.
    NotOptedOut,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudienceFormat {
    /// Person, address, and the columns that are named.
    #[default]
    Csv,
    /// Google Ads Customer Match: addresses and names hashed.
    GoogleCustomerMatch,
    /// Meta Custom Audience: all hashed.
    MetaCustomAudience,
    /// Klaviyo: a list to import.
    Klaviyo,
    /// Mailchimp: contacts to import.
    Mailchimp,
    /// Brevo: contacts to import.
    Brevo,
    /// Telephone numbers in E.164.
    Sms,
}

/// Contact pressure: at most so many contacts in so many days.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pressure {
    /// Most contacts in the time, this one included: 1 leaves out whoever was contacted at all.
    pub contacts: u32,
    /// The time, in days of 24 hours up to `as_of`.
    pub days: u32,
    /// SQL condition over records, as traits see them, that says which are contacts:
    /// `channel = 'email' AND event = 'sent'`.
    #[serde(rename = "where")]
    pub condition: String,
}

/// Time in which a person is left in peace.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// The time, in hours up to `as_of`.
    pub hours: u32,
    /// SQL condition over records, as traits see them, that says after which: `channel = 'pos'`.
    #[serde(rename = "where")]
    pub condition: String,
}

/// The scope of a proof of concept: audiences reach nobody outside of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pilot {
    /// The channels that take part; audiences of others have no members. Default: all.
    pub channels: Vec<String>,
    /// SQL condition over golden columns, traits and consent: who takes part. Default: everybody.
    #[serde(rename = "where")]
    pub condition: Option<String>,
}

/// What lists hold of a person, by the names that `fields` may give a column.
pub const AUDIENCE_FIELDS: [&str; 8] =
    ["email", "phone", "first_name", "last_name", "city", "region", "postal_code", "country"];

/// The address that a channel needs: `email` or `phone`; none = it needs none.
#[must_use]
pub fn address_of(channel: &str) -> Option<&'static str> {
    match channel {
        "email" => Some("email"),
        "sms" | "mms" | "whatsapp" | "phone" | "call" => Some("phone"),
        _ => None,
    }
}

impl Audience {
    /// The golden column that holds a field of the list.
    #[must_use]
    pub fn column<'a>(&'a self, field: &'a str) -> &'a str {
        self.fields.get(field).map_or(field, String::as_str)
    }

    /// What it asks of consent, as sources name it: `email`, `email:newsletter`.
    #[must_use]
    pub fn consent_name(&self) -> String {
        match &self.purpose {
            Some(purpose) => format!("{}:{purpose}", self.channel),
            None => self.channel.clone(),
        }
    }

    /// The fields of which a member needs at least one, to be reached.
    #[must_use]
    pub fn addresses(&self) -> &'static [&'static str] {
        match self.format {
            AudienceFormat::GoogleCustomerMatch | AudienceFormat::MetaCustomAudience => &["email", "phone"],
            AudienceFormat::Mailchimp => &["email"],
            AudienceFormat::Sms => &["phone"],
            AudienceFormat::Csv | AudienceFormat::Klaviyo | AudienceFormat::Brevo => match address_of(&self.channel) {
                Some("email") => &["email"],
                Some(_) => &["phone"],
                None => &[],
            },
        }
    }
}
