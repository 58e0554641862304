//! Small groups of records, and who is kept apart.

mod bridges;
mod steward;

use super::*;
use crate::link::scenario::Scenario;
use crate::link::{Linked, runs};
use crate::model::{Decision, RefusalReason, identifier_key};

const ALL: &str = "[identifiers.customer_id]\n[identifiers.email]\n[identifiers.phone]\n[identifiers.cookie_id]\n";

impl Scenario {
    /// Guards what was linked.
    pub(super) fn guard(&self, linked: &Linked, steward: &Steward) -> Result<Guarded, Contradiction> {
        guard(linked, &self.occurrences, &self.compare, &self.event_times, steward, &self.schema, &self.policies)
    }
}

/// Links and guards; the labels say who is one person with whom.
fn fold<S: AsRef<str>>(identifiers: &str, rows: impl IntoIterator<Item = S>) -> (Scenario, Linked, Guarded) {
    fold_with(identifiers, rows, &Steward::default()).expect("no steward, no contradiction")
}

fn fold_with<S: AsRef<str>>(
    identifiers: &str,
    rows: impl IntoIterator<Item = S>,
    steward: &Steward,
) -> Result<(Scenario, Linked, Guarded), Contradiction> {
    let mut data = Scenario::new(identifiers, rows);
    let linked = data.link();
    let guarded = data.guard(&linked, steward)?;
    Ok((data, linked, guarded))
}

fn labels<S: AsRef<str>>(rows: impl IntoIterator<Item = S>) -> Vec<u32> {
    fold(ALL, rows).2.labels.0
}

#[test]
fn a_shared_phone_does_not_merge_households() {
    let rows = [
        "email=ana@x; phone=1; first_name=ana; last_name=smith",
        "email=bob@x; phone=1; first_name=bob; last_name=smith",
        "email=ana@x; first_name=ana",
        "email=bob@x; first_name=robert",
        "email=eve@x; phone=1; first_name=eve; last_name=jones",
    ];
    let (_, _, guarded) = fold(ALL, rows);
    assert_eq!(guarded.labels.0, [0, 1, 0, 1, 4]);
    assert_eq!(guarded.refusals.len(), 3);
    assert!(guarded.refusals.iter().all(|r| r.reason == RefusalReason::Conflict(first_name())));
}

/// The compare column of `first_name` under `ALL`.
fn first_name() -> u16 {
    let data = Scenario::new(ALL, ["email=a"]);
    let field = data.schema.field("first_name");
    data.schema.compare_fields.iter().position(|f| Some(*f) == field).expect("a conflict field") as u16
}

#[test]
fn spouses_at_one_address_keep_their_own_records() {
    let rows = [
        "email=e; first_name=john; t=1",
        "email=e; first_name=mary; t=6",
        "email=e; first_name=john; t=3",
        "email=e; first_name=mary; t=2",
        "email=e; first_name=j; t=4",
        "email=e; first_name=mary; t=5",
    ];
    let (data, linked, guarded) = fold(ALL, rows);
    assert_eq!(guarded.labels.0, [0, 1, 0, 1, 0, 1]);
    assert_eq!(guarded.refusals.len(), 1);
    let refusal = &guarded.refusals[0];
    assert_eq!((refusal.left, refusal.right, refusal.key), (0, 1, identifier_key(b"e")));
    assert!(decisions(&data, &linked, &guarded, "email").iter().all(|(_, decision)| *decision == Decision::Links));
}

#[test]
fn a_nameless_receipt_goes_to_the_more_recent_of_two_spouses() {
    let rows = [
        "email=e; first_name=john; t=1",
        "email=e; first_name=mary; t=2",
        "email=e; t=3",
        "email=e; t=0",
        "email=e",
        "email=e; first_name=john; t=0",
    ];
    assert_eq!(labels(rows), [0, 1, 1, 1, 1, 0]);
}

#[test]
fn a_nameless_receipt_goes_to_the_one_it_shares_a_stronger_identifier_with() {
    let rows = [
        "email=e; customer_id=1; first_name=john; t=1",
        "email=e; customer_id=2; first_name=mary; t=2",
        "email=e; customer_id=1; t=3",
        "email=e; t=4",
    ];
    assert_eq!(labels(rows), [0, 1, 0, 0], "the newest nameless one goes with its first neighbor, john's newest");
    let rows = ["phone=1; email=j; first_name=john", "phone=1; email=m; first_name=mary; t=1", "phone=1; email=j; t=2"];
    assert_eq!(labels(rows), [0, 1, 0]);
}

