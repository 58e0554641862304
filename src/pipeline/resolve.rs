//! Numbered records to persons, and the accounting of the way there.

use super::stretches::stretches;
use crate::config::NamespacePolicy;
use crate::guard::Steward;
use crate::identity::{Issued, PersonIds, Previous};
use crate::ingest::Numbered;
use crate::model::{
    Bridge, Changes, ConsentKey, Lineage, LinkCounts, Move, Persons, Records, Refusal, RefusedEdge, Reject, Said,
    Schema, SharedValue, SourceCounts,
};
use crate::problem::{Problem, Result};
use crate::{consent, guard, identity, link};

/// Records and the persons that they belong to, with every decision on the way.
#[derive(Debug, Default)]
pub struct Resolved {
    /// All records.
    pub records: Records,
    /// Who belongs together.
    pub persons: Persons,
    /// What they are called.
    pub person_ids: PersonIds,
    /// The ids among them that nobody bore before, rising.
    pub fresh_ids: Vec<u128>,
    /// Every id that was issued before this run.
    pub issued: Issued,
    /// What happened to ids since the last run.
    pub lineage: Vec<Lineage>,
    /// Records whose person id changed since the last run.
    pub moves: Vec<Move>,
    /// The same counted; none on the first run.
    pub changes: Option<Changes>,
    /// Values that linked nothing because too many people have them, by namespace and key.
    pub shared: Vec<SharedValue>,
    /// Unions that the guard refused, sorted.
    pub refusals: Vec<Refusal>,
    /// Every edge that was refused, by record.
    pub refused_edges: Vec<RefusedEdge>,
    /// Identifiers that alone hold a part of a large person, by person.
    pub bridges: Vec<Bridge>,
    /// Records that a steward's word joined, with its place; by record.
    pub always: Vec<(u32, String)>,
    /// What a steward spoke of and is not there.
    pub warnings: Vec<Problem>,
    /// Figures of linking per namespace, refusals counted in.
    pub namespaces: Vec<LinkCounts>,
    /// What records say about consent.
    pub consent: consent::Statements,
    /// Rows that are no records.
    pub rejects: Vec<Reject>,
    /// The accounting per source.
    pub counts: Vec<SourceCounts>,
}

/// Gives what the last run said of these records, with its number; none on the first run.
pub type Earlier<'a> = dyn FnMut(&Records, &Schema) -> Result<Option<(u64, Previous)>> + 'a;

/// Numbered records to persons. `begin` hears the name of each stage as it begins; `earlier` is asked once, when what
/// linking needed is out of memory; `is_erased` tells ids that nobody may bear any more.
pub fn resolve(
    numbered: Numbered,
    schema: &Schema,
    policies: &[NamespacePolicy],
    said: &[Said],
    consent: consent::Rules<'_>,
    (earlier, is_erased): (&mut Earlier<'_>, &(dyn Fn(u128) -> bool + Sync)),
    begin: &mut dyn FnMut(&'static str),
) -> Result<Resolved> {
    let Numbered { mut records, mut occurrences, compare, rejects, counts, aside } = numbered;
    begin("link");
    let linked = link::link(records.len(), &mut occurrences, &compare, schema, policies);
    begin("guard");
    let (steward, warnings) = Steward::new(said, &records, &occurrences, schema);
    let times = &records.event_times;
    let guarded = guard::guard(&linked, &occurrences, &compare, times, &steward, schema, policies)
        .map_err(|contradiction| contradiction.problem(|record| record_key(&records, schema, record)))?;
    let persons = Persons::from_labels(&guarded.labels);
    let refused_edges = guarded.refused_edges(&linked, &occurrences);
    let bridges = guard::bridges(&persons, &guarded, &linked, &occurrences, &steward, policies, BRIDGES_ABOVE);
    if !consent.is_empty() {
        begin("consent");
    }
    let consent = consent::Statements::new(consent, &records, &persons, &occurrences, schema);
    drop((occurrences, compare)); // the largest tables of the run
    begin("persons");
    let previous = earlier(&records, schema)?;
    let before = previous.as_ref().map(|(_, previous)| previous);
    let assigned = identity::assign(&persons, &records, schema, before, is_erased);
    let changes = previous.as_ref().map(|(since, previous)| identity::count(&assigned, previous, *since));
    records.group(&persons, &stretches(&persons), aside.as_ref())?;
    let issued = previous.map(|(_, previous)| previous.issued).unwrap_or_default();
    let mut namespaces = linked.counts;
    guarded.count(&mut namespaces);
    let (shared, refusals) = (linked.shared, guarded.refusals);
    Ok(Resolved {
        records,
        persons,
        person_ids: assigned.ids,
        fresh_ids: assigned.fresh,
        issued,
        lineage: assigned.lineage,
        moves: assigned.moves,
        changes,
        shared,
        refusals,
        refused_edges,
        bridges,
        always: steward.joined(),
        warnings,
        namespaces,
        consent,
        rejects,
        counts,
    })
}

/// Largest person, in records, whose bridges nobody needs to see.
const BRIDGES_ABOVE: u32 = 20;

/// A record's key as messages write it.
fn record_key(records: &Records, schema: &Schema, record: u32) -> String {
    format!("{}/{}", schema.sources[usize::from(records.source(record))].name, records.row(record).record_id())
}

impl Resolved {
    /// The newest event time of all records, UTC microseconds: what `as_of` is unless somebody says otherwise.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        self.records.event_times.iter().copied().max().filter(|&time| time != i64::MIN)
    }

    /// How many values of a consent are in words that nobody knows.
    #[must_use]
    pub fn unread(&self, key: &ConsentKey) -> u64 {
        self.records.blocked.iter().filter(|blocked| blocked.field == key.word).count() as u64
    }

    /// The accounting identity: every row is a record or has a reason why not, every record has one person, every
    /// person has a record. One message per breach; none = it holds.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        for counts in self.counts.iter().filter(|counts| !counts.adds_up()) {
            breaches.push(format!(
                "source {}: {} rows, but {} records + {} rejects + {} superseded + {} filtered + {} erased",
                counts.source,
                counts.rows,
                counts.records,
                counts.rejects,
                counts.superseded,
                counts.filtered,
                counts.erased
            ));
        }
        let counted: u64 = self.counts.iter().map(|counts| counts.records).sum();
        if counted != self.records.len() as u64 {
            breaches.push(format!("{counted} records counted, {} numbered", self.records.len()));
        }
        let (persons, records) = (&self.persons, self.records.len());
        if persons.person_of.len() != records || persons.members.len() != records {
            breaches.push(format!("{records} records, {} of them in the crosswalk", persons.person_of.len()));
        }
        if let Some(person) = (0..persons.len()).find(|&p| persons.starts[p] == persons.starts[p + 1]) {
            breaches.push(format!("person number {person} has no record"));
        }
        if self.person_ids.0.len() != persons.len() {
            breaches.push(format!("{} persons, {} person ids", persons.len(), self.person_ids.0.len()));
        }
        breaches
    }
}
