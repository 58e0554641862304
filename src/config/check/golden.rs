//! `[golden]`, `[traits]` and `[[segment]]`.

use super::names::{column_fault, form_fault};
use super::{Known, unknown_field};
use crate::config::words::{did_you_mean, list};
use crate::config::{Config, GoldenField, GoldenSpec, READY, Rule, Trait};
use crate::problem::Problem;

pub(super) fn check(config: &Config, known: &Known<'_>, faults: &mut Vec<Problem>) {
    let mut columns: Vec<&str> = Vec::new();
    for (name, field) in &config.golden.fields {
        let key = ["golden", "fields", name.as_str()];
        let group = match field {
            GoldenField::Rule(Rule::SourcePriority) => {
                faults.push(no_sources(known, &key));
                &[][..]
            }
            GoldenField::Rule(_) => &[],
            GoldenField::Spec(spec) => {
                settings(name, spec, known, faults);
                &spec.fields
            }
        };
        if group.is_empty() {
            one_column(name, field, known, faults);
            if columns.contains(&name.as_str()) {
                let what = format!("a group above already makes the column \"{name}\"");
                faults.push(Problem::config_key(&key, what, "leave one of the two out"));
            } else {
                columns.push(name);
            }
            continue;
        }
        if let Some((what, fix)) = form_fault(name) {
            faults.push(Problem::config_key(&key, what, fix));
        }
        for (i, field) in group.iter().enumerate() {
            let index = i.to_string();
            let place = [&key[..], &["fields", &index]].concat();
            if !known.has_field(field) {
                faults.push(unknown_field(field, known, &place));
            } else if columns.contains(&field.as_str()) {
                let what = format!("there is already a golden column \"{field}\"");
                faults.push(Problem::config_at(&place, what, "leave one of the two out"));
            } else {
                columns.push(field);
            }
        }
    }
    if config.golden.fields.is_empty() {
        columns.clone_from(&known.fields);
    }
    rules(config, &columns, faults);
}

fn one_column(name: &str, field: &GoldenField, known: &Known<'_>, faults: &mut Vec<Problem>) {
    let key = ["golden", "fields", name];
    if let Some((what, fix)) = column_fault(name) {
        faults.push(Problem::config_key(&key, what, fix));
        return;
    }
    match field {
        GoldenField::Spec(GoldenSpec { field: Some(field), .. }) if known.has_field(field) => {}
        GoldenField::Spec(GoldenSpec { field: Some(field), .. }) => {
            faults.push(unknown_field(field, known, &[&key[..], &["field"]].concat()));
        }
        _ if !known.has_field(name) => {
            let mut fault = unknown_field(name, known, &key);
            fault.fix.push_str("; a column of another name says which field it reads: { field = \"…\" }");
            fault.place = Problem::config_key(&key, "", "").place;
            faults.push(fault);
        }
        _ => {}
    }
}

fn settings(name: &str, spec: &GoldenSpec, known: &Known<'_>, faults: &mut Vec<Problem>) {
    let key = ["golden", "fields", name];
    if spec.field.is_some() && !spec.fields.is_empty() {
        let what = "`field` and `fields` stand side by side";
        let fix = "keep `field` for one column, or `fields` for a group that wins together";
        faults.push(Problem::config_at(&[&key[..], &["field"]].concat(), what, fix));
    }
    match (spec.rule, spec.sources.is_empty()) {
        (Rule::SourcePriority, true) => faults.push(no_sources(known, &[&key[..], &["rule"]].concat())),
        (Rule::SourcePriority, false) | (_, true) => {}
        (_, false) => {
            let fix = "write rule = \"source_priority\", or leave `sources` out";
            let what = "`sources` is for the rule source_priority only";
            faults.push(Problem::config_at(&[&key[..], &["sources"]].concat(), what, fix));
        }
    }
    for (i, source) in spec.sources.iter().enumerate() {
        let index = i.to_string();
        let place = [&key[..], &["sources", &index]].concat();
        if !known.sources.contains(&source.as_str()) {
            let fix = did_you_mean(source, known.sources.iter().copied());
            let fix = fix.unwrap_or_else(|| format!("sources are {}", list(known.sources.iter().copied())));
            faults.push(Problem::config_at(&place, format!("no source \"{source}\""), fix));
        } else if spec.sources[..i].contains(source) {
            faults.push(Problem::config_at(&place, format!("\"{source}\" stands here twice"), "leave one out"));
        }
    }
}

