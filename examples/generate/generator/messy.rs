//! Data as businesses have it: four exports in four forms, with every difficulty of [`Rates`].

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::export::Export;
use super::people::{People, Person};
use super::random::{Permutation, Random, Weighted};
use super::rates::Rates;
use super::slots::{Shape, Slot, Slots};
use super::text::push_number;
use super::{END, START, email, pos, sms, web};

const ROW: u64 = 21;

/// How a messy set is laid out.
#[derive(Debug)]
pub struct Layout {
    /// Records over all four exports.
    pub records: u64,
    /// The seed.
    pub seed: u64,
    /// How many records people have.
    pub shape: Shape,
    /// Whether the SMS export is compressed.
    pub gzip_sms: bool,
    /// Whether a few broken rows stand in the e-mail export (they are in no truth).
    pub broken_rows: bool,
}

/// 20,000 persons with some 60,000 records, among them one with 300 receipts.
pub const SHAPE: Shape = Shape {
    persons: 20_000,
    regulars: &[(1, 300), (3, 120), (20, 50)],
    weights: &[340, 220, 150, 100, 70, 50, 40, 30],
};

/// One row while it is made.
#[derive(Debug)]
pub struct Row<'a> {
    /// Who.
    pub person: &'a Person,
    /// Whether it is one of the shop's regulars, who all have a loyalty card and mostly show it.
    pub regular: bool,
    /// When, in seconds since 1970.
    pub time: u64,
    /// The row's own stream.
    pub random: Random,
    /// Number of the row over all exports: the base of its record id.
    pub number: u64,
    /// All rates.
    pub rates: &'a Rates,
    /// All people.
    pub people: &'a People,
    /// Kiosks that there are.
    pub kiosks: u64,
}

/// Which export a record is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Pos,
    Web,
    Email,
    Sms,
}

/// Writes the four exports and the truth.
pub fn write(dir: &Path, layout: &Layout, rates: &Rates) -> io::Result<()> {
    let people = People::new(layout.seed);
    let slots = Slots::new(&layout.shape, layout.seed);
    let shuffle = Permutation::new(layout.records, layout.seed);
    // A third of the rows are web visits; a kiosk has about 300 of them.
    let kiosks = (layout.records / 3 * u64::from(rates.kiosk) / 1_000_000 / 300).max(1);
    let channels = Weighted::new([40, 35, 14, 11].into_iter());
    let mut pos = Export::create(dir, "pos.csv", pos::HEADER)?;
    let mut web = Export::create(dir, "web.jsonl", "")?;
    let mut email = Export::create(dir, "email.csv", email::HEADER)?;
    let mut sms = Export::create(dir, if layout.gzip_sms { "sms.csv.gz" } else { "sms.csv" }, sms::HEADER)?;
    let mut truth = Export::create(dir, "truth.csv", "source,record_id,person\n")?;
    let mut id = String::new();
    for number in 0..layout.records {
        let slot = slots.at(shuffle.at(number));
        let person = people.person(slot.person, rates);
        let mut random = Random::of(layout.seed, ROW, number);
        let time = START + (u128::from(number) * u128::from(END - START) / u128::from(layout.records)) as u64;
        let channel = channel(&channels, &slot, &person, time, &mut random);
        let mut row =
            Row { person: &person, regular: slot.of >= 20, time, random, number, rates, people: &people, kiosks };
        id.clear();
        let (source, export) = match channel {
            Channel::Pos => {
                let twice = row.random.chance(rates.exported_twice);
                let start = pos.bytes.len();
                pos::row(&mut pos.bytes, &mut row, &mut id);
                if twice {
                    let end = pos.bytes.len();
                    pos.bytes.extend_from_within(start..end);
                }
                ("pos", &mut pos)
            }
            Channel::Web => {
                web::row(&mut web.bytes, &mut row, &mut id);
                ("web", &mut web)
            }
            Channel::Email => {
                if layout.broken_rows {
                    email.bytes.extend_from_slice(email::broken(email.rows).as_bytes());
                }
                email::row(&mut email.bytes, &mut row, &mut id);
                ("email", &mut email)
            }
            Channel::Sms => {
                sms::row(&mut sms.bytes, &mut row, &mut id);
                ("sms", &mut sms)
            }
        };
        export.row()?;
        truth.bytes.extend_from_slice(source.as_bytes());
        truth.bytes.push(b',');
        truth.bytes.extend_from_slice(id.as_bytes());
        truth.bytes.push(b',');
        push_number(&mut truth.bytes, person.index);
        truth.bytes.push(b'\n');
        truth.row()?;
    }
    for export in [pos, web, email, sms, truth] {
        export.finish()?;
    }
    Ok(())
}

/// Regulars are mostly met at the till; nobody is met by e-mail or SMS without having an address or number.
fn channel(channels: &Weighted, slot: &Slot, person: &Person, time: u64, random: &mut Random) -> Channel {
    if slot.of >= 20 && random.chance(800_000) {
        return Channel::Pos;
    }
    match channels.member(random.next()) {
        0 => Channel::Pos,
        1 => Channel::Web,
        2 if person.has_email => Channel::Email,
        3 if person.mobile.at(time).or(person.landline).is_some() => Channel::Sms,
        _ => Channel::Pos,
    }
}

impl Row<'_> {
    /// Appends the address that the person gives today.
    pub fn push_email(&mut self, out: &mut String) {
        let second = self.person.second_email && self.random.chance(350_000);
        let owner = if second { self.person.index } else { self.person.mailbox_of };
        self.people.push_email(out, owner, u32::from(second));
    }

    /// The national number that the person gives today: the household's in half of the cases.
    pub fn phone(&mut self) -> Option<u64> {
        let mobile = self.person.mobile.at(self.time);
        let home = self.random.chance(500_000);
        match self.person.landline {
            Some(landline) if home || mobile.is_none() => Some(landline),
            _ => mobile,
        }
        .map(super::numbers::phone)
    }

    /// The first name as it is given today.
    pub fn first_name(&mut self) -> String {
        let first = self.person.first;
        if self.random.chance(self.rates.initial) {
            return first.chars().take(1).collect();
        }
        let short = self.random.chance(self.rates.short_form);
        let mut name = if short { super::mess::short_form(first) } else { first }.to_owned();
        if self.random.chance(self.rates.name_typo) {
            super::mess::typo(&mut name, &mut self.random);
        }
        name
    }

    /// The family name as it is given today.
    pub fn last_name(&mut self) -> String {
        let mut name = self.person.last.at(self.time).to_owned();
        if self.random.chance(self.rates.name_typo) {
            super::mess::typo(&mut name, &mut self.random);
        }
        name
    }

    /// Second of the row's day at `hour`, plus up to `span` seconds.
    pub fn at_hour(&mut self, hour: u64, span: u64) -> u64 {
        self.time / 86_400 * 86_400 + hour * 3_600 + self.random.below(span)
    }

    /// Appends one of the person's things that have `count` numbers: the second one in a third of the cases.
    pub fn push_numbered(&mut self, out: &mut String, prefix: &str, count: u64) {
        let second = count > 1 && self.random.chance(333_333);
        write!(out, "{prefix}{:07}", self.person.index * 2 + u64::from(second)).expect("a String takes everything");
    }
}
