use indexmap::IndexMap;
use polars::prelude::*;

use super::*;
use crate::model::{Kind, Schema as Names, Source};

const DAY: i64 = 86_400_000_000;
const AS_OF: i64 = 20_454 * DAY;

fn names() -> Names {
    let field = |name: &str, kind| crate::model::Field { name: name.into(), kind };
    Names {
        sources: vec![Source { name: "web".into(), channel: "web".into(), rank: 0 }],
        fields: vec![field("amount", Kind::Money), field("city", Kind::Text), field("vip", Kind::Bool)],
        ..Names::default()
    }
}

fn plan(traits: &[(&str, &str)]) -> Result<Plan, Problems> {
    let config = Config {
        traits: traits
            .iter()
            .map(|(name, rule)| ((*name).to_owned(), crate::config::Trait::from(*rule)))
            .collect::<IndexMap<_, _>>(),
        ..Config::default()
    };
    Plan::new(&config, &names(), Some(AS_OF))
}

/// Three persons: four records newest first, one blank record, and none at all.
fn records() -> DataFrame {
    let days_ago = [Some(1), Some(10), Some(100), None, None];
    let times = days_ago.iter().map(|days| days.map(|days: i64| AS_OF - days * DAY));
    let times = Int64Chunked::from_iter_options("event_time".into(), times).into_series();
    DataFrame::new(
        5,
        vec![
            Column::new("person".into(), [0u32, 0, 0, 0, 1]),
            Column::new("channel".into(), ["web", "pos", "pos", "web", "web"]),
            times.into_datetime(TimeUnit::Microseconds, None).into_column(),
            Column::new("amount".into(), [Some(0.1), Some(0.2), Some(-5.0), Some(40.0), None]),
            Column::new("city".into(), [None, Some("Rom"), Some("Ulm"), Some("Rom"), None]),
            Column::new("vip".into(), [Some(true), None, Some(false), None, None]),
        ],
    )
    .expect("a table")
}

/// One trait over the three persons, as text.
fn one(rule: &str) -> Vec<String> {
    let plan = plan(&[("t", rule)]).unwrap_or_else(|faults| panic!("{rule}: {faults}"));
    let traits = compute(&plan, records(), 3).unwrap_or_else(|problem| panic!("{rule}: {problem}"));
    assert_eq!(traits.height(), 3);
    let column = traits.column("t").expect("the trait").as_materialized_series().clone();
    assert_eq!(*column.dtype(), plan.columns()[0].1, "{rule}");
    column.iter().map(|value| value.to_string()).collect()
}

#[test]
fn counts_are_zero_and_other_aggregates_null_for_nobody() {
    assert_eq!(one("COUNT(*)"), ["4", "1", "0"]);
    assert_eq!(one("COUNT(*) FILTER (WHERE channel = 'pos')"), ["2", "0", "0"]);
    assert_eq!(one("COUNT(amount)"), ["4", "0", "0"]);
    assert_eq!(one("COUNT(DISTINCT city)"), ["2", "0", "0"]);
    assert_eq!(one("COUNT(DISTINCT city) FILTER (WHERE amount > 0)"), ["1", "0", "0"]);
    assert_eq!(one("SUM(amount)"), ["35.3", "null", "null"]);
    assert_eq!(one("COALESCE(SUM(amount), 0)"), ["35.3", "0.0", "0.0"]);
    assert_eq!(one("SUM(1)"), ["4", "1", "null"]);
}

#[test]
fn amounts_add_up_filter_and_average() {
    assert_eq!(one("SUM(amount) FILTER (WHERE amount > 0)")[0], "40.3");
    assert_eq!(one("SUM(CASE WHEN amount > 0 THEN amount END)")[0], "40.3");
    assert_eq!(one("SUM(amount * 2) / COUNT(*)")[0], "17.65");
    assert_eq!(one("AVG(amount)")[0], "8.825");
    assert_eq!(one("MEDIAN(amount)")[0], "0.15");
    assert_eq!(one("QUANTILE_CONT(amount, 1)")[0], "40.0");
    assert_eq!(one("QUANTILE_DISC(amount, 0.5)")[0], "0.1");
    assert_eq!(one("ROUND(STDDEV(amount), 6)")[0], "20.924686");
    assert_eq!(one("ROUND(VARIANCE(amount), 6)")[0], "437.8425");
    assert_eq!(one("STDDEV(amount) FILTER (WHERE amount = 40)")[0], "null");
    assert_eq!(one("MIN(amount)")[0], "-5.0");
    assert_eq!(one("MAX(city)")[0], "\"Ulm\"");
}

