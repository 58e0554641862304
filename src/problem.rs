//! What went wrong, in one shape for every room: the place, what was found there, and the fix.

use std::fmt;

/// One fault, written for the person who has to mend it.
///
/// `what` says what was found and what was expected; `fix` is the `hint:` line. Personal values are masked
/// (see [`mask`]) before they get here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What was found, and what was expected.
    pub what: String,
    /// What to do about it; empty = nothing useful to say.
    pub fix: String,
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A key of the config, as a path: `["source", "0", "fields", "email"]`. The config room turns it into a line
    /// and a caret; `within` is a byte range inside the value's own text (an SQL rule), where one is known.
    Config {
        /// Keys and array indices from the top of the file.
        path: Vec<String>,
        /// Byte range inside the string value, if the fault sits inside it.
        within: Option<std::ops::Range<usize>>,
    },
    /// The name of a config key rather than its value (a bad field name).
    ConfigKey {
        /// Keys and array indices from the top of the file.
        path: Vec<String>,
    },
    /// A byte range of the config file itself (faults found while parsing it).
    ConfigSpan(std::ops::Range<usize>),
    /// A file, with a 1-based line where one is known.
    File {
        /// As the user wrote it, or as found under the config's folder.
        path: String,
        /// 1-based physical line.
        line: Option<u64>,
    },
    /// The command line: the flag or argument.
    Argument(String),
    /// The run as a whole (a broken invariant, a full disk).
    Run,
}

impl Problem {
    /// A fault at a config key; `path` is written `source.0.fields.email`.
    pub fn config(path: &str, what: impl Into<String>, fix: impl Into<String>) -> Self {
        let path = path.split('.').map(str::to_owned).collect();
        Self { place: Place::Config { path, within: None }, what: what.into(), fix: fix.into() }
    }

    /// A fault at a config key whose name may itself hold dots.
    pub fn config_at(path: &[&str], what: impl Into<String>, fix: impl Into<String>) -> Self {
        let path = path.iter().map(|s| (*s).to_owned()).collect();
        Self { place: Place::Config { path, within: None }, what: what.into(), fix: fix.into() }
    }

    /// A fault of a config key's name.
    pub fn config_key(path: &[&str], what: impl Into<String>, fix: impl Into<String>) -> Self {
        let path = path.iter().map(|s| (*s).to_owned()).collect();
        Self { place: Place::ConfigKey { path }, what: what.into(), fix: fix.into() }
    }

    /// A fault in a file, at a 1-based line where one is known.
    pub fn file(path: impl Into<String>, line: Option<u64>, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { place: Place::File { path: path.into(), line }, what: what.into(), fix: fix.into() }
    }

    /// A fault of the run as a whole.
    pub fn run(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { place: Place::Run, what: what.into(), fix: fix.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Config { path, .. } | Place::ConfigKey { path } => write!(f, "config `{}`: ", path.join("."))?,
            Place::ConfigSpan(_) => write!(f, "config: ")?,
            Place::File { path, line: Some(line) } => write!(f, "{path}:{line}: ")?,
            Place::File { path, line: None } => write!(f, "{path}: ")?,
            Place::Argument(name) => write!(f, "{name}: ")?,
            Place::Run => {}
        }
        f.write_str(&self.what)?;
        if !self.fix.is_empty() {
            write!(f, "\nhint: {}", self.fix)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// Several problems found in one go; what a check returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// Result of anything that can fail for a reason a user can mend.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// The names nearest to `wanted` among `known`, best first, at most three; for "did you mean".
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let fold = |s: &str| s.to_lowercase().replace(['-', '_', ' '], "");
    let folded = fold(wanted);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&folded, &fold(name)), name))
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// A personal value made safe to show in a log or message: `ana@example.com` → `a…@e….com`, others keep their first
/// and last character.
pub fn mask(value: &str) -> String {
    fn short(part: &str) -> String {
        let mut chars = part.chars();
        match chars.next() {
            None => String::new(),
            Some(first) => format!("{}…", visible(first)),
        }
    }
    if let Some((local, domain)) = value.split_once('@') {
        let (name, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
        // What stands behind the last dot is shown where it may be the end of a domain, and nothing else.
        let is_end = (2..=10).contains(&top.len()) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
        let top = if is_end || top.is_empty() { top } else { "…" };
        let dot = if top.is_empty() { "" } else { "." };
        return format!("{}@{}{dot}{top}", short(local), short(name));
    }
    let count = value.chars().count();
    let last = value.chars().last().map(|last| visible(last).to_string()).unwrap_or_default();
    if count <= 2 { "…".to_owned() } else { format!("{}{last}", short(value)) }
}

/// A character, or `�` for one that could play with a terminal.
fn visible(c: char) -> char {
    if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first() {
        assert_eq!(nearest("e-mial", ["phone", "email", "e_mail_2"])[0], "email");
        assert!(nearest("zzz", ["phone", "email"]).is_empty());
    }

    #[test]
    fn masking_leaves_no_whole_value() {
        assert_eq!(mask("ana@example.com"), "a…@e….com");
        assert_eq!(mask("+14155550123"), "+…3");
        assert_eq!(mask("ab"), "…");
        assert_eq!(mask("@x.y and then all of a secret"), "@x….…");
        assert_eq!(mask("\u{1b}[31m\u{7}"), "\u{fffd}…\u{fffd}");
    }
}
