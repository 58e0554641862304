//! Every check with a config that it refuses: a line put into a good config, and the faults that it gives.

mod identifiers;
mod sources;

use std::path::Path;

use super::super::load_text;

/// A good config; cases put their lines in at the marks.
const GOOD: &str = "\
#top
[project]
#project
[[source]]
name = 'pos'
channel = 'pos'
#source
path = 'pos/*.csv'
[source.fields]
email = 'E-Mail'
phone = ['Mobile', 'Phone']
card_no = 'Card'
first_name = 'First'
city = 'City'
#mapped
[identifiers.email]
#email
[identifiers.card_no]
kind = 'id'
#card
[golden.fields]
email = 'most_recent'
#golden
[output]
#output
[traits]
orders = 'COUNT(*)'
#traits
#end
";

/// `path: what | hint: fix` per fault.
fn faults(text: &str) -> Vec<String> {
    match load_text(text, Path::new("onefold.toml"), &|_| None) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            assert!(problems.0.iter().all(|problem| !problem.fix.is_empty()), "{problems}");
            problems.0.iter().map(|problem| problem.to_string().replace('\n', " | ")).collect()
        }
    }
}

/// The one fault that a line gives must begin with the first and hold the second text.
fn refused(mark: &str, line: &str, place: &str, said: &str) {
    let text = GOOD.replace(&format!("#{mark}\n"), &format!("{line}\n"));
    assert_ne!(text, GOOD, "no mark #{mark}");
    let found = faults(&text);
    assert_eq!(found.len(), 1, "{line}: {found:#?}");
    assert!(found[0].starts_with(&format!("config `{place}`: ")), "{line}: {}", found[0]);
    assert!(found[0].contains(said), "{line}: {}", found[0]);
}

fn accepted(mark: &str, line: &str) {
    let text = GOOD.replace(&format!("#{mark}\n"), &format!("{line}\n"));
    assert_ne!(text, GOOD, "no mark #{mark}");
    assert_eq!(faults(&text), [""; 0], "{line}");
}

#[test]
fn the_good_config_has_no_fault() {
    assert_eq!(faults(GOOD), [""; 0]);
}

#[test]
fn the_project_is_checked() {
    refused("project", "default_region = 'us'", "project.default_region", "write it in capitals: \"US\"");
    refused("project", "time_zone = 'Berlin'", "project.time_zone", "Europe/Berlin");
    refused("project", "memory_limit = '8'", "project.memory_limit", "8 GiB");
    refused("project", "as_of = 'yesterday'", "project.as_of", "2026-11-21");
    accepted("project", "default_region = 'US'\ntime_zone = 'Europe/Berlin'\nas_of = '2011-12-10'");
}

#[test]
fn golden_columns_read_mapped_fields_and_have_one_name_each() {
    refused("golden", "fisrt_name = 'longest'", "golden.fields.fisrt_name", "did you mean \"first_name\"?");
    refused("golden", "town = { field = 'ctiy' }", "golden.fields.town.field", "did you mean \"city\"?");
    refused("golden", "records = { field = 'city' }", "golden.fields.records", "onefold itself");
    refused("golden", "'City' = { field = 'city' }", "golden.fields.City", "call it \"city\"");
    refused("golden", "a = { fields = ['city', 'street'] }", "golden.fields.a.fields.1", "no source maps");
    refused("golden", "a = { fields = ['city', 'email'] }", "golden.fields.a.fields.1", "already a golden column");
    refused("golden", "a = { fields = ['city'] }\ncity = 'longest'", "golden.fields.city", "a group above");
    refused("golden", "a = { field = 'city', fields = ['city'] }", "golden.fields.a.field", "side by side");
    accepted(
        "golden",
        "town = { field = 'city' }\naddress = { fields = ['city', 'first_name'], rule = 'most_recent' }",
    );
}

#[test]
fn source_priority_names_its_sources() {
    refused("golden", "city = 'source_priority'", "golden.fields.city", "needs `sources`");
    refused("golden", "city = { rule = 'source_priority' }", "golden.fields.city.rule", "sources = [\"pos\"]");
    refused("golden", "city = { sources = ['pos'] }", "golden.fields.city.sources", "source_priority only");
    refused(
        "golden",
        "city = { rule = 'source_priority', sources = ['psos'] }",
        "golden.fields.city.sources.0",
        "did you mean \"pos\"?",
    );
    refused(
        "golden",
        "city = { rule = 'source_priority', sources = ['pos', 'pos'] }",
        "golden.fields.city.sources.1",
        "twice",
    );
    accepted("golden", "city = { rule = 'source_priority', sources = ['pos'] }");
}

