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

/// A name that a group says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// Position of the field in [`Rules::conflict_fields`].
    pub column: u16,
    /// The name, as the compare table has it; never 0.
    pub code: u32,
    /// How many records say it.
    pub records: u32,
}

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
        left: (&[Name], &[u32]),
        right: (&[Name], &[u32]),
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
    fn stands_by(&self, field: u16, (names, vouched): (&[Name], &[u32]), memo: &mut Memo) -> Vec<u32> {
        if names.len() == 1 {
            return vec![names[0].code];
        }
        let mut counts: Vec<u32> = names.iter().map(|name| name.records).collect();
        for (i, short) in names.iter().enumerate() {
            let fuller = (0..names.len()).filter(|j| self.is_short_for(field, short.code, names[*j].code, memo));
            let fullest =
                fuller.max_by_key(|j| (names[*j].records, std::cmp::Reverse(self.key(field, names[*j].code))));
            if let Some(fullest) = fullest {
                counts[fullest] += short.records;
                counts[i] -= short.records;
            }
        }
        let most = counts.iter().max().copied().unwrap_or(0);
        let stands = names.iter().zip(&counts).filter(|(name, count)| **count == most || vouched.contains(&name.code));
        stands.map(|(name, _)| name.code).collect()
    }

    fn key(&self, field: u16, code: u32) -> &str {
        &self.compare.keys[usize::from(field)][code as usize - 1]
    }
}

/// Whether one group says a single name, and more than half of the other's records say it too: then whatever the other
/// stands by, it is that name or a fuller form of it. Spares most comparisons.
fn one_is_led_by_the_other(left: &[Name], right: &[Name]) -> bool {
    let (one, other) = if left.len() == 1 { (left, right) } else { (right, left) };
    let said = other.iter().find(|name| name.code == one[0].code).map_or(0, |name| name.records);
    one.len() == 1 && said * 2 > other.iter().map(|name| name.records).sum()
}

/// The names of one column among all that a group says, which are by column.
pub(super) fn of_column(names: &[Name], column: usize) -> &[Name] {
    let is_before = |name: &Name| usize::from(name.column) < column;
    let from = names.partition_point(is_before);
    let len = names[from..].partition_point(|name| usize::from(name.column) == column);
    &names[from..from + len]
}

/// Adds the names of one group to another's; both by column and code.
pub(super) fn add_names(into: &mut Vec<Name>, from: &[Name]) {
    for name in from {
        match into.binary_search_by_key(&(name.column, name.code), |mine| (mine.column, mine.code)) {
            Ok(at) => into[at].records += name.records,
            Err(at) => into.insert(at, *name),
        }
    }
}
