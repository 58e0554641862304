use super::*;
use crate::model::{Changes, ConsentCounts, LinkCounts, SourceCounts};

fn source(name: &str, rows: u64, rejects: u64) -> SourceCounts {
    SourceCounts { source: name.into(), rows, rejects, records: rows - rejects, files: 1, ..SourceCounts::default() }
}

fn report(run: u64, rows: u64, vips: u64) -> RunReport {
    RunReport {
        run,
        sources: vec![source("pos", rows, 2), source("web", 100, 0)],
        records: rows + 98,
        persons: 50,
        largest_person: 12,
        namespaces: vec![LinkCounts { namespace: "email".into(), occurrences: 80, ..LinkCounts::default() }],
        segments: vec![("vip".into(), vips)],
        consent: vec![ConsentCounts { consent: "email".into(), opted_out: vips, ..ConsentCounts::default() }],
        ..RunReport::default()
    }
}

fn check(gates: &str, run: &RunReport, before: Option<&RunReport>, accepted: &[&str]) -> Vec<String> {
    let gates: Gates = toml::from_str(gates).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let plan = Plan::new(&gates, &names(&["pos", "web"]), &names(&["vip"])).unwrap();
    let accepted = plan.accept(&names(accepted)).unwrap();
    let shown = |gate: Gate| format!("{} {}: {} / {}", gate.state.name(), gate.name(), gate.found, gate.limit);
    plan.check(run, before, &accepted).unwrap().into_iter().map(shown).collect()
}

const ALL: &str = "reject_share = 0.01\nrow_drop = 0.3\nfill_drop = 0.1\nlargest_person = 11\nreassigned_share = 0.02\n\
                   merges = 3\nsplits = 3\nsegment_drift = 0.5\nopt_out_drop = 0\n[segment_drop]\nvip = 0\n[conditions]\n\
                   enough = 'persons > 40'\nsteady = 'persons >= 0.9 * previous_persons'\n\
                   web_lives = 'rows_web > 0 AND segment_vip > 100'";

#[test]
fn each_gate_says_what_it_found_and_what_it_allows() {
    let before = report(6, 200, 10);
    let changes = Changes { since: 6, merged: 4, split: 3, moved: 5, records: 100, ..Changes::default() };
    let run = RunReport { changes: Some(changes), ..report(7, 100, 9) };
    let found = check(ALL, &run, Some(&before), &["row_drop:pos", "merges"]).join("\n");
    insta::assert_snapshot!(found);
}

#[test]
fn the_first_run_has_nothing_to_compare_with_and_says_so() {
    let found = check(ALL, &report(1, 100, 9), None, &[]).join("\n");
    insta::assert_snapshot!(found);
}

#[test]
fn what_is_no_gate_cannot_be_accepted() {
    let gates: Gates = toml::from_str("[conditions]\nenough = 'persons > 1'").unwrap();
    let plan = Plan::new(&gates, &[], &[]).unwrap();
    assert_eq!(plan.accept(&["enough".into(), "row_drop:pos".into()]).unwrap().len(), 2);
    let faults = plan.accept(&["row_drops".into(), "zzz".into()]).unwrap_err().0;
    assert_eq!(faults[0].to_string(), "--accept: no gate `row_drops`\nhint: did you mean `row_drop`?");
    assert!(faults[1].fix.starts_with("gates are reject_share, "));
}

#[test]
fn a_condition_over_figures_that_there_are_not_is_refused_at_its_place() {
    let gates: Gates = toml::from_str("[conditions]\nbad = 'person > 1'").unwrap();
    let faults = Plan::new(&gates, &[], &[]).unwrap_err().0;
    assert!(faults[0].to_string().starts_with("config `gates.conditions.bad`"), "{}", faults[0]);
}

#[test]
fn junit_has_a_test_per_gate() {
    let gate = |gate: &str, state, found: &str| Gate {
        gate: gate.into(),
        of: "pos".into(),
        state,
        found: found.into(),
        limit: "0.3".into(),
    };
    let gates = [
        gate("row_drop", GateState::Broken, "0.5 <rows> & \"more\""),
        gate("reject_share", GateState::Passed, "0"),
        gate("fill_drop", GateState::Open, "nothing to compare with"),
    ];
    insta::assert_snapshot!(junit("acme", &gates));
}
