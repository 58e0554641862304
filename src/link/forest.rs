//! Union-find over record numbers.

/// Disjoint sets of `0..n`; the root of a set is its smallest member, so neither the order of unions nor their
/// repetition shows in the outcome.
///
/// Invariant: `parents[x] <= x`.
#[derive(Debug, Clone)]
pub struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    /// `0..n`, each by itself.
    #[must_use]
    pub fn new(n: usize) -> Self {
        Self { parents: (0..n as u32).collect() }
    }

    /// The smallest member of the set that `x` is in. Halves the path on the way.
    pub fn find(&mut self, mut x: u32) -> u32 {
        loop {
            let parent = self.parents[x as usize];
            if parent == x {
                return x;
            }
            let grandparent = self.parents[parent as usize];
            self.parents[x as usize] = grandparent;
            x = grandparent;
        }
    }

    /// Makes one set of two; returns its root and, when they were two, the root that is none any more.
    pub fn union(&mut self, a: u32, b: u32) -> (u32, Option<u32>) {
        let (a, b) = (self.find(a), self.find(b));
        let (root, child) = if a <= b { (a, b) } else { (b, a) };
        self.parents[child as usize] = root;
        (root, (root != child).then_some(child))
    }

    /// Member → smallest member of its set; one pass, for parents come before their children.
    #[must_use]
    pub fn labels(&mut self) -> &[u32] {
        for x in 0..self.parents.len() {
            self.parents[x] = self.parents[self.parents[x] as usize];
        }
        &self.parents
    }

    /// The same, kept.
    #[must_use]
    pub fn into_labels(mut self) -> Vec<u32> {
        let _ = self.labels();
        self.parents
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Labels by breadth-first search.
    fn oracle(n: usize, edges: &[(u32, u32)]) -> Vec<u32> {
        let mut labels = vec![u32::MAX; n];
        for start in 0..n as u32 {
            if labels[start as usize] != u32::MAX {
                continue;
            }
            let mut queue = std::collections::VecDeque::from([start]);
            labels[start as usize] = start;
            while let Some(at) = queue.pop_front() {
                for &(a, b) in edges {
                    for (from, to) in [(a, b), (b, a)] {
                        if from == at && labels[to as usize] == u32::MAX {
                            labels[to as usize] = start;
                            queue.push_back(to);
                        }
                    }
                }
            }
        }
        labels
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn union_find_equals_breadth_first_search_in_any_order_and_with_duplicates(
            edges in prop::collection::vec((0u32..40, 0u32..40), 0..60), turn in 0usize..60,
        ) {
            let expected = oracle(40, &edges);
            let mut again = edges.clone();
            again.rotate_left(turn % edges.len().max(1));
            again.extend(edges.iter().map(|&(a, b)| (b, a)));
            for order in [edges, again] {
                let mut forest = Forest::new(40);
                for (a, b) in order {
                    forest.union(a, b);
                }
                prop_assert_eq!(forest.into_labels(), expected.clone());
            }
        }
    }
}
