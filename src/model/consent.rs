//! Consent: what records say, and what that makes of a person.

use serde::{Deserialize, Serialize};

use super::{ConsentId, Key, NamespaceId};

/// What a record says about consent, as it is stored in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// The person said yes.
    OptedIn,
    /// The address does not exist any more.
    Bounce,
    /// The person said no.
    OptedOut,
    /// The person reported a message as spam.
    Complaint,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OptedIn, Self::Bounce, Self::OptedOut, Self::Complaint];

    /// As stored and written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OptedIn => "opted_in",
            Self::Bounce => "bounce",
            Self::OptedOut => "opted_out",
            Self::Complaint => "complaint",
        }
    }

    /// The word of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.name() == name)
    }

    /// Whether the person is out by it.
    #[must_use]
    pub fn is_out(self) -> bool {
        matches!(self, Self::OptedOut | Self::Complaint)
    }
}

/// Whether a person may be contacted on a channel, for a purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Nobody said anything.
    #[default]
    Unknown,
    /// Yes.
    OptedIn,
    /// No.
    OptedOut,
}

impl ConsentState {
    /// As written to tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::OptedIn => "opted_in",
            Self::OptedOut => "opted_out",
        }
    }
}

/// What one record says of one person: of its own, or of somebody whose records carry an address of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// The person that it holds for.
    pub person: u32,
    /// What it is about.
    pub key: ConsentId,
    /// What it says.
    pub word: Word,
    /// Since when, UTC microseconds; `i64::MIN` = nobody knows.
    pub since: i64,
    /// The record that says it.
    pub record: u32,
    /// The identifier through which it holds for somebody else's records; none = the record is the person's own.
    pub via: Option<NamespaceId>,
}

/// Figures of one channel or purpose, over all persons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsentCounts {
    /// `email`, or `email:newsletter`.
    pub consent: String,
    /// Persons who opted in.
    pub opted_in: u64,
    /// Persons who opted out.
    pub opted_out: u64,
    /// Of these, those who are out only because somebody else's record names one of their addresses.
    pub opted_out_by_address: u64,
    /// Persons of whom nothing is known.
    pub unknown: u64,
    /// Values that could not be read, and so say nothing.
    pub unread: u64,
}

/// A list of whom not to contact, as it was read: values as keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressionList {
    /// As declared.
    pub name: String,
    /// Channels on which it counts; none = all.
    pub channels: Vec<String>,
    /// The identifier whose values are listed.
    pub namespace: NamespaceId,
    /// Keys of values, sorted, each once.
    pub values: Vec<Key>,
    /// Keys of digests (lower-case hexadecimal), sorted, each once.
    pub digests: Vec<Key>,
    /// How many rows hold no value of the identifier.
    pub unread: u64,
}

/// Figures of one reason for which persons must not be contacted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuppressionCounts {
    /// `list` or `bounce`.
    pub reason: String,
    /// The list's name, or the channel on which the address bounced.
    pub of: String,
    /// Persons.
    pub persons: u64,
    /// Of a list: how many different values it has.
    pub values: u64,
    /// Of a list: rows that hold no value.
    pub unread: u64,
}
