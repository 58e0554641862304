//! The room as a whole: cells in, chunk out.

use std::collections::BTreeSet;

use proptest::prelude::*;

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

#[test]
fn a_row_holds_clean_values_of_its_kinds() {
    let setup = Setup::new(CONFIG);
    let chunk = setup.chunk(
        "pos",
        &[&[
            ("card_no", " 'Ab 017.0 "),
            ("email", "mailto:Ana@Example.com"),
            ("phone", "(415) 555-2671"),
            ("country", "United States"),
            ("first_name", "  ANA  María "),
            ("birth_date", "1984-02-29"),
            ("amount", "($33.62)"),
            ("consent", "Yes"),
            ("city", " San Francisco\t"),
        ]],
    );
    let row = setup.row(&chunk, 0);
    for (field, expected) in [
        ("card_no", "Ab 017.0"),
        ("email", "ana@example.com"),
        ("phone", "+14155552671"),
        ("country", "US"),
        ("first_name", "ANA María"),
        ("last_name", ""),
        ("city", "San Francisco"),
    ] {
        assert_eq!(setup.text(row, field), expected, "{field}");
    }
    let value = |field, kind| Row::decode(row.raw(setup.field(field)), kind);
    assert_eq!(value("birth_date", ValueType::Date), Some(Value::Date(5172)));
    assert_eq!(value("amount", ValueType::Number), Some(Value::Number(-33.62)));
    assert_eq!(value("consent", ValueType::Bool), Some(Value::Bool(true)));
    assert!(chunk.blocked.is_empty());
    assert_eq!(chunk.occurrences.len(), setup.schema.namespaces.len());
    assert_eq!(chunk.compare.len(), setup.schema.compare_fields.len());
}

#[test]
fn blanks_and_null_words_never_meet() {
    let setup = Setup::new(CONFIG);
    let blank: Vec<(&str, &str)> =
        vec![("card_no", "NULL"), ("email", "n/a"), ("phone", "-"), ("last_name", "(null)"), ("postal_code", "\u{a0}")];
    let chunk = setup.chunk("pos", &[&blank, &blank, &[]]);
    assert_eq!(chunk.len(), 3);
    assert!(chunk.occurrences.iter().all(Vec::is_empty));
    assert!(chunk.blocked.is_empty(), "no value is no fault");
    assert!(setup.identifiers(setup.row(&chunk, 0)).is_empty());
    assert!(chunk.compare.iter().all(|column| column.codes == [0, 0, 0] && column.keys.is_empty()));
}

#[test]
fn placeholders_and_malformed_values_are_set_aside_with_the_reason() {
    let setup = Setup::new(CONFIG);
    let long = "x".repeat(199) + "ééé";
    let chunk = setup.chunk(
        "pos",
        &[
            &[
                ("email", "None@None.com"),
                ("phone", "(000) 000-0000"),
                ("card_no", "9999"),
                ("birth_date", "0000-00-00"),
            ],
            &[("email", "ana(at)example.com"), ("phone", "415-055-2671"), ("card_no", "1.7E+10"), ("amount", "12%")],
            &[("email", &long), ("country", "Atlantis"), ("birth_date", "1984-02-30"), ("consent", "perhaps")],
            &[("first_name", "Valued Customer"), ("phone", "4155552671")],
        ],
    );
    let expected = [
        (0, "card_no", Unusable::Placeholder, "9999"),
        (0, "email", Unusable::Placeholder, "None@None.com"),
        (0, "phone", Unusable::Placeholder, "0000000000"),
        (0, "birth_date", Unusable::Placeholder, "0000-00-00"),
        (1, "card_no", Unusable::Malformed, "1.7E+10"),
        (1, "email", Unusable::Malformed, "ana(at)example.com"),
        (1, "phone", Unusable::InvalidNumber, "4150552671"),
        (1, "amount", Unusable::BadNumber, "12%"),
        (2, "email", Unusable::Malformed, &long[..199]),
        (2, "country", Unusable::UnknownValue, "Atlantis"),
        (2, "birth_date", Unusable::BadDate, "1984-02-30"),
        (2, "consent", Unusable::UnknownValue, "perhaps"),
        (3, "first_name", Unusable::Placeholder, "Valued Customer"),
    ];
    let expected: Vec<_> =
        expected.map(|(row, field, why, value)| (row, field.to_owned(), why, value.to_owned())).into();
    assert_eq!(setup.blocked(&chunk), expected);
    for row in 0..3 {
        assert!(setup.identifiers(setup.row(&chunk, row)).is_empty());
        assert!((0..setup.schema.fields.len() as u16).all(|field| !setup.row(&chunk, row).has(field)));
    }
}

