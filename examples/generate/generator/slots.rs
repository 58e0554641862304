//! Who has how many records, without a table of all persons: persons come in blocks that all look alike.

use super::random::Random;

/// How many records the persons of a block have.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Persons in a block.
    pub persons: u32,
    /// Regulars: how many of them, with how many records.
    pub regulars: &'static [(u32, u32)],
    /// Everybody else: of the weights' sum, weight `w[i]` have `i + 1` records.
    pub weights: &'static [u32],
}

/// Numbered places for records; each belongs to a person.
#[derive(Debug, Clone)]
pub struct Slots {
    persons: u64,
    owner: Vec<u32>,
    start: Vec<u32>,
}

/// One place.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// Its person, from 0.
    pub person: u64,
    /// How many records the person has, if the last block is full.
    pub of: u32,
}

impl Slots {
    /// The places that a shape gives; `seed` says which persons of a block are the regulars.
    #[must_use]
    pub fn new(shape: &Shape, seed: u64) -> Self {
        let mut counts = Vec::with_capacity(shape.persons as usize);
        for &(how_many, records) in shape.regulars {
            counts.resize(counts.len() + how_many as usize, records);
        }
        let rest = u64::from(shape.persons) - counts.len() as u64;
        let total: u64 = shape.weights.iter().map(|w| u64::from(*w)).sum();
        let regulars = counts.len() as u64;
        let mut sum = 0;
        for (records, weight) in (1..).zip(shape.weights) {
            sum += u64::from(*weight);
            counts.resize((regulars + sum * rest / total) as usize, records);
        }
        let mut random = Random::of(seed, u64::from(u32::MAX), 0);
        for i in (1..counts.len()).rev() {
            counts.swap(i, random.below(i as u64 + 1) as usize);
        }
        let mut slots = Self { persons: u64::from(shape.persons), owner: Vec::new(), start: Vec::new() };
        for (person, &records) in (0..).zip(&counts) {
            slots.start.push(slots.owner.len() as u32);
            slots.owner.resize(slots.owner.len() + records as usize, person);
        }
        slots.start.push(slots.owner.len() as u32);
        slots
    }

    /// The place of that number.
    #[must_use]
    pub fn at(&self, slot: u64) -> Slot {
        let size = self.owner.len() as u64;
        let (block, within) = (slot / size, (slot % size) as usize);
        let owner = self.owner[within] as usize;
        Slot { person: block * self.persons + owner as u64, of: self.start[owner + 1] - self.start[owner] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_of_a_full_block_has_as_many_slots_as_it_says() {
        let shape = Shape { persons: 100, regulars: &[(1, 40), (2, 20)], weights: &[4, 3, 2, 1] };
        let slots = Slots::new(&shape, 7);
        let mut seen = std::collections::HashMap::new();
        for slot in 0..3 * slots.owner.len() as u64 {
            let at = slots.at(slot);
            seen.entry(at.person).or_insert((0, at.of)).0 += 1;
        }
        assert_eq!(seen.len(), 300);
        assert!(seen.values().all(|(found, said)| found == said));
        assert_eq!(seen.values().filter(|(found, _)| *found == 40).count(), 3);
    }
}
