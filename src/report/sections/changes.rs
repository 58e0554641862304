//! What became of person ids since the last run, and what the gates said.

use maud::html;

use super::super::charts::{Bar, bars};
use super::super::figures::Figures;
use super::super::text::{counted, name, thousands};
use super::Section;
use crate::model::GateState;

pub(super) fn changes(figures: &Figures<'_>) -> Option<Section> {
    let changes = figures.run.changes?;
    let rows = [
        ("kept their id", changes.kept, "c1"),
        ("new", changes.created, "c3"),
        ("split off others", changes.split, "c2"),
        ("merged into others", changes.merged, "c4"),
        ("gone", changes.retired, "c6"),
    ];
    let rows: Vec<Bar> =
        rows.into_iter().map(|(name, count, class)| Bar { class, ..Bar::new(name, count, 0) }).collect();
    let body = bars("What became of customers", ["customers that", "", "customers"], &rows);
    let lead = format!(
        "Since run {}: {} of {} that both runs have went to another customer. Tables lineage and moves.",
        changes.since,
        thousands(changes.moved),
        counted(changes.records, "record", "records")
    );
    Some(Section { id: "changes", title: "Since the last run", lead, body })
}

pub(super) fn gates(figures: &Figures<'_>) -> Option<Section> {
    let gates = &figures.run.gates;
    if gates.is_empty() {
        return None;
    }
    let body = html! {
        div.table tabindex="0" role="group" aria-label="gates" { table {
            caption { "Gates" }
            thead { tr { th scope="col" { "gate" } th scope="col" { "state" } th scope="col" { "found" } th scope="col" { "limit" } } }
            tbody { @for gate in gates { tr {
                th scope="row" { bdi { (name(&gate.name())) } }
                td { @match gate.state {
                    GateState::Broken | GateState::Accepted => { span.tag { (gate.state.name()) } }
                    GateState::Passed | GateState::Open => { (gate.state.name()) }
                } }
                td { bdi { (name(&gate.found)) } } td.quiet { bdi { (name(&gate.limit)) } }
            } } }
        } }
    };
    let lead = "Conditions on the run's own figures; where one is broken, nothing is published.".to_owned();
    Some(Section { id: "gates", title: "Gates", lead, body })
}
