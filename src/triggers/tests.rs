use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};

use super::*;

const CONFIG: &str = r#"
    [[source]]
    name = "pos"
    channel = "pos"
    path = "x.csv"
    fields = { amount = "a", city = "c", last_name = "l" }
    [[source]]
    name = "web"
    channel = "web"
    path = "y.csv"
    fields = { amount = "a" }
    [traits]
    ready = ["frequency", "next_purchase_due"]
    [[segment]]
    name = "vip"
    where = "frequency > 3"
"#;

const AS_OF: i64 = 20_000 * 86_400_000_000;

fn plan(triggers: &str) -> Result<Plan, Problems> {
    let config: Config = toml::from_str(&format!("{CONFIG}\n{triggers}")).unwrap_or_else(|error| panic!("{error}"));
    let (schema, _) = crate::config::schema(&config);
    let (events, _) = events::Plan::compile(&config, &schema, None);
    let columns: Columns = [
        ("records", DataType::Int64),
        ("channels", DataType::String),
        ("city", DataType::String),
        ("last_name", DataType::String),
        ("frequency", DataType::Int64),
        ("next_purchase_due", DataType::Date),
    ]
    .into_iter()
    .map(|(name, kind)| (name.into(), kind))
    .collect();
    let golden = ["city", "last_name"].map(str::to_owned);
    Plan::new(&config, &columns, &golden, &["pos".to_owned(), "web".to_owned()], &events, Some(AS_OF))
}

/// What four persons are.
fn now() -> DataFrame {
    DataFrame::new_infer_height(vec![
        Series::new("records".into(), [2i64, 2, 2, 2]).into_column(),
        Series::new("channels".into(), ["pos+web", "pos", "pos", "web"]).into_column(),
        Series::new("city".into(), [Some("Ulm"), Some("Rom"), None, Some("Bonn")]).into_column(),
        Series::new("last_name".into(), [Some("Ray"), Some("Lee"), Some("Fox"), None]).into_column(),
        Series::new("frequency".into(), [1i64, 5, 0, 1]).into_column(),
        Series::new("next_purchase_due".into(), [Some(20_000i32), Some(19_990), None, Some(20_001)])
            .cast(&DataType::Date)
            .unwrap()
            .into_column(),
        Series::new("vip".into(), [false, true, false, false]).into_column(),
    ])
    .unwrap()
}

/// What the first three were, person 1 being made of two; person 3 is new.
fn before() -> DataFrame {
    DataFrame::new_infer_height(vec![
        Series::new("person".into(), [0u32, 1, 1, 2]).into_column(),
        Series::new("records".into(), [1i64, 1, 1, 2]).into_column(),
        Series::new("channels".into(), ["pos", "pos", "pos", "pos+web"]).into_column(),
        Series::new("city".into(), [Some("Köln"), Some("Rom"), Some("Ulm"), Some("Bern")]).into_column(),
        Series::new("last_name".into(), [Some("RAY"), Some("Ng"), Some("Oh"), Some("Fox")]).into_column(),
        Series::new("frequency".into(), [0i64, 0, 2, 0]).into_column(),
        Series::new("next_purchase_due".into(), [None, Some(19_990i32), Some(19_990), None])
            .cast(&DataType::Date)
            .unwrap()
            .into_column(),
        Series::new("vip".into(), [true, false, false, true]).into_column(),
    ])
    .unwrap()
}

/// The persons for whom the one trigger fires.
fn fires(trigger: &str) -> Vec<u32> {
    let plan =
        plan(&format!("[[trigger]]\nname = \"t\"\n{trigger}")).unwrap_or_else(|faults| panic!("{trigger}: {faults}"));
    let day = 86_400_000_000;
    let fired = fire(&plan, &now(), &before(), Some(AS_OF - day), &|_| true).unwrap();
    fired.iter().map(|one| one.person).collect()
}

#[test]
fn each_ready_trigger_fires_for_whom_it_is_meant() {
    assert_eq!(fires("ready = \"first_purchase\""), [0, 3], "person 1 bought before, as one of the two that it was");
    assert_eq!(fires("ready = \"new_channel\""), [0], "somebody new has no new channel");
    assert_eq!(fires("ready = \"moved\""), [0], "one of the two lived there before; a blank is no move");
    assert_eq!(fires("ready = \"surname_changed\""), [1], "case does not count");
    assert_eq!(fires("ready = \"entered\"\nsegment = \"vip\""), [1]);
    assert_eq!(fires("ready = \"left\"\nsegment = \"vip\""), [0, 2]);
    assert_eq!(fires("ready = \"became_due\""), [0], "person 1 was due before, person 3 is not yet");
}

#[test]
fn rules_of_ones_own_compare_with_the_last_run() {
    assert_eq!(fires("when = \"frequency > previous_frequency\""), [0, 1]);
    assert_eq!(fires("when = \"previous_records IS NULL\""), [3]);
    assert_eq!(fires("when = \"vip AND previous_as_of < as_of\""), [1]);
}

#[test]
fn a_trigger_over_what_the_last_run_did_not_have_fires_for_nobody() {
    let plan = plan("[[trigger]]\nname = \"t\"\nready = \"first_purchase\"").unwrap();
    assert_eq!(fire(&plan, &now(), &before(), None, &|name| name != "frequency").unwrap(), []);
    assert_eq!(plan.columns().iter_names().map(|name| name.as_str()).collect::<Vec<_>>(), ["records", "frequency"]);
}

#[test]
fn what_a_trigger_cannot_be_is_said_with_the_fix() {
    let said = |trigger: &str, words: &str| {
        let faults = plan(&format!("[[trigger]]\nname = \"t\"\n{trigger}")).err().map(|faults| faults.to_string());
        assert!(faults.as_ref().is_some_and(|faults| faults.contains(words)), "{trigger}: {faults:?}");
    };
    said("ready = \"move\"", "did you mean \"moved\"?");
    said("", "a trigger without a rule");
    said("ready = \"moved\"\nwhen = \"TRUE\"", "side by side");
    said("ready = \"moved\"\nsegment = \"vip\"", "`moved` takes no `segment`");
    said("ready = \"moved\"\nfields = [\"cty\"]", "did you mean \"city\"?");
    said("ready = \"entered\"", "needs a `segment`");
    said("ready = \"went_quiet\"", "add it: [traits] ready = [\"quiet_channels\"]");
    said("when = \"previous_citty = 'Ulm'\"", "no column `previous_citty`");
    said("when = \"vip\"\nevidence = \"purchse\"", "did you mean \"purchase\"?");
}
