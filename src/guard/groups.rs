//! Groups of records that grow by unions, and what a union would break.

use super::names::{Memo, Name, Rules, add_names, of_column};
use super::steward::Mark;
use crate::link::Forest;
use crate::model::{NamespaceId, RefusalReason};

/// What is known of a group, kept at its root.
#[derive(Debug, Clone, Default)]
struct Group {
    /// Records.
    size: u32,
    /// Values of limited namespaces that link its records: numbers within the component, rising, so by namespace.
    values: Vec<u32>,
    /// What its records say in the conflict fields, by column and code.
    names: Vec<Name>,
    /// The tightest `max_records_per_person` among the namespaces that built it, and whose it is.
    most_records: Option<(u32, NamespaceId)>,
    /// Per conflict field: codes that a steward put together.
    vouched: Vec<Vec<u32>>,
    /// Namespaces of which the steward's pairs alone bring more values than the limit: (namespace, so many).
    allowed: Vec<(NamespaceId, u32)>,
    /// Who is never one person with whom: marks, rising.
    never: Vec<Mark>,
}

impl Group {
    /// What it says in a conflict field, and which of it a steward put together.
    fn said(&self, column: usize) -> (&[Name], &[u32]) {
        (of_column(&self.names, column), self.vouched.get(column).map_or(&[], Vec::as_slice))
    }
}

/// The groups of one component; records are numbered within it.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    rules: &'a Rules<'a>,
    /// Value number → its namespace.
    namespaces: Vec<NamespaceId>,
    forest: Forest,
    groups: Vec<Group>,
    memo: Memo,
}

impl<'a> Groups<'a> {
    /// Every record by itself. `never`: marks with their records, by mark.
    pub(super) fn new(
        rules: &'a Rules<'a>,
        namespaces: Vec<NamespaceId>,
        records: &[u32],
        never: &[(Mark, u32)],
    ) -> Self {
        let mut groups: Vec<Group> = records
            .iter()
            .map(|record| {
                let codes = rules
                    .conflict_fields
                    .iter()
                    .map(|field| rules.compare.codes[usize::from(*field)][*record as usize]);
                let said = codes.enumerate().filter(|(_, code)| *code > 0);
                let names = said.map(|(column, code)| Name { column: column as u16, code, records: 1 });
                Group { size: 1, names: names.collect(), ..Group::default() }
            })
            .collect();
        for (mark, record) in never {
            groups[*record as usize].never.push(*mark); // by mark, so rising
        }
        Self { rules, namespaces, forest: Forest::new(records.len()), groups, memo: Memo::default() }
    }

    /// The group of a record: its smallest record.
    pub(super) fn find(&mut self, record: u32) -> u32 {
        self.forest.find(record)
    }

    /// Joins two groups, whatever it breaks. `by`: the namespace, none for the steward.
    pub(super) fn union(&mut self, a: u32, b: u32, by: Option<NamespaceId>) {
        let (root, Some(child)) = self.forest.union(a, b) else { return };
        let mut other = std::mem::take(&mut self.groups[child as usize]);
        let group = &mut self.groups[root as usize];
        group.size += other.size;
        group.values = merge_values(&group.values, &other.values);
        if group.names.len() < other.names.len() {
            std::mem::swap(&mut group.names, &mut other.names);
        }
        add_names(&mut group.names, &other.names);
        let own = by.and_then(|namespace| self.rules.most_records(namespace));
        group.most_records = [group.most_records, other.most_records, own].into_iter().flatten().min();
        for (mine, others) in group.vouched.iter_mut().zip(&other.vouched) {
            mine.extend(others);
        }
        if group.vouched.is_empty() {
            group.vouched = other.vouched;
        }
        group.allowed.extend(other.allowed);
        if !other.never.is_empty() {
            group.never.extend(other.never);
            group.never.sort_unstable();
            group.never.dedup();
        }
    }

    /// The steward put this group together: its names stand, and its records' values (numbers, rising) may all stay.
    pub(super) fn vouch(&mut self, root: u32, values: &[u32]) {
        let group = &mut self.groups[root as usize];
        let codes = |column| of_column(&group.names, column).iter().map(|name| name.code).collect();
        group.vouched = (0..self.rules.conflict_fields.len()).map(codes).collect();
        for of_one in values.chunk_by(|a, b| self.namespaces[*a as usize] == self.namespaces[*b as usize]) {
            group.allowed.push((self.namespaces[of_one[0] as usize], of_one.len() as u32));
        }
    }

