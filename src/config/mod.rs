//! The config file: one TOML file, and these structs are its schema. Their doc comments are the reference page
//! (`docs/config.md` is generated from them), so each says what, unit or shape, default, and what is refused.
//!
//! `load` reads and parses, `check` finds all faults at once, `schema` derives the run's names and kinds.

mod check;
mod load;
mod reference;
mod schema;
mod source;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use check::check;
pub use load::{Loaded, load, load_text};
pub use reference::reference;
pub use schema::{NamespacePolicy, golden_columns, schema};
pub use source::{
    Case, ColumnMapping, EventTime, EventTimeSpec, Format, NamePart, OnError, OneOrMany, Pick, PickSpec, Source,
};

use crate::model::Kind;

/// A whole config file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The project: its name, and what holds for all sources.
    #[serde(default)]
    pub project: Project,
    /// The exports to read; at least one.
    #[serde(default)]
    pub source: Vec<Source>,
    /// What sort of thing a canonical field holds, where its name does not tell:
    /// `[fields.nickname] kind = "name"`.
    #[serde(default)]
    pub fields: IndexMap<String, FieldConfig>,
    /// Kinds of identifiers, by name; records that share a value of one are linked. At least one.
    #[serde(default)]
    pub identifiers: IndexMap<String, Identifier>,
    /// Values that identify nobody, by kind (`email`, `phone`, `id`, `device`, `hash`, `name`, `date`,
    /// `postal_code`, `text`), on top of the built-in lists.
    #[serde(default)]
    pub placeholders: IndexMap<String, Placeholders>,
    /// Which value of each field the golden record takes.
    #[serde(default)]
    pub golden: Golden,
    /// Computed values per person: name → SQL aggregate over the person's records.
    /// `orders = "COUNT(*) FILTER (WHERE channel = 'pos')"`.
    #[serde(default)]
    pub traits: IndexMap<String, String>,
    /// Named rules over golden fields and traits.
    #[serde(default)]
    pub segment: Vec<Segment>,
    /// Files of record keys or identifiers that a data steward says belong together, above every rule.
    #[serde(default)]
    pub always_link: Vec<StewardFile>,
    /// Files of record keys or identifiers that a data steward says must never be one person, above every rule.
    #[serde(default)]
    pub never_link: Vec<StewardFile>,
    /// Where and what to write.
    #[serde(default)]
    pub output: Output,
}

/// The project: its name, and what holds for all sources.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Shown in reports. Default: the name of the config's folder.
    #[serde(default)]
    pub name: String,
    /// Region in which national phone numbers are read, as ISO 3166-1 alpha-2 (`US`), where the record has no country.
    /// Default: none; national numbers are then no identifiers (reason `no_region`).
    #[serde(default)]
    pub default_region: Option<String>,
    /// Time zone of event times that carry none, as an IANA name (`Europe/Berlin`). Default: `UTC`.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// The day or moment that traits and segments count back from, RFC 3339 or `YYYY-MM-DD`.
    /// Default: the newest event time of all records. `--as-of` stands above it.
    #[serde(default)]
    pub as_of: Option<String>,
    /// Most memory that a run should use: bytes, or `"1.5GiB"`, `"800MB"`; above it, tables go to temporary files.
    /// Default: half of the machine's memory.
    #[serde(default)]
    pub memory_limit: Option<String>,
    /// Folder for temporary files. Default: `.onefold-tmp` in the output folder.
    #[serde(default)]
    pub temp_dir: Option<String>,
}

/// What sort of thing a canonical field holds.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldConfig {
    /// Decides how values are normalized and stored.
    pub kind: Kind,
    /// For `date` and `time`: formats in strptime notation, tried in order. Default: ISO 8601 forms.
    #[serde(default)]
    pub formats: Vec<String>,
}