#[test]
fn a_hashed_address_meets_the_raw_one() {
    let setup = Setup::new(CONFIG);
    let sha256 = "59EC83A81E9A7B2E6A2F23A8E1C2FCEF2DE6A8F9F8C3E34B6F1F2A0B3C4D5E6F";
    let mut hem = String::new();
    hash::digest("ana@example.com", crate::config::HashAlgorithm::Sha256, &mut hem);
    let upper = hem.to_uppercase();
    let chunk = setup.chunk(
        "ads",
        &[
            &[("email_sha256", &upper)],
            &[("email", " Ana@Example.COM ")],
            &[("email_sha256", sha256)],
            &[("email_sha256", &hem), ("email", "ana@example.com"), ("alternative_email", "ANA@example.com")],
        ],
    );
    assert!(setup.meet(&chunk, "email_sha256", 0, 1));
    assert!(!setup.meet(&chunk, "email_sha256", 1, 2));
    assert!(setup.meet(&chunk, "email", 1, 3));
    let namespace = usize::from(setup.schema.namespace("email_sha256").expect("declared"));
    let of_last = chunk.occurrences[namespace].iter().filter(|o| { o.record } == 3).count();
    assert_eq!(of_last, 1, "the same value is noted once per record");
}

#[test]
fn the_hash_of_a_placeholder_is_one() {
    let setup = Setup::new(CONFIG);
    let mut hem = String::new();
    hash::digest("none@none.com", crate::config::HashAlgorithm::Sha256, &mut hem);
    let chunk = setup.chunk("ads", &[&[("email_sha256", &hem)]]);
    assert_eq!(setup.blocked(&chunk)[0].2, Unusable::Placeholder);
}

#[test]
fn compound_identifiers_need_every_part() {
    let setup = Setup::new(CONFIG);
    let chunk = setup.chunk(
        "pos",
        &[
            &[("last_name", "García-López"), ("birth_date", "1984-02-29"), ("postal_code", "02134-1234")],
            &[("last_name", "GARCIA LOPEZ"), ("birth_date", "1984/2/29"), ("postal_code", "02134")],
            &[("last_name", "García-López"), ("birth_date", "1984-02-29")],
            &[("last_name", "García-López"), ("birth_date", "1984-02-29"), ("postal_code", "n/a")],
            &[("last_name", "García-López"), ("birth_date", "1900-01-01"), ("postal_code", "02134")],
            &[("last_name", "---"), ("birth_date", "1984-02-29"), ("postal_code", "02134")],
        ],
    );
    assert!(setup.meet(&chunk, "household", 0, 1));
    let shown = setup.identifiers(setup.row(&chunk, 0));
    assert_eq!(shown, [("household".to_owned(), "garcia lopez + 1984-02-29 + 02134".to_owned())]);
    for row in 2..6 {
        assert!(setup.identifiers(setup.row(&chunk, row)).is_empty(), "row {row}");
    }
    let namespace = usize::from(setup.schema.namespace("household").expect("declared"));
    assert_eq!(chunk.occurrences[namespace].len(), 2);
}

#[test]
fn parts_of_compounds_do_not_run_into_each_other() {
    let setup = Setup::new(
        &CONFIG
            .replace("fields = [\"last_name\", \"birth_date\", \"postal_code\"]", "fields = [\"city\", \"card_no\"]"),
    );
    let chunk = setup.chunk("pos", &[&[("city", "a"), ("card_no", "bc")], &[("city", "ab"), ("card_no", "c")]]);
    assert!(!setup.meet(&chunk, "household", 0, 1));
}

#[test]
fn folding_is_the_identifiers_and_the_row_keeps_the_address() {
    let setup = Setup::new(CONFIG);
    let chunk = setup.chunk(
        "pos",
        &[
            &[("email", "A.na+shop@gmail.com"), ("card_no", "ab-17")],
            &[("email", "ana@gmail.com"), ("card_no", "AB-17")],
            &[("email", "a.na+shop@example.com")],
            &[("email", "test+1@gmail.com")],
        ],
    );
    assert!(setup.meet(&chunk, "email", 0, 1));
    assert!(setup.meet(&chunk, "card_no", 0, 1));
    assert!(!setup.meet(&chunk, "email", 0, 2));
    assert_eq!(setup.text(setup.row(&chunk, 0), "email"), "a.na+shop@gmail.com");
    assert_eq!(setup.text(setup.row(&chunk, 1), "card_no"), "AB-17");
    assert!(!setup.meet(&chunk, "email_sha256", 0, 1), "others hash the address as it is, so do we");
    assert_eq!(setup.blocked(&chunk)[0].2, Unusable::Placeholder, "test@gmail.com");
    assert!(setup.identifiers(setup.row(&chunk, 3)).is_empty());
}

