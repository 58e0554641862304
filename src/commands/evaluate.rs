//! `onefold evaluate`: how right the published persons are, against labels.

use std::path::Path;

use super::grid::grid;
use super::{Failure, print};
use crate::cli::{AnswerFormat, EvaluateArgs};
use crate::config::{self, Config};
use crate::evaluate::{CausedBy, Evaluation, Labels};
use crate::page::thousands;
use crate::problem::Problem;
use crate::publish;

/// Prints the figures; fails when one is below its threshold.
pub fn evaluate(config: &Path, args: &EvaluateArgs) -> Result<(), Failure> {
    let loaded = config::load(config)?;
    let run = super::runs::find(&loaded.base.join(&loaded.config.output.dir), args.run)?;
    if !publish::has_table(&run, "crosswalk") {
        let what = format!("run {} has no table `crosswalk`, which evaluating needs", run.run);
        return Err(Problem::config("output.tables", what, "add \"crosswalk\" and run again").into());
    }
    let mut labels = read_labels(&args.truth, &loaded.config)?;
    let buffer = &mut Vec::new();
    publish::scan(&run, "crosswalk", ["source", "record_id", "person_id"], &mut |[source, record, person]| {
        labels.person(source, record, person, buffer);
    })?;
    if publish::has_table(&run, "edges") {
        let columns = ["source", "record_id", "namespace", "value", "decision", "reason"];
        publish::scan(&run, "edges", columns, &mut |[source, record, namespace, value, decision, reason]| {
            labels.edge([source, record], [namespace, value], decision, reason, buffer);
        })?;
    }
    let evaluation = labels.evaluate();
    if evaluation.figures.records == 0 {
        let fix = "source and record_id are those of the table `crosswalk`: look at `onefold head crosswalk`";
        let what = format!("no label is about a record of run {}", run.run);
        return Err(Problem::file(args.truth.display().to_string(), None, what, fix).into());
    }
    match args.format {
        AnswerFormat::Text => print(text(&evaluation).as_bytes())?,
        AnswerFormat::Json => {
            let mut json = serde_json::to_vec_pretty(&evaluation)
                .map_err(|error| Problem::run(format!("cannot write JSON: {error}"), ""))?;
            json.push(b'\n');
            print(&json)?;
        }
    }
    let below = below(&evaluation, args);
    if below.is_empty() { Ok(()) } else { Err(Failure::Below(below)) }
}

/// Reads `source, record_id, person`, or `record_id, person` where there is one source.
fn read_labels(path: &Path, config: &Config) -> Result<Labels, Problem> {
    let shown = path.display().to_string();
    let unread = |error: csv::Error| {
        let line = error.position().map(csv::Position::line);
        Problem::file(shown.clone(), line, format!("cannot read: {error}"), "labels are a CSV file in UTF-8")
    };
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_path(path).map_err(unread)?;
    let header = reader.headers().map_err(unread)?.clone();
    let column = |name: &str| {
        header.iter().position(|column| column.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name))
    };
    if header.is_empty() {
        let fix = "the first line names the columns: source, record_id, person";
        return Err(Problem::file(shown, None, "the file is empty", fix));
    }
    let found = header.iter().collect::<Vec<_>>().join(", ");
    let missing = |name: &str| {
        let fix = format!("columns are {found}; needed are source, record_id, person");
        Problem::file(shown.clone(), Some(1), format!("no column `{name}`"), fix)
    };
    let record_id = column("record_id").ok_or_else(|| missing("record_id"))?;
    let person = column("person").ok_or_else(|| missing("person"))?;
    let source = column("source");
    let only = match (&config.source[..], source) {
        (_, Some(_)) => "",
        ([only], None) => only.name.as_str(),
        _ => return Err(missing("source")),
    };
    let (mut labels, mut row, buffer) = (Labels::default(), csv::StringRecord::new(), &mut Vec::new());
    while reader.read_record(&mut row).map_err(unread)? {
        let cell = |at: usize| row.get(at).unwrap_or_default().trim();
        if cell(person).is_empty() {
            continue; // nobody said who it is
        }
        if !labels.label(source.map_or(only, cell), cell(record_id), cell(person), buffer) {
            let line = row.position().map(csv::Position::line);
            let what = format!("record `{}` has another label further up", cell(record_id));
            return Err(Problem::file(shown.clone(), line, what, "a record belongs to one person: take one row out"));
        }
    }
    Ok(labels)
}

