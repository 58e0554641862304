//! Tables with a row per record or per identifier of a record: crosswalk and edges, in record order.

use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use polars::prelude::IdxSize;

use super::Publication;
use super::block::Block;
use super::columns::Texts;
use crate::model::{Decision, FETCHED, FieldId, Key, NamespaceId, RefusalReason, SourceStarts, Unusable};
use crate::problem::Result;

/// What the rows of a stretch of records share: source, record id and person id, each text once.
struct Keys {
    sources: Texts,
    record_ids: Texts,
    person_ids: Texts,
    source_of: Vec<IdxSize>,
}

impl Keys {
    fn new(run: &Publication<'_>, starts: &SourceStarts, range: Range<u32>) -> Self {
        let resolved = run.resolved;
        let mut person_ids = Texts::new("person_id", range.len());
        let mut record_ids = Texts::new("record_id", range.len());
        let mut source_of = Vec::with_capacity(range.len());
        let rows = resolved.records.rows();
        let mut ids = Vec::with_capacity(FETCHED);
        for records in range.clone().step_by(FETCHED).map(|first| first..range.end.min(first + FETCHED as u32)) {
            rows.fetch::<1>(records.clone());
            let person_of = &resolved.persons.person_of[records.start as usize..records.end as usize];
            ids.clear();
            ids.extend(person_of.iter().map(|&person| resolved.person_ids.0[person as usize]));
            for (record, &id) in records.zip(&ids) {
                record_ids.push(rows.row(record).record_id());
                person_ids.push_id(id);
                source_of.push(IdxSize::from(starts.source(record)));
            }
        }
        let sources = Texts::of("source", run.schema.sources.iter().map(|source| source.name.as_str()));
        Self { sources, record_ids, person_ids, source_of }
    }
}

/// `crosswalk` of a stretch of records.
pub fn crosswalk(run: &Publication<'_>, starts: &SourceStarts, range: Range<u32>) -> Block {
    let rows = range.len();
    let keys = Keys::new(run, starts, range);
    let columns =
        vec![keys.sources.at(keys.source_of), keys.record_ids.column().into(), keys.person_ids.column().into()];
    Block::new(rows, columns)
}

/// Why identifiers do not link, ready to be looked up.
pub struct Decisions {
    /// Per namespace: shared value → its reason, as an index into `reasons`.
    shared: Vec<HashMap<Key, IdxSize, FixedState>>,
    /// Edges that the guard refused → reason.
    refused: HashMap<(u32, NamespaceId, Key), IdxSize, FixedState>,
    /// Per record up to the last of them, whether such an edge is its own.
    has_refused: Vec<bool>,
    /// Per field: the namespaces that read a single value from it.
    readers: Vec<Vec<NamespaceId>>,
    /// Reasons; the first ones are those of [`Unusable`].
    reasons: Vec<String>,
    index: HashMap<String, IdxSize, FixedState>,
}

const LINKS: usize = 0;

/// Cache lines that most rows are long.
const LINES: usize = 3;

/// What stands for a namespace where a steward's word links a record; the value is the place of the word.
pub const ALWAYS_LINK: &str = "always_link";

/// In the order of their index in the `decision` column's texts.
const DECISIONS: [Decision; 5] =
    [Decision::Links, Decision::Placeholder, Decision::Shared, Decision::Refused, Decision::Unusable];

impl Decisions {
    /// From what linking and the guard found.
    pub fn new(run: &Publication<'_>) -> Self {
        let namespaces = run.schema.namespaces.len();
        let mut decisions = Self {
            shared: vec![HashMap::default(); namespaces],
            refused: HashMap::default(),
            has_refused: Vec::new(),
            readers: readers(run),
            reasons: vec![String::new()], // LINKS: blank
            index: HashMap::default(),
        };
        for shared in &run.resolved.shared {
            let limit = run.policies[usize::from(shared.namespace)].shared_above;
            let reason = decisions.reason(format!("shared_above = {limit} ({})", shared.by));
            decisions.shared[usize::from(shared.namespace)].insert(shared.key, reason);
        }
        for edge in &run.resolved.refused_edges {
            let reason = decisions.reason(refusal_reason(run, &edge.reason));
            decisions.refused.insert((edge.record, edge.namespace, edge.key), reason);
            let record = edge.record as usize;
            decisions.has_refused.resize(decisions.has_refused.len().max(record + 1), false);
            decisions.has_refused[record] = true;
        }
        for blocked in &run.resolved.records.blocked {
            if !decisions.index.contains_key(blocked.reason.name()) {
                decisions.reason(blocked.reason.name().to_owned());
            }
        }
        decisions
    }