#[test]
fn phones_are_read_where_their_record_is() {
    let setup = Setup::new(CONFIG);
    let chunk = setup.chunk(
        "pos",
        &[
            &[("phone", "030 901820"), ("country", "Deutschland")],
            &[("phone", "+49 30 901820")],
            &[("phone", "(415) 555-2671"), ("country", "Atlantis")],
            &[("phone", "4155552671")],
            &[("phone", "4155552671"), ("country", "CA")],
        ],
    );
    assert!(setup.meet(&chunk, "phone", 0, 1));
    assert!(setup.meet(&chunk, "phone", 2, 3), "an unknown country leaves the default region");
    assert!(setup.meet(&chunk, "phone", 3, 4));
    assert_eq!(setup.text(setup.row(&chunk, 0), "phone"), "+4930901820");
}

#[test]
fn compare_codes_stand_for_keys_and_begin_anew_in_every_chunk() {
    let setup = Setup::new(CONFIG);
    let source = setup.schema.source("pos").expect("declared");
    let first_name = setup.field("first_name");
    let column = setup.schema.compare_fields.iter().position(|&f| f == first_name).expect("the default conflict field");
    let cell = setup.plan.fields(source).iter().position(|&f| f == first_name).expect("mapped");
    let mut assembler = setup.plan.assembler(source);
    let mut cells = vec![""; setup.plan.fields(source).len()];
    let head = RowHead { line: 1, event_time: i64::MIN };
    let mut chunks = [Chunk::default(), Chunk::default()];
    for (chunk, names) in
        [(0, &["Ana", "ANA ", "", "Bea"][..]), (1, &["Bea", "Aña", "ana"]), (0, &["Bea", "Zoë", "ana"])]
    {
        for name in names {
            cells[cell] = name;
            assembler.row(&mut chunks[chunk], head, "x", &cells);
        }
    }
    let keys = |chunk: usize| chunks[chunk].compare[column].keys.iter().map(|k| k.to_string()).collect::<Vec<_>>();
    assert_eq!(chunks[0].compare[column].codes, [1, 1, 0, 2, 2, 3, 1]);
    assert_eq!(keys(0), ["ana", "bea", "zoe"]);
    assert_eq!(chunks[1].compare[column].codes, [1, 2, 2]);
    assert_eq!(keys(1), ["bea", "ana"]);
}

#[test]
fn memos_that_are_cleared_change_nothing() {
    let setup = Setup::new(CONFIG);
    let source = setup.schema.source("pos").expect("declared");
    let first_name = setup.field("first_name");
    let column = setup.schema.compare_fields.iter().position(|&f| f == first_name).expect("the default conflict field");
    let cell = setup.plan.fields(source).iter().position(|&f| f == first_name).expect("mapped");
    let mut assembler = setup.plan.assembler(source);
    let cells = vec![""; setup.plan.fields(source).len()];
    let head = RowHead { line: 1, event_time: i64::MIN };
    // 70,000 different names in two chunks: letters only, so that each has its own key.
    let name = |n: u32| (0..5).map(|place| char::from(b'a' + (n / 26u32.pow(place) % 26) as u8)).collect::<String>();
    for range in [0..40_000u32, 30_000..70_000] {
        let mut chunk = Chunk::default();
        for n in range.clone().chain(range.clone().take(10)) {
            let name = name(n);
            let mut cells = cells.clone();
            cells[cell] = &name;
            assembler.row(&mut chunk, head, "x", &cells);
        }
        let compare = &chunk.compare[column];
        assert_eq!(compare.keys.len(), 40_000);
        for (code, n) in compare.codes.iter().zip(range.clone().chain(range.take(10))) {
            assert_eq!(*compare.keys[usize::from(*code) - 1], name(n));
        }
    }
}

