use polars::prelude::{Column, IntoColumn, NamedFrom, Series};

use super::*;

fn compiled(fields: &str, events: &str) -> (Plan, Vec<Problem>) {
    let text = format!(
        "[[source]]\nname = \"a\"\nchannel = \"web\"\npath = \"a.csv\"\nfields = {{ {fields} }}\n[fields]\nnps = {{ kind = \
         \"number\" }}\n{events}"
    );
    let config: Config = toml::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (schema, _) = crate::config::schema(&config);
    Plan::compile(&config, &schema, Some(1_000))
}

/// Five records: event, amount, time in microseconds.
fn records() -> DataFrame {
    let times = [Some(1i64), Some(2), Some(3), None, Some(2_000)];
    let times = Series::new("event_time".into(), times).cast(&crate::model::ValueType::Time.dtype()).unwrap();
    DataFrame::new_infer_height(vec![
        Series::new("source".into(), ["a"; 5]).into_column(),
        Series::new("record_id".into(), ["1", "2", "3", "4", "5"]).into_column(),
        times.into_column(),
        Series::new("amount".into(), [Some(10.0), Some(-4.0), Some(3.0), None, Some(9.0)]).into_column(),
        Series::new("event".into(), [None, None, Some("Order Refunded"), Some("Clicked Email"), None]).into_column(),
        Series::new("order_id".into(), [Some("o1"), Some("o1"), None, None, Some("o2")]).into_column(),
    ])
    .unwrap()
}

fn column(plan: &Plan, name: &str) -> String {
    let derived = plan.derive(records(), &[name.to_owned()]).unwrap_or_else(|error| panic!("{name}: {error}"));
    let values: Column = derived.column(name).unwrap().clone();
    values.as_materialized_series().iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" ").replace('"', "")
}

#[test]
fn fields_of_common_names_tell_what_a_record_is() {
    let (plan, faults) = compiled("amount = \"a\", event = \"e\", order_id = \"o\"", "");
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(
        column(&plan, "is_purchase"),
        "true false false false false",
        "a refund of a positive amount, and the future"
    );
    assert_eq!(column(&plan, "is_return"), "false true true false false");
    assert_eq!(column(&plan, "is_answer"), "false false false true false", "a record without a time counts");
    assert_eq!(column(&plan, "event_value"), "10.0 -4.0 -3.0 null null");
    assert_eq!(column(&plan, "event_order"), "o1 o1 a/3 a/4 o2");
    assert!(plan.orders_have_numbers());
    assert!(!plan.has("is_survey") && !plan.has("event_product"));
}

#[test]
fn the_config_stands_above_them() {
    let (plan, faults) = compiled(
        "amount = \"a\", event = \"e\", nps = \"n\"",
        "[events]\npurchase = \"amount >= 9\"\nreturn = \"FALSE\"\nvalue = \"amount * 2\"\nproduct = \"UPPER(event)\"",
    );
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(column(&plan, "is_purchase"), "true false false false false");
    assert_eq!(column(&plan, "event_value"), "20.0 null null null null");
    assert_eq!(column(&plan, "event_product"), "null null ORDER REFUNDED CLICKED EMAIL null");
    assert!(plan.has("is_survey") && !plan.orders_have_numbers());
    assert_eq!(plan.made_of(&["event_product".into(), "channel".into()]), ["channel", "event"]);
}

#[test]
fn every_fault_has_its_place() {
    let (_, faults) = compiled("amount = \"a\", city = \"c\"", "[events]\npurchase = \"amont > 0\"\nvalue = \"city\"");
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(said[0].starts_with("config `events.purchase`: no column `amont`"), "{said:?}");
    assert!(said[1].starts_with("config `events.value`: `city` is no number"), "{said:?}");
}

#[test]
fn every_column_has_a_name_that_is_not_free() {
    let fields = "amount = \"a\", event = \"e\", nps = \"n\", product = \"p\", category = \"g\", campaign = \"m\", device = \
                  \"d\", country = \"l\", region = \"r\", direction = \"i\"";
    let (plan, faults) = compiled(fields, "[events]\ncsat = \"amount\"\nces = \"amount\"");
    assert!(faults.is_empty(), "{faults:?}");
    let names: Vec<&str> = plan.columns().map(|(name, _)| name).collect();
    assert_eq!(names.len(), COLUMNS.len());
    assert!(names.iter().all(|name| COLUMNS.contains(name)));
}
