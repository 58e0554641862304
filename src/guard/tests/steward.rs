//! A steward stands above the rules.

use super::*;
#[test]
fn a_steward_joins_what_the_rules_would_part_and_their_numbers_with_it() {
    let rows = [
        "customer_id=1; first_name=ana; email=e",
        "customer_id=2; first_name=bob",
        "customer_id=1",
        "customer_id=2; first_name=bob",
        "customer_id=3; email=e",
    ];
    let steward = Steward { always: vec![(0, 1)], ..Steward::default() };
    let (_, _, guarded) = fold_with(ALL, rows, &steward).expect("no contradiction");
    assert_eq!(guarded.labels.0, [0, 0, 0, 0, 4]);
}

#[test]
fn a_steward_joins_records_that_share_nothing() {
    let steward = Steward { always: vec![(2, 0)], ..Steward::default() };
    let (_, _, guarded) = fold_with(ALL, ["email=a", "email=b", "phone=1"], &steward).expect("no contradiction");
    assert_eq!(guarded.labels.0, [0, 1, 0]);
}

#[test]
fn a_steward_parts_what_the_rules_would_join() {
    let steward = Steward { never: vec![Never::pair(0, 2)], ..Steward::default() };
    let rows = ["customer_id=1; t=3", "customer_id=1; email=e; t=2", "email=e; t=1"];
    let (_, _, guarded) = fold_with(ALL, rows, &steward).expect("no contradiction");
    assert_eq!(guarded.labels.0, [0, 0, 2]);
    assert_eq!(guarded.refusals[0].reason, RefusalReason::NeverLink);
}

#[test]
fn a_steward_who_contradicts_himself_is_told_how() {
    let steward = Steward {
        always: vec![(0, 1), (3, 1), (2, 3), (4, 5)],
        always_at: ["a.csv:2", "a.csv:3", "a.csv:4", "a.csv:5"].map(String::from).to_vec(),
        never: vec![Never { at: "n.csv:7".into(), ..Never::pair(0, 2) }],
    };
    let error = fold_with(ALL, ["", "", "", "", "", ""], &steward).expect_err("0 = 1 = 3 = 2");
    assert_eq!((error.never, error.path.as_slice()), ((0, 2), [0, 1, 3, 2].as_slice()));
    let text = error.problem(|record| format!("crm/{record}")).to_string();
    assert!(text.starts_with("n.csv:7: never_link says that crm/0 and crm/2 are never one person"), "{text}");
    assert!(text.contains("crm/0 = crm/1 (a.csv:2) = crm/3 (a.csv:3) = crm/2 (a.csv:4)"), "{text}");
    let itself = Steward { never: vec![Never::pair(1, 1)], ..Steward::default() };
    assert!(fold_with(ALL, ["", ""], &itself).is_err());
}
