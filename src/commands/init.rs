//! `onefold init`: a first config from raw files.

use std::path::{Path, PathBuf};

use super::{Failure, print};
use crate::cli::InitArgs;
use crate::ingest;
use crate::problem::{Problem, Problems, nearest};
use crate::sniff;

/// Looks at the files and writes the config.
pub fn init(config: &Path, args: &InitArgs) -> Result<(), Failure> {
    if !args.print && !args.force && config.exists() {
        let what = "is there already";
        let fix = "look at a new one with --print, write over it with --force, or name another file with -c";
        return Err(Problem::file(config.display().to_string(), None, what, fix).into());
    }
    let base = config.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut faults = Vec::new();
    let mut looks = Vec::new();
    let mut known: Vec<PathBuf> = Vec::new();
    for file in &args.files {
        let whole = file.canonicalize().unwrap_or_else(|_| file.clone());
        if known.contains(&whole) {
            continue; // named twice
        }
        known.push(whole);
        match found(file).and_then(|()| ingest::look(file)) {
            Ok(mut look) => {
                look.path = relative(file, base);
                looks.push(look);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Problems(faults).into());
    }
    let draft = sniff::draft(looks, &|paths| path_value(paths, base))?;
    if args.print {
        return print(draft.toml.as_bytes());
    }
    std::fs::write(config, &draft.toml).map_err(|error| {
        Problem::file(config.display().to_string(), None, format!("cannot be written: {error}"), "")
    })?;
    let named = if config == Path::new("onefold.toml") { String::new() } else { format!(" -c {}", config.display()) };
    let next = format!("\nWritten: {}. Next: onefold check{named}, then onefold run{named}\n", config.display());
    print((draft.told + &next).as_bytes())
}

/// Whether there is a file of that name.
fn found(file: &Path) -> Result<(), Problem> {
    let shown = file.display().to_string();
    if file.is_dir() {
        let fix = format!("name the files in it: onefold init {}/*", shown.trim_end_matches('/'));
        return Err(Problem::file(shown, None, "is a folder", fix));
    }
    if file.exists() {
        return Ok(());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let wanted = file.file_name().unwrap_or_default().to_string_lossy();
    let fix = match nearest(&wanted, names.iter().map(String::as_str)).first() {
        Some(near) => format!("did you mean {}?", file.with_file_name(near).display()),
        None => "name files that are there".to_owned(),
    };
    Err(Problem::file(shown, None, "no such file", fix))
}

/// A file's path as seen from the config's folder, where it lies under it; else as a whole.
fn relative(file: &Path, base: &Path) -> String {
    let whole = |path: &Path| path.canonicalize().ok();
    let from_base = || whole(file)?.strip_prefix(whole(base)?).ok().map(Path::to_path_buf);
    let path = from_base().unwrap_or_else(|| {
        let up = whole(file).filter(|_| base != Path::new("."));
        up.unwrap_or_else(|| file.to_owned())
    });
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// One path, a pattern where names differ in digits only and nothing else matches it, or a list.
fn path_value(paths: &[String], base: &Path) -> String {
    let quote = |text: &String| toml::Value::String(text.clone()).to_string();
    if let [one] = paths {
        return quote(one);
    }
    let pattern = paths.first().map(|first| pattern(first)).unwrap_or_default();
    let same = paths.iter().all(|path| self::pattern(path) == pattern);
    let found = |pattern: &str| -> Option<Vec<PathBuf>> {
        let found = glob::glob(&base.join(pattern).to_string_lossy()).ok()?;
        found.collect::<Result<_, _>>().ok()
    };
    if same && found(&pattern).is_some_and(|found| found.len() == paths.len()) {
        return quote(&pattern);
    }
    format!("[{}]", paths.iter().map(quote).collect::<Vec<_>>().join(", "))
}

/// The file's name with `*` for every run of digits: tomorrow's file is found as well.
fn pattern(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let mut pattern = if folder.is_empty() { String::new() } else { format!("{}/", glob::Pattern::escape(folder)) };
    for c in name.chars() {
        match c {
            '0'..='9' if pattern.ends_with('*') => {}
            '0'..='9' => pattern.push('*'),
            other => pattern += &glob::Pattern::escape(&other.to_string()),
        }
    }
    // Days and hours are digits in pieces: one star for all of them.
    while let Some(at) =
        ["*-*", "*_*", "*.*"].iter().find_map(|pieces| pattern.find(pieces).filter(|_| *pieces != "*.*"))
    {
        pattern.replace_range(at..at + 3, "*");
    }
    pattern
}
