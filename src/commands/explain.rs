//! `onefold explain`: why two records are one person, or are not.

use std::path::Path;

use serde_json::json;

use super::lookup::{Found, Published};
use super::{Failure, print};
use crate::cli::{AnswerFormat, ExplainArgs, PictureFormat};
use crate::config;
use crate::explain::{Comparison, Known, Portrait, comparison_text, decision_text, past_text, portrait_text};
use crate::model::Decision;
use crate::normalize;
use crate::problem::{Problem, Problems};
use crate::publish;
use crate::report::{self, Picture};

/// Answers.
pub fn explain(config: &Path, args: &ExplainArgs) -> Result<(), Failure> {
    let loaded = config::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    let run = super::runs::find(&out, args.run)?;
    for table in ["edges", "crosswalk"] {
        if !publish::has_table(&run, table) {
            let what = format!("run {} has no table `{table}`, which explaining needs", run.run);
            return Err(Problem::config("output.tables", what, format!("add \"{table}\" and run again")).into());
        }
    }
    let (schema, policies) = config::schema(&loaded.config);
    let plan = normalize::Plan::new(&loaded.config, &schema, &policies)
        .map_err(|faults: Problems| Failure::in_config(faults, &loaded))?;
    let mut namespaces = vec!["always_link".to_owned()];
    namespaces.extend(schema.namespaces.iter().map(|namespace| namespace.name.clone()));
    let veil = super::lookup::veil_of(&out, &run)?;
    let published = Published { loaded: &loaded, run: &run, schema: &schema, plan: &plan, namespaces, veil };
    let asked = match published.find(&args.what, "WHAT") {
        Err(nobody) if args.what_2.is_none() && super::lookup::is_person_id(&args.what) => {
            let Some(past) = super::past::past(&run, &args.what, "WHAT")? else { return Err(nobody.into()) };
            return print(&match args.format {
                AnswerFormat::Text => past_text(&past).into_bytes(),
                AnswerFormat::Json => json_line(&json!({ "asked": args.what, "past": past })),
            });
        }
        found => found?,
    };
    let other = args.what_2.as_ref().map(|second| published.find(second, "WHAT2").map(|found| (found, second)));
    let other = other.transpose()?;
    if let Some(format) = args.picture {
        let mut both = vec![(&asked, args.what.as_str())];
        both.extend(other.as_ref().map(|(found, what)| (found, what.as_str())));
        return print(&picture(&published, &both, format)?);
    }
    let Some((other, second)) = other else { return print(&one(&published, &asked, &args.what, args.format)?) };
    print(&two(&published, [&asked, &other], [&args.what, second], args.format)?)
}

/// The persons of what was asked for, as one picture.
fn picture(published: &Published<'_>, asked: &[(&Found, &str)], format: PictureFormat) -> Result<Vec<u8>, Problem> {
    let mut ids: Vec<&String> =
        asked.iter().flat_map(|(found, _)| found.persons.iter().take(4)).map(|(id, _)| id).collect();
    ids.sort();
    ids.dedup();
    let mut edges = Vec::new();
    for id in ids {
        edges.extend(published.person(id)?.edges);
    }
    let picture = Picture::new(&edges);
    let title = asked.iter().map(|(_, asked)| *asked).collect::<Vec<_>>().join(" and ");
    Ok(match format {
        PictureFormat::Html => report::picture_page(&title, &picture).into_bytes(),
        PictureFormat::Svg => report::picture_svg(&title, &picture).into_bytes(),
    })
}

fn one(published: &Published<'_>, found: &Found, asked: &str, format: AnswerFormat) -> Result<Vec<u8>, Problem> {
    if let [(person_id, _)] = &found.persons[..] {
        let person = published.person(person_id)?;
        let (unions, shared) = (published.unions(&[&person])?, published.shared(&[&person])?);
        let known = Known { namespaces: &published.namespaces, unions: &unions, shared: &shared };
        let portrait = Portrait::new(person, known);
        return Ok(match format {
            AnswerFormat::Text => portrait_text(&portrait).into_bytes(),
            AnswerFormat::Json => json_line(&json!(portrait)),
        });
    }
    let persons = found.persons.iter().map(|(id, records)| json!({ "person_id": id, "records": records }));
    let decisions = found
        .decisions
        .iter()
        .map(|(decision, reason, records)| json!({ "decision": decision, "reason": reason, "records": records }));
    Ok(match format {
        AnswerFormat::Json => {
            let (persons, decisions): (Vec<_>, Vec<_>) = (persons.collect(), decisions.collect());
            json_line(&json!({ "asked": asked, "decisions": decisions, "persons": persons }))
        }
        AnswerFormat::Text => {
            let mut page = format!("{asked} is on records of {} persons\n", found.persons.len());
            for (decision, reason, records) in &found.decisions {
                let plural = if *records == 1 { "" } else { "s" };
                page += &format!("  {records} record{plural}: {}\n", decision_text(*decision, reason));
            }
            if found.decisions.iter().any(|(decision, ..)| *decision == Decision::Shared) {
                page += "  suggested_placeholders.toml has shared values in config syntax\n";
            }
            page.push('\n');
            for (id, records) in found.persons.iter().take(50) {
                page += &format!(
                    "  {id}: {}{}\n",
                    records[0],
                    match records.len() {
                        1 => String::new(),
                        n => format!(" and {} more", n - 1),
                    }
                );
            }
            if found.persons.len() > 50 {
                page += &format!("  … and {} more (--format json has all)\n", found.persons.len() - 50);
            }
            let program = format!("onefold explain {} {}", found.persons[0].0, found.persons[1].0);
            page += &format!("\nWhy two of them are not one: {program}\n");
            page.into_bytes()
        }
    })
}

fn two(
    published: &Published<'_>,
    found: [&Found; 2],
    asked: [&str; 2],
    format: AnswerFormat,
) -> Result<Vec<u8>, Problem> {
    let in_both = found[0].persons.iter().find_map(|(id, left)| {
        let right = found[1].persons.iter().find(|(other, _)| other == id)?;
        Some((id, left, &right.1))
    });
    let comparison = match in_both {
        Some((person_id, left, right)) => {
            let person = published.person(person_id)?;
            let (unions, shared) = (published.unions(&[&person])?, published.shared(&[&person])?);
            let known = Known { namespaces: &published.namespaces, unions: &unions, shared: &shared };
            Comparison::same(&person, left, right, known).ok_or_else(|| {
                let what = format!("the edges of person {person_id} do not hold it together");
                Problem::file(published.loaded.config.output.dir.clone(), None, what, "run `onefold run` again")
            })?
        }
        None => {
            let persons = [published.person(&found[0].persons[0].0)?, published.person(&found[1].persons[0].0)?];
            let both = [&persons[0], &persons[1]];
            let (unions, shared) = (published.unions(&both)?, published.shared(&both)?);
            let known = Known { namespaces: &published.namespaces, unions: &unions, shared: &shared };
            let [left, right] = persons.clone();
            Comparison::different(left, right, known)
        }
    };
    Ok(match format {
        AnswerFormat::Text => {
            let mut page = comparison_text(&comparison, asked);
            for (found, asked) in found.iter().zip(asked).filter(|(found, _)| found.persons.len() > 1) {
                page += &format!("\n{asked} is on records of {} persons; one was looked at\n", found.persons.len());
            }
            page.into_bytes()
        }
        AnswerFormat::Json => json_line(&json!({ "asked": asked, "answer": comparison })),
    })
}

fn json_line(value: &serde_json::Value) -> Vec<u8> {
    let mut text = format!("{value:#}").into_bytes();
    text.push(b'\n');
    text
}
