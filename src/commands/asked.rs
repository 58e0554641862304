//! Who is meant by what was typed, for the commands about one person: `forget` and `subject`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hashbrown::HashSet;

use super::Failure;
use super::exports::{self, Wanted, base_id};
use super::lookup::{Published, is_person_id};
use crate::cli::WhoArgs;
use crate::config::NamespacePolicy;
use crate::model::{Key, Kind, NamespaceId};
use crate::problem::{Place, Problem, Result, mask};
use crate::publish::{self, CROSSWALK_KEY, has_table, rows_if, scan};

/// Persons and identifiers that were asked for.
#[derive(Debug, Default)]
pub struct Asked {
    /// Persons of the published run.
    pub persons: BTreeSet<String>,
    /// Identifiers that were typed: namespace, key, normalized value.
    pub typed: Vec<(NamespaceId, Key, String)>,
    /// Per request: `person_id`, `record`, or the identifier's name.
    pub with: Vec<String>,
}

/// What is known of an identifier of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether it may link records: it is of its kind and no placeholder.
    pub is_usable: bool,
    /// Whether records of others carry it, too.
    pub is_others: bool,
}

/// Identifiers by namespace and value.
pub type Identifiers = BTreeMap<(String, String), Standing>;

/// A published run (none = nothing is published) with its config: where answers come from.
pub struct Source<'a> {
    /// The config's path.
    pub config: &'a Path,
    /// Its tables.
    pub published: &'a Published<'a>,
    /// Whether there is a run at all.
    pub has_run: bool,
    /// How identifiers are read.
    pub policies: &'a [NamespacePolicy],
    /// Whether the run's table of edges has identifiers as they are.
    pub has_edges: bool,
}

