//! Segments beside each other: exclusive groups, and how many persons two segments share.

use crate::config::Segment;

/// The segments of every group by priority, then in the order of the config; groups by their first segment.
pub(super) fn groups(segments: &[Segment]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let Some(group) = segment.group.as_deref() else { continue };
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, members)) => members.push(index),
            None => groups.push((group, vec![index])),
        }
    }
    let in_order = |(_, mut members): (&str, Vec<usize>)| {
        members.sort_by_key(|&index| segments[index].priority.unwrap_or(u32::MAX)); // stable
        members
    };
    groups.into_iter().map(in_order).collect()
}

/// Leaves each person in the first segment of a group that took them.
pub(super) fn keep_first(groups: &[Vec<usize>], segments: &mut [Vec<bool>]) {
    for group in groups.iter().filter(|group| group.len() > 1) {
        let mut taken = segments[group[0]].clone();
        for &segment in &group[1..] {
            for (taken, member) in taken.iter_mut().zip(&mut segments[segment]) {
                *member &= !*taken;
                *taken |= *member;
            }
        }
    }
}

/// How many persons are in both of two segments, for all pairs, counted stretch by stretch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlaps(Vec<u64>);

impl Overlaps {
    /// Of a stretch: per segment, per person, whether the person is in it.
    #[must_use]
    pub fn count(segments: &[Vec<bool>]) -> Self {
        let word = |members: &[bool]| members.iter().rev().fold(0u64, |word, &member| word << 1 | u64::from(member));
        let bits: Vec<Vec<u64>> =
            segments.iter().map(|members| members.chunks(u64::BITS as usize).map(word).collect()).collect();
        let mut counts = Vec::new();
        for (index, left) in bits.iter().enumerate() {
            for right in &bits[index + 1..] {
                counts.push(left.iter().zip(right).map(|(a, b)| u64::from((a & b).count_ones())).sum());
            }
        }
        Self(counts)
    }

    /// Adds those of another stretch.
    pub fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        for (sum, count) in self.0.iter_mut().zip(&other.0) {
            *sum += count;
        }
    }

    /// Pairs that share somebody, in the order of the config, with how many persons.
    #[must_use]
    pub fn named(&self, names: &[String]) -> Vec<(String, String, u64)> {
        let pairs =
            names.iter().enumerate().flat_map(|(index, left)| names[index + 1..].iter().map(move |r| (left, r)));
        let named = pairs.zip(&self.0).map(|((left, right), &count)| (left.clone(), right.clone(), count));
        named.filter(|(_, _, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_counted_over_all_stretches() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let stretch = |members: [&[usize]; 3]| -> Vec<Vec<bool>> {
            members.iter().map(|these| (0..200).map(|person| these.contains(&person)).collect()).collect()
        };
        let mut overlaps = Overlaps::default();
        overlaps.add(&Overlaps::count(&stretch([&[0, 63, 64, 199], &[63, 64, 199], &[]])));
        overlaps.add(&Overlaps::count(&stretch([&[7], &[7], &[7]])));
        let named = |a: &str, b: &str, count| (a.to_owned(), b.to_owned(), count);
        assert_eq!(overlaps.named(&names), [named("a", "b", 4), named("a", "c", 1), named("b", "c", 1)]);
    }
}
