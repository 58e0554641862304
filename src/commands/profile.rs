//! `onefold profile`: the identifiers of every source, before anything is linked.

use std::path::Path;

use serde_json::json;

use super::grid::grid;
use super::job::Job;
use super::progress::Progress;
use super::{Failure, print};
use crate::cli::{AnswerFormat, LogFormat, ProfileArgs};
use crate::ingest;
use crate::page::percent;
use crate::profile::{Common, Identifiers, Profile};

/// Reads everything and counts.
pub fn profile(config: &Path, args: &ProfileArgs) -> Result<(), Failure> {
    let Job { loaded, schema, policies, plan, inputs, .. } = Job::open(config, None)?;
    let progress = Progress::start("profile", false, LogFormat::Text);
    progress.expect_bytes(inputs.bytes());
    let texts = |row: crate::model::Row<'_>, each: &mut dyn FnMut(u8, u128, &str)| plan.identifiers(row, each);
    let mut identifiers = Identifiers::new(&schema, &policies, &texts);
    let mut take = |batch: ingest::Batch| {
        identifiers.add(&batch);
        Ok(crate::model::Chunk::default())
    };
    ingest::read(inputs, &plan, None, None, &mut take, &|bytes| progress.bytes(bytes))?;
    drop(progress);
    let profile = identifiers.profile(args.full);
    match args.format {
        AnswerFormat::Json => print(format!("{:#}\n", json!(profile)).as_bytes()),
        AnswerFormat::Text => print(text(&profile, &loaded.config.project.name, schema.sources.len()).as_bytes()),
    }
}

fn text(profile: &Profile, project: &str, sources: usize) -> String {
    let mut page = format!("{project}: identifiers before linking\n\n");
    let header = ["source", "identifier", "filled", "usable", "not usable", "different", "also elsewhere", "forms"];
    let rows: Vec<Vec<String>> = profile
        .sources
        .iter()
        .map(|one| {
            let reasons: Vec<String> = one.unusable.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            let forms: Vec<String> = one.formats.iter().map(|(form, share)| format!("{form} {share} %")).collect();
            vec![
                one.source.clone(),
                one.namespace.clone(),
                percent((one.usable + one.set_aside()).min(one.records), one.records),
                one.usable.to_string(),
                reasons.join(", "),
                one.distinct.to_string(),
                percent(one.elsewhere, one.distinct),
                forms.join(", "),
            ]
        })
        .collect();
    page += &indented(&grid(&header.map(str::to_owned), &rows, &[false, false, true, true, false, true, true, false]));
    page += "\nValues that two sources have in common; the joins between channels come from these:\n";
    if profile.overlaps.is_empty() {
        page += if sources > 1 {
            "  none: no value of one source is met in another, so no customer will be seen in two of them\n"
        } else {
            "  there is one source only\n"
        };
    } else {
        let rows: Vec<Vec<String>> = profile
            .overlaps
            .iter()
            .map(|one| vec![one.namespace.clone(), one.sources.join(" and "), one.values.to_string()])
            .collect();
        page += &indented(&grid(&["identifier", "sources", "values"].map(str::to_owned), &rows, &[false, false, true]));
    }
    page += &common("On most records", &profile.most_shared.iter().filter(|one| one.records > 1).collect::<Vec<_>>());
    page += &common(
        "Suspected to identify nobody ([placeholders] sets such values aside)",
        &profile.suspected.iter().collect::<Vec<_>>(),
    );
    page
}

fn common(title: &str, values: &[&Common]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let row = |one: &&Common| {
        vec![
            one.namespace.clone(),
            one.value.clone(),
            one.records.to_string(),
            one.sources.to_string(),
            one.why.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = values.iter().map(row).collect();
    let header = ["identifier", "value", "records", "sources", ""].map(str::to_owned);
    format!("\n{title}:\n{}", indented(&grid(&header, &rows, &[false, false, true, true, false])))
}

fn indented(page: &str) -> String {
    page.lines().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
}
