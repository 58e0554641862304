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

    fn has(&self, record: u32) -> bool {
        self.0[record as usize / 64] >> (record % 64) & 1 == 1
    }
}

impl ValuesOf {
    /// From sorted occurrences.
    pub(super) fn new(records: usize, wanted: &RecordSet, occurrences: &Occurrences) -> Self {
        let mut values = Self { first: vec![0; records], more: Vec::new() };
        let mut number = 0;
        for part in &occurrences.parts {
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
    fn each(&self, record: u32, mut each: impl FnMut(u32) -> bool) -> bool {
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

/// How many distinct values the records carry, if more than `above`; at most [`MOST_COUNTED`]. With `scattered`, only
/// where no single value is on half of these records: one customer's own address dominates, however often it was
/// mistyped; behind a made-up number nobody's does.
pub(super) fn distinct_values(
    run: &[Occurrence],
    values: &ValuesOf,
    above: usize,
    scattered: bool,
    count_record: impl Fn(u32) -> bool,
) -> Option<usize> {
    let mut seen: Vec<u32> = Vec::with_capacity(above.min(64) + 1);
    let few = run.iter().filter(|o| count_record(o.record)).all(|o| {
        values.each(o.record, |value| {
            if seen.last() != Some(&value) && !seen.contains(&value) {
                seen.push(value);
            }
            seen.len() <= above
        })
    });
    if few {
        return None;
    }
    let mut all = Vec::with_capacity(run.len());
    for o in run.iter().filter(|o| count_record(o.record)) {
        values.each(o.record, |value| {
            all.push(value);
            true
        });
    }
    let total = all.len();
    all.sort_unstable();
    if scattered && all.chunk_by(|a, b| a == b).any(|same| same.len() * 2 >= total) {
        return None;
    }
    all.dedup();
    Some(all.len().min(MOST_COUNTED))
}

/// How many distinct names the records say, if they are more than `above` people's after comparison: misspellings,
/// initials and pet forms of one person are one. The count given is of plain distinct names, at most [`MOST_COUNTED`].
pub(super) fn distinct_names(
    run: &[Occurrence],
    codes: &[u32],
    keys: &[Box<str>],
    how: Comparison,
    above: usize,
) -> Option<usize> {
    let mut seen: Vec<u32> = Vec::with_capacity(above.min(64) + 1);
    let few = run.iter().all(|o| {
        let code = codes[o.record as usize];
        if code != 0 && seen.last() != Some(&code) && !seen.contains(&code) {
            seen.push(code);
        }
        seen.len() <= above
    });
    if few {
        return None;
    }
    let mut all: Vec<u32> = run.iter().map(|o| codes[o.record as usize]).filter(|code| *code != 0).collect();
    all.sort_unstable();
    let key = |code: u32| &*keys[code as usize - 1];
    // Commonest first: the right spelling is the one that the others are compared with. Then by name, for codes depend
    // on the order of files.
    let mut names: Vec<(usize, &str)> = all.chunk_by(|a, b| a == b).map(|same| (same.len(), key(same[0]))).collect();
    names.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut people: Vec<&str> = Vec::with_capacity(above + 1);
    for (_, name) in &names {
        if !people.iter().any(|known| how.alike(known, name)) {
            people.push(name);
            if people.len() > above {
                return Some(names.len().min(MOST_COUNTED));
            }
        }
    }
    None
}
