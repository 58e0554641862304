//! `onefold report`: what a run said, and what its stages cost.

use std::path::Path;

use super::{Failure, print};
use crate::cli::{AnswerFormat, ReportArgs};
use crate::model::RunReport;
use crate::page::{Page, percent, thousands};
use crate::problem::Problem;
use crate::publish;

/// Prints the summary of a run with its stages, or all of its figures.
pub fn report(config: &Path, args: &ReportArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let run = super::runs::find(&loaded.base.join(&loaded.config.output.dir), args.run)?;
    let report = publish::read_report(&run.path)?;
    if args.format == AnswerFormat::Json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| {
            Problem::run(format!("run.json: {error}"), "this is a fault of onefold; please report it")
        })?;
        return print(format!("{text}\n").as_bytes());
    }
    print((publish::summary(&report, &run.path.display().to_string()) + &stages(&report)).as_bytes())
}

/// When the run was, and what each stage took.
fn stages(report: &RunReport) -> String {
    let mut page = Page::default();
    page.line("");
    page.line(&match report.published_at.as_str() {
        "" => format!("Begun at {}; a gate held it back, so it is not published.", report.started_at),
        published_at => format!("Begun at {}, published at {published_at}.", report.started_at),
    });
    let all: f64 = report.stages.iter().map(|stage| stage.seconds).sum();
    let millis = |seconds: f64| (seconds * 1000.0).round() as u64;
    let heads = ["stage", "seconds", "share", "CPU seconds"].map(str::to_owned).to_vec();
    let mut rows = vec![heads];
    let mut details = vec![String::new()];
    for stage in &report.stages {
        rows.push(vec![
            stage.stage.clone(),
            format!("{:.3}", stage.seconds),
            percent(millis(stage.seconds), millis(all)),
            stage.cpu_seconds.map_or_else(|| "–".to_owned(), |cpu| format!("{cpu:.2}")),
        ]);
        let counts = stage.counts.iter().map(|(what, count)| format!("{} {what}", thousands(*count)));
        details.push(counts.collect::<Vec<_>>().join(", "));
    }
    let mut figures = Page::default();
    figures.grid(&rows, 1);
    for (line, detail) in figures.0.lines().zip(details) {
        page.line(&format!("{line}  {detail}"));
    }
    page.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StageTime;

    #[test]
    fn stages_tell_time_share_and_work() {
        let stage = |stage: &str, seconds, cpu_seconds, counts: &[(&str, u64)]| StageTime {
            stage: stage.into(),
            seconds,
            cpu_seconds,
            counts: counts.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect(),
        };
        let report = RunReport {
            started_at: "2026-01-31T02:00:00Z".into(),
            published_at: "2026-01-31T02:00:04Z".into(),
            stages: vec![
                stage("ingest", 3.0, Some(5.5), &[("rows", 1_000_000)]),
                stage("publish", 1.0, None, &[("persons", 1200), ("tables", 12)]),
            ],
            ..RunReport::default()
        };
        insta::assert_snapshot!(stages(&report), @r"

        Begun at 2026-01-31T02:00:00Z, published at 2026-01-31T02:00:04Z.
          stage    seconds   share  CPU seconds
          ingest     3.000  75.0 %         5.50  1,000,000 rows
          publish    1.000  25.0 %            –  1,200 persons, 12 tables
        ");
        let held = RunReport { started_at: "2026-01-31T02:00:00Z".into(), ..RunReport::default() };
        assert!(stages(&held).contains("a gate held it back"));
    }
}
