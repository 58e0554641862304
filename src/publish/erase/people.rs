//! What of a person is in which run: ids change from run to run, and records with them.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;

use super::super::about::rows_if;
use super::super::earlier::history;
use super::super::folder::RunFolder;
use super::super::scan::{CROSSWALK_KEY, scan};
use super::super::select::has_table;
use super::super::tables::{CROSSWALK, EDGES, LINEAGE_HISTORY};
use crate::model::{Event, Lineage};
use crate::problem::Result;

/// A record's key: source and record id.
type RecordKey = (String, String);

/// What is hers, over all runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Her ids, those that she alone has in the published run and those of persons of earlier runs who were her.
    pub persons: BTreeSet<String>,
    /// Her records.
    pub records: BTreeSet<RecordKey>,
    /// Per run: persons who have records of hers and of somebody who is another person in the published run.
    pub mixed: BTreeMap<u64, BTreeSet<String>>,
}

/// Finds all of it, from persons of the `published` run and identifiers (namespace and value as tables have it) that are
/// hers alone. A record of an earlier run that is gone from the published one is hers where its person was her and
/// nobody else.
pub fn people(
    published: Option<&RunFolder>,
    runs: &[RunFolder],
    persons: &BTreeSet<String>,
    values: &[(String, String)],
) -> Result<People> {
    let mut found = People { persons: persons.clone(), ..People::default() };
    if let Some(run) = published {
        scan(run, CROSSWALK.name, CROSSWALK_KEY, &mut |[source, record, person]| {
            if persons.contains(person) {
                found.records.insert((source.to_owned(), record.to_owned()));
            }
        })?;
    }
    let others: Vec<&RunFolder> = runs.iter().filter(|run| published.is_none_or(|p| p.path != run.path)).collect();
    loop {
        let before = (found.persons.len(), found.records.len());
        for run in others.iter().filter(|run| has_table(run, CROSSWALK.name)) {
            in_run(run, published, values, &mut found)?;
        }
        if (found.persons.len(), found.records.len()) == before {
            break;
        }
    }
    if let Some(run) = published.filter(|run| has_table(run, LINEAGE_HISTORY.name)) {
        of_long_ago(&history(run)?, &mut found.persons);
    }
    Ok(found)
}

/// Adds the ids of persons who went, all of them, to her: of runs that are no more, only history tells.
fn of_long_ago(history: &[(u64, Lineage)], persons: &mut BTreeSet<String>) {
    let text = |id: u128| uuid::Uuid::from_u128(id).to_string();
    let mut heirs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, row) in history.iter().filter(|(_, row)| row.event == Event::Merged) {
        heirs.entry(text(row.old)).or_default().insert(text(row.new));
    }
    loop {
        let hers = |(old, heirs): &(&String, &BTreeSet<String>)| !persons.contains(*old) && heirs.is_subset(persons);
        let more: Vec<String> = heirs.iter().filter(hers).map(|(old, _)| old.clone()).collect();
        if more.is_empty() {
            return;
        }
        persons.extend(more);
    }
}

fn in_run(
    run: &RunFolder,
    published: Option<&RunFolder>,
    values: &[(String, String)],
    found: &mut People,
) -> Result<()> {
    let mut touched: BTreeSet<String> = BTreeSet::new();
    scan(run, CROSSWALK.name, CROSSWALK_KEY, &mut |[source, record, person]| {
        if found.persons.contains(person) || found.records.contains(&(source.to_owned(), record.to_owned())) {
            touched.insert(person.to_owned());
        }
    })?;
    let mut carriers: BTreeSet<RecordKey> = BTreeSet::new();
    if !values.is_empty() && has_table(run, EDGES.name) {
        let wanted: HashSet<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let mut is_wanted = |cells: &[&str]| wanted.contains(&(cells[0], cells[1]));
        let rows = rows_if(run, EDGES.name, &["namespace", "value"], &mut is_wanted)?;
        for ((source, record), person) in
            rows.column("source").zip(rows.column("record_id")).zip(rows.column("person_id"))
        {
            carriers.insert((source.to_owned(), record.to_owned()));
            touched.insert(person.to_owned());
        }
    }
    let mut members: BTreeMap<&str, Vec<RecordKey>> = BTreeMap::new();
    scan(run, CROSSWALK.name, CROSSWALK_KEY, &mut |[source, record, person]| {
        if let Some(person) = touched.get(person) {
            members.entry(person).or_default().push((source.to_owned(), record.to_owned()));
        }
    })?;
    let mut strangers: BTreeSet<RecordKey> = BTreeSet::new();
    if let Some(published) = published {
        let asked: BTreeSet<&RecordKey> =
            members.values().flatten().filter(|key| !found.records.contains(*key)).collect();
        scan(published, CROSSWALK.name, CROSSWALK_KEY, &mut |[source, record, person]| {
            let key = (source.to_owned(), record.to_owned());
            if asked.contains(&key) && !found.persons.contains(person) {
                strangers.insert(key);
            }
        })?;
    }
    found.records.extend(carriers.into_iter().filter(|key| !strangers.contains(key)));
    for (person, members) in members {
        if members.iter().any(|key| strangers.contains(key)) {
            if members.iter().any(|key| found.records.contains(key)) {
                found.mixed.entry(run.run).or_default().insert(person.to_owned());
            }
        } else {
            found.persons.insert(person.to_owned());
            found.records.extend(members);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_went_to_her_alone_are_hers() {
        let text = |id: u128| uuid::Uuid::from_u128(id).to_string();
        let merged = |old, new| (1, Lineage { event: Event::Merged, old, new, records: 1 });
        let history = [merged(1, 2), merged(2, 3), merged(4, 3), merged(4, 9), merged(5, 9)];
        let mut persons = BTreeSet::from([text(3)]);
        of_long_ago(&history, &mut persons);
        assert_eq!(persons, [1, 2, 3].map(text).into());
    }
}
