//! A data steward's files: `[[always_link]]` and `[[never_link]]`.

use std::path::Path;

use csv::StringRecord;

use crate::config::Config;
use crate::model::{Said, SaidOf, Schema};
use crate::normalize::Plan;
use crate::problem::{Problem, Problems, mask, nearest};

const RECORDS: [&str; 4] = ["source", "record_id", "source_2", "record_id_2"];
const IDENTIFIERS: [&str; 4] = ["namespace", "value", "namespace_2", "value_2"];

/// Reads all files of both kinds, `base` being the config's folder; every row that cannot be read is a fault, for what a
/// steward said must not get lost. Lines that begin with `#` are comments.
pub fn steward(config: &Config, schema: &Schema, plan: &Plan, base: &Path) -> Result<Vec<Said>, Problems> {
    let (mut said, mut faults) = (Vec::new(), Vec::new());
    for (key, files) in [("always_link", &config.always_link), ("never_link", &config.never_link)] {
        for (index, file) in files.iter().enumerate() {
            let rows = Rows { file: &file.file, together: key == "always_link", schema, plan };
            match std::fs::read(base.join(&file.file)) {
                Ok(text) => rows.read(&text, &mut said, &mut faults),
                Err(error) => {
                    let place = [key, &index.to_string(), "file"];
                    let what = format!("cannot read {}: {error}", file.file);
                    faults.push(Problem::config_at(&place, what, "the path is relative to the config's folder"));
                }
            }
        }
    }
    if faults.is_empty() { Ok(said) } else { Err(Problems(faults)) }
}

struct Rows<'a> {
    file: &'a str,
    together: bool,
    schema: &'a Schema,
    plan: &'a Plan,
}

