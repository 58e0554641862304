//! `onefold subject`: everything that is held about a person.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::asked::{Source, run_of};
use super::exports::{self, Hit, Wanted, base_id};
use super::lookup::{Published, veil_of};
use super::{Failure, print};
use crate::cli::SubjectArgs;
use crate::config;
use crate::normalize;
use crate::problem::{Problem, Problems};
use crate::publish::{self, Filter, OutputFile, Rows, RunFolder, has_table, rows_about, select};

/// Collects and writes it.
pub fn subject(config: &Path, args: &SubjectArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    publish::finish(&out, &super::clock::now())?;
    let (schema, policies) = config::schema(&loaded.config);
    let plan = normalize::Plan::new(&loaded.config, &schema, &policies)
        .map_err(|faults: Problems| Failure::in_config(faults, &loaded))?;
    let Some(run) = run_of(&out)? else {
        let fix = "run `onefold run` first";
        return Err(Problem::file(out.display().to_string(), None, "nothing was published here yet", fix).into());
    };
    let namespaces = schema.namespaces.iter().map(|namespace| namespace.name.clone()).collect();
    let veil = veil_of(&out, &run)?;
    let published = Published { loaded: &loaded, run: &run, schema: &schema, plan: &plan, namespaces, veil };
    let has_edges = published.veil.is_none() && has_table(&run, "edges");
    let source = Source { config, published: &published, has_run: true, policies: &policies, has_edges };
    let asked = source.understand(&args.who)?;
    if asked.persons.is_empty() {
        let what = format!("nobody in run {} is known by this", run.run);
        return Err(Problem::run(what, "`onefold head edges` shows what there is").into());
    }
    let mut runs = publish::runs(&out)?;
    runs.extend(publish::held(&out));
    let mut persons = Vec::new();
    for person in &asked.persons {
        persons.push(one(&source, person, &run, &runs)?);
    }
    let answer = json!({ "onefold": env!("CARGO_PKG_VERSION"), "run": run.run, "persons": persons });
    let mut page = format!("{answer:#}").into_bytes();
    page.push(b'\n');
    let Some(path) = &args.output else { return print(&page) };
    let mut file = OutputFile::create(path)?;
    file.write_all(&page).map_err(|error| file.explain(&error))?;
    file.finish()?;
    Ok(())
}

/// Everything about one person.
fn one(source: &Source<'_>, person: &str, run: &RunFolder, runs: &[RunFolder]) -> Result<Value, Failure> {
    let of = BTreeSet::from([person.to_owned()]);
    let hers = publish::people(Some(run), runs, &of, &[])?;
    let about = |run: &RunFolder| rows_about(run, &hers.persons, &hers.records);
    let mut tables = about(run)?;
    let records = records(source, &hers.records, &tables)?;
    let golden = golden(run, person, &tables)?;
    let segments: Vec<String> =
        tables.remove("segments").map(|rows| rows.column("segment").map(str::to_owned).collect()).unwrap_or_default();
    for told in ["crosswalk", "edges", "golden_customers", "provenance", "segments_wide"] {
        tables.remove(told);
    }
    let more: Map<String, Value> = tables.iter().map(|(name, rows)| (name.clone(), objects(rows))).collect();
    let mut earlier = Map::new();
    for other in runs.iter().filter(|other| other.path != run.path) {
        let tables = about(other)?;
        let tables: Map<String, Value> = tables.iter().map(|(name, rows)| (name.clone(), objects(rows))).collect();
        if !tables.is_empty() {
            earlier.insert(other.run.to_string(), tables.into());
        }
    }
    Ok(json!({
        "person_id": person,
        "golden": golden,
        "segments": segments,
        "records": records,
        "tables": more,
        "other_runs": earlier,
    }))
}

