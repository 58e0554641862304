//! The config file: one TOML file, and these structs are its schema. Their doc comments are the reference page
//! (`docs/config.md` is generated from them), so each says what, unit or shape, default, and what is refused.
//!
//! `load` reads, puts the environment in (`substitute`), parses to a `tree` that knows every place, and compares it with
//! the structs (`shape`, over `types`); `check` then judges what the values say. Both find all faults at once, and
//! `render` shows them in the text. `schema` derives the run's names and kinds.

mod amounts;
mod audience;
mod check;
mod consent;
mod events;
mod gates;
mod golden;
mod identifier;
mod journeys;
mod load;
mod presets;
mod reference;
mod render;
mod schema;
mod shape;
mod source;
mod substitute;
mod traits;
mod tree;
mod types;
mod words;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use amounts::{parse_as_of, parse_memory};
pub use audience::{AUDIENCE_FIELDS, Audience, AudienceFormat, ConsentNeed, Pilot, Pressure, Quiet, address_of};
pub use check::check;
pub use consent::{
    Consent, ConsentChannel, ConsentMapping, ConsentPlace, ConsentPolicy, ConsentSpec, ConsentWord, ConsentWords,
    Suppression,
};
pub use events::Events;
pub use gates::Gates;
pub use golden::{Golden, GoldenField, GoldenSpec, Rule, Segment};
pub use identifier::{HashAlgorithm, Identifier, Placeholders};
pub use journeys::{EventKind, Journeys, Trigger};
pub use load::{Loaded, in_order, load, load_text, load_with_faults, read};
pub use presets::{Preset, PresetSource, preset, presets, presets_page, prune, recognize};
pub use reference::reference;
pub use render::{render, render_warnings};
pub use schema::{NamespacePolicy, golden_columns, schema};
pub use source::{
    Case, ColumnMapping, EventTime, EventTimeSpec, Format, NamePart, OnError, OneOrMany, Pick, PickSpec, Source,
};

pub use traits::{DeclaredTrait, READY, ReadyTrait, Trait, TraitRule};

use crate::model::Kind;

/// Tables that a run can publish: what `tables` under `[output]` chooses from.
pub const TABLES: [&str; 21] = [
    "golden_customers",
    "consent",
    "suppressions",
    "audiences",
    "segments",
    "segments_wide",
    "crosswalk",
    "lineage",
    "moves",
    "lineage_history",
    "issued_ids",
    "provenance",
    "edges",
    "refusals",
    "shared_identifiers",
    "ignored_identifiers",
    "bridges",
    "rejects",
    "journeys",
    "attribution",
    "triggers",
];

/// Kinds that have placeholder lists: what `[placeholders.KIND]` may be.
pub const PLACEHOLDER_KINDS: [&str; 9] =
    ["email", "phone", "id", "device", "hash", "name", "date", "postal_code", "text"];

