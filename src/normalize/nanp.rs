//! The fast way for North American numbers (`+1`): whether one is valid depends on its area code and on whether the
//! exchange behind it begins with 2 to 9. In the areas that are not so simple it depends on the first six digits, and the
//! library is asked once per six digits and not once per number. Tests hold the lists to the library.

use std::sync::atomic::{AtomicU8, Ordering};

use super::phone::{self, Region};
use crate::model::Unusable;

/// Area codes in which the library looks at the seventh digit too (Barbados, Jamaica), rising.
const SEVENTH_DIGIT_COUNTS: &[u64] = &[246, 876];

/// Area codes, as ranges, in which just the exchanges 200 to 999 are valid. rlibphonenumber 2.2.15.
#[rustfmt::skip]
const WHOLE: &[(u16, u16)] = &[
    (201, 210), (212, 220), (223, 229), (231, 231), (234, 236), (239, 240), (248, 254), (256, 257), (260,
    260), (262, 263), (267, 267), (269, 270), (272, 274), (276, 276), (279, 279), (281, 281), (283, 283),
    (289, 289), (301, 310), (312, 321), (323, 327), (329, 332), (334, 334), (336, 337), (339, 339), (341,
    341), (343, 343), (346, 347), (350, 354), (360, 361), (363, 365), (367, 369), (380, 380), (382, 382),
    (385, 386), (401, 410), (412, 419), (423, 425), (428, 428), (430, 432), (434, 435), (437, 438), (440,
    440), (442, 443), (445, 445), (447, 448), (450, 450), (458, 458), (463, 464), (468, 470), (472, 472),
    (474, 475), (478, 480), (484, 484), (500, 510), (512, 522), (525, 534), (539, 541), (544, 544), (548,
    548), (551, 551), (557, 557), (559, 559), (561, 564), (566, 567), (570, 575), (577, 577), (579, 582),
    (584, 588), (600, 610), (612, 620), (622, 623), (626, 626), (628, 631), (633, 633), (636, 636), (639,
    641), (645, 647), (650, 651), (656, 662), (667, 667), (669, 669), (672, 672), (678, 678), (680, 683),
    (686, 686), (689, 689), (701, 709), (712, 720), (724, 728), (730, 732), (734, 734), (737, 738), (740,
    740), (742, 743), (747, 748), (753, 754), (757, 757), (760, 760), (762, 763), (765, 765), (769, 775),
    (778, 782), (785, 787), (801, 808), (810, 810), (812, 821), (825, 826), (828, 828), (830, 833), (835,
    835), (838, 840), (843, 845), (847, 848), (850, 850), (854, 860), (862, 867), (870, 870), (872, 873),
    (877, 879), (888, 888), (900, 910), (912, 920), (925, 925), (928, 931), (934, 934), (936, 943), (945,
    945), (947, 949), (951, 952), (954, 954), (956, 956), (959, 959), (970, 973), (975, 975), (978, 980),
    (984, 986), (989, 989),
];

/// Area codes in which the exchange decides. What is in neither list is not in use.
#[rustfmt::skip]
const MIXED: &[u16] = &[
    242, 246, 264, 268, 284, 340, 345, 441, 473, 523, 524, 649, 664, 670, 671, 684, 721, 758, 767, 784, 800,
    809, 829, 849, 868, 869, 876, 983,
];

/// What is known of an area code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Area {
    Unused,
    Whole,
    Mixed,
}

const UNKNOWN: u8 = 0;
const VALID: u8 = 1;
const INVALID: u8 = 2;

/// What is known of North American numbers; shared by all workers.
#[derive(Debug)]
pub struct Nanp {
    /// Per area code.
    areas: [Area; 1000],
    /// Per place in [`MIXED`] and exchange.
    known: Box<[AtomicU8]>,
}

impl Default for Nanp {
    fn default() -> Self {
        let mut areas = [Area::Unused; 1000];
        for &(first, last) in WHOLE {
            areas[usize::from(first)..=usize::from(last)].fill(Area::Whole);
        }
        for &area in MIXED {
            areas[usize::from(area)] = Area::Mixed;
        }
        Self { areas, known: (0..MIXED.len() * 1000).map(|_| AtomicU8::new(UNKNOWN)).collect() }
    }
}

impl Nanp {
    /// Reads a number that is plainly a North American one: digits with usual punctuation, `+1` or ten digits in a
    /// region that reads them so. `None` for all others: ask [`phone`]. The E.164 digits as a number.
    pub fn read(&self, raw: &str, region: Option<Region>) -> Option<Result<u64, Unusable>> {
        let bytes = raw.as_bytes();
        let plus = bytes.first() == Some(&b'+');
        let (mut digits, mut count) = (0u64, 0);
        for &byte in &bytes[usize::from(plus)..] {
            match byte {
                b'0'..=b'9' if count < 13 => (digits, count) = (digits * 10 + u64::from(byte - b'0'), count + 1),
                b' ' | b'(' | b')' | b'-' | b'.' | b'/' => {}
                _ => return None,
            }
        }
        let home = matches!(region, Some(Region::US | Region::CA));
        let national = match count {
            10 if home && !plus => digits,
            11 if home || plus || region.is_none() => digits.checked_sub(10_000_000_000)?,
            13 if home && !plus => digits.checked_sub(10_000_000_000)?, // 001…
            _ => return None,
        };
        let area = national / 10_000_000;
        // A spreadsheet's `.0` is no digit.
        if !(200..=999).contains(&area)
            || SEVENTH_DIGIT_COUNTS.contains(&area)
            || raw.ends_with(".0")
            || raw.ends_with(".00")
        {
            return None;
        }
        Some(if self.is_valid(national) { Ok(10_000_000_000 + national) } else { Err(Unusable::InvalidNumber) })
    }

