//! How many people a value was seen with, by one measure.

use crate::link::runs::split_run;
use crate::model::{Comparison, Occurrence, Occurrences};

/// Counting for the listing stops here.
pub(super) const MOST_COUNTED: usize = 1000;

/// Record → values of one namespace, for the records asked for. A value is its number in key order.
pub(super) struct ValuesOf {
    /// Per record: 0 = none, else 1 + its smallest value; the top bit says that `more` has others.
    first: Vec<u32>,
    /// (record, value), for records that carry several; sorted.
    more: Vec<(u32, u32)>,
}

const HAS_MORE: u32 = 1 << 31;

/// A set of record numbers.
pub(super) struct RecordSet(Vec<u64>);

impl RecordSet {
    pub(super) fn new(records: usize) -> Self {
        Self(vec![0; records.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, record: u32) {
        self.0[record as usize / 64] |= 1 << (record % 64);
    }

    pub(super) fn has(&self, record: u32) -> bool {
        self.0[record as usize / 64] >> (record % 64) & 1 == 1
    }
}

impl ValuesOf {
    /// From sorted occurrences.
    pub(super) fn new(records: usize, wanted: &RecordSet, occurrences: &Occurrences) -> Self {
        let mut values = Self { first: vec![0; records], more: Vec::new() };
        let mut number = 0;
        for part in &occurrences.parts {
            let part = part.look();
            let mut rest = &part[..];
            while let Some((run, behind)) = split_run(rest) {
                rest = behind;
                number += 1; // 1 + the value's number: at most as many values as occurrences, far below 2³¹
                for &Occurrence { record, .. } in run {
                    if !wanted.has(record) {
                        continue;
                    }
                    let first = &mut values.first[record as usize];
                    if *first == 0 {
                        *first = number;
                    } else {
                        *first |= HAS_MORE;
                        values.more.push((record, number));
                    }
                }
            }
        }
        values.more.sort_unstable();
        values
    }

    /// Calls `each` with the values of a record until it returns false; returns false when it did.
    pub(super) fn each(&self, record: u32, mut each: impl FnMut(u32) -> bool) -> bool {
        let first = self.first[record as usize];
        if first == 0 {
            return true;
        }
        if !each(first & !HAS_MORE) {
            return false;
        }
        if first & HAS_MORE == 0 {
            return true;
        }
        let from = self.more.partition_point(|(of, _)| *of < record);
        self.more[from..].iter().take_while(|(of, _)| *of == record).all(|(_, value)| each(*value))
    }
}

/// How many distinct values the records carry, if more than `above`; at most [`MOST_COUNTED`].
pub(super) fn distinct_values(run: &[Occurrence], values: &ValuesOf, above: usize) -> Option<usize> {
    let mut seen = Few::new(above);
    if run.iter().all(|o| values.each(o.record, |value| seen.insert(value))) {
        return None;
    }
    let mut all = Vec::with_capacity(run.len());
    for o in run {
        values.each(o.record, |value| {
            all.push(value);
            true
        });
    }
    all.sort_unstable();
    all.dedup();
    Some(all.len().min(MOST_COUNTED))
}

/// How many distinct groups the records are in, if more than `above`; at most [`MOST_COUNTED`]. Only where it takes more
/// than `core` of them to have nine tenths of the records: one customer's own address dominates, however often it was
/// mistyped; behind a made-up number nobody's does. `groups_of` calls back with the groups of a record until that returns
/// false, and returns false when it did.
pub(super) fn scattered_groups(
    run: &[Occurrence],
    above: usize,
    core: usize,
    groups_of: impl Fn(u32, &mut dyn FnMut(u32) -> bool) -> bool,
) -> Option<usize> {
    let mut seen = Few::new(above);
    if run.iter().all(|o| groups_of(o.record, &mut |group| seen.insert(group))) {
        return None;
    }
    let mut all: Vec<u32> = Vec::with_capacity(run.len());
    for o in run {
        groups_of(o.record, &mut |group| {
            all.push(group);
            true
        });
    }
    all.sort_unstable();
    let mut sizes: Vec<usize> = all.chunk_by(|a, b| a == b).map(<[u32]>::len).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let in_core: usize = sizes.iter().take(core).sum();
    (in_core * 10 < all.len() * 9).then_some(sizes.len().min(MOST_COUNTED))
}

/// A set that gives up once it has more members than asked about.
struct Few {
    members: Vec<u32>,
    above: usize,
}

impl Few {
    fn new(above: usize) -> Self {
        Self { members: Vec::new(), above }
    }

    /// Whether there are still not more than `above`.
    fn insert(&mut self, member: u32) -> bool {
        if self.members.last() != Some(&member) && !self.members.contains(&member) {
            self.members.push(member);
        }
        self.members.len() <= self.above
    }
}

/// The names of a proxy field.
pub(super) struct Names<'a> {
    /// Per record.
    pub codes: &'a [u32],
    pub keys: &'a [Box<str>],
    pub how: Comparison,
    /// Code → records that say it, of all.
    pub totals: Vec<u32>,
}

impl<'a> Names<'a> {
    pub(super) fn new(codes: &'a [u32], keys: &'a [Box<str>], how: Comparison) -> Self {
        let mut totals = vec![0; keys.len() + 1];
        for code in codes {
            totals[*code as usize] += 1;
        }
        Self { codes, keys, how, totals }
    }
}

/// How many distinct names the records say, if they are more than `above` people's after comparison: misspellings,
/// initials and pet forms of one person are one. Misspellings beyond comparison are known by being found nowhere else:
/// such names are left out where each is on at most a twentieth of the records and all are on at most a tenth. The count
/// given is of plain distinct names, at most [`MOST_COUNTED`].
pub(super) fn distinct_names(run: &[Occurrence], names: &Names<'_>, above: usize) -> Option<usize> {
    let mut seen = Few::new(above);
    if run.iter().map(|o| names.codes[o.record as usize]).all(|code| code == 0 || seen.insert(code)) {
        return None;
    }
    let mut all: Vec<u32> = run.iter().map(|o| names.codes[o.record as usize]).filter(|code| *code != 0).collect();
    all.sort_unstable();
    // Commonest first: the right spelling is the one that the others are compared with. Then by name, for codes depend
    // on the order of files.
    let mut said: Vec<Said> = all
        .chunk_by(|a, b| a == b)
        .map(|same| Said {
            records: same.len(),
            name: &names.keys[same[0] as usize - 1],
            only_here: names.totals[same[0] as usize] as usize == same.len(),
        })
        .collect();
    said.sort_unstable_by(|a, b| b.records.cmp(&a.records).then(a.name.cmp(b.name)));
    let is_slip = |one: &Said| one.only_here && one.records * 20 <= all.len();
    let slips: usize = said.iter().filter(|one| is_slip(one)).map(|one| one.records).sum();
    let distinct = said.len().min(MOST_COUNTED);
    if slips * 10 <= all.len() {
        said.retain(|one| !is_slip(one));
    }
    let mut people: Vec<&str> = Vec::new();
    for Said { name, .. } in said {
        if !people.iter().any(|known| names.how.alike(known, name)) {
            people.push(name);
            if people.len() > above {
                return Some(distinct);
            }
        }
    }
    None
}

/// A name that a run's records say.
struct Said<'a> {
    records: usize,
    name: &'a str,
    only_here: bool,
}
