//! `onefold diff`: what is different between two published runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use indexmap::IndexSet;

use super::{Failure, print};
use crate::cli::{AnswerFormat, DiffArgs};
use crate::diff::{
    Changed, Crosswalks, Difference, Example, GoldenChanges, GoldenRows, Link, PersonChanges, RecordChanges, Side,
    causes, changed, difference_text, segment_changes,
};
use crate::identity::{compare, parse_person_id};
use crate::model::{Changes, Event, Lineage, NO_PERSON, RunReport};
use crate::problem::{Problem, Result};
use crate::publish::{self, Cursor, Filter, RunFolder};

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

/// Events of a kind that are shown.
const EXAMPLES: usize = 3;

/// What is different between two runs, the earlier one first. `after` is how the later one is named.
pub fn between([before, after]: [(&RunFolder, &RunReport); 2], name: Option<u64>) -> Result<Difference> {
    let mut walked = crosswalks(before.0, after.0)?;
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
    Ok(Difference {
        before: before.1.run,
        after: name,
        files: files(before.1, after.1),
        records,
        persons: PersonChanges::new(&changes),
        golden: golden(before.0, after.0)?,
        segments: segments(before.0, after.0, after.1)?,
        gates: Vec::new(),
        examples: examples(&lineage, before.0, after.0, &config)?,
        config,
    })
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

/// The events of each kind that moved most records, with their causes.
fn examples(lineage: &[Lineage], before: &RunFolder, after: &RunFolder, config: &[Changed]) -> Result<Vec<Example>> {
    let mut chosen: Vec<Lineage> = Vec::new();
    for event in [Event::Merged, Event::Split, Event::Reassigned, Event::Retired, Event::Created] {
        let mut rows: Vec<Lineage> = lineage.iter().filter(|row| row.event == event).copied().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.records));
        chosen.extend(rows.into_iter().take(EXAMPLES));
    }
    let explained = |row: &&Lineage| matches!(row.event, Event::Merged | Event::Split | Event::Reassigned);
    let ids: BTreeSet<u128> = chosen.iter().filter(explained).flat_map(|row| [row.old, row.new]).collect();
    let known = [Known::read(before, &ids)?, Known::read(after, &ids)?];
    let example = |row: &Lineage| {
        let old_first = row.event != Event::Split;
        let sides = &known[usize::from(!old_first)].records;
        let none = BTreeSet::new();
        let side = |id: u128| sides.get(&id).unwrap_or(&none);
        let pair = if old_first { [row.old, row.new] } else { [row.new, row.old] };
        let links = known.each_ref().map(|known| {
            let of = |id: u128| known.links.get(&id).into_iter().flatten().cloned();
            of(row.old).chain(of(row.new)).collect::<Vec<Link>>()
        });
        let id = |id: u128| (id != NO_PERSON).then(|| uuid::Uuid::from_u128(id).to_string());
        Example {
            event: row.event.name(),
            old_person_id: id(row.old),
            new_person_id: id(row.new),
            records: row.records,
            causes: causes(row.event, [&links[0], &links[1]], pair.map(side), config),
        }
    };
    Ok(chosen.iter().map(example).collect())
}

/// Records and edges of some persons in a run.
#[derive(Default)]
struct Known {
    records: BTreeMap<u128, BTreeSet<String>>,
    links: BTreeMap<u128, Vec<Link>>,
}

impl Known {
    fn read(run: &RunFolder, ids: &BTreeSet<u128>) -> Result<Self> {
        let mut known = Self::default();
        if ids.is_empty() {
            return Ok(known);
        }
        let is = |id: &u128| Filter::Is("person_id", uuid::Uuid::from_u128(*id).to_string());
        let filter = Filter::Any(ids.iter().map(is).collect());
        let all = usize::MAX >> 33;
        let rows = publish::select(run, "crosswalk", &filter, all)?;
        let keys = |rows: &publish::Rows| -> Vec<(u128, String)> {
            let records = rows.column("source").zip(rows.column("record_id"));
            let ids = rows.column("person_id").map(|id| parse_person_id(id).unwrap_or(NO_PERSON));
            ids.zip(records.map(|(source, id)| format!("{source}/{id}"))).collect()
        };
        for (id, record) in keys(&rows) {
            known.records.entry(id).or_default().insert(record);
        }
        if publish::has_table(run, "edges") {
            let rows = publish::select(run, "edges", &filter, all)?;
            let texts = |name: &str| rows.column(name).map(str::to_owned).collect::<Vec<_>>();
            let [namespaces, values, decisions, reasons] = ["namespace", "value", "decision", "reason"].map(texts);
            for (at, (id, record)) in keys(&rows).into_iter().enumerate() {
                known.links.entry(id).or_default().push(Link {
                    record,
                    namespace: namespaces[at].clone(),
                    value: values[at].clone(),
                    reason: (decisions[at] != "links").then(|| reasons[at].clone()),
                });
            }
        }
        Ok(known)
    }
}
