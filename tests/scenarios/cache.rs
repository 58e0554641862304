//! A run that finds rows in the cache publishes what a run without one does, byte for byte.

use std::collections::BTreeMap;
use std::fs;

use super::harness::{Scratch, root};

const CONFIG: &str = "[project]\ndefault_region = \"US\"\n\n\
    [[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop/*\"\nrecord_id = \"id\"\nevent_time = { column = \"at\", on_error = \"blank\" }\n\
    where = \"city <> 'Nowhere'\"\n[source.fields]\nemail = \"email\"\nphone = \"phone\"\nfirst_name = \"name\"\ncity = \"city\"\n\n\
    [[source]]\nname = \"till\"\nchannel = \"pos\"\npath = \"till/*\"\n[source.fields]\nphone = \"phone\"\nfirst_name = \"name\"\n\n\
    [identifiers.email]\nconflict = [\"first_name\"]\n[identifiers.phone]\n\n\
    [output]\nformats = [\"csv\", \"parquet\"]\n";

struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

/// An export: overlapping keys, junk, broken rows, now and then nothing but a header.
fn export(chance: &mut Chance, is_till: bool) -> String {
    let mut text = if is_till { "name,phone\n" } else { "id,at,email,phone,name,city\n" }.to_owned();
    for _ in 0..chance.below(40) {
        let of = chance.below(30);
        let email = ["", "none@none.com", "not an address", "x"][chance.below(4)];
        let email = if email == "x" { format!("c{of}@example.org") } else { email.to_owned() };
        let phone = if chance.below(3) == 0 { format!("617-555-01{:02}", of) } else { "000".to_owned() };
        let name = ["Ana", "Bo", "Cy"][chance.below(3)];
        let city = ["Rome", "Nowhere", ""][chance.below(3)];
        text += &match (is_till, chance.below(20)) {
            (_, 0) => "a,row,of,far,too,many,cells,for,this\n".to_owned(),
            (true, _) => format!("{name},{phone}\n"),
            (false, 1) => format!("{of},yesterday,{email},{phone},{name},{city}\n"),
            (false, day) => format!("{of},2026-01-{day:02},{email},{phone},{name},{city}\n"),
        };
    }
    text
}

/// Adds, changes, removes, cuts or doubles a file.
fn change(chance: &mut Chance, files: &mut BTreeMap<String, String>) {
    let names: Vec<String> = files.keys().cloned().collect();
    let some = names[chance.below(names.len())].clone();
    let is_till = some.starts_with("till");
    match chance.below(7) {
        0 | 1 => {
            let folder = if chance.below(2) == 0 { "till" } else { "shop" };
            let text = export(chance, folder == "till");
            files.insert(format!("{folder}/{:02}.csv", chance.below(60)), text);
        }
        2 => _ = files.insert(some, export(chance, is_till)),
        3 => {
            let text = files[&some].clone();
            let end = chance.below(text.len()).max(text.find('\n').unwrap_or(0) + 1);
            files.insert(some, text[..end].to_owned());
        }
        4 if names.iter().filter(|name| name.starts_with("till") == is_till).count() > 1 => _ = files.remove(&some),
        5 => {
            // The same export under another name: all its records a second time.
            let text = files[&some].clone();
            let folder = some.split('/').next().unwrap();
            files.insert(format!("{folder}/{:02}.csv", 60 + chance.below(20)), text);
        }
        _ => {}
    }
}

fn put(scratch: &Scratch, files: &BTreeMap<String, String>) {
    for folder in ["shop", "till"] {
        let _ = fs::remove_dir_all(scratch.path().join(folder));
    }
    files.iter().for_each(|(name, text)| scratch.write(name, text.as_bytes()));
}

