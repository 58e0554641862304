//! Finds, opens and checks all files of a run; every fault is found before anything is read.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::path::Path;

use encoding_rs::Encoding;

use super::cells::Delimiter;
use super::condition::{Conditions, columns};
use super::evaluate::constants;
use super::find::{Found, STDIN, find};
use super::inspect::{STDIN_LOOK, Seen, format_by_name, inspect};
use super::json;
use super::layout::{Declared, Layout, fold};
use super::mapping::Mapping;
use super::needs::{Columns, check_needs, sample_has};
use crate::config::{self, Config, Format};
use crate::model::{Schema, SourceId};
use crate::problem::{Problem, Problems, Result, nearest};

/// The files of a run, opened and checked.
pub struct Inputs {
    pub(super) sources: Vec<OpenSource>,
    pub(super) stdin: Box<dyn Read + Send>,
    warnings: Vec<Problem>,
}

impl Inputs {
    /// What is odd but does not stop a run: columns of the same name, JSON paths that no line seems to have.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// All files with their source, in the order in which they are read; paths as in [`crate::model::InputFile`].
    pub fn files(&self) -> impl Iterator<Item = (SourceId, &str)> {
        self.sources.iter().flat_map(|source| source.files.iter().map(|file| (source.id, file.found.shown.as_str())))
    }

    /// Size of all files in bytes, as they are (packed); standard input counts as none.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.sources.iter().flat_map(|source| &source.files).map(|file| file.bytes).sum()
    }
}

impl Default for Inputs {
    /// No files.
    fn default() -> Self {
        Self { sources: Vec::new(), stdin: Box::new(io::empty()), warnings: Vec::new() }
    }
}

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs").field("sources", &self.sources).field("warnings", &self.warnings).finish()
    }
}

/// A source, ready to be read.
#[derive(Debug)]
pub(super) struct OpenSource {
    /// Which.
    pub id: SourceId,
    /// As declared.
    pub name: String,
    /// Its mapping.
    pub mapping: Mapping,
    /// The mapping's conditions.
    pub conditions: Conditions,
    /// Its files, by path.
    pub files: Vec<OpenFile>,
    /// Everything that the config and the files' headers say of it, as text: what the cache goes by.
    pub says: String,
}

/// A file, ready to be read.
#[derive(Debug)]
pub(super) struct OpenFile {
    /// Where it is.
    pub found: Found,
    /// Its size.
    pub bytes: u64,
    /// How to read it.
    pub form: Form,
    /// What the mapping's patterns find in its name.
    pub constants: Vec<String>,
}

/// How to read a file.
#[derive(Debug)]
pub(super) enum Form {
    /// Delimited text; per slot the column, if the file has it.
    Csv { layout: Layout, encoding: Option<&'static Encoding>, columns: Vec<Option<usize>> },
    /// JSON Lines; one cell per slot.
    Jsonl { wanted: json::Wanted, encoding: Option<&'static Encoding> },
    /// Parquet: names of all columns; per slot the column, if the file has it.
    Parquet { names: Vec<String>, columns: Vec<Option<usize>> },
}

/// See [`super::open`].
pub(super) fn open(
    config: &Config,
    schema: &Schema,
    base: &Path,
    mut stdin: Box<dyn Read + Send>,
) -> Result<Inputs, Problems> {
    let (mut problems, mut warnings, mut sources) = (Vec::new(), Vec::new(), Vec::new());
    let readers: Vec<usize> =
        (0..config.source.len()).filter(|n| config.source[*n].path.as_slice().iter().any(|p| p == STDIN)).collect();
    let mut beginning = Vec::new();
    if let [first, rest @ ..] = &readers[..] {
        for other in rest {
            let what = format!("standard input is read by source \"{}\" already", config.source[*first].name);
            problems.push(Problem::config_at(&["source", &other.to_string(), "path"], what, "give each its own file"));
        }
        if let Err(error) = stdin.by_ref().take(STDIN_LOOK).read_to_end(&mut beginning) {
            problems.push(Problem::file(STDIN, None, format!("cannot be read: {error}"), ""));
        }
    }
    for (index, source) in config.source.iter().enumerate() {
        let opener = Opener { source, index, schema, stdin: &beginning };
        sources.extend(opener.open(config, base, &mut problems, &mut warnings));
    }
    let stdin = Box::new(Cursor::new(beginning).chain(stdin));
    if problems.is_empty() { Ok(Inputs { sources, stdin, warnings }) } else { Err(Problems(problems)) }
}

/// Standard input.
pub(super) fn stdin() -> Box<dyn Read + Send> {
    Box::new(io::stdin())
}

struct Opener<'a> {
    source: &'a config::Source,
    index: usize,
    schema: &'a Schema,
    stdin: &'a [u8],
}

/// Faulty files of one source that are listed; more are counted.
const LISTED: usize = 10;

impl Opener<'_> {
    fn open(
        &self,
        config: &Config,
        base: &Path,
        problems: &mut Vec<Problem>,
        warnings: &mut Vec<Problem>,
    ) -> Option<OpenSource> {
        let source = self.source;
        let found = find(source, self.index, base, problems);
        let encoding = self.encoding(problems);
        let delimiter = self.delimiter(problems);
        let exact = found.iter().any(|file| self.format(file) == Format::Jsonl);
        let mapping = Mapping::new(source, self.index, &config.project, self.schema, exact, problems);
        let declared = Declared {
            delimiter,
            columns: source.columns.clone(),
            skip_lines: source.skip_lines,
            wanted: mapping.slots.clone(),
        };
        let (mut seen, mut faults) = (Vec::new(), Vec::new());
        for file in found {
            match inspect(&file, self.stdin, source.format, encoding, &declared) {
                Ok(this) => seen.push((file, this)),
                Err(fault) => faults.push(fault),
            }
        }
        let more = faults.len().saturating_sub(LISTED);
        problems.extend(faults.into_iter().take(LISTED));
        if more > 0 {
            let what = format!("{more} more files of source \"{}\" have faults", source.name);
            problems.push(self.fault("path", what, ""));
        }
        let mut mapping = mapping;
        if source.preset.is_some() && !seen.is_empty() {
            let pruned = self.pruned(&seen, problems);
            mapping = Mapping::new(&pruned, self.index, &config.project, self.schema, exact, &mut Vec::new());
        }
        let served = check_needs(&mapping, &source.name, &seen, problems, warnings);
        let known = match seen.first() {
            Some((_, Seen::Jsonl(_))) => mapping.slots.clone(),
            Some((_, first)) if source.preset.is_none() => first.columns(),
            Some(_) => seen.iter().flat_map(|(_, seen)| seen.columns()).collect(),
            None => return None,
        };
        // Where its files are decides nothing about their rows.
        let said = config::Source { path: config::OneOrMany::Many(Vec::new()), ..source.clone() };
        let says = format!("{} {known:?} {exact}", serde_json::json!(said));
        let conditions = Conditions::new(&mapping.conditions, &known, problems);
        let files = seen.into_iter().zip(served).map(|((found, seen), columns)| OpenFile {
            bytes: found.path.as_ref().and_then(|path| path.metadata().ok()).map_or(0, |metadata| metadata.len()),
            constants: constants(&mapping, found.shown.rsplit('/').next().unwrap_or_default()),
            form: match (seen, columns) {
                (Seen::Csv(layout), Columns::Named(columns)) => Form::Csv { layout, encoding, columns },
                (Seen::Parquet(names), Columns::Named(columns)) => {
                    Form::Parquet { names: names.into_iter().map(|(name, _)| name).collect(), columns }
                }
                (_, Columns::Paths(wanted)) => Form::Jsonl { wanted, encoding },
                (Seen::Jsonl(_), Columns::Named(_)) => unreachable!("JSON Lines have paths"),
            },
            found,
        });
        let files = files.collect();
        let id = self.schema.source(&source.name)?;
        Some(OpenSource { id, name: source.name.clone(), mapping, conditions, files, says })
    }

