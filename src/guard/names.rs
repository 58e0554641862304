//! When two groups of records contradict each other in a compare field.

use hashbrown::HashMap;

use crate::config::NamespacePolicy;
use crate::model::{CompareTable, Comparison, Schema};

/// What the guard goes by.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    pub policies: &'a [NamespacePolicy],
    pub compare: &'a CompareTable,
    comparisons: Vec<Comparison>,
    /// Compare fields that some namespace has as `conflict`, rising.
    pub conflict_fields: Vec<u16>,
}

/// Answers already found: (field, smaller code, larger code) → whether they agree.
pub(super) type Memo = HashMap<(u16, u32, u32), bool>;

/// The names that a group says in one field: (code, records), by code.
pub(super) type Names = Vec<(u32, u32)>;

impl<'a> Rules<'a> {
    pub(super) fn new(compare: &'a CompareTable, schema: &Schema, policies: &'a [NamespacePolicy]) -> Self {
        let comparisons =
            schema.compare_fields.iter().map(|f| Comparison::of(&schema.fields[usize::from(*f)])).collect();
        let mut conflict_fields: Vec<u16> = policies.iter().flat_map(|p| &p.conflict).copied().collect();
        conflict_fields.sort_unstable();
        conflict_fields.dedup();
        Self { policies, compare, comparisons, conflict_fields }
    }

    /// Whether two codes of a field (neither of them 0) can be said of one person.
    pub(super) fn agree(&self, field: u16, a: u32, b: u32, memo: &mut Memo) -> bool {
        if a == b {
            return true;
        }
        *memo.entry((field, a.min(b), a.max(b))).or_insert_with(|| {
            let keys = &self.compare.keys[usize::from(field)];
            self.comparisons[usize::from(field)].agree(&keys[a as usize - 1], &keys[b as usize - 1])
        })
    }

    /// Whether two groups contradict each other in a field.
    ///
    /// A group stands by the name that most of its records say. A name of its own that does not agree with that one is a
    /// slip of the pen, or came with stronger evidence, and is not held against it; every other name is. So two groups
    /// contradict each other unless all that is left of the one agrees with all that is left of the other. Where several
    /// names are said equally often, and for names that a steward put together (`vouched`), one that fits is enough.
    pub(super) fn contradict(
        &self,
        field: u16,
        left: (&Names, &[u32]),
        right: (&Names, &[u32]),
        memo: &mut Memo,
    ) -> bool {
        if left.0.is_empty() || right.0.is_empty() {
            return false;
        }
        if let ([(a, _)], [(b, _)]) = (&left.0[..], &right.0[..]) {
            return !self.agree(field, *a, *b, memo);
        }
        let right_kernels = self.kernels(field, right, memo);
        let fits = self.kernels(field, left, memo).iter().any(|of_left| {
            right_kernels
                .iter()
                .any(|of_right| of_left.iter().all(|a| of_right.iter().all(|b| self.agree(field, *a, *b, memo))))
        });
        !fits
    }

    /// For each name that a group may stand by, the names of the group that agree with it.
    fn kernels(&self, field: u16, (names, vouched): (&Names, &[u32]), memo: &mut Memo) -> Vec<Vec<u32>> {
        let most = names.iter().map(|(_, records)| *records).max().unwrap_or(0);
        let mains = names.iter().filter(|(code, records)| *records == most || vouched.contains(code));
        mains
            .map(|(main, _)| {
                names.iter().map(|(code, _)| *code).filter(|code| self.agree(field, *main, *code, memo)).collect()
            })
            .collect()
    }
}

/// The names of two groups together.
pub(super) fn merge_names(left: &Names, right: &Names) -> Names {
    let mut merged = Names::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (None, None) => return merged,
            (Some(&(a, n)), Some(&(b, m))) if a == b => {
                left.next();
                right.next();
                Some((a, n + m))
            }
            (Some(&(a, _)), Some(&(b, _))) if a < b => left.next(),
            (Some(_), None) => left.next(),
            _ => right.next(),
        };
        merged.extend(next);
    }
}
