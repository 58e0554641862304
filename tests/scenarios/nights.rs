//! One run after the other: who keeps an id, what lineage says, and what happens when the last run cannot be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use onefold::identity::{Moved, parse_person_id, replay};
use onefold::model::{Event, Lineage};

use super::harness::{Published, Scratch};

const CONFIG: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                      [source.fields]\nemail = \"email\"\nloyalty_id = \"card\"\n\n[identifiers.email]\n\
                      [identifiers.loyalty_id]\n\n[output]\nformats = [\"csv\"]\ntables = [\"golden_customers\"]\n";
const DATA: &str = "id,email,card\n1,ana@example.org,\n2,ana@example.org,\n3,bo@example.org,\n4,,CARD-77\n";

fn shop() -> Scratch {
    Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", DATA)])
}

/// Record id → person id.
type Crosswalk = BTreeMap<String, u128>;

fn crosswalk(published: &Published) -> Crosswalk {
    let table = published.table("crosswalk");
    let id = |row: &Vec<String>| parse_person_id(table.cell(row, "person_id")).expect("a person id");
    table.rows.iter().map(|row| (table.cell(row, "record_id").to_owned(), id(row))).collect()
}

fn id(text: &str) -> u128 {
    if text.is_empty() { 0 } else { parse_person_id(text).expect("a person id") }
}

fn lineage(published: &Published) -> Vec<Lineage> {
    let table = published.table("lineage");
    let row = |row: &Vec<String>| Lineage {
        event: Event::of_name(table.cell(row, "event")).expect("an event"),
        old: id(table.cell(row, "old_person_id")),
        new: id(table.cell(row, "new_person_id")),
        records: table.cell(row, "records").parse().expect("a count"),
    };
    table.rows.iter().map(row).collect()
}

/// The law: the last crosswalk and what this run says of it give this run's crosswalk.
fn check_replay(old: &Crosswalk, published: &Published) {
    let new = crosswalk(published);
    let arrived = new.iter().filter(|(key, _)| !old.contains_key(*key)).map(|(key, &new)| (key.clone(), 0, new));
    let gone = old.iter().filter(|(key, _)| !new.contains_key(*key)).map(|(key, &old)| (key.clone(), old, 0));
    let table = published.table("moves");
    let cell = |row: &Vec<String>, column| table.cell(row, column).to_owned();
    let moves = table
        .rows
        .iter()
        .map(|row| (cell(row, "record_id"), id(&cell(row, "old_person_id")), id(&cell(row, "new_person_id"))));
    let mut moved: Vec<_> = arrived.chain(gone).chain(moves).map(|(key, old, new)| Moved { key, old, new }).collect();
    moved.sort();
    let rows = |crosswalk: &Crosswalk| crosswalk.clone().into_iter().collect::<Vec<_>>();
    assert_eq!(replay(&rows(old), &lineage(published), &moved), Ok(rows(&new)));
}

fn persons(crosswalk: &Crosswalk) -> BTreeMap<u128, BTreeSet<&str>> {
    let mut persons: BTreeMap<u128, BTreeSet<&str>> = BTreeMap::new();
    crosswalk.iter().for_each(|(key, &id)| _ = persons.entry(id).or_default().insert(key));
    persons
}

#[test]
fn the_same_run_again_changes_no_byte() {
    let scratch = shop();
    let first = scratch.run().tables();
    assert!(first.keys().map(String::as_str).eq([
        "crosswalk.csv",
        "golden_customers.csv",
        "issued_ids.csv",
        "lineage.csv",
        "lineage_history.csv",
        "moves.csv"
    ]));
    assert!(scratch.run().tables() == first);
}

