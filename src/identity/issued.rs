//! Every id that was ever given to somebody.

/// Every id ever issued, with the run that first issued it. An id in here is never given to anybody else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issued {
    /// Rising, each once.
    ids: Vec<u128>,
    /// Per id, the number of the run that issued it.
    runs: Vec<u32>,
}

impl Issued {
    /// From (id, run) in any order; of an id that occurs twice, the earliest run counts. Sorts only what is not sorted.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (u128, u32)>) -> Self {
        let (mut ids, mut runs): (Vec<u128>, Vec<u32>) = pairs.into_iter().unzip();
        if !ids.is_sorted_by(|a, b| a < b) {
            let mut pairs: Vec<(u128, u32)> = ids.into_iter().zip(runs).collect();
            pairs.sort_unstable();
            pairs.dedup_by_key(|pair| pair.0);
            (ids, runs) = pairs.into_iter().unzip();
        }
        Self { ids, runs }
    }

    /// With the ids that run `run` issued: rising, as [`super::Assigned::fresh`] has them.
    #[must_use]
    pub fn with(&self, fresh: &[u128], run: u32) -> Self {
        let mut all = Self {
            ids: Vec::with_capacity(self.ids.len() + fresh.len()),
            runs: Vec::with_capacity(self.ids.len() + fresh.len()),
        };
        let mut at = 0;
        for &id in fresh {
            let next = advance(&self.ids, at, id);
            all.ids.extend_from_slice(&self.ids[at..next]);
            all.runs.extend_from_slice(&self.runs[at..next]);
            at = next;
            if self.ids.get(at) != Some(&id) {
                all.ids.push(id);
                all.runs.push(run);
            }
        }
        all.ids.extend_from_slice(&self.ids[at..]);
        all.runs.extend_from_slice(&self.runs[at..]);
        all
    }

    /// How many ids were ever issued.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none ever was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// All of them, rising.
    #[must_use]
    pub fn ids(&self) -> &[u128] {
        &self.ids
    }

    /// Per id of [`ids`](Self::ids), the run that issued it.
    #[must_use]
    pub fn runs(&self) -> &[u32] {
        &self.runs
    }

    /// The run that issued an id; `None` when it was never issued.
    #[must_use]
    pub fn run(&self, id: u128) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|at| self.runs[at])
    }
}

/// Index of the first element from `from` on that is not below `wanted`. Gallops: k calls over n elements in rising
/// order of `wanted` cost O(k log(n/k)).
pub(super) fn advance(sorted: &[u128], from: usize, wanted: u128) -> usize {
    let rest = &sorted[from..];
    let mut end = 1;
    while end <= rest.len() && rest[end - 1] < wanted {
        end *= 2;
    }
    let begin = end / 2;
    from + begin + rest[begin..end.min(rest.len())].partition_point(|&id| id < wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_run_of_an_id_counts() {
        let issued = Issued::new([(9, 3), (2, 2), (9, 1), (9, 7)]);
        assert_eq!((issued.ids(), issued.runs()), ([2, 9].as_slice(), [2, 1].as_slice()));
        let more = issued.with(&[1, 9, 12], 8);
        assert_eq!((more.ids(), more.runs()), ([1, 2, 9, 12].as_slice(), [8, 2, 1, 8].as_slice()));
        assert_eq!((more.run(12), more.run(3), more.len()), (Some(8), None, 4));
        assert_eq!(Issued::default().with(&[4], 1), Issued::new([(4, 1)]));
    }

    #[test]
    fn galloping_finds_what_a_scan_finds() {
        let sorted: Vec<u128> = (0..40).map(|i| i * 3).collect();
        for length in 0..sorted.len() {
            for from in 0..=length {
                for wanted in 0..130 {
                    let scan = (from..length).find(|&i| sorted[i] >= wanted).unwrap_or(length);
                    assert_eq!(advance(&sorted[..length], from, wanted), scan);
                }
            }
        }
    }
}
