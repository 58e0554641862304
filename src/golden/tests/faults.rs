//! What is wrong with rules.

use super::*;

#[test]
fn all_faults_of_all_rules_are_shown_at_once() {
    let sources = |names: &[&str]| GoldenSpec {
        sources: names.iter().map(|name| (*name).to_owned()).collect(),
        ..rule(Rule::SourcePriority)
    };
    let fields = [
        ("name", rule(Rule::Sum)),
        ("amont", rule(Rule::MostRecent)),
        ("vip", rule(Rule::Min)),
        ("born", rule(Rule::Any)),
        ("amount", rule(Rule::Longest)),
        ("seen", sources(&["poss"])),
        ("city", sources(&[])),
        ("address", group(&["street", "city"], Rule::Max)),
        ("home", group(&["street", "zip"], Rule::MostRecent)),
        ("first", GoldenSpec { sources: vec!["web".into()], field: Some("name".into()), ..rule(Rule::Oldest) }),
    ];
    let said = Plan::new(&config(&fields), &schema()).expect_err("faults").to_string();
    for expected in [
        "config `golden.fields.name`: `sum` takes numbers, `name` is text",
        "config `golden.fields.amont`: no source has a field `amont`\nhint: did you mean amount",
        "config `golden.fields.vip`: `min` takes",
        "config `golden.fields.born`: `any` takes yes/no fields, `born` is a date",
        "config `golden.fields.amount`: `longest` takes text",
        "config `golden.fields.seen.sources.0`: no source `poss`\nhint: did you mean pos?",
        "config `golden.fields.city`: source_priority needs `sources`",
        "config `golden.fields.address.rule`: `address`: fields cannot win together by `max`",
        "config `golden.fields.address`: the golden column `city` is declared twice",
        "config `golden.fields.home.fields`: no source has a field `zip`",
        "config `golden.fields.home`: the golden column `street` is declared twice",
        "config `golden.fields.first.sources`: `sources` has no meaning for `oldest`",
    ] {
        assert!(said.contains(expected), "missing: {expected}\nin:\n{said}");
    }
}
