//! The lists of audiences, and the table `audiences`.
//!
//! Stretches of persons are made into rows on many threads and come here in order. What needs to know of all persons is
//! decided here: an address that somebody before has already, and, where there is a limit, who goes first.

mod format;
mod rows;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use hashbrown::HashSet;
use polars::prelude::DataFrame;

use super::Publication;
use super::columns::{Texts, table};
use super::output::OutputFile;
use crate::audiences::rank;
use crate::config::{Audience, address_of};
use crate::disk::{fault, private_folder};
use crate::model::{AudienceCounts, Key, TableFile, Verdict};
use crate::problem::Result;
use format::{delimiter, header, push_row};

pub use format::delimiter_of;
pub use rows::{Part, parts};

/// The folder of the lists, in that of the run.
pub(super) const LISTS: &str = "audiences";

/// A list being written.
pub struct List<'a> {
    audience: &'a Audience,
    name: String,
    file: OutputFile,
    verdicts: BTreeMap<Verdict, u64>,
    seen: HashSet<Key, foldhash::fast::FixedState>,
    /// With a limit: by rank and person, the rows of those who go first so far.
    first: BTreeMap<(u64, u32), Vec<u8>>,
    members: Vec<u32>,
}

impl<'a> List<'a> {
    /// Creates the list's file with its header, in the folder of lists, which it makes where it is not there.
    pub fn create(folder: &Path, audience: &'a Audience) -> Result<Self> {
        let lists = folder.join(LISTS);
        private_folder(&lists).map_err(|error| fault(&lists, "create", &error, 0))?;
        let name = format!("{LISTS}/{}.csv", audience.name);
        let mut file = OutputFile::create(&folder.join(&name))?;
        let mut line = Vec::new();
        let names = header(audience.format, address_of(&audience.channel), &audience.columns);
        push_row(&mut line, delimiter(audience.format), &names);
        file.write_all(&line).map_err(|error| file.explain(&error))?;
        Ok(Self {
            audience,
            name,
            file,
            verdicts: BTreeMap::new(),
            seen: HashSet::default(),
            first: BTreeMap::new(),
            members: Vec::new(),
        })
    }

    /// Takes the next stretch of persons.
    pub fn put(&mut self, part: Part, person_ids: &[u128]) -> Result<()> {
        for (verdict, persons) in part.verdicts {
            *self.verdicts.entry(verdict).or_default() += persons;
        }
        let mut start = 0;
        for candidate in part.candidates {
            let row = &part.rows[std::mem::replace(&mut start, candidate.end)..candidate.end];
            if candidate.address.is_some_and(|address| !self.seen.insert(address)) {
                self.turn_away(Verdict::SameAddress);
                continue;
            }
            let Some(limit) = self.audience.limit else {
                self.file.write_all(row).map_err(|error| self.file.explain(&error))?;
                self.members.push(candidate.person);
                continue;
            };
            let rank = rank(&self.audience.name, person_ids[candidate.person as usize]);
            self.first.insert((rank, candidate.person), row.to_vec());
            if self.first.len() as u64 > limit {
                self.first.pop_last();
                self.turn_away(Verdict::OverLimit);
            }
        }
        Ok(())
    }

    fn turn_away(&mut self, reason: Verdict) {
        *self.verdicts.entry(Verdict::Member).or_default() -= 1;
        *self.verdicts.entry(reason).or_default() += 1;
    }

    /// Ends the file: it, the figures, and the members by number.
    pub fn finish(mut self) -> Result<(TableFile, AudienceCounts, Vec<u32>)> {
        let mut chosen: Vec<(u32, Vec<u8>)> = self.first.into_iter().map(|((_, person), row)| (person, row)).collect();
        chosen.sort_unstable_by_key(|(person, _)| *person);
        for (person, row) in chosen {
            self.file.write_all(&row).map_err(|error| self.file.explain(&error))?;
            self.members.push(person);
        }
        let (bytes, fingerprint) = self.file.finish()?;
        let count = |verdict: Verdict| self.verdicts.get(&verdict).copied().unwrap_or_default();
        let all: u64 = self.verdicts.values().sum();
        let left_out = Verdict::REASONS.map(|reason| (reason.name().to_owned(), count(reason)));
        let counts = AudienceCounts {
            audience: self.audience.name.clone(),
            segment: self.audience.segment.clone().unwrap_or_default(),
            channel: self.audience.consent_name(),
            file: self.name.clone(),
            segment_persons: all - count(Verdict::Outside),
            members: count(Verdict::Member),
            left_out: left_out.into_iter().filter(|(_, persons)| *persons > 0).collect(),
        };
        let file = TableFile { file: self.name, rows: self.members.len() as u64, bytes, fingerprint };
        Ok((file, counts, self.members))
    }
}

