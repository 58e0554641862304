//! Erasure and access: nothing of a person stays, nobody else is touched, and everything that is held can be told.

mod access;
mod erasure;
mod killed;
mod lists;
mod pseudonyms;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::{DataType, ParquetReader, SerReader};

use crate::harness::{Scratch, files};

const CONFIG: &str = r#"
[project]
default_region = "US"

[[source]]
name = "shop"
channel = "web"
path = "exports/shop*.csv"
record_id = "id"
event_time = "at"
[source.fields]
email = "email"
phone = "phone"
first_name = "first"
last_name = "last"
street = "street"

[[source]]
name = "till"
channel = "pos"
path = "exports/till.csv"
[source.fields]
phone = "phone"
loyalty_id = "card"
amount = "amount"

[[source]]
name = "ads"
channel = "web"
path = "exports/ads.csv"
record_id = "id"
[source.fields]
email_hash = "hash"

[identifiers.loyalty_id]
max_per_person = 1
[identifiers.email]
[identifiers.email_hash]
kind = "hash"
of = "email"
[identifiers.phone]

[golden.fields]
first_name = "most_recent"
last_name = "most_recent"
email = "most_recent"
phone = "most_recent"
street = "most_recent"
cards = { field = "loyalty_id", rule = "collect" }

[output]
formats = ["parquet", "csv"]
"#;

const SHOP: &str = "id,at,email,phone,first,last,street\n\
    shop-ana-1,2026-01-01,Ana.Quintela@mail.example,,Ana,Quintela-Souza,12 Peppercorn Row\n\
    shop-ana-2,2026-01-02,,(617) 555-0142,Ana,Quintela-Souza,12 Peppercorn Row\n\
    shop-ana-3,2026-01-03,ana.quintela@mail.example,617-555-0142,Anna,Quintela-Souza,12 Peppercorn Row\n\
    shop-bo-1,2026-01-04,bo@mail.example,617-555-0199,Bo,Lund,1 High St\n\
    shop-bo-2,2026-01-05,bo@mail.example,,Bo,Lund,1 High St\n\
    shop-joana,2026-01-06,joana.quintela@mail.example,,Joana,Reis,2 High St\n\
    shop-ana-9,yesterday,ana.quintela@mail.example,,Ana,Quintela-Souza,12 Peppercorn Row\n\
    shop-x,2026-01-07,x@mail.example,,X,Y,too,many,cells,(617) 555 0142\n";
const TILL: &str =
    "phone,card,amount\n617.555.0142,CARD-55501,10.00\n617.555.0142,CARD-55501,10.00\n617 555 0199,CARD-70002,5\n";

/// What must not be found any more.
const HERS: [&str; 11] = [
    "ana.quintela@mail.example",
    "Ana.Quintela@mail.example",
    "6175550142",
    "617.555.0142",
    "(617) 555-0142",
    "(617) 555 0142",
    "Quintela-Souza",
    "quintela souza",
    "Peppercorn",
    "CARD-55501",
    "shop-ana-",
];

fn ads() -> String {
    format!("id,hash\nads-1,{}\nads-2,{}\n", sha256("ana.quintela@mail.example"), sha256("zoe@mail.example"))
}

fn sha256(text: &str) -> String {
    onefold::erasure::hashes(text)[0].clone()
}

fn shop() -> Scratch {
    Scratch::of(&[
        ("onefold.toml", CONFIG),
        ("exports/shop.csv", SHOP),
        ("exports/till.csv", TILL),
        ("exports/ads.csv", &ads()),
    ])
}

fn succeed(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = scratch.onefold(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every file below a folder with its bytes, those of Parquet as its cells, too.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let read = |path: PathBuf| {
        let mut bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "parquet") {
            let table = ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap();
            for column in table.columns() {
                let texts = column.cast(&DataType::String).unwrap();
                for text in texts.str().unwrap().iter().flatten() {
                    bytes.extend_from_slice(text.as_bytes());
                    bytes.push(b'\n');
                }
            }
        }
        (path, bytes)
    };
    files(folder).into_iter().map(read).collect()
}

/// Where any of these is found.
fn found(folder: &Path, needles: &[String]) -> Vec<String> {
    let mut places = Vec::new();
    for (path, bytes) in contents(folder) {
        let bytes = String::from_utf8_lossy(&bytes).replace("joana.quintela@mail.example", "").into_bytes();
        for needle in needles {
            if memchr::memmem::find(&bytes, needle.as_bytes()).is_some() {
                places.push(format!("{needle} in {}", path.strip_prefix(folder).unwrap().display()));
            }
        }
    }
    places
}

/// Her values, with the ids that she has now.
fn hers(scratch: &Scratch) -> Vec<String> {
    let crosswalk = scratch.published().table("crosswalk");
    let ids: BTreeSet<String> = crosswalk
        .rows
        .iter()
        .filter(|row| crosswalk.cell(row, "record_id").starts_with("shop-ana-"))
        .map(|row| crosswalk.cell(row, "person_id").to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "she is one person");
    HERS.iter().map(|value| (*value).to_owned()).chain(ids).chain([sha256("ana.quintela@mail.example")]).collect()
}

/// Two published runs, one held back, stage tables in the output folder, and a cache.
fn lived_in() -> Scratch {
    let scratch = shop();
    scratch.run();
    scratch.write(
        "exports/shop-2.csv",
        b"id,at,email,phone,first,last,street\nshop-cy,2026-02-01,cy@mail.example,,Cy,O,\n",
    );
    scratch.run_with(&["--stage-dir", "out/stages"]);
    let gated = format!("{CONFIG}\n[gates.conditions]\nnever = \"persons < 1\"\n");
    scratch.write("gated.toml", gated.as_bytes());
    let held = scratch.onefold(&["run", "--quiet", "-c", "gated.toml"]);
    assert_eq!(held.status.code(), Some(1));
    assert!(scratch.path().join("out/held/000003").exists());
    scratch
}