    fn reason(&mut self, text: String) -> IdxSize {
        if let Some(&known) = self.index.get(&text) {
            return known;
        }
        let place = self.reasons.len() as IdxSize;
        self.reasons.push(text.clone());
        self.index.insert(text, place);
        place
    }

    /// The decision on a usable identifier, as indices into decisions and reasons.
    fn on(&self, record: u32, namespace: NamespaceId, key: Key) -> (usize, IdxSize) {
        if let Some(&reason) = self.shared.get(usize::from(namespace)).and_then(|shared| shared.get(&key)) {
            return (2, reason);
        }
        if self.has_refused.get(record as usize) == Some(&true)
            && let Some(&reason) = self.refused.get(&(record, namespace, key))
        {
            return (3, reason);
        }
        (LINKS, 0)
    }
}

/// The decision on every usable identifier of a record: namespace, value, decision.
pub fn decided(run: &Publication<'_>, decisions: &Decisions, record: u32, each: &mut dyn FnMut(&str, &str, Decision)) {
    (run.identifiers)(run.resolved.records.row(record), &mut |namespace, key, value| {
        let (decision, _) = decisions.on(record, namespace, key);
        each(&run.schema.namespaces[usize::from(namespace)].name, value, DECISIONS[decision]);
    });
    let always = &run.resolved.always;
    let first = always.partition_point(|(of, _)| *of < record);
    for (_, at) in always[first..].iter().take_while(|(of, _)| *of == record) {
        each(ALWAYS_LINK, at, Decision::Links);
    }
}

/// Which limit a refused union would have broken, in the words of the config.
pub fn refusal_reason(run: &Publication<'_>, reason: &RefusalReason) -> String {
    match reason {
        RefusalReason::MaxPerPerson(namespace) => {
            let policy = &run.policies[usize::from(*namespace)];
            format!("max_per_person = {} ({})", policy.max_per_person, policy.name)
        }
        RefusalReason::MaxRecordsPerPerson(namespace) => {
            let policy = &run.policies[usize::from(*namespace)];
            format!("max_records_per_person = {} ({})", policy.max_records_per_person, policy.name)
        }
        RefusalReason::Conflict(column) => {
            let field = run.schema.compare_fields[usize::from(*column)];
            format!("conflict ({})", run.schema.fields[usize::from(field)].name)
        }
        RefusalReason::NeverLink => "never_link".to_owned(),
    }
}

/// Per field: the namespaces that read a single value from it.
pub fn readers(run: &Publication<'_>) -> Vec<Vec<NamespaceId>> {
    let reads = |namespace: usize, field: usize| {
        let policy = &run.policies[namespace];
        !policy.compound && policy.fields.contains(&(field as FieldId))
    };
    let namespaces = run.policies.len();
    (0..run.schema.fields.len())
        .map(|field| (0..namespaces).filter(|&n| reads(n, field)).map(|n| n as NamespaceId).collect())
        .collect()
}

