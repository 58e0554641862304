//! The run's own figures: what `run.json` holds and gates look at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AudienceCounts, Changes, ConsentCounts, LinkCounts, SuppressionCounts};

/// Everything that a run says about itself. Only this file holds wall-clock time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// Version of onefold that ran.
    pub onefold: String,
    /// Project name of the config.
    pub project: String,
    /// SHA-256 of the config file, after `${ENV}` was put in.
    pub config_sha256: String,
    /// Per key of the config, as `identifiers.email.priority`: XXH3-64 of its value, hexadecimal. Tells which keys of two
    /// runs differ, and no value.
    pub config_keys: BTreeMap<String, String>,
    /// Run number, from 1.
    pub run: u64,
    /// When it started, RFC 3339 UTC.
    pub started_at: String,
    /// When it was published, RFC 3339 UTC.
    pub published_at: String,
    /// What `as_of` was, UTC microseconds since 1970.
    pub as_of: Option<i64>,
    /// Input files with their size and fingerprint, by source and path.
    pub inputs: Vec<InputFile>,
    /// The accounting per source, in the order of the config.
    pub sources: Vec<SourceCounts>,
    /// Records in the crosswalk.
    pub records: u64,
    /// Persons.
    pub persons: u64,
    /// Records of the largest person.
    pub largest_person: u64,
    /// What became of persons since the last published run; none on the first run, which has nothing to compare with.
    pub changes: Option<Changes>,
    /// Persons by number of records: size → how many, rising.
    pub person_sizes: Vec<(u64, u64)>,
    /// Persons with records in exactly this set of channels (joined by `+`, sorted), by name.
    pub channel_sets: Vec<(String, u64)>,
    /// Persons with records in two or more channels.
    pub persons_in_several_channels: u64,
    /// Linking per namespace, strongest first.
    pub namespaces: Vec<LinkCounts>,
    /// The shared values seen with the most people, at most ten per namespace, masked or as the first
    /// digits of their pseudonyms.
    pub top_shared: Vec<TopShared>,
    /// Unions refused, by reason.
    pub refusals: Vec<(String, u64)>,
    /// Values that are no identifiers: (namespace or field, reason, how many), by name.
    pub ignored: Vec<(String, String, u64)>,
    /// Consent per channel and purpose, in the order in which the config first names them.
    pub consent: Vec<ConsentCounts>,
    /// Persons who must not be contacted, by reason: lists in the order of the config, then bounces by channel.
    pub suppressions: Vec<SuppressionCounts>,
    /// Persons per segment, in the order of the config.
    pub segments: Vec<(String, u64)>,
    /// Of the segments that hold some out: how many of their persons are held out, in the order of the config.
    pub hold_outs: Vec<(String, u64)>,
    /// Per trigger: for how many persons it fired, in the order of the config; empty on the first run.
    pub triggers: Vec<(String, u64)>,
    /// Pairs of segments that share persons, in the order of the config, with how many.
    pub segment_overlaps: Vec<(String, String, u64)>,
    /// Since the last run, per segment that both have: (name, persons who entered, persons who left).
    pub segment_flows: Vec<(String, u64, u64)>,
    /// Audiences with the persons left out by reason, in the order of the config.
    pub audiences: Vec<AudienceCounts>,
    /// What every gate that is set said, in the order of the config's page.
    pub gates: Vec<Gate>,
    /// Published tables, and what else its readers take: lists of audiences, suggested placeholders.
    pub tables: Vec<TableFile>,
    /// `report.html`; it has no rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<TableFile>,
    /// Time per stage, in order.
    pub stages: Vec<StageTime>,
    /// Where identifiers and names in its tables are pseudonyms: the golden columns that are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudonymized: Option<Vec<String>>,
    /// Erasures that took something out of its files since; the other figures are those of the run as it ran.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rewritten: Vec<Rewritten>,
    /// Peak resident memory in bytes, where the system tells.
    pub peak_memory: Option<u64>,
}

/// An erasure that took something out of a run's files: their sizes and fingerprints are those of what is left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    /// When it was, RFC 3339 UTC.
    pub at: String,
    /// Number of its receipt.
    pub receipt: u64,
    /// Rows that went, over all tables.
    pub rows_dropped: u64,
    /// Cells that were blanked in rows of others.
    pub cells_blanked: u64,
}

/// One input file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Source name.
    pub source: String,
    /// Path as found, relative to the config's folder where it lies under it.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// XXH3-128 of its bytes, hexadecimal.
    pub fingerprint: String,
    /// Rows read from it.
    pub rows: u64,
    /// The cache's entry of its rows; none = it has none.
    #[serde(default)]
    pub cache: Option<String>,
    /// Whether its rows came from there.
    #[serde(default)]
    pub cached: bool,
}

/// A shared value, as shown to people: masked or a pseudonym.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopShared {
    /// Namespace name.
    pub namespace: String,
    /// The value, masked or the first digits of its pseudonym.
    pub value: String,
    /// How many records carry it.
    pub records: u64,
    /// With how many distinct people, by `by`.
    pub distinct: u64,
    /// The measure: a namespace or a field.
    pub by: String,
}

/// The accounting identity of one source: `rows = records + rejects + superseded + filtered + erased`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounts {
    /// Source name.
    pub source: String,
    /// Channel.
    pub channel: String,
    /// Input files.
    pub files: u64,
    /// Rows read, blank lines and headers not counted.
    pub rows: u64,
    /// Rows that became records.
    pub records: u64,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Rows that a newer row with the same key replaced.
    pub superseded: u64,
    /// Rows that the source's `where` condition left out.
    pub filtered: u64,
    /// Rows of erased persons.
    pub erased: u64,
}

impl SourceCounts {
    /// Whether the identity holds.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.rows == self.records + self.rejects + self.superseded + self.filtered + self.erased
    }
}

/// One published table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// File name within the run's folder.
    pub file: String,
    /// Rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// XXH3-128 of its bytes, hexadecimal.
    pub fingerprint: String,
}

/// What a gate said of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name: a key of `[gates]` or of `[gates.conditions]`.
    pub gate: String,
    /// The source, identifier or segment that it looked at; empty = the run as a whole.
    pub of: String,
    /// Whether it lets the run pass.
    pub state: GateState,
    /// What it found, in words.
    pub found: String,
    /// What it allows.
    pub limit: String,
}

impl Gate {
    /// The gate with what it looked at: `row_drop:pos`.
    #[must_use]
    pub fn name(&self) -> String {
        if self.of.is_empty() { self.gate.clone() } else { format!("{}:{}", self.gate, self.of) }
    }
}

/// Whether a gate lets a run pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateState {
    /// The figure is within the limit.
    #[default]
    Passed,
    /// It is not, so nothing is published.
    Broken,
    /// It is not, and `--accept` let it pass.
    Accepted,
    /// There was nothing to compare with.
    Open,
}

impl GateState {
    /// As written to `run.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Broken => "broken",
            Self::Accepted => "accepted",
            Self::Open => "open",
        }
    }
}

/// How long a stage took.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StageTime {
    /// Stage name.
    pub stage: String,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// What it worked on or what came out of it: name → how many.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// CPU seconds of all threads, where the system tells.
    pub cpu_seconds: Option<f64>,
}
