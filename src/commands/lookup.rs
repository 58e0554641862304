//! What a published run knows of a record, an identifier or a person: the rows that `onefold explain` answers from.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::Loaded;
use crate::explain::{Consent, Edge, Identifier, Person, RecordKey, SharedBy, Union};
use crate::model::{Decision, Schema};
use crate::normalize;
use crate::problem::{Place, Problem, nearest};
use crate::publish::{self, Filter, Rows, RunFolder, Veil};

/// What was found under what was typed.
pub struct Found {
    /// Records by person.
    pub persons: Vec<(String, Vec<RecordKey>)>,
    /// Of an identifier: what was decided about it, the reason, and on how many records; the most first.
    pub decisions: Vec<(Decision, String, usize)>,
}

/// The tables of a run.
pub struct Published<'a> {
    /// The config.
    pub loaded: &'a Loaded,
    /// The run.
    pub run: &'a RunFolder,
    /// Names of sources and identifiers.
    pub schema: &'a Schema,
    /// Normalizes what is typed as data are.
    pub plan: &'a normalize::Plan,
    /// Strongest first.
    pub namespaces: Vec<String>,
    /// Where the run has pseudonyms: what makes them of what was typed.
    pub veil: Option<Veil>,
}

fn is(column: &'static str, value: &str) -> Filter {
    Filter::Is(column, value.to_owned())
}

/// Records with their persons, as the rows of a table have them.
fn keys_in(rows: &Rows) -> Vec<(String, RecordKey)> {
    let (sources, ids) = (rows.column("source"), rows.column("record_id"));
    rows.column("person_id")
        .zip(sources.zip(ids))
        .map(|(person, (source, id))| {
            (person.to_owned(), RecordKey { source: source.to_owned(), record_id: id.to_owned() })
        })
        .collect()
}

