//! From a file to a [`Config`], with faults that point into the text.

use std::path::{Path, PathBuf};

use super::Config;
use crate::problem::Problems;

/// A config with what is needed to speak about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The parsed config.
    pub config: Config,
    /// Where it was read from.
    pub path: PathBuf,
    /// The folder that its paths are relative to.
    pub base: PathBuf,
    /// Its text, after `${ENV}` was put in.
    pub text: String,
}

/// Reads, parses and checks a config file; all faults at once.
pub fn load(path: &Path) -> Result<Loaded, Problems> {
    let _ = path;
    todo!()
}

/// The same from text (`env` looks up `${NAME}`).
pub fn load_text(text: &str, path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Loaded, Problems> {
    let _ = (text, path, env);
    todo!()
}