fn no_sources(known: &Known<'_>, place: &[&str]) -> Problem {
    let sources = list(known.sources.iter().copied());
    let fix = format!("name them, most trusted first: {{ rule = \"source_priority\", sources = [{sources}] }}");
    Problem::config_at(place, "source_priority needs `sources`", fix)
}

/// Names of traits and segments: each is a column beside the golden ones.
fn rules(config: &Config, columns: &[&str], faults: &mut Vec<Problem>) {
    let clash = |name: &str| {
        columns.contains(&name).then(|| {
            let what = format!("golden_customers already has a column \"{name}\"");
            (what, "choose another name".to_owned())
        })
    };
    for (name, rule) in &config.traits {
        let is_list = matches!(rule, Trait::Several(_));
        if is_list != (name == READY) {
            let (what, fix) = if is_list {
                ("a list of ready traits stands under the key `ready`", "write ready = […], or SQL")
            } else {
                ("`ready` is the list of ready traits", "write ready = [\"recency\", …], or choose another name")
            };
            faults.push(Problem::config_key(&["traits", name], what, fix));
        }
    }
    let declared = config.declared_traits();
    for (index, one) in declared.iter().enumerate() {
        let place: Vec<&str> = one.place.iter().map(String::as_str).collect();
        let twice = || {
            let what = format!("there is already a trait \"{}\"", one.name);
            declared[..index].iter().any(|other| other.name == one.name).then(|| (what, "leave one out".to_owned()))
        };
        if let Some((what, fix)) = column_fault(&one.name).or_else(|| clash(&one.name)).or_else(twice) {
            let listed = place.len() > 2;
            faults.push(if listed {
                Problem::config_at(
                    &place,
                    what,
                    format!("{fix}; a ready trait gets another name by NAME = {{ ready = \"…\" }}"),
                )
            } else {
                Problem::config_key(&place, what, fix)
            });
        }
    }
    for (index, trigger) in config.trigger.iter().enumerate() {
        let name = trigger.name.as_str();
        let twice = config.trigger[..index].iter().any(|other| other.name == name).then(|| {
            let what = format!("two triggers are called \"{name}\"");
            (what, "give each its own name".to_owned())
        });
        if let Some((what, fix)) = form_fault(name).or(twice) {
            faults.push(Problem::config_at(&["trigger", &index.to_string(), "name"], what, fix));
        }
    }
    for (index, segment) in config.segment.iter().enumerate() {
        let name = segment.name.as_str();
        let fault = column_fault(name).or_else(|| clash(name)).or_else(|| {
            let what = format!("two segments are called \"{name}\"");
            config.segment[..index].iter().any(|s| s.name == name).then(|| (what, "give each its own name".to_owned()))
        });
        let fault = fault.or_else(|| {
            let what = format!("a trait is already called \"{name}\"");
            declared.iter().any(|one| one.name == name).then(|| (what, "choose another name".to_owned()))
        });
        let index = index.to_string();
        if let Some((what, fix)) = fault {
            faults.push(Problem::config_at(&["segment", &index, "name"], what, fix));
        }
        if let Some((what, fix)) = segment.group.as_deref().and_then(form_fault) {
            faults.push(Problem::config_at(&["segment", &index, "group"], what, fix));
        }
        if let (None, Some(_)) = (&segment.group, segment.priority) {
            let what = "`priority` orders the segments of a group, and this one is in none";
            let fix = "add `group = \"…\"` to each of them, or leave `priority` out";
            faults.push(Problem::config_at(&["segment", &index, "priority"], what, fix));
        }
        if !(0.0..=1.0).contains(&segment.hold_out) {
            let what = format!("{} is no share", segment.hold_out);
            let fix = "write a share from 0 to 1: 0.1 holds out 10 %";
            faults.push(Problem::config_at(&["segment", &index, "hold_out"], what, fix));
        }
    }
}
