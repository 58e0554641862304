//! `onefold runs`: what is in the output folder.

use std::path::Path;

use super::clock::now;
use super::head::shown;
use super::{Failure, print};
use crate::cli::RunsArgs;
use crate::problem::Problem;
use crate::publish::{self, Cells, RunFolder};

/// Lists the runs, newest first.
pub fn runs(config: &Path, args: &RunsArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    let mut cells =
        Cells::new(&[("run", true), ("published_at", false), ("records", true), ("persons", true), ("state", false)]);
    publish::finish(&out, &now())?;
    let held = publish::held(&out);
    for run in publish::runs(&out)?.iter().chain(&held).rev() {
        let report = publish::read_report(&run.path).ok();
        let figure = |figure: fn(&crate::model::RunReport) -> String| report.as_ref().map(figure);
        cells.rows.push(vec![
            Some(run.run.to_string()),
            figure(|report| report.published_at.clone()),
            figure(|report| report.records.to_string()),
            figure(|report| report.persons.to_string()),
            if run.current {
                Some("current".to_owned())
            } else {
                held.as_ref().filter(|held| held.path == run.path).map(|_| "held back by a gate".to_owned())
            },
        ]);
    }
    print(&shown(&cells, args.format)?)
}

/// The run of that number, which may be the one that a gate held back, or the published one.
pub fn find(out: &Path, number: Option<u64>) -> Result<RunFolder, Problem> {
    publish::finish(out, &now())?;
    let mut runs = publish::runs(out)?;
    runs.extend(publish::held(out));
    let found = runs.iter().find(|run| number.map_or(run.current, |number| run.run == number));
    found.cloned().ok_or_else(|| match number {
        Some(number) => {
            let known: Vec<String> = runs.iter().map(|run| run.run.to_string()).collect();
            let fix =
                if known.is_empty() { "there are none".to_owned() } else { format!("runs are {}", known.join(", ")) };
            Problem::file(out.join("runs").display().to_string(), None, format!("no run {number}"), fix)
        }
        None => {
            Problem::file(out.display().to_string(), None, "nothing was published here yet", "run `onefold run` first")
        }
    })
}
