//! Every check with a config that it refuses: a line put into a good config, and the faults that it gives.

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
fn sources_have_unique_names_that_are_not_blank() {
    let second = "[[source]]\nname = 'pos'\nchannel = 'pos'\npath = 'b.csv'\nfields = { email = 'e' }";
    refused("end", second, "source.1.name", "two sources are called \"pos\"");
    refused("end", &second.replace("'pos'\nch", "' '\nch"), "source.1.name", "is empty");
    refused("end", &second.replace("'pos'\nch", "'p '\nch"), "source.1.name", "ends with a space");
    refused(
        "end",
        &second.replace("name = 'pos'\nchannel = 'pos'", "name = 'web'\nchannel = ''"),
        "source.1.channel",
        "has no `channel`",
    );
}

#[test]
fn standard_input_is_read_once_and_alone() {
    let piped = |name: &str, path: &str| {
        format!("[[source]]\nname = '{name}'\nchannel = 'web'\npath = {path}\nfields = {{ email = 'e' }}\n")
    };
    accepted("end", &piped("a", "'-'"));
    refused("end", &(piped("a", "'-'") + &piped("b", "'-'")), "source.2.path", "already read by the source \"a\"");
    refused("end", &piped("a", "['-', 'x.csv']"), "source.1.path", "one of several");
}

#[test]
fn a_source_says_how_its_files_are_read() {
    refused("source", "delimiter = 'ab'", "source.0.delimiter", "one ASCII character");
    refused("source", "delimiter = 'ä'", "source.0.delimiter", "one ASCII character");
    refused("source", "delimiter = '\"'", "source.0.delimiter", "one ASCII character");
    refused("source", "encoding = 'latin1'", "source.0.encoding", "windows-1252");
    refused("source", "encoding = 'utf8'", "source.0.encoding", "utf-8");
    refused("source", "encoding = 'ebcdic'", "source.0.encoding", "encodings are");
    refused("source", "format = 'jsonl'\ndelimiter = ','", "source.0.delimiter", "means nothing for a jsonl file");
    refused("source", "format = 'parquet'\nskip_lines = 1", "source.0.skip_lines", "parquet");
    refused("source", "record_id = ['a', '']", "source.0.record_id", "empty");
    refused("source", "record_id = []", "source.0.record_id", "empty");
    for good in
        ["delimiter = '\t'", "delimiter = 'spaces'", "encoding = 'utf-16le'", "format = 'jsonl'\nencoding = 'utf-8'"]
    {
        accepted("source", good);
    }
}

#[test]
fn event_times_have_columns_formats_and_zones() {
    refused("source", "event_time = ''", "source.0.event_time", "empty");
    refused("source", "event_time = { column = [] }", "source.0.event_time.column", "empty");
    refused("source", "event_time = { column = 'a', format = 'yyyy' }", "source.0.event_time.format", "no % field");
    refused(
        "source",
        "event_time = { column = 'a', format = ['%F', '%H'] }",
        "source.0.event_time.format.1",
        "whole day",
    );
    refused("source", "event_time = { column = 'a', format = [] }", "source.0.event_time.format", "no format");
    refused(
        "source",
        "event_time = { column = 'a', time_zone = 'X' }",
        "source.0.event_time.time_zone",
        "no time zone",
    );
    accepted(
        "source",
        "event_time = { column = ['d', 't'], join = true, format = '%m/%d/%Y %H:%M', time_zone = 'UTC' }",
    );
}

#[test]
fn mapped_fields_have_good_names_and_one_place_each() {
    refused("mapped", "'E-Mail' = 'x'", "source.0.fields.E-Mail", "call it \"e_mail\"");
    refused("mapped", "person_id = 'x'", "source.0.fields.person_id", "onefold itself");
    refused("mapped", "event_time = 'x'", "source.0.fields.event_time", "belongs in [[source]]");
    refused("mapped", "zip = ''", "source.0.fields.zip", "empty");
    refused("mapped", "zip = []", "source.0.fields.zip", "no column is named");
    refused("mapped", "zip = ['a', '']", "source.0.fields.zip.1", "empty");
    refused("mapped", "zip = {}", "source.0.fields.zip", "exactly one of");
    refused("mapped", "zip = { column = 'a', constant = 'b' }", "source.0.fields.zip.constant", "column and constant");
    refused("mapped", "zip = { column = 'a', with = 'b' }", "source.0.fields.zip.with", "without `join`");
    refused("mapped", "zip = { join = ['a', ' '] }", "source.0.fields.zip.join.1", "empty");
    refused("mapped", "zip = { cases = [{ column = '' }] }", "source.0.fields.zip.cases.0.column", "empty");
    let cases = "zip = { cases = [{ column = 'a' }, { when = 'x', column = 'b' }] }";
    refused("mapped", cases, "source.0.fields.zip.cases.0", "never reached");
    for good in [
        "zip = { join = ['a', 'b'], with = '-' }",
        "zip = [{ column = 'a', when = \"b = 'c'\" }, 'd', { constant = '0' }]",
        "zip = { file_name = '^(x)_' , map = { x = 'y' } }",
        "zip = { cases = [{ when = 'x', column = 'b' }, { column = 'a' }] }",
    ] {
        accepted("mapped", good);
    }
}

