//! Segments, and what became of customers since the last run.

use maud::html;

use super::super::charts::bar;
use super::super::figures::Figures;
use super::super::text::{name, percent, thousands};
use super::Section;

pub(super) fn segments(figures: &Figures<'_>) -> Option<Section> {
    let run = figures.run;
    if run.segments.is_empty() {
        return None;
    }
    let before = |segment: &String| {
        let last = figures.last?.segments.iter().find(|(name, _)| name == segment);
        last.map(|(_, persons)| *persons)
    };
    let compared = run.segments.iter().any(|(segment, _)| before(segment).is_some());
    let flow = |segment: &String| run.segment_flows.iter().find(|(name, ..)| name == segment);
    let held = |segment: &String| run.hold_outs.iter().find(|(name, _)| name == segment).map(|(_, persons)| *persons);
    let body = html! {
        div.table tabindex="0" role="group" aria-label="segments" { table {
            caption { "Customers in each segment" }
            thead { tr {
                th scope="col" { "segment" } th.bar scope="col" { span.hide { "bar" } } th.num scope="col" { "customers" }
                th.num scope="col" { "share" }
                @if !run.hold_outs.is_empty() { th.num scope="col" { "held out" } }
                @if compared {
                    th.num scope="col" { "last run" }
                    @if run.segment_flows.is_empty() { th.num scope="col" { "change" } }
                    @else { th.num scope="col" { "entered" } th.num scope="col" { "left" } }
                }
            } }
            tbody { @for (segment, persons) in &run.segments { tr {
                th scope="row" { bdi { (name(segment)) } }
                td.bar { (bar(*persons, run.persons, "c3")) }
                td.num { (thousands(*persons)) } td.num.quiet { (percent(*persons, run.persons)) }
                @if !run.hold_outs.is_empty() { td.num.quiet { (held(segment).map_or_else(String::new, thousands)) } }
                @if compared {
                    td.num.quiet { (before(segment).map_or_else(|| "–".to_owned(), thousands)) }
                    @match flow(segment) {
                        Some((_, entered, left)) => { td.num { "+" (thousands(*entered)) } td.num { "−" (thousands(*left)) } }
                        None if run.segment_flows.is_empty() => {
                            td.num { (before(segment).map_or_else(|| "new".to_owned(), |before| change(before, *persons))) }
                        }
                        None => { td.num { "new" } td.num {} }
                    }
                }
            } } }
        } }
        @if !run.segment_overlaps.is_empty() { details {
            summary { "Customers that two segments share" }
            div.table tabindex="0" role="group" aria-label="overlaps of segments" { table {
                thead { tr { th scope="col" { "segment" } th scope="col" { "and" } th.num scope="col" { "customers" } } }
                tbody { @for (left, right, persons) in &run.segment_overlaps { tr {
                    th scope="row" { bdi { (name(left)) } } td { bdi { (name(right)) } } td.num { (thousands(*persons)) }
                } } }
            } }
        } }
    };
    let lead = "A customer may be in several segments, or in none.".to_owned();
    Some(Section { id: "segments", title: "Segments", lead, body })
}

pub(super) fn triggers(figures: &Figures<'_>) -> Option<Section> {
    let fired = &figures.run.triggers;
    if fired.is_empty() {
        return None;
    }
    let body = html! {
        div.table tabindex="0" role="group" aria-label="triggers" { table.narrow {
            caption { "Customers for whom a trigger fired since the last run" }
            thead { tr { th scope="col" { "trigger" } th.num scope="col" { "customers" } } }
            tbody { @for (trigger, persons) in fired { tr {
                th scope="row" { bdi { (name(trigger)) } } td.num { (thousands(*persons)) }
            } } }
        } }
    };
    let lead = "Who they are, and which record shows it, is in the table triggers.".to_owned();
    Some(Section { id: "triggers", title: "What became of customers", lead, body })
}

/// `+12`, `−3`, `±0`.
fn change(before: u64, now: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", thousands(now - before)),
        std::cmp::Ordering::Less => format!("−{}", thousands(before - now)),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}