    /// The source without what its preset says of columns that the files lack. A file that has none of them is a fault.
    fn pruned(&self, seen: &[(Found, Seen)], problems: &mut Vec<Problem>) -> config::Source {
        let has = |seen: &Seen, column: &str| match seen {
            // JSON is sparse: a path that the first lines lack may come later.
            Seen::Jsonl(sample) => sample.objects.is_empty() || sample_has(sample, column),
            other => other.columns().iter().any(|name| fold(name) == fold(column)),
        };
        let everywhere = |column: &str| seen.iter().all(|(_, seen)| has(seen, column));
        let somewhere = |column: &str| seen.iter().any(|(_, seen)| matches!(seen, Seen::Jsonl(_)) || has(seen, column));
        let pruned = config::prune(self.source, &everywhere, &somewhere, &columns);
        let preset = self.source.preset.as_deref().unwrap_or_default();
        let expected: Vec<&str> = config::preset(preset).map(|preset| preset.columns()).unwrap_or_default();
        for (file, seen) in seen {
            let known = seen.columns();
            if known.is_empty() || expected.iter().any(|column| has(seen, column)) {
                continue;
            }
            let other = config::recognize(&known).filter(|(other, _)| other.name != preset);
            let fix = match other {
                Some((other, _)) => format!("its columns are those of preset \"{}\"", other.name),
                None => {
                    let names: Vec<String> = known.iter().take(20).map(|name| format!("\"{name}\"")).collect();
                    format!("its columns are {}", names.join(", "))
                }
            };
            let what = format!("has none of the columns that preset \"{preset}\" knows");
            problems.push(Problem::file(&file.shown, seen.header_line(), what, fix));
        }
        pruned
    }

    fn format(&self, file: &Found) -> Format {
        self.source.format.unwrap_or_else(|| format_by_name(&file.shown))
    }

    fn fault(&self, key: &str, what: String, fix: &str) -> Problem {
        Problem::config_at(&["source", &self.index.to_string(), key], what, fix)
    }

    fn encoding(&self, problems: &mut Vec<Problem>) -> Option<&'static Encoding> {
        let label = self.source.encoding.as_deref()?;
        let encoding = Encoding::for_label_no_replacement(label.as_bytes());
        if encoding.is_none() {
            let known = ["utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "shift_jis", "gb18030"];
            let near = nearest(label, known);
            let near = near.first().map_or_else(|| known[..4].join("`, `"), |near| (*near).to_owned());
            let what = format!("no encoding is called \"{label}\"");
            problems.push(self.fault("encoding", what, &format!("for example `{near}`")));
        }
        encoding
    }

    fn delimiter(&self, problems: &mut Vec<Problem>) -> Option<Delimiter> {
        match self.source.delimiter.as_deref()? {
            "spaces" => Some(Delimiter::Spaces),
            "tab" | "\\t" => Some(Delimiter::Byte(b'\t')),
            one if one.len() == 1 && one.is_ascii() && !matches!(one, "\"" | "\n" | "\r") => {
                Some(Delimiter::Byte(one.as_bytes()[0]))
            }
            other => {
                let what = format!("{other:?} cannot part columns");
                let fix = "one ASCII character that is no quote or line end, or \"spaces\"";
                problems.push(self.fault("delimiter", what, fix));
                None
            }
        }
    }
}
