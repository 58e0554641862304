//! Groups of records: labels as linking gives them, then persons with their members in order.

/// Record → the smallest record of its group.
///
/// Invariant: `labels[r] <= r` and `labels[labels[r]] == labels[r]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(pub Vec<u32>);

/// Persons, numbered by their smallest record, with their records in rising order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Persons {
    /// Record → person number.
    pub person_of: Vec<u32>,
    /// Records grouped by person.
    pub members: Vec<u32>,
    /// Person `p` has `members[starts[p]..starts[p + 1]]`; one entry more than persons.
    pub starts: Vec<u32>,
}

impl Persons {
    /// From labels; takes two passes.
    #[must_use]
    pub fn from_labels(labels: &Labels) -> Self {
        let labels = &labels.0;
        let mut person_of = vec![0u32; labels.len()];
        let mut counts: Vec<u32> = Vec::new();
        for (record, &label) in labels.iter().enumerate() {
            let person = if label as usize == record {
                counts.push(0);
                counts.len() as u32 - 1
            } else {
                person_of[label as usize]
            };
            person_of[record] = person;
            counts[person as usize] += 1;
        }
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut sum = 0;
        for count in &mut counts {
            starts.push(sum);
            sum += std::mem::replace(count, sum);
        }
        starts.push(sum);
        let mut members = vec![0u32; labels.len()];
        for (record, &person) in person_of.iter().enumerate() {
            let next = &mut counts[person as usize];
            members[*next as usize] = record as u32;
            *next += 1;
        }
        Self { person_of, members, starts }
    }

    /// How many persons there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records of a person, smallest first.
    #[must_use]
    pub fn records(&self, person: u32) -> &[u32] {
        &self.members[self.starts[person as usize] as usize..self.starts[person as usize + 1] as usize]
    }

    /// The smallest record of a person: its label.
    #[must_use]
    pub fn label(&self, person: u32) -> u32 {
        self.members[self.starts[person as usize] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_numbered_by_their_smallest_record() {
        let persons = Persons::from_labels(&Labels(vec![0, 1, 0, 3, 1, 0]));
        assert_eq!(persons.len(), 3);
        assert_eq!(persons.records(0), [0, 2, 5]);
        assert_eq!(persons.records(1), [1, 4]);
        assert_eq!(persons.records(2), [3]);
        assert_eq!(persons.person_of, [0, 1, 0, 2, 1, 0]);
    }
}
