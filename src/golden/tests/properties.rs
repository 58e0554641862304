//! Laws of survivorship, for any records and every rule.

use super::*;
fn any_value(field: u16) -> BoxedStrategy<Owned> {
    match field {
        1 => (-3i32..3).prop_map(|n| Owned::Number(f64::from(n) / 2.0)).boxed(),
        2 => any::<bool>().prop_map(Owned::Bool).boxed(),
        3 => (-2i32..3).prop_map(Owned::Date).boxed(),
        4 => (-2i64..3).prop_map(Owned::Time).boxed(),
        _ => "[ab]{1,2}".prop_map(Owned::Text).boxed(),
    }
}

fn any_record() -> impl Strategy<Value = Given> {
    let values: Vec<_> = (0..7).map(|field| prop::option::of(any_value(field))).collect();
    (0u16..2, prop_oneof![Just(NEVER), 0i64..4], values).prop_map(|(source, time, values)| Given {
        source,
        time,
        values: values.into_iter().enumerate().filter_map(|(f, v)| Some((f as u16, v?))).collect(),
    })
}

fn every_rule() -> Config {
    let of = |field: &str, by| GoldenSpec { field: Some(field.into()), ..rule(by) };
    config(&[
        ("recent", of("name", Rule::MostRecent)),
        ("oldest", of("amount", Rule::Oldest)),
        ("frequent", of("name", Rule::MostFrequent)),
        ("longest", of("name", Rule::Longest)),
        ("trusted", GoldenSpec { sources: vec!["pos".into()], ..of("born", Rule::SourcePriority) }),
        ("min", of("amount", Rule::Min)),
        ("max", of("seen", Rule::Max)),
        ("address", group(&["street", "city"], Rule::MostFrequent)),
        ("sum", of("amount", Rule::Sum)),
        ("count", of("name", Rule::Count)),
        ("distinct", of("name", Rule::CountDistinct)),
        ("any", of("vip", Rule::Any)),
        ("all", of("vip", Rule::All)),
        ("collect", of("name", Rule::Collect)),
    ])
}

proptest! {
    #[test]
    fn every_golden_value_traces_to_a_member_record_that_holds_it(
        given in any_records(),
        people in prop::collection::vec(0usize..6, 40),
    ) {
        let labels = labels(given.len(), &people);
        let persons = Persons::from_labels(&labels);
        let plan = Plan::new(&every_rule(), &schema()).expect("valid rules");
        let records = in_order(&given);
        let folded = fold(&records, &persons, 0..persons.len() as u32, &schema(), &plan, &[]);
        let picked = plan.picks.iter().flat_map(|pick| {
            pick.fields.iter().map(|&(field, _)| (field, matches!(pick.choice, Choice::Record(_))))
        });
        for ((column, winners), (field, is_record)) in folded.golden.columns().iter().zip(&folded.winners).zip(picked) {
            let rebuilt = {
                let mut builder = ColumnBuilder::new(column.name(), columns::Kind::Value(
                    schema().fields[usize::from(field)].kind.value_type()), 0);
                for &winner in winners {
                    builder.push_raw(if winner == NO_RECORD { &[] } else { records.row(winner).raw(field) });
                }
                builder.finish()
            };
            if is_record {
                prop_assert!(column.equals_missing(&rebuilt), "{column:?} {rebuilt:?}");
            }
            for (person, &winner) in winners.iter().enumerate() {
                let own = persons.records(person as u32);
                prop_assert!(winner == NO_RECORD || is_record && own.contains(&winner));
                let group = field >= 5;
                let has_value = own.iter().any(|&record| records.row(record).has(field));
                prop_assert!(!is_record || group || has_value == (winner != NO_RECORD), "blanks never win");
            }
        }
    }

    #[test]
    fn the_order_of_chunks_and_the_cut_into_ranges_change_nothing(
        given in any_records(),
        people in prop::collection::vec(0usize..6, 40),
        order in Just((0..40).collect::<Vec<usize>>()).prop_shuffle(),
        per_chunk in 1usize..6,
        cut in 0u32..6,
    ) {
        let persons = Persons::from_labels(&labels(given.len(), &people));
        let count = persons.len() as u32;
        let plan = Plan::new(&every_rule(), &schema()).expect("valid rules");
        let wanted = [RecordColumn::Person, RecordColumn::RecordId, RecordColumn::Field(1)];
        let order: Vec<usize> = order.into_iter().filter(|&record| record < given.len()).collect();
        let shuffled = records(&given, &order, per_chunk);
        let whole = fold(&in_order(&given), &persons, 0..count, &schema(), &plan, &wanted);
        let other = fold(&shuffled, &persons, 0..count, &schema(), &plan, &wanted);
        prop_assert_eq!(&whole.winners, &other.winners);
        prop_assert!(whole.golden.equals_missing(&other.golden));
        prop_assert!(whole.records.equals_missing(&other.records));
        let cut = cut.min(count);
        let parts = [0..cut, cut..count].map(|range| fold(&shuffled, &persons, range, &schema(), &plan, &[]));
        let joined = parts[0].golden.vstack(&parts[1].golden).expect("same columns");
        prop_assert!(whole.golden.equals_missing(&joined));
    }
}

fn any_records() -> impl Strategy<Value = Vec<Given>> {
    prop::collection::vec(any_record(), 1..40).prop_map(|mut given| {
        given.sort_by_key(|one| schema().sources[usize::from(one.source)].rank);
        given
    })
}

/// Labels that put record `r` into group `people[r]`.
fn labels(records: usize, people: &[usize]) -> Labels {
    let first = |group: usize| people.iter().position(|&other| other == group).expect("its own record");
    Labels((0..records).map(|record| first(people[record]) as u32).collect())
}
