//! Rules of survivorship on a few records.

mod faults;
mod properties;
mod record_columns;

use indexmap::IndexMap;
use polars::prelude::{AnyValue, DataType};
use proptest::prelude::*;

use super::*;
use crate::config::{Config, Golden, GoldenField, GoldenSpec, Rule};
use crate::model::{Chunk, Field, Kind, Labels, Place, RowBuilder, RowHead, Source, Table};

/// No event time.
const NEVER: i64 = i64::MIN;

/// Sources `web` (first in the config, last by name) and `pos`; one field of every type, and an address of two.
fn schema() -> Schema {
    let field = |name: &str, kind| Field { name: name.into(), kind };
    Schema {
        sources: vec![
            Source { name: "web".into(), channel: "online".into(), rank: 1 },
            Source { name: "pos".into(), channel: "shop".into(), rank: 0 },
        ],
        fields: vec![
            field("name", Kind::Name),
            field("amount", Kind::Money),
            field("vip", Kind::Bool),
            field("born", Kind::Date),
            field("seen", Kind::Time),
            field("street", Kind::Text),
            field("city", Kind::Text),
        ],
        ..Schema::default()
    }
}

/// One record of a test: source, event time, values by field.
#[derive(Debug, Clone)]
struct Given {
    source: u16,
    time: i64,
    values: Vec<(u16, Owned)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Owned {
    Text(String),
    Number(f64),
    Bool(bool),
    Date(i32),
    Time(i64),
}

impl Owned {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Number(number) => Value::Number(*number),
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Date(days) => Value::Date(*days),
            Self::Time(micros) => Value::Time(*micros),
        }
    }
}

fn given(source: u16, time: i64, values: &[(u16, Owned)]) -> Given {
    Given { source, time, values: values.to_vec() }
}

fn name(source: u16, time: i64, name: &str) -> Given {
    given(source, time, &[(0, Owned::Text(name.into()))])
}

fn amount(time: i64, amount: f64) -> Given {
    given(0, time, &[(1, Owned::Number(amount))])
}

/// Records numbered as given, which must be by source name. Chunks are made in the order of `order`, a permutation of the records, `per_chunk` rows
/// of one source each.
fn records(given: &[Given], order: &[usize], per_chunk: usize) -> Records {
    let fields = schema().fields.len();
    let mut records = Records { places: Table::zeroed(given.len()), fields, ..Records::default() };
    let mut slots = vec![(0, 0); given.len()];
    let mut builder = RowBuilder::new(fields);
    let mut chunks: Vec<Chunk> = Vec::new();
    for &record in order {
        let one = &given[record];
        if chunks.last().is_none_or(|chunk| chunk.source != one.source || chunk.len() >= per_chunk) {
            chunks.push(Chunk { source: one.source, ..Chunk::default() });
        }
        let number = chunks.len() - 1;
        let chunk = &mut chunks[number];
        slots[record] = (number, chunk.len());
        builder.begin(chunk, RowHead { line: 2, event_time: one.time }, &format!("r{record}"));
        for (field, value) in &one.values {
            builder.put(chunk, *field, value.value());
        }
        builder.finish(chunk);
    }
    let places: Vec<Place> = chunks.iter().map(|chunk| records.store(chunk)).collect();
    for (record, (chunk, row)) in slots.into_iter().enumerate() {
        records.places[record] = places[chunk] + Place::from(chunks[chunk].starts[row]);
    }
    records.event_times = given.iter().map(|one| one.time).collect();
    records
}

fn in_order(given: &[Given]) -> Records {
    records(given, &(0..given.len()).collect::<Vec<_>>(), 3)
}

fn config(fields: &[(&str, GoldenSpec)]) -> Config {
    let fields: IndexMap<_, _> =
        fields.iter().map(|(name, spec)| ((*name).to_owned(), GoldenField::Spec(spec.clone()))).collect();
    Config { golden: Golden { fields }, ..Config::default() }
}