/// Text encodings that a source may declare.
pub const ENCODINGS: [&str; 4] = ["utf-8", "utf-16le", "utf-16be", "windows-1252"];

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
    /// What sort of thing a canonical field holds, where its name does not tell. Default: the kind of the identifier
    /// that reads it, else by its name (`email`, `phone`, `first_name`, `birth_date`, `postal_code`, `country`,
    /// `amount`, `customer_id`, …), else `text`.
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
    /// What a record is to the business: a purchase, a return, a message, an answer.
    #[serde(default)]
    pub events: Events,
    /// Computed values per person: name → SQL aggregate over the person's records, or a [ready one](traits.md).
    /// `orders = "COUNT(*) FILTER (WHERE channel = 'pos')"`, `stage = { ready = "lifecycle_stage" }`,
    /// `ready = ["recency", "frequency_90d"]`. Traits become columns of `golden_customers`.
    #[serde(default)]
    pub traits: IndexMap<String, Trait>,
    /// Who may be contacted on which channel; what records say of it is mapped in `[source.consent]`.
    #[serde(default)]
    pub consent: Consent,
    /// Lists of whom not to contact, whatever anybody said.
    #[serde(default)]
    pub suppression: Vec<Suppression>,
    /// Named rules over golden fields, traits and consent.
    #[serde(default)]
    pub segment: Vec<Segment>,
    /// Tables of what persons did in time order, and of what led to conversions. Default: none.
    #[serde(default)]
    pub journeys: Option<Journeys>,
    /// What may have become of a person since the last published run.
    #[serde(default)]
    pub trigger: Vec<Trigger>,
    /// Lists of whom to contact on which channel: segments less those who may not be contacted there.
    #[serde(default)]
    pub audience: Vec<Audience>,
    /// The scope of a proof of concept. Default: none, audiences reach everybody.
    #[serde(default)]
    pub pilot: Pilot,
    /// Files of record keys or identifiers that a data steward says belong together, above every rule.
    #[serde(default)]
    pub always_link: Vec<StewardFile>,
    /// Files of record keys or identifiers that a data steward says must never be one person, above every rule.
    #[serde(default)]
    pub never_link: Vec<StewardFile>,
    /// Conditions on the run's own figures under which nothing is published.
    #[serde(default)]
    pub gates: Gates,
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
    /// How much memory a run may take, as `8 GiB` or `8 GB` (KiB, MiB, GiB, TiB; KB, MB, GB, TB). What has no room goes to
    /// nameless files in the output folder, about 300 bytes per record; the tables have the same bytes. About 60 bytes
    /// per record and 64 MiB per thread are always needed. Default: three quarters of the machine's memory (of the
    /// container's, where it has a limit). `--memory-limit` stands above it.
    #[serde(default)]
    pub memory_limit: Option<String>,
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
    /// Which tables to write, of `golden_customers`, `consent`, `suppressions`, `audiences`,
    /// `segments`, `segments_wide`, `crosswalk`, `provenance`,
    /// `edges`, `refusals`, `shared_identifiers`, `ignored_identifiers`, `bridges`, `rejects`, `journeys`, `attribution`,
    /// `triggers`. Default: all; those of journeys and triggers only where the config has some.
    /// Those that keep ids from run to run are always written: `crosswalk`, `lineage`, `moves`, `lineage_history`,
    /// `issued_ids`.
    pub tables: Option<Vec<String>>,
    /// Whether CSV cells that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab or carriage return first)
    /// get a leading `'`. Numbers are left alone. Default: false.
    pub spreadsheet_safe: bool,
    /// How many published runs to keep; older ones are deleted. 0 = all. Default: 10.
    pub keep_runs: u32,
    /// File that gets the figures of every run for Prometheus' node exporter (textfile collector), `onefold.prom`.
    /// Default: none.
    pub metrics: Option<String>,
    /// Whether rows are kept, parsed and normalized, in the folder `cache` of the output folder, so that the next run reads
    /// only files that are new or changed. It holds the personal data of the exports, about as many bytes as they have
    /// unpacked. `onefold cache` shows it. Default: true.
    pub cache: bool,
    /// Who may read published runs: `owner` (files 0600, folders 0700), `group` (0640, 0750) or `everyone` (0644, 0755),
    /// where the system has such modes. The cache, runs that a gate held back, the key and the receipts of erasures stay
    /// with their owner. Default: `owner`.
    pub readers: Readers,
    /// Identifiers and names in published tables become pseudonyms (keyed hashes: the same value has the same one in all
    /// tables and runs), and so do the golden columns named here, such as `["street"]`; `[]` = only identifiers and names.
    /// Lists of audiences hold addresses all the same, and stay with their owner. The same as `--pseudonymize`. Default:
    /// values are published as they are.
    pub pseudonymize: Option<Vec<String>>,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            dir: "out".into(),
            formats: vec![TableFormat::Parquet],
            tables: None,
            spreadsheet_safe: false,
            keep_runs: 10,
            metrics: None,
            cache: true,
            readers: Readers::Owner,
            pseudonymize: None,
        }
    }
}

/// Who may read published runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Readers {
    /// Whoever runs onefold.
    #[default]
    Owner,
    /// The group of the files, too.
    Group,
    /// Everybody on the machine.
    Everyone,
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
