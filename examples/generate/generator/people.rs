//! Persons of the messy mode: everything about one is a function of the seed and the person's number.
//!
//! Persons come in groups of five; spouses, households and recycled phone numbers stay within a group.

use super::names::{CITIES, DOMAINS, FIRST, LAST, STREETS, push_ascii};
use super::random::{Random, Weighted};
use super::rates::Rates;
use super::{END, START};

const PERSON: u64 = 11;
const GROUP: u64 = 12;

/// Persons per group.
pub const GROUP_SIZE: u64 = 5;

/// Makes persons.
#[derive(Debug)]
pub struct People {
    seed: u64,
    first: Weighted,
    last: Weighted,
    domains: Weighted,
}

/// A home.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    /// House number.
    pub house: u64,
    /// Index into [`STREETS`].
    pub street: usize,
    /// Index into [`CITIES`].
    pub city: usize,
    /// Last two digits of the postal code.
    pub zip: u64,
}

/// Something that is replaced by something else on some day.
#[derive(Debug, Clone, Copy)]
pub struct Changing<T> {
    /// At first.
    pub before: T,
    /// From then on (seconds since 1970).
    pub then: Option<(u64, T)>,
}

impl<T: Copy> Changing<T> {
    /// What holds at a time.
    pub fn at(&self, time: u64) -> T {
        match self.then {
            Some((from, after)) if time >= from => after,
            _ => self.before,
        }
    }
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Number, from 0.
    pub index: u64,
    /// First name.
    pub first: &'static str,
    /// Family name.
    pub last: Changing<&'static str>,
    /// Home.
    pub home: Changing<Home>,
    /// Number of the mobile phone (index of [`super::numbers::phone`]); none = has no phone of their own then.
    pub mobile: Changing<Option<u64>>,
    /// Number of the household's landline.
    pub landline: Option<u64>,
    /// Whether the person uses e-mail.
    pub has_email: bool,
    /// Whose mailbox it is: the person's own, or the one shared with the spouse.
    pub mailbox_of: u64,
    /// Whether there is a second address.
    pub second_email: bool,
    /// Loyalty cards: 0 to 2.
    pub cards: u64,
    /// Web accounts: 0 to 2.
    pub accounts: u64,
    /// Devices with a cookie: 1 to 4.
    pub devices: u64,
}