fn rule(rule: Rule) -> GoldenSpec {
    GoldenSpec { rule, field: None, fields: vec![], sources: vec![] }
}

fn group(group: &[&str], by: Rule) -> GoldenSpec {
    GoldenSpec { fields: group.iter().map(|field| (*field).to_owned()).collect(), ..rule(by) }
}

fn fold_one(given: &[Given], column: &str, spec: GoldenSpec) -> Folded {
    let plan = Plan::new(&config(&[(column, spec)]), &schema()).expect("a valid rule");
    let persons = Persons::from_labels(&Labels(vec![0; given.len()]));
    fold(&in_order(given), &persons, 0..1, &schema(), &plan, &[])
}

/// The one person's value, as text, and the record that won.
fn wins(given: &[Given], column: &str, spec: GoldenSpec) -> (String, u32) {
    let folded = fold_one(given, column, spec);
    let value = folded.golden.columns()[0].get(0).expect("one person").to_string();
    (value.trim_matches('"').to_owned(), folded.winners[0][0])
}

#[test]
fn the_newest_value_wins_and_blanks_never_do() {
    let given = [name(0, 5, "old"), name(0, 9, "new"), given(0, 99, &[]), name(0, NEVER, "undated")];
    assert_eq!(wins(&given, "name", rule(Rule::MostRecent)), ("new".into(), 1));
    assert_eq!(wins(&given[2..3], "name", rule(Rule::MostRecent)), ("null".into(), NO_RECORD));
    assert_eq!(wins(&given[3..], "name", rule(Rule::MostRecent)), ("undated".into(), 0));
}

#[test]
fn ties_break_on_source_order_then_on_the_smallest_record() {
    // Record 0 is from pos, which the config names second.
    let tied = [name(1, 5, "pos"), name(0, 5, "web a"), name(0, 5, "web b")];
    for rule_at_hand in [Rule::MostRecent, Rule::Oldest, Rule::MostFrequent] {
        assert_eq!(wins(&tied, "name", rule(rule_at_hand)), ("web a".into(), 1), "{rule_at_hand:?}");
    }
    let same_length = [name(1, 5, "pos a"), name(0, 5, "web a"), name(0, 5, "web b")];
    assert_eq!(wins(&same_length, "name", rule(Rule::Longest)), ("web a".into(), 1));
    let equal = [name(1, 5, "x"), name(0, 5, "x"), name(0, 6, "x"), name(0, 6, "x")];
    for rule_at_hand in [Rule::Min, Rule::Max, Rule::MostFrequent, Rule::MostRecent, Rule::Longest] {
        assert_eq!(wins(&equal, "name", rule(rule_at_hand)), ("x".into(), 2), "{rule_at_hand:?}");
    }
}

#[test]
fn the_oldest_value_is_of_the_earliest_known_time() {
    let given = [name(0, NEVER, "undated"), name(0, 9, "new"), name(0, 5, "old"), name(0, 5, "old too")];
    assert_eq!(wins(&given, "name", rule(Rule::Oldest)), ("old".into(), 2));
    assert_eq!(wins(&given[..1], "name", rule(Rule::Oldest)), ("undated".into(), 0));
}

#[test]
fn the_most_frequent_value_wins_and_among_equals_the_newer_one() {
    let many = [name(0, 1, "Ann"), name(0, 2, "Ann"), name(0, 3, "Bob"), name(0, 4, "Cid"), name(0, 5, "Ann")];
    assert_eq!(wins(&many, "name", rule(Rule::MostFrequent)), ("Ann".into(), 4));
    let tied = [name(0, 1, "Ann"), name(0, 2, "Bob"), name(0, 3, "Ann"), name(0, 4, "Bob")];
    assert_eq!(wins(&tied, "name", rule(Rule::MostFrequent)), ("Bob".into(), 3));
    let two = [name(0, 1, "Ann"), name(0, 2, "Bob")];
    assert_eq!(wins(&two, "name", rule(Rule::MostFrequent)), ("Bob".into(), 1));
}

