//! The guard's laws, on thousands of small random data sets.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::oracle::one_pass;
use super::*;
use crate::link::scenario::Scenario;
use crate::model::Persons;

const IDENTIFIERS: &str = "[identifiers.customer_id]
[identifiers.email]
max_per_person = 2
[identifiers.phone]
max_records_per_person = 5
[identifiers.cookie_id]
shared_above = 3
conflict = []
";

const FIRST_NAMES: [&str; 13] = ["", "", "", "ana", "anna", "xqn", "john", "jon", "j", "jane", "mary", "bob", "robert"];

/// A row with few possible values, so that they meet.
fn row() -> impl Strategy<Value = String> {
    let one = |name: &'static str, some: u32, of: u32, values: u32| {
        (0..of, 0..values, 0..values).prop_map(move |(chance, a, b)| match chance {
            0 => format!("{name}={a}|{b}; "),
            chance if chance < some => format!("{name}={a}; "),
            _ => String::new(),
        })
    };
    (
        one("customer_id", 4, 12, 5),
        one("email", 6, 12, 6),
        one("phone", 5, 12, 6),
        one("cookie_id", 3, 12, 4),
        prop::sample::select(&FIRST_NAMES),
        prop::sample::select(&["", "smith", "smiht", "jones", "weber"]),
        0i64..6,
    )
        .prop_map(|(id, email, phone, cookie, first, last, time)| {
            let mut row = format!("{id}{email}{phone}{cookie}");
            for (field, value) in [("first_name", first), ("last_name", last)] {
                if !value.is_empty() {
                    row += &format!("{field}={value}; ");
                }
            }
            if time > 0 { format!("{row}t={time}") } else { row }
        })
}

fn pairs() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((0u32..24, 0u32..24), 0..4)
}

fn steward(always: Vec<(u32, u32)>, never: Vec<(u32, u32)>, records: usize) -> Steward {
    let within = |pairs: Vec<(u32, u32)>| -> Vec<(u32, u32)> {
        let fits = |(a, b): &(u32, u32)| (*a as usize) < records && (*b as usize) < records && a != b;
        pairs.into_iter().filter(fits).collect()
    };
    // Three pairs or more are also said as one: the first records of all against the second ones.
    let never = within(never);
    let (left, right): (BTreeSet<u32>, BTreeSet<u32>) = never.iter().copied().unzip();
    let never = match never.len() {
        3.. if left.is_disjoint(&right) => {
            vec![Never { sides: [left.into_iter().collect(), right.into_iter().collect()], at: String::new() }]
        }
        _ => never.into_iter().map(|(a, b)| Never::pair(a, b)).collect(),
    };
    Steward { always: within(always), never, ..Steward::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn guarding_broken_components_alone_equals_one_guarded_pass_over_everything(
        rows in prop::collection::vec(row(), 1..24), always in pairs(), never in pairs(),
    ) {
        let mut data = Scenario::new(IDENTIFIERS, &rows);
        let steward = steward(always, never, rows.len());
        let linked = data.link();
        let result = data.guard(&linked, &steward);
        let Ok(guarded) = result else { return Ok(()) };
        prop_assert_eq!(&guarded.labels.0, &one_pass(&data, &linked, &steward));
    }

    #[test]
    fn no_person_exceeds_a_limit_and_never_pairs_stay_apart(
        rows in prop::collection::vec(row(), 1..24), never in pairs(),
    ) {
        let mut data = Scenario::new(IDENTIFIERS, &rows);
        let steward = steward(vec![], never, rows.len());
        let linked = data.link();
        let guarded = data.guard(&linked, &steward).expect("never-pairs alone contradict nothing");
        let labels = &guarded.labels.0;
        for (namespace, policy) in data.policies.iter().enumerate() {
            let mut linking: BTreeMap<u32, BTreeSet<Key>> = BTreeMap::new();
            for (n, record, key) in data.edges() {
                let detached = guarded.detached.binary_search(&Detached { namespace: n, key, record }).is_ok();
                if usize::from(n) == namespace && !linked.is_shared(n, key) && !detached {
                    linking.entry(labels[record as usize]).or_default().insert(key);
                }
            }
            let limit = policy.max_per_person as usize;
            prop_assert!(limit == 0 || linking.values().all(|keys| keys.len() <= limit));
        }
        for never in &steward.never {
            let [left, right] = &never.sides;
            for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
                prop_assert_ne!(labels[*a as usize], labels[*b as usize]);
            }
        }
        for refusal in &guarded.refusals {
            prop_assert!(labels[refusal.left as usize] == refusal.left && labels[refusal.right as usize] == refusal.right);
        }
    }

    #[test]
    fn persons_are_parts_of_components_and_unbroken_components_are_untouched(
        rows in prop::collection::vec(row(), 1..24),
    ) {
        let mut data = Scenario::new(IDENTIFIERS, &rows);
        let linked = data.link();
        let guarded = data.guard(&linked, &Steward::default()).expect("nothing said");
        for (record, label) in guarded.labels.0.iter().enumerate() {
            prop_assert_eq!(linked.labels.0[*label as usize], linked.labels.0[record]);
        }
        let touched: BTreeSet<u32> = guarded.refusals.iter().map(|r| linked.labels.0[r.left as usize]).collect();
        for (record, label) in linked.labels.0.iter().enumerate() {
            prop_assert!(touched.contains(label) || guarded.labels.0[record] == *label);
        }
    }

    #[test]
    fn neither_the_order_of_occurrences_nor_of_names_nor_the_threads_show(
        rows in prop::collection::vec(row(), 1..24),
    ) {
        let mut data = Scenario::new(IDENTIFIERS, &rows);
        let mut other = data.clone();
        other.occurrences.iter_mut().flat_map(|o| &mut o.parts).for_each(|part| part.reverse());
        for (codes, keys) in other.compare.codes.iter_mut().zip(&mut other.compare.keys) {
            keys.reverse();
            let turned = keys.len() as u32 + 1;
            codes.iter_mut().filter(|code| **code > 0).for_each(|code| *code = turned - *code);
        }
        let linked = data.link();
        let one = data.guard(&linked, &Steward::default()).expect("nothing said");
        let two = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread").install(|| {
            let linked = other.link();
            other.guard(&linked, &Steward::default()).expect("nothing said")
        });
        prop_assert_eq!(one, two);
    }

    #[test]
    fn bridges_are_the_values_without_which_a_person_is_in_pieces(
        rows in prop::collection::vec(row(), 1..24), always in pairs(),
    ) {
        let mut data = Scenario::new(IDENTIFIERS, &rows);
        let steward = steward(always, vec![], rows.len());
        let linked = data.link();
        let guarded = data.guard(&linked, &steward).expect("nobody is kept apart");
        let persons = Persons::from_labels(&guarded.labels);
        let found = bridges(&persons, &guarded, &linked, &data.occurrences, &steward, &data.policies, 1);
        let mut expected = Vec::new();
        for person in 0..persons.len() as u32 {
            expected.extend(pieces_without_each_value(&data, &linked, &guarded, &steward, persons.records(person)));
        }
        let mut found: Vec<_> =
            found.iter().filter(|b| b.side > 1).map(|b| (b.person, b.namespace, b.key, b.side, b.rest)).collect();
        found.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(found, expected);
    }
}

