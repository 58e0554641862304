//! `onefold forget`: a person, erased.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hashbrown::HashSet;

use super::asked::{Asked, Identifiers, Source, run_of};
use super::clock::now;
use super::exports::{self, Hits, Wanted, base_id};
use super::lookup::{Published, veil_of};
use super::{Failure, print};
use crate::cli::{AnswerFormat, ForgetArgs};
use crate::config;
use crate::erasure::{Domain, Erased, Receipt, Traces, own_forms};
use crate::identity::parse_person_id;
use crate::ingest::read_as;
use crate::model::{Key, Kind, NamespaceId, Schema, identifier_key};
use crate::normalize;
use crate::problem::{Problem, Problems};
use crate::publish::{self, Erasure, OutputFolder, People, RunFolder, Veil, has_table, rows_if};

/// Erases, files the receipt and prints it.
pub fn forget(config: &Path, args: &ForgetArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    let (schema, policies) = config::schema(&loaded.config);
    let plan = normalize::Plan::new(&loaded.config, &schema, &policies)
        .map_err(|faults: Problems| Failure::in_config(faults, &loaded))?;
    let at = now();
    let folder = OutputFolder::open(&out, &at)?;
    if folder.has_plan() {
        let what = "a `plan` is reading here just now, and would keep what is erased";
        return Err(Problem::file(out.display().to_string(), None, what, "wait until it is done").into());
    }
    let run = run_of(&out)?;
    let nowhere = RunFolder { run: 0, path: out.clone(), current: false };
    let mut namespaces = vec!["always_link".to_owned()];
    namespaces.extend(schema.namespaces.iter().map(|namespace| namespace.name.clone()));
    let published = Published {
        loaded: &loaded,
        run: run.as_ref().unwrap_or(&nowhere),
        schema: &schema,
        plan: &plan,
        namespaces,
        veil: run.as_ref().map(|run| veil_of(&out, run)).transpose()?.flatten(),
    };
    let source = Source {
        config,
        published: &published,
        has_run: run.is_some(),
        policies: &policies,
        has_edges: published.veil.is_none() && run.as_ref().is_some_and(|run| has_table(run, "edges")),
    };
    let asked = source.understand(&args.who)?;
    let mut runs = publish::runs(&out)?;
    runs.extend(publish::held(&out));
    // Some of the runs may have pseudonyms of what is hers.
    let veil = publish::secret(&out)?.map(|secret| Veil::of_values(&secret));
    let hers = Hers::find(&source, &asked, (run.as_ref(), &runs), veil.as_ref())?;
    let traces = hers.traces(&source, veil.as_ref())?;
    let (hits, exports) = match hers.in_exports(&source, &traces) {
        Ok(hits) => (hits, "read".to_owned()),
        Err(failure) => (Hits::default(), format!("not read: {}", failure.first_line())),
    };
    let number = publish::next_receipt(&out)?;
    let erasure = Erasure::sweep(&folder, &runs, &traces, &hers.people.mixed, &at, number)?;
    let list = hers.list(&source, &asked, &hits);
    let mut receipt = Receipt {
        receipt: number,
        at,
        onefold: env!("CARGO_PKG_VERSION").to_owned(),
        asked_with: asked.with,
        persons: asked.persons.len() as u64,
        records: list.records.len() as u64,
        exports,
        ..Receipt::default()
    };
    hers.count(&mut receipt);
    let places = hits.rows.into_iter().map(|hit| (hit.source, hit.file, hit.line));
    receipt.still_in = exports::places(places.chain(hits.rejects));
    let swept = erasure.swept();
    receipt.runs = swept.runs.values().cloned().collect();
    (receipt.files_rewritten, receipt.files_deleted) = (swept.rewritten, swept.deleted);
    receipt.files_left = swept.left.clone();
    if !args.dry_run {
        receipt = erasure.commit(receipt, &mut |erased| list.add(erased, &schema, &policies))?;
    }
    print(&match args.format {
        AnswerFormat::Json => format!("{:#}\n", serde_json::json!(receipt)).into_bytes(),
        AnswerFormat::Text => text(&receipt, args.dry_run, &out).into_bytes(),
    })
}

/// What is hers.
struct Hers {
    people: People,
    identifiers: Identifiers,
}

/// What the list of the erased gets.
struct Additions {
    keys: HashSet<(NamespaceId, Key)>,
    /// E-mail addresses and telephone numbers as texts: their hashes are hers, too.
    hashed: Vec<String>,
    records: BTreeSet<(String, String)>,
    persons: BTreeSet<String>,
}

