//! The short tables: what was refused, set aside or could not be read.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use polars::prelude::{BooleanChunked, DataFrame, Float64Chunked, IntoColumn};

use super::Publication;
use super::columns::{Texts, counts, table};
use super::records::{readers, refusal_reason};
use crate::journeys::{Credit, Credits};
use crate::model::{Bridge, FieldId, Key, NamespaceId, SourceStarts, TopShared, Unusable};
use crate::problem::{Result, mask};

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

/// A shared value with its text.
pub struct SharedText<'a> {
    /// The kind of identifier.
    pub namespace: NamespaceId,
    /// The normalized value.
    pub value: String,
    /// How many records carry it.
    pub records: u32,
    /// With how many different people it was seen, by `by`.
    pub distinct: u32,
    /// The measure: a field, a namespace or `stronger_identifiers`.
    pub by: &'a str,
}

/// Shared values with their texts, in the order of `shared_identifiers`.
pub fn shared_texts<'a>(run: &Publication<'a>) -> Vec<SharedText<'a>> {
    let text = |namespace, value, shared: &'a crate::model::SharedValue| SharedText {
        namespace,
        value,
        records: shared.records,
        distinct: shared.distinct,
        by: &shared.by,
    };
    let mut texts: Vec<_> = run
        .resolved
        .shared
        .iter()
        .filter_map(|s| value_of(run, s.record, s.namespace, s.key).map(|value| text(s.namespace, value, s)))
        .collect();
    texts.sort_by(|a, b| (a.namespace, b.distinct, &a.value).cmp(&(b.namespace, a.distinct, &b.value)));
    texts
}

/// `shared_identifiers`.
pub fn shared_identifiers(run: &Publication<'_>, shared: &[SharedText<'_>]) -> Result<DataFrame> {
    let namespace = |row: &SharedText<'_>| run.schema.namespaces[usize::from(row.namespace)].name.clone();
    let names: Vec<String> = shared.iter().map(namespace).collect();
    let columns = vec![
        Texts::of("namespace", names.iter().map(String::as_str)).column(),
        Texts::of("value", shared.iter().map(|row| row.value.as_str())).column(),
        counts("records", shared.iter().map(|row| i64::from(row.records)).collect()),
        counts("distinct", shared.iter().map(|row| i64::from(row.distinct)).collect()),
        Texts::of("by", shared.iter().map(|row| row.by)).column(),
    ];
    table(shared.len(), columns)
}

/// The shared values seen with the most people, masked: at most `most` per namespace.
pub fn top_shared(run: &Publication<'_>, shared: &[SharedText<'_>], most: usize) -> Vec<TopShared> {
    let of_namespace = |namespace| shared.iter().filter(move |row| row.namespace == namespace).take(most);
    let top = |row: &SharedText<'_>| TopShared {
        namespace: run.schema.namespaces[usize::from(row.namespace)].name.clone(),
        value: mask(&row.value),
        records: row.records.into(),
        distinct: row.distinct.into(),
        by: row.by.to_owned(),
    };
    (0..run.schema.namespaces.len()).flat_map(|namespace| of_namespace(namespace as NamespaceId).map(top)).collect()
}

/// A value that was set aside, with how many records carry it.
#[derive(Debug, PartialEq, Eq)]
pub struct Ignored<'a> {
    namespace: Option<&'a str>,
    field: Option<&'a str>,
    value: &'a str,
    reason: &'static str,
    records: u64,
}

/// All values that were set aside, in the order of `ignored_identifiers`.
pub fn ignored<'a>(run: &Publication<'a>, shared: &'a [SharedText<'_>]) -> Vec<Ignored<'a>> {
    let blocked = &run.resolved.records.blocked;
    // How many records carry a value in a field: blocked values are sorted by record and field, so a repeat within a
    // record stands right behind.
    let mut found: HashMap<(FieldId, Unusable, &str), u64, FixedState> = HashMap::default();
    for (place, value) in blocked.iter().enumerate() {
        if place == 0 || blocked[place - 1] != *value {
            *found.entry((value.field, value.reason, &value.value)).or_default() += 1;
        }
    }
    let readers = readers(run);
    let mut rows: Vec<Ignored<'a>> = found
        .into_iter()
        .map(|((field, reason, value), records)| Ignored {
            namespace: readers[usize::from(field)]
                .first()
                .map(|&n| run.schema.namespaces[usize::from(n)].name.as_str()),
            field: Some(run.schema.fields[usize::from(field)].name.as_str()),
            value,
            reason: reason.name(),
            records,
        })
        .collect();
    rows.extend(shared.iter().map(|row| Ignored {
        namespace: Some(run.schema.namespaces[usize::from(row.namespace)].name.as_str()),
        field: None,
        value: &row.value,
        reason: "shared",
        records: row.records.into(),
    }));
    rows.sort_by(|a, b| {
        b.records
            .cmp(&a.records)
            .then_with(|| (a.value, a.namespace, a.field, a.reason).cmp(&(b.value, b.namespace, b.field, b.reason)))
    });
    rows
}

