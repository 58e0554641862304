//! How a command fails: what is printed, and the exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::{self, Loaded};
use crate::problem::{Problem, Problems};

/// What the exit codes mean.
pub const EXIT_CODES: [(u8, &str); 3] = [
    (0, "it is done; for `run`: the run is published"),
    (1, "a gate failed and nothing was published, or a figure is below what `evaluate` was asked for"),
    (2, "usage, config or input/output; nothing was published"),
];

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Failure {
    /// Usage, config or input/output: exit code 2. With the config's path and text, where the faults are about it.
    Faults(Problems, Option<(PathBuf, String)>),
    /// The run's own figures are not what they must be, so nothing was published: exit code 1.
    Gate {
        /// What is not.
        faults: Vec<String>,
        /// What to do about it; empty = nothing useful to say.
        fix: String,
    },
    /// Figures are below what was asked for: exit code 1.
    Below(Vec<String>),
}

impl Failure {
    /// Faults that point into a config.
    #[must_use]
    pub fn in_config(problems: impl Into<Problems>, loaded: &Loaded) -> Self {
        Self::Faults(problems.into(), Some((loaded.path.clone(), loaded.text.clone())))
    }

    /// The first thing that is wrong, on one line.
    #[must_use]
    pub fn first_line(&self) -> String {
        let text = match self {
            Self::Faults(problems, _) => problems.0.first().map(ToString::to_string).unwrap_or_default(),
            Self::Gate { faults, .. } | Self::Below(faults) => faults.first().cloned().unwrap_or_default(),
        };
        text.lines().next().unwrap_or_default().to_owned()
    }

    /// Standard output cannot be written.
    #[must_use]
    pub fn output(error: &std::io::Error) -> Self {
        Problem::run(format!("cannot write to standard output: {error}"), "").into()
    }

    /// Prints it to standard error and gives the exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Faults(problems, config) => {
                let loaded = config.as_ref().map(|(path, text)| (path.as_path(), text.as_str()));
                anstream::eprint!("{}", config::render(problems, loaded));
                ExitCode::from(2)
            }
            Self::Below(figures) => {
                for figure in figures {
                    anstream::eprintln!("error: {figure}");
                }
                ExitCode::from(1)
            }
            Self::Gate { faults, fix } => {
                for fault in faults {
                    anstream::eprintln!("error: {fault}");
                }
                anstream::eprintln!("nothing was published");
                if !fix.is_empty() {
                    anstream::eprintln!("hint: {fix}");
                }
                ExitCode::from(1)
            }
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Faults(problem.into(), None)
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Faults(problems, None)
    }
}