impl Rows<'_> {
    fn read(&self, text: &[u8], said: &mut Vec<Said>, faults: &mut Vec<Problem>) {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return faults.push(self.fault(1, error.to_string(), "write the file as CSV in UTF-8")),
        };
        let columns = |wanted: [&str; 4]| -> Option<[usize; 4]> {
            let at = wanted.map(|name| header.iter().position(|column| column.eq_ignore_ascii_case(name)));
            at.iter().all(Option::is_some).then(|| at.map(|at| at.expect("all are there")))
        };
        let (columns, names) = match (columns(RECORDS), columns(IDENTIFIERS)) {
            (Some(columns), _) => (columns, RECORDS),
            (None, Some(columns)) => (columns, IDENTIFIERS),
            (None, None) => {
                let found = match header.iter().collect::<Vec<_>>().join(", ") {
                    none if none.is_empty() => "the file is empty".to_owned(),
                    names => format!("columns are {names}"),
                };
                let what = format!("{found}; expected {} or {}", RECORDS.join(", "), IDENTIFIERS.join(", "));
                return faults.push(self.fault(1, what, "name the columns in the first line"));
            }
        };
        let side = |name: &str, value: &str| {
            if names == RECORDS { self.record(name, value) } else { self.identifier(name, value) }
        };
        let mut row = StringRecord::new();
        loop {
            match reader.read_record(&mut row) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    let utf8 = matches!(error.kind(), csv::ErrorKind::Utf8 { .. });
                    let what = if utf8 { "not UTF-8".to_owned() } else { error.to_string() };
                    faults.push(self.fault(line, what, "mend the row or take it out"));
                    continue;
                }
            }
            let line = row.position().map_or(1, csv::Position::line);
            if row.get(0).is_some_and(|cell| cell.starts_with('#')) {
                continue;
            }
            if row.len() != header.len() {
                let what = format!("{} fields, the header has {}", row.len(), header.len());
                faults.push(self.fault(line, what, "mend the row or take it out"));
                continue;
            }
            let cells = columns.map(|column| &row[column]);
            if let Some(blank) = cells.iter().position(|cell| cell.is_empty()) {
                let what = format!("`{}` is blank", names[blank]);
                faults.push(self.fault(line, what, "fill it in or take the row out"));
                continue;
            }
            match (side(cells[0], cells[1]), side(cells[2], cells[3])) {
                (Ok(left), Ok(right)) => {
                    let place = format!("{}:{line}", self.file);
                    said.push(Said { place, together: self.together, sides: [left, right] });
                }
                (left, right) => {
                    for (what, fix) in [left.err(), right.err()].into_iter().flatten() {
                        faults.push(self.fault(line, what, &fix));
                    }
                }
            }
        }
    }

    fn fault(&self, line: u64, what: String, fix: &str) -> Problem {
        Problem::file(self.file, Some(line), what, fix)
    }

    fn record(&self, source: &str, record_id: &str) -> Result<SaidOf, (String, String)> {
        let Some(found) = self.schema.source(source) else {
            let names = self.schema.sources.iter().map(|source| source.name.as_str());
            return Err(unknown("source", source, names));
        };
        Ok(SaidOf::Record { source: found, record_id: record_id.to_owned() })
    }

    fn identifier(&self, namespace: &str, value: &str) -> Result<SaidOf, (String, String)> {
        let Some(found) = self.schema.namespace(namespace) else {
            let names = self.schema.namespaces.iter().map(|namespace| namespace.name.as_str());
            return Err(unknown("identifier", namespace, names));
        };
        match self.plan.key_of(found, value) {
            Some((key, value)) => Ok(SaidOf::Identifier { namespace: found, key, value }),
            None => Err((
                format!("`{}` is no {namespace}", mask(value)),
                "write the value as the exports have it, or as `edges` shows it".to_owned(),
            )),
        }
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> (String, String) {
    let fix = match nearest(name, known.clone()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
    };
    (format!("the config has no {what} `{name}`"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    const CONFIG: &str = "
        project = { default_region = \"US\" }
        always_link = [{ file = \"a.csv\" }]
        never_link = [{ file = \"n.csv\" }]
        [[source]]
        name = \"shop\"
        channel = \"web\"
        path = \"shop.csv\"
        fields = { email = \"email\", phone = \"phone\", last_name = \"l\", postal_code = \"z\" }
        [identifiers.email]
        [identifiers.phone]
        [identifiers.home]
        compound = true
        fields = [\"last_name\", \"postal_code\"]
    ";

    fn read(always: &str, never: &str) -> Result<Vec<Said>, Problems> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), always).unwrap();
        std::fs::write(folder.path().join("n.csv"), never).unwrap();
        let config: Config = toml::from_str(CONFIG).unwrap();
        let (schema, policies) = config::schema(&config);
        let plan = Plan::new(&config, &schema, &policies).unwrap();
        steward(&config, &schema, &plan, folder.path())
    }

    #[test]
    fn values_are_normalized_as_those_of_the_data() {
        let values = "namespace,value,namespace_2,value_2\nemail, ANA@Example.com ,phone,(617) 555-0123\n\
                      # a comment\nhome,O\u{2019}Neill + 02134-1234,email,b@x.org\n";
        let said = read(values, "source,record_id,source_2,record_id_2\n").unwrap();
        let shown: Vec<&str> = said
            .iter()
            .flat_map(|row| &row.sides)
            .map(|side| match side {
                SaidOf::Identifier { value, .. } => value.as_str(),
                SaidOf::Record { record_id, .. } => record_id.as_str(),
            })
            .collect();
        assert_eq!(shown, ["ana@example.com", "+16175550123", "oneill + 02134", "b@x.org"]);
        assert_eq!(said[1].place, "a.csv:4");
    }

    #[test]
    fn every_row_that_cannot_be_read_is_named() {
        let records =
            "source,record_id,source_2,record_id_2\nshop,1,shop\nshop,1,shpo,2\nshop,,shop,2\nshop,1,shop,2\n";
        let values = "namespace,value,namespace_2,value_2\nemail,ana,emial,b@x.org\n";
        let faults = read(records, values).unwrap_err().0;
        let shown: Vec<String> = faults.iter().map(|fault| fault.to_string().replace('\n', " | ")).collect();
        assert_eq!(
            shown,
            [
                "a.csv:2: 3 fields, the header has 4 | hint: mend the row or take it out",
                "a.csv:3: the config has no source `shpo` | hint: did you mean `shop`?",
                "a.csv:4: `record_id` is blank | hint: fill it in or take the row out",
                "n.csv:2: `a…a` is no email | hint: write the value as the exports have it, or as `edges` shows it",
                "n.csv:2: the config has no identifier `emial` | hint: did you mean `email`?",
            ]
        );
        assert!(read("a,b\n1,2\n", "").unwrap_err().0[0].what.contains("expected source, record_id"));
    }
}
