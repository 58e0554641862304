//! Small data sets written as text, for the tests of link and guard.

use crate::config::{Config, NamespacePolicy, schema};
use crate::link::{Linked, link};
use crate::model::{CompareTable, Occurrence, Occurrences, Schema, identifier_key};

/// Records, ready to be linked.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub records: usize,
    pub occurrences: Vec<Occurrences>,
    pub compare: CompareTable,
    pub event_times: Vec<i64>,
    pub schema: Schema,
    pub policies: Vec<NamespacePolicy>,
}

const SOURCE: &str = r#"
[[source]]
name = "s"
channel = "pos"
path = "s.csv"
[source.fields]
email = "e"
phone = "p"
customer_id = "c"
cookie_id = "d"
first_name = "f"
last_name = "l"
birth_date = "b"
"#;

impl Scenario {
    /// `identifiers`: the config's `[identifiers]` part, over a source with the fields email, phone, customer_id,
    /// cookie_id, first_name, last_name and birth_date. A row is written `email=a@x|b@x; first_name=anna maria; t=5`.
    pub(crate) fn new<S: AsRef<str>>(identifiers: &str, rows: impl IntoIterator<Item = S>) -> Self {
        let config: Config = toml::from_str(&format!("{SOURCE}\n{identifiers}")).expect("the test's config is sound");
        let (schema, policies) = schema(&config);
        let mut it = Self {
            records: 0,
            occurrences: vec![Occurrences::new(2); policies.len()],
            compare: CompareTable {
                codes: vec![Vec::new(); schema.compare_fields.len()],
                keys: vec![Vec::new(); schema.compare_fields.len()],
            },
            event_times: Vec::new(),
            schema,
            policies,
        };
        for row in rows {
            it.add(row.as_ref());
        }
        it
    }

    fn add(&mut self, row: &str) {
        let record = self.records as u32;
        self.records += 1;
        self.event_times.push(i64::MIN);
        self.compare.codes.iter_mut().for_each(|codes| codes.push(0));
        for (name, value) in row.split(';').filter_map(|cell| cell.trim().split_once('=')) {
            if name == "t" {
                self.event_times[record as usize] = value.parse().expect("a number");
            }
            if let Some(namespace) = self.schema.namespace(name) {
                for one in value.split('|') {
                    let key = identifier_key(one.as_bytes());
                    self.occurrences[usize::from(namespace)].push(Occurrence::new(key, record));
                }
            }
            let field = self.schema.field(name);
            if let Some(column) = self.schema.compare_fields.iter().position(|f| Some(*f) == field) {
                let keys = &mut self.compare.keys[column];
                let at = keys.iter().position(|key| **key == *value).unwrap_or_else(|| {
                    keys.push(value.into());
                    keys.len() - 1
                });
                self.compare.codes[column][record as usize] = at as u32 + 1;
            }
        }
    }

    /// Links.
    pub(crate) fn link(&mut self) -> Linked {
        link(self.records, &mut self.occurrences, &self.compare, &self.schema, &self.policies)
    }
}
