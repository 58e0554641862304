//! The generator's promise: the same seed gives the same bytes, and the retail example is what it makes.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::harness::{Scratch, root};

#[path = "../../examples/generate/generator/mod.rs"]
#[allow(dead_code)]
pub mod make;

use make::rates::Rates;
use make::{Mode, generate};

fn text(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        return plain;
    }
    bytes
}

#[test]
fn the_retail_example_is_what_the_generator_makes() {
    let scratch = Scratch::empty();
    generate(scratch.path(), Mode::Retail, 2_000, 1, &Rates::default()).unwrap();
    for file in ["pos.csv", "web.jsonl", "email.csv", "sms.csv.gz", "truth.csv", "onefold.toml"] {
        let made = text(&scratch.path().join(file));
        assert!(made == text(&root().join("examples/retail").join(file)), "{file} differs");
    }
}

#[test]
fn the_bytes_of_a_seed_never_change() {
    let fingerprint = |mode| {
        let scratch = Scratch::empty();
        generate(scratch.path(), mode, 20_000, 7, &Rates::default()).unwrap();
        let files = ["pos.csv", "web.csv", "web.jsonl", "email.csv", "sms.csv", "truth.csv"];
        let all: Vec<u8> = files
            .iter()
            .filter(|file| scratch.path().join(file).exists())
            .flat_map(|file| text(&scratch.path().join(file)))
            .collect();
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&all))
    };
    assert_eq!(fingerprint(Mode::Plain), "0060df85592f25d509a13f9908dee8da");
    assert_eq!(fingerprint(Mode::Messy), "ef3c2c6ba7f834dcfe1bd218262b39b1");
}

#[test]
fn every_row_has_its_truth() {
    let scratch = Scratch::empty();
    generate(scratch.path(), Mode::Plain, 5_000, 3, &Rates::default()).unwrap();
    let rows = |file: &str| text(&scratch.path().join(file)).iter().filter(|b| **b == b'\n').count() - 1;
    let all: usize = ["pos.csv", "web.csv", "email.csv", "sms.csv"].into_iter().map(rows).sum();
    assert_eq!(all, 5_000);
    assert_eq!(rows("truth.csv"), 5_000);
}