impl Published<'_> {
    /// Records of the crosswalk, called as all other tables call them: by pseudonyms where there are pseudonyms.
    fn keys(&self, rows: &Rows) -> Vec<(String, RecordKey)> {
        let mut keys = keys_in(rows);
        if let Some(veil) = &self.veil {
            keys.iter_mut().for_each(|(_, key)| key.record_id = veil.pseudonym(&key.record_id));
        }
        keys
    }

    fn rows(&self, table: &str, filter: &Filter, most: usize) -> Result<Rows, Problem> {
        if publish::has_table(self.run, table) {
            publish::select(self.run, table, filter, most)
        } else {
            Ok(Rows::default())
        }
    }

    /// Understands what was typed and looks it up.
    pub fn find(&self, what: &str, argument: &str) -> Result<Found, Problem> {
        let fault =
            |text: String, fix: String| Problem { place: Place::Argument(argument.to_owned()), what: text, fix };
        let record = what.split_once('/').filter(|(source, _)| self.schema.source(source).is_some());
        let identifier = what.split_once('=').filter(|(name, _)| self.namespaces.iter().any(|n| n == name));
        let mut decisions = Vec::new();
        let mut found = if let Some((source, id)) = record {
            let filter = Filter::All(vec![is("source", source), is("record_id", id)]);
            self.keys(&self.rows("crosswalk", &filter, 1)?)
        } else if let Some((namespace, value)) = identifier {
            let rows = self.rows("edges", &self.by_value(namespace, value), usize::MAX >> 33)?;
            decisions = decided(&rows);
            keys_in(&rows)
        } else if is_person_id(what) {
            let filter = Filter::Starts("person_id", what.to_lowercase());
            self.keys(&self.rows("crosswalk", &filter, usize::MAX >> 33)?)
        } else {
            return Err(self.not_understood(what, argument));
        };
        found.sort();
        found.dedup();
        if found.is_empty() {
            let near = self.near(what, record, identifier)?;
            let fix = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`onefold head crosswalk` and `onefold head edges` show what there is".to_owned(),
            };
            return Err(fault(format!("run {} has no `{what}`", self.run.run), fix));
        }
        let mut persons: Vec<(String, Vec<RecordKey>)> = Vec::new();
        for (person, key) in found {
            match persons.last_mut() {
                Some((last, records)) if *last == person => records.push(key),
                _ => persons.push((person, vec![key])),
            }
        }
        if persons.len() > 1 && record.is_none() && identifier.is_none() {
            let ids: Vec<&str> = persons.iter().take(5).map(|(id, _)| id.as_str()).collect();
            let text = format!("{} persons begin with `{what}`", persons.len());
            return Err(fault(text, format!("write more of the id: {}", ids.join(", "))));
        }
        Ok(Found { persons, decisions })
    }

    /// Edges of a value, as it was typed or as data would be normalized.
    fn by_value(&self, namespace: &str, value: &str) -> Filter {
        let normalized = self.schema.namespace(namespace).and_then(|n| self.plan.key_of(n, value));
        let mut values = vec![is("value", value)];
        values.extend(normalized.iter().map(|(_, value)| is("value", value)));
        if let Some(veil) = &self.veil {
            values.push(is("value", &veil.pseudonym(value)));
            values.extend(normalized.map(|(_, value)| is("value", &veil.pseudonym(&value))));
        }
        Filter::All(vec![is("namespace", namespace), Filter::Any(values)])
    }

    fn not_understood(&self, what: &str, argument: &str) -> Problem {
        let (left, mark) = match (what.split_once('/'), what.split_once('=')) {
            (Some((left, _)), None) => (left, '/'),
            (_, Some((left, _))) => (left, '='),
            _ => (what, ' '),
        };
        let sources = self.schema.sources.iter().map(|source| source.name.as_str());
        let namespaces = self.namespaces.iter().map(String::as_str);
        let near = if mark == '/' { nearest(left, sources) } else { nearest(left, namespaces) };
        let fix = match near.first() {
            Some(near) if mark != ' ' => format!("did you mean `{near}{mark}{}`?", &what[left.len() + 1..]),
            _ => "write a person id (8 characters or more of it), SOURCE/RECORD_ID, or IDENTIFIER=VALUE such as \
                  email=ana@example.com"
                .to_owned(),
        };
        let what = format!("`{what}` is no person id, no record and no identifier of this config");
        Problem { place: Place::Argument(argument.to_owned()), what, fix }
    }

    /// What is there and looks most like what was typed.
    fn near(
        &self,
        what: &str,
        record: Option<(&str, &str)>,
        identifier: Option<(&str, &str)>,
    ) -> Result<Vec<String>, Problem> {
        const LOOKED_AT: usize = 10_000;
        let start = |text: &str| text.chars().take(text.chars().count().div_ceil(2)).collect::<String>();
        let (table, column, filter, wanted, before) = match (record, identifier) {
            (Some((source, id)), _) => {
                let filter = Filter::All(vec![is("source", source), Filter::Starts("record_id", start(id))]);
                ("crosswalk", "record_id", filter, id, format!("{source}/"))
            }
            (_, Some((namespace, value))) => {
                let filter = Filter::All(vec![is("namespace", namespace), Filter::Starts("value", start(value))]);
                ("edges", "value", filter, value, format!("{namespace}="))
            }
            _ => ("crosswalk", "person_id", Filter::Starts("person_id", what[..6].to_lowercase()), what, String::new()),
        };
        let rows = self.rows(table, &filter, LOOKED_AT)?;
        let near = nearest(wanted, rows.column(column));
        Ok(near.into_iter().map(|near| format!("{before}{near}")).collect())
    }

    /// A person with everything that was published about it.
    pub fn person(&self, person_id: &str) -> Result<Person, Problem> {
        let filter = is("person_id", person_id);
        let all = usize::MAX >> 33;
        let records = self.keys(&self.rows("crosswalk", &filter, all)?).into_iter().map(|(_, key)| key).collect();
        let golden = self.rows("golden_customers", &filter, 1)?;
        let golden = golden.rows.first().map(|row| {
            let pairs = golden.names.iter().zip(row).filter(|(name, value)| *name != "person_id" && !value.is_empty());
            pairs.map(|(name, value)| (name.clone(), value.clone())).collect()
        });
        let rows = self.rows("edges", &filter, all)?;
        let texts = |name: &str| rows.column(name).map(str::to_owned).collect::<Vec<_>>();
        let (namespaces, values, decisions, reasons) =
            (texts("namespace"), texts("value"), texts("decision"), texts("reason"));
        let edge = |(at, (_, record)): (usize, (String, RecordKey))| Edge {
            record,
            identifier: Identifier { namespace: namespaces[at].clone(), value: values[at].clone() },
            decision: decision(&decisions[at]),
            reason: reasons[at].clone(),
        };
        let edges = keys_in(&rows).into_iter().enumerate().map(edge).collect();
        let golden = golden.unwrap_or_default();
        let (consent, suppressed) = (self.consent(person_id)?, self.suppressed(person_id)?);
        Ok(Person { person_id: person_id.to_owned(), golden, records, consent, suppressed, edges })
    }

    /// Whether a person may be contacted, and why.
    fn consent(&self, person_id: &str) -> Result<Vec<Consent>, Problem> {
        let rows = self.rows("consent", &is("person_id", person_id), usize::MAX >> 33)?;
        let names = ["channel", "purpose", "state", "since", "said", "source", "record_id", "via"];
        let columns = names.map(|name| rows.column(name).map(str::to_owned).collect::<Vec<_>>());
        let one = |row: usize| {
            let [channel, purpose, state, since, said, source, record_id, via] =
                columns.each_ref().map(|column| column[row].clone());
            let consent = if purpose.is_empty() { channel } else { format!("{channel}:{purpose}") };
            Consent { consent, state, since, said, record: RecordKey { source, record_id }, via }
        };
        Ok((0..rows.rows.len()).map(one).collect())
    }

    /// Why a person must not be contacted.
    fn suppressed(&self, person_id: &str) -> Result<Vec<String>, Problem> {
        let rows = self.rows("suppressions", &is("person_id", person_id), usize::MAX >> 33)?;
        let columns = ["reason", "list", "channel", "source", "record_id"]
            .map(|name| rows.column(name).map(str::to_owned).collect::<Vec<_>>());
        let one = |row: usize| {
            let [reason, list, channel, source, record_id] = columns.each_ref().map(|column| column[row].as_str());
            let channel = if channel.is_empty() { "all channels" } else { channel };
            match reason {
                "list" => format!("list {list}, on {channel}"),
                reason => format!("{reason} on {channel}, says {source}/{record_id}"),
            }
        };
        Ok((0..rows.rows.len()).map(one).collect())
    }

    /// Unions of these persons that were refused.
    pub fn unions(&self, persons: &[&Person]) -> Result<Vec<Union>, Problem> {
        let of = |p: &&Person| [is("left_person_id", &p.person_id), is("right_person_id", &p.person_id)];
        let rows = self.rows("refusals", &Filter::Any(persons.iter().flat_map(of).collect()), usize::MAX >> 33)?;
        let texts = |name: &str| rows.column(name).map(str::to_owned).collect::<Vec<_>>();
        let columns = ["namespace", "value", "reason", "left_person_id", "right_person_id"].map(texts);
        let sides = ["left_source", "left_record_id", "right_source", "right_record_id"].map(texts);
        let key = |source: usize, row: usize| RecordKey {
            source: sides[source][row].clone(),
            record_id: sides[source + 1][row].clone(),
        };
        let union = |row: usize| Union {
            identifier: Identifier { namespace: columns[0][row].clone(), value: columns[1][row].clone() },
            reason: columns[2][row].clone(),
            persons: [columns[3][row].clone(), columns[4][row].clone()],
            records: [key(0, row), key(2, row)],
        };
        Ok((0..rows.rows.len()).map(union).collect())
    }

    /// The shared values that these persons carry.
    pub fn shared(&self, persons: &[&Person]) -> Result<Vec<SharedBy>, Problem> {
        let edges = persons.iter().flat_map(|person| &person.edges).filter(|edge| edge.decision == Decision::Shared);
        let mut wanted: Vec<&Identifier> = edges.map(|edge| &edge.identifier).collect();
        wanted.sort();
        wanted.dedup();
        let filter = |i: &&Identifier| Filter::All(vec![is("namespace", &i.namespace), is("value", &i.value)]);
        let rows = self.rows("shared_identifiers", &Filter::Any(wanted.iter().map(filter).collect()), wanted.len())?;
        let texts = |name: &str| rows.column(name).map(str::to_owned).collect::<Vec<_>>();
        let columns = ["namespace", "value", "records", "distinct", "by"].map(texts);
        let shared = |row: usize| SharedBy {
            identifier: Identifier { namespace: columns[0][row].clone(), value: columns[1][row].clone() },
            records: columns[2][row].clone(),
            distinct: columns[3][row].clone(),
            by: columns[4][row].clone(),
        };
        Ok((0..rows.rows.len()).map(shared).collect())
    }
}