impl Hers {
    fn find(
        source: &Source<'_>,
        asked: &Asked,
        (run, runs): (Option<&RunFolder>, &[RunFolder]),
        veil: Option<&Veil>,
    ) -> Result<Self, Failure> {
        let name = |namespace: NamespaceId| source.published.schema.namespaces[usize::from(namespace)].name.clone();
        // First her records, to know her identifiers; then, by those, what she was in other runs.
        let known = publish::people(run, &[], &asked.persons, &[])?;
        let mut identifiers = source.identifiers(&asked.persons, &known.records)?;
        for (namespace, _, value) in &asked.typed {
            identifiers.entry((name(*namespace), value.clone())).or_default().is_usable = true;
        }
        let alone: Vec<(String, String)> =
            identifiers.iter().filter(|(_, standing)| !standing.is_others).map(|(key, _)| key.clone()).collect();
        let usable = |key: &&(String, String)| identifiers[*key].is_usable;
        let mut values: Vec<(String, String)> = alone.iter().filter(usable).cloned().collect();
        if let Some(veil) = veil {
            let veiled = |(name, value): &(String, String)| (name.clone(), veil.pseudonym(value));
            values.extend(values.iter().map(veiled).collect::<Vec<_>>());
        }
        let people = publish::people(run, runs, &asked.persons, &values)?;
        Ok(Self { people, identifiers })
    }

    /// What is looked for in files.
    fn traces(&self, source: &Source<'_>, veil: Option<&Veil>) -> Result<Traces, Failure> {
        let schema = source.published.schema;
        let mut traces = Traces::of(self.people.persons.clone(), self.people.records.clone());
        let kind = |name: &str| schema.namespace(name).map_or(Kind::Text, |n| schema.namespaces[usize::from(n)].kind);
        let alone = || self.identifiers.iter().filter(|(_, standing)| !standing.is_others).map(|(key, _)| key);
        let phones: Vec<String> =
            alone().filter(|(name, _)| kind(name) == Kind::Phone).map(|(_, value)| value.clone()).collect();
        let values: Vec<String> = alone().flat_map(|(name, value)| own_forms(kind(name), value)).collect();
        let mut values = values;
        if let Some(veil) = veil {
            values.extend(values.iter().map(|value| veil.pseudonym(value)).collect::<Vec<_>>());
            let veiled = |(source, id): &(String, String)| (source.clone(), veil.pseudonym(id));
            traces.records.extend(self.people.records.iter().map(veiled));
        }
        traces.values(values, &phones, self.names(source)?);
        Ok(traces)
    }

    /// Her names, as the golden table has them: each of several words.
    fn names(&self, source: &Source<'_>) -> Result<Vec<Vec<String>>, Failure> {
        let (run, schema) = (source.published.run, source.published.schema);
        if !source.has_run || !has_table(run, "golden_customers") {
            return Ok(Vec::new());
        }
        let rows = rows_if(run, "golden_customers", &["person_id"], &mut |c| self.people.persons.contains(c[0]))?;
        let is_name = |name: &&String| {
            schema.field(name).is_some_and(|field| schema.fields[usize::from(field)].kind == Kind::Name)
        };
        let columns: Vec<usize> = (0..rows.names.len()).filter(|&at| is_name(&&rows.names[at])).collect();
        let name =
            |row: &Vec<String>| columns.iter().map(|&at| row[at].clone()).filter(|part| !part.is_empty()).collect();
        Ok(rows.rows.iter().map(name).collect())
    }

    /// Keys of identifiers that are hers alone and link.
    fn keys(&self, source: &Source<'_>) -> HashSet<(NamespaceId, Key)> {
        let key = |(name, value): &(String, String)| {
            let namespace = source.published.schema.namespace(name)?;
            let key = source.published.plan.key_of(namespace, value).map_or_else(
                || identifier_key(value.as_bytes()), // a value of a declared kind that it no longer reads
                |(key, _)| key,
            );
            Some((namespace, key))
        };
        let mine = self.identifiers.iter().filter(|(_, standing)| standing.is_usable && !standing.is_others);
        mine.filter_map(|(identifier, _)| key(identifier)).collect()
    }

    /// Her rows in the exports.
    fn in_exports(&self, source: &Source<'_>, traces: &Traces) -> Result<Hits, Failure> {
        let records = self.people.records.iter().map(|(source, id)| (source.clone(), base_id(id).to_owned())).collect();
        exports::find(source.config, &Wanted { records, keys: self.keys(source), traces: Some(traces) })
    }

