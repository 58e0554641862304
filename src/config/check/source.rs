//! `[[source]]` and `[fields]`.

use std::collections::BTreeMap;

use super::names::column_fault;
use super::project::{format_fault, zone_fault};
use super::unknown_field;
use crate::config::words::{did_you_mean, list};
use crate::config::{
    Config, ENCODINGS, EventTime, EventTimeSpec, FieldConfig, Format, OneOrMany, Pick, PickSpec, Source,
};
use crate::model::Kind;
use crate::problem::Problem;

/// More than anybody declares; source numbers are 16 bits wide.
const MOST_SOURCES: usize = 65_535;

pub(super) fn check(config: &Config, faults: &mut Vec<Problem>) {
    if config.source.is_empty() {
        let fix = "declare an export: [[source]] with name, channel, path and [source.fields]";
        faults.push(Problem::config("source", "the config declares no source", fix));
    }
    if config.source.len() > MOST_SOURCES {
        let what = format!("{} sources; at most {MOST_SOURCES} are possible", config.source.len());
        faults.push(Problem::config("source", what, "join files of one shape in one source: path takes a glob"));
    }
    let mut names = BTreeMap::new();
    let mut standard_input = None;
    for (index, source) in config.source.iter().enumerate() {
        let index = index.to_string();
        if let Some(first) = names.insert(source.name.as_str(), index.clone()) {
            let what = format!("two sources are called \"{}\"", source.name);
            let fix = "a source's name is part of every record's key: give each its own";
            faults.push(Problem::config_at(&["source", &index, "name"], what, fix));
            names.insert(source.name.as_str(), first);
        }
        if source.path.as_slice().iter().any(|path| path == "-")
            && let Some(first) = standard_input.replace(source.name.as_str())
        {
            let what = format!("standard input is already read by the source \"{first}\"");
            faults.push(Problem::config_at(&["source", &index, "path"], what, "name a file here"));
        }
        one(source, &index, faults);
    }
    let known = super::Known::of(config);
    for (name, field) in &config.fields {
        if known.has_field(name) {
            field_config(name, field, faults);
        } else {
            let mut fault = unknown_field(name, &known, &["fields", name]);
            fault.place = Problem::config_key(&["fields", name], "", "").place;
            faults.push(fault);
        }
    }
}

