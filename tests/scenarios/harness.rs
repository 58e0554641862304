//! Runs the binary on a copy of a folder and reads what it published.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of a folder in which the binary runs.
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A copy of the folder, without `out/`, `expected/` and later nights.
    pub fn copy(from: &Path) -> Self {
        let scratch = Self::empty();
        copy(from, scratch.path());
        scratch
    }

    /// Nothing yet.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("the temporary folder can be written") }
    }

    /// A folder of small files.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let scratch = Self::empty();
        for (name, text) in files {
            scratch.write(name, text.as_bytes());
        }
        scratch
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(path, bytes).expect("files can be written");
    }

    /// Runs `onefold` with these arguments in the folder.
    pub fn onefold(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// `onefold` with these arguments, ready to be run in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onefold"));
        // No color, no width of some terminal, no settings of whoever runs the tests.
        command.args(arguments).current_dir(self.path()).env("NO_COLOR", "1").env("COLUMNS", "100");
        command
    }

    /// Runs `onefold run --quiet` and expects it to publish.
    pub fn run(&self) -> Published {
        self.run_with(&[])
    }

    /// The same with more arguments.
    pub fn run_with(&self, arguments: &[&str]) -> Published {
        let output = self.onefold(&[&["run", "--quiet"], arguments].concat());
        assert!(
            output.status.success(),
            "onefold run failed with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        self.published()
    }

    /// What is published now.
    pub fn published(&self) -> Published {
        Published { folder: self.path().join("out/current"), before: BTreeMap::new() }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("a folder can be listed");
        let (name, path) = (entry.file_name(), entry.path());
        let is_night =
            name.to_str().and_then(|name| name.strip_prefix("night")).is_some_and(|n| n.parse::<u32>().is_ok());
        if name == "out" || name == "expected" || is_night {
            continue;
        }
        if path.is_dir() {
            fs::create_dir_all(to.join(&name)).expect("folders can be made");
            copy(&path, &to.join(&name));
        } else {
            fs::copy(&path, to.join(&name)).expect("files can be copied");
        }
    }
}

/// A published run.
pub struct Published {
    folder: PathBuf,
    /// Person ids of the night before, numbered as in [`Published::groups`].
    before: BTreeMap<String, usize>,
}

/// A table read from CSV: header, then rows.
pub struct Table {
    /// Column names.
    pub header: Vec<String>,
    /// Rows of cells.
    pub rows: Vec<Vec<String>>,
}

impl Published {
    /// A file's bytes.
    pub fn bytes(&self, file: &str) -> Vec<u8> {
        let path = self.folder.join(file);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// All tables, lists and suggestions (not `run.json`), by file name in the run's folder.
    pub fn tables(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.folder)
            .iter()
            .map(|path| {
                path.strip_prefix(&self.folder).ok().and_then(Path::to_str).expect("names are UTF-8").to_owned()
            })
            .filter(|name| [".csv", ".parquet", ".toml"].iter().any(|ending| name.ends_with(ending)))
            .map(|name| (name.clone(), self.bytes(&name)))
            .collect()
    }

    /// A table.
    pub fn table(&self, name: &str) -> Table {
        Table::parse(&self.bytes(&format!("{name}.csv")))
    }