/// By petgraph: for each value, the components of the person's graph without it, but for the largest and single records.
fn pieces_without_each_value(
    data: &Scenario,
    linked: &Linked,
    guarded: &Guarded,
    steward: &Steward,
    records: &[u32],
) -> Vec<(u32, NamespaceId, Key, u32, u32)> {
    use petgraph::algo::tarjan_scc;
    use petgraph::graph::UnGraph;
    let is_held = |n: NamespaceId, key: Key, record: u32| {
        !linked.is_shared(n, key)
            && guarded.detached.binary_search(&Detached { namespace: n, key, record }).is_err()
            && records.contains(&record)
    };
    let edges: Vec<_> = data.edges().filter(|(n, record, key)| is_held(*n, *key, *record)).collect();
    let values: BTreeSet<(NamespaceId, Key)> = edges.iter().map(|(n, _, key)| (*n, *key)).collect();
    let mut found = Vec::new();
    for &without in &values {
        let mut graph: UnGraph<bool, ()> = UnGraph::default();
        let of_record: BTreeMap<u32, _> = records.iter().map(|record| (*record, graph.add_node(true))).collect();
        let of_value: BTreeMap<_, _> =
            values.iter().filter(|v| **v != without).map(|value| (*value, graph.add_node(false))).collect();
        for (n, record, key) in &edges {
            if let Some(value) = of_value.get(&(*n, *key)) {
                graph.add_edge(of_record[record], *value, ());
            }
        }
        for (a, b) in &steward.always {
            if let (Some(a), Some(b)) = (of_record.get(a), of_record.get(b)) {
                graph.add_edge(*a, *b, ());
            }
        }
        let mut sizes: Vec<u32> =
            tarjan_scc(&graph).iter().map(|piece| piece.iter().filter(|node| graph[**node]).count() as u32).collect();
        sizes.sort_unstable();
        sizes.pop();
        found.extend(
            sizes
                .into_iter()
                .filter(|side| *side > 1)
                .map(|side| (records[0], without.0, without.1, side, records.len() as u32 - side)),
        );
    }
    found
}