    /// Lets a value link a group, if it may have one more of the namespace.
    pub(super) fn attach(&mut self, root: u32, value: u32) -> bool {
        let namespace = self.namespaces[value as usize];
        if self.rules.policies[usize::from(namespace)].max_per_person == 0 {
            return true;
        }
        let group = &self.groups[root as usize];
        let Err(at) = group.values.binary_search(&value) else { return true };
        let had = group.values.iter().filter(|v| self.namespaces[**v as usize] == namespace).count();
        if had as u32 >= self.allowed(namespace, root, root) {
            return false;
        }
        self.groups[root as usize].values.insert(at, value);
        true
    }

    /// How many records of a group say something in the conflict field of the namespace in which most do.
    pub(super) fn voices(&self, root: u32, by: NamespaceId) -> u32 {
        let names = &self.groups[root as usize].names;
        let said = |column: usize| of_column(names, column).iter().map(|name| name.records).sum();
        self.rules.conflict_columns(by).map(said).max().unwrap_or(0)
    }

    /// Whether both groups say something in a conflict field of the namespace.
    pub(super) fn both_speak(&self, a: u32, b: u32, by: NamespaceId) -> bool {
        self.rules.conflict_columns(by).any(|column| {
            let speaks = |root: u32| !of_column(&self.groups[root as usize].names, column).is_empty();
            speaks(a) && speaks(b)
        })
    }

    /// What joining two groups (by their roots) over a namespace would break.
    pub(super) fn breaks(&mut self, a: u32, b: u32, by: NamespaceId) -> Option<RefusalReason> {
        let (left, right) = (&self.groups[a as usize], &self.groups[b as usize]);
        if left.never.iter().any(|mark| right.never.binary_search(&(mark ^ 1)).is_ok()) {
            return Some(RefusalReason::NeverLink);
        }
        if let Some(namespace) = self.too_many_values(a, b) {
            return Some(RefusalReason::MaxPerPerson(namespace));
        }
        let tightest = [left.most_records, right.most_records, self.rules.most_records(by)].into_iter().flatten().min();
        if let Some((most, namespace)) = tightest
            && left.size + right.size > most
        {
            return Some(RefusalReason::MaxRecordsPerPerson(namespace));
        }
        for column in self.rules.conflict_columns(by) {
            let field = self.rules.conflict_fields[column];
            if self.rules.contradict(field, left.said(column), right.said(column), &mut self.memo) {
                return Some(RefusalReason::Conflict(field));
            }
        }
        None
    }

    /// The strongest namespace of which both groups together would have too many values.
    fn too_many_values(&self, a: u32, b: u32) -> Option<NamespaceId> {
        let (left, right) = (&self.groups[a as usize].values, &self.groups[b as usize].values);
        if left.is_empty() || right.is_empty() {
            return None;
        }
        let merged = merge_values(left, right);
        let of_namespaces = merged.chunk_by(|a, b| self.namespaces[*a as usize] == self.namespaces[*b as usize]);
        of_namespaces
            .map(|values| (self.namespaces[values[0] as usize], values.len() as u32))
            .find(|&(namespace, count)| count > self.allowed(namespace, a, b))
            .map(|(namespace, _)| namespace)
    }

    /// Most values of a limited namespace that two groups may have together.
    fn allowed(&self, namespace: NamespaceId, a: u32, b: u32) -> u32 {
        let by_steward = [a, b].into_iter().flat_map(|root| &self.groups[root as usize].allowed);
        let by_steward = by_steward.filter(|(of, _)| *of == namespace).map(|(_, count)| *count);
        by_steward.fold(self.rules.policies[usize::from(namespace)].max_per_person, u32::max)
    }
}

impl Rules<'_> {
    /// `max_records_per_person` of a namespace, if it has one.
    fn most_records(&self, namespace: NamespaceId) -> Option<(u32, NamespaceId)> {
        let most = self.policies[usize::from(namespace)].max_records_per_person;
        (most > 0).then_some((most, namespace))
    }

    /// The conflict fields of a namespace, as positions in `conflict_fields`.
    fn conflict_columns(&self, namespace: NamespaceId) -> impl Iterator<Item = usize> {
        let fields = &self.policies[usize::from(namespace)].conflict;
        fields.iter().filter_map(|field| self.conflict_fields.binary_search(field).ok())
    }
}

/// Two rising lists as one, each value once.
fn merge_values(left: &[u32], right: &[u32]) -> Vec<u32> {
    if right.is_empty() {
        return left.to_vec();
    }
    let mut merged = [left, right].concat();
    merged.sort_unstable();
    merged.dedup();
    merged
}