    fn list(&self, source: &Source<'_>, asked: &Asked, hits: &Hits) -> Additions {
        let schema = source.published.schema;
        let mut keys = self.keys(source);
        keys.extend(asked.typed.iter().map(|(namespace, key, _)| (*namespace, *key)));
        let mut records: BTreeSet<(String, String)> =
            self.people.records.iter().map(|(source, id)| (source.clone(), base_id(id).to_owned())).collect();
        records.extend(hits.rows.iter().map(|hit| (hit.source.clone(), hit.record_id.clone())));
        let kind = |name: &str| schema.namespace(name).map_or(Kind::Text, |n| schema.namespaces[usize::from(n)].kind);
        let hashed = self
            .identifiers
            .iter()
            .filter(|((name, _), standing)| {
                standing.is_usable && !standing.is_others && matches!(kind(name), Kind::Email | Kind::Phone)
            })
            .map(|((_, value), _)| value.clone());
        Additions { keys, hashed: hashed.collect(), records, persons: self.people.persons.clone() }
    }

    fn count(&self, receipt: &mut Receipt) {
        for ((name, _), standing) in &self.identifiers {
            let (into, key) = match standing {
                s if s.is_others => (&mut receipt.identifiers_left, format!("{name}: on records of others, too")),
                s if !s.is_usable => (&mut receipt.identifiers_left, format!("{name}: identifies nobody")),
                _ => (&mut receipt.identifiers_kept, name.clone()),
            };
            *into.entry(key).or_default() += 1;
        }
    }
}

impl Additions {
    /// Adds all of it to the list; gives how many are new.
    fn add(&self, erased: &mut Erased, schema: &Schema, policies: &[config::NamespacePolicy]) -> u64 {
        let mut added = 0;
        let mut put = |domain: &Domain, read: &str, key: Key| added += u64::from(erased.insert(domain, read, key));
        for &(namespace, key) in &self.keys {
            let of = &schema.namespaces[usize::from(namespace)];
            put(&Domain::of(of.kind, &of.name), &read_as(&policies[usize::from(namespace)]), key);
        }
        for hash in self.hashed.iter().flat_map(|value| crate::erasure::hashes(value)) {
            put(&Domain::of(Kind::Hash, ""), "", identifier_key(hash.as_bytes()));
        }
        for (source, id) in &self.records {
            put(&Domain::record(source), "", identifier_key(id.as_bytes()));
        }
        for id in self.persons.iter().filter_map(|id| parse_person_id(id)) {
            put(&Domain::person(), "", id);
        }
        added
    }
}

/// The receipt in words.
fn text(receipt: &Receipt, is_dry: bool, out: &Path) -> String {
    let plural = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let counts = |counts: &BTreeMap<String, u64>| {
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    let verb = if is_dry { "Would be erased" } else { "Erased" };
    let mut page = format!("{verb}: {}, {}\n", plural(receipt.persons, "person"), plural(receipt.records, "record"));
    if receipt.persons == 0 {
        page += "  nobody in the published run is known by this; rows that carry it will be dropped\n";
    }
    let kept = if receipt.identifiers_kept.is_empty() { "none".into() } else { counts(&receipt.identifiers_kept) };
    page += &format!("  identifiers kept as keyed hashes, by which rows are dropped: {kept}\n");
    if !receipt.identifiers_left.is_empty() {
        page += &format!("  identifiers that are not: {}\n", counts(&receipt.identifiers_left));
    }
    for run in &receipt.runs {
        let mut parts =
            vec![plural(run.rows_dropped, "row"), format!("{} of others", plural(run.cells_blanked, "cell"))];
        parts.extend((run.texts_changed > 0).then(|| plural(run.texts_changed, "text")));
        parts.extend(
            (run.persons_left > 0).then(|| format!("{} partly of this one", plural(run.persons_left, "person"))),
        );
        page += &format!("  run {}: {}\n", run.run, parts.join(", "));
    }
    let (rewritten, deleted) = (receipt.files_rewritten, receipt.files_deleted);
    page +=
        &format!("  {} written anew, {} of the cache deleted\n", plural(rewritten, "file"), plural(deleted, "file"));
    for file in &receipt.files_left {
        page += &format!("  {file} holds something of the person and is no file of onefold's: delete it yourself\n");
    }
    if receipt.exports != "read" {
        page += &format!("\nThe exports were {}\n", receipt.exports);
    } else if receipt.still_in.is_empty() {
        page += "\nThe exports have nothing of the person.\n";
    } else {
        page += "\nYour exports are not changed. The person still stands in\n";
        for place in &receipt.still_in {
            let lines: Vec<String> = place.lines.iter().take(10).map(ToString::to_string).collect();
            let more = place.lines.len().saturating_sub(10);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            page += &format!("  {} ({}): line {}{more}\n", place.file, place.source, lines.join(", "));
        }
    }
    if is_dry {
        page += "\nNothing was changed.\n";
    } else {
        page +=
            &format!("\nReceipt: {}\n", out.join(format!("erasure/receipts/{:06}.json", receipt.receipt)).display());
    }
    page
}