/// What was decided about an identifier, the reason, and on how many records; the most first.
fn decided(rows: &Rows) -> Vec<(Decision, String, usize)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for of_record in rows.column("decision").zip(rows.column("reason")) {
        *counts.entry(of_record).or_default() += 1;
    }
    let mut decided: Vec<_> =
        counts.into_iter().map(|((name, reason), records)| (decision(name), reason.to_owned(), records)).collect();
    decided.sort_by_key(|(_, _, records)| std::cmp::Reverse(*records));
    decided
}

/// What makes pseudonyms of what is typed, where a run has them; none = it has values as they are.
pub fn veil_of(out: &Path, run: &RunFolder) -> Result<Option<Veil>, Problem> {
    if publish::read_report(&run.path)?.pseudonymized.is_none() {
        return Ok(None);
    }
    Ok(publish::secret(out)?.map(|secret| Veil::of_values(&secret)))
}

/// Whether it may be the beginning of a person id.
pub fn is_person_id(what: &str) -> bool {
    what.len() >= 8 && what.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

fn decision(name: &str) -> Decision {
    let all = [Decision::Placeholder, Decision::Shared, Decision::Refused, Decision::Unusable];
    all.into_iter().find(|decision| decision.name() == name).unwrap_or(Decision::Links)
}