fn text(evaluation: &Evaluation) -> String {
    let f = &evaluation.figures;
    let mut page = format!(
        "{} labeled records: {} persons found, {} people in truth\n\n",
        thousands(f.records),
        thousands(f.persons),
        thousands(f.people)
    );
    let mut rows = vec![
        [
            "pairwise precision".into(),
            share(f.precision),
            format!("{} of {} pairs are right", thousands(f.pairs_right), thousands(f.pairs_found)),
        ],
        ["pairwise recall".into(), share(f.recall), format!("of {} pairs", thousands(f.pairs_true))],
    ];
    if let (Some(pairs), Some(recall)) = (evaluation.pairs_reachable, evaluation.recall_of_reachable) {
        let what = format!("of {} pairs that identifiers can reach", thousands(pairs));
        rows.push(["recall of reachable".into(), share(recall), what]);
    }
    rows.extend([
        ["pairwise F1".into(), share(f.f1), String::new()],
        ["B³ precision".into(), share(f.b3_precision), String::new()],
        ["B³ recall".into(), share(f.b3_recall), String::new()],
        ["B³ F1".into(), share(f.b3_f1), String::new()],
        ["exact".into(), share(f.exact), "of the people are exactly one person".into()],
        [
            "largest person".into(),
            thousands(f.largest_found),
            format!("records; truth's largest: {}", thousands(f.largest_true)),
        ],
    ]);
    page += &table(["figure", "", ""], rows.iter().map(|row| row.to_vec()), &[false, true, false]);
    if !f.worst.is_empty() {
        page += "\nPersons that hold several people, the worst first\n";
        let rows = f.worst.iter().zip(&evaluation.worst_persons).map(|(worst, id)| {
            vec![id.clone(), thousands(worst.records), thousands(worst.people), thousands(worst.wrong_pairs)]
        });
        page += &table(["person", "records", "people", "wrong pairs"], rows, &[false, true, true, true]);
    }
    page +=
        &causes(&evaluation.causes, "\nWhat wrong pairs hang on\n", |c| [c.cause.wrong_values, c.cause.wrong_pairs]);
    page +=
        &causes(&evaluation.causes, "\nWhat missed pairs hang on\n", |c| [c.cause.missed_values, c.cause.missed_pairs]);
    if evaluation.pairs_reachable.is_none() {
        page += "\nThe run has no table `edges`, so causes are not known.\n";
    }
    if evaluation.unlabeled > 0 {
        page += &format!("\n{} records have no label and were left out.\n", thousands(evaluation.unlabeled));
    }
    match evaluation.labels_without_record {
        0 => {}
        1 => page += "\n1 label is of a record that the run does not have.\n",
        n => page += &format!("\n{} labels are of records that the run does not have.\n", thousands(n)),
    }
    page
}

/// Causes with some of the figure (values, pairs), the most pairs first.
fn causes(causes: &[CausedBy], title: &str, figure: fn(&CausedBy) -> [u64; 2]) -> String {
    let mut some: Vec<&CausedBy> = causes.iter().filter(|cause| figure(cause)[1] > 0).collect();
    if some.is_empty() {
        return String::new();
    }
    some.sort_by_key(|cause| std::cmp::Reverse(figure(cause)[1]));
    let rows = some.iter().take(12).map(|cause| {
        let [values, pairs] = figure(cause).map(thousands);
        vec![cause.namespace.clone(), cause.decision.name().to_owned(), cause.reason.clone(), values, pairs]
    });
    let header = ["identifier", "decision", "reason", "values", "pairs"];
    title.to_owned() + &table(header, rows, &[false, false, false, true, true])
}

fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = Vec<String>>, right: &[bool]) -> String {
    let page = grid(&header.map(str::to_owned), &rows.collect::<Vec<_>>(), right);
    page.lines().map(|line| format!("  {line}\n")).collect()
}

fn share(share: f64) -> String {
    format!("{share:.4}")
}

/// Figures that are below what was asked for.
fn below(evaluation: &Evaluation, args: &EvaluateArgs) -> Vec<String> {
    let f = &evaluation.figures;
    let asked = [
        ("--min-precision", "pairwise precision", args.min_precision, f.precision),
        ("--min-recall", "pairwise recall", args.min_recall, f.recall),
        ("--min-f1", "pairwise F1", args.min_f1, f.f1),
        ("--min-b3", "B³ F1", args.min_b3, f.b3_f1),
    ];
    let failed = asked.into_iter().filter_map(|(flag, name, least, found)| {
        let least = least.filter(|least| found < *least)?;
        Some(format!("{flag}: {name} is {found:.4}, asked for is at least {least}"))
    });
    failed.collect()
}