impl People {
    /// The people of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            first: Weighted::zipf(FIRST.len()),
            last: Weighted::zipf(LAST.len()),
            domains: Weighted::new(DOMAINS.iter().map(|d| d.1)),
        }
    }

    /// A person.
    #[must_use]
    pub fn person(&self, index: u64, rates: &Rates) -> Person {
        let (group, member) = (index / GROUP_SIZE, index % GROUP_SIZE);
        let leader = group * GROUP_SIZE;
        let mut together = Random::of(self.seed, GROUP, group);
        let spouses = together.chance(rates.spouses);
        let household = if together.chance(rates.household) { 3 + together.below(3) } else { 0 };
        let junior = together.chance(rates.junior);
        let recycled = together.chance(rates.recycled_phone);
        let handover = day(&mut together);
        let live_together = member < household || spouses && member < 2;

        let mut own = Random::of(self.seed, PERSON, index);
        let mut of_leader = Random::of(self.seed, PERSON, leader);
        let (my_first, my_last) = (self.first.member(own.next()), self.last.member(own.next()));
        let (leader_first, leader_last) = (self.first.member(of_leader.next()), self.last.member(of_leader.next()));
        let (my_home, leader_home) = (home(&mut own), home(&mut of_leader));
        let first = match member {
            2 if household > 2 && junior => leader_first,
            1 if spouses && my_first == leader_first => (my_first + 1) % FIRST.len(),
            _ => my_first,
        };
        let last = if live_together { leader_last } else { my_last };
        let married = own.chance(rates.new_surname).then(|| (day(&mut own), LAST[self.last.member(own.next())]));
        let moved = own.chance(rates.moved).then(|| (day(&mut own), home(&mut own)));
        let has_phone = own.chance(850_000);
        let new_phone = own.chance(rates.new_phone).then(|| day(&mut own));
        let mine = index * 3;
        let mobile = match member {
            // Member 3 gives the number up, member 4 gets it.
            3 if recycled => Changing { before: Some(mine), then: Some((handover, Some(mine + 1))) },
            4 if recycled => Changing { before: None, then: Some((handover, Some((index - 1) * 3))) },
            _ if !has_phone => Changing { before: None, then: None },
            _ => Changing { before: Some(mine), then: new_phone.map(|from| (from, Some(mine + 1))) },
        };
        Person {
            index,
            first: FIRST[first],
            last: Changing { before: LAST[last], then: married.filter(|_| !live_together) },
            home: Changing {
                before: if live_together { leader_home } else { my_home },
                then: moved.filter(|_| !live_together),
            },
            mobile,
            landline: (member < household).then_some(leader * 3 + 2),
            has_email: own.chance(930_000),
            mailbox_of: if spouses && member < 2 { leader } else { index },
            second_email: own.chance(rates.second_email),
            cards: u64::from(own.chance(550_000)) * (1 + u64::from(own.chance(rates.second_card))),
            accounts: u64::from(own.chance(600_000)) * (1 + u64::from(own.chance(rates.second_account))),
            devices: 1 + own.below(4),
        }
    }

    /// The address of a mailbox: `which` 0 or 1 of the person `owner`. Ends in the owner's number, so that no two
    /// mailboxes have one address.
    pub fn push_email(&self, out: &mut String, owner: u64, which: u32) {
        use std::fmt::Write as _;
        let mut names = Random::of(self.seed, PERSON, owner);
        let (first, last) = (FIRST[self.first.member(names.next())], LAST[self.last.member(names.next())]);
        let mut random = Random::of(self.seed, GROUP + 1 + u64::from(which), owner);
        match (which, random.below(4)) {
            (0, 0..2) => {
                push_ascii(out, first);
                out.push('.');
                push_ascii(out, last);
            }
            (0, 2) => {
                push_ascii(out, &first[..first.chars().next().map_or(0, char::len_utf8)]);
                push_ascii(out, last);
            }
            (0, _) => push_ascii(out, first),
            _ => {
                push_ascii(out, last);
                out.push('_');
                push_ascii(out, first);
            }
        }
        write!(out, "{}@{}", owner + 1, DOMAINS[self.domains.member(random.next())].0)
            .expect("a String takes everything");
    }
}

impl Home {
    /// City, state, first digits of the postal code.
    #[must_use]
    pub fn place(&self) -> (&'static str, &'static str, u16) {
        CITIES[self.city]
    }

    /// Street.
    #[must_use]
    pub fn street(&self) -> &'static str {
        STREETS[self.street]
    }
}

fn home(random: &mut Random) -> Home {
    let bits = random.next();
    Home {
        house: 1 + bits % 9_000,
        street: (bits >> 16) as usize % STREETS.len(),
        city: (bits >> 32) as usize % CITIES.len(),
        zip: (bits >> 48) % 100,
    }
}

/// A moment in the middle half of the time that the exports cover.
fn day(random: &mut Random) -> u64 {
    let quarter = (END - START) / 4;
    START + quarter + random.below(2 * quarter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spouses_share_home_name_and_mailbox_but_no_first_name() {
        let people = People::new(3);
        let rates = Rates { spouses: 1_000_000, ..Rates::default() };
        for group in 0..500 {
            let (a, b) = (people.person(group * 5, &rates), people.person(group * 5 + 1, &rates));
            assert_eq!(a.mailbox_of, b.mailbox_of);
            assert_eq!(a.last.before, b.last.before);
            assert_ne!(a.first, b.first);
        }
    }

    #[test]
    fn a_recycled_number_has_one_owner_at_a_time() {
        let people = People::new(3);
        let rates = Rates { recycled_phone: 1_000_000, ..Rates::default() };
        for group in 0..100 {
            let (old, new) = (people.person(group * 5 + 3, &rates), people.person(group * 5 + 4, &rates));
            for time in [START, START + (END - START) / 2, END] {
                assert_ne!(old.mobile.at(time), new.mobile.at(time));
            }
            assert_eq!(old.mobile.at(START), new.mobile.at(END));
        }
    }
}
