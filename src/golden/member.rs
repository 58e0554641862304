//! A person's records, side by side and newest first.

use std::cmp::Reverse;
use std::ops::Range;

use crate::model::{FETCHED, FieldId, Persons, Row, Rows, SourceId, SourceStarts};

/// Persons are read in blocks of about so many rows.
const BLOCK: usize = FETCHED;

/// Cache lines that most rows are long.
const LINES: usize = 2;

/// One record of the person at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) row: Row<'a>,
    pub(super) record: u32,
    pub(super) source: SourceId,
    /// UTC microseconds; `i64::MIN` = none, which is older than any.
    pub(super) time: i64,
}

/// The records of the person at hand, best first: newest event time, then source order, then smallest record. That
/// order breaks every tie, so whoever goes through it and keeps the first of equals has a total order.
#[derive(Debug)]
pub(super) struct Members<'a> {
    rows: &'a Rows<'a>,
    starts: &'a SourceStarts,
    fields: usize,
    pub(super) all: Vec<Member<'a>>,
    /// Raw cells, `fields` per member.
    cells: Vec<&'a [u8]>,
}

impl<'a> Members<'a> {
    pub(super) fn new(rows: &'a Rows<'a>, starts: &'a SourceStarts) -> Self {
        Self { rows, starts, fields: rows.fields(), all: Vec::new(), cells: Vec::new() }
    }

    /// Goes through the persons of a range.
    pub(super) fn each(&mut self, persons: &Persons, range: Range<u32>, mut each: impl FnMut(u32, &Self)) {
        let mut block: Vec<Member<'a>> = Vec::with_capacity(BLOCK);
        let mut split = Vec::with_capacity(self.fields);
        let mut next = range.start;
        while next < range.end {
            let first = next;
            let start = persons.starts[first as usize] as usize;
            while next < range.end && (persons.starts[next as usize + 1] as usize - start <= BLOCK || next == first) {
                next += 1;
            }
            let end = persons.starts[next as usize] as usize;
            fetch(self.rows, self.starts, &persons.members[start..end], &mut block);
            for person in first..next {
                let own = persons.starts[person as usize] as usize - start
                    ..persons.starts[person as usize + 1] as usize - start;
                self.all.clear();
                self.all.extend_from_slice(&block[own]);
                if self.all.len() > 1 {
                    self.all.sort_unstable_by_key(|member| (Reverse(member.time), member.source, member.record));
                }
                self.cells.clear();
                for member in &self.all {
                    member.row.split(&mut split);
                    self.cells.extend_from_slice(&split);
                }
                each(person, self);
            }
        }
    }

    /// How many records the person has.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// A member's raw value; empty = none.
    pub(super) fn cell(&self, member: usize, field: FieldId) -> &'a [u8] {
        self.cells[member * self.fields + usize::from(field)]
    }
}

/// Looks up the rows of a block.
fn fetch<'a>(rows: &'a Rows<'a>, starts: &SourceStarts, wanted: &[u32], block: &mut Vec<Member<'a>>) {
    wanted.chunks(FETCHED).for_each(|wanted| rows.fetch::<LINES>(wanted.iter().copied()));
    block.clear();
    block.extend(wanted.iter().map(|&record| {
        let row = rows.row(record);
        Member { row, record, source: starts.source(record), time: row.event_time() }
    }));
}
