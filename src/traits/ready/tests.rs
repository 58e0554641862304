use super::*;
use crate::traits::Plan;

const CONFIG: &str = r#"
    [[source]]
    name = "pos"
    channel = "pos"
    path = "x.csv"
    fields = { email = "e", cookie_id = "c", amount = "a", order_id = "o", product = "p", category = "g", event = "v" }
    [[source]]
    name = "mail"
    channel = "email"
    path = "y.csv"
    fields = { nps = "n", csat = "s", ces = "z", campaign = "m", device = "d", country = "l", region = "r", color = "w" }
    [fields]
    nps = { kind = "number" }
    csat = { kind = "number" }
    ces = { kind = "number" }
    [identifiers.email]
    [identifiers.cookie_id]
"#;

fn config(traits: &str) -> Config {
    toml::from_str(&format!("{CONFIG}\n[traits]\n{traits}")).unwrap_or_else(|error| panic!("{traits}: {error}"))
}

fn faults(traits: &str) -> String {
    let config = config(traits);
    let (schema, _) = crate::config::schema(&config);
    Plan::new(&config, &schema, None).err().map(|faults| faults.to_string()).unwrap_or_default()
}

#[test]
fn the_page_of_traits_is_fresh() {
    crate::fresh::fresh("docs/traits.md", &traits_page());
}

#[test]
fn every_ready_trait_compiles_with_every_setting_that_it_takes() {
    let mut names: Vec<&str> = Vec::new();
    for entry in LIBRARY.iter().flat_map(|(_, entries)| *entries) {
        assert!(!names.contains(&entry.name), "{}", entry.name);
        names.push(entry.name);
        let setting = |key: &&str| match *key {
            "channel" => "channel = \"email\"".to_owned(),
            "field" => "field = \"color\"".to_owned(),
            "scale" => "scale = [0, 4.5]".to_owned(),
            key => format!("{key} = 200"),
        };
        let all: Vec<String> = entry.takes.iter().map(setting).collect();
        let must: Vec<String> = entry.takes.iter().filter(|key| **key == "field").map(setting).collect();
        for settings in [all, must] {
            let rule = format!(
                "t = {{ ready = \"{}\"{}{} }}",
                entry.name,
                if settings.is_empty() { "" } else { ", " },
                settings.join(", ")
            );
            assert_eq!(faults(&rule), "", "{rule}");
        }
    }
    let listed = names.iter().filter(|name| !name.starts_with("declared")).map(|name| format!("\"{name}\""));
    assert_eq!(faults(&format!("ready = [{}]", listed.collect::<Vec<_>>().join(", "))), "");
}

#[test]
fn what_a_ready_trait_cannot_be_is_said_with_the_fix() {
    let said = |traits: &str, words: &str| {
        let found = faults(traits);
        assert!(found.contains(words), "{traits}: {found}");
    };
    said(
        "ready = [\"recensy\"]",
        "config `traits.ready.0`: no ready trait \"recensy\"\nhint: did you mean \"recency\"?",
    );
    said("x = { ready = \"rfm\", field = \"color\" }", "config `traits.x.field`: `rfm` takes no `field`");
    said("x = { ready = \"declared\" }", "`declared` needs a `field`");
    said("x = { ready = \"declared\", field = \"colr\" }", "did you mean \"color\"?");
    said("x = { ready = \"answers\", channel = \"mail\" }", "no source has the channel \"mail\"");
    said("x = { ready = \"csat\", scale = [5] }", "a scale is two rising numbers");
    said("x = { ready = \"frequency\", days = 0 }", "a window of no days");
    said("x = { ready = \"lifecycle_stage\", lapsed_days = 10 }", "active for 90");
}

#[test]
fn a_ready_trait_says_what_it_needs_to_know() {
    let config: Config = toml::from_str(
        "[[source]]\nname = \"a\"\nchannel = \"web\"\npath = \"a.csv\"\nfields = { email = \"e\" }\n[identifiers.email]\n\
         [traits]\nready = [\"recency\", \"answers\"]",
    )
    .unwrap();
    let (schema, _) = crate::config::schema(&config);
    let faults = Plan::new(&config, &schema, None).err().map(|faults| faults.to_string()).unwrap_or_default();
    assert!(faults.contains("`recency` needs to know what a purchase is"), "{faults}");
    assert!(faults.contains("[events] answer = "), "{faults}");
}

#[test]
fn what_is_wrong_with_events_is_said_once() {
    let text = format!(
        "{CONFIG}\n[events]\npurchase = \"amont > 0\"\n[traits]\nready = [\"recency\", \"monetary_value\"]\nn = \"COUNT(*) \
         FILTER (WHERE is_purchase)\"\n[journeys]\n"
    );
    let config: Config = toml::from_str(&text).unwrap();
    let (schema, _) = crate::config::schema(&config);
    let faults = crate::pipeline::Plans::new(&config, &schema, None).err().map(|faults| faults.0).unwrap_or_default();
    assert_eq!(faults.len(), 1, "{faults:?}");
}
