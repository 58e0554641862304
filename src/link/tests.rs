use super::scenario::Scenario;

const ALL: &str = "[identifiers.customer_id]\n[identifiers.email]\n[identifiers.phone]\n[identifiers.cookie_id]\n";

fn rows(n: usize, row: impl Fn(usize) -> String) -> Vec<String> {
    (0..n).map(row).collect()
}

const SURNAMES: [&str; 12] = [
    "smith",
    "jones",
    "garcia",
    "baker",
    "novak",
    "weber",
    "rossi",
    "dubois",
    "tanaka",
    "okafor",
    "lindqvist",
    "papadakis",
];

#[test]
fn records_that_share_a_value_are_linked_through_any_namespace() {
    let mut data = Scenario::new(ALL, ["email=a", "email=a; phone=1", "phone=2", "phone=1", "email=b|c", "email=c"]);
    let linked = data.link();
    assert_eq!(linked.labels.0, [0, 0, 2, 0, 4, 4]);
    assert!(linked.shared.is_empty());
    let email = &linked.counts[1];
    assert_eq!((email.namespace.as_str(), email.occurrences, email.values, email.linking_values), ("email", 5, 3, 2));
}

#[test]
fn a_value_twice_in_one_record_counts_once() {
    let mut data = Scenario::new(ALL, ["phone=1|1", "phone=2"]);
    let linked = data.link();
    assert_eq!(linked.labels.0, [0, 1]);
    assert_eq!((linked.counts[2].occurrences, linked.counts[2].linking_values), (2, 0));
}

#[test]
fn a_loyal_customer_with_a_thousand_receipts_stays_one_person() {
    let slips = ["smit", "smiht", "smitth", "smtih", "amith", "smith jr", "s", "smiyh", "snith", "mith"];
    let mut data = Scenario::new(
        ALL,
        rows(1000, |i| {
            let name = if i % 50 == 0 { slips[i / 50 % slips.len()] } else { "smith" };
            format!("email=e; phone=1; customer_id=c; last_name={name}")
        }),
    );
    let linked = data.link();
    assert!(linked.shared.is_empty());
    assert!(linked.labels.0.iter().all(|label| *label == 0));
}

#[test]
fn slips_beyond_recognition_do_not_make_a_loyal_customers_phone_shared() {
    let slip = |i: usize| {
        if i.is_multiple_of(100) { format!("{}{}", (b'a' + (i / 100) as u8) as char, i) } else { "ho".into() }
    };
    let mut data = Scenario::new(ALL, rows(1000, |i| format!("phone=1; last_name={}", slip(i))));
    assert!(data.link().shared.is_empty());
    // The same names, but they are other people's: found elsewhere.
    let mut all = rows(1000, |i| format!("phone=1; last_name={}", slip(i)));
    all.extend(rows(10, |i| format!("email={i}; last_name={}", slip(i * 100))));
    assert_eq!(Scenario::new(ALL, all).link().shared.len(), 1);
}

#[test]
fn a_junk_phone_on_many_surnames_links_nobody() {
    let mut data = Scenario::new(ALL, rows(40, |i| format!("phone=0; last_name={}", SURNAMES[i % 12])));
    let linked = data.link();
    assert_eq!(linked.shared.len(), 1);
    let shared = &linked.shared[0];
    assert_eq!((shared.record, shared.records, shared.distinct, shared.by.as_str()), (0, 40, 12, "last_name"));
    assert!(linked.is_shared(shared.namespace, shared.key));
    assert_eq!(linked.labels.0, (0..40).collect::<Vec<u32>>());
    assert_eq!((linked.counts[2].linking_values, linked.counts[2].shared_values), (0, 1));
}

#[test]
fn a_junk_phone_is_known_by_customer_numbers_where_names_are_blank() {
    let mut data = Scenario::new(ALL, rows(6, |i| format!("phone=0; customer_id={i}")));
    let linked = data.link();
    assert_eq!((linked.shared[0].distinct, linked.shared[0].by.as_str()), (6, "customer_id"));
}

#[test]
fn a_junk_phone_is_known_by_addresses_where_there_is_nothing_else() {
    let mut data = Scenario::new(ALL, rows(11, |i| format!("phone=0; email={i}")));
    assert_eq!(data.link().shared[0].by, "stronger_identifiers");
    let mut few = Scenario::new(ALL, rows(10, |i| format!("phone=0; email={i}")));
    assert!(few.link().shared.is_empty());
}

#[test]
fn a_junk_address_is_known_by_phone_numbers_where_nothing_is_stronger() {
    let identifiers = "[identifiers.email]\n[identifiers.phone]\n";
    let mut data = Scenario::new(identifiers, rows(20, |i| format!("email=none; phone={i}")));
    let linked = data.link();
    assert_eq!((linked.shared.len(), linked.shared[0].by.as_str(), linked.shared[0].distinct), (1, "phone", 20));
    let mut few = Scenario::new(identifiers, rows(200, |i| format!("email=e; phone={}", i % 8)));
    assert!(few.link().shared.is_empty());
}

#[test]
fn mistyped_addresses_of_one_customer_do_not_make_a_phone_shared() {
    let mut data = Scenario::new(
        ALL,
        rows(400, |i| format!("phone=0; email={}", if i % 20 == 0 { i.to_string() } else { "a".into() })),
    );
    assert!(data.link().shared.is_empty());
}

#[test]
fn a_kiosk_cookie_with_three_customers_links_nobody() {
    let mut data = Scenario::new(ALL, rows(9, |i| format!("cookie_id=k; customer_id={}", i % 3)));
    let linked = data.link();
    assert_eq!(linked.labels.0, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    let mut two = Scenario::new(ALL, rows(9, |i| format!("cookie_id=k; customer_id={}", i % 2)));
    assert!(two.link().shared.is_empty());
}

#[test]
fn a_kiosk_cookie_is_known_by_the_addresses_that_logged_in_too() {
    let login = |i: usize| if i % 4 == 3 { "customer_id=1".into() } else { format!("email={}", i % 4) };
    let mut data = Scenario::new(ALL, rows(8, |i| format!("cookie_id=k; {}", login(i))));
    assert_eq!(data.link().shared[0].by, "stronger_identifiers");
    // The same addresses, known to be one person's: no kiosk.
    let mut all = rows(8, |i| format!("cookie_id=k; {}", login(i)));
    all.extend(rows(3, |i| format!("customer_id=1; email={i}")));
    assert!(Scenario::new(ALL, all).link().shared.is_empty());
}

#[test]
fn a_family_with_two_surnames_at_one_phone_is_not_shared() {
    let mut data = Scenario::new(ALL, rows(50, |i| format!("phone=0; last_name={}", SURNAMES[i % 2])));
    assert!(data.link().shared.is_empty());
}

#[test]
fn the_order_of_occurrences_and_the_number_of_threads_do_not_show() {
    let all = rows(300, |i| format!("email={}; phone={}; last_name={}", i % 97, i % 31, SURNAMES[i % 12]));
    let mut data = Scenario::new(ALL, &all);
    let mut turned = data.clone();
    turned.occurrences.iter_mut().flat_map(|o| &mut o.parts).for_each(|part| part.reverse());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    let one = data.link();
    let other = pool.install(|| turned.link());
    assert_eq!((one.labels, one.shared, one.counts), (other.labels, other.shared, other.counts));
}