fn one(source: &Source, index: &str, faults: &mut Vec<Problem>) {
    let at = |key: &'static str| ["source", index, key];
    let mut fault = |key: &'static str, what: String, fix: &str| faults.push(Problem::config_at(&at(key), what, fix));

    if let Some(what) = label_fault(&source.name) {
        fault("name", format!("the source's name {what}"), "give it a short name: \"web_orders\"");
    }
    if source.channel.is_empty() && source.preset.is_none() {
        let fix =
            "add `channel`: where the business met the person: `web`, `email`, `sms`, `pos`, or a name of your own";
        fault("channel", "[[source]] has no `channel`".into(), fix);
    } else if let Some(what) = label_fault(&source.channel).filter(|_| !source.channel.is_empty()) {
        fault(
            "channel",
            format!("the channel {what}"),
            "use \"web\", \"email\", \"sms\", \"pos\" or a name of your own",
        );
    }
    if is_blank(&source.path) {
        fault("path", "the path is empty".into(), "name a file or a glob: \"exports/pos/*.csv.gz\"");
    } else if source.path.as_slice().len() > 1 && source.path.as_slice().iter().any(|path| path == "-") {
        fault("path", "standard input (\"-\") cannot be one of several".into(), "give it a source of its own");
    }
    csv_only(source, &mut fault);
    if let Some(delimiter) = &source.delimiter
        && !is_delimiter(delimiter)
    {
        let what = format!("{delimiter:?} is no delimiter");
        fault("delimiter", what, "write one ASCII character (\",\", \";\", \"\\t\", \"|\"), or \"spaces\"");
    }
    if let Some(encoding) = &source.encoding
        && !ENCODINGS.contains(&encoding.as_str())
    {
        let fix = match encoding.to_lowercase().replace('_', "-").as_str() {
            "utf8" | "utf-8" | "ascii" | "us-ascii" => "write \"utf-8\"".to_owned(),
            "latin1" | "latin-1" | "iso-8859-1" | "cp1252" | "ansi" => "write \"windows-1252\"".to_owned(),
            "utf16" | "utf-16" | "ucs-2" => "write \"utf-16le\" (usual on Windows) or \"utf-16be\"".to_owned(),
            other => did_you_mean(other, ENCODINGS).unwrap_or_else(|| format!("encodings are {}", list(ENCODINGS))),
        };
        fault("encoding", format!("no encoding \"{encoding}\""), &fix);
    }
    if source.record_id.as_ref().is_some_and(is_blank) {
        let fix = "name the column(s), or leave the key out: a fingerprint of the row then serves";
        fault("record_id", "the column's name is empty".into(), fix);
    }
    if source.fields.is_empty() {
        let fix = "say which columns to take: [source.fields] with email = \"E-mail address\" and the like";
        fault("fields", format!("the source \"{}\" maps no field", source.name), fix);
    }
    if let Some(time) = &source.event_time {
        event_time_fault(time, &["source", index, "event_time"], faults);
    }
    for (name, mapping) in &source.fields {
        if let Some((what, fix)) = column_fault(name) {
            let fix = match name.as_str() {
                "event_time" | "record_id" | "channel" => {
                    format!("`{name}` belongs in [[source]], above [source.fields]")
                }
                _ => fix,
            };
            faults.push(Problem::config_key(&["source", index, "fields", name], what, fix));
        }
        let place = ["source", index, "fields", name];
        match mapping {
            crate::config::ColumnMapping::One(one) => pick(one, &place, faults),
            crate::config::ColumnMapping::Alternatives(several) => {
                if several.is_empty() {
                    faults.push(Problem::config_at(&place, "no column is named", "name at least one"));
                }
                for (i, one) in several.iter().enumerate() {
                    pick(one, &[&place[..], &[&i.to_string()]].concat(), faults);
                }
            }
        }
    }
}

