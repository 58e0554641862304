//! What ready traits have to know of everybody: where fifths of the purchasers end, and what is sold.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};

use crate::sql::Catalog;

/// Where fifths of everybody end, and what is sold. Known after a pass of its own over all records.
#[derive(Debug, Clone, Default)]
pub struct Population {
    cuts: BTreeMap<String, [f64; 4]>,
    pub(super) catalog: Arc<Catalog>,
}

/// The same of a stretch of persons; in the making.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Per measure: the value of every person who has one.
    values: Vec<Vec<f64>>,
    /// Category, then product → persons who bought it.
    bought: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Products of a category that are worth naming: so many of them, no trait can have seen all.
const SHELF: usize = 1_000;

impl Population {
    /// From the measures of all persons; `measures` as the traits name them.
    #[must_use]
    pub fn new(measures: &[String], measured: Measured) -> Self {
        let cut = |(measure, mut values): (&String, Vec<f64>)| {
            values.sort_unstable_by(f64::total_cmp);
            (measure.clone(), fifths(&values))
        };
        let shelf = |(category, products): (String, BTreeMap<String, u64>)| {
            let mut products: Vec<(String, u64)> = products.into_iter().collect();
            products.sort_by_key(|(_, persons)| std::cmp::Reverse(*persons)); // stable: ties by name
            products.truncate(SHELF);
            (category, products.into_iter().map(|(product, _)| product).collect())
        };
        Self {
            cuts: measures.iter().zip(measured.values).map(cut).collect(),
            catalog: Arc::new(measured.bought.into_iter().map(shelf).collect()),
        }
    }

    /// The values that one, two, three and four fifths of the purchasers do not exceed.
    pub(super) fn cuts(&self, measure: &str) -> [f64; 4] {
        self.cuts.get(measure).copied().unwrap_or_default()
    }
}

/// Of n rising values those at ⌈n·k/5⌉, k from 1 to 4: whoever is above has k fifths of all below.
fn fifths(values: &[f64]) -> [f64; 4] {
    [1, 2, 3, 4].map(|k| values.get((values.len() * k).div_ceil(5).wrapping_sub(1)).copied().unwrap_or_default())
}

impl Measured {
    /// Takes the values of a stretch, a column per measure, and, where products are asked for, its records: the columns
    /// `person`, `is_purchase`, `event_category` and `event_product`.
    pub fn of(values: &DataFrame, records: Option<&DataFrame>) -> PolarsResult<Self> {
        let mut measured = Self::default();
        for column in values.columns() {
            measured.values.push(column.f64()?.iter().flatten().collect());
        }
        let Some(records) = records else { return Ok(measured) };
        let person = records.column("person")?.u32()?.clone();
        let purchase = records.column("is_purchase")?.bool()?.clone();
        let (categories, products) =
            (records.column("event_category")?.str()?, records.column("event_product")?.str()?);
        let mut of_person: Vec<(&str, &str)> = Vec::new();
        let mut current = None;
        let mut close = |of_person: &mut Vec<(&str, &str)>| {
            of_person.sort_unstable();
            of_person.dedup();
            for (category, product) in of_person.drain(..) {
                let shelf = match measured.bought.get_mut(category) {
                    Some(shelf) => shelf,
                    None => measured.bought.entry(category.to_owned()).or_default(),
                };
                match shelf.get_mut(product) {
                    Some(persons) => *persons += 1,
                    None => _ = shelf.insert(product.to_owned(), 1),
                }
            }
        };
        for (((person, bought), category), product) in
            person.iter().zip(purchase.iter()).zip(categories.iter()).zip(products.iter())
        {
            if person != current {
                close(&mut of_person);
                current = person;
            }
            if let (Some(true), Some(category), Some(product)) = (bought, category, product) {
                of_person.push((category, product));
            }
        }
        close(&mut of_person);
        Ok(measured)
    }

    /// Adds the next stretch.
    pub fn add(&mut self, mut other: Self) {
        self.values.resize_with(self.values.len().max(other.values.len()), Vec::new);
        for (all, more) in self.values.iter_mut().zip(&mut other.values) {
            all.append(more);
        }
        for (category, products) in other.bought {
            let shelf = self.bought.entry(category).or_default();
            for (product, persons) in products {
                *shelf.entry(product).or_default() += persons;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 1 + how many fifths of all values lie below, by counting.
    fn score_by_counting(values: &[f64], value: f64) -> usize {
        let below = values.iter().filter(|other| **other < value).count();
        1 + (5 * below / values.len()).min(4)
    }

    proptest! {
        #[test]
        fn cuts_give_the_score_that_counting_gives(mut values in proptest::collection::vec(0u8..20, 1..60)) {
            values.sort_unstable();
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let cuts = fifths(&values);
            for &value in &values {
                let score = 1 + cuts.iter().filter(|cut| value > **cut).count();
                prop_assert_eq!(score, score_by_counting(&values, value));
            }
        }
    }

    #[test]
    fn small_and_equal_populations_have_scores_too() {
        let score = |values: &[f64], value: f64| 1 + fifths(values).iter().filter(|cut| value > **cut).count();
        assert_eq!(score(&[7.0], 7.0), 1, "nobody is below");
        assert_eq!([1.0, 2.0].map(|value| score(&[1.0, 2.0], value)), [1, 3]);
        assert_eq!([1.0, 9.0].map(|value| score(&[1.0, 1.0, 1.0, 1.0, 9.0], value)), [1, 5]);
        assert_eq!(fifths(&[]), [0.0; 4]);
    }
}
