//! Mappings written as TOML, and what they are compiled to.

use super::*;

/// The mapping of a source written as TOML, and its faults.
fn compiled(source: &str) -> (Mapping, Vec<String>) {
    let source = format!("name = \"s\"\nchannel = \"web\"\npath = \"x.csv\"\n{source}");
    let source: config::Source = toml::from_str(&source).expect("a source");
    let config = config::Config { source: vec![source], ..config::Config::default() };
    let (schema, _) = config::schema(&config);
    let mut problems = Vec::new();
    let mapping = Mapping::new(&config.source[0], 0, &config.project, &schema, false, &mut problems);
    (mapping, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_column_has_one_slot_however_it_is_written() {
    let (mapping, problems) = compiled(
        "record_id = [\"Store\", \"Receipt\"]\n[fields]\nemail = [\"E-Mail\", \" e-mail \"]\nstore = \"STORE\"",
    );
    assert_eq!(mapping.slots, ["Store", "Receipt", "E-Mail"]);
    assert_eq!((mapping.record_id, problems), (vec![0, 1], Vec::new()));
}

#[test]
fn joined_columns_come_behind_the_plain_ones() {
    let (mapping, _) = compiled(
        "event_time = { column = [\"Date\", \"Time\"], join = true }\n[fields]\n\
         full_name = { join = [\"First\", \"Last\"] }\nemail = \"Email\"",
    );
    assert_eq!(mapping.slots, ["First", "Last", "Email", "Date", "Time"]);
    assert_eq!(mapping.joins[0], Join { slots: vec![0, 1], with: " ".into() });
    assert_eq!(mapping.fields[0].picks[0].value, Raw::Slot(5));
    assert_eq!(mapping.event_time.expect("is declared").slots, [6]);
}

#[test]
fn conditions_name_the_columns_that_they_read() {
    let (mapping, _) = compiled(
        "where = \"Status <> 'test' AND \\\"Paid at\\\" > ''\"\n[fields]\n\
         phone = { cases = [{ when = \"direction = 'inbound'\", column = \"From\" }, { column = \"To\" }] }",
    );
    assert_eq!(mapping.slots, ["Status", "Paid at", "direction", "From", "To"]);
    assert_eq!(mapping.filter, Some(0));
    assert_eq!(mapping.conditions[1].columns, [("direction".to_owned(), 2)]);
    assert_eq!(mapping.needs[0].any_of, [[3, 4]]);
}

#[test]
fn formats_patterns_and_zones_that_make_no_sense_are_faults() {
    let (_, problems) = compiled(
        "event_time = { column = \"t\", format = \"%Y-%!\", time_zone = \"Mars/Base\" }\n[fields]\n\
         status = { file_name = \"(\" }\nempty = {}",
    );
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].starts_with("config `source.0.fields.status.file_name`: `(` is not a regular expression"));
    assert!(problems[1].starts_with("config `source.0.fields.empty`: says nowhere"));
    assert!(problems[2].starts_with("config `source.0.event_time.format`: `%Y-%!` is not a strptime format"));
    assert!(problems[3].starts_with("config `source.0.event_time.time_zone`: no time zone \"Mars/Base\""));
}
