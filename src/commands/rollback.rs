//! `onefold rollback`: an earlier run becomes the published one again.

use std::path::Path;

use super::clock::now;
use super::{Failure, print};
use crate::cli::RollbackArgs;
use crate::problem::Problem;
use crate::publish::{self, OutputFolder};

/// Checks the run and makes it current.
pub fn rollback(config: &Path, args: &RollbackArgs) -> Result<(), Failure> {
    let loaded = super::load(config)?;
    let out = loaded.base.join(&loaded.config.output.dir);
    let folder = OutputFolder::open(&out, &now())?;
    let number = match args.run {
        Some(number) => number,
        None => {
            let current = super::runs::find(&out, None)?;
            let report = publish::read_report(&current.path)?;
            report.changes.map(|changes| changes.since).ok_or_else(|| {
                let what = format!("run {} is the first: there is none before it", current.run);
                Problem::run(what, "`onefold runs` lists the runs; name one: `onefold rollback RUN`")
            })?
        }
    };
    let run = super::runs::find(&out, Some(number))?;
    if publish::held(&out).is_some_and(|held| held.path == run.path) {
        let what = format!("run {number} was held back by a gate and never published");
        return Err(Problem::run(what, "publish it with `onefold run --accept GATE`").into());
    }
    if run.current {
        return print(format!("Run {number} is the published one already.\n").as_bytes());
    }
    let report = publish::read_report(&run.path)?;
    let faults: Vec<String> = publish::verify(&run, &report)?.into_iter().filter_map(|file| file.fault).collect();
    if !faults.is_empty() {
        let what = format!("run {number} is not whole: {}", faults.join("; "));
        return Err(Problem::file(run.path.display().to_string(), None, what, "go back to another run").into());
    }
    folder.make_current(number)?;
    let text = format!(
        "Run {number} of {} is the published one again. Later runs stay in {}; the next run goes on from this one.\n",
        report.published_at,
        out.join("runs").display()
    );
    print(text.as_bytes())
}
