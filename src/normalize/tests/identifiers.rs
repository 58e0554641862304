//! Which records meet.

use proptest::prelude::*;

use super::*;

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
