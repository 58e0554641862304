//! `onefold plan`: what publishing would change, without publishing.

use std::path::Path;

use super::clock::now;
use super::diff::{between, shown};
use super::job::Job;
use super::progress::Progress;
use super::{Failure, print};
use crate::cli::{AnswerFormat, LogFormat, PlanArgs};
use crate::publish::{self, Draft, Earlier, Selection, Veil};

/// Tables that are compared.
const COMPARED: [&str; 3] = ["golden_customers", "segments", "edges"];

/// Makes the next run's tables in a folder of their own, compares them, and removes them.
pub fn plan(config: &Path, args: &PlanArgs) -> Result<(), Failure> {
    super::threads::limit(args.making.threads)?;
    let mut progress = Progress::start("open", false, LogFormat::Text);
    let mut job = Job::open(config, args.making.as_of.as_deref())?;
    job.memory = args.making.memory_limit;
    for warning in job.inputs.warnings() {
        progress.warn(&warning.to_string());
    }
    job.selection = Selection::only(&COMPARED);
    let Some(earlier) = Earlier::find(&job.out)? else {
        drop(progress);
        return print(match args.format {
            AnswerFormat::Text => b"Nothing was published yet: every record and every person would be new.\n",
            AnswerFormat::Json => b"{\"before\": null}\n",
        });
    };
    let draft = Draft::create(&job.out)?;
    let mut report = job.report(earlier.next(), now());
    job.make(Some(&earlier), [Some(draft.path()), None], None, &mut report, &mut progress)?;
    if earlier.report().pseudonymized.is_some()
        && let Some(secret) = publish::secret(&job.out)?
    {
        let veil = Veil::new(&secret, &job.loaded.config, &job.schema); // like with like
        publish::pseudonymize(&veil, draft.path(), &mut report)?;
    }
    progress.next("compare", &[]);
    let planned = draft.folder(report.run);
    let mut difference = between([(earlier.folder(), earlier.report()), (&planned, &report)], None)?;
    difference.gates = job.gates.check(&report, Some(earlier.report()), &[])?;
    progress.end(&[]);
    drop(progress);
    print(&shown(&difference, args.format))
}
