//! `report.html`: the figures that only the report needs, and the file.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::Publication;
use super::findings::value_of;
use super::output::OutputFile;
use super::records::{Decisions, decided};
use super::write::PersonFigures;
use crate::config::Rule;
use crate::explain::{Edge, Identifier, RecordKey};
use crate::model::{RunReport, SourceStarts, TableFile};
use crate::pipeline::PERSON_COLUMNS;
use crate::problem::Result;
use crate::report::{self, BigBridge, BigPerson, Figures, GoldenFigures, More};

/// Persons that are listed as the biggest.
const LISTED: usize = 10;
/// Those of them that get a picture, and the largest that does, in records.
const PICTURES: usize = 3;
const LARGEST_PICTURE: usize = 5_000;
/// Persons whose records are compared, at most; they are spread evenly over all, so that the cost does not grow.
const COMPARED: usize = 20_000;
/// Records of a person that are compared, at most.
const COMPARED_RECORDS: usize = 50;

/// Writes `report.html`, when the run's own figures are complete; `last` are those of the last published run. Gives the
/// file as `run.json` names it.
pub fn write_page(more: &More, report: &RunReport, last: Option<&RunReport>, folder: &Path) -> Result<TableFile> {
    let page = report::page(&Figures { run: report, last, more });
    let mut file = OutputFile::create(&folder.join("report.html"))?;
    file.write_all(page.as_bytes()).map_err(|error| file.explain(&error))?;
    let (bytes, fingerprint) = file.finish()?;
    Ok(TableFile { file: "report.html".to_owned(), rows: 0, bytes, fingerprint })
}

/// The figures that only the report needs.
pub(super) fn gather(run: &Publication<'_>, counted: &PersonFigures, starts: &SourceStarts) -> More {
    let (compared, differ) = disagreement(run);
    let golden: Vec<GoldenFigures> = run
        .golden
        .iter()
        .enumerate()
        .map(|(at, column)| GoldenFigures {
            name: column.name.clone(),
            rule: column.rule.clone(),
            filled: counted.filled.get(PERSON_COLUMNS.len() + at).copied().unwrap_or(0),
            differ: run
                .schema
                .field(&column.name)
                .filter(|_| picks(&column.rule))
                .map(|field| differ[usize::from(field)]),
        })
        .collect();
    let biggest = biggest(run, starts);
    let review = run.resolved.bridges.iter().filter(|bridge| bridge.review).count() as u64;
    More { golden, compared, biggest, bridges_to_review: review, journeys: None }
}

/// Whether a rule picks the value of one record, so that records can disagree about it.
fn picks(rule: &str) -> bool {
    let sums = ["sum", "count", "count_distinct", "any", "all", "collect"];
    debug_assert!(sums.iter().all(|name| serde_json::from_str::<Rule>(&format!("\"{name}\"")).is_ok()));
    !sums.contains(&rule)
}

/// Persons whose rows are looked at one after the other.
const LOOK: usize = 1 << 10;

/// How many persons of two and more records were compared, and per field how many of them have records that differ.
fn disagreement(run: &Publication<'_>) -> (u64, Vec<u64>) {
    let persons = &run.resolved.persons;
    let mut differ = vec![0; run.schema.fields.len()];
    let step = (persons.len() / COMPARED).max(1);
    let mut compared = 0;
    let mut found = vec![false; differ.len()];
    let chosen: Vec<u32> = (0..persons.len() as u32).step_by(step).collect();
    for looked_at in chosen.chunks(LOOK) {
        let rows = run.resolved.records.rows_by_person();
        let (mut first, mut row): (Vec<&[u8]>, Vec<&[u8]>) = (Vec::new(), Vec::new());
        for &person in looked_at {
            let [one, others @ ..] = persons.records(person) else { continue };
            if others.is_empty() {
                continue;
            }
            compared += 1;
            found.fill(false);
            rows.row(*one).split(&mut first);
            for other in others.iter().take(COMPARED_RECORDS) {
                rows.row(*other).split(&mut row);
                for (field, value) in row.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
                    if first[field].is_empty() {
                        first[field] = value;
                    }
                    found[field] |= first[field] != *value;
                }
            }
            differ.iter_mut().zip(&found).for_each(|(sum, found)| *sum += u64::from(*found));
        }
    }
    (compared, differ)
}

