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

/// Answers already found, by field and two codes.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// Smaller code first.
    agree: HashMap<(u16, u32, u32), bool>,
    /// Short form first.
    short: HashMap<(u16, u32, u32), bool>,
}

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
        let how = self.comparisons[usize::from(field)];
        *memo
            .agree
            .entry((field, a.min(b), a.max(b)))
            .or_insert_with(|| how.agree(self.key(field, a), self.key(field, b)))
    }

    /// Whether one code is an initial or short form of another.
    fn is_short_for(&self, field: u16, short: u32, long: u32, memo: &mut Memo) -> bool {
        if short == long {
            return false;
        }
        let how = self.comparisons[usize::from(field)];
        *memo
            .short
            .entry((field, short, long))
            .or_insert_with(|| how.is_short_for(self.key(field, short), self.key(field, long)))
    }

    /// Whether two groups contradict each other in a field.
    ///
    /// A group stands by the name that most of its records say; initials and short forms count for the fuller name that
    /// the group has for them. What else it says is a slip of the pen or came with stronger evidence, and is not held
    /// against it. So two groups contradict each other when the names that they stand by do not agree. Where several
    /// names are said equally often, and for names that a steward put together (`vouched`), one that agrees is enough.
    pub(super) fn contradict(
        &self,
        field: u16,
        left: (&Names, &[u32]),
        right: (&Names, &[u32]),
        memo: &mut Memo,
    ) -> bool {
        if left.0.is_empty() || right.0.is_empty() || one_is_led_by_the_other(left.0, right.0) {
            return false;
        }
        let left = self.stands_by(field, left, memo);
        let right = self.stands_by(field, right, memo);
        !left.iter().any(|a| right.iter().any(|b| self.agree(field, *a, *b, memo)))
    }

    /// The names that a group stands by.
    fn stands_by(&self, field: u16, (names, vouched): (&Names, &[u32]), memo: &mut Memo) -> Vec<u32> {
        if names.len() == 1 {
            return vec![names[0].0];
        }
        let mut counts: Vec<u32> = names.iter().map(|(_, records)| *records).collect();
        for (short, &(code, records)) in names.iter().enumerate() {
            let fuller = (0..names.len()).filter(|i| self.is_short_for(field, code, names[*i].0, memo));
            let fullest = fuller.max_by_key(|i| (names[*i].1, std::cmp::Reverse(self.key(field, names[*i].0))));
            if let Some(fullest) = fullest {
                counts[fullest] += records;
                counts[short] -= records;
            }
        }
        let most = counts.iter().max().copied().unwrap_or(0);
        let stands = names.iter().zip(&counts).filter(|((code, _), count)| **count == most || vouched.contains(code));
        stands.map(|((code, _), _)| *code).collect()
    }

    fn key(&self, field: u16, code: u32) -> &str {
        &self.compare.keys[usize::from(field)][code as usize - 1]
    }
}

/// Whether one group says a single name, and more than half of the other's records say it too: then whatever the other
/// stands by, it is that name or a fuller form of it. Spares most comparisons.
fn one_is_led_by_the_other(left: &Names, right: &Names) -> bool {
    let (one, other) = if left.len() == 1 { (left, right) } else { (right, left) };
    let said = other.iter().find(|(code, _)| *code == one[0].0).map_or(0, |(_, records)| *records);
    one.len() == 1 && said * 2 > other.iter().map(|(_, records)| *records).sum()
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