/// Her records as the exports have them, with what was decided about their identifiers.
fn records(
    source: &Source<'_>,
    records: &BTreeSet<(String, String)>,
    tables: &BTreeMap<String, Rows>,
) -> Result<Value, Failure> {
    let mut decisions: BTreeMap<(&str, &str), Vec<Value>> = BTreeMap::new();
    if let Some(edges) = tables.get("edges") {
        let columns = ["source", "record_id", "namespace", "value", "decision", "reason"];
        let columns = columns.map(|name| edges.column(name).collect::<Vec<_>>());
        for row in 0..edges.rows.len() {
            let [source, id, namespace, value, decision, reason] = columns.each_ref().map(|column| column[row]);
            let edge = json!({ "namespace": namespace, "value": value, "decision": decision, "reason": reason });
            decisions.entry((source, base_id(id))).or_default().push(edge);
        }
    }
    let wanted = records.iter().map(|(source, id)| (source.clone(), base_id(id).to_owned())).collect();
    let hits = exports::find(source.config, &Wanted { records: wanted, ..Wanted::default() });
    let (hits, fault) = match hits {
        Ok(hits) => (hits.rows, None),
        Err(failure) => (Vec::new(), Some(failure.first_line())),
    };
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    let mut rows: Vec<Value> = Vec::new();
    for hit in &hits {
        told.insert((hit.source.clone(), hit.record_id.clone()));
        rows.push(record(source, hit, decisions.get(&(hit.source.as_str(), hit.record_id.as_str()))));
    }
    // What the exports do not have any more is known by its key and its identifiers.
    for (name, id) in records.iter().filter(|(name, id)| !told.contains(&(name.clone(), base_id(id).to_owned()))) {
        let identifiers = decisions.get(&(name.as_str(), base_id(id)));
        let why = fault.as_deref().unwrap_or("it is in none of the exports");
        rows.push(json!({ "source": name, "record_id": id, "identifiers": identifiers, "not_read": why }));
    }
    Ok(rows.into())
}

fn record(source: &Source<'_>, hit: &Hit, edges: Option<&Vec<Value>>) -> Value {
    let name = |namespace: u8| &source.published.schema.namespaces[usize::from(namespace)].name;
    let plain = hit.identifiers.iter().map(|(n, _, value)| json!({ "namespace": name(*n), "value": value }));
    let identifiers = edges.cloned().unwrap_or_else(|| plain.collect());
    let fields: Map<String, Value> = hit.fields.iter().cloned().collect();
    json!({
        "source": hit.source,
        "channel": hit.channel,
        "record_id": hit.record_id,
        "file": hit.file,
        "line": hit.line,
        "event_time": hit.event_time,
        "fields": fields,
        "identifiers": identifiers,
    })
}

/// Golden values, each with the record that it is from.
fn golden(run: &RunFolder, person: &str, tables: &BTreeMap<String, Rows>) -> Result<Value, Failure> {
    if !has_table(run, "golden_customers") {
        return Ok(Value::Null);
    }
    let mut from: BTreeMap<&str, Value> = BTreeMap::new();
    if let Some(rows) = tables.get("provenance") {
        let columns = ["field", "source", "record_id", "rule"].map(|name| rows.column(name).collect::<Vec<_>>());
        for row in 0..rows.rows.len() {
            let [field, source, id, rule] = columns.each_ref().map(|column| column[row]);
            from.insert(field, json!({ "source": source, "record_id": id, "rule": rule }));
        }
    }
    let rows = select(run, "golden_customers", &Filter::Is("person_id", person.to_owned()), 1)?;
    let mut golden = Map::new();
    for (name, value) in rows.names.iter().zip(rows.rows.first().into_iter().flatten()) {
        if name != "person_id" && !value.is_empty() {
            golden.insert(name.clone(), json!({ "value": value, "from": from.get(name.as_str()) }));
        }
    }
    Ok(golden.into())
}

fn objects(rows: &Rows) -> Value {
    let object = |row: &Vec<String>| {
        let cells = rows.names.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        Value::Object(cells.map(|(name, cell)| (name.clone(), cell.clone().into())).collect())
    };
    rows.rows.iter().map(object).collect::<Vec<_>>().into()
}
