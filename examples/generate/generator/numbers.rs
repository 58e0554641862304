//! Telephone numbers and codes: each index gives its own, and no two the same.

use super::names::AREA_CODES;

/// How many telephone numbers there are.
const NUMBERS: u64 = AREA_CODES.len() as u64 * 792 * 10_000;

/// A prime that shares no factor with [`NUMBERS`].
const STEP: u64 = 982_451_653;

/// The national number (ten digits) of that index; valid in the United States, never `555`, never on a list of
/// placeholders.
#[must_use]
pub fn phone(index: u64) -> u64 {
    let n = (u128::from(index) * u128::from(STEP) % u128::from(NUMBERS)) as u64;
    let (line, rest) = (n % 10_000, n / 10_000);
    let (exchange, area) = (rest % 792, rest / 792);
    // 2xx to 9xx without N11: 8 hundreds of 99.
    let within = exchange % 99;
    let exchange = (exchange / 99 + 2) * 100 + within + u64::from(within >= 11);
    let exchange = if exchange == 555 { 511 } else { exchange };
    u64::from(AREA_CODES[area as usize]) * 10_000_000 + exchange * 10_000 + line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_indices_have_the_same_number() {
        let mut all: Vec<u64> = (0..300_000).map(phone).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 300_000);
        assert!(all.iter().all(|n| n / 10_000_000 > 200 && n / 10_000 % 1000 >= 200));
    }
}
