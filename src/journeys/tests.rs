use polars::prelude::{NamedFrom, Series};
use proptest::prelude::*;

use super::*;

fn plan(journeys: &str) -> Plan {
    let text = format!(
        "[[source]]\nname = \"a\"\nchannel = \"web\"\npath = \"a.csv\"\nfields = {{ amount = \"a\", order_id = \"o\", campaign \
         = \"c\", event = \"e\" }}\n[journeys]\n{journeys}"
    );
    let config: Config = toml::from_str(&text).unwrap();
    let (schema, _) = crate::config::schema(&config);
    let (events, _) = events::Plan::compile(&config, &schema, None);
    let (plan, faults) = Plan::new(&config, &events);
    assert!(faults.is_empty(), "{faults:?}");
    plan.unwrap()
}

/// One record: person, day, channel, whether a message, whether a purchase of that order and value.
type Record<'a> = (u32, Option<i64>, &'a str, bool, Option<(&'a str, f64)>);

fn records(plan: &Plan, rows: &[Record<'_>]) -> DataFrame {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| (row.0, std::cmp::Reverse(row.1)));
    let mut columns: Vec<Column> = vec![
        Series::new("person".into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()).into(),
        Series::new("source".into(), vec!["a"; rows.len()]).into(),
        Series::new("channel".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()).into(),
        Series::new("record_id".into(), (0..rows.len()).map(|n| n.to_string()).collect::<Vec<_>>()).into(),
        Series::new("event_time".into(), rows.iter().map(|row| row.1.map(|day| day * DAY)).collect::<Vec<_>>())
            .cast(&crate::model::ValueType::Time.dtype())
            .unwrap()
            .into(),
        Series::new("event_campaign".into(), vec![None::<&str>; rows.len()]).into(),
        Series::new("event_order".into(), rows.iter().map(|row| row.4.map(|order| order.0)).collect::<Vec<_>>()).into(),
        Series::new("event_value".into(), rows.iter().map(|row| row.4.map(|order| order.1)).collect::<Vec<_>>()).into(),
    ];
    for (kind, column) in &plan.kinds {
        let is = |row: &Record<'_>| (*kind == "message" && row.3) || (*kind == "purchase" && row.4.is_some());
        columns.push(Series::new((*column).into(), rows.iter().map(is).collect::<Vec<_>>()).into());
    }
    DataFrame::new_infer_height(columns).unwrap()
}

fn credits(plan: &Plan, rows: &[Record<'_>]) -> Vec<String> {
    let told = journeys(plan, &records(plan, rows)).unwrap();
    let shown = |(model, channel, _, conversions, value): (&str, &str, &str, f64, f64)| {
        format!("{model} {channel} {conversions:.3} {value:.2}")
    };
    told.credits.rows().map(shown).collect()
}

#[test]
fn each_model_gives_its_shares() {
    let rows = [
        (0, Some(1), "email", true, None),
        (0, Some(8), "sms", true, None),
        (0, Some(15), "web", true, None),
        (0, Some(15), "pos", false, Some(("o1", 10.0))),
    ];
    assert_eq!(
        credits(&plan(""), &rows),
        [
            "first email 1.000 10.00",
            "last web 1.000 10.00",
            "linear email 0.333 3.33",
            "linear sms 0.333 3.33",
            "linear web 0.333 3.33",
            "time_decay email 0.143 1.43",
            "time_decay sms 0.286 2.86",
            "time_decay web 0.571 5.71",
            "position_based email 0.400 4.00",
            "position_based sms 0.200 2.00",
            "position_based web 0.400 4.00",
        ]
    );
}

#[test]
fn touches_outside_of_the_window_and_conversions_without_any_are_told_apart() {
    let rows = [
        (0, Some(1), "email", true, None),
        (0, Some(5), "sms", true, None),
        (0, Some(20), "pos", false, Some(("o1", 10.0))),
        (0, Some(20), "pos", false, Some(("o1", 5.0))),
        (0, Some(21), "web", true, None),
        (1, None, "pos", false, Some(("o2", 7.0))),
    ];
    let first: Vec<String> = credits(&plan("look_back_days = 15"), &rows).into_iter().take(2).collect();
    assert_eq!(
        first,
        ["first  1.000 7.00", "first sms 1.000 15.00"],
        "one order of two records; a time that is unknown"
    );
}

#[test]
fn touches_that_have_decayed_to_nothing_share_all_the_same() {
    let rows = [
        (0, Some(1), "email", true, None),
        (0, Some(2), "sms", true, None),
        (0, Some(30), "pos", false, Some(("o1", 10.0))),
    ];
    let shown = credits(&plan("half_life_days = 0.001"), &rows);
    assert!(shown.contains(&"time_decay sms 1.000 10.00".to_owned()), "{shown:?}");
}

#[test]
fn a_journey_goes_from_the_oldest_to_the_newest() {
    let rows = [
        (0, Some(3), "pos", true, Some(("o", 1.0))),
        (0, None, "web", true, None),
        (0, Some(1), "email", true, None),
        (2, Some(2), "sms", true, None),
        (2, Some(2), "web", false, None),
    ];
    let plan = plan("");
    let told = journeys(&plan, &records(&plan, &rows)).unwrap();
    assert_eq!(told.persons, [0, 0, 0, 0, 2]);
    let text = |name: &str| -> Vec<String> {
        told.rows.column(name).unwrap().str().unwrap().iter().map(|cell| cell.unwrap_or("-").to_owned()).collect()
    };
    assert_eq!(text("channel"), ["email", "pos", "pos", "web", "sms"]);
    assert_eq!(text("event"), ["message", "message", "purchase", "message", "message"]);
}

#[test]
fn settings_that_cannot_be_are_refused_all_at_once() {
    let config: Config = toml::from_str(
        "[[source]]\nname = \"a\"\nchannel = \"web\"\npath = \"a.csv\"\nfields = { amount = \"a\" }\n[journeys]\ntouches = \
         [\"view\"]\nhalf_life_days = 0\nfirst_share = 0.8",
    )
    .unwrap();
    let (schema, _) = crate::config::schema(&config);
    let (events, _) = events::Plan::compile(&config, &schema, None);
    let faults: Vec<String> = Plan::new(&config, &events).1.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[2].contains("`journeys.touches.0`") && faults[2].contains("[events] view"), "{faults:?}");
}

proptest! {
    #[test]
    fn sums_over_persons_equal_the_totals(
        people in proptest::collection::vec(
            proptest::collection::vec((0i64..60, 0usize..3, any::<bool>(), proptest::option::of(1u32..500)), 0..12), 0..6),
        first in 0.0f64..0.5,
        last in 0.0f64..0.5,
    ) {
        let orders: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        let mut rows = Vec::new();
        let (mut conversions, mut value) = (0.0, 0.0);
        for (person, events) in people.iter().enumerate() {
            for (day, channel, message, bought) in events {
                let order = bought.map(|cents| (orders[rows.len()].as_str(), f64::from(cents) / 100.0));
                conversions += f64::from(u8::from(order.is_some()));
                value += order.map_or(0.0, |order| order.1);
                rows.push((person as u32, Some(*day), ["web", "email", "sms"][*channel], *message, order));
            }
        }
        let plan = plan(&format!("first_share = {first:?}\nlast_share = {last:?}"));
        let whole = journeys(&plan, &records(&plan, &rows)).unwrap().credits;
        let mut parts = Credits::default();
        for person in 0..people.len() as u32 {
            let own: Vec<_> = rows.iter().filter(|row| row.0 == person).copied().collect();
            parts.add(&journeys(&plan, &records(&plan, &own)).unwrap().credits);
        }
        for credits in [&whole, &parts] {
            for model in MODELS {
                let of_model = || credits.rows().filter(|row| row.0 == model);
                let sums = of_model().fold((0.0, 0.0), |sum, row| (sum.0 + row.3, sum.1 + row.4));
                prop_assert!((sums.0 - conversions).abs() < 1e-9 && (sums.1 - value).abs() < 1e-6, "{model} {sums:?}");
                prop_assert!(of_model().all(|row| row.3 >= -1e-9));
            }
        }
    }
}
