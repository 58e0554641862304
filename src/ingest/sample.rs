//! The first rows of every file, read the way a run reads them.

use super::batches::{MAX_SAMPLE_BATCH, Sizes};
use super::open::{Inputs, OpenSource};
use super::run::{Means, run};
use super::{Batch, sink};
use crate::model::{Chunk, InputFile};
use crate::normalize::Plan;
use crate::problem::{Problem, Result};

/// Reads the first rows of every file, about `rows` (a batch more or less); `each` gets the source's number within the
/// config, the file as [`Inputs::files`] shows it, and a batch. Faults are those of [`super::read`], as far as that part
/// of a file shows them.
pub fn sample(inputs: Inputs, plan: &Plan, rows: u64, each: &mut dyn FnMut(usize, &str, Batch)) -> Result<()> {
    let mut stdin = Some(inputs.stdin);
    let sizes = Sizes { batch: MAX_SAMPLE_BATCH, rows: (rows as usize).max(1), ..Sizes::default() };
    let means = Means { workers: 1, sizes };
    for (number, mut source) in inputs.sources.into_iter().enumerate() {
        for file in std::mem::take(&mut source.files) {
            let shown = file.found.shown.clone();
            let stream = match file.found.path {
                None => stdin.take().unwrap_or_else(|| Box::new(std::io::empty())),
                Some(_) => Box::new(std::io::empty()),
            };
            source.files = vec![file];
            first_rows(&source, stream, means, rows, plan, &mut |batch| each(number, &shown, batch))?;
        }
    }
    Ok(())
}

fn first_rows(
    source: &OpenSource,
    stdin: Box<dyn std::io::Read + Send>,
    means: Means,
    rows: u64,
    plan: &Plan,
    each: &mut dyn FnMut(Batch),
) -> Result<()> {
    let mut seen = 0;
    let mut take = |batch: Batch| {
        seen += batch.rows;
        each(batch);
        // A fault of the taker ends the reading; this one goes no further than here.
        if seen < rows { Ok(Chunk::default()) } else { Err(Problem::run("", "")) }
    };
    let read: Result<Vec<InputFile>> =
        run(std::slice::from_ref(source), stdin, means, &|id| sink(plan, id), (None, None), &mut take, &|_| {});
    match read {
        Err(_) if seen >= rows => Ok(()),
        other => other.map(|_| ()),
    }
}
