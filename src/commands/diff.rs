//! `onefold diff`: what is different between two published runs.

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexSet;

use super::{Failure, print};
use crate::cli::{AnswerFormat, DiffArgs};
use crate::diff::{
    Changed, Crosswalks, Difference, ErasureOf, GoldenChanges, GoldenRows, PersonChanges, RecordChanges, Side, changed,
    difference_text, segment_changes,
};
use crate::identity::{compare, parse_person_id};
use crate::model::{Changes, NO_PERSON, Rewritten, RunReport};
use crate::problem::{Problem, Result};
use crate::publish::{self, Cursor, RunFolder};

/// Compares.
pub fn diff(config: &Path, args: &DiffArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    let after = super::runs::find(&out, args.after)?;
    let report = publish::read_report(&after.path)?;
    let before = match (args.before, report.changes) {
        (Some(number), _) => super::runs::find(&out, Some(number))?,
        (None, Some(changes)) => super::runs::find(&out, Some(changes.since))?,
        (None, None) => {
            let what = format!("run {} had no run to compare with", after.run);
            return Err(Problem::run(what, "name two runs: `onefold diff RUN RUN`; `onefold runs` lists them").into());
        }
    };
    let sides = [(&before, &publish::read_report(&before.path)?), (&after, &report)];
    let difference = between(sides, Some(after.run))?;
    print(&shown(&difference, args.format))
}

/// The difference as it is printed.
pub fn shown(difference: &Difference, format: AnswerFormat) -> Vec<u8> {
    match format {
        AnswerFormat::Text => difference_text(difference).into_bytes(),
        AnswerFormat::Json => format!("{:#}\n", serde_json::json!(difference)).into_bytes(),
    }
}

/// What is different between two runs, the earlier one first. `after` is how the later one is named.
pub fn between([before, after]: [(&RunFolder, &RunReport); 2], name: Option<u64>) -> Result<Difference> {
    let mut walked = crosswalks(before.0, after.0)?;
    walked.finish();
    let living = walked.living();
    let moved = walked.changes.iter().filter(|(old, new)| *old != NO_PERSON && *new != NO_PERSON).count() as u64;
    let lineage = compare(std::mem::take(&mut walked.changes), &living[0], &living[1]);
    let changes = Changes::of(&lineage, living[1].len() as u64, before.1.run);
    let records = RecordChanges {
        before: walked.before,
        after: walked.after,
        arrived: walked.after - walked.both,
        gone: walked.before - walked.both,
        moved,
        reassigned: changes.reassigned,
    };
    let config = changed(&before.1.config_keys, &after.1.config_keys, true);
    let explained = super::why::explained(&lineage, [before, after], &walked, &config)?;
    Ok(Difference {
        before: before.1.run,
        after: name,
        files: files(before.1, after.1),
        records,
        persons: PersonChanges::new(&changes),
        golden: golden(before.0, after.0)?,
        segments: segments(before.0, after.0, after.1)?,
        gates: Vec::new(),
        erasures: [before.1, after.1].into_iter().flat_map(erasures).collect(),
        causes: explained.causes,
        examples: explained.examples,
        events: explained.events,
        config,
    })
}

fn erasures(run: &RunReport) -> impl Iterator<Item = ErasureOf> + '_ {
    let of = |done: &Rewritten| ErasureOf { run: run.run, receipt: done.receipt, rows_dropped: done.rows_dropped };
    run.rewritten.iter().map(of)
}

fn files(before: &RunReport, after: &RunReport) -> Vec<Changed> {
    let list = |report: &RunReport| -> BTreeMap<String, String> {
        report.inputs.iter().map(|file| (file.path.clone(), file.fingerprint.clone())).collect()
    };
    changed(&list(before), &list(after), false)
}

fn crosswalks(before: &RunFolder, after: &RunFolder) -> Result<Crosswalks> {
    let columns = ["source", "record_id", "person_id"];
    let mut cursors = [Cursor::open(before, "crosswalk", &columns)?, Cursor::open(after, "crosswalk", &columns)?];
    let mut here = [cursors[0].advance()?, cursors[1].advance()?];
    let mut walked = Crosswalks::default();
    loop {
        let row = |side: usize| {
            let cursor = &cursors[side];
            let id = || parse_person_id(cursor.cell(2)).unwrap_or(NO_PERSON);
            here[side].then(|| ((cursor.cell(0), cursor.cell(1)), id()))
        };
        let sides = walked.meet(row(0), row(1));
        if sides.is_empty() {
            return Ok(walked);
        }
        for side in sides {
            let side = usize::from(side == Side::After);
            here[side] = cursors[side].advance()?;
        }
    }
}

fn golden(before: &RunFolder, after: &RunFolder) -> Result<GoldenChanges> {
    let table = "golden_customers";
    if !publish::has_table(before, table) || !publish::has_table(after, table) {
        return Ok(GoldenChanges::default());
    }
    let columns = |run: &RunFolder| -> Result<Vec<String>> {
        let names = publish::head(run, table, 0)?.names;
        Ok(names.into_iter().filter(|name| name != "person_id").collect())
    };
    let mut rows = GoldenRows::new(&columns(before)?, &columns(after)?);
    let mut names: Vec<String> = vec!["person_id".to_owned()];
    names.extend_from_slice(rows.columns());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (run, is_after) in [(before, false), (after, true)] {
        let mut cursor = Cursor::open(run, table, &names)?;
        while cursor.advance()? {
            let Some(id) = parse_person_id(cursor.cell(0)) else { continue };
            let cells = (1..cursor.width()).map(|column| cursor.cell(column));
            if is_after { rows.after(id, cursor.cell(0), cells) } else { rows.before(id, cells) }
        }
    }
    Ok(rows.finish())
}

fn segments(before: &RunFolder, after: &RunFolder, report: &RunReport) -> Result<Vec<crate::diff::SegmentChange>> {
    let mut names: IndexSet<String> = report.segments.iter().map(|(name, _)| name.clone()).collect();
    let mut members = |run: &RunFolder| -> Result<Vec<(u32, u128)>> {
        let mut rows = Vec::new();
        if publish::has_table(run, "segments") {
            let mut cursor = Cursor::open(run, "segments", &["segment", "person_id"])?;
            while cursor.advance()? {
                let at = names
                    .get_index_of(cursor.cell(0))
                    .unwrap_or_else(|| names.insert_full(cursor.cell(0).to_owned()).0);
                rows.extend(parse_person_id(cursor.cell(1)).map(|id| (at as u32, id)));
            }
        }
        Ok(rows)
    };
    let (old, new) = (members(before)?, members(after)?);
    Ok(segment_changes(&names.into_iter().collect::<Vec<_>>(), old, new))
}
