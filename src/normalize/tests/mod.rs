//! The room as a whole: cells in, chunk out.

mod compare_codes;
mod identifiers;
mod values;

use std::collections::BTreeSet;

use super::*;
use crate::config::{Config, schema};
use crate::model::{
    Chunk, FieldId, Key, NamespaceId, Row, RowHead, Schema, Unusable, Value, ValueType, identifier_key,
};

const CONFIG: &str = r#"
[project]
default_region = "US"

[[source]]
name = "pos"
channel = "pos"
path = "pos.csv"
[source.fields]
card_no = "card"
email = "email"
phone = "phone"
country = "country"
first_name = "first"
last_name = "last"
birth_date = "born"
postal_code = "zip"
amount = "total"
consent = "consent"
city = "city"

[[source]]
name = "ads"
channel = "web"
path = "ads.csv"
[source.fields]
email_sha256 = "hem"
email = "mail"
alternative_email = "mail2"

[fields]
consent = { kind = "bool" }
alternative_email = { kind = "email" }

[identifiers.card_no]
kind = "id"
ignore_case = true

[identifiers.email]
fields = ["email", "alternative_email"]
ignore_dots = ["gmail.com"]
ignore_tags = ["gmail.com"]

[identifiers.email_sha256]
kind = "hash"
of = "email"

[identifiers.phone]

[identifiers.household]
fields = ["last_name", "birth_date", "postal_code"]
compound = true
"#;

/// A plan and what it was made from.
struct Setup {
    schema: Schema,
    plan: Plan,
}

impl Setup {
    fn new(config: &str) -> Self {
        let config: Config = toml::from_str(config).expect("the test's config is right");
        let (schema, policies) = schema(&config);
        let plan = Plan::new(&config, &schema, &policies).unwrap_or_else(|problems| panic!("{problems}"));
        Self { schema, plan }
    }

    /// Rows of a source, given as (field, cell) pairs; other cells are blank.
    fn chunk(&self, source: &str, rows: &[&[(&str, &str)]]) -> Chunk {
        let source = self.schema.source(source).expect("a source of the test");
        let mut assembler = self.plan.assembler(source);
        let mut chunk = Chunk { source, ..Chunk::default() };
        for (line, row) in rows.iter().enumerate() {
            let cells: Vec<&str> = self
                .plan
                .fields(source)
                .iter()
                .map(|&field| {
                    let name = &self.schema.fields[usize::from(field)].name;
                    row.iter().find(|(wanted, _)| wanted == name).map_or("", |(_, cell)| *cell)
                })
                .collect();
            let head = RowHead { line: line as u32, event_time: i64::MIN };
            assembler.row(&mut chunk, head, &line.to_string(), &cells);
        }
        chunk
    }

    fn field(&self, name: &str) -> FieldId {
        self.schema.field(name).expect("a field of the test")
    }

    fn text<'a>(&self, row: Row<'a>, field: &str) -> &'a str {
        match Row::decode(row.raw(self.field(field)), ValueType::Text) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    fn row<'a>(&self, chunk: &'a Chunk, row: usize) -> Row<'a> {
        chunk.row(row, self.schema.fields.len())
    }

    /// The identifiers of a stored row as (namespace, value).
    fn identifiers(&self, row: Row<'_>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.plan.identifiers(row, &mut |namespace, _, value| {
            found.push((self.schema.namespaces[usize::from(namespace)].name.clone(), value.to_owned()));
        });
        found
    }

    /// Whether two rows of a chunk share a value of a namespace.
    fn meet(&self, chunk: &Chunk, namespace: &str, a: u32, b: u32) -> bool {
        let namespace = usize::from(self.schema.namespace(namespace).expect("a namespace of the test"));
        let keys = |row| -> BTreeSet<Key> {
            chunk.occurrences[namespace].iter().filter(|o| { o.record } == row).map(|o| o.key()).collect()
        };
        !keys(a).is_disjoint(&keys(b))
    }

    fn blocked(&self, chunk: &Chunk) -> Vec<(u32, String, Unusable, String)> {
        let name = |field: FieldId| self.schema.fields[usize::from(field)].name.clone();
        chunk.blocked.iter().map(|b| (b.row, name(b.field), b.reason, b.value.to_string())).collect()
    }
}
