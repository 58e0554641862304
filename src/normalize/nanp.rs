//! The fast way for North American numbers (`+1`): whether one is valid depends on its first six digits alone, so the
//! library is asked once per six digits and not once per number.

use std::sync::atomic::{AtomicU8, Ordering};

use super::phone::{self, Region};
use crate::model::Unusable;

/// Area codes in which the library looks at the seventh digit too (Barbados, Jamaica), rising.
const SEVENTH_DIGIT_COUNTS: &[u64] = &[246, 876];

const UNKNOWN: u8 = 0;
const VALID: u8 = 1;
const INVALID: u8 = 2;

/// What is known of each area code and exchange; one byte each, shared by all workers.
#[derive(Debug)]
pub struct Nanp {
    known: Box<[AtomicU8]>,
}

impl Default for Nanp {
    fn default() -> Self {
        Self { known: (0..1_000_000).map(|_| AtomicU8::new(UNKNOWN)).collect() }
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
        // Relaxed: every thread would write the same value.
        let cell = &self.known[(national / 10_000) as usize];
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
    fn a_spreadsheets_zero_is_no_digit() {
        assert_eq!(Nanp::default().read("1415555267.0", Some(Region::US)), None);
    }
}
