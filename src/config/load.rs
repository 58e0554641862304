//! From a file to a [`Config`], with faults that point into the text.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use super::shape::check_shape;
use super::substitute::substitute;
use super::tree::Tree;
use super::{Config, check, presets};
use crate::problem::{Place, Problem, Problems};

/// A config with what is needed to speak about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The parsed config, with every `${NAME}` put in.
    pub config: Config,
    /// Where it was read from.
    pub path: PathBuf,
    /// The folder that its paths are relative to.
    pub base: PathBuf,
    /// Its text as it stands in the file, so that places are right and no secret is shown.
    pub text: String,
}

/// Reads, parses and checks a config file; all faults at once. `${NAME}` comes from the environment.
///
/// Whoever shows the faults needs the text: see [`read`] and [`super::render`].
pub fn load(path: &Path) -> Result<Loaded, Problems> {
    let (loaded, faults) = load_with_faults(path)?;
    if faults.is_empty() { Ok(loaded) } else { Err(Problems(faults)) }
}

/// The same, but a config that has the right shape comes even where what its values say is wrong, beside those faults:
/// so that whoever opens its files can add theirs (see [`in_order`]).
pub fn load_with_faults(path: &Path) -> Result<(Loaded, Vec<Problem>), Problems> {
    parse(&read(path)?, path, &|name| std::env::var(name).ok())
}

/// The text of a config file.
///
/// Fails where it cannot be read or is not UTF-8; where there is no such file, the hint names the `.toml` files that are
/// there.
pub fn read(path: &Path) -> Result<String, Problems> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::file(&shown, None, "no such config file", others(path)),
        _ if path.is_dir() => {
            Problem::file(&shown, None, "this is a folder, not a config file", others(&path.join("onefold.toml")))
        }
        _ => Problem::file(&shown, None, format!("cannot read the config: {error}"), "check the file's permissions"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..good].iter().filter(|&&byte| byte == b'\n').count() as u64;
        let byte = error.as_bytes()[good];
        let what = format!("not UTF-8 text: byte 0x{byte:02X} at offset {good}");
        Problem::file(&shown, Some(line), what, "save the file as UTF-8").into()
    })
}