/// Sequences of nights; `ONEFOLD_SEQUENCES=50` for more.
fn sequences() -> u64 {
    std::env::var("ONEFOLD_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(2)
}

#[test]
fn whatever_happens_to_the_files_a_run_with_a_cache_publishes_what_one_without_does() {
    let mut hits = 0;
    for seed in 0..sequences() {
        let chance = &mut Chance(seed + 1);
        let mut files = BTreeMap::new();
        for name in ["shop/00.csv", "shop/01.csv", "till/00.csv"] {
            files.insert(name.to_owned(), export(chance, name.starts_with("till")));
        }
        let (warm, cold) = (Scratch::of(&[("onefold.toml", CONFIG)]), Scratch::of(&[("onefold.toml", CONFIG)]));
        for night in 0..12 {
            let mut config = CONFIG.to_owned();
            if night == 5 {
                config = config.replace("[identifiers.phone]\n", ""); // all entries are of another config
            }
            if night == 9 {
                damage(&warm, chance);
            }
            warm.write("onefold.toml", config.as_bytes());
            cold.write("onefold.toml", (config + "cache = false\n").as_bytes());
            put(&warm, &files);
            put(&cold, &files);
            let (with, without) = (warm.run_with(&["--threads", "3"]), cold.run());
            assert_eq!(with.tables().keys().collect::<Vec<_>>(), without.tables().keys().collect::<Vec<_>>());
            for (name, bytes) in with.tables() {
                assert!(bytes == without.bytes(&name), "sequence {seed}, night {night}: {name}");
            }
            for part in ["sources", "persons", "ignored", "namespaces"] {
                assert_eq!(with.report()[part], without.report()[part], "sequence {seed}, night {night}: {part}");
            }
            let inputs = with.report()["inputs"].as_array().unwrap().clone();
            hits += inputs.iter().filter(|file| file["cached"] == true).count();
            (0..1 + chance.below(3)).for_each(|_| change(chance, &mut files));
        }
        assert!(!cold.path().join("out/cache").exists());
    }
    assert!(hits > 20, "{hits}");
}

/// Turns a byte of some entry, or cuts it.
fn damage(scratch: &Scratch, chance: &mut Chance) {
    let mut entries: Vec<_> =
        fs::read_dir(scratch.path().join("out/cache")).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let path = &entries[chance.below(entries.len())];
    let mut bytes = fs::read(path).unwrap();
    if chance.below(2) == 0 {
        bytes.truncate(chance.below(bytes.len()));
    } else {
        let at = chance.below(bytes.len());
        bytes[at] ^= 0x40;
    }
    fs::write(path, bytes).unwrap();
}

/// Files of the published run whose rows came from the cache.
fn cached(scratch: &Scratch) -> Vec<bool> {
    let report = scratch.published().report();
    report["inputs"].as_array().unwrap().iter().map(|file| file["cached"] == true).collect()
}

#[test]
fn every_form_of_file_is_found_again_and_a_changed_limit_reads_nothing_anew() {
    let scratch = Scratch::copy(&root().join("examples/retail"));
    let first = scratch.run().tables();
    assert!(cached(&scratch).iter().all(|cached| !cached));
    assert!(scratch.run().tables() == first);
    assert!(cached(&scratch).iter().all(|cached| *cached), "CSV, JSON Lines, packed");
    let config = String::from_utf8(fs::read(scratch.path().join("onefold.toml")).unwrap()).unwrap();
    scratch.write(
        "onefold.toml",
        config.replace("[identifiers.email]\n", "[identifiers.email]\nmax_per_person = 3\n").as_bytes(),
    );
    scratch.run();
    assert!(cached(&scratch).iter().all(|cached| *cached), "a limit");
    scratch.write("onefold.toml", config.replace("default_region = \"US\"", "default_region = \"CA\"").as_bytes());
    scratch.run();
    assert!(cached(&scratch).iter().all(|cached| !cached), "a region");
}

#[test]
fn a_damaged_entry_is_noted_and_written_anew() {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("till/a.csv", "name,phone\nAna,617-555-0123\n")]);
    scratch.write("shop/a.csv", b"id,at,email,phone,name,city\n1,2026-01-01,ana@example.org,,Ana,Rome\n");
    scratch.run();
    let entries = |scratch: &Scratch| -> Vec<_> {
        let mut all: Vec<_> =
            fs::read_dir(scratch.path().join("out/cache")).unwrap().map(|e| e.unwrap().path()).collect();
        all.sort();
        all
    };
    let before = entries(&scratch);
    let whole = fs::read(&before[0]).unwrap();
    fs::write(&before[0], &whole[..whole.len() - 9]).unwrap();
    let output = scratch.onefold(&["run", "--quiet"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("are damaged") && said.contains("read again"), "{said}");
    assert!(fs::read(&before[0]).unwrap() == whole);
    assert_eq!(cached(&scratch).iter().filter(|cached| **cached).count(), 1);
    scratch.run();
    assert_eq!(cached(&scratch), [true, true]);
}