#[test]
fn the_first_run_says_that_there_is_nothing_to_compare_with_and_the_next_what_changed() {
    let scratch = shop();
    let summary = |scratch: &Scratch| String::from_utf8(scratch.onefold(&["run"]).stdout).unwrap();
    assert!(summary(&scratch).contains("The first run: there is none to compare with"));
    scratch.write(
        "shop.csv",
        format!("{}5,cy@example.org,CARD-77\n6,dee@example.org,\n", DATA.replace("3,bo@example.org,\n", "")).as_bytes(),
    );
    let text = summary(&scratch);
    assert!(text.contains("Customers since run 1: 2 kept their id, 1 new, 1 gone."), "{text}");
    let changes = &scratch.published().report()["changes"];
    assert_eq!((changes["since"].as_u64(), changes["kept"].as_u64()), (Some(1), Some(2)));
}

/// A small generator of chance that repeats itself.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

/// The shop's customers over many nights: each has some e-mail addresses and some cards, and receipts with one of them.
#[derive(Default)]
struct Shop {
    rows: Vec<(String, usize, String, String)>,
    customers: usize,
    receipts: usize,
}

impl Shop {
    fn receipt(&mut self, customer: usize, email: String, card: String) {
        self.receipts += 1;
        // Not in rising order: a new record may well be the smallest of its person.
        let record = format!("r{:05}", self.receipts * 7919 % 100_000);
        self.rows.push((record, customer, email, card));
    }

    fn night(&mut self, chance: &mut Chance, new_customers: usize) {
        for _ in 0..new_customers {
            self.customers += 1;
            let of = self.customers;
            for _ in 0..1 + chance.below(3) {
                self.receipt(of, format!("c{of}@example.org"), String::new());
            }
            if chance.below(3) == 0 {
                // A second half that nothing links to the first yet.
                self.receipt(of, String::new(), format!("CARD-{of}"));
            }
        }
        for _ in 0..10 {
            let of = 1 + chance.below(self.customers);
            match chance.below(3) {
                0 => self.receipt(of, format!("c{of}@example.org"), String::new()),
                1 => self.receipt(of, format!("c{of}@example.org"), format!("NEW-{of}-{}", self.receipts)),
                _ => self.receipt(of, format!("c{of}@example.org"), format!("CARD-{of}")),
            }
        }
    }

    fn csv(&self) -> String {
        let rows = self.rows.iter().map(|(record, _, email, card)| format!("{record},{email},{card}\n"));
        std::iter::once("id,email,card\n".to_owned()).chain(rows).collect()
    }
}

#[test]
fn over_thirty_published_nights_persons_keep_their_ids_and_lineage_tells_every_exception() {
    let scratch = shop();
    let (mut chance, mut shop) = (Chance(7), Shop::default());
    shop.night(&mut chance, 150);
    scratch.write("shop.csv", shop.csv().as_bytes());
    let mut old = crosswalk(&scratch.run());
    let mut ever: BTreeMap<u128, u64> = old.values().map(|id| (*id, 1)).collect();
    let (mut unchanged, mut kept, mut seen) = (0, 0, BTreeSet::new());
    for night in 2..=30 {
        shop.night(&mut chance, 5);
        match night {
            9 | 21 => {
                // A person is erased: none of their receipts is exported any more.
                let erased = 1 + chance.below(shop.customers);
                shop.rows.retain(|row| row.1 != erased);
            }
            12 => scratch.write("onefold.toml", CONFIG.replace("[identifiers.loyalty_id]\n", "").as_bytes()),
            18 => scratch.write("onefold.toml", CONFIG.as_bytes()),
            24 => _ = fs::remove_dir_all(scratch.path().join("out/cache")),
            _ => {}
        }
        scratch.write("shop.csv", shop.csv().as_bytes());
        let published = scratch.run();
        check_replay(&old, &published);
        let new = crosswalk(&published);
        let told: BTreeSet<u128> = lineage(&published).iter().map(|row| row.old).collect();
        seen.extend(lineage(&published).iter().map(|row| row.event));
        let after = persons(&new);
        for (id, records) in persons(&old) {
            let now: BTreeSet<u128> = records.iter().filter_map(|key| new.get(*key)).copied().collect();
            let alone = |now: &u128| after[now].iter().all(|key| old.get(*key).is_none_or(|before| *before == id));
            if let (1, Some(now)) = (now.len(), now.first())
                && alone(now)
            {
                unchanged += 1;
                kept += usize::from(*now == id);
            } else {
                assert!(
                    told.contains(&id) || after.contains_key(&id),
                    "night {night}: nobody says what happened to {id:x}"
                );
            }
        }
        for id in after.keys().filter(|id| !old.values().any(|before| before == *id)) {
            assert!(ever.insert(*id, night).is_none(), "night {night}: an id came back");
        }
        let issued = published.table("issued_ids");
        let issued: BTreeMap<u128, u64> =
            issued.rows.iter().map(|row| (id(&row[0]), row[1].parse().unwrap())).collect();
        assert_eq!(issued, ever, "night {night}");
        old = new;
    }
    assert!(unchanged > 4000 && kept * 1000 >= unchanged * 999, "{kept} of {unchanged}");
    assert_eq!(seen.len(), 5, "{seen:?}");
}