impl Source<'_> {
    /// Understands everything that was typed.
    pub fn understand(&self, args: &WhoArgs) -> Result<Asked, Failure> {
        let mut asked = Asked::default();
        for what in &args.what {
            self.one(what, &mut asked)?;
        }
        for (kind, flag, values) in [(Kind::Email, "--email", &args.email), (Kind::Phone, "--phone", &args.phone)] {
            for value in values {
                let of_kind = |(at, namespace): (usize, &crate::model::Namespace)| {
                    (namespace.kind == kind && !self.policies[at].compound).then_some(at as NamespaceId)
                };
                let namespaces: Vec<NamespaceId> =
                    self.published.schema.namespaces.iter().enumerate().filter_map(of_kind).collect();
                self.identifier(&namespaces, value, flag, &mut asked)?;
            }
        }
        Ok(asked)
    }

    fn one(&self, what: &str, asked: &mut Asked) -> Result<(), Failure> {
        let schema = self.published.schema;
        if let Some((name, value)) = what.split_once('=')
            && let Some(namespace) = schema.namespace(name)
        {
            return self.identifier(&[namespace], value, "WHO", asked);
        }
        if !self.has_run {
            let what = "nothing was published here yet, so there is no person and no record";
            return Err(Problem::run(what, "name an identifier, such as email=ana@example.com").into());
        }
        let found = self.published.find(what, "WHO")?;
        asked.with.push(if is_person_id(what) { "person_id" } else { "record" }.to_owned());
        asked.persons.extend(found.persons.into_iter().map(|(person, _)| person));
        Ok(())
    }

    /// An identifier, which is one person's or nobody's yet.
    fn identifier(
        &self,
        namespaces: &[NamespaceId],
        value: &str,
        place: &str,
        asked: &mut Asked,
    ) -> Result<(), Failure> {
        let fault = |what: String, fix: String| Problem { place: Place::Argument(place.to_owned()), what, fix };
        let plan = self.published.plan;
        let name = |namespace: &NamespaceId| self.published.schema.namespaces[usize::from(*namespace)].name.clone();
        let kind = |namespace: NamespaceId| self.published.schema.namespaces[usize::from(namespace)].kind;
        let read = |namespace: &NamespaceId| {
            let (key, value) = plan.key_of(*namespace, value)?;
            (!plan.blocks(kind(*namespace), &value)).then_some((*namespace, key, value))
        };
        let typed: Vec<(NamespaceId, Key, String)> = namespaces.iter().filter_map(read).collect();
        let Some((first, _, normalized)) = typed.first() else {
            let what = format!("\"{}\" is no value of an identifier that this config has", mask(value));
            return Err(fault(what, "placeholders and values of another form identify nobody".to_owned()).into());
        };
        asked.with.push(name(first));
        if self.has_run {
            let persons = self.carriers(&typed)?;
            if persons.len() > 1 {
                let ids: Vec<&str> = persons.iter().take(5).map(String::as_str).collect();
                let what = format!("{} {} is on records of {} persons", name(first), mask(normalized), persons.len());
                return Err(fault(what, format!("name the one that is meant by her id: {}", ids.join(", "))).into());
            }
            asked.persons.extend(persons);
        }
        asked.typed.extend(typed);
        Ok(())
    }

    /// Persons who have a record with one of these identifiers.
    fn carriers(&self, typed: &[(NamespaceId, Key, String)]) -> Result<BTreeSet<String>, Failure> {
        let run = self.published.run;
        if self.has_edges {
            let name = |namespace: NamespaceId| &self.published.schema.namespaces[usize::from(namespace)].name;
            let rows = rows_if(run, "edges", &["namespace", "value"], &mut |cells| {
                typed.iter().any(|(namespace, _, value)| cells == [name(*namespace).as_str(), value.as_str()])
            })?;
            return Ok(rows.column("person_id").map(str::to_owned).collect());
        }
        let keys: HashSet<(NamespaceId, Key)> = typed.iter().map(|(namespace, key, _)| (*namespace, *key)).collect();
        let hits = exports::find(self.config, &Wanted { keys, ..Wanted::default() })?;
        let records: HashSet<(String, String)> = hits.rows.into_iter().map(|hit| (hit.source, hit.record_id)).collect();
        let mut persons = BTreeSet::new();
        scan(run, "crosswalk", CROSSWALK_KEY, &mut |[source, record, person]| {
            if records.contains(&(source.to_owned(), base_id(record).to_owned())) {
                persons.insert(person.to_owned());
            }
        })?;
        Ok(persons)
    }

    /// All identifiers on records of these persons, and whether others have them, too.
    pub fn identifiers(
        &self,
        persons: &BTreeSet<String>,
        records: &BTreeSet<(String, String)>,
    ) -> Result<Identifiers, Failure> {
        let mut found = Identifiers::new();
        let schema = self.published.schema;
        if persons.is_empty() {
            return Ok(found);
        }
        if self.has_edges {
            let run = self.published.run;
            let rows = rows_if(run, "edges", &["person_id"], &mut |cells| persons.contains(cells[0]))?;
            let names = rows.column("namespace").zip(rows.column("value")).zip(rows.column("decision"));
            for ((namespace, value), decision) in names.filter(|((namespace, _), _)| *namespace != "always_link") {
                let standing = found.entry((namespace.to_owned(), value.to_owned())).or_default();
                standing.is_usable |= matches!(decision, "links" | "refused");
            }
            let known = found.clone();
            let wanted: HashSet<(&str, &str)> =
                known.keys().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let mut is_wanted = |cells: &[&str]| wanted.contains(&(cells[0], cells[1]));
            let rows = rows_if(run, "edges", &["namespace", "value"], &mut is_wanted)?;
            let names = rows.column("namespace").zip(rows.column("value")).zip(rows.column("person_id"));
            for ((namespace, value), _) in names.filter(|(_, person)| !persons.contains(*person)) {
                if let Some(standing) = found.get_mut(&(namespace.to_owned(), value.to_owned())) {
                    standing.is_others = true;
                }
            }
            return Ok(found);
        }
        let records: BTreeSet<(String, String)> =
            records.iter().map(|(source, id)| (source.clone(), base_id(id).to_owned())).collect();
        let mut keys: HashSet<(NamespaceId, Key)> = HashSet::new();
        let hers = exports::find(self.config, &Wanted { records: records.clone(), ..Wanted::default() })?;
        let name = |namespace: NamespaceId| schema.namespaces[usize::from(namespace)].name.clone();
        for (namespace, key, value) in hers.rows.into_iter().flat_map(|hit| hit.identifiers) {
            keys.insert((namespace, key));
            found.entry((name(namespace), value)).or_default().is_usable = true;
        }
        let carriers = exports::find(self.config, &Wanted { keys, ..Wanted::default() })?;
        let others: Vec<_> = carriers
            .rows
            .into_iter()
            .filter(|hit| !records.contains(&(hit.source.clone(), hit.record_id.clone())))
            .collect();
        // A record that no run has yet is nobody else's.
        let mut known: HashSet<(String, String)> = HashSet::new();
        let asked: HashSet<(&str, &str)> =
            others.iter().map(|hit| (hit.source.as_str(), hit.record_id.as_str())).collect();
        scan(self.published.run, "crosswalk", CROSSWALK_KEY, &mut |[source, record, person]| {
            if asked.contains(&(source, base_id(record))) && !persons.contains(person) {
                known.insert((source.to_owned(), base_id(record).to_owned()));
            }
        })?;
        for hit in others.iter().filter(|hit| known.contains(&(hit.source.clone(), hit.record_id.clone()))) {
            for (namespace, _, value) in &hit.identifiers {
                if let Some(standing) = found.get_mut(&(name(*namespace), value.clone())) {
                    standing.is_others = true;
                }
            }
        }
        Ok(found)
    }
}

/// The run that answers: the published one, else the newest whole one; none = there is none.
pub fn run_of(out: &Path) -> Result<Option<publish::RunFolder>> {
    let mut runs = publish::runs(out)?;
    runs.retain(|run| run.path.join("run.json").exists() && has_table(run, "crosswalk"));
    Ok(runs.iter().find(|run| run.current).or(runs.last()).cloned())
}