/// A kind of identifier: where its values are, how far it is trusted, and its limits.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// What sort of value; decides normalizer and defaults. Default: by the namespace's name
    /// (`email`, `phone`, `customer_id`, `loyalty_id`, `cookie_id`, `device_id`, …), else `id`.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Canonical fields that hold its values. Default: the field of the namespace's own name. With `compound = true`,
    /// the parts that make one value together.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Whether the fields are parts of one value (`last_name + birth_date + postal_code`) rather than places where a
    /// value may stand. One absent part = no identifier. Default: false.
    #[serde(default)]
    pub compound: bool,
    /// For kind `hash`: the namespace whose normalized values are hashed the same way, so that hashed and raw values
    /// meet. Default: none.
    #[serde(default)]
    pub of: Option<String>,
    /// For kind `hash` with `of`: `sha256`, `sha1` or `md5`. Default: `sha256`.
    #[serde(default)]
    pub algorithm: Option<HashAlgorithm>,
    /// Trust, 1 = strongest: the guard takes stronger identifiers first, and "shared" is judged by stronger ones.
    /// Default by kind: id 10, hash 20, email 20, phone 30, compound and others 40, device 50.
    #[serde(default)]
    pub priority: Option<u32>,
    /// Most distinct values that one person may have; 0 = no limit. Default by kind: id 1, email 5, phone 5,
    /// hash 5, device 0, compound and others 0.
    #[serde(default)]
    pub max_per_person: Option<u32>,
    /// Largest person, in records, that this namespace may build; 0 = no limit. Default: 0.
    #[serde(default)]
    pub max_records_per_person: Option<u32>,
    /// A value is shared, and links nothing, when it occurs with more than this many distinct people: values of a
    /// stronger unique namespace or of `proxy` on the records that carry it, never a count of records. 0 = never.
    /// Default by kind: email, phone and hash 5, device 2, id and others 0.
    #[serde(default)]
    pub shared_above: Option<u32>,
    /// Fields whose distinct values stand for distinct people when `shared_above` is judged.
    /// Default: `last_name` where it is a field, else `first_name`, else `full_name`.
    #[serde(default)]
    pub proxy: Option<Vec<String>>,
    /// Fields that must not contradict each other in two records that only this namespace joins; a blank contradicts
    /// nothing. Default: for email, phone, hash and device, `first_name` where it is a field.
    #[serde(default)]
    pub conflict: Option<Vec<String>>,
    /// For kind `email`: domains whose dots before the `@` do not count (`["gmail.com", "googlemail.com"]`).
    /// Default: none.
    #[serde(default)]
    pub ignore_dots: Vec<String>,
    /// For kind `email`: domains whose `+tag` before the `@` does not count; `["*"]` = all. Default: none.
    #[serde(default)]
    pub ignore_tags: Vec<String>,
    /// For kinds `id` and `device`: whether upper and lower case are the same. Default: false.
    #[serde(default)]
    pub ignore_case: bool,
}

/// How a hashed identifier was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// SHA-256 of the normalized value, in hexadecimal.
    Sha256,
    /// SHA-1 of the normalized value, in hexadecimal.
    Sha1,
    /// MD5 of the normalized value, in hexadecimal.
    Md5,
}

/// Values of a kind that identify nobody.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Placeholders {
    /// Whether the built-in list holds. Default: true.
    #[serde(default = "yes")]
    pub builtin: bool,
    /// Exact values, normalized like the data before they are compared.
    #[serde(default)]
    pub values: Vec<String>,
    /// Regular expressions (Rust's syntax), matched against the whole normalized value.
    #[serde(default)]
    pub patterns: Vec<String>,
}

fn yes() -> bool {
    true
}

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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Unique; what `segments` and its wide form call it.
    pub name: String,
    /// What it is for, shown in reports. Default: none.
    #[serde(default)]
    pub description: String,
    /// SQL condition over golden columns and traits: `orders >= 3 AND country = 'US'`.
    #[serde(rename = "where")]
    pub condition: String,
}

/// A data steward's file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StewardFile {
    /// CSV file. With the columns `source, record_id, source_2, record_id_2` each row is a pair of records; with
    /// `namespace, value, namespace_2, value_2` a pair of identifiers.
    pub file: String,
}

/// Where and what to write.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// Folder of runs. Default: `out`.
    pub dir: String,
    /// Formats of the tables. Default: `["parquet"]`.
    pub formats: Vec<TableFormat>,
    /// Which tables to write, of `golden_customers`, `segments`, `segments_wide`, `crosswalk`, `provenance`,
    /// `edges`, `refusals`, `shared_identifiers`, `ignored_identifiers`, `bridges`, `rejects`. Default: all.
    pub tables: Option<Vec<String>>,
    /// Whether CSV cells that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab or carriage return first)
    /// get a leading `'`. Numbers are left alone. Default: false.
    pub spreadsheet_safe: bool,
    /// How many published runs to keep; older ones are deleted. 0 = all. Default: 10.
    pub keep_runs: u32,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            dir: "out".into(),
            formats: vec![TableFormat::Parquet],
            tables: None,
            spreadsheet_safe: false,
            keep_runs: 10,
        }
    }
}

/// Format of published tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// Apache Parquet, Zstandard-compressed.
    Parquet,
    /// CSV, RFC 4180, UTF-8 without BOM, `\n` line ends.
    Csv,
}
