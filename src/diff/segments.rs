//! Who entered and who left each segment.

use super::SegmentChange;

/// Compares the members of segments; `before` and `after` are (index into `names`, person id) in any order.
#[must_use]
pub fn segment_changes(names: &[String], before: Vec<(u32, u128)>, after: Vec<(u32, u128)>) -> Vec<SegmentChange> {
    let sorted = |mut rows: Vec<(u32, u128)>| {
        rows.sort_unstable();
        rows
    };
    let (before, after) = (sorted(before), sorted(after));
    let mut both = vec![0; names.len()];
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    while let (Some(left), Some(right)) = (old.peek(), new.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => _ = old.next(),
            std::cmp::Ordering::Greater => _ = new.next(),
            std::cmp::Ordering::Equal => {
                both[left.0 as usize] += 1;
                old.next();
                new.next();
            }
        }
    }
    let count = |rows: &[(u32, u128)], segment: usize| {
        let at = |segment: usize| rows.partition_point(|row| (row.0 as usize) < segment) as u64;
        at(segment + 1) - at(segment)
    };
    let change = |(at, segment): (usize, &String)| {
        let (before, after) = (count(&before, at), count(&after, at));
        SegmentChange { segment: segment.clone(), before, after, entered: after - both[at], left: before - both[at] }
    };
    names.iter().enumerate().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_exits_are_counted_per_segment() {
        let names = ["vip".to_owned(), "new".to_owned()];
        let found = segment_changes(&names, vec![(0, 7), (0, 3), (1, 9)], vec![(0, 3), (0, 8), (0, 9)]);
        let figures = |change: &SegmentChange| (change.before, change.after, change.entered, change.left);
        assert_eq!((figures(&found[0]), figures(&found[1])), ((2, 3, 2, 1), (1, 0, 0, 1)));
    }
}