#[test]
fn first_and_last_go_by_time_and_skip_blanks() {
    assert_eq!(one("LAST(city)")[0], "\"Rom\"");
    assert_eq!(one("FIRST(city)")[0], "\"Ulm\"", "the record without a time is not the first");
    assert_eq!(one("LAST(channel) FILTER (WHERE amount > 1)")[0], "\"web\"");
    assert_eq!(one("MODE(city)")[0], "\"Rom\"");
    assert_eq!(one("MODE(channel)")[0], "\"web\"", "of two equals the newest");
    assert_eq!(one("MAX_BY(city, amount)")[0], "\"Rom\"");
    assert_eq!(one("MIN_BY(city, amount)")[0], "\"Ulm\"");
    assert_eq!(one("STRING_AGG(DISTINCT channel, '+')"), ["\"pos+web\"", "\"web\"", "null"]);
    assert_eq!(one("BOOL_OR(vip)"), ["true", "null", "null"]);
    assert_eq!(one("BOOL_AND(vip)"), ["false", "null", "null"]);
}

#[test]
fn time_counts_back_from_as_of() {
    assert_eq!(one("COUNT(*) FILTER (WHERE channel = 'pos' AND event_time >= as_of - INTERVAL '90 days')")[0], "1");
    assert_eq!(one("DAYS_BETWEEN(MAX(event_time), as_of)"), ["1", "null", "null"]);
    assert_eq!(one("DAYS_BETWEEN(MIN(event_time), MAX(event_time))")[0], "99");
    assert_eq!(one("COUNT(DISTINCT DATE(event_time))")[0], "3");
    assert_eq!(one("MAX(event_time) > as_of - INTERVAL '1 month'"), ["true", "null", "null"]);
    assert_eq!(one("DATE(MAX(event_time))")[0], "2025-12-31");
    assert_eq!(one("1 + 1"), ["2", "2", "2"], "a constant is one value per person");
}

#[test]
fn a_trait_may_use_earlier_ones() {
    let plan =
        plan(&[("orders", "COUNT(*)"), ("total", "SUM(amount)"), ("basket", "total / orders"), ("big", "basket > 5")])
            .expect("compiles");
    let traits = compute(&plan, records(), 3).expect("computes");
    assert_eq!(traits.get_column_names(), ["orders", "total", "basket", "big"]);
    assert_eq!(traits.column("basket").unwrap().get(0).unwrap(), AnyValue::Float64(8.825));
    assert_eq!(traits.column("big").unwrap().get(0).unwrap(), AnyValue::Boolean(true));
}

#[test]
fn the_rhythm_of_days_is_their_median_gap() {
    // 1, 10 and 100 days ago: gaps of 9 and 90 days.
    assert_eq!(one("USUAL_GAP(event_time)"), ["49.5", "null", "null"]);
    assert_eq!(one("GAP_SPREAD(event_time)")[0], "40.5");
    assert_eq!(one("LAST_GAP(event_time)"), ["9", "null", "null"]);
    assert_eq!(one("NEXT_DUE(event_time)"), ["2026-02-19", "null", "null"]);
    assert_eq!(one("USUAL_GAP(event_time) FILTER (WHERE channel = 'web')")[0], "null", "one day has no gap");
    assert_eq!(one("ROUND(MODE_SHARE(city), 4)"), ["0.6667", "null", "null"]);
}

#[test]
fn the_faults_of_all_traits_are_shown_at_once() {
    let faults =
        plan(&[("a", "SUM(amont)"), ("b", "COUNT(*)"), ("c", "b + SUM(cty)")]).expect_err("two faults").to_string();
    assert!(faults.contains("config `traits.a`: no column `amont`\nhint: did you mean `amount`?"), "{faults}");
    assert!(faults.contains("config `traits.c`: no column `cty`"), "{faults}");
}

#[test]
fn ten_thousand_records_of_one_person_are_no_trouble() {
    let plan = plan(&[("mode", "MODE(city)"), ("cities", "COUNT(DISTINCT city)"), ("median", "MEDIAN(amount)")])
        .expect("compiles");
    let count = 10_000;
    let records = DataFrame::new(
        count,
        vec![
            Column::new("person".into(), vec![0u32; count]),
            Column::new("amount".into(), (0..count).map(|n| n as f64).collect::<Vec<_>>()),
            Column::new("city".into(), (0..count).map(|n| format!("c{}", n % 5_000 % 4_999)).collect::<Vec<_>>()),
        ],
    )
    .expect("a table");
    let traits = compute(&plan, records, 1).expect("computes");
    assert_eq!(traits.column("mode").unwrap().get(0).unwrap(), AnyValue::String("c0"));
    assert_eq!(traits.column("cities").unwrap().get(0).unwrap(), AnyValue::Int64(4_999));
    assert_eq!(traits.column("median").unwrap().get(0).unwrap(), AnyValue::Float64(4_999.5));
}

#[test]
fn records_out_of_person_order_are_refused_and_not_miscounted() {
    let plan = plan(&[("n", "COUNT(*)")]).expect("compiles");
    let table = |persons: [u32; 3]| DataFrame::new(3, vec![Column::new("person".into(), persons)]).expect("a table");
    assert!(compute(&plan, table([0, 1, 0]), 2).is_err());
    assert!(compute(&plan, table([0, 1, 2]), 2).is_err());
}