#[test]
fn a_record_prefers_the_owner_that_says_its_name() {
    // Customer 1 has no name; the newest record of the address is hers, so she owns it first.
    let rows = [
        "email=e; customer_id=1; t=9",
        "email=e; customer_id=2; first_name=mary; t=8",
        "email=e; first_name=mary; t=7",
        "email=e; t=6",
    ];
    assert_eq!(labels(rows), [0, 1, 1, 0]);
}

#[test]
fn a_nameless_receipt_does_not_go_to_a_slip_of_the_pen() {
    let mut rows = vec!["email=e; first_name=qqq; t=99".to_owned()];
    rows.extend((0..10).map(|i| format!("email=e; first_name=ana; t={i}")));
    rows.push("email=e; t=-1".into());
    let labels = labels(&rows);
    assert_eq!((labels[0], labels[1], labels[11]), (0, 1, 1));
}

#[test]
fn blank_names_do_not_chain_people_together() {
    assert_eq!(labels(["email=e; first_name=ana", "email=e; phone=1", "phone=1; first_name=bob"]), [0, 0, 2]);
}

#[test]
fn initials_and_pet_forms_join_and_an_initial_joins_only_one() {
    assert_eq!(labels(["email=e; first_name=j", "email=e; first_name=john", "email=e; first_name=bob"]), [0, 0, 2]);
    let rows = ["email=e; first_name=j; t=1", "email=e; first_name=john; t=3", "email=e; first_name=jane; t=2"];
    assert_eq!(labels(rows), [0, 0, 2]);
    assert_eq!(labels(["email=e; first_name=robert", "email=e; first_name=bob"]), [0, 0]);
}

#[test]
fn a_badly_misspelled_name_joins_by_a_unique_identifier_and_does_not_bar_the_others() {
    let rows = [
        "customer_id=1; email=e; first_name=ana; t=1",
        "customer_id=1; first_name=xqn; t=2",
        "email=e; first_name=ana; t=3",
        "email=e; first_name=xqn; t=0",
    ];
    assert_eq!(labels(rows), [0, 0, 0, 3]);
    let rows = ["customer_id=1; email=e; first_name=zzzz", "customer_id=1; first_name=ana", "email=e; first_name=ana"];
    assert_eq!(labels(rows), [0, 0, 0], "either of two names said equally often will do");
}

#[test]
fn a_card_that_spouses_share_draws_only_the_one_who_uses_it_most() {
    let rows = [
        "customer_id=1; email=j; first_name=john",
        "customer_id=1; email=j; first_name=john",
        "customer_id=1; email=m; first_name=mary",
        "email=m; first_name=mary",
        "email=j; first_name=john",
    ];
    assert_eq!(labels(rows), [0, 0, 0, 3, 0]);
}

#[test]
fn a_recycled_phone_number_does_not_join_its_owners() {
    let rows = [
        "phone=1; email=old@x; first_name=peter; t=1",
        "phone=1; email=new@x; first_name=lisa; t=9",
        "phone=1; first_name=peter; t=2",
        "phone=1; t=8",
    ];
    assert_eq!(labels(rows), [0, 1, 0, 1]);
}

#[test]
fn a_kiosk_cookie_that_three_customers_logged_in_on_links_nobody() {
    let rows =
        ["cookie_id=k; customer_id=1", "cookie_id=k; customer_id=2", "cookie_id=k; customer_id=3", "cookie_id=k"];
    let (data, linked, guarded) = fold(ALL, rows);
    assert_eq!(guarded.labels.0, [0, 1, 2, 3]);
    assert!(decisions(&data, &linked, &guarded, "cookie_id").iter().all(|(_, d)| *d == Decision::Shared));
}

#[test]
fn an_anonymous_visit_goes_to_the_last_who_logged_in() {
    let rows = [
        "cookie_id=d; customer_id=1; t=10",
        "cookie_id=d; customer_id=2; t=20",
        "cookie_id=d; t=5",
        "cookie_id=d; t=25",
        "customer_id=1; t=30",
    ];
    let (data, linked, guarded) = fold(ALL, rows);
    assert_eq!(guarded.labels.0, [0, 1, 1, 1, 0]);
    let of_cookie = decisions(&data, &linked, &guarded, "cookie_id");
    assert_eq!(of_cookie[0], (0, Decision::Refused));
    assert!(of_cookie[1..].iter().all(|(_, d)| *d == Decision::Links));
}

#[test]
fn a_customer_number_is_unique_per_person() {
    let (_, _, guarded) = fold(ALL, ["customer_id=1; email=e; t=1", "customer_id=2; email=e; t=2", "customer_id=1"]);
    assert_eq!(guarded.labels.0, [0, 1, 0]);
    assert_eq!(guarded.refusals[0].reason, RefusalReason::MaxPerPerson(0));
}

