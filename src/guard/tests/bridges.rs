//! Identifiers that alone hold a person together.

use super::*;
use crate::model::Persons;
fn bridges_of<S: AsRef<str>>(rows: impl IntoIterator<Item = S>, above: u32) -> Vec<crate::model::Bridge> {
    let (data, linked, guarded) = fold(ALL, rows);
    let persons = Persons::from_labels(&guarded.labels);
    bridges(&persons, &guarded, &linked, &data.occurrences, &Steward::default(), &data.policies, above)
}

#[test]
fn the_identifier_that_alone_holds_two_groups_is_a_bridge() {
    let rows = ["email=a; phone=1", "email=a; phone=1", "email=b; phone=1", "email=b; phone=9", "phone=9"];
    let found = bridges_of(rows, 3);
    assert_eq!(found.len(), 2);
    let phone = &found[0];
    assert_eq!((phone.namespace, phone.key), (2, identifier_key(b"1")));
    assert_eq!((phone.person, phone.side, phone.rest, phone.links, phone.review), (0, 2, 3, 2, false));
    let email = &found[1];
    assert_eq!((email.key, email.side, email.rest, email.links, email.record), (identifier_key(b"b"), 2, 3, 1, 3));
    assert!(bridges_of(rows, 5).is_empty(), "only persons above the size");
}

#[test]
fn receipts_on_one_card_are_no_bridges() {
    assert!(bridges_of(vec!["customer_id=1"; 20], 10).is_empty());
}

#[test]
fn a_bridge_between_two_that_could_be_persons_asks_for_review() {
    let two_ids = "[identifiers.customer_id]\n[identifiers.email]\n[identifiers.phone]\n[identifiers.cookie_id]\n\
                   kind = \"id\"\nmax_per_person = 1\n";
    let rows = ["customer_id=1; email=a", "email=a; phone=1", "phone=1; cookie_id=k", "cookie_id=k"];
    let (data, linked, guarded) = fold(two_ids, rows);
    let persons = Persons::from_labels(&guarded.labels);
    let found = bridges(&persons, &guarded, &linked, &data.occurrences, &Steward::default(), &data.policies, 3);
    let phone = found.iter().find(|b| b.key == identifier_key(b"1")).expect("the phone is a bridge");
    assert!(phone.review && phone.side == 2 && phone.rest == 2);
    let emails = ["email=a|b; phone=1", "email=a; phone=2", "email=c|d; phone=1", "email=c; phone=3"];
    assert!(bridges_of(emails, 3).iter().any(|b| b.key == identifier_key(b"1") && b.review));
}