#[test]
fn a_source_maps_at_least_one_field() {
    let second = "[[source]]\nname = 'web'\nchannel = 'web'\npath = ''";
    let found = faults(&GOOD.replace("#end", second));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("the source \"web\" maps no field"), "{found:#?}");
    assert!(found[1].contains("the path is empty"), "{found:#?}");
}

#[test]
fn declared_fields_exist_and_only_times_have_formats() {
    refused("end", "[fields.frist_name]\nkind = 'name'", "fields.frist_name", "did you mean \"first_name\"?");
    refused("end", "[fields.city]\nkind = 'text'\nformats = ['%F']", "fields.city.formats", "only dates and times");
    refused("end", "[fields.city]\nkind = 'date'\nformats = ['%F', 'x']", "fields.city.formats.1", "no % field");
    accepted("end", "[fields.city]\nkind = 'date'\nformats = ['%F', '%d.%m.%Y']");
}

#[test]
fn identifiers_are_read_from_mapped_fields() {
    refused("end", "[identifiers.e_mail]", "identifiers.e_mail", "did you mean \"email\"?");
    refused("end", "[identifiers.Phone]\nfields = ['phone']", "identifiers.Phone", "call it \"phone\"");
    refused("end", "[identifiers.tel]\nfields = ['phnoe']", "identifiers.tel.fields.0", "did you mean \"phone\"?");
    refused("end", "[identifiers.tel]\nfields = ['phone', 'phone']", "identifiers.tel.fields.1", "twice");
    refused("end", "[identifiers.x]\ncompound = true\nfields = ['city']", "identifiers.x.fields", "fewer than two");
    refused("email", "conflict = ['name_first']", "identifiers.email.conflict.0", "no source maps");
    refused("email", "proxy = ['last_name']", "identifiers.email.proxy.0", "no source maps");
    accepted("end", "[identifiers.phone]\n[identifiers.x]\ncompound = true\nfields = ['city', 'first_name']");
}

#[test]
fn hashed_identifiers_name_the_raw_one() {
    let hashed = |rest: &str| format!("[identifiers.hashed]\nkind = 'hash'\nfields = ['city']\n{rest}");
    accepted("end", &hashed("of = 'email'\nalgorithm = 'md5'"));
    refused("end", &hashed("of = 'emial'"), "identifiers.hashed.of", "did you mean \"email\"?");
    refused("end", &hashed("of = 'hashed'"), "identifiers.hashed.of", "itself hashed");
    refused("end", &hashed("algorithm = 'md5'"), "identifiers.hashed.algorithm", "without `of`");
    refused("card", "of = 'email'", "identifiers.card_no.of", "for kind \"hash\" only");
}

#[test]
fn settings_fit_their_kind() {
    refused("email", "priority = 0", "identifiers.email.priority", "begin at 1");
    refused("email", "ignore_case = true", "identifiers.email.ignore_case", "\"id\" and \"device\" only");
    refused("card", "ignore_dots = ['gmail.com']", "identifiers.card_no.ignore_dots", "\"email\" only");
    refused("card", "ignore_tags = ['*']", "identifiers.card_no.ignore_tags", "\"email\" only");
    accepted("email", "ignore_dots = ['gmail.com']\nignore_tags = ['*']\npriority = 1");
    accepted("card", "ignore_case = true");
}

#[test]
fn there_are_at_most_64_identifiers() {
    let many =
        |count: usize| (0..count).map(|i| format!("[identifiers.n{i}]\nfields = ['city']\n")).collect::<String>();
    accepted("end", &many(62));
    refused("end", &many(63), "identifiers", "65 identifiers; at most 64");
}

#[test]
fn placeholders_are_of_a_kind_that_has_a_list() {
    refused("end", "[placeholders.emails]", "placeholders.emails", "did you mean \"email\"?");
    refused("end", "[placeholders.money]", "placeholders.money", "kinds are");
    accepted("end", "[placeholders.email]\nvalues = ['x@y.example']\n[placeholders.postal_code]\nbuiltin = false");
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
