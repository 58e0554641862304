//! A batch as bytes and back: flat tables behind each other, each with its length before it, in the byte order of the
//! machine, so that large ones are copied as they are.

use bytemuck::{Pod, Zeroable};

use super::super::Batch;
use crate::model::{Blocked, Chunk, CompareColumn, Occurrence, Reject, RejectReason, Unusable};

/// The batch as bytes. Its source and file are left out: they are numbers of this run.
pub fn encode(batch: &Batch) -> Vec<u8> {
    let Batch { chunk, part_ends, rejects, rows, filtered, erased, unread_times } = batch;
    let pairs: usize = chunk.occurrences.iter().map(Vec::len).sum();
    let mut out = Vec::with_capacity(chunk.bytes.len() + 4 * chunk.starts.len() + 16 * pairs + 4096);
    put(&mut out, &[*rows, *filtered, *erased, *unread_times]);
    put(&mut out, &chunk.bytes);
    put(&mut out, &chunk.starts);
    length(&mut out, chunk.occurrences.len());
    chunk.occurrences.iter().for_each(|found| put(&mut out, found));
    length(&mut out, part_ends.len());
    part_ends.iter().for_each(|ends| put(&mut out, ends));
    length(&mut out, chunk.blocked.len());
    for blocked in &chunk.blocked {
        put(&mut out, &[blocked.row]);
        put(&mut out, &[blocked.field]);
        put(&mut out, blocked.reason.name().as_bytes());
        put(&mut out, blocked.value.as_bytes());
    }
    length(&mut out, chunk.compare.len());
    for column in &chunk.compare {
        put(&mut out, &column.codes);
        length(&mut out, column.keys.len());
        column.keys.iter().for_each(|key| put(&mut out, key.as_bytes()));
    }
    length(&mut out, rejects.len());
    for reject in rejects {
        put(&mut out, &[reject.line]);
        put(&mut out, reject.reason.name().as_bytes());
        put(&mut out, reject.detail.as_bytes());
        put(&mut out, reject.raw.as_bytes());
    }
    out
}

/// The batch that was encoded, in an empty chunk of this run's source and file; `None` when the bytes are not a whole
/// batch.
pub fn decode(bytes: &[u8], mut chunk: Chunk) -> Option<Batch> {
    let from = &mut Bytes(bytes);
    let [rows, filtered, erased, unread_times] = from.values::<u64>()?[..] else { return None };
    from.fill(&mut chunk.bytes)?;
    from.fill(&mut chunk.starts)?;
    chunk.occurrences.resize_with(from.length()?, Vec::new);
    for found in &mut chunk.occurrences {
        from.fill::<Occurrence>(found)?;
    }
    let mut part_ends = Vec::new();
    for _ in 0..from.length()? {
        part_ends.push(from.values()?.into_boxed_slice());
    }
    for _ in 0..from.length()? {
        let (row, field) = (from.one()?, from.one()?);
        let reason = Unusable::of_name(from.text()?)?;
        chunk.blocked.push(Blocked { row, field, reason, value: from.text()?.into() });
    }
    for _ in 0..from.length()? {
        let codes = from.values()?;
        let mut keys = Vec::new();
        for _ in 0..from.length()? {
            keys.push(from.text()?.into());
        }
        chunk.compare.push(CompareColumn { codes, keys });
    }
    let (source, file) = (chunk.source, chunk.file);
    let mut rejects = Vec::new();
    for _ in 0..from.length()? {
        let line = from.one()?;
        let reason = RejectReason::of_name(from.text()?)?;
        let (detail, raw) = (from.text()?.into(), from.text()?.into());
        rejects.push(Reject { source, file, line, reason, detail, raw });
    }
    from.0.is_empty().then_some(Batch { chunk, part_ends, rejects, rows, filtered, erased, unread_times })
}

fn length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&(length as u64).to_ne_bytes());
}

fn put<T: Pod>(out: &mut Vec<u8>, values: &[T]) {
    length(out, values.len());
    out.extend_from_slice(bytemuck::cast_slice(values));
}

/// What is left to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn length(&mut self) -> Option<usize> {
        u64::from_ne_bytes(self.take(8)?.try_into().ok()?).try_into().ok()
    }

    /// Values into an empty list.
    fn fill<T: Pod>(&mut self, values: &mut Vec<T>) -> Option<()> {
        let count = self.length()?;
        let bytes = self.take(count.checked_mul(size_of::<T>())?)?;
        values.resize(count, T::zeroed());
        bytemuck::cast_slice_mut::<T, u8>(values).copy_from_slice(bytes);
        Some(())
    }

    fn values<T: Pod>(&mut self) -> Option<Vec<T>> {
        let mut values = Vec::new();
        self.fill(&mut values)?;
        Some(values)
    }

    fn one<T: Pod + Zeroable>(&mut self) -> Option<T> {
        match self.values()?[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::identifier_key;

    fn empty(source: u16, file: u32) -> Chunk {
        Chunk { source, file, ..Chunk::default() }
    }

    fn batch() -> Batch {
        let pair = |value: &str, record| Occurrence::new(identifier_key(value.as_bytes()), record);
        let chunk = Chunk {
            bytes: vec![1, 2, 3, 250],
            starts: vec![0, 2],
            occurrences: vec![vec![pair("a", 0), pair("b", 1)], Vec::new()],
            blocked: vec![Blocked { row: 1, field: 2, reason: Unusable::TooShort, value: "ü0".into() }],
            compare: vec![CompareColumn { codes: vec![0, 1], keys: vec!["ana".into()] }],
            ..empty(3, 7)
        };
        let reject = Reject {
            source: 3,
            file: 7,
            line: 9,
            reason: RejectReason::TooManyFields,
            detail: "4 fields".into(),
            raw: "a,b,\u{fffd}".into(),
        };
        let part_ends = vec![vec![1, 2].into_boxed_slice(), vec![0, 0].into_boxed_slice()];
        Batch { chunk, part_ends, rejects: vec![reject], rows: 4, filtered: 1, erased: 1, unread_times: 2 }
    }

    #[test]
    fn a_batch_reads_back_as_it_was_written() {
        let batch = batch();
        let bytes = encode(&batch);
        let mut used = batch.chunk.clone();
        used.clear();
        for chunk in [empty(3, 7), used] {
            let read = decode(&bytes, chunk).expect("it is whole");
            assert_eq!(format!("{read:?}"), format!("{batch:?}"));
        }
        let elsewhere = decode(&bytes, empty(1, 2)).expect("it is whole");
        assert_eq!((elsewhere.chunk.source, elsewhere.rejects[0].file), (1, 2));
    }

    #[test]
    fn what_is_cut_short_is_no_batch() {
        let bytes = encode(&batch());
        assert!((0..bytes.len()).all(|end| decode(&bytes[..end], empty(3, 7)).is_none()));
        assert!(decode(&[&bytes[..], &[0]].concat(), empty(3, 7)).is_none());
    }

    #[test]
    fn every_reason_has_its_name_back() {
        for reason in Unusable::ALL {
            assert_eq!(Unusable::of_name(reason.name()), Some(reason));
        }
        for reason in RejectReason::ALL {
            assert_eq!(RejectReason::of_name(reason.name()), Some(reason));
        }
    }
}
