//! Unions that were refused, and identifiers that alone hold a large person together.

use polars::prelude::{BooleanChunked, DataFrame, IntoColumn};

use super::super::Publication;
use super::super::columns::{Texts, counts, table};
use super::super::records::refusal_reason;
use crate::model::{Bridge, Key, NamespaceId, SourceStarts};
use crate::problem::Result;

/// `refusals`, in the order in which the guard sorted them.
pub fn refusals(run: &Publication<'_>, starts: &SourceStarts) -> Result<DataFrame> {
    let rows = &run.resolved.refusals;
    let source = |name: &str, record: &dyn Fn(usize) -> u32| {
        let names = (0..rows.len()).map(|row| &run.schema.sources[usize::from(starts.source(record(row)))].name);
        Texts::of(name, names.map(String::as_str)).column()
    };
    let record_id = |name: &str, record: &dyn Fn(usize) -> u32| {
        Texts::of(name, (0..rows.len()).map(|row| run.resolved.records.row(record(row)).record_id())).column()
    };
    let person_id = |name: &str, record: &dyn Fn(usize) -> u32| {
        let mut ids = Texts::new(name, rows.len());
        for row in 0..rows.len() {
            let person = run.resolved.persons.person_of[record(row) as usize];
            ids.push_id(run.resolved.person_ids.0[person as usize]);
        }
        ids.column()
    };
    let mut values = Texts::new("value", rows.len());
    let mut reasons = Texts::new("reason", rows.len());
    for refusal in rows {
        values.push_option(value_of(run, refusal.record, refusal.namespace, refusal.key).as_deref());
        reasons.push(&refusal_reason(run, &refusal.reason));
    }
    let namespace = |row: usize| run.schema.namespaces[usize::from(rows[row].namespace)].name.as_str();
    let (left, right, edge) =
        (|row: usize| rows[row].left, |row: usize| rows[row].right, |row: usize| rows[row].record);
    let columns = vec![
        source("left_source", &left),
        record_id("left_record_id", &left),
        person_id("left_person_id", &left),
        source("right_source", &right),
        record_id("right_record_id", &right),
        person_id("right_person_id", &right),
        source("source", &edge),
        record_id("record_id", &edge),
        Texts::of("namespace", (0..rows.len()).map(namespace)).column(),
        values.column(),
        reasons.column(),
    ];
    table(rows.len(), columns)
}

/// `bridges`, in the order in which the guard sorted them.
pub fn bridges(run: &Publication<'_>, starts: &SourceStarts) -> Result<DataFrame> {
    let (resolved, rows) = (run.resolved, &run.resolved.bridges);
    let mut persons = Texts::new("person_id", rows.len());
    let mut values = Texts::new("value", rows.len());
    for bridge in rows {
        persons.push_id(resolved.person_ids.0[resolved.persons.person_of[bridge.person as usize] as usize]);
        values.push_option(value_of(run, bridge.record, bridge.namespace, bridge.key).as_deref());
    }
    let source = |bridge: &Bridge| run.schema.sources[usize::from(starts.source(bridge.record))].name.as_str();
    let namespace = |bridge: &Bridge| run.schema.namespaces[usize::from(bridge.namespace)].name.as_str();
    let count = |name: &str, of: fn(&Bridge) -> u32| counts(name, rows.iter().map(|row| i64::from(of(row))).collect());
    let review: BooleanChunked = rows.iter().map(|bridge| Some(bridge.review)).collect();
    let columns = vec![
        persons.column(),
        Texts::of("namespace", rows.iter().map(namespace)).column(),
        values.column(),
        Texts::of("source", rows.iter().map(source)).column(),
        Texts::of("record_id", rows.iter().map(|bridge| resolved.records.row(bridge.record).record_id())).column(),
        count("links", |bridge| bridge.links),
        count("part_records", |bridge| bridge.side),
        count("other_records", |bridge| bridge.rest),
        review.with_name("review".into()).into_column(),
    ];
    table(rows.len(), columns)
}

/// The text of an identifier that a record carries.
pub fn value_of(run: &Publication<'_>, record: u32, namespace: NamespaceId, key: Key) -> Option<String> {
    let mut found = None;
    (run.identifiers)(run.resolved.records.row(record), &mut |n, k, value| {
        if found.is_none() && n == namespace && k == key {
            found = Some(value.to_owned());
        }
    });
    found
}

/// (reason, unions), most first.
pub fn refusal_figures(run: &Publication<'_>) -> Vec<(String, u64)> {
    let mut sums = std::collections::BTreeMap::new();
    for refusal in &run.resolved.refusals {
        *sums.entry(&refusal.reason).or_default() += 1;
    }
    let mut sums: Vec<(String, u64)> =
        sums.into_iter().map(|(reason, unions)| (refusal_reason(run, reason), unions)).collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{sample, shown};
    use crate::publish::tables;

    #[test]
    fn a_refused_union_shows_both_sides_and_the_limit() {
        let sample = sample();
        let run = sample.publication();
        let starts = SourceStarts::new(&run.resolved.records, run.schema);
        let table = refusals(&run, &starts).unwrap();
        assert_eq!(**table.schema(), tables::REFUSALS.schema());
        insta::assert_snapshot!(shown(&table), @r"
        left_source,left_record_id,left_person_id,right_source,right_record_id,right_person_id,source,record_id,namespace,value,reason
        pos,p2,c487,shop,s3,6831,shop,s3,email,ana@example.com,conflict (city)
        ");
        assert_eq!(refusal_figures(&run), [("conflict (city)".to_owned(), 1)]);
    }

    #[test]
    fn a_bridge_shows_what_hangs_on_it() {
        let sample = sample();
        let run = sample.publication();
        let starts = SourceStarts::new(&run.resolved.records, run.schema);
        let table = bridges(&run, &starts).unwrap();
        assert_eq!(**table.schema(), tables::BRIDGES.schema());
        insta::assert_snapshot!(shown(&table), @r"
        person_id,namespace,value,source,record_id,links,part_records,other_records,review
        feea,loyalty_id,C1,shop,s2,1,1,1,true
        ");
    }
}
