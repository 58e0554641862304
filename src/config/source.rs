//! `[[source]]`: a declared export, and how its columns become canonical fields.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConsentMapping;

/// A declared export.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Unique; part of every record's key.
    pub name: String,
    /// A vendor's layout, by name (see [presets](presets.md)): it says what the source itself leaves open, from the channel
    /// to the fields. Columns of it that a file lacks are left out. Default: none.
    #[serde(default)]
    pub preset: Option<String>,
    /// Keys that the preset filled: `record_id`, `event_time`, `where`, `fields.NAME`.
    #[serde(skip)]
    pub from_preset: BTreeSet<String>,
    /// Where the business met the person: `web`, `email`, `sms`, `pos`, or a name of your own. Default: the preset's;
    /// without one it must be there.
    #[serde(default)]
    pub channel: String,
    /// File, glob (`exports/pos/*.csv.gz`), list of these, or `-` for standard input. Relative to the config's folder.
    /// `.gz` and `.zst` are unpacked.
    pub path: OneOrMany,
    /// Format of the files. Default: by the file name (`.csv`, `.tsv`, `.jsonl`/`.ndjson`, `.parquet`), else `csv`.
    #[serde(default)]
    pub format: Option<Format>,
    /// For CSV: the delimiter, one character, or `"spaces"` for columns parted by runs of spaces.
    /// Default: found from the header among `,`, `;`, tab and `|`.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// Text encoding: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`. Default: a byte-order mark decides, else `utf-8`.
    #[serde(default)]
    pub encoding: Option<String>,
    /// For CSV: names of the columns of a file without a header line. Default: the first line is the header.
    #[serde(default)]
    pub columns: Vec<String>,
    /// For CSV: lines before the header to leave out. Default: 0.
    #[serde(default)]
    pub skip_lines: u32,
    /// Column(s) that make the record's key within the source. Default: none; a fingerprint of the row's content
    /// then serves, with an ordinal among identical rows.
    #[serde(default)]
    pub record_id: Option<OneOrMany>,
    /// Column of the record's time: a name, or `{ column, format, time_zone }`. Default: none.
    #[serde(default)]
    pub event_time: Option<EventTime>,
    /// SQL condition over the file's own columns (as text); rows for which it is not true are left out and counted.
    /// Default: all rows.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
    /// Canonical field → where its value is: a column's name, a table, or a list of these (the first that is not blank).
    /// At least one. For JSON Lines a column is a path: `context.traits.email`,
    /// `event_params[key=ga_session_id].value.int_value`. A field that no identifier, golden column, trait or other rule
    /// reads is mapped and checked, but not kept; with `--stage-dir` all are.
    #[serde(default)]
    pub fields: IndexMap<String, ColumnMapping>,
    /// Channel (`email`, `sms`, or a name of your own), or `"CHANNEL:PURPOSE"` (`"email:newsletter"`) → where the source
    /// says whether the person may be contacted there: a column's name, a table, or a list of these (the strictest
    /// counts). See [consent](consent.md). Default: none.
    #[serde(default)]
    pub consent: IndexMap<String, ConsentMapping>,
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Delimited text with quotes.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

/// Where the record's time is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a column name, or a table { column, format, time_zone }")]
pub enum EventTime {
    /// A column with ISO 8601 times, or Unix times in seconds, milliseconds or microseconds.
    Column(String),
    /// A column with its format.
    Spec(EventTimeSpec),
}

/// A column of times with its format.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTimeSpec {
    /// Column(s): the first that is not blank. With `join = true`, all of them joined with a space (date and time).
    pub column: OneOrMany,
    /// Whether several columns make one time together. Default: false.
    #[serde(default)]
    pub join: bool,
    /// Format(s) in strptime notation, tried in order (`%m/%d/%Y %H:%M`). Default: ISO 8601 forms and Unix times.
    #[serde(default)]
    pub format: Option<OneOrMany>,
    /// Time zone of times that carry none, IANA name. Default: the project's.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// What a value that no format reads does: `reject` the row, or leave the time blank (`blank`). Default: `reject`.
    #[serde(default)]
    pub on_error: OnError,
}

/// What an unreadable time does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The row goes to rejects.
    #[default]
    Reject,
    /// The time stays blank; the value is counted.
    Blank,
}

/// Where a field's value is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a column name, a list of alternatives, or a table such as { join = [\"first\", \"last\"] }"
)]
pub enum ColumnMapping {
    // First, because serde would also read a list as the values of a `PickSpec`.
    /// Several places: the first that is not blank.
    Alternatives(Vec<Pick>),
    /// One place: a column, or a table.
    One(Pick),
}

/// One place where a value may be.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a column name, or a table such as { column = \"To\", when = \"Direction = 'outbound'\" }"
)]
pub enum Pick {
    /// A column, by name; for JSON Lines a path (`context.traits.email`,
    /// `event_params[key=ga_session_id].value.int_value`).
    Column(String),
    /// Anything else.
    Spec(Box<PickSpec>),
}

/// A place with conditions. Exactly one of `column`, `join`, `constant`, `file_name` and `cases`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PickSpec {
    /// A column, by name or JSON path. Default: none.
    #[serde(default)]
    pub column: Option<String>,
    /// Columns joined with `with`; blank ones are left out. Default: none.
    #[serde(default)]
    pub join: Vec<String>,
    /// What stands between joined columns. Default: one space.
    #[serde(default)]
    pub with: Option<String>,
    /// The same value for every row. Default: none.
    #[serde(default)]
    pub constant: Option<String>,
    /// Regular expression (Rust's syntax) on the file's name; the value is its first group, or the whole match.
    /// Default: none.
    #[serde(default)]
    pub file_name: Option<String>,
    /// The column of the first case whose condition is true. Default: none.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// Takes the value only where this SQL condition over the file's own columns (as text) is true. Default: always.
    #[serde(default)]
    pub when: Option<String>,
    /// Which part of a full name to take: `first` (all but the last word), `last` (the last word; before a comma, if
    /// there is one). Default: the whole value.
    #[serde(default)]
    pub part: Option<NamePart>,
    /// Value mapping, applied to the raw value without regard to case: `{ "Y" = "true" }`; values not named stay as
    /// they are. Default: none.
    #[serde(default)]
    pub map: IndexMap<String, String>,
}

/// A part of a full name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NamePart {
    /// Given names.
    First,
    /// Family name.
    Last,
}

/// A column under a condition.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// SQL condition over the file's own columns (as text). Default: always true (the last case).
    #[serde(default)]
    pub when: Option<String>,
    /// The column to take, by name or JSON path.
    pub column: String,
}
