//! `onefold check`: would a run be refused, and what do the files hold?

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::grid::grid;
use super::job::Job;
use super::{Failure, print};
use crate::cli::{AnswerFormat, CheckArgs};
use crate::config::{self, Loaded};
use crate::page::counted;
use crate::problem::Problem;
use crate::profile::{ColumnFigures, SourceColumns};
use crate::publish::{self, Earlier};
use crate::{ingest, reach};

/// Looks at everything; faults come as the failure of a run would.
pub fn check(config: &Path, args: &CheckArgs) -> Result<(), Failure> {
    let job = Job::open(config, args.as_of.as_deref())?;
    if let Some(folder) = &args.stage_dir {
        publish::stage_writable(folder)?;
    }
    Earlier::find(&job.out)?; // a run goes on from it
    let mut doubts = job.doubts();
    if publish::is_busy(&job.out) {
        let what = "another run is writing here just now: until it is done, a second one stops at once";
        doubts.push(Problem::file(job.out.display().to_string(), None, what, "wait until it is done"));
    }
    let Job { loaded, schema, plan, rules, inputs, .. } = job;
    let mut warnings = inputs.warnings().to_vec();
    warnings.extend(doubts);
    let mut sources: Vec<SourceColumns> = schema
        .sources
        .iter()
        .zip(0..)
        .map(|(source, id)| SourceColumns::new(&source.name, &schema, plan.fields(id)))
        .collect();
    let mut files: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (source, file) in inputs.files() {
        files.entry(usize::from(source)).or_default().push(file.to_owned());
    }
    let fillable = inputs.fillable(schema.fields.len());
    ingest::sample(inputs, &plan, args.rows, &mut |source, _, batch| sources[source].add(&batch, &schema))?;
    for (number, source) in sources.iter_mut().enumerate() {
        source.files = files.get(&number).map_or(0, |files| files.len() as u64);
        if args.rows > 0 {
            odd(source, number, &loaded, &mut warnings);
        }
    }
    let (config, columns, channels) = (&loaded.config, rules.columns(), rules.channel_sets());
    warnings.extend(reach::unreachable(&reach::Known { config, schema: &schema, columns, channels, fillable }));
    let page = match args.format {
        AnswerFormat::Text => text(&loaded, &sources, &files),
        AnswerFormat::Json => {
            let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            format!(
                "{:#}\n",
                json!({ "config": loaded.path.display().to_string(), "sources": sources, "warnings": told })
            )
        }
    };
    print(page.as_bytes())?;
    if args.format == AnswerFormat::Text {
        let place = Some((loaded.path.as_path(), loaded.text.as_str()));
        anstream::eprint!("{}", config::render_warnings(&warnings, place));
        let said = match warnings.len() {
            0 => "No fault found.".to_owned(),
            1 => "No fault found, but one thing looks odd.".to_owned(),
            several => format!("No fault found, but {several} things look odd."),
        };
        print(format!("\n{said} `onefold run` would start.\n").as_bytes())?;
    }
    Ok(())
}

/// From this share of values or rows on, something is probably mapped or declared wrong.
const ODD: f64 = 0.2;

/// Warnings about one source's columns.
fn odd(source: &SourceColumns, number: usize, loaded: &Loaded, warnings: &mut Vec<Problem>) {
    let path = |rest: &[&str]| [&["source", &number.to_string()], rest].concat().join("\u{1f}");
    let mut warn = |place: &[&str], what: String, fix: &str| {
        let place = path(place);
        warnings.push(Problem::config_at(&place.split('\u{1f}').collect::<Vec<_>>(), what, fix));
    };
    let name = &source.source;
    let rejected: u64 = source.rejects.values().sum();
    if rejected as f64 > ODD * source.rows as f64 {
        let reasons: Vec<String> = source.rejects.iter().map(|(reason, n)| format!("{reason} {n}")).collect();
        let what = format!(
            "{rejected} of the first {} rows of source `{name}` are rejected: {}",
            source.rows,
            reasons.join(", ")
        );
        let place: &[&str] = match source.rejects.iter().max_by_key(|(_, count)| **count) {
            Some((&"bad_event_time", _)) => &["event_time"],
            Some((&"no_record_id", _)) => &["record_id"],
            _ => &[],
        };
        warn(place, what, "have a look at the file and at what the source says of it");
    } else if source.rows == 0 {
        let what = format!("the files of source `{name}` have no row");
        warn(&["path"], what, "has the export failed? A run would publish what the other sources have");
    } else if source.filtered == source.rows {
        let what = format!("the condition leaves out all of the first {} rows of source `{name}`", source.rows);
        warn(&["where"], what, "have a look at the values in the columns that it names");
    }
    for field in source.fields.iter().filter(|field| field.misread() as f64 > ODD * field.filled as f64) {
        let what = format!(
            "{} of the first {} values of `{}` in source `{name}` are not read as {}: {}, such as {}",
            field.misread(),
            field.filled,
            field.field,
            field.kind,
            reasons(field),
            field.unread
        );
        let fix = match field.unusable.iter().max_by_key(|(_, count)| **count) {
            Some((&"no_region", _)) if loaded.config.project.default_region.is_none() => {
                "national phone numbers need a country: set project.default_region, or map a country"
            }
            Some((&"bad_date", _)) => "name the format: fields.NAME = { kind = \"date\", formats = [\"%d.%m.%Y\"] }",
            _ => "is this the right column, and the right kind?",
        };
        warn(&["fields", &field.field], what, fix);
    }
}

