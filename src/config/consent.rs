//! `[consent]` and `[source.consent]`: who may be contacted where, and in which words exports say so.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EventTime, OneOrMany};

/// How what records say about consent becomes a state per person, channel and purpose.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// What counts where records disagree. Default: `most_restrictive`.
    #[serde(default)]
    pub policy: ConsentPolicy,
    /// Channels with rules of their own, by name. Default: none.
    #[serde(default)]
    pub channels: IndexMap<String, ConsentChannel>,
}

/// A list of whom not to contact, whatever anybody said.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// Unique; what `suppressions` and the reasons of audiences call it.
    pub name: String,
    /// CSV file, relative to the config's folder. A file of one column needs no header.
    pub file: String,
    /// The identifier whose values are listed: `email`, `phone`, or another of `[identifiers]`. E-mail addresses and
    /// telephone numbers may be hashed (SHA-256, SHA-1 or MD5, hexadecimal), row by row.
    pub identifier: String,
    /// The column that holds them. Default: the one called like the identifier, else the only one.
    #[serde(default)]
    pub column: Option<String>,
    /// Channels on which they are not contacted. Default: all.
    #[serde(default)]
    pub channels: Vec<String>,
}

/// What counts where records disagree about consent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// One opt-out anywhere is an opt-out, whatever else is said and however new it is.
    #[default]
    MostRestrictive,
    /// The newest statement counts. An opt-out without a time is as new as can be, an opt-in without one as old; of two
    /// at one time the opt-out counts.
    MostRecent,
}

/// A channel on which persons are contacted, with rules of its own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentChannel {
    /// What counts where records disagree. `most_recent` lets people come back who wrote `STOP` and later `START`.
    /// Default: that of `[consent]`.
    #[serde(default)]
    pub policy: Option<ConsentPolicy>,
    /// Identifiers that are addresses on this channel: an opt-out on a record holds for everybody whose records carry one
    /// of its addresses. Default: for `email` those of kind `email`; for `sms`, `mms`, `whatsapp`, `phone` and `call` those
    /// of kind `phone`; with them the hashes of both (`of`); for any other channel none.
    #[serde(default)]
    pub identifiers: Option<Vec<String>>,
}

/// Where a source says something about consent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a column name, a list of places, or a table such as { column = \"Status\", says = \"opt_out\" }"
)]
pub enum ConsentMapping {
    // First, because serde would also read a list as the values of a `ConsentSpec`.
    /// Several places: the strictest counts, of equals the first.
    Alternatives(Vec<ConsentPlace>),
    /// One place.
    One(ConsentPlace),
}

/// One place where something is said about consent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a column name, or a table such as { column = \"Status\", says = \"opt_out\" }")]
pub enum ConsentPlace {
    /// A column with a state in it, by name; for JSON Lines a path.
    Column(String),
    /// Anything else.
    Spec(Box<ConsentSpec>),
}

/// A place with the words that stand there. Exactly one of `column`, `file_name` and `constant`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentSpec {
    /// A column, by name or JSON path. Default: none.
    #[serde(default)]
    pub column: Option<String>,
    /// Regular expression (Rust's syntax) on the file's name; the value is its first group, or the whole match.
    /// Default: none.
    #[serde(default)]
    pub file_name: Option<String>,
    /// The same statement for every row: a list of people who signed up is `opted_in`. Default: none.
    #[serde(default)]
    pub constant: Option<ConsentWord>,
    /// Takes the value only where this SQL condition over the file's own columns (as text) is true. Default: always.
    #[serde(default)]
    pub when: Option<String>,
    /// What stands there. Default: `state`.
    #[serde(default)]
    pub says: ConsentWords,
    /// Values that mean something else here than [consent](consent.md) says, without regard to case:
    /// `{ "double opt-in" = "opted_in", "no" = "nothing" }`. Default: none.
    #[serde(default)]
    pub values: IndexMap<String, ConsentWord>,
    /// Since when it holds: a column, or `{ column, format, time_zone }`; a time that cannot be read is left blank and
    /// counted. Default: the record's `event_time`.
    #[serde(default)]
    pub since: Option<EventTime>,
}

/// What sort of words stand in a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentWords {
    /// A state: `SUBSCRIBED`, `unsubscribed`, `NEVER_SUBSCRIBED`, `cleaned`, `yes`, `no` … A plain `no` is an opt-out: an
    /// export that knows only yes and no has nothing else to say that somebody left.
    #[default]
    State,
    /// Whether the person is out: `yes` is an opt-out, `no` says nothing, least of all that the person opted in.
    OptOut,
    /// Why the person is out: any value is an opt-out; hard bounces and complaints are told apart.
    Reason,
    /// A text that the person wrote: `STOP` and its like are an opt-out, `START` and its like an opt-in, all else says
    /// nothing.
    Message,
}

/// What a value says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentWord {
    /// The person said yes.
    OptedIn,
    /// The person said no.
    OptedOut,
    /// The person reported a message as spam: an opt-out.
    Complaint,
    /// The address does not exist any more: an opt-out until the person opts in anew.
    Bounce,
    /// Nothing: the record does not count.
    Nothing,
}

impl ConsentMapping {
    /// The places to look, in order.
    #[must_use]
    pub fn places(&self) -> &[ConsentPlace] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Alternatives(several) => several,
        }
    }

    /// The places in a few words: `Mobile, else Phone`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.places().iter().map(ConsentPlace::describe).collect::<Vec<_>>().join(", else ")
    }
}

impl ConsentPlace {
    /// With every default filled in.
    #[must_use]
    pub fn spec(&self) -> ConsentSpec {
        match self {
            Self::Column(name) => ConsentSpec { column: Some(name.clone()), ..ConsentSpec::default() },
            Self::Spec(spec) => (**spec).clone(),
        }
    }

    fn describe(&self) -> String {
        let spec = self.spec();
        let place = match (&spec.column, &spec.constant) {
            (Some(column), _) => column.clone(),
            (None, Some(word)) => format!("always `{}`", word.name()),
            (None, None) => "the file's name".to_owned(),
        };
        match spec.says {
            ConsentWords::State => place,
            ConsentWords::OptOut => format!("{place} (yes = out)"),
            ConsentWords::Reason => format!("{place} (why out)"),
            ConsentWords::Message => format!("{place} (STOP, START)"),
        }
    }
}

impl ConsentSpec {
    /// The columns that it takes a time from.
    #[must_use]
    pub fn since_columns(&self) -> &[String] {
        match &self.since {
            None => &[],
            Some(EventTime::Column(column)) => std::slice::from_ref(column),
            Some(EventTime::Spec(spec)) => OneOrMany::as_slice(&spec.column),
        }
    }
}

impl ConsentWord {
    /// What weighs most where a record says several things: what the person said before what an address did.
    #[must_use]
    pub fn strictness(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::OptedIn => 1,
            Self::Bounce => 2,
            Self::OptedOut => 3,
            Self::Complaint => 4,
        }
    }

    /// As written in the config.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OptedIn => "opted_in",
            Self::OptedOut => "opted_out",
            Self::Complaint => "complaint",
            Self::Bounce => "bounce",
            Self::Nothing => "nothing",
        }
    }
}