#[test]
fn an_old_id_leads_to_who_has_the_records_now() {
    let scratch = shop();
    let first = crosswalk(&scratch.run());
    scratch.write("shop.csv", format!("{DATA}5,ana@example.org,CARD-77\n").as_bytes());
    let second = crosswalk(&scratch.run());
    let (old, new) = (uuid(first["4"]), uuid(second["4"]));
    assert_ne!(old, new);
    scratch.write("onefold.toml", CONFIG.replace("tables", "# tables").as_bytes());
    scratch.run();
    let explain = |what: &str| String::from_utf8(scratch.onefold(&["explain", what]).stdout).unwrap();
    let answer = explain(&old[..8]);
    let wanted = format!(
        "Person {old} is no more. Run 1 gave the id first.\n\nWhat happened\n  run 2: merged, 1 record went to {new}\n\n\
         Its records are now with\n  {new} (at most 1 record)\n"
    );
    assert_eq!(answer, wanted);
    assert!(explain(&new).starts_with(&format!("Person {new}")));
    scratch.write("shop.csv", b"id,email,card\n3,bo@example.org,\n");
    scratch.run();
    assert!(explain(&old).ends_with("None of its records is left.\n"), "{}", explain(&old));
}

fn uuid(id: u128) -> String {
    uuid::Uuid::from_u128(id).to_string()
}

#[test]
fn a_last_run_that_cannot_be_read_stops_the_next_instead_of_giving_everybody_a_new_id() {
    type Spoil = (&'static str, fn(&Scratch), &'static str);
    let spoil: [Spoil; 5] = [
        (
            "a missing crosswalk",
            |s| fs::remove_file(s.path().join("out/current/crosswalk.csv")).unwrap(),
            "crosswalk.csv",
        ),
        (
            "a crosswalk cut short",
            |s| {
                let text = s.published().bytes("crosswalk.csv");
                s.write("out/current/crosswalk.csv", &text[..text.len() / 2]);
            },
            "were written",
        ),
        (
            "a crosswalk that somebody edited",
            |s| {
                let text = String::from_utf8(s.published().bytes("crosswalk.csv")).unwrap();
                s.write("out/current/crosswalk.csv", text.replacen('-', "x", 1).as_bytes());
            },
            "has no person_id",
        ),
        ("missing ids", |s| fs::remove_file(s.path().join("out/current/issued_ids.csv")).unwrap(), "issued_ids.csv"),
        ("a run that is gone", |s| fs::remove_dir_all(s.path().join("out/runs/000001")).unwrap(), "out/current"),
    ];
    for (what, spoil, shown) in spoil {
        let scratch = shop();
        scratch.run();
        spoil(&scratch);
        let output = scratch.onefold(&["run"]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{what}: {message}");
        assert!(message.contains("cannot keep person ids") && message.contains(shown), "{what}: {message}");
        assert!(message.contains("onefold rollback"), "{what}: {message}");
    }
}