fn reasons(field: &ColumnFigures) -> String {
    field.unusable.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
}

fn text(loaded: &Loaded, sources: &[SourceColumns], files: &BTreeMap<usize, Vec<String>>) -> String {
    let config = &loaded.config;
    let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let mut page = format!(
        "{}: {}, {}, {}, {}\n",
        loaded.path.display(),
        count(sources.len(), "source"),
        count(config.identifiers.len(), "identifier"),
        count(config.declared_traits().len(), "trait"),
        count(config.segment.len(), "segment")
    );
    for (number, source) in sources.iter().enumerate() {
        let declared = &config.source[number];
        let names = files.get(&number).map_or(&[][..], Vec::as_slice);
        let more = names.len().saturating_sub(3);
        let more = if more > 0 { format!(" and {more} more files") } else { String::new() };
        let shown: Vec<&str> = names.iter().take(3).map(String::as_str).collect();
        page += &format!("\n{} ({}): {}{more}\n", source.source, declared.channel, shown.join(", "));
        let rows = if source.rows == 1 { "row".to_owned() } else { format!("{} rows", source.rows) };
        page += &format!("  first {rows}: {}", counted(source.records, "record", "records"));
        let rejected: u64 = source.rejects.values().sum();
        for (count, what) in [(rejected, "rejected"), (source.filtered, "left out by the condition")] {
            if count > 0 {
                page += &format!(", {count} {what}");
            }
        }
        page.push('\n');
        page += &columns(source, declared);
    }
    page
}

fn columns(source: &SourceColumns, declared: &config::Source) -> String {
    let header = ["field", "from", "kind", "filled", "not read", "such as"].map(str::to_owned);
    let percent = |part: u64, whole: u64| match whole {
        0 => "–".to_owned(),
        _ => format!("{:.0} %", 100.0 * part as f64 / whole as f64),
    };
    let mut rows = Vec::new();
    if let Some(time) = &declared.event_time {
        let from = match time {
            config::EventTime::Column(name) => name.clone(),
            config::EventTime::Spec(spec) => spec.column.as_slice().join(if spec.join { " + " } else { ", else " }),
        };
        let example = source.times.map(|(oldest, newest)| format!("{} to {}", day(oldest), day(newest)));
        let filled = percent(source.timed, source.records);
        rows.push(
            ["event_time".into(), from, "time".into(), filled, String::new(), example.unwrap_or_default()].to_vec(),
        );
    }
    for field in &source.fields {
        let from = declared.fields.get(&field.field).map(config::ColumnMapping::describe).unwrap_or_default();
        let unread = match field.unusable.is_empty() {
            true => String::new(),
            false => reasons(field),
        };
        let filled = percent(field.filled, source.records);
        rows.push([field.field.clone(), from, field.kind.clone(), filled, unread, field.example.clone()].to_vec());
    }
    let page = grid(&header, &rows, &[false, false, false, true, false, false]);
    page.lines().map(|line| format!("  {line}\n")).collect()
}

/// A moment's day, `2026-01-31`.
fn day(micros: i64) -> String {
    let time = jiff::Timestamp::from_microsecond(micros).map(|time| time.to_string());
    time.map_or_else(|_| String::new(), |time| time.chars().take(10).collect())
}