    /// `run.json`.
    pub fn report(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes("run.json")).expect("run.json is JSON")
    }

    /// A table with the columns of `header` only; `group` stands for the person: 1 for the first one of the crosswalk,
    /// and so on. So expectations can be written by hand. Over several nights, `was` is the group that had this person id
    /// the night before (blank = the id is new), `old_group` and `new_group` are those of lineage's ids.
    pub fn view(&self, name: &str, header: &[String]) -> String {
        let table = self.table(name);
        let groups = self.groups();
        let number =
            |groups: &BTreeMap<String, usize>, id: &str| groups.get(id).map_or(String::new(), usize::to_string);
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(header).expect("memory can be written");
        for row in &table.rows {
            let cell = |column: &String| match column.as_str() {
                "group" => groups[table.cell(row, "person_id")].to_string(),
                "was" => number(&self.before, table.cell(row, "person_id")),
                "old_group" => number(&self.before, table.cell(row, "old_person_id")),
                "new_group" => number(&groups, table.cell(row, "new_person_id")),
                column => table.cell(row, column).to_owned(),
            };
            out.write_record(header.iter().map(cell)).expect("memory can be written");
        }
        String::from_utf8(out.into_inner().expect("memory can be written")).expect("tables are UTF-8")
    }

    /// Person ids, numbered from 1 as they first occur in the crosswalk.
    pub fn groups(&self) -> BTreeMap<String, usize> {
        let crosswalk = self.table("crosswalk");
        let mut groups = BTreeMap::new();
        for row in &crosswalk.rows {
            let next = groups.len() + 1;
            groups.entry(crosswalk.cell(row, "person_id").to_owned()).or_insert(next);
        }
        groups
    }
}

impl Table {
    /// From CSV.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().expect("a table has a header").iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|row| row.expect("tables are sound CSV").iter().map(str::to_owned).collect())
            .collect();
        Self { header, rows }
    }

    /// A row's cell in a column.
    pub fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        let at = self.header.iter().position(|name| name == column);
        &row[at.unwrap_or_else(|| panic!("no column {column:?} among {:?}", self.header))]
    }

    /// All cells of a column.
    pub fn column(&self, column: &str) -> Vec<&str> {
        self.rows.iter().map(|row| self.cell(row, column)).collect()
    }
}

/// Runs a scenario folder and compares what came out with what is in `expected/`; with `ONEFOLD_BLESS=1`, writes it.
///
/// | file | compared |
/// |---|---|
/// | `groups.csv` | the crosswalk as `group,source,record_id` |
/// | `NAME.part.csv` | these columns of table NAME; `group` stands for the person |
/// | any other, such as `audiences/NAME.csv` | the published file of that name, byte for byte |
///
/// The files of a folder `night2` (then `night3` …) come over those that are there, a second run follows on the first,
/// and `night2/expected/` is what must come out then. `night2/commands.txt` has commands that come before that run, one a
/// line.
pub fn check(folder: &Path) {
    let scratch = Scratch::copy(folder);
    compare(&scratch.run(), &folder.join("expected"));
    for night in (2..).map(|number| folder.join(format!("night{number}"))).take_while(|night| night.exists()) {
        let before = scratch.published().groups();
        copy(&night, scratch.path());
        for line in fs::read_to_string(night.join("commands.txt")).unwrap_or_default().lines() {
            let output = scratch.onefold(&line.split_whitespace().collect::<Vec<_>>());
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        }
        compare(&Published { before, ..scratch.run() }, &night.join("expected"));
    }
}

/// Files of a folder and of those below it, sorted; links are not followed.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn compare(published: &Published, expected: &Path) {
    let files = files(expected);
    assert!(!files.is_empty(), "{} expects nothing", expected.display());
    let mut differences = Vec::new();
    for path in files {
        let name = path.strip_prefix(expected).ok().and_then(Path::to_str).expect("names are UTF-8");
        let wanted = fs::read_to_string(&path).expect("expectations are UTF-8");
        let header = || Table::parse(wanted.as_bytes()).header;
        let found = match name {
            "groups.csv" => published.view("crosswalk", &header()),
            _ => match name.strip_suffix(".part.csv") {
                Some(table) => published.view(table, &header()),
                None => String::from_utf8(published.bytes(name)).expect("tables are UTF-8"),
            },
        };
        if found != wanted {
            if std::env::var_os("ONEFOLD_BLESS").is_some() {
                fs::write(&path, &found).expect("expectations can be written");
            } else {
                differences.push(format!("--- expected/{name}\n{wanted}--- found\n{found}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}\n{}", expected.display(), differences.join("\n"));
}