/// Rows of `audiences` that are made at a time.
pub const ROWS: usize = 1 << 16;

/// `audiences`: (person, audience) pairs, sorted.
pub fn audiences(run: &Publication<'_>, members: &[(u32, u16)]) -> Result<DataFrame> {
    let [mut persons, mut names, mut channels] =
        ["person_id", "audience", "channel"].map(|name| Texts::new(name, members.len()));
    for (person, audience) in members {
        let audience = &run.audiences[usize::from(*audience)];
        persons.push_id(run.resolved.person_ids.0[*person as usize]);
        names.push(&audience.name);
        channels.push(&audience.consent_name());
    }
    table(members.len(), vec![persons.column(), names.column(), channels.column()])
}

#[cfg(test)]
mod tests {
    use super::rows::Candidate;
    use super::*;
    use crate::model::identifier_key;
    use proptest::prelude::*;

    fn audience(limit: Option<u64>) -> Audience {
        let limit = limit.map_or_else(String::new, |limit| format!("limit = {limit}"));
        toml::from_str(&format!("name = 'a'\nchannel = 'email'\n{limit}")).expect("the test's audience is right")
    }

    /// A part in which these persons are members, each with an address of the name.
    fn part(members: &[(u32, u8)], left_out: u64) -> Part {
        let mut part = Part::default();
        part.verdicts.insert(Verdict::OptedOut, left_out);
        part.verdicts.insert(Verdict::Member, members.len() as u64);
        for (person, address) in members {
            part.rows.extend_from_slice(format!("{person}\n").as_bytes());
            part.candidates.push(Candidate {
                person: *person,
                address: Some(identifier_key(&[*address])),
                end: part.rows.len(),
            });
        }
        part
    }

    fn written(limit: Option<u64>, parts: Vec<Part>, ids: &[u128]) -> (String, AudienceCounts, Vec<u32>) {
        let folder = tempfile::tempdir().expect("a folder");
        let audience = audience(limit);
        let mut list = List::create(folder.path(), &audience).expect("it can be made");
        parts.into_iter().try_for_each(|part| list.put(part, ids)).expect("it can be written");
        let (file, counts, members) = list.finish().expect("it can be ended");
        assert_eq!(file.rows, members.len() as u64);
        let text = std::fs::read_to_string(folder.path().join("audiences/a.csv")).expect("it is there");
        (text, counts, members)
    }

    #[test]
    fn two_persons_at_one_address_get_one_message() {
        let (text, counts, _) = written(None, vec![part(&[(0, 1), (1, 1), (2, 2)], 4)], &[]);
        assert_eq!(text, "person_id,email\n0\n2\n");
        assert_eq!((counts.segment_persons, counts.members), (7, 2));
        assert_eq!(counts.left_out, [("opted_out".to_owned(), 4), ("same_address".to_owned(), 1)]);
    }

    proptest! {
        #[test]
        fn everybody_is_in_or_left_out_and_the_choice_is_stable(
            addresses in prop::collection::vec(0..12u8, 1..40),
            limit in prop::option::of(0..20u64),
            cut in 0..40usize,
            left_out in 0..9u64,
        ) {
            let all: Vec<(u32, u8)> = (0..).zip(addresses.iter().copied()).collect();
            let ids: Vec<u128> = (0..all.len() as u128).map(|id| id * 7919 + 3).collect();
            let cut = cut.min(all.len());
            let whole = written(limit, vec![part(&all, left_out)], &ids);
            let parts = written(limit, vec![part(&all[..cut], left_out), part(&all[cut..], 0)], &ids);
            prop_assert_eq!(&whole, &parts, "how persons are cut into stretches changes nothing");
            let (_, counts, members) = whole;
            prop_assert!(counts.adds_up());
            prop_assert_eq!(counts.segment_persons, all.len() as u64 + left_out);
            prop_assert_eq!(counts.members, members.len() as u64);
            prop_assert!(limit.is_none_or(|limit| counts.members <= limit));
            let mut seen: Vec<u8> = members.iter().map(|person| addresses[*person as usize]).collect();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), members.len(), "no address twice");
            // A larger limit takes in the same people and more.
            if let Some(limit) = limit {
                let (_, _, more) = written(Some(limit + 1), vec![part(&all, left_out)], &ids);
                prop_assert!(members.iter().all(|member| more.contains(member)));
            }
        }
    }
}