#[test]
fn the_cache_is_shown_pruned_and_cleared() {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("till/a.csv", "name,phone\nAna,617-555-0123\n")]);
    scratch.write("shop/a.csv", b"id,at,email,phone,name,city\n1,2026-01-01,ana@example.org,,Ana,Rome\n");
    scratch.run();
    let said = |arguments: &[&str]| String::from_utf8(scratch.onefold(arguments).stdout).unwrap();
    let shown = said(&["cache", "--format", "csv"]);
    assert!(shown.starts_with("source,file,rows,bytes\nshop,shop/a.csv,1,") && shown.lines().count() == 3, "{shown}");
    scratch.write("till/a.csv", b"name,phone\nBo,617-555-0123\n");
    said(&["plan"]);
    assert!(said(&["cache"]).contains("1 entries that the published run does not use"), "{}", said(&["cache"]));
    assert!(said(&["cache", "--prune"]).starts_with("1 entries deleted"));
    said(&["plan"]);
    scratch.run();
    assert_eq!(cached(&scratch), [true, true], "the plan had read it");
    assert_eq!(said(&["cache"]).lines().count(), 3, "a run keeps what it used");
    assert!(said(&["cache", "--clear"]).starts_with("2 entries deleted"));
    assert_eq!(said(&["cache"]).lines().count(), 1);
}

/// A till of its own and a web shop, each with a file, published once.
fn two_files() -> Scratch {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("till/a.csv", "name,phone\nAna,617-555-0123\n")]);
    scratch.write("shop/a.csv", b"id,at,email,phone,name,city\n1,2026-01-01,ana@example.org,617-555-0123,Ana,Rome\n");
    scratch.run();
    scratch
}

#[test]
fn a_file_that_changed_under_its_name_size_and_time_is_read_again() {
    let scratch = two_files();
    let path = scratch.path().join("shop/a.csv");
    let (before, written) = (scratch.published().tables(), fs::metadata(&path).unwrap().modified().unwrap());
    let text = fs::read_to_string(&path).unwrap().replace("Rome", "Oslo");
    fs::write(&path, &text).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
    let published = scratch.run();
    assert_eq!(cached(&scratch), [false, true]);
    assert!(published.tables() != before && published.bytes("golden_customers.csv").windows(4).any(|w| w == b"Oslo"));
    // Nor does a file that is only older or newer than it was count as another.
    fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    scratch.run();
    assert_eq!(cached(&scratch), [true, true]);
}

#[test]
fn no_damage_to_an_entry_changes_what_is_published_or_stops_a_run() {
    let scratch = two_files();
    let wanted = scratch.published().tables();
    let mut entries: Vec<_> =
        fs::read_dir(scratch.path().join("out/cache")).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    assert_eq!(entries.len(), 2, "{entries:?}");
    let whole = entries.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>();
    for (at, path) in entries.iter().enumerate() {
        let of = &whole[at];
        let mut damaged: Vec<(String, Vec<u8>)> = vec![
            ("empty".into(), Vec::new()),
            ("zeros".into(), vec![0; of.len()]),
            ("the other entry".into(), whole[1 - at].clone()),
            ("longer".into(), [of.as_slice(), b"x"].concat()),
            ("twice".into(), [of.as_slice(), of].concat()),
        ];
        damaged.extend((1..4).map(|part| (format!("cut at {part}/4"), of[..of.len() * part / 4].to_vec())));
        for flip in 0..5 {
            let mut bytes = of.clone();
            let byte = flip * (bytes.len() - 1) / 4;
            bytes[byte] ^= 1 << (flip % 8);
            damaged.push((format!("bit {} of byte {byte}", flip % 8), bytes));
        }
        for (what, bytes) in damaged {
            fs::write(path, bytes).unwrap();
            let output = scratch.onefold(&["run", "--quiet"]);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success() && said.contains("are damaged"), "{what}: {said}");
            assert!(scratch.published().tables() == wanted, "{what}");
            assert!(fs::read(path).unwrap() == *of, "{what}: the entry is written anew");
        }
    }
    // Something that is no entry at all in its place.
    fs::remove_file(&entries[0]).unwrap();
    fs::create_dir(&entries[0]).unwrap();
    let output = scratch.onefold(&["run", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(scratch.published().tables() == wanted);
}
