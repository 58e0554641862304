//! Everything that can be known before a row is read: what `run`, `check` and `profile` begin with. What this refuses,
//! all of them refuse; what it passes, none of them refuses before it reads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Failure;
use crate::config::{self, Config, Loaded, NamespacePolicy};
use crate::erasure::Erased;
use crate::gates;
use crate::ingest::{self, Inputs};
use crate::model::{MemoryLimit, RunReport, Said, Schema, SuppressionList};
use crate::normalize;
use crate::pipeline::Plans;
use crate::problem::{Place, Problem, Problems, nearest};
use crate::publish::{self, Selection, Veil};

/// A config with everything that can be known before a row is read.
pub struct Job {
    /// The config.
    pub loaded: Loaded,
    /// Its names and kinds.
    pub schema: Schema,
    /// Its identifiers, every default filled in.
    pub policies: Vec<NamespacePolicy>,
    /// What is written.
    pub selection: Selection,
    /// How cells are normalized.
    pub plan: normalize::Plan,
    /// The rules of golden, traits and segments; their `as_of` is a stand-in.
    pub rules: Plans,
    /// What the steward's files say.
    pub said: Vec<Said>,
    /// `[[suppression]]`, read.
    pub lists: Vec<SuppressionList>,
    /// The files, open.
    pub inputs: Inputs,
    /// What the user says it is, UTC microseconds.
    pub as_of: Option<i64>,
    /// `[gates]`.
    pub gates: gates::Plan,
    /// The output folder.
    pub out: PathBuf,
    /// Most memory to take, where the command line says so, in bytes.
    pub memory: Option<u64>,
    /// Who must not be known; none = nobody was ever erased.
    pub erased: Option<Erased>,
}

impl Job {
    /// Loads the config, compiles every rule, and opens every file; `as_of` as it was typed. All faults that can be
    /// found come at once, before any work.
    pub fn open(path: &Path, as_of: Option<&str>) -> Result<Self, Failure> {
        let (loaded, earlier) = super::in_text(path, config::load_with_faults(path))?;
        let mut faults = Vec::new();
        let out = loaded.base.join(&loaded.config.output.dir);
        let opened = Opened::new(&loaded, as_of, &out, &mut |problems: Problems| faults.extend(problems.0));
        if !earlier.is_empty() || !faults.is_empty() {
            return Err(Failure::in_config(config::in_order(&loaded.text, earlier, faults), &loaded));
        }
        let (schema, policies) = config::schema(&loaded.config);
        match opened {
            Opened {
                selection: Some(selection),
                plan: Some(plan),
                rules: Some(rules),
                said: Some(said),
                lists: Some(lists),
                inputs: Some(inputs),
                as_of: Some(as_of),
                gates: Some(gates),
                erased: Some(erased),
            } => Ok(Self {
                schema,
                policies,
                selection,
                plan,
                rules,
                said,
                lists,
                inputs,
                as_of,
                gates,
                out,
                erased,
                loaded,
                memory: None,
            }),
            _ => {
                Err(Problem::run("the config cannot be opened", "this is a fault of onefold; please report it").into())
            }
        }
    }

    /// The memory to take: what was said, else three quarters of what there is.
    pub fn memory_limit(&self) -> MemoryLimit {
        let said = || self.loaded.config.project.memory_limit.as_deref().and_then(config::parse_memory);
        let bytes = self.memory.or_else(said).unwrap_or_else(|| polars_utils::sys::total_memory() / 4 * 3);
        MemoryLimit { bytes, folder: self.out.clone() }
    }

    /// What makes pseudonyms of identifiers and names, where the config or the command line asks for them. Whoever calls has
    /// the output folder's lock, for the key may have to be made.
    pub fn veil(&self, is_asked: bool) -> Result<Option<Veil>, Problem> {
        if !is_asked && self.loaded.config.output.pseudonymize.is_none() {
            return Ok(None);
        }
        let secret = publish::make_secret(&self.out)?;
        Ok(Some(Veil::new(&secret, &self.loaded.config, &self.schema)))
    }

    /// Erased persons whom this config may not recognize.
    pub fn doubts(&self) -> Vec<Problem> {
        let unsure = self.erased.iter().flat_map(|erased| ingest::unsure(erased, &self.schema, &self.policies));
        let doubt = |(what, is_read_otherwise): (String, bool)| {
            let (kind, name) = what.split_once(':').unwrap_or(("identifier", &what));
            let how = match (kind, is_read_otherwise) {
                (_, true) => format!("identifier `{name}` is read otherwise than when persons were erased by it"),
                ("record", _) => format!("persons were erased by records of source `{name}`, which is no more"),
                _ => format!("persons were erased by identifier `{name}`, which is no more"),
            };
            let fix = "they may come back: read it as before, or run `onefold forget` for them once more";
            Problem::run(how, fix)
        };
        unsure.map(doubt).collect()
    }

    /// The report of a run that has just begun.
    pub fn report(&self, run: u64, started_at: String) -> RunReport {
        let config = &self.loaded.config;
        let folder = self.loaded.base.canonicalize().ok();
        let folder = folder.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let named = !config.project.name.is_empty();
        let mut config_keys = BTreeMap::new();
        fingerprints(&serde_json::to_value(config).unwrap_or_default(), String::new(), &mut config_keys);
        RunReport {
            onefold: env!("CARGO_PKG_VERSION").to_owned(),
            project: if named { config.project.name.clone() } else { folder.unwrap_or_default() },
            config_sha256: fingerprint(config),
            config_keys,
            run,
            started_at,
            ..RunReport::default()
        }
    }
}

