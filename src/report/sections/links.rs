//! What links records, what does not, and what was kept apart.

use maud::html;

use super::super::charts::{Bar, bar, bars};
use super::super::figures::Figures;
use super::super::text::{counted, name, percent, thousands};
use super::Section;

pub(super) fn identifiers(figures: &Figures<'_>) -> Section {
    let run = figures.run;
    let mut ignored: Vec<_> = run.ignored.iter().filter(|(_, reason, _)| reason != "shared").collect();
    ignored.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    let rows: Vec<Bar> = ignored
        .iter()
        .map(|(of, reason, count)| Bar { detail: reason.replace('_', " "), class: "c5", ..Bar::new(of, *count, 0) })
        .collect();
    let shared: Vec<Bar> = run
        .top_shared
        .iter()
        .map(|top| Bar {
            detail: format!("{}, on {}", top.value, counted(top.records, "record", "records")),
            class: "warn",
            ..Bar::new(&top.namespace, top.distinct, 0)
        })
        .collect();
    let body = html! {
        div.table tabindex="0" role="group" aria-label="identifiers" { table {
            caption { "What links records" }
            thead { tr {
                th scope="col" { "identifier" } th.num scope="col" { "on records" } th.num scope="col" { "different values" }
                th.bar scope="col" { span.hide { "share of values that link" } } th.num scope="col" { "that link" }
                th.num scope="col" { "shared" } th.num scope="col" { "refused" }
            } }
            tbody { @for namespace in &run.namespaces { tr {
                th scope="row" { bdi { (name(&namespace.namespace)) } }
                td.num { (thousands(namespace.occurrences)) } td.num { (thousands(namespace.values)) }
                td.bar { (bar(namespace.linking_values, namespace.values, "c3")) }
                td.num { (thousands(namespace.linking_values)) " " span.quiet { "(" (percent(namespace.linking_values, namespace.values)) ")" } }
                td.num { (thousands(namespace.shared_values)) } td.num { (thousands(namespace.refused)) }
            } } }
        } }
        div.pair {
            @if rows.is_empty() { p.quiet { "No value was ignored." } }
            @else { (bars("Values that were ignored, and why", ["of", "reason", "records"], &rows)) }
            @if shared.is_empty() { p.quiet { "No value is shared by too many people." } }
            @else { (bars("Shared by most people", ["identifier", "value", "people"], &shared)) }
        }
    };
    let lead =
        "A value links when two or more records carry it and nothing speaks against it. Strongest identifiers first.";
    Section { id: "identifiers", title: "What links, and what does not", lead: lead.to_owned(), body }
}

pub(super) fn refusals(figures: &Figures<'_>) -> Option<Section> {
    let rows: Vec<Bar> = figures
        .run
        .refusals
        .iter()
        .map(|(reason, unions)| Bar { class: "warn", ..Bar::new(reason, *unions, 0) })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let body = bars("Unions refused, by the limit that they would have broken", ["limit", "", "unions"], &rows);
    let lead =
        "These customers share an identifier and were still kept apart; onefold explain says why for any two of them.";
    Some(Section { id: "refusals", title: "What was kept apart", lead: lead.to_owned(), body })
}