/// `ignored_identifiers`.
pub fn ignored_identifiers(rows: &[Ignored<'_>]) -> Result<DataFrame> {
    let optional = |name: &str, text: &dyn Fn(&Ignored<'_>) -> Option<String>| {
        let mut column = Texts::new(name, rows.len());
        rows.iter().for_each(|row| column.push_option(text(row).as_deref()));
        column.column()
    };
    let columns = vec![
        optional("namespace", &|row| row.namespace.map(str::to_owned)),
        optional("field", &|row| row.field.map(str::to_owned)),
        Texts::of("value", rows.iter().map(|row| row.value)).column(),
        Texts::of("reason", rows.iter().map(|row| row.reason)).column(),
        counts("records", rows.iter().map(|row| row.records as i64).collect()),
    ];
    table(rows.len(), columns)
}

/// (namespace or field, reason, record–value pairs), by name, then reason.
pub fn ignored_figures(rows: &[Ignored<'_>]) -> Vec<(String, String, u64)> {
    let mut sums = std::collections::BTreeMap::new();
    for row in rows {
        *sums.entry((row.namespace.or(row.field).unwrap_or_default(), row.reason)).or_default() += row.records;
    }
    sums.into_iter().map(|((name, reason), records)| (name.to_owned(), reason.to_owned(), records)).collect()
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

/// `rejects`, in stretches of rows.
pub fn rejects(run: &Publication<'_>, rows: &[crate::model::Reject]) -> Result<DataFrame> {
    let file = |file: u32| run.files.get(file as usize).map_or("", |file| file.path.as_str());
    let columns = vec![
        Texts::of("source", rows.iter().map(|row| run.schema.sources[usize::from(row.source)].name.as_str())).column(),
        Texts::of("file", rows.iter().map(|row| file(row.file))).column(),
        counts("line", rows.iter().map(|row| row.line as i64).collect()),
        Texts::of("reason", rows.iter().map(|row| row.reason.name())).column(),
        Texts::of("detail", rows.iter().map(|row| &*row.detail)).column(),
        Texts::of("raw", rows.iter().map(|row| &*row.raw)).column(),
    ];
    table(rows.len(), columns)
}

/// `attribution`; figures with six decimals.
pub fn attribution(credits: &Credits) -> Result<DataFrame> {
    let rows: Vec<_> = credits.rows().collect();
    let text = |name: &str, of: fn(&Credit<'_>) -> Option<String>| {
        let mut texts = Texts::new(name, rows.len());
        rows.iter().for_each(|row| texts.push_option(of(row).as_deref()));
        texts.column()
    };
    let number = |name: &str, of: fn(&Credit<'_>) -> f64| {
        let numbers: Vec<f64> = rows.iter().map(|row| (of(row) * 1e6).round() / 1e6).collect();
        Float64Chunked::from_vec(name.into(), numbers).into_column()
    };
    let columns = vec![
        text("model", |row| Some(row.0.to_owned())),
        text("channel", |row| (!row.1.is_empty()).then(|| row.1.to_owned())),
        text("campaign", |row| (!row.2.is_empty()).then(|| row.2.to_owned())),
        number("conversions", |row| row.3),
        number("value", |row| row.4),
    ];
    table(rows.len(), columns)
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

    #[test]
    fn shared_values_are_listed_with_their_counts_and_masked_for_people() {
        let sample = sample();
        let run = sample.publication();
        let shared = shared_texts(&run);
        let table = shared_identifiers(&run, &shared).unwrap();
        assert_eq!(**table.schema(), tables::SHARED_IDENTIFIERS.schema());
        insta::assert_snapshot!(shown(&table), @r"
        namespace,value,records,distinct,by
        email,info@shop.example,40,17,last_name
        ");
        assert_eq!(top_shared(&run, &shared, 3)[0].value, "i…@s….example");
    }

    #[test]
    fn values_set_aside_are_counted_by_record() {
        let sample = sample();
        let run = sample.publication();
        let shared = shared_texts(&run);
        let rows = ignored(&run, &shared);
        let table = ignored_identifiers(&rows).unwrap();
        assert_eq!(**table.schema(), tables::IGNORED_IDENTIFIERS.schema());
        insta::assert_snapshot!(shown(&table), @r"
        namespace,field,value,reason,records
        email,,info@shop.example,shared,40
        loyalty_id,loyalty_id,0,too_short,2
        email,email,none@none.com,placeholder,1
        ");
        insta::assert_debug_snapshot!(ignored_figures(&rows), @r#"
        [
            (
                "email",
                "placeholder",
                1,
            ),
            (
                "email",
                "shared",
                40,
            ),
            (
                "loyalty_id",
                "too_short",
                2,
            ),
        ]
        "#);
    }

    #[test]
    fn a_reject_names_its_file_and_line() {
        let sample = sample();
        let run = sample.publication();
        let table = rejects(&run, &run.resolved.rejects).unwrap();
        assert_eq!(**table.schema(), tables::REJECTS.schema());
        insta::assert_snapshot!(shown(&table), @r#"
        source,file,line,reason,detail,raw
        shop,exports/shop.csv,5,too_many_fields,"4 fields, header has 3","s4,""x"",1,2"
        "#);
    }
}