#[test]
fn a_namespace_of_another_kind_reads_the_value_again() {
    let setup = Setup::new(
        r#"
        [[source]]
        name = "web"
        channel = "web"
        path = "web.csv"
        fields = { visitor = "visitor" }
        [fields]
        visitor = { kind = "text" }
        [identifiers.contact]
        kind = "email"
        fields = ["visitor"]
        "#,
    );
    let chunk = setup.chunk("web", &[&[("visitor", "Ana@Example.com")], &[("visitor", "visitor 17")]]);
    assert_eq!(setup.text(setup.row(&chunk, 0), "visitor"), "Ana@Example.com");
    assert_eq!(setup.text(setup.row(&chunk, 1), "visitor"), "visitor 17");
    assert_eq!(setup.identifiers(setup.row(&chunk, 0)), [("contact".to_owned(), "ana@example.com".to_owned())]);
    assert_eq!(chunk.occurrences[0].len(), 1);
    assert_eq!(chunk.occurrences[0][0].key(), identifier_key(b"ana@example.com"));
    assert_eq!(setup.blocked(&chunk), [(1, "visitor".to_owned(), Unusable::Malformed, "visitor 17".to_owned())]);
}

#[test]
fn all_faults_of_a_config_come_at_once() {
    let config: Config = toml::from_str(
        r#"
        [project]
        default_region = "Atlantis"
        time_zone = "Mars/Olympus"
        [fields]
        born = { kind = "date", formats = ["%d/%m/%Y", "%!"] }
        [placeholders.email]
        patterns = ["("]
        "#,
    )
    .expect("the test's config is right");
    let (schema, policies) = schema(&config);
    let problems = Plan::new(&config, &schema, &policies).expect_err("four faults");
    assert_eq!(problems.0.len(), 4, "{problems}");
}

/// Cells of every sort, good and bad, from small sets so that rows meet.
fn cell(field: &str) -> BoxedStrategy<String> {
    let choices: &'static [&'static str] = match field {
        "card_no" => &["", "17", "'17", "17.0", "AB-1", "ab-1", "0", "1E+10", "n/a"],
        "email" | "alternative_email" => &[
            "",
            "ana@example.com",
            "Ana@Example.com",
            "a.na@gmail.com",
            "ana+x@gmail.com",
            "none@none.com",
            "ana",
            "jörg@bücher.de",
        ],
        "phone" => &["", "415-555-2671", "+14155552671", "030 901820", "0000000000", "12"],
        "country" => &["", "US", "Germany", "Atlantis"],
        "first_name" | "last_name" => &["", "Ana", "ANA", "Müller", "muller", "unknown", "123", "王"],
        "birth_date" => &["", "1984-02-29", "19840229", "1900-01-01", "soon"],
        "postal_code" => &["", "02134", "02134-1234", "00000", "SW1A 1AA", "sw1a1aa"],
        "amount" => &["", "12.50", "$12", "x"],
        "consent" => &["", "yes", "0", "perhaps"],
        "email_sha256" => &["", "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72", "xyz"],
        _ => &["", "Town", "Zürich"],
    };
    prop_oneof![3 => prop::sample::select(choices).prop_map(str::to_owned), 1 => "\\PC{0,10}"].boxed()
}

fn row_of(fields: &'static [&'static str]) -> BoxedStrategy<Vec<(&'static str, String)>> {
    fields.iter().map(|&field| cell(field).prop_map(move |cell| (field, cell)).boxed()).collect::<Vec<_>>().boxed()
}

proptest! {
    #[test]
    fn stored_rows_tell_the_identifiers_that_were_noted(
        pos in prop::collection::vec(row_of(&["card_no", "email", "phone", "country", "first_name", "last_name",
            "birth_date", "postal_code", "amount", "consent", "city"]), 1..6),
        ads in prop::collection::vec(row_of(&["email_sha256", "email", "alternative_email"]), 1..6),
    ) {
        let setup = Setup::new(CONFIG);
        for (source, rows) in [("pos", pos), ("ads", ads)] {
            let rows: Vec<Vec<(&str, &str)>> =
                rows.iter().map(|row| row.iter().map(|(field, cell)| (*field, cell.as_str())).collect()).collect();
            let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
            let chunk = setup.chunk(source, &rows);
            prop_assert_eq!(chunk.len(), rows.len());
            for row in 0..chunk.len() {
                let mut noted: Vec<(NamespaceId, Key)> = Vec::new();
                for (namespace, occurrences) in chunk.occurrences.iter().enumerate() {
                    let here = occurrences.iter().filter(|o| { o.record } == row as u32);
                    noted.extend(here.map(|o| (namespace as NamespaceId, o.key())));
                }
                let mut told = Vec::new();
                setup.plan.identifiers(setup.row(&chunk, row), &mut |namespace, key, _| told.push((namespace, key)));
                told.sort_by_key(|(namespace, _)| *namespace);
                prop_assert_eq!(noted, told);
            }
        }
    }
}
