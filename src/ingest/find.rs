//! From the paths that a source declares to the files that are there.

use std::path::{Path, PathBuf};

use crate::config::Source;
use crate::problem::{Problem, nearest};

/// Standard input, as a path of a source.
pub(super) const STDIN: &str = "-";

/// A file of a source; `path` is `None` for standard input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Relative to the config's folder where it lies under it, with `/`.
    pub shown: String,
    /// Where to open it.
    pub path: Option<PathBuf>,
}

/// All files of a source (number `index` of the config), sorted, each once; a fault per path that names none.
pub(super) fn find(source: &Source, index: usize, base: &Path, problems: &mut Vec<Problem>) -> Vec<Found> {
    let mut files = Vec::new();
    for pattern in source.path.as_slice() {
        match find_one(pattern, base) {
            Ok(found) => files.extend(found),
            Err((what, fix)) => problems.push(match fix {
                Fix::Path(fix) => Problem::file(pattern, None, format!("{what} (source \"{}\")", source.name), fix),
                Fix::Config(fix) => Problem::config(&format!("source.{index}.path"), what, fix),
            }),
        }
    }
    files.sort();
    files.dedup_by(|a, b| a.shown == b.shown);
    files
}

enum Fix {
    /// The file is at fault.
    Path(String),
    /// The pattern is.
    Config(String),
}

fn find_one(pattern: &str, base: &Path) -> Result<Vec<Found>, (String, Fix)> {
    if pattern == STDIN {
        return Ok(vec![Found { shown: STDIN.into(), path: None }]);
    }
    let literal = base.join(pattern);
    match std::fs::metadata(&literal) {
        Ok(metadata) if metadata.is_dir() => {
            let fix = format!("name its files: `{}/*.csv`", pattern.trim_end_matches('/'));
            return Err(("is a folder".into(), Fix::Path(fix)));
        }
        Ok(_) => return Ok(vec![Found { shown: shown(&literal, base), path: Some(literal) }]),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound && !is_glob(pattern) => {
            return Err((format!("cannot be opened: {error}"), Fix::Path(String::new())));
        }
        Err(_) => {}
    }
    if !is_glob(pattern) {
        return Err(("no such file".into(), Fix::Path(neighbors(&literal, base))));
    }
    let whole = if Path::new(pattern).is_absolute() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(&base.to_string_lossy()))
    };
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
    let matches = glob::glob_with(&whole, options).map_err(|error| {
        (
            format!("`{pattern}` is not a valid pattern: {}", error.msg),
            Fix::Config("`*`, `?`, `[…]` and `**` have a meaning".into()),
        )
    })?;
    let mut found = Vec::new();
    for path in matches {
        let path = path.map_err(|error| (format!("cannot be read: {}", error.error()), Fix::Path(String::new())))?;
        if !path.is_dir() {
            found.push(Found { shown: shown(&path, base), path: Some(path) });
        }
    }
    if found.is_empty() {
        return Err(("no file matches".into(), Fix::Path(neighbors(&literal, base))));
    }
    Ok(found)
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

fn shown(path: &Path, base: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path);
    let shown = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    shown.trim_start_matches("./").to_owned()
}

/// What lies near a path that is not there: the nearest names in its folder, or the folder that is missing.
fn neighbors(missing: &Path, base: &Path) -> String {
    let folder = missing.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(base);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    let wanted = missing.strip_prefix(folder).unwrap_or(missing).iter().next().unwrap_or_default().to_string_lossy();
    let mut near = nearest(&wanted, names.iter().map(String::as_str));
    if near.is_empty() {
        near = names.iter().take(5).map(String::as_str).collect();
    }
    let folder = shown(folder, base);
    let folder = if folder.is_empty() { "the config's folder".to_owned() } else { format!("`{folder}`") };
    if near.is_empty() {
        return format!("{folder} is empty");
    }
    format!("in {folder} there is {}", near.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("can be made");
            std::fs::write(path, "a\n1\n").expect("can be written");
        }
        folder
    }

    fn names(patterns: &[&str], folder: &Path) -> (Vec<String>, Vec<String>) {
        let source = format!("name = \"s\"\nchannel = \"web\"\npath = {patterns:?}");
        let mut problems = Vec::new();
        let found = find(&toml::from_str(&source).expect("a source"), 0, folder, &mut problems);
        (found.into_iter().map(|f| f.shown).collect(), problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn files_are_sorted_and_named_once() {
        let folder = folder(&["pos/b.csv", "pos/a.csv", "pos/.hidden.csv", "pos/old/c.csv", "x [1].csv"]);
        let (found, problems) = names(&["pos/*.csv", "pos/b.csv", "x [1].csv", "./pos/a.csv"], folder.path());
        assert_eq!(found, ["pos/a.csv", "pos/b.csv", "x [1].csv"]);
        assert_eq!(problems, [""; 0]);
        let (found, _) = names(&["**/*.csv", "-"], folder.path());
        assert_eq!(found, ["-", "pos/a.csv", "pos/b.csv", "pos/old/c.csv", "x [1].csv"]);
    }

    #[test]
    fn a_path_that_names_nothing_is_a_fault_with_the_nearest_names() {
        let folder = folder(&["exports/web_2024.csv", "exports/pos.csv"]);
        let (found, problems) =
            names(&["exports/web-2024.csv", "exprots/*.csv", "exports/*.tsv", "exports"], folder.path());
        assert!(found.is_empty());
        assert_eq!(
            problems,
            [
                "exports/web-2024.csv: no such file (source \"s\")\nhint: in `exports` there is \"web_2024.csv\"",
                "exprots/*.csv: no file matches (source \"s\")\nhint: in the config's folder there is \"exports\"",
                "exports/*.tsv: no file matches (source \"s\")\nhint: in `exports` there is \"pos.csv\", \"web_2024.csv\"",
                "exports: is a folder (source \"s\")\nhint: name its files: `exports/*.csv`",
            ]
        );
    }
}
