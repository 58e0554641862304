//! Cuts a stream of text into batches that workers can take apart on their own.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use super::splitter::{MAX_ROW, Stretch, Verdict, next_stretch};
use crate::normalize::MAX_ROWS;

/// How large batches are. Nothing but speed and memory depends on `batch` and `rows`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Text per batch, in bytes; a longer row makes a longer batch.
    pub batch: usize,
    /// Most lines per batch.
    pub rows: usize,
    /// Longest row, in bytes.
    pub max_row: usize,
}

/// Text per batch while only the beginning of a file is looked at, in bytes.
pub(super) const MAX_SAMPLE_BATCH: usize = 256 << 10;

impl Default for Sizes {
    fn default() -> Self {
        Self { batch: 4 << 20, rows: MAX_ROWS, max_row: MAX_ROW }
    }
}

/// Whole rows of one file.
#[derive(Debug)]
pub(super) struct TextBatch {
    /// Their text.
    pub text: Vec<u8>,
    /// 1-based physical line on which it begins.
    pub line: u64,
    /// Where its rows end; `None` = at every line end.
    pub stretches: Option<Vec<Stretch>>,
}

impl TextBatch {
    /// Calls `each` with every row's line, range (line end left out) and verdict; blank lines are none.
    pub fn rows(&self, mut each: impl FnMut(u64, std::ops::Range<usize>, Verdict)) {
        let mut line = self.line;
        let mut start = 0;
        let mut row = |end: usize, newlines: u32, verdict| {
            let mut stop = end;
            if stop > start && self.text[stop - 1] == b'\n' {
                stop -= 1;
            }
            if stop > start && self.text[stop - 1] == b'\r' {
                stop -= 1;
            }
            if stop > start {
                each(line, start..stop, verdict);
            }
            line += u64::from(newlines);
            start = end;
        };
        match &self.stretches {
            Some(stretches) => stretches.iter().for_each(|s| row(s.end, s.newlines, s.verdict)),
            None => {
                memchr_iter(b'\n', &self.text).for_each(|at| row(at + 1, 1, Verdict::Fine));
                row(self.text.len(), 0, Verdict::Fine);
            }
        }
    }
}

/// Cuts a stream into batches.
pub(super) struct Cutter<R> {
    stream: R,
    delimiter: Option<u8>,
    sizes: Sizes,
    /// Text behind the last cut.
    tail: Vec<u8>,
    /// Physical line on which the tail begins.
    line: u64,
    ended: bool,
    /// Whether the tail is the rest of a line that was too long.
    skipping: bool,
}

impl<R: Read> Cutter<R> {
    /// `line` is the 1-based number of the stream's first line; without a delimiter, quotes mean nothing.
    pub fn new(stream: R, delimiter: Option<u8>, line: u64, sizes: Sizes) -> Self {
        Self { stream, delimiter, sizes, tail: Vec::new(), line, ended: false, skipping: false }
    }

    /// The next batch; `None` = the stream has ended. `text` is an old batch's text, to use its memory again.
    pub fn next(&mut self, mut text: Vec<u8>) -> io::Result<Option<TextBatch>> {
        text.clear();
        text.append(&mut self.tail);
        let mut wanted = self.sizes.batch;
        loop {
            self.fill(&mut text, wanted)?;
            if self.skipping {
                self.skip(&mut text);
            }
            if text.is_empty() {
                if self.ended {
                    return Ok(None);
                }
                continue; // all of it was the rest of a line that was too long
            }
            if let Some((cut, newlines, stretches)) = self.cut(&text) {
                self.tail.extend_from_slice(&text[cut..]);
                text.truncate(cut);
                let batch = TextBatch { text, line: self.line, stretches };
                self.line += newlines;
                return Ok(Some(batch));
            }
            wanted = 2 * text.len().max(self.sizes.batch);
        }
    }

    fn fill(&mut self, text: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        if !self.ended && text.len() < wanted {
            let missing = wanted - text.len();
            text.reserve(missing);
            self.ended = self.stream.by_ref().take(missing as u64).read_to_end(text)? < missing;
        }
        Ok(())
    }

