//! Values that linked nothing: shared by too many people, or no identifiers at all.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use polars::prelude::DataFrame;

use super::super::Publication;
use super::super::columns::{Texts, counts, table};
use super::super::records::readers;
use super::value_of;
use crate::model::{FieldId, NamespaceId, TopShared, Unusable};
use crate::problem::Result;

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

/// The shared values seen with the most people, as they may be shown: at most `most` per namespace.
pub fn top_shared(run: &Publication<'_>, shared: &[SharedText<'_>], most: usize) -> Vec<TopShared> {
    let of_namespace = |namespace| shared.iter().filter(move |row| row.namespace == namespace).take(most);
    let top = |row: &SharedText<'_>| TopShared {
        namespace: run.schema.namespaces[usize::from(row.namespace)].name.clone(),
        value: (run.show)(&row.value),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{sample, shown};
    use crate::publish::tables;

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
}