#[test]
fn a_record_with_two_customer_numbers_keeps_one() {
    let (data, linked, guarded) = fold(ALL, ["customer_id=1|2"]);
    assert_eq!(guarded.detached.len(), 1);
    assert_eq!((guarded.refusals[0].left, guarded.refusals[0].right), (0, 0));
    let of_id = decisions(&data, &linked, &guarded, "customer_id");
    assert_eq!(of_id.iter().filter(|(_, d)| *d == Decision::Links).count(), 1);
}

#[test]
fn a_person_may_have_five_addresses_and_the_oldest_sixth_goes() {
    let five: Vec<String> = (0..5).map(|i| format!("customer_id=1; email={i}; t={i}")).collect();
    let (_, _, guarded) = fold(ALL, &five);
    assert!(guarded.refusals.is_empty() && guarded.detached.is_empty());
    let mut six: Vec<String> = (0..6).map(|i| format!("customer_id=1; email={i}; t={i}")).collect();
    six.push("email=0; t=9".into());
    let (_, _, guarded) = fold(ALL, &six);
    assert_eq!(guarded.labels.0, [0, 0, 0, 0, 0, 0, 6]);
    assert_eq!(guarded.detached.iter().map(|d| d.record).collect::<Vec<_>>(), [0]);
    assert_eq!((guarded.refusals[0].left, guarded.refusals[0].right), (0, 6));
}

#[test]
fn a_shared_value_does_not_count_as_one_of_a_persons_addresses() {
    let names = ["smith", "jones", "garcia", "baker", "novak", "weber"];
    let mut rows: Vec<String> = names.iter().map(|name| format!("email=junk; last_name={name}")).collect();
    rows.extend((0..5).map(|i| format!("customer_id=1; email={i}|junk")));
    let (_, linked, guarded) = fold(ALL, &rows);
    assert_eq!(linked.shared.len(), 1);
    assert!(guarded.refusals.is_empty());
}

#[test]
fn a_namespace_builds_no_person_larger_than_its_limit() {
    let limited = "[identifiers.customer_id]\n[identifiers.email]\nmax_records_per_person = 2\n";
    let (_, _, guarded) = fold(limited, ["email=e; t=1", "email=e; t=3", "email=e; t=2"]);
    assert_eq!(guarded.labels.0, [0, 1, 1]);
    assert_eq!(guarded.refusals[0].reason, RefusalReason::MaxRecordsPerPerson(1));
    let (_, _, guarded) = fold(limited, ["customer_id=1", "customer_id=1", "customer_id=1; email=e", "email=f"]);
    assert_eq!(guarded.labels.0, [0, 0, 0, 3], "what stronger evidence built stays");
}

#[test]
fn a_value_that_everybody_refuses_asks_only_so_many() {
    let never = "[identifiers.customer_id]\n[identifiers.phone]\nshared_above = 0\n";
    let rows: Vec<String> = (0..100).map(|i| format!("customer_id={i}; phone=1; t={}", -i)).collect();
    let (_, _, guarded) = fold(never, &rows);
    assert_eq!(guarded.labels.0, (0..100).collect::<Vec<u32>>());
    let asked = relink::MOST_OWNERS * (relink::MOST_OWNERS - 1) / 2 + (100 - relink::MOST_OWNERS) * relink::MOST_OWNERS;
    assert_eq!(guarded.refusals.len(), asked);
}

#[test]
fn a_component_that_breaks_nothing_is_untouched() {
    let rows = ["customer_id=1; email=e; first_name=ana", "email=e; phone=1", "phone=1; first_name=anna", "email=f"];
    let (_, linked, guarded) = fold(ALL, rows);
    assert_eq!(guarded, Guarded { labels: linked.labels, ..Guarded::default() });
}

/// (record, decision) of every edge of a namespace.
fn decisions(data: &Scenario, linked: &Linked, guarded: &Guarded, namespace: &str) -> Vec<(u32, Decision)> {
    let namespace = data.schema.namespace(namespace).expect("declared");
    let of_namespace = &data.occurrences[usize::from(namespace)];
    let mut all = Vec::new();
    let mut out = Vec::new();
    for part in &of_namespace.parts {
        for run in runs(part, namespace, &linked.shared) {
            guarded.decide(namespace, &run, &mut out);
            all.extend(run.records.iter().zip(&out).map(|(o, decision)| (o.record, *decision)));
        }
    }
    all.sort_unstable();
    all
}