#[test]
fn traits_and_segments_have_names_of_their_own() {
    let segment = |name: &str| format!("[[segment]]\nname = '{name}'\nwhere = 'true'\n");
    refused("traits", "email = 'COUNT(*)'", "traits.email", "already has a column");
    refused("traits", "first_seen = 'COUNT(*)'", "traits.first_seen", "onefold itself");
    refused("traits", "'90d' = 'COUNT(*)'", "traits.90d", "call it \"n90d\"");
    refused("end", &segment("email"), "segment.0.name", "already has a column");
    refused("end", &segment("orders"), "segment.0.name", "a trait is already called");
    refused("end", &(segment("a") + &segment("a")), "segment.1.name", "two segments are called");
    refused("end", &segment("VIPs"), "segment.0.name", "call it \"vips\"");
    refused("end", &segment(""), "segment.0.name", "not a name");
    accepted("end", &(segment("a") + &segment("b")));
}

#[test]
fn segments_have_groups_and_hold_outs_that_can_be() {
    let segment = |more: &str| format!("[[segment]]\nname = 's'\nwhere = 'true'\n{more}\n");
    refused("end", &segment("hold_out = 10"), "segment.0.hold_out", "0.1 holds out 10 %");
    refused("end", &segment("hold_out = -0.1"), "segment.0.hold_out", "no share");
    refused("end", &segment("priority = 1"), "segment.0.priority", "in none");
    refused("end", &segment("group = 'A B'"), "segment.0.group", "call it \"a_b\"");
    accepted("end", &segment("group = 'a'\npriority = 1\nhold_out = 0.1"));
}

#[test]
fn ready_traits_stand_in_their_list_once_and_triggers_have_names() {
    refused("traits", "ready = 'COUNT(*)'", "traits.ready", "is the list of ready traits");
    refused("traits", "mine = ['recency']", "traits.mine", "stands under the key `ready`");
    refused("traits", "ready = ['recency', 'recency']", "traits.ready.1", "already a trait");
    refused("traits", "ready = ['recency']\nrecency = 'COUNT(*)'", "traits.recency", "already a trait");
    refused("traits", "is_purchase = 'COUNT(*)'", "traits.is_purchase", "onefold itself");
    accepted("traits", "ready = ['recency', 'frequency_30d']\nr = { ready = 'recency', days = 7 }");
    let trigger = "[[trigger]]\nname = 'a'\nready = 'moved'\n";
    refused("end", &(trigger.to_owned() + trigger), "trigger.1.name", "two triggers");
    refused("end", &trigger.replace("'a'", "'A'"), "trigger.0.name", "call it \"a\"");
}

#[test]
fn without_golden_rules_every_field_is_a_golden_column() {
    let text = GOOD.replace("[golden.fields]\nemail = 'most_recent'\n", "").replace("#traits", "city = 'COUNT(*)'");
    let found = faults(&text);
    assert!(found.len() == 1 && found[0].contains("already has a column \"city\""), "{found:#?}");
}

#[test]
fn the_output_has_a_folder_formats_and_known_tables() {
    refused("output", "dir = ' '", "output.dir", "empty");
    refused("output", "formats = []", "output.formats", "no format");
    refused("output", "formats = ['csv', 'csv']", "output.formats.1", "twice");
    refused("output", "tables = ['golden_customer']", "output.tables.0", "did you mean \"golden_customers\"?");
    refused("output", "tables = ['edges', 'edges']", "output.tables.1", "twice");
    refused("top", "always_link = [{ file = '' }]", "always_link.0.file", "empty");
    refused("top", "never_link = [{ file = 'a.csv' }, { file = ' ' }]", "never_link.1.file", "empty");
    accepted("output", "formats = ['csv', 'parquet']\ntables = ['golden_customers', 'bridges']");
}

#[test]
fn the_config_that_sets_the_tone_has_no_fault() {
    let text = r#"
[project]
name = "acme"
default_region = "US"

[[source]]
name = "pos"
channel = "pos"
path = "exports/pos/*.csv.gz"
record_id = "receipt_no"
event_time = { column = "sold_at", format = "%Y-%m-%d %H:%M:%S", time_zone = "America/New_York" }
[source.fields]
email = "customer_email"
phone = ["mobile", "phone"]
loyalty_id = "card_no"
first_name = "first"
amount = "total"
street = "street"
city = "city"
postal_code = "zip"

[identifiers.loyalty_id]
kind = "id"
priority = 1
max_per_person = 1

[identifiers.email]
kind = "email"
priority = 2
max_per_person = 5
conflict = ["first_name"]

[golden.fields]
email = { rule = "most_recent" }
first_name = { rule = "most_frequent" }
address = { fields = ["street", "city", "postal_code"], rule = "most_recent" }

[traits]
orders_90d = "COUNT(*) FILTER (WHERE channel = 'pos' AND event_time >= as_of - INTERVAL '90 days')"

[[segment]]
name = "lapsed_regulars"
where = "orders >= 3 AND days_since_last_order > 120"
"#;
    assert_eq!(faults(text), [""; 0]);
    let unmapped = faults(&text.replace("postal_code = \"zip\"\n", ""));
    assert!(unmapped.len() == 1 && unmapped[0].contains("no source maps a field \"postal_code\""), "{unmapped:#?}");
}
