//! What somebody should look at, the weightiest first, with where to look.

use super::figures::Figures;
use super::text::name;
use crate::model::GateState;

/// One thing to worry about.
pub struct Worry {
    /// How many.
    pub count: u64,
    /// Of what.
    pub what: String,
    /// What that means and what can be done.
    pub why: String,
    /// The section that shows it.
    pub section: &'static str,
}

/// All of them; none = a clean run.
pub fn worries(figures: &Figures<'_>) -> Vec<Worry> {
    let run = figures.run;
    let mut worries = Vec::new();
    let mut worry = |count: u64, what: &str, why: String, section: &'static str| {
        if count > 0 {
            worries.push(Worry { count, what: what.to_owned(), why, section });
        }
    };
    let of_state = |state: GateState| {
        let gates = run.gates.iter().filter(|gate| gate.state == state);
        gates.map(|gate| name(&gate.name())).collect::<Vec<_>>()
    };
    let (broken, accepted) = (of_state(GateState::Broken), of_state(GateState::Accepted));
    worry(
        broken.len() as u64,
        "broken gates",
        format!("Nothing is published until they hold or are accepted: {}.", broken.join(", ")),
        "gates",
    );
    worry(
        accepted.len() as u64,
        "gates accepted",
        format!("They were broken, and somebody let them pass: {}.", accepted.join(", ")),
        "gates",
    );
    let empty: Vec<String> =
        run.sources.iter().filter(|source| source.rows == 0).map(|source| name(&source.source)).collect();
    let said = format!("{}: no row was in the files. Has the export failed?", empty.join(", "));
    worry(empty.len() as u64, if empty.len() == 1 { "source is empty" } else { "sources are empty" }, said, "sources");
    let rejected: u64 = run.sources.iter().map(|source| source.rejects).sum();
    let most = run.sources.iter().max_by_key(|source| source.rejects).map(|source| name(&source.source));
    let most = most.unwrap_or_default();
    worry(rejected, "rejected rows", format!("They could not be read; most are in {most}. Table rejects."), "sources");
    worry(
        figures.more.bridges_to_review,
        "bridges to review",
        "One identifier alone holds together what could be two customers. Table bridges.".into(),
        "biggest",
    );
    let refused: u64 = run.refusals.iter().map(|(_, unions)| unions).sum();
    let by = run.refusals.first().map(|(reason, _)| name(reason)).unwrap_or_default();
    worry(
        refused,
        "refused unions",
        format!("They would have joined customers against a limit, most by {by}. Table refusals."),
        "refusals",
    );
    let shared: u64 = run.namespaces.iter().map(|namespace| namespace.shared_values).sum();
    worry(
        shared,
        "shared values",
        "Used by too many different people to link anybody: a kiosk, a call center, a family. Table shared_identifiers.".into(),
        "identifiers",
    );
    let of = |wanted: &dyn Fn(&str) -> bool| {
        run.ignored.iter().filter(|(_, reason, _)| wanted(reason)).map(|(_, _, count)| count).sum::<u64>()
    };
    worry(
        of(&|reason| reason != "placeholder" && reason != "shared"),
        "unusable values",
        "Not of their kind's form, so they link nobody. Table ignored_identifiers.".into(),
        "identifiers",
    );
    worry(
        of(&|reason| reason == "placeholder"),
        "placeholders",
        "Values such as none@none.com identify nobody.".into(),
        "identifiers",
    );
    worries
}