    /// `national`: ten digits.
    fn is_valid(&self, national: u64) -> bool {
        let (area, exchange) = ((national / 10_000_000) as u16, national / 10_000 % 1000);
        match self.areas[usize::from(area)] {
            Area::Unused => return false,
            Area::Whole => return exchange >= 200,
            Area::Mixed => {}
        }
        let place = MIXED.binary_search(&area).expect("the area was found in this list");
        // Relaxed: every thread would write the same value.
        let cell = &self.known[place * 1000 + exchange as usize];
        match cell.load(Ordering::Relaxed) {
            UNKNOWN => {
                let valid = phone::parse(&format!("+1{national:010}"), None).is_ok();
                cell.store(if valid { VALID } else { INVALID }, Ordering::Relaxed);
                valid
            }
            known => known == VALID,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    /// A fixed sequence of numbers without pattern (xorshift).
    fn numbers() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(0x9e37_79b9_7f4a_7c15u64), |&x| {
            let x = x ^ (x << 13);
            let x = x ^ (x >> 7);
            Some(x ^ (x << 17))
        })
    }

    #[test]
    fn the_fast_way_agrees_with_the_library() {
        let nanp = Nanp::default();
        let mut valid = 0;
        for x in numbers().take(15_000) {
            let (area, exchange, line) = (200 + x % 800, (x >> 16) % 1000, (x >> 32) % 10_000);
            let (raw, region) = match (x >> 50) % 8 {
                0 => (format!("+1{area}{exchange:03}{line:04}"), None),
                1 => (format!("({area}) {exchange:03}-{line:04}"), Some(Region::US)),
                2 => (format!("1.{area}.{exchange:03}.{line:04}"), Some(Region::CA)),
                3 => (format!("{area}-{exchange:03}-{line:04}"), Some(Region::CA)),
                4 => (format!("001{area}{exchange:03}{line:04}"), Some(Region::US)),
                5 => (format!("1{area}{exchange:03}{line:04}"), None),
                6 => (format!("+1 ({area}) {exchange:03}/{line:04}"), Some(Region::FR)),
                _ => (format!("{area}{exchange:03}{line:04}"), Some(Region::US)),
            };
            if let Some(fast) = nanp.read(&raw, region) {
                assert_eq!(fast, phone::parse(&raw, region), "{raw} in {region:?}");
                valid += usize::from(fast.is_ok());
            }
        }
        assert!(valid > 3_000, "the sample must hold valid numbers, not only invalid ones: {valid}");
    }

    /// Exhaustive, and so not part of every run: it takes minutes, and what it proves changes only with the library's data.
    /// Run it when `Cargo.lock` has another `phonenumber` (CONTRIBUTING.md says how); on all other days the property test above
    /// compares with the library.
    #[test]
    #[ignore = "asks the library twelve million times; run after the library's data changed"]
    fn six_digits_decide_but_in_the_areas_that_are_listed() {
        let mut areas: Vec<u64> = Vec::new();
        for prefix in 200_000..1_000_000u64 {
            let valid = |line: u64| phone::parse(&format!("+1{}", prefix * 10_000 + line), None).is_ok();
            let first = valid(0);
            let lines = [1234, 2345, 3456, 4567, 5678, 6789, 7890, 8901, 9012, 123, 1, 9999, 1199, 4321];
            if lines.iter().any(|&line| valid(line) != first) && areas.last() != Some(&(prefix / 1000)) {
                areas.push(prefix / 1000);
            }
        }
        assert_eq!(areas, SEVENTH_DIGIT_COUNTS);
    }

    #[test]
    fn the_lists_of_areas_are_the_librarys() {
        let nanp = Nanp::default();
        (200..1000u64).into_par_iter().for_each(|area| {
            let exchanges = (0..1000).filter(|exchange| exchange % 7 == area % 7 || (195..205).contains(exchange));
            for exchange in exchanges {
                let national = area * 10_000_000 + exchange * 10_000 + 1234;
                let valid = phone::parse(&format!("+1{national}"), None).is_ok();
                assert_eq!(nanp.is_valid(national), valid, "area code {area}, exchange {exchange:03}");
            }
        });
    }

    #[test]
    fn a_spreadsheets_zero_is_no_digit() {
        assert_eq!(Nanp::default().read("1415555267.0", Some(Region::US)), None);
    }
}
