//! The page: headline, what to worry about, then one section per question.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figures::Figures;
use super::sections;
use super::text::{counted, day, name, percent, thousands};
use super::worries::{Worry, worries};
use crate::model::GateState;

/// The report as one HTML file: no script, no network, nothing beside it.
#[must_use]
pub fn page(figures: &Figures<'_>) -> String {
    let run = figures.run;
    let project = if run.project.is_empty() { "onefold".to_owned() } else { name(&run.project) };
    let customers = counted(run.persons, "customer", "customers");
    let sections = sections::all(figures);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("{project}: {customers}")))
            body {
                a.skip href="#main" { "Skip to the figures" }
                header {
                    p.project { bdi { (project) } }
                    h1 { (customers) " " span.from { "from " (counted(run.records, "record", "records")) } }
                    p.meta {
                        span { "run " (run.run) }
                        @if let Some(as_of) = run.as_of { span { "as of " (day(as_of)) } }
                        span { (counted(run.sources.len() as u64, "source", "sources")) }
                        @if run.gates.iter().any(|gate| gate.state == GateState::Broken) { span { b.tag { "held back, not published" } } }
                        span { @if run.pseudonymized.is_some() { "values of persons are pseudonyms, cut short" } @else { "values of persons are masked" } }
                    }
                }
                main id="main" {
                    (cards(figures))
                    (worried(&worries(figures)))
                    nav aria-label="Sections" { @for section in &sections { a href=(format!("#{}", section.id)) { (section.title) } } }
                    @for section in &sections {
                        section id=(section.id) aria-labelledby=(format!("{}-title", section.id)) {
                            h2 id=(format!("{}-title", section.id)) { (section.title) }
                            @if !section.lead.is_empty() { p.lead { (section.lead) } }
                            (section.body)
                        }
                    }
                }
                footer {
                    p {
                        "Made by onefold " (name(&run.onefold)) ". Config " code { (run.config_sha256.get(..12).unwrap_or_default()) }
                        ". What every stage cost: " code { "onefold report --run " (run.run) } ", or " code { "run.json" } "; all rows in the tables beside this page: "
                        @for (at, table) in tables(run).iter().enumerate() { @if at > 0 { ", " } code { (table) } } "."
                    }
                }
            }
        }
    };
    page.into_string()
}

/// A page around one picture: what `onefold explain --html` prints.
#[must_use]
pub fn picture_page(title: &str, picture: &super::Picture) -> String {
    let title = name(title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&title))
            body { main id="main" {
                section aria-labelledby="title" {
                    h2 id="title" { bdi { (title) } }
                    figure { div.scroll tabindex="0" role="group" aria-label="picture" { (picture.svg(&title)) } (picture.legend()) }
                }
            } }
        }
    };
    page.into_string()
}

/// The picture alone, as an SVG file.
#[must_use]
pub fn picture_svg(title: &str, picture: &super::Picture) -> String {
    let svg = picture.svg(&name(title)).into_string();
    match svg.split_once('>') {
        Some((tag, rest)) => format!("{tag}><style>{STYLE}</style>{rest}\n"),
        None => svg,
    }
}

const STYLE: &str = include_str!("style.css");

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            // Nothing may be loaded and nothing run, whatever is in the data.
            meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            title { (title) }
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn tables(run: &crate::model::RunReport) -> Vec<String> {
    let stem = |file: &String| file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
    let mut tables: Vec<String> = run.tables.iter().map(|table| stem(&table.file)).collect();
    tables.sort();
    tables.dedup();
    tables
}

fn cards(figures: &Figures<'_>) -> Markup {
    let run = figures.run;
    let single = run.person_sizes.iter().find(|(size, _)| *size == 1).map_or(0, |(_, persons)| *persons);
    let mean = if run.persons == 0 { 0.0 } else { run.records as f64 / run.persons as f64 };
    html! {
        ul.cards {
            li { b { (thousands(run.persons)) } span { "customers" } }
            li { b { (format!("{mean:.1}")) } span { "records per customer; " (percent(single, run.persons)) " have one" } }
            li { b { (percent(run.persons_in_several_channels, run.persons)) } span { "seen in two or more channels" } }
            li { b { (thousands(run.largest_person)) } span { "records in the largest customer" } }
        }
    }
}

fn worried(worries: &[Worry]) -> Markup {
    if worries.is_empty() {
        return html! {
            div.worries.none { h2 { "Nothing to worry about" } p.quiet { "No row was rejected, no value set aside, no union refused." } }
        };
    }
    html! {
        div.worries {
            h2 { "What to worry about" }
            ul {
                @for worry in worries {
                    li {
                        b { (thousands(worry.count)) }
                        span { a href=(format!("#{}", worry.section)) { (worry.what) } ". " span.why { (worry.why) } }
                    }
                }
            }
        }
    }
}
