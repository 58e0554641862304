//! Sums of amounts.

/// A running sum that keeps the digits which plain addition of floats loses (Neumaier's method), so that a customer's
/// total reads `77183.6` and not `77183.60000000011`, and hardly depends on the order of the addends.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds an amount.
    pub fn add(&mut self, amount: f64) {
        let sum = self.sum + amount;
        self.lost += if self.sum.abs() >= amount.abs() { (self.sum - sum) + amount } else { (amount - sum) + self.sum };
        self.sum = sum;
    }

    /// The sum so far.
    #[must_use]
    pub fn value(self) -> f64 {
        let value = self.sum + self.lost;
        if value.is_nan() { self.sum } else { value } // infinities leave nothing to correct
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
}
