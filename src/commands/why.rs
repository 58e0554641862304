//! What the events between two runs come from: one walk through the edges of the persons whom something happened to.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::diff::{Behind, CauseCount, Changed, Crosswalks, Edge, Edges, Example, FilesOf, Totals, causes, changed};
use crate::model::{Event, Lineage, NO_PERSON, RunReport};
use crate::problem::Result;
use crate::publish::{self, PersonRows, RunFolder};

/// Events of a kind that are shown as examples.
const EXAMPLES: usize = 3;

/// Merges, splits and reassignments that are looked at, those that moved most records first: what bounds memory after a
/// change that tears everybody apart.
const EVENTS: usize = 250_000;

/// What was found.
pub struct Explained {
    /// Events by what they come from.
    pub causes: Vec<CauseCount>,
    /// The largest events of each kind.
    pub examples: Vec<Example>,
    /// Every merge, split and reassignment that was looked at.
    pub events: Vec<Example>,
}

/// What the events of `lineage` come from. `config` is what it says otherwise.
pub fn explained(
    lineage: &[Lineage],
    runs: [(&RunFolder, &RunReport); 2],
    walked: &Crosswalks,
    config: &[Changed],
) -> Result<Explained> {
    let mut rows: Vec<Lineage> = lineage.to_vec();
    rows.sort_by_key(|row| (order(row.event), Reverse(row.records)));
    let is_asked = |row: &&Lineage| matches!(row.event, Event::Merged | Event::Split | Event::Reassigned);
    let mut asked: Vec<Lineage> = rows.iter().filter(is_asked).copied().collect();
    asked.sort_by_key(|row| Reverse(row.records));
    asked.truncate(EVENTS);
    let [before, after] = runs.map(|(run, _)| run);
    let can_tell = publish::has_table(before, "edges") && publish::has_table(after, "edges");
    let edges = if can_tell { edges(&asked, [before, after], walked)? } else { Edges::default() };
    let files = files(runs[0].1, runs[1].1);
    let behind = Behind { config, files: &files };
    let (mut totals, mut events) = (Totals::default(), Vec::with_capacity(asked.len()));
    for row in &asked {
        let (cause, words) = causes(row, &edges, behind);
        if can_tell {
            totals.add(row, cause.clone());
        }
        events.push(Example { cause, causes: words, ..example(row) });
    }
    let mut examples = Vec::new();
    for rows in rows.chunk_by(|a, b| a.event == b.event) {
        examples.extend(rows.iter().take(EXAMPLES).map(|row| {
            let told = asked.iter().position(|asked| asked == row).map(|at| events[at].clone());
            told.unwrap_or_else(|| example(row))
        }));
    }
    Ok(Explained { causes: totals.list(), examples, events })
}

/// Where examples of an event stand.
fn order(event: Event) -> u8 {
    match event {
        Event::Merged => 0,
        Event::Split => 1,
        Event::Reassigned => 2,
        Event::Retired => 3,
        Event::Created => 4,
    }
}

fn example(row: &Lineage) -> Example {
    let id = |id: u128| (id != NO_PERSON).then(|| uuid::Uuid::from_u128(id).to_string());
    Example {
        event: row.event.name(),
        old_person_id: id(row.old),
        new_person_id: id(row.new),
        records: row.records,
        cause: None,
        causes: Vec::new(),
    }
}

/// Input files that differ, by source.
fn files(before: &RunReport, after: &RunReport) -> FilesOf {
    let list = |report: &RunReport, source: &str| -> BTreeMap<String, String> {
        let of = report.inputs.iter().filter(|file| file.source == source);
        of.map(|file| (file.path.clone(), file.fingerprint.clone())).collect()
    };
    let sources = before.sources.iter().chain(&after.sources).map(|source| &source.source);
    sources.map(|name| (name.clone(), changed(&list(before, name), &list(after, name), false))).collect()
}

const COLUMNS: [&str; 7] = ["source", "record_id", "person_id", "namespace", "value", "decision", "reason"];

/// The edges of everybody whom one of the events is about, met record by record.
fn edges(asked: &[Lineage], runs: [&RunFolder; 2], walked: &Crosswalks) -> Result<Edges> {
    let mut ids: Vec<u128> = asked.iter().flat_map(|row| [row.old, row.new]).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut edges = Edges::default();
    if !ids.is_empty() {
        let [before, after] = runs.map(|run| publish::of_persons(run, "edges", COLUMNS, &ids));
        let rows = [before?, after?];
        let mut at = [0, 0];
        while let Some(key) = (0..2).filter_map(|side| key(&rows[side], at[side])).min() {
            let here = [0, 1].map(|side| {
                let from = at[side];
                while self::key(&rows[side], at[side]) == Some(key) {
                    at[side] += 1;
                }
                (from..at[side]).map(|row| edge(&rows[side], row)).collect::<Vec<Edge<'_>>>()
            });
            let is_lost = |side: usize| here[side].is_empty() && walked.only(key).is_none();
            let elsewhere = walked.moved(key).unwrap_or_else(|| {
                let stays = here.iter().flatten().next().map_or(NO_PERSON, |edge| edge.person);
                [stays, stays]
            });
            // A record whose other person is not among those who are asked about tells nothing of these.
            if (is_lost(0) || is_lost(1)) && elsewhere.iter().any(|id| ids.binary_search(id).is_err()) {
                continue;
            }
            edges.record([key.0, key.1], walked.only(key), elsewhere, [&here[0], &here[1]]);
        }
    }
    edges.finish();
    Ok(edges)
}

fn key(rows: &PersonRows<7>, at: usize) -> Option<(&str, &str)> {
    (at < rows.len()).then(|| (rows.cell(0, at), rows.cell(1, at)))
}

fn edge(rows: &PersonRows<7>, at: usize) -> Edge<'_> {
    let [person, namespace, value, decision, reason] = [2, 3, 4, 5, 6].map(|column| rows.cell(column, at));
    let refused = (decision != "links").then_some((decision, reason));
    Edge { person: crate::identity::parse_person_id(person).unwrap_or(NO_PERSON), namespace, value, refused }
}
