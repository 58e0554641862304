//! `onefold explain OLD_ID`: where a person of an earlier run is now.

use std::collections::BTreeSet;

use crate::explain::{Past, PastEvent, PastHeir};
use crate::identity::{follow, parse_person_id};
use crate::model::{Lineage, NO_PERSON};
use crate::problem::{Place, Problem, Result};
use crate::publish::{self, Filter, RunFolder};

/// The person of that id, or beginning of an id, that was given once and that nobody bears now; none when there was
/// none.
///
/// # Errors
/// Several ids begin so, or a table cannot be read.
pub fn past(run: &RunFolder, start: &str, argument: &str) -> Result<Option<Past>> {
    if !["issued_ids", "lineage_history"].iter().all(|table| publish::has_table(run, table)) {
        return Ok(None);
    }
    let rows = publish::select(run, "issued_ids", &Filter::Starts("person_id", start.to_lowercase()), 6)?;
    let ids: Vec<&str> = rows.column("person_id").collect();
    let (Some(id), Some(issued_by_run)) = (ids.first().and_then(|id| parse_person_id(id)), rows.column("run").next())
    else {
        return Ok(None);
    };
    if ids.len() > 1 {
        let what = format!("{} persons of earlier runs begin with `{start}`", ids.len());
        let fix = format!("write more of the id: {}", ids.join(", "));
        return Err(Problem { place: Place::Argument(argument.to_owned()), what, fix });
    }
    let rows = publish::history(run)?;
    let by_run: Vec<Vec<Lineage>> =
        rows.chunk_by(|a, b| a.0 == b.0).map(|run| run.iter().map(|row| row.1).collect()).collect();
    let mut touched = BTreeSet::from([id]);
    let mut events = Vec::new();
    for run in rows.chunk_by(|a, b| a.0 == b.0) {
        let before = touched.clone(); // what a heir lost in the run in which it became one was not ours
        for (run, row) in run.iter().filter(|(_, row)| before.contains(&row.old)) {
            touched.insert(row.new);
            events.push(PastEvent {
                run: *run,
                event: row.event.name(),
                old_person_id: text(row.old),
                new_person_id: (row.new != NO_PERSON).then(|| text(row.new)),
                records: row.records,
            });
        }
    }
    // Nothing ever happened to it, and yet nobody bears it: the runs in which it lived are no part of this history.
    let heirs = if events.is_empty() { Vec::new() } else { follow(id, &by_run) };
    let heirs = heirs.iter().map(|heir| PastHeir { person_id: text(heir.id), at_most: heir.at_most }).collect();
    let issued_by_run = issued_by_run.parse().unwrap_or_default();
    Ok(Some(Past { person_id: text(id), issued_by_run, events, heirs }))
}

fn text(id: u128) -> String {
    uuid::Uuid::from_u128(id).to_string()
}
