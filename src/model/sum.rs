//! Sums of amounts.

/// A running sum that keeps the digits which plain addition of floats loses (Neumaier's method), so that a customer's
/// total reads `77183.6` and not `77183.60000000011`, and hardly depends on the order of the addends.
///
/// Amounts are decimal: 25.01 and 67.22 have no exact float. Where a sum of six decimals or fewer is as near to what was
/// added as the floats are to the amounts, it is that one: `-42.21`, not `-42.209999999999994`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    sum: f64,
    lost: f64,
    /// Of all amounts, whatever their signs.
    size: f64,
}

impl Sum {
    /// Adds an amount.
    pub fn add(&mut self, amount: f64) {
        let sum = self.sum + amount;
        self.lost += if self.sum.abs() >= amount.abs() { (self.sum - sum) + amount } else { (amount - sum) + self.sum };
        self.sum = sum;
        self.size += amount.abs();
    }

    /// The sum so far.
    #[must_use]
    pub fn value(self) -> f64 {
        const DECIMALS: f64 = 1e6;
        let value = self.sum + self.lost;
        if !value.is_finite() {
            return self.sum; // infinities leave nothing to correct
        }
        let decimal = (value * DECIMALS).round() / DECIMALS;
        let near = (decimal - value).abs() <= self.size * (f64::EPSILON / 2.0);
        // Above 2^53 millionths, the rounding itself would cost digits.
        if near && value.abs() < 9e9 { decimal } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_add_up_whatever_their_order() {
        let mut amounts = vec![0.1; 10];
        amounts.extend([1e16, -1e16]);
        let total = |amounts: &[f64]| {
            let mut sum = Sum::default();
            amounts.iter().for_each(|&amount| sum.add(amount));
            sum.value()
        };
        assert_eq!(total(&amounts), 1.0);
        amounts.reverse();
        assert_eq!(total(&amounts), 1.0);
    }

    #[test]
    fn a_sum_of_cents_is_cents() {
        let mut sum = Sum::default();
        for cents in 0..100_000_i32 {
            sum.add(f64::from(cents % 977 - 500) / 100.0);
        }
        let cents: i32 = (0..100_000).map(|cents| cents % 977 - 500).sum();
        assert_eq!(sum.value(), f64::from(cents) / 100.0);
        let mut sum = Sum::default();
        [25.01, -67.22].into_iter().for_each(|amount| sum.add(amount));
        assert_eq!(sum.value().to_string(), "-42.21");
    }

    #[test]
    fn a_sum_of_finer_numbers_keeps_its_digits() {
        let mut sum = Sum::default();
        [1.0 / 3.0, 1e-9].into_iter().for_each(|amount| sum.add(amount));
        assert_eq!(sum.value(), 1.0 / 3.0 + 1e-9);
        let mut sum = Sum::default();
        [f64::INFINITY, 1.0].into_iter().for_each(|amount| sum.add(amount));
        assert_eq!(sum.value(), f64::INFINITY);
    }
}