#[test]
fn the_longest_value_is_measured_in_characters() {
    let given = [name(0, 1, "aaaa"), name(0, 2, "üü"), name(0, 3, "äöüß")];
    assert_eq!(wins(&given, "name", rule(Rule::Longest)), ("äöüß".into(), 2));
    assert_eq!(wins(&given[..2], "name", rule(Rule::Longest)), ("aaaa".into(), 0));
}

#[test]
fn the_most_trusted_source_wins_and_unnamed_sources_come_last() {
    let given = [name(1, 5, "pos old"), name(1, 6, "pos new"), name(0, 9, "web new"), name(0, 1, "web old")];
    let spec = GoldenSpec { sources: vec!["pos".into()], ..rule(Rule::SourcePriority) };
    assert_eq!(wins(&given, "name", spec.clone()), ("pos new".into(), 1));
    assert_eq!(wins(&given[2..3], "name", spec), ("web new".into(), 0));
}

#[test]
fn smallest_and_largest_compare_by_type() {
    let amounts = [amount(1, 9.0), amount(2, 10.0), amount(3, -1.5)];
    assert_eq!(wins(&amounts, "amount", rule(Rule::Max)), ("10.0".into(), 1));
    assert_eq!(wins(&amounts, "amount", rule(Rule::Min)), ("-1.5".into(), 2));
    let dates = [given(0, 1, &[(3, Owned::Date(-1))]), given(0, 2, &[(3, Owned::Date(300))])];
    assert_eq!(wins(&dates, "born", rule(Rule::Min)), ("1969-12-31".into(), 0));
    assert_eq!(wins(&dates, "born", rule(Rule::Max)), ("1970-10-28".into(), 1));
    let times = [given(0, 1, &[(4, Owned::Time(-1))]), given(0, 2, &[(4, Owned::Time(300))])];
    assert_eq!(wins(&times, "seen", rule(Rule::Min)).1, 0);
    assert_eq!(wins(&[name(0, 1, "b"), name(0, 2, "Z")], "name", rule(Rule::Min)), ("Z".into(), 1));
}

#[test]
fn aggregates_have_no_winner() {
    let amounts = [amount(1, 0.1), amount(2, 0.2), amount(3, 0.1), given(0, 4, &[])];
    assert_eq!(wins(&amounts, "amount", rule(Rule::Sum)), ("0.4".into(), NO_RECORD));
    assert_eq!(wins(&amounts, "amount", rule(Rule::Count)), ("3".into(), NO_RECORD));
    assert_eq!(wins(&amounts, "amount", rule(Rule::CountDistinct)), ("2".into(), NO_RECORD));
    assert_eq!(wins(&amounts, "amount", rule(Rule::Collect)), ("0.1|0.2".into(), NO_RECORD));
    assert_eq!(wins(&amounts[3..], "amount", rule(Rule::Sum)), ("null".into(), NO_RECORD));
    assert_eq!(wins(&amounts[3..], "amount", rule(Rule::Count)), ("0".into(), NO_RECORD));
    assert_eq!(wins(&amounts[3..], "amount", rule(Rule::Collect)), ("null".into(), NO_RECORD));
    let flags = [given(0, 1, &[(2, Owned::Bool(true))]), given(0, 2, &[(2, Owned::Bool(false))]), given(0, 3, &[])];
    assert_eq!(wins(&flags, "vip", rule(Rule::Any)), ("true".into(), NO_RECORD));
    assert_eq!(wins(&flags, "vip", rule(Rule::All)), ("false".into(), NO_RECORD));
    assert_eq!(wins(&flags[2..], "vip", rule(Rule::Any)), ("null".into(), NO_RECORD));
    let names = [name(0, 1, "b"), name(0, 2, "a"), name(0, 3, "b")];
    assert_eq!(wins(&names, "name", rule(Rule::Collect)), ("a|b".into(), NO_RECORD));
    let dates = [given(0, 1, &[(3, Owned::Date(0)), (4, Owned::Time(0))])];
    assert_eq!(wins(&dates, "born", rule(Rule::Collect)), ("1970-01-01".into(), NO_RECORD));
    assert_eq!(wins(&dates, "seen", rule(Rule::Collect)), ("1970-01-01T00:00:00Z".into(), NO_RECORD));
}

