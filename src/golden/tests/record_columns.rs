//! Records as columns, for the rules that are SQL.

use super::*;

#[test]
fn records_come_as_columns_newest_first() {
    let given = [
        given(1, 5, &[(1, Owned::Number(1.0))]),
        name(1, 7, "e"),
        name(0, 5, "b"),
        name(0, 9, "c"),
        name(0, NEVER, "d"),
    ];
    let persons = Persons::from_labels(&Labels(vec![0, 0, 0, 3, 3]));
    let plan = Plan::new(&config(&[("name", rule(Rule::MostRecent))]), &schema()).expect("ok");
    let wanted = [
        RecordColumn::Person,
        RecordColumn::Source,
        RecordColumn::Channel,
        RecordColumn::RecordId,
        RecordColumn::EventTime,
        RecordColumn::Field(1),
    ];
    let folded = fold(&in_order(&given), &persons, 0..2, &schema(), &plan, &wanted);
    let column = |name: &str| -> Vec<String> {
        let column = folded.records.column(name).expect("asked for").as_materialized_series().clone();
        column.iter().map(|value| value.to_string().trim_matches('"').to_owned()).collect()
    };
    assert_eq!(column("person"), ["0", "0", "0", "1", "1"]);
    assert_eq!(column("record_id"), ["r1", "r2", "r0", "r3", "r4"]);
    assert_eq!(column("source"), ["pos", "web", "pos", "web", "web"]);
    assert_eq!(column("channel"), ["shop", "online", "shop", "online", "online"]);
    assert_eq!(column("amount"), ["null", "null", "1.0", "null", "null"]);
    assert_eq!(folded.records.column("event_time").expect("asked for").null_count(), 1);
    let last = fold(&in_order(&given), &persons, 1..2, &schema(), &plan, &wanted[..1]);
    assert_eq!(last.records.height(), 2);
    assert_eq!(last.golden.height(), 1);
    assert_eq!(last.winners, [[3]]);
    let none = fold(&in_order(&given), &persons, 1..1, &schema(), &plan, &wanted);
    assert_eq!((none.golden.height(), none.records.height()), (0, 0));
}