fn biggest(run: &Publication<'_>, starts: &SourceStarts) -> Vec<BigPerson> {
    let resolved = run.resolved;
    let size = |person: u32| resolved.persons.records(person).len();
    // A short list kept sorted: most persons are compared with its last one only.
    let mut largest: Vec<u32> = Vec::new();
    for person in 0..resolved.persons.len() as u32 {
        if size(person) > 1 && (largest.len() < LISTED || largest.last().is_some_and(|last| size(person) > size(*last)))
        {
            let at = largest.partition_point(|other| size(*other) >= size(person));
            largest.insert(at, person);
            largest.truncate(LISTED);
        }
    }
    let decisions = Decisions::new(run);
    let describe = |(place, person): (usize, u32)| {
        let members = resolved.persons.records(person);
        let drawn = place < PICTURES && members.len() <= LARGEST_PICTURE;
        BigPerson {
            person_id: uuid::Uuid::from_u128(resolved.person_ids.0[person as usize]).to_string(),
            records: members.len() as u64,
            channels: channels(run, starts, members),
            bridges: bridges(run, person),
            edges: if drawn { edges(run, &decisions, starts, members) } else { Vec::new() },
        }
    };
    largest.into_iter().enumerate().map(describe).collect()
}

fn channels(run: &Publication<'_>, starts: &SourceStarts, members: &[u32]) -> String {
    let mut names: Vec<&str> =
        members.iter().map(|record| run.schema.sources[usize::from(starts.source(*record))].channel.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join("+")
}

fn bridges(run: &Publication<'_>, person: u32) -> Vec<BigBridge> {
    let of = |record: u32| run.resolved.persons.person_of[record as usize] == person;
    let mut bridges: Vec<BigBridge> = run
        .resolved
        .bridges
        .iter()
        .filter(|bridge| of(bridge.record))
        .map(|bridge| BigBridge {
            namespace: run.schema.namespaces[usize::from(bridge.namespace)].name.clone(),
            value: value_of(run, bridge.record, bridge.namespace, bridge.key)
                .map(|value| (run.show)(&value))
                .unwrap_or_default(),
            sides: (u64::from(bridge.side), u64::from(bridge.rest)),
            review: bridge.review,
        })
        .collect();
    bridges.sort_by_key(|bridge| (!bridge.review, std::cmp::Reverse(bridge.sides.0.min(bridge.sides.1))));
    bridges
}

/// The person's edges with values as they may be shown; a number tells values apart that look the same when masked.
fn edges(run: &Publication<'_>, decisions: &Decisions, starts: &SourceStarts, members: &[u32]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for &record in members {
        let row = run.resolved.records.row(record);
        let key = RecordKey {
            source: run.schema.sources[usize::from(starts.source(record))].name.clone(),
            record_id: format!("{} (line {})", (run.show)(row.record_id()), row.head().line),
        };
        decided(run, decisions, record, &mut |namespace, value, decision| {
            let identifier = Identifier { namespace: namespace.to_owned(), value: value.to_owned() };
            edges.push(Edge { record: key.clone(), identifier, decision, reason: String::new() });
        });
    }
    let mut values: Vec<Identifier> = edges.iter().map(|edge| edge.identifier.clone()).collect();
    values.sort();
    values.dedup();
    let mut seen: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let masked: Vec<String> = values
        .iter()
        .map(|value| {
            let plain = (run.show)(&value.value);
            let count = seen.entry((&value.namespace, plain.clone())).or_default();
            *count += 1;
            if *count == 1 { plain } else { format!("{plain} #{count}") }
        })
        .collect();
    for edge in &mut edges {
        let at = values.binary_search(&edge.identifier).expect("every edge's identifier is listed");
        edge.identifier.value.clone_from(&masked[at]);
    }
    edges
}
