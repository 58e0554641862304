//! How right the persons are, against labels: pairs, B³, whole persons, and which identifiers the errors hang on.
//! Everything is computed from contingency counts, so a million records take a second.
//!
//! Sources of the measures: pairwise precision and recall as in Menestrina, Whang and Garcia-Molina, "Evaluating entity
//! resolution results" (VLDB 2010); B³ as in Bagga and Baldwin, "Algorithms for scoring coreference chains" (1998).

mod causes;
mod labels;

use serde::Serialize;

pub use causes::{Cause, Evidence, causes, reachable_pairs};
pub use labels::{CausedBy, Evaluation, Labels};

/// The figures. Shares are between 0 and 1; a share of nothing (no pair at all) is 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Labeled records that were compared.
    pub records: u64,
    /// Persons among them, as found.
    pub persons: u64,
    /// People among them, by the labels.
    pub people: u64,
    /// Pairs of records in one person.
    pub pairs_found: u64,
    /// Pairs of records of one human.
    pub pairs_true: u64,
    /// Pairs that are both.
    pub pairs_right: u64,
    /// `pairs_right / pairs_found`.
    pub precision: f64,
    /// `pairs_right / pairs_true`.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// Mean over records of the share of their person that is right.
    pub b3_precision: f64,
    /// Mean over records of the share of their human that was found.
    pub b3_recall: f64,
    /// Harmonic mean of the two.
    pub b3_f1: f64,
    /// Share of people whose records are exactly one person.
    pub exact: f64,
    /// Records of the largest person.
    pub largest_found: u64,
    /// Records of the human with most records.
    pub largest_true: u64,
    /// Persons that hold several people, the most wrong pairs first, at most ten: (person, records, people, wrong pairs).
    pub worst: Vec<Worst>,
}

/// A person that holds several people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worst {
    /// Number of the person in the caller's `found`.
    pub person: u32,
    /// Labeled records in it.
    pub records: u64,
    /// People in it.
    pub people: u64,
    /// Pairs of records of different people in it.
    pub wrong_pairs: u64,
}

/// Computes the figures; `found[i]` and `truth[i]` are the person and the human of labeled record `i`.
#[must_use]
pub fn figures(found: &[u32], truth: &[u32]) -> Figures {
    assert_eq!(found.len(), truth.len(), "one label per record");
    let found_sizes = sizes(found);
    let true_sizes = sizes(truth);
    let mut cells: Vec<(u32, u32)> = found.iter().copied().zip(truth.iter().copied()).collect();
    cells.sort_unstable();
    let (mut pairs_right, mut b3_precision, mut b3_recall, mut exact) = (0, 0.0, 0.0, 0u64);
    let mut worst: Vec<Worst> = Vec::new();
    for row in cells.chunk_by(|a, b| a.0 == b.0) {
        let (person, size) = (row[0].0, row.len() as u64);
        let (mut right_here, mut people) = (0, 0);
        for cell in row.chunk_by(|a, b| a.1 == b.1) {
            let (count, true_size) = (cell.len() as u64, true_sizes[cell[0].1 as usize]);
            right_here += pairs(count);
            people += 1;
            b3_precision += (count * count) as f64 / size as f64;
            b3_recall += (count * count) as f64 / true_size as f64;
            exact += u64::from(count == size && count == true_size);
        }
        pairs_right += right_here;
        if people > 1 {
            worst.push(Worst { person, records: size, people, wrong_pairs: pairs(size) - right_here });
        }
    }
    worst.sort_by_key(|w| (std::cmp::Reverse(w.wrong_pairs), w.person));
    worst.truncate(10);
    let records = found.len() as u64;
    let people = true_sizes.iter().filter(|&&size| size > 0).count() as u64;
    let (pairs_found, pairs_true) =
        (found_sizes.iter().map(|&n| pairs(n)).sum(), true_sizes.iter().map(|&n| pairs(n)).sum());
    let (precision, recall) = (share(pairs_right, pairs_found), share(pairs_right, pairs_true));
    let mean = |sum: f64| if records == 0 { 1.0 } else { sum / records as f64 };
    let (b3_precision, b3_recall) = (mean(b3_precision), mean(b3_recall));
    Figures {
        records,
        persons: found_sizes.iter().filter(|&&size| size > 0).count() as u64,
        people,
        pairs_found,
        pairs_true,
        pairs_right,
        precision,
        recall,
        f1: harmonic(precision, recall),
        b3_precision,
        b3_recall,
        b3_f1: harmonic(b3_precision, b3_recall),
        exact: share(exact, people),
        largest_found: found_sizes.iter().copied().max().unwrap_or(0),
        largest_true: true_sizes.iter().copied().max().unwrap_or(0),
        worst,
    }
}

fn sizes(labels: &[u32]) -> Vec<u64> {
    let mut sizes = vec![0; labels.iter().max().map_or(0, |&max| max as usize + 1)];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    sizes
}

/// Unordered pairs among `n`.
pub(crate) fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn figures_of_a_small_example_by_hand() {
        // found {0,1,2} {3,4}; people {0,1} {2,3,4}
        let figures = figures(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 1]);
        assert_eq!((figures.pairs_found, figures.pairs_true, figures.pairs_right), (4, 4, 2));
        assert!((figures.precision - 0.5).abs() < 1e-12 && (figures.recall - 0.5).abs() < 1e-12);
        assert!((figures.b3_precision - (4.0 / 3.0 + 1.0 / 3.0 + 2.0) / 5.0).abs() < 1e-12);
        assert!((figures.b3_recall - (2.0 + 1.0 / 3.0 + 4.0 / 3.0) / 5.0).abs() < 1e-12);
        assert!(figures.exact.abs() < 1e-12);
        assert_eq!(figures.worst, [Worst { person: 0, records: 3, people: 2, wrong_pairs: 2 }]);
    }

    proptest! {
        #[test]
        fn counts_equal_a_walk_over_all_pairs(labels in prop::collection::vec((0u32..6, 0u32..6), 0..40)) {
            let (found, truth): (Vec<u32>, Vec<u32>) = labels.iter().copied().unzip();
            let figures = figures(&found, &truth);
            let (mut both, mut f, mut t) = (0, 0, 0);
            for i in 0..found.len() {
                for j in i + 1..found.len() {
                    let (a, b) = (found[i] == found[j], truth[i] == truth[j]);
                    both += u64::from(a && b);
                    f += u64::from(a);
                    t += u64::from(b);
                }
            }
            prop_assert_eq!((figures.pairs_right, figures.pairs_found, figures.pairs_true), (both, f, t));
            prop_assert!(figures.b3_precision <= 1.0 + 1e-12 && figures.b3_recall <= 1.0 + 1e-12);
        }

        #[test]
        fn the_labels_themselves_are_perfect(truth in prop::collection::vec(0u32..9, 1..60)) {
            let figures = figures(&truth, &truth);
            prop_assert!((figures.f1 - 1.0).abs() < 1e-12 && (figures.b3_f1 - 1.0).abs() < 1e-12);
            prop_assert!((figures.exact - 1.0).abs() < 1e-12 && figures.worst.is_empty());
        }
    }
}