    /// Drops the rest of a line that was too long, as far as it is here.
    fn skip(&mut self, text: &mut Vec<u8>) {
        match memchr(b'\n', text) {
            Some(at) => {
                text.drain(..=at);
                self.line += 1;
                self.skipping = false;
            }
            None => text.clear(),
        }
    }

    /// Where whole rows end, and the line ends and stretches up to there; `None` = more text is needed.
    fn cut(&mut self, text: &[u8]) -> Option<(usize, u64, Option<Vec<Stretch>>)> {
        let plain = text.len() <= self.sizes.max_row && (self.delimiter.is_none() || memchr(b'"', text).is_none());
        if plain {
            let (cut, newlines) = self.cut_lines(text)?;
            return Some((cut, newlines, None));
        }
        let (mut cut, mut newlines, mut stretches) = (0, 0, Vec::new());
        while cut < text.len() && stretches.len() < self.sizes.rows && !self.skipping {
            let Some(next) = next_stretch(text, cut, self.delimiter, self.sizes.max_row, self.ended) else { break };
            cut = next.end;
            newlines += u64::from(next.newlines);
            stretches.push(next);
            self.skipping = next.verdict == Verdict::TooLong && next.newlines == 0;
        }
        (cut > 0).then_some((cut, newlines, Some(stretches)))
    }

    fn cut_lines(&mut self, text: &[u8]) -> Option<(usize, u64)> {
        let lines = memchr_iter(b'\n', text).count();
        if lines >= self.sizes.rows {
            let last = memchr_iter(b'\n', text).nth(self.sizes.rows - 1).expect("there are that many lines");
            // Short rows: a smaller batch saves carrying the rest over each time.
            self.sizes.batch = self.sizes.batch.min((last + 1).max(self.sizes.batch / 64));
            return Some((last + 1, self.sizes.rows as u64));
        }
        let cut = if self.ended { text.len() } else { memrchr(b'\n', text)? + 1 };
        Some((cut, lines as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str, sizes: Sizes) -> Vec<(u64, String, Verdict)> {
        let mut cutter = Cutter::new(text.as_bytes(), Some(b','), 1, sizes);
        let mut found = Vec::new();
        while let Some(batch) = cutter.next(Vec::new()).expect("memory can be read") {
            batch.rows(|line, range, verdict| {
                let text = String::from_utf8_lossy(&batch.text[range]);
                let kept = if verdict == Verdict::TooLong { text.get(..4).unwrap_or(&text) } else { &text };
                found.push((line, kept.to_owned(), verdict));
            });
        }
        found
    }

    const TINY: Sizes = Sizes { batch: 16, rows: 3, max_row: 1 << 20 };

    #[test]
    fn lines_are_counted_through_quoted_and_blank_lines_and_either_line_end() {
        let text = "1,a\r\n\r\n2,\"b\r\nc\nd\"\r\n\n\n3,e";
        let found: Vec<_> = rows(text, TINY).into_iter().map(|(line, text, _)| (line, text)).collect();
        assert_eq!(found, [(1, "1,a".to_owned()), (3, "2,\"b\r\nc\nd\"".to_owned()), (8, "3,e".to_owned())]);
    }

    #[test]
    fn a_line_longer_than_a_row_may_be_is_one_reject() {
        let sizes = Sizes { max_row: 20, ..TINY };
        let text = format!("1,{}\n2,ok\n3,\"{}\n4,ok\n", "x".repeat(100), "y".repeat(100));
        let found: Vec<_> = rows(&text, sizes).into_iter().map(|(line, _, verdict)| (line, verdict)).collect();
        let expected = [Verdict::TooLong, Verdict::Fine, Verdict::TooLong, Verdict::Fine];
        assert_eq!(found, (1..).zip(expected).collect::<Vec<_>>());
        assert_eq!(rows(&"x".repeat(100), sizes).len(), 1);
    }

    proptest! {
        #[test]
        fn rows_do_not_depend_on_the_size_of_batches(
            text in "([a-c\",\n]|\r\n|,\"|\",|\"\n){0,80}",
            batch in 1_usize..40,
            row_cap in 1_usize..5,
            max_row in 8_usize..60,
        ) {
            let whole = rows(&text, Sizes { batch: 1 << 20, rows: 1 << 16, max_row });
            prop_assert_eq!(rows(&text, Sizes { batch, rows: row_cap, max_row }), whole);
        }
    }
}
