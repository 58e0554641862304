//! One row's cells, borrowed from its text; only cells with doubled quotes or escapes are copied.
//!
//! By hand rather than with the csv crate because the splitter has already judged the quotes and the csv crate copies
//! every cell; a property test holds it to the csv crate's answers.

use memchr::{memchr, memchr_iter};

/// What parts the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    /// One byte.
    Byte(u8),
    /// Runs of spaces; those at the ends of a line mean nothing.
    Spaces,
}

impl Delimiter {
    /// The byte in front of a quote that opens a field.
    pub fn byte(self) -> u8 {
        match self {
            Self::Byte(byte) => byte,
            Self::Spaces => b' ',
        }
    }
}

/// The cells of one row; kept from row to row for its memory.
#[derive(Debug, Default)]
pub(super) struct Cells {
    spans: Vec<Span>,
    /// Cells whose text differs from the row's.
    copied: String,
}

/// A range of the row's text, or of `copied`.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    end: u32,
    copied: bool,
}

impl Cells {
    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// A cell of the row that was taken apart last.
    pub fn get<'a>(&'a self, row: &'a str, cell: usize) -> &'a str {
        let span = self.spans[cell];
        let text = if span.copied { &self.copied } else { row };
        &text[span.start as usize..span.end as usize]
    }

    /// All cells of the row that was taken apart last.
    pub fn iter<'a>(&'a self, row: &'a str) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |cell| self.get(row, cell))
    }

    /// Makes `count` blank cells.
    pub fn blank(&mut self, count: usize) {
        self.spans.clear();
        self.spans.resize(count, Span::default());
        self.copied.clear();
    }

    /// Sets a cell to a range of the row.
    pub fn set(&mut self, cell: usize, start: usize, end: usize) {
        self.spans[cell] = Span { start: start as u32, end: end as u32, copied: false };
    }

    /// Sets a cell to a text of its own.
    pub fn set_copy(&mut self, cell: usize, text: &str) {
        let start = self.copied.len();
        self.copied.push_str(text);
        self.spans[cell] = Span { start: start as u32, end: self.copied.len() as u32, copied: true };
    }

    /// Takes a row apart; its line end is not part of it.
    pub fn split(&mut self, row: &str, delimiter: Delimiter) {
        self.spans.clear();
        self.copied.clear();
        match delimiter {
            Delimiter::Byte(byte) if memchr(b'"', row.as_bytes()).is_none() => self.split_plain(row.as_bytes(), byte),
            Delimiter::Byte(byte) => self.split_quoted(row, byte),
            Delimiter::Spaces => self.split_spaces(row),
        }
    }

    fn push(&mut self, start: usize, end: usize) {
        self.spans.push(Span { start: start as u32, end: end as u32, copied: false });
    }

    fn split_plain(&mut self, row: &[u8], delimiter: u8) {
        let mut start = 0;
        for at in memchr_iter(delimiter, row) {
            self.push(start, at);
            start = at + 1;
        }
        self.push(start, row.len());
    }

    fn split_quoted(&mut self, row: &str, delimiter: u8) {
        let bytes = row.as_bytes();
        let mut at = 0;
        loop {
            at = if bytes.get(at) == Some(&b'"') {
                self.push_quoted(row, at)
            } else {
                let end = memchr(delimiter, &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
                self.push(at, end);
                end
            };
            if at >= bytes.len() {
                return;
            }
            at += 1; // the delimiter
        }
    }

    /// Pushes the cell whose opening quote is at `open`; gives the index behind its closing quote.
    fn push_quoted(&mut self, row: &str, open: usize) -> usize {
        let bytes = row.as_bytes();
        let close = |from: usize| memchr(b'"', &bytes[from..]).map_or(bytes.len(), |offset| from + offset);
        let mut end = close(open + 1);
        if bytes.get(end + 1) != Some(&b'"') {
            self.push(open + 1, end);
            return end + 1;
        }
        let (copy, mut from) = (self.copied.len(), open + 1);
        while bytes.get(end + 1) == Some(&b'"') {
            self.copied.push_str(&row[from..=end]);
            from = end + 2;
            end = close(from);
        }
        self.copied.push_str(&row[from..end]);
        self.spans.push(Span { start: copy as u32, end: self.copied.len() as u32, copied: true });
        end + 1
    }

    fn split_spaces(&mut self, row: &str) {
        let bytes = row.as_bytes();
        let mut at = 0;
        loop {
            at += bytes[at..].iter().take_while(|byte| **byte == b' ').count();
            if at >= bytes.len() {
                return;
            }
            at = if bytes[at] == b'"' {
                self.push_quoted(row, at)
            } else {
                let end = memchr(b' ', &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
                self.push(at, end);
                end
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(row: &str, delimiter: Delimiter) -> Vec<String> {
        let mut cells = Cells::default();
        cells.split(row, delimiter);
        cells.iter(row).map(str::to_owned).collect()
    }

    #[test]
    fn cells_come_without_their_quotes() {
        let comma = Delimiter::Byte(b',');
        assert_eq!(split("a,\"b, c\",\"say \"\"hi\"\"\",\"\",", comma), ["a", "b, c", "say \"hi\"", "", ""]);
        assert_eq!(split("", comma), [""]);
        assert_eq!(split("a\tb", Delimiter::Byte(b'\t')), ["a", "b"]);
    }

    #[test]
    fn runs_of_spaces_part_cells_and_those_at_the_ends_do_not() {
        assert_eq!(split("  00001 19970101  2   29.33 ", Delimiter::Spaces), ["00001", "19970101", "2", "29.33"]);
        assert_eq!(split(" \"a b\"  c", Delimiter::Spaces), ["a b", "c"]);
    }

    proptest! {
        #[test]
        fn what_the_csv_crate_writes_is_read_back(row in prop::collection::vec("[a-zé,\"\n ]{0,6}", 1..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&row).expect("memory takes it");
            let written = String::from_utf8(writer.into_inner().expect("memory takes it")).expect("UTF-8");
            let written = written.strip_suffix('\n').expect("a row ends");
            prop_assert_eq!(split(written, Delimiter::Byte(b',')), row);
        }

        #[test]
        fn sound_rows_read_as_the_csv_crate_reads_them(
            cells in prop::collection::vec(prop_oneof!["[abé ]{0,3}", "\"([a,\n]|\"\"){0,4}\""], 2..6),
        ) {
            let row = cells.join(",");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
            let record = reader.records().next().expect("a row").expect("UTF-8");
            prop_assert_eq!(split(&row, Delimiter::Byte(b',')), record.iter().map(str::to_owned).collect::<Vec<_>>());
        }
    }
}