/// The same as [`load`] from text (`env` looks up `${NAME}`); `path` is where it came from.
pub fn load_text(text: &str, path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Loaded, Problems> {
    let (loaded, faults) = parse(text, path, env)?;
    if faults.is_empty() { Ok(loaded) } else { Err(Problems(faults)) }
}

fn parse(text: &str, path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<(Loaded, Vec<Problem>), Problems> {
    let (mut tree, faults) = Tree::parse(text);
    if !faults.is_empty() {
        return Err(Problems(faults));
    }
    let mut faults = substitute(text, &mut tree.root, env);
    faults.extend(check_shape(&tree.root));
    if !faults.is_empty() {
        return Err(Problems(sorted(&tree, faults)));
    }
    let mut config = deserialize(&tree.root)?;
    let mut faults = presets::apply(&mut config);
    faults.extend(check(&config));
    let faults = sorted(&tree, faults);
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if config.project.name.is_empty() {
        let folder = absolute.parent().and_then(Path::file_name);
        config.project.name = folder.map_or_else(|| "onefold".into(), |name| name.to_string_lossy().into_owned());
    }
    let base = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    Ok((Loaded { config, path: path.to_owned(), base, text: text.to_owned() }, faults))
}

fn deserialize(root: &DeTable<'_>) -> Result<Config, Problem> {
    let spanned = Spanned::new(0..0, root.clone());
    Config::deserialize(Deserializer::from(spanned)).map_err(|error| Problem {
        place: Place::ConfigSpan(error.span().unwrap_or(0..0)),
        what: error.message().to_owned(),
        fix: "see docs/config.md for what each key may be".into(),
    })
}

/// The faults of two looks at a config, by place in the file, those that have none there first. What the later look says
/// of a place that the earlier one spoke of is left out.
#[must_use]
pub fn in_order(text: &str, earlier: Vec<Problem>, later: Vec<Problem>) -> Problems {
    let path = |fault: &Problem| match &fault.place {
        Place::Config { path, .. } | Place::ConfigKey { path } => Some(path.clone()),
        _ => None,
    };
    let spoken_of: Vec<_> = earlier.iter().filter_map(path).collect();
    let new = |fault: &Problem| path(fault).is_none_or(|path| !spoken_of.iter().any(|known| path.starts_with(known)));
    let faults = earlier.into_iter().chain(later.into_iter().filter(new)).collect();
    Problems(sorted(&Tree::parse(text).0, faults))
}

fn sorted(tree: &Tree<'_>, mut faults: Vec<Problem>) -> Vec<Problem> {
    faults.sort_by_key(|fault| tree.range(&fault.place).map(|range| range.start));
    faults
}

/// What to do when there is no config at `path`: the configs of that folder, told from other TOML files by a source.
fn others(path: &Path) -> String {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_config = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "toml")
            && std::fs::read_to_string(path).is_ok_and(|text| text.contains("[[source]]"))
    };
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_config)
        .map(|path| format!("-c {}", path.strip_prefix("./").unwrap_or(&path).display()))
        .collect();
    found.sort();
    found.truncate(3);
    if found.is_empty() {
        return "name the config file with -c FILE; `onefold init FILES…` writes a first one from your exports"
            .to_owned();
    }
    format!("name the config file: there is {}", found.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
[[source]]
name = 'pos'
channel = 'pos'
path = 'a.csv'
[source.fields]
email = 'E-Mail'
[identifiers.email]
";

    fn env(name: &str) -> Option<String> {
        (name == "DAY").then(|| "2026-11-21".to_owned())
    }

    #[test]
    fn a_small_config_loads_with_its_folder_and_its_project_named_by_it() {
        let loaded = load_text(GOOD, Path::new("/data/acme/onefold.toml"), &env).expect("it is good");
        assert_eq!(loaded.base, Path::new("/data/acme"));
        assert_eq!(loaded.config.project.name, "acme");
        assert_eq!(load_text(GOOD, Path::new("onefold.toml"), &env).expect("it is good").base, Path::new("."));
    }

    #[test]
    fn the_environment_is_in_the_values_but_not_in_the_text() {
        let text = GOOD.replace("a.csv", "a-${DAY}.csv");
        let loaded = load_text(&text, Path::new("onefold.toml"), &env).expect("it is good");
        assert_eq!(loaded.config.source[0].path.as_slice(), ["a-2026-11-21.csv"]);
        assert_eq!(loaded.text, text);
    }

    #[test]
    fn windows_line_ends_and_a_byte_order_mark_do_no_harm() {
        let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
        assert!(load_text(&text, Path::new("onefold.toml"), &env).is_ok());
    }

    #[test]
    fn faults_come_in_the_order_of_the_file() {
        let text = "[output]\ndir = ''\n".to_owned()
            + GOOD
            + "[project]\ntime_zone = 'Mars/Base'\n[[segment]]\nname = 'X'\nwhere = 'true'\n";
        let faults = load_text(&text, Path::new("onefold.toml"), &env).expect_err("three faults").0;
        let paths: Vec<_> = faults
            .iter()
            .map(|fault| match &fault.place {
                Place::Config { path, .. } => path.join("."),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(paths, ["output.dir", "project.time_zone", "segment.0.name"]);
    }

    #[test]
    fn a_missing_config_names_the_ones_that_are_there() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("acme.toml"), GOOD).expect("it can be written");
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\n").expect("it can be written");
        let fault = &load(&folder.path().join("onefold.toml")).expect_err("it is not there").0[0];
        assert_eq!(fault.what, "no such config file");
        assert!(fault.fix.contains("acme.toml"), "{}", fault.fix);
        assert!(!fault.fix.contains("Cargo.toml"), "{}", fault.fix);
        let fault = &load(folder.path()).expect_err("a folder is no file").0[0];
        assert!(fault.what.contains("folder") && fault.fix.contains("acme.toml"), "{fault}");
    }

    #[test]
    fn a_config_in_another_encoding_is_refused_with_its_line() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("onefold.toml");
        std::fs::write(&path, b"[project]\nname = 'M\xfcller'\n").expect("it can be written");
        let fault = &load(&path).expect_err("not UTF-8").0[0];
        assert!(matches!(fault.place, Place::File { line: Some(2), .. }), "{fault:?}");
        assert!(fault.what.contains("0xFC"), "{}", fault.what);
    }

    #[test]
    fn an_empty_file_lacks_a_source_and_an_identifier() {
        let faults = load_text("", Path::new("onefold.toml"), &env).expect_err("it is empty").0;
        let whats: Vec<_> = faults.iter().map(|fault| fault.what.as_str()).collect();
        assert_eq!(whats, ["the config declares no source", "the config declares no identifier"]);
    }

    proptest::proptest! {
        /// Whatever is done to a config, it loads or gives faults that can be shown in its text.
        #[test]
        fn no_text_makes_loading_or_showing_fail(cut in 0..3000_usize, length in 0..40_usize, put in "[\\PC\n\\[\\]{}=\"'.#$]{0,12}") {
            let mut text = include_str!("example.toml").to_owned();
            let boundary = |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (start, end) = (boundary(&text, cut), boundary(&text, cut + length));
            text.replace_range(start..end, &put);
            let path = Path::new("onefold.toml");
            if let Err(problems) = load_text(&text, path, &env) {
                proptest::prop_assert!(!problems.0.is_empty());
                proptest::prop_assert!(crate::config::render(&problems, Some((path, &text))).contains("error"));
            }
        }
    }
}
