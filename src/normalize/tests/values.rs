//! Clean values, blanks, and what is set aside.

use super::*;

#[test]
fn fields_that_nobody_reads_are_not_kept_and_link_all_the_same() {
    let mut setup = Setup::new(CONFIG);
    let cells = [
        ("email", "ana@example.com"),
        ("phone", "415-555-2671"),
        ("country", "US"),
        ("first_name", "Ana"),
        ("city", "Austin"),
        ("amount", "12"),
    ];
    let whole = setup.chunk("pos", &[&cells]);
    let rules = [setup.field("amount")];
    setup.plan.keep_only(&rules);
    let some = setup.chunk("pos", &[&cells]);
    let (before, after) = (setup.row(&whole, 0), setup.row(&some, 0));
    assert_eq!(setup.identifiers(before), setup.identifiers(after));
    for (field, kept) in [("city", false), ("amount", true), ("email", true), ("phone", true)] {
        assert!(before.has(setup.field(field)));
        assert_eq!(after.has(setup.field(field)), kept, "{field}");
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
