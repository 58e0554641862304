//! Where customers come from, and how channels overlap.

use maud::html;

use super::super::charts::{Bar, bars, upset};
use super::super::figures::Figures;
use super::super::text::{counted, name, thousands};
use super::Section;

/// Persons and records per channel, by name.
fn channels(figures: &Figures<'_>) -> Vec<(String, u64, u64)> {
    let run = figures.run;
    let mut channels: Vec<(String, u64, u64)> = Vec::new();
    for source in &run.sources {
        match channels.iter_mut().find(|(channel, ..)| *channel == source.channel) {
            Some((_, records, _)) => *records += source.records,
            None => channels.push((source.channel.clone(), source.records, 0)),
        }
    }
    for (channel, _, persons) in &mut channels {
        let sets = run.channel_sets.iter().filter(|(set, _)| set.split('+').any(|one| one == channel));
        *persons = sets.map(|(_, persons)| persons).sum();
    }
    channels.sort();
    channels
}

pub(super) fn sources(figures: &Figures<'_>) -> Section {
    let run = figures.run;
    let channels = channels(figures);
    let persons =
        channels.iter().map(|(channel, _, persons)| Bar::new(channel, *persons, run.persons)).collect::<Vec<_>>();
    let records = channels
        .iter()
        .map(|(channel, records, _)| Bar { class: "c6", ..Bar::new(channel, *records, run.records) })
        .collect::<Vec<_>>();
    type Figure = fn(&crate::model::SourceCounts) -> u64;
    let figures_of: [(&str, Figure); 6] = [
        ("rows", |source| source.rows),
        ("records", |source| source.records),
        ("rejected", |source| source.rejects),
        ("superseded", |source| source.superseded),
        ("left out", |source| source.filtered),
        ("erased", |source| source.erased),
    ];
    let total = |figure: Figure| run.sources.iter().map(figure).sum::<u64>();
    let shown: Vec<_> = figures_of
        .iter()
        .enumerate()
        .filter(|(at, (_, figure))| *at < 3 || total(*figure) > 0)
        .map(|(_, pair)| pair)
        .collect();
    let body = html! {
        div.pair {
            (bars("Customers met in each channel", ["channel", "", "customers"], &persons))
            (bars("Records from each channel", ["channel", "", "records"], &records))
        }
        h3 { "Every row is accounted for" }
        div.table tabindex="0" role="group" aria-label="rows by source" { table {
            thead { tr {
                th scope="col" { "source" } th scope="col" { "channel" } th.num scope="col" { "files" }
                @for (title, _) in &shown { th.num scope="col" { (title) } }
            } }
            tbody { @for source in &run.sources { tr {
                th scope="row" { bdi { (name(&source.source)) } } td.quiet { bdi { (name(&source.channel)) } }
                td.num { (thousands(source.files)) }
                @for (_, figure) in &shown { td.num { (thousands(figure(source))) } }
            } } }
            @if run.sources.len() > 1 { tfoot { tr {
                th scope="row" { "all" } td {} td.num { (thousands(run.sources.iter().map(|source| source.files).sum())) }
                @for (_, figure) in &shown { td.num { (thousands(total(*figure))) } }
            } } }
        } }
    };
    let lead = "A customer counts in every channel that one of their records comes from.".to_owned();
    Section { id: "sources", title: "Where customers come from", lead, body }
}

/// Sets of channels that the plot shows.
const MOST_SETS: usize = 12;

pub(super) fn overlap(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    let channels = channels(figures);
    if channels.len() < 2 || run.persons == 0 {
        return None;
    }
    let at = |one: &str| channels.iter().position(|(channel, ..)| channel == one);
    let mut sets: Vec<(Vec<usize>, u64)> =
        run.channel_sets.iter().map(|(set, persons)| (set.split('+').filter_map(at).collect(), *persons)).collect();
    sets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let smaller = sets.split_off(sets.len().min(MOST_SETS));
    let mut rows: Vec<Bar> = sets
        .iter()
        .map(|(set, persons)| {
            let names: Vec<&str> = set.iter().map(|channel| channels[*channel].0.as_str()).collect();
            Bar {
                class: if set.len() > 1 { "c2" } else { "c1" },
                ..Bar::new(&names.join(" + "), *persons, run.persons)
            }
        })
        .collect();
    if !smaller.is_empty() {
        let persons = smaller.iter().map(|(_, persons)| persons).sum();
        let title = counted(smaller.len() as u64, "smaller set", "smaller sets");
        rows.push(Bar { class: "c6", ..Bar::new(&title, persons, run.persons) });
    }
    let labels: Vec<(String, u64)> = channels.iter().map(|(channel, _, persons)| (channel.clone(), *persons)).collect();
    let body = html! {
        div.pair.wide {
            (upset("Customers by the exact set of channels they were met in", &labels, &sets))
            (bars("Customers by exact set of channels", ["channels", "", "customers"], &rows))
        }
    };
    let lead = format!(
        "{} of {} were met in two or more channels. Each column is one exact set of channels; its dots say which.",
        thousands(run.persons_in_several_channels),
        counted(run.persons, "customer", "customers")
    );
    Some(Section { id: "overlap", title: "How channels overlap", lead, body })
}