/// `edges` of a stretch of records.
pub fn edges(run: &Publication<'_>, starts: &SourceStarts, decisions: &Decisions, range: Range<u32>) -> Result<Block> {
    let keys = Keys::new(run, starts, range.clone());
    let guess = range.len() * run.schema.namespaces.len().max(1);
    let mut values = Texts::new("value", guess);
    let mut place_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut namespace_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut decision_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let mut reason_of: Vec<IdxSize> = Vec::with_capacity(guess);
    let records = &run.resolved.records;
    let rows = records.rows();
    let mut blocked = records.blocked.partition_point(|blocked| blocked.row < range.start);
    let always = &run.resolved.always;
    let mut said = always.partition_point(|(record, _)| *record < range.start);
    for (place, record) in range.clone().enumerate() {
        if place % FETCHED == 0 {
            rows.fetch::<LINES>(record..range.end);
        }
        let mut push = |namespace: NamespaceId, value: &str, decision: usize, reason: IdxSize| {
            place_of.push(place as IdxSize);
            namespace_of.push(IdxSize::from(namespace));
            decision_of.push(decision as IdxSize);
            reason_of.push(reason);
            values.push(value);
        };
        while let Some((_, at)) = always.get(said).filter(|(of, _)| *of == record) {
            push(run.schema.namespaces.len() as NamespaceId, at, LINKS, 0);
            said += 1;
        }
        (run.identifiers)(rows.row(record), &mut |namespace, key, value| {
            let (decision, reason) = decisions.on(record, namespace, key);
            push(namespace, value, decision, reason);
        });
        while let Some(found) = records.blocked.get(blocked).filter(|blocked| blocked.row == record) {
            let decision = if found.reason == Unusable::Placeholder { 1 } else { 4 };
            let repeated = blocked > 0 && records.blocked[blocked - 1] == *found;
            blocked += 1;
            for &namespace in &decisions.readers[usize::from(found.field)] {
                if !repeated {
                    push(namespace, &found.value, decision, decisions.index[found.reason.name()]);
                }
            }
        }
    }
    let rows = place_of.len();
    let source_of: Vec<IdxSize> = place_of.iter().map(|&place| keys.source_of[place as usize]).collect();
    let mut reasons = Texts::new("reason", decisions.reasons.len());
    for (place, reason) in decisions.reasons.iter().enumerate() {
        reasons.push_option((place != LINKS).then_some(reason));
    }
    let columns = vec![
        keys.sources.at(source_of),
        keys.record_ids.gather(&place_of)?,
        Texts::of("namespace", run.schema.namespaces.iter().map(|n| n.name.as_str()).chain([ALWAYS_LINK]))
            .at(namespace_of),
        values.column().into(),
        Texts::of("decision", DECISIONS.map(Decision::name)).at(decision_of),
        reasons.at(reason_of),
        keys.person_ids.gather(&place_of)?,
    ];
    Ok(Block::new(rows, columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{sample, shown};
    use crate::publish::tables::{CROSSWALK, EDGES};

    #[test]
    fn the_crosswalk_has_every_record_once_in_record_order() {
        let sample = sample();
        let run = sample.publication();
        let starts = SourceStarts::new(&run.resolved.records, run.schema);
        let crosswalk = |range| crosswalk(&run, &starts, range).frame().unwrap();
        let table = crosswalk(0..5);
        assert_eq!(**table.schema(), CROSSWALK.schema());
        insta::assert_snapshot!(shown(&table), @r"
        source,record_id,person_id
        pos,p1,feea
        pos,p2,c487
        shop,s1,afdc
        shop,s2,feea
        shop,s3,6831
        ");
        assert_eq!(shown(&crosswalk(3..4)).lines().nth(1), shown(&table).lines().nth(4));
    }

    #[test]
    fn every_identifier_is_an_edge_with_its_decision() {
        let sample = sample();
        let run = sample.publication();
        let starts = SourceStarts::new(&run.resolved.records, run.schema);
        let decisions = Decisions::new(&run);
        let edges = |range| edges(&run, &starts, &decisions, range).unwrap().frame().unwrap();
        let table = edges(0..5);
        assert_eq!(**table.schema(), EDGES.schema());
        insta::assert_snapshot!(shown(&table), @r"
        source,record_id,namespace,value,decision,reason,person_id
        pos,p1,loyalty_id,C1,links,,feea
        pos,p1,email,none@none.com,placeholder,placeholder,feea
        pos,p2,loyalty_id,C2,links,,c487
        pos,p2,email,ana@example.com,links,,c487
        shop,s1,email,info@shop.example,shared,shared_above = 5 (last_name),afdc
        shop,s1,loyalty_id,0,unusable,too_short,afdc
        shop,s2,always_link,always.csv:2,links,,feea
        shop,s2,loyalty_id,C1,links,,feea
        shop,s2,email,bo@example.com,links,,feea
        shop,s3,email,ana@example.com,refused,conflict (city),6831
        shop,s3,loyalty_id,0,unusable,too_short,6831
        ");
        let parts = [0..2, 2..5].map(|range| shown(&edges(range)));
        let rows = |page: &str| page.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(rows(&shown(&table)), parts.iter().flat_map(|page| rows(page)).collect::<Vec<_>>());
    }
}