#[test]
fn a_group_of_fields_comes_from_one_record_and_the_fullest_goes_first() {
    let address = |time, street: &str, city: &str| {
        let text = |text: &str| Owned::Text(text.into());
        given(0, time, &[(5, text(street)), (6, text(city))].map(|(f, v)| (f, v)))
    };
    let given = [address(1, "1 Elm", "Ulm"), address(2, "2 Oak", "Rom"), address(3, "", "Paris")];
    let plan = Plan::new(&config(&[("address", group(&["street", "city"], Rule::MostRecent))]), &schema()).expect("ok");
    assert_eq!(plan.columns(), ["street", "city"]);
    let persons = Persons::from_labels(&Labels(vec![0; 3]));
    let folded = fold(&in_order(&given), &persons, 0..1, &schema(), &plan, &[]);
    let value = |column: usize| folded.golden.columns()[column].get(0).expect("one person").to_string();
    assert_eq!((value(0), value(1)), ("\"2 Oak\"".into(), "\"Rom\"".into()));
    assert_eq!(folded.winners, [[1], [1]]);
    let half = fold_one(&given[2..], "address", group(&["street", "city"], Rule::MostRecent));
    assert_eq!(half.winners, [[NO_RECORD], [0]], "a blank in the winning record has no provenance");
    let oldest = fold_one(&given, "address", group(&["street", "city"], Rule::Oldest));
    assert_eq!(oldest.winners, [[0], [0]]);
    let twice = [address(1, "1 Elm", "Ulm"), address(2, "1 Elm", "Ulm"), address(3, "1 Elm", "Rom")];
    let frequent = fold_one(&twice, "address", group(&["street", "city"], Rule::MostFrequent));
    assert_eq!(frequent.winners, [[1], [1]]);
}

#[test]
fn without_rules_every_field_takes_its_newest_value() {
    let plan = Plan::new(&Config::default(), &schema()).expect("defaults");
    assert_eq!(plan.columns(), ["name", "amount", "vip", "born", "seen", "street", "city"]);
    let given = [given(0, 1, &[(0, Owned::Text("Ann".into())), (1, Owned::Number(1.0))]), amount(2, 2.0)];
    let persons = Persons::from_labels(&Labels(vec![0, 0]));
    let folded = fold(&in_order(&given), &persons, 0..1, &schema(), &plan, &[]);
    assert_eq!(folded.winners[..3], [[0], [1], [NO_RECORD]]);
    let types: Vec<DataType> = folded.golden.columns().iter().map(|c| c.dtype().clone()).collect();
    assert_eq!(types, plan.types().into_iter().map(|(_, dtype)| dtype).collect::<Vec<_>>());
}

#[test]
fn a_column_may_read_another_field_and_two_columns_the_same() {
    let spec = |by| GoldenSpec { field: Some("amount".into()), ..rule(by) };
    let plan =
        Plan::new(&config(&[("total", spec(Rule::Sum)), ("purchases", spec(Rule::Count))]), &schema()).expect("ok");
    let persons = Persons::from_labels(&Labels(vec![0, 0]));
    let folded = fold(&in_order(&[amount(1, 1.5), amount(2, 2.0)]), &persons, 0..1, &schema(), &plan, &[]);
    let values: Vec<AnyValue<'_>> = folded.golden.columns().iter().map(|c| c.get(0).expect("one")).collect();
    assert_eq!(values, [AnyValue::Float64(3.5), AnyValue::Int64(2)]);
}