/// What each look at the config gave; none = it has faults.
struct Opened {
    selection: Option<Selection>,
    plan: Option<normalize::Plan>,
    rules: Option<Plans>,
    said: Option<Vec<Said>>,
    lists: Option<Vec<SuppressionList>>,
    inputs: Option<Inputs>,
    as_of: Option<Option<i64>>,
    gates: Option<gates::Plan>,
    erased: Option<Option<Erased>>,
}

impl Opened {
    fn new(loaded: &Loaded, as_of: Option<&str>, out: &Path, keep: &mut dyn FnMut(Problems)) -> Self {
        let config = &loaded.config;
        let (schema, policies) = config::schema(config);
        let selection = Selection::new(&config.output).map_err(&mut *keep).ok();
        let plan = normalize::Plan::new(config, &schema, &policies).map_err(&mut *keep).ok();
        let rules = Plans::new(config, &schema, None).map_err(&mut *keep).ok();
        let as_of = moment(as_of, config).map_err(|problem| keep(problem.into())).ok();
        unknown_columns(config, rules.as_ref()).into_iter().for_each(|problem| keep(problem.into()));
        let said = plan.as_ref().map(|plan| ingest::steward(config, &schema, plan, &loaded.base).map_err(&mut *keep));
        let read = |plan| ingest::suppressions(config, &schema, plan, &loaded.base).map_err(&mut *keep).ok();
        let lists = plan.as_ref().and_then(read);
        let inputs = ingest::open(config, &schema, &loaded.base).map_err(&mut *keep).ok();
        let sources: Vec<String> = config.source.iter().map(|source| source.name.clone()).collect();
        let segments: Vec<String> = config.segment.iter().map(|segment| segment.name.clone()).collect();
        let gates = gates::Plan::new(&config.gates, &sources, &segments).map_err(&mut *keep).ok();
        let _ = publish::writable(out).map_err(|problem| keep(problem.into()));
        let erased = publish::erased(out).map_err(|problem| keep(problem.into())).ok();
        Self { selection, plan, rules, said: said.and_then(Result::ok), lists, inputs, as_of, gates, erased }
    }
}

/// Columns of `[output] pseudonymize` that the golden table does not have.
fn unknown_columns(config: &Config, rules: Option<&Plans>) -> Vec<Problem> {
    let (Some(wanted), Some(rules)) = (&config.output.pseudonymize, rules) else { return Vec::new() };
    let known: Vec<&str> = rules.columns().iter_names().map(|name| name.as_str()).collect();
    let unknown = wanted.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str()));
    let fault = |(at, name): (usize, &String)| {
        let fix = match nearest(name, known.iter().copied()).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its columns are {}", known.join(", ")),
        };
        Problem::config_at(&["output", "pseudonymize", &at.to_string()], format!("no golden column `{name}`"), fix)
    };
    unknown.map(fault).collect()
}

/// `--as-of`, else `project.as_of`, else nothing.
fn moment(typed: Option<&str>, config: &Config) -> Result<Option<i64>, Problem> {
    let project = &config.project;
    let zone = project.time_zone.as_deref();
    let fix = "write a day as 2026-01-31 or a moment as 2026-01-31T12:00:00Z";
    if let Some(text) = typed {
        let what = || format!("`{text}` is no day and no moment");
        return config::parse_as_of(text, zone).map(Some).ok_or_else(|| Problem {
            place: Place::Argument("--as-of".into()),
            what: what(),
            fix: fix.into(),
        });
    }
    let Some(text) = &project.as_of else { return Ok(None) };
    let parsed = config::parse_as_of(text, zone);
    parsed.map(Some).ok_or_else(|| Problem::config("project.as_of", format!("`{text}` is no day and no moment"), fix))
}

/// SHA-256 of what the config says, comments and layout aside.
fn fingerprint(config: &Config) -> String {
    let said = serde_json::to_vec(config).unwrap_or_default();
    Sha256::digest(said).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every key of the config with a fingerprint of its value: what tells two configs apart without telling what they say.
fn fingerprints(value: &Value, name: String, into: &mut BTreeMap<String, String>) {
    let under = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        Value::Null => {}
        Value::Object(keys) => keys.iter().for_each(|(key, value)| fingerprints(value, under(key), into)),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (at, value) in list.iter().enumerate() {
                let key = value["name"].as_str().map_or_else(|| at.to_string(), str::to_owned);
                fingerprints(value, under(&key), into);
            }
        }
        value => {
            let fingerprint = xxhash_rust::xxh3::xxh3_64(value.to_string().as_bytes());
            into.insert(name, format!("{fingerprint:016x}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_what_it_belongs_to_and_its_value_stays_unsaid() {
        let config = serde_json::json!({
            "source": [{ "name": "shop", "path": ["a.csv", "b.csv"], "record_id": null }],
            "identifiers": { "email": { "max_per_person": 5 } },
        });
        let mut keys = BTreeMap::new();
        fingerprints(&config, String::new(), &mut keys);
        let names: Vec<&str> = keys.keys().map(String::as_str).collect();
        assert_eq!(names, ["identifiers.email.max_per_person", "source.shop.name", "source.shop.path"]);
        assert!(keys.values().all(|value| value.len() == 16));
    }
}
