//! Clean data for measuring speed: four CSV files of one shape, about 127 bytes a row, 2.5 records a person, nobody
//! with somebody else's identifier.

use std::io;
use std::path::Path;

use super::export::Export;
use super::names::{CITIES, DOMAINS, FIRST, LAST, STREETS, push_ascii};
use super::numbers::phone;
use super::random::{Permutation, Random, Weighted};
use super::slots::{Shape, Slots};
use super::text::{push_cell, push_cents, push_number, push_padded, push_time};
use super::{END, START};

/// The header of all four files.
const HEADER: &str = "record_id,email,phone,first_name,last_name,street,city,amount,event_time,loyalty_id\n";

/// Source name, letter of its record ids.
const SOURCES: [(&str, u8); 4] = [("pos", b'P'), ("web", b'W'), ("email", b'E'), ("sms", b'S')];

/// 25 records for every ten persons.
const SHAPE: Shape = Shape { persons: 5_000, regulars: &[], weights: &[30, 30, 20, 10, 0, 10] };

const PERSON: u64 = 1;
const ROW: u64 = 2;

/// Writes `records` rows over the four files, and the truth.
pub fn write(dir: &Path, records: u64, seed: u64) -> io::Result<()> {
    let slots = Slots::new(&SHAPE, seed);
    let shuffle = Permutation::new(records, seed);
    let (first, last) = (Weighted::zipf(FIRST.len()), Weighted::zipf(LAST.len()));
    let domains = Weighted::new(DOMAINS.iter().map(|d| d.1));
    let mut exports = Vec::new();
    for (name, _) in SOURCES {
        exports.push(Export::create(dir, &format!("{name}.csv"), HEADER)?);
    }
    let mut truth = Export::create(dir, "truth.csv", "source,record_id,person\n")?;
    let mut ascii = String::new();
    for row in 0..records {
        let person = slots.at(shuffle.at(row)).person;
        let mut who = Random::of(seed, PERSON, person);
        let mut draw = Random::of(seed, ROW, row);
        let (first, last) = (FIRST[first.member(who.next())], LAST[last.member(who.next())]);
        let domain = DOMAINS[domains.member(who.next())].0;
        let city = who.pick(CITIES).0;
        let (house, street) = (who.below(9_000) + 1, who.pick(STREETS));
        let member = who.chance(700_000);

        let source = match draw.below(10) {
            0..4 => 0,
            4..7 => 1,
            7..9 => 2,
            _ => 3,
        };
        let (name, letter) = SOURCES[source];
        // pos, web, email, sms: how often, in percent, a cell is filled
        let with_email = draw.below(100) < [85, 100, 100, 60][source];
        let with_phone = draw.below(100) < [90, 85, 75, 100][source] || !with_email;
        let with_card = member && draw.below(100) < [90, 60, 50, 30][source];

        let out = &mut exports[source].bytes;
        let start = out.len();
        out.push(letter);
        push_padded(out, row, 9);
        let id = start..out.len();
        out.push(b',');
        if with_email {
            ascii.clear();
            push_ascii(&mut ascii, first);
            ascii.push('.');
            push_ascii(&mut ascii, last);
            out.extend_from_slice(ascii.as_bytes());
            push_number(out, person);
            out.push(b'@');
            out.extend_from_slice(domain.as_bytes());
        }
        out.push(b',');
        if with_phone {
            push_phone(out, phone(person), source);
        }
        out.push(b',');
        push_cell(out, first, b',');
        out.push(b',');
        push_cell(out, last, b',');
        out.push(b',');
        push_number(out, house);
        out.push(b' ');
        // Clean: no cell of this mode needs quotes.
        out.extend(street.bytes().filter(|b| !matches!(b, b',' | b'"')));
        out.push(b',');
        out.extend_from_slice(city.as_bytes());
        out.push(b',');
        push_cents(out, 300 + draw.below(25_000));
        out.push(b',');
        push_time(out, START + (u128::from(row) * u128::from(END - START) / u128::from(records)) as u64, b' ');
        out.push(b',');
        if with_card {
            out.push(b'L');
            push_padded(out, person, 9);
        }
        out.push(b'\n');

        truth.bytes.extend_from_slice(name.as_bytes());
        truth.bytes.push(b',');
        truth.bytes.extend_from_slice(&exports[source].bytes[id]);
        truth.bytes.push(b',');
        push_number(&mut truth.bytes, person);
        truth.bytes.push(b'\n');
        exports[source].row()?;
        truth.row()?;
    }
    truth.finish()?;
    exports.into_iter().try_for_each(|export| export.finish().map(drop))
}

/// `(202) 555-0123` at the till, `202-555-0123` in e-mail exports, `+12025550123` elsewhere.
fn push_phone(out: &mut Vec<u8>, national: u64, source: usize) {
    let (area, exchange, line) = (national / 10_000_000, national / 10_000 % 1_000, national % 10_000);
    match source {
        0 => {
            out.push(b'(');
            push_number(out, area);
            out.extend_from_slice(b") ");
            push_number(out, exchange);
            out.push(b'-');
            push_padded(out, line, 4);
        }
        2 => {
            push_number(out, area);
            out.push(b'-');
            push_number(out, exchange);
            out.push(b'-');
            push_padded(out, line, 4);
        }
        _ => {
            out.extend_from_slice(b"+1");
            push_number(out, national);
        }
    }
}
