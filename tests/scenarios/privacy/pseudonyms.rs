//! Outputs for those who must not see who it is about.

use std::fs;

use super::{CONFIG, HERS, found, shop, succeed};

#[test]
fn pseudonyms_stand_for_identifiers_and_names_and_everything_still_works() {
    let scratch = shop();
    scratch.run();
    let plain = scratch.published().table("golden_customers");
    let published = scratch.run_with(&["--pseudonymize"]);
    let golden = published.table("golden_customers");
    for column in ["person_id", "records", "first_seen", "street"] {
        assert_eq!(golden.column(column), plain.column(column), "{column} stays");
    }
    for column in ["first_name", "last_name", "email", "phone", "cards"] {
        let hidden = golden.column(column);
        assert!(hidden.iter().all(|text| text.is_empty() || text.len() == 32), "{column}: {hidden:?}");
        let filled = |column: &[&str]| column.iter().map(|text| !text.is_empty()).collect::<Vec<_>>();
        assert_eq!(filled(&hidden), filled(&plain.column(column)), "{column}");
    }
    let hers = HERS.iter().filter(|value| !["Peppercorn", "shop-ana-"].contains(*value));
    let open: Vec<String> = hers.chain(&["bo@mail.example", "6175550199", "Lund"]).map(|v| (*v).to_owned()).collect();
    let current = fs::canonicalize(scratch.path().join("out/current")).unwrap();
    assert_eq!(found(&current, &open), Vec::<String>::new());
    // The same value, the same pseudonym, in every table.
    let edges = published.table("edges");
    let email = golden.column("email").into_iter().find(|email| !email.is_empty()).unwrap().to_owned();
    assert!(edges.column("value").contains(&email.as_str()));
    // Where figures show a value, they show the beginning of its pseudonym, and no letter of it.
    let page = String::from_utf8(published.bytes("report.html")).unwrap();
    assert!(page.contains("values of persons are pseudonyms") && page.contains(&email[..8]), "{page}");
    assert!(!page.contains("…@") && !published.report().to_string().contains("…@"));
    succeed(&scratch, &["verify"]);
    for who in ["email=bo@mail.example", "shop/shop-bo-1"] {
        let told = succeed(&scratch, &["explain", who]);
        assert!(told.contains("3 records") && !told.contains("bo@mail"), "{told}");
    }
    succeed(&scratch, &["explain", "shop/shop-bo-1", "shop/shop-bo-2"]);
    // The next run goes on, and compares like with like.
    let again = scratch.run_with(&["--pseudonymize"]);
    let changes = &again.report()["changes"];
    assert_eq!((changes["created"].as_u64(), changes["retired"].as_u64()), (Some(0), Some(0)));
    assert_eq!(again.table("golden_customers").rows, golden.rows, "the same pseudonyms");
    let same = succeed(&scratch, &["plan"]);
    assert!(!same.contains("first_name"), "{same}");
    // Erasure reaches pseudonymized runs.
    let pseudonyms: Vec<String> = golden
        .rows
        .iter()
        .filter(|row| golden.cell(row, "street") == "12 Peppercorn Row")
        .flat_map(|row| ["email", "phone", "last_name", "person_id"].map(|column| golden.cell(row, column).to_owned()))
        .collect();
    assert_eq!(pseudonyms.len(), 4);
    succeed(&scratch, &["forget", "--email", "ana.quintela@mail.example"]);
    let all: Vec<String> = pseudonyms.into_iter().chain(HERS.iter().map(|value| (*value).to_owned())).collect();
    assert_eq!(found(&scratch.path().join("out"), &all), Vec::<String>::new());
    scratch.write("onefold.toml", format!("{CONFIG}pseudonymize = [\"stret\"]\n").as_bytes());
    let message = String::from_utf8(scratch.onefold(&["check"]).stderr).unwrap();
    assert!(message.contains("did you mean `street`?"), "{message}");
}
