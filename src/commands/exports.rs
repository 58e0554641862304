//! Rows of the exports that are about certain records or identifiers: where they stand, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hashbrown::HashSet;
use serde_json::Value as Json;

use super::Failure;
use super::job::Job;
use crate::erasure::{Place, Traces};
use crate::ingest::{self, Batch};
use crate::model::{Chunk, Key, NamespaceId, Row, Schema, Value};
use crate::problem::Problem;

/// What is looked for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// Records: (source, record id without the ordinal of identical rows).
    pub records: BTreeSet<(String, String)>,
    /// Identifiers.
    pub keys: HashSet<(NamespaceId, Key)>,
    /// Rejected rows that seem to be about her.
    pub traces: Option<&'a Traces>,
}

/// A row that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its source.
    pub source: String,
    /// Its channel.
    pub channel: String,
    /// Its id, without the ordinal of identical rows.
    pub record_id: String,
    /// File, as the run's list has it.
    pub file: String,
    /// Line on which it begins, from 1.
    pub line: u64,
    /// RFC 3339 UTC; none = it has none.
    pub event_time: Option<String>,
    /// Fields that have a value, in the order of the schema.
    pub fields: Vec<(String, Json)>,
    /// Identifiers that it carries: namespace, key, value.
    pub identifiers: Vec<(NamespaceId, Key, String)>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Hits {
    /// Rows.
    pub rows: Vec<Hit>,
    /// Rejected rows: source, file, line.
    pub rejects: Vec<(String, String, u64)>,
}

/// Reads all exports of a config and gives what is wanted, in the order of the files.
///
/// # Errors
/// The exports cannot be opened or read, or come from standard input.
pub fn find(config: &Path, wanted: &Wanted<'_>) -> Result<Hits, Failure> {
    let loaded = super::load(config)?;
    if loaded.config.source.iter().any(|source| source.path.as_slice().iter().any(|path| path == "-")) {
        let what = "a source comes from standard input, which cannot be read again";
        return Err(Problem::run(what, "").into());
    }
    let mut job = Job::open(config, None)?;
    let (schema, plan) = (&job.schema, &job.plan);
    let mut hits = Hits::default();
    let mut files: Vec<u32> = Vec::new();
    let mut reject_files: Vec<u32> = Vec::new();
    let mut take = |batch: Batch| {
        let source = &schema.sources[usize::from(batch.chunk.source)];
        let wanted_ids: HashSet<&str> =
            wanted.records.iter().filter(|(name, _)| *name == source.name).map(|(_, id)| id.as_str()).collect();
        let found = rows_of(&batch.chunk, &wanted_ids, wanted, schema);
        for row in found {
            let row = batch.chunk.row(row as usize, schema.fields.len());
            let mut identifiers = Vec::new();
            plan.identifiers(row, &mut |namespace, key, value| identifiers.push((namespace, key, value.to_owned())));
            files.push(batch.chunk.file);
            hits.rows.push(Hit {
                source: source.name.clone(),
                channel: source.channel.clone(),
                record_id: row.record_id().to_owned(),
                file: String::new(),
                line: u64::from(row.head().line),
                event_time: (row.event_time() != i64::MIN).then(|| moment(row.event_time())),
                fields: fields(row, schema),
                identifiers,
            });
        }
        for reject in batch.rejects.iter().filter(|reject| wanted.traces.is_some_and(|t| t.in_raw(&reject.raw))) {
            reject_files.push(reject.file);
            hits.rejects.push((source.name.clone(), String::new(), reject.line));
        }
        Ok(batch.chunk.cleared())
    };
    let read = ingest::read(std::mem::take(&mut job.inputs), plan, None, None, &mut take, &|_| {})?;
    let name = |file: u32| read.get(file as usize).map(|file| file.path.clone()).unwrap_or_default();
    hits.rows.iter_mut().zip(files).for_each(|(hit, file)| hit.file = name(file));
    hits.rejects.iter_mut().zip(reject_files).for_each(|(hit, file)| hit.1 = name(file));
    Ok(hits)
}

/// Rows of a chunk that are wanted.
fn rows_of(chunk: &Chunk, ids: &HashSet<&str>, wanted: &Wanted<'_>, schema: &Schema) -> BTreeSet<u32> {
    let mut rows = BTreeSet::new();
    for (namespace, found) in chunk.occurrences.iter().enumerate().filter(|_| !wanted.keys.is_empty()) {
        let is_wanted = |key| wanted.keys.contains(&(namespace as NamespaceId, key));
        found.iter().filter(|found| is_wanted(found.key())).for_each(|found| _ = rows.insert(found.record));
    }
    if !ids.is_empty() {
        let is_wanted = |row: &u32| ids.contains(chunk.row(*row as usize, schema.fields.len()).record_id());
        (0..chunk.len() as u32).filter(is_wanted).for_each(|row| _ = rows.insert(row));
    }
    rows
}

/// Fields that have a value.
fn fields(row: Row<'_>, schema: &Schema) -> Vec<(String, Json)> {
    let mut raw = Vec::new();
    row.split(&mut raw);
    let value = |(field, raw): (&crate::model::Field, &&[u8])| {
        let value = match Row::decode(raw, field.kind.value_type())? {
            Value::Text(text) => Json::from(text),
            Value::Number(number) => Json::from(number),
            Value::Bool(flag) => Json::from(flag),
            Value::Date(days) => Json::from(moment(i64::from(days) * 86_400_000_000)[..10].to_owned()),
            Value::Time(micros) => Json::from(moment(micros)),
        };
        Some((field.name.clone(), value))
    };
    schema.fields.iter().zip(&raw).filter_map(value).collect()
}

fn moment(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map_or_else(|_| "0000-00-00 out of range".to_owned(), |time| time.to_string())
}

/// A record id without the ordinal that tells identical rows apart.
pub fn base_id(record_id: &str) -> &str {
    match record_id.split_once('-') {
        Some((fingerprint, _)) if fingerprint.len() == 33 && fingerprint.starts_with('#') => fingerprint,
        _ => record_id,
    }
}

/// Places of rows, by source and file.
pub fn places(rows: impl IntoIterator<Item = (String, String, u64)>) -> Vec<Place> {
    let mut lines: BTreeMap<(String, String), BTreeSet<u64>> = BTreeMap::new();
    for (source, file, line) in rows {
        lines.entry((source, file)).or_default().insert(line);
    }
    let place =
        |((source, file), lines): (_, BTreeSet<u64>)| Place { source, file, lines: lines.into_iter().collect() };
    lines.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fingerprint_has_an_ordinal() {
        let fingerprint = format!("#{}", "a".repeat(32));
        assert_eq!(base_id(&format!("{fingerprint}-12")), fingerprint);
        assert_eq!(base_id(&fingerprint), fingerprint);
        assert_eq!(base_id("R-12"), "R-12");
    }
}
