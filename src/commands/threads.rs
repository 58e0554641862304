//! `--threads`: as many as that, for rayon and for polars.

use super::Failure;
use crate::problem::Problem;

/// The variables that rayon and polars take their number of threads from, once, when they are first used.
const VARIABLES: [&str; 2] = ["RAYON_NUM_THREADS", "POLARS_MAX_THREADS"];

/// Limits the number of threads. Polars knows no other way than its variable, and a program cannot safely change its
/// own environment: so the process is replaced by itself, with both variables set, before it has done anything.
pub fn limit(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads.map(|threads| threads.to_string()) else { return Ok(()) };
    if VARIABLES.iter().all(|name| std::env::var(name).is_ok_and(|value| value == threads)) {
        return Ok(());
    }
    replace(&threads)
}

#[cfg(unix)]
fn replace(threads: &str) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let failed = |error: std::io::Error| Problem::run(format!("--threads: cannot start again: {error}"), "");
    let program = std::env::current_exe().map_err(failed)?;
    let mut command = std::process::Command::new(program);
    command.args(std::env::args_os().skip(1)).envs(VARIABLES.map(|name| (name, threads)));
    Err(failed(command.exec()).into()) // exec only comes back when it failed
}

#[cfg(not(unix))]
fn replace(threads: &str) -> Result<(), Failure> {
    let fix = format!("set {} to {threads} and leave --threads out", VARIABLES.join(" and "));
    Err(Problem::run("--threads works on Unix only", fix).into())
}
