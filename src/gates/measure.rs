//! The gates that have a name of their own.

use crate::config::Gates;
use crate::model::{Gate, GateState, RunReport};

/// What every named gate that is set says.
pub fn measure(gates: &Gates, run: &RunReport, before: Option<&RunReport>) -> Vec<Gate> {
    let mut found = Vec::new();
    if let Some(limit) = gates.reject_share {
        for source in run.sources.iter().filter(|source| source.rows > 0) {
            let share = source.rejects as f64 / source.rows as f64;
            let figures = format!("{} of {} rows rejected", source.rejects, source.rows);
            found.push(of_share("reject_share", &source.source, share, limit, &figures));
        }
    }
    if let Some(limit) = gates.row_drop {
        found.extend(row_drop(limit, run, before));
    }
    if let Some(limit) = gates.fill_drop {
        found.extend(fill_drop(limit, run, before));
    }
    if let Some(limit) = gates.largest_person {
        found.push(of_count("largest_person", run.largest_person, limit, "records"));
    }
    match (&run.changes, before) {
        (Some(changes), Some(_)) => {
            if let Some(limit) = gates.reassigned_share {
                let share = changes.moved as f64 / changes.records.max(1) as f64;
                let figures = format!("{} of {} records went to another person", changes.moved, changes.records);
                found.push(of_share("reassigned_share", "", share, limit, &figures));
            }
            let merges = gates.merges.map(|limit| of_count("merges", changes.merged, limit, "persons merged"));
            let splits = gates.splits.map(|limit| of_count("splits", changes.split, limit, "persons split off"));
            found.extend(merges.into_iter().chain(splits));
        }
        _ => {
            let set = [
                ("reassigned_share", gates.reassigned_share.map(|limit| limit.to_string())),
                ("merges", gates.merges.map(|limit| limit.to_string())),
                ("splits", gates.splits.map(|limit| limit.to_string())),
            ];
            found.extend(set.into_iter().filter_map(|(gate, limit)| Some(nothing(gate, "", limit?))));
        }
    }
    segments(gates, run, before, &mut found);
    if let Some(limit) = gates.opt_out_drop {
        found.extend(opt_out_drop(limit, run, before));
    }
    found
}

fn row_drop(limit: f64, run: &RunReport, before: Option<&RunReport>) -> Vec<Gate> {
    let Some(before) = before else { return vec![nothing("row_drop", "", limit.to_string())] };
    let drop = |old: &crate::model::SourceCounts| {
        let now = run.sources.iter().find(|source| source.source == old.source).map_or(0, |source| source.rows);
        let figures = format!("{now} rows, {} in run {}", old.rows, before.run);
        of_share("row_drop", &old.source, fall(old.rows as f64, now as f64), limit, &figures)
    };
    before.sources.iter().map(drop).collect()
}

fn fill_drop(limit: f64, run: &RunReport, before: Option<&RunReport>) -> Vec<Gate> {
    let Some(before) = before else { return vec![nothing("fill_drop", "", limit.to_string())] };
    let rate = |report: &RunReport, occurrences: u64| occurrences as f64 / report.records.max(1) as f64;
    let drop = |old: &crate::model::LinkCounts| {
        let now = run.namespaces.iter().find(|namespace| namespace.namespace == old.namespace)?;
        let (then, now) = (rate(before, old.occurrences), rate(run, now.occurrences));
        let figures = format!("{now:.3} values per record, {then:.3} in run {}", before.run);
        Some(of_share("fill_drop", &old.namespace, fall(then, now), limit, &figures))
    };
    before.namespaces.iter().filter_map(drop).collect()
}

fn segments(gates: &Gates, run: &RunReport, before: Option<&RunReport>, found: &mut Vec<Gate>) {
    let size = |report: &RunReport, name: &str| {
        report.segments.iter().find(|(segment, _)| segment == name).map(|(_, persons)| *persons)
    };
    for (name, now) in &run.segments {
        let then = before.and_then(|before| Some((before.run, size(before, name)?)));
        let figures = |(run, then): (u64, u64)| format!("{now} persons, {then} in run {run}");
        if let Some(limit) = gates.segment_drift {
            found.push(match then {
                Some(then) => {
                    let drift = (*now as f64 - then.1 as f64).abs() / then.1.max(1) as f64;
                    of_share("segment_drift", name, drift, limit, &figures(then))
                }
                None => nothing("segment_drift", name, limit.to_string()),
            });
        }
        if let Some(limit) = gates.segment_drop.get(name) {
            found.push(match then {
                Some(then) => of_share("segment_drop", name, fall(then.1 as f64, *now as f64), *limit, &figures(then)),
                None => nothing("segment_drop", name, limit.to_string()),
            });
        }
    }
}

/// An opt-out that is not there any more is a message that goes to somebody who said no.
fn opt_out_drop(limit: f64, run: &RunReport, before: Option<&RunReport>) -> Vec<Gate> {
    let Some(before) = before else { return vec![nothing("opt_out_drop", "", limit.to_string())] };
    let drop = |old: &crate::model::ConsentCounts| {
        let now = run.consent.iter().find(|counts| counts.consent == old.consent).map_or(0, |counts| counts.opted_out);
        let figures = format!("{now} persons opted out, {} in run {}", old.opted_out, before.run);
        of_share("opt_out_drop", &old.consent, fall(old.opted_out as f64, now as f64), limit, &figures)
    };
    before.consent.iter().map(drop).collect()
}

/// By what share a figure fell; 0 when it did not.
fn fall(before: f64, now: f64) -> f64 {
    if before <= 0.0 { 0.0 } else { ((before - now) / before).max(0.0) }
}

fn of_share(gate: &str, of: &str, share: f64, limit: f64, figures: &str) -> Gate {
    let state = if share > limit { GateState::Broken } else { GateState::Passed };
    let found = format!("{share:.4} ({figures})");
    Gate { gate: gate.to_owned(), of: of.to_owned(), state, found, limit: limit.to_string() }
}

fn of_count(gate: &str, count: u64, limit: u64, what: &str) -> Gate {
    let state = if count > limit { GateState::Broken } else { GateState::Passed };
    Gate { gate: gate.to_owned(), of: String::new(), state, found: format!("{count} {what}"), limit: limit.to_string() }
}

fn nothing(gate: &str, of: &str, limit: String) -> Gate {
    let found = "nothing to compare with".to_owned();
    Gate { gate: gate.to_owned(), of: of.to_owned(), state: GateState::Open, found, limit }
}