/// Keys that mean something for CSV only, in a source that is declared to be something else.
fn csv_only(source: &Source, fault: &mut impl FnMut(&'static str, String, &str)) {
    let declared = match source.format {
        Some(Format::Jsonl) => "jsonl",
        Some(Format::Parquet) => "parquet",
        Some(Format::Csv) | None => return,
    };
    let set = [
        ("delimiter", source.delimiter.is_some()),
        ("columns", !source.columns.is_empty()),
        ("skip_lines", source.skip_lines > 0),
        ("encoding", source.encoding.is_some() && source.format == Some(Format::Parquet)),
    ];
    for (key, _) in set.into_iter().filter(|(_, set)| *set) {
        fault(key, format!("`{key}` means nothing for a {declared} file"), "leave it out");
    }
}

/// What is wrong with a time's column, formats and zone; `place` is the time's own.
pub(super) fn event_time_fault(time: &EventTime, place: &[&str], faults: &mut Vec<Problem>) {
    match time {
        EventTime::Column(column) if column.trim().is_empty() => {
            let fix = "name the column, or leave the key out";
            faults.push(Problem::config_at(place, "the column's name is empty", fix));
        }
        EventTime::Column(_) => {}
        EventTime::Spec(spec) => event_time(spec, place, faults),
    }
}

fn event_time(spec: &EventTimeSpec, place: &[&str], faults: &mut Vec<Problem>) {
    let at = |key: &'static str| [place, &[key]].concat();
    if is_blank(&spec.column) {
        faults.push(Problem::config_at(&at("column"), "the column's name is empty", "name the column"));
    }
    match &spec.format {
        Some(OneOrMany::One(format)) => faults.extend(format_fault(format, &at("format"))),
        Some(OneOrMany::Many(formats)) => {
            if formats.is_empty() {
                let fix = "leave the key out for ISO 8601 and Unix times";
                faults.push(Problem::config_at(&at("format"), "no format is named", fix));
            }
            for (i, format) in formats.iter().enumerate() {
                faults.extend(format_fault(format, &[&at("format")[..], &[&i.to_string()]].concat()));
            }
        }
        None => {}
    }
    if let Some(zone) = &spec.time_zone {
        faults.extend(zone_fault(zone, &at("time_zone")));
    }
}

fn pick(pick: &Pick, place: &[&str], faults: &mut Vec<Problem>) {
    match pick {
        Pick::Column(column) if column.trim().is_empty() => {
            let fix = "name a column, or leave the field out";
            faults.push(Problem::config_at(place, "the column's name is empty", fix));
        }
        Pick::Column(_) => {}
        Pick::Spec(spec) => pick_spec(spec, place, faults),
    }
}

fn pick_spec(spec: &PickSpec, place: &[&str], faults: &mut Vec<Problem>) {
    let given: Vec<&str> = [
        ("column", spec.column.is_some()),
        ("join", !spec.join.is_empty()),
        ("constant", spec.constant.is_some()),
        ("file_name", spec.file_name.is_some()),
        ("cases", !spec.cases.is_empty()),
    ]
    .into_iter()
    .filter_map(|(key, given)| given.then_some(key))
    .collect();
    match given.as_slice() {
        [] => {
            let fix = "write exactly one of `column`, `join`, `constant`, `file_name` and `cases`";
            faults.push(Problem::config_at(place, "it is not said where the value is", fix));
        }
        [_] => {}
        [.., last] => {
            let what = format!("{} say different places for one value", given.join(" and "));
            let fix = "keep one; for alternatives write a list: [ { column = … }, { constant = … } ]";
            faults.push(Problem::config_at(&[place, &[last]].concat(), what, fix));
        }
    }
    let mut blank = |keys: &[&str]| {
        let place = [place, keys].concat();
        faults.push(Problem::config_at(&place, "the column's name is empty", "name the column"));
    };
    if spec.column.as_deref().is_some_and(|column| column.trim().is_empty()) {
        blank(&["column"]);
    }
    for (i, _) in spec.join.iter().enumerate().filter(|(_, column)| column.trim().is_empty()) {
        blank(&["join", &i.to_string()]);
    }
    for (i, _) in spec.cases.iter().enumerate().filter(|(_, case)| case.column.trim().is_empty()) {
        blank(&["cases", &i.to_string(), "column"]);
    }
    if spec.with.is_some() && spec.join.is_empty() {
        let place = [place, &["with"]].concat();
        faults.push(Problem::config_at(&place, "`with` stands without `join`", "add `join`, or leave `with` out"));
    }
    let last = spec.cases.len().saturating_sub(1);
    if let Some(i) = spec.cases.iter().position(|case| case.when.is_none()).filter(|i| *i < last) {
        let index = i.to_string();
        let place = [place, &["cases", &index]].concat();
        let what = "this case has no condition, so the ones after it are never reached";
        faults.push(Problem::config_at(&place, what, "add `when`, or move it to the end"));
    }
}

fn field_config(name: &str, field: &FieldConfig, faults: &mut Vec<Problem>) {
    if !field.formats.is_empty() && !matches!(field.kind, Kind::Date | Kind::Time) {
        let fix = "leave `formats` out, or write kind = \"date\" or kind = \"time\"";
        faults.push(Problem::config_at(&["fields", name, "formats"], "only dates and times have formats", fix));
        return;
    }
    for (i, format) in field.formats.iter().enumerate() {
        faults.extend(format_fault(format, &["fields", name, "formats", &i.to_string()]));
    }
}

/// What is wrong with a name that people chose freely.
fn label_fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("is empty")
    } else if name.trim() != name {
        Some("begins or ends with a space")
    } else if name.chars().any(char::is_control) {
        Some("holds a control character")
    } else {
        None
    }
}

fn is_blank(names: &OneOrMany) -> bool {
    names.as_slice().is_empty() || names.as_slice().iter().any(|name| name.trim().is_empty())
}

fn is_delimiter(text: &str) -> bool {
    text == "spaces"
        || matches!(text.as_bytes(), [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0))
}
