//! How a delimited file is laid out: what comes before the header, the delimiter, the names of the columns.

use std::io::Read;

use memchr::memchr;

use super::cells::{Cells, Delimiter};
use super::splitter::{Verdict, next_stretch};
use super::stream::CarriageReturns;

/// What the config says of a delimited file.
#[derive(Debug, Clone, Default)]
pub(super) struct Declared {
    /// The delimiter; `None` = find it.
    pub delimiter: Option<Delimiter>,
    /// Names of the columns of a file without a header.
    pub columns: Vec<String>,
    /// Lines before the header to leave out.
    pub skip_lines: u32,
    /// Names that the mapping asks for; the delimiter that yields most of them is the right one.
    pub wanted: Vec<String>,
}

/// How a delimited file is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// What parts the cells.
    pub delimiter: Delimiter,
    /// Names of the columns as they stand there, surrounding space left out.
    pub columns: Vec<String>,
    /// Whether lines end in carriage returns alone.
    pub carriage_returns: bool,
    /// Everything before the first row, as it came (carriage returns already turned into line feeds).
    pub preamble: Vec<u8>,
    /// Where the header's text lies in `preamble`, its line end left out; `None` = there is none.
    pub header: Option<std::ops::Range<usize>>,
    /// 1-based line of the header, or of the first row where there is none.
    pub header_line: u64,
    /// 1-based line of the first row.
    pub first_line: u64,
}

impl Layout {
    /// The fewest cells that a row may have: nameless columns at the end need not be there.
    pub fn min_cells(&self) -> usize {
        self.columns.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1)
    }

    /// Whether rows may have more cells than the header, if those are blank: the header ends in a delimiter, too.
    pub fn open_ended(&self) -> bool {
        self.columns.last().is_some_and(String::is_empty)
    }
}

/// Looks at the beginning of a file's text (`whole` = nothing follows it). A fault: line, what, fix.
pub(super) fn look(text: &[u8], whole: bool, declared: &Declared) -> Result<Layout, (Option<u64>, String, String)> {
    let carriage_returns = ends_in_carriage_return(text);
    let converted;
    let text = if carriage_returns {
        let mut lines = Vec::with_capacity(text.len());
        CarriageReturns::new(text).read_to_end(&mut lines).expect("memory can be read");
        converted = lines;
        &converted
    } else {
        text
    };
    if text.is_empty() {
        return Err((None, "is empty".into(), "export it again; a file with no rows still has its header line".into()));
    }
    if let Some(encoding) = utf_16(text) {
        let what = "is not UTF-8 text: every other byte is NUL, as in UTF-16";
        return Err((Some(1), what.into(), format!("set encoding = \"{encoding}\"")));
    }
    let (mut at, mut line, mut separator) = (0, 1, None);
    while at < text.len() {
        let end = memchr(b'\n', &text[at..]).map_or(text.len(), |offset| at + offset + 1);
        let this = text[at..end].trim_ascii();
        let declares = separator_line(this);
        separator = declares.or(separator);
        if line > u64::from(declared.skip_lines) && declares.is_none() && !this.is_empty() {
            break;
        }
        at = end;
        line += 1;
    }
    let delimiter = declared.delimiter.or(separator.map(Delimiter::Byte));
    if !declared.columns.is_empty() {
        let delimiter =
            delimiter.unwrap_or_else(|| best(text, at, whole, &declared.columns, Some(declared.columns.len())));
        let layout = Layout {
            delimiter,
            columns: declared.columns.iter().map(|name| name.trim().to_owned()).collect(),
            carriage_returns,
            preamble: text[..at].to_vec(),
            header: None,
            header_line: line,
            first_line: line,
        };
        return match first_row(text, at, whole, delimiter) {
            Ok((cells, ..))
                if at < text.len() && (cells.len() > layout.columns.len() || cells.len() < layout.min_cells()) =>
            {
                Err((
                    Some(line),
                    format!("the first row has {} cells, `columns` names {}", cells.len(), layout.columns.len()),
                    "name every column of the file, in its order; `delimiter` says what parts them".into(),
                ))
            }
            _ => Ok(layout),
        };
    }
    if at >= text.len() {
        let fix = "a file with no rows still has its header line; without one, name the columns with `columns = […]`";
        return Err((None, "has no header line".into(), fix.into()));
    }
    let delimiter = delimiter.unwrap_or_else(|| best(text, at, whole, &declared.wanted, None));
    let (columns, end, newlines) = first_row(text, at, whole, delimiter).map_err(|what| {
        (Some(line), what, "the header must be a sound row; see `skip_lines` and `delimiter`".into())
    })?;
    let mut header_end = end;
    while header_end > at && matches!(text[header_end - 1], b'\n' | b'\r') {
        header_end -= 1;
    }
    Ok(Layout {
        delimiter,
        columns: columns.iter().map(|name| name.trim_matches(['\u{feff}', ' ', '\t', '\u{a0}']).to_owned()).collect(),
        carriage_returns,
        preamble: text[..end].to_vec(),
        header: Some(at..header_end),
        header_line: line,
        first_line: line + u64::from(newlines),
    })
}

/// Whether the first line end outside quotes is a carriage return alone.
fn ends_in_carriage_return(text: &[u8]) -> bool {
    let mut quoted = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return false,
            b'\r' if !quoted => return text.get(at + 1).is_some_and(|next| *next != b'\n'),
            _ => {}
        }
    }
    false
}

/// The encoding of text that is UTF-16 without a byte-order mark.
fn utf_16(text: &[u8]) -> Option<&'static str> {
    let pairs = &text[..text.len().min(64)];
    let most = |nul: usize| {
        let hits = pairs.chunks_exact(2).filter(|pair| pair[nul] == 0 && pair[1 - nul] != 0).count();
        pairs.len() > 1 && hits * 4 > pairs.len() / 2 * 3
    };
    if most(1) { Some("utf-16le") } else { most(0).then_some("utf-16be") }
}

/// The delimiter of a line `sep=;`, as spreadsheets write it.
fn separator_line(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, separator) = line.split_at_checked(4)?;
    match separator {
        [byte] if name.eq_ignore_ascii_case(b"sep=") && byte.is_ascii() => Some(*byte),
        [] if name.eq_ignore_ascii_case(b"sep=") => Some(b'\t'), // trimmed off
        _ => None,
    }
}

/// The cells of the row at `at`, the index behind it, and its line ends.
fn first_row(text: &[u8], at: usize, whole: bool, delimiter: Delimiter) -> Result<(Vec<String>, usize, u32), String> {
    let Some(stretch) = next_stretch(text, at, Some(delimiter.byte()), usize::MAX / 2, whole) else {
        return Err(format!("no end of the row within the first {} KiB", text.len() >> 10));
    };
    match stretch.verdict {
        Verdict::Fine => {}
        Verdict::StrayQuote => return Err("a quote inside an unquoted cell".into()),
        Verdict::TextAfterQuote => return Err("text behind a closing quote".into()),
        Verdict::OpenQuote | Verdict::TooLong => return Err("a quote that never closes".into()),
    }
    let row = std::str::from_utf8(&text[at..stretch.end])
        .map_err(|_| "is not UTF-8; if a spreadsheet wrote it, set encoding = \"windows-1252\"".to_owned())?;
    let row = row.strip_suffix('\n').unwrap_or(row);
    let row = row.strip_suffix('\r').unwrap_or(row);
    let mut cells = Cells::default();
    cells.split(row, delimiter);
    Ok((cells.iter(row).map(|cell| cell.trim().to_owned()).collect(), stretch.end, stretch.newlines))
}

/// The delimiter among `,`, `;`, tab and `|` that yields most of the wanted names (or exactly the wanted number of
/// cells), then most cells.
fn best(text: &[u8], at: usize, whole: bool, wanted: &[String], count: Option<usize>) -> Delimiter {
    let score = |delimiter: Delimiter| match first_row(text, at, whole, delimiter) {
        Ok((cells, ..)) => {
            let hits = match count {
                Some(count) => usize::from(cells.len() == count),
                None => wanted.iter().filter(|name| cells.iter().any(|cell| fold(cell) == fold(name))).count(),
            };
            (1, hits, cells.len())
        }
        Err(_) => (0, 0, 0),
    };
    let candidates = [b'|', b'\t', b';', b','].map(Delimiter::Byte);
    candidates.into_iter().max_by_key(|delimiter| score(*delimiter)).expect("there are four") // the last of equals
}

/// A column's name as it is compared: without case and surrounding space.
pub(super) fn fold(name: &str) -> String {
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(text: &str, declared: &Declared) -> Layout {
        look(text.as_bytes(), true, declared).expect("a sound file")
    }

    fn columns(text: &str) -> (Vec<String>, u8, u64) {
        let layout = looked(text, &Declared::default());
        (layout.columns.clone(), layout.delimiter.byte(), layout.first_line)
    }

    #[test]
    fn the_delimiter_is_found_from_the_header() {
        assert_eq!(columns("a,b\n1,2\n"), (vec!["a".into(), "b".into()], b',', 2));
        assert_eq!(columns("EMAIL;\"NOM, PRENOM\"\r\n"), (vec!["EMAIL".into(), "NOM, PRENOM".into()], b';', 2));
        assert_eq!(columns("a\tb\n"), (vec!["a".into(), "b".into()], b'\t', 2));
        assert_eq!(columns(" a | b \n"), (vec!["a".into(), "b".into()], b'|', 2));
        assert_eq!(columns("email\n"), (vec!["email".into()], b',', 2));
    }

    #[test]
    fn the_names_that_the_mapping_wants_settle_a_doubtful_delimiter() {
        let declared = Declared { wanted: vec!["e-mail".into()], ..Declared::default() };
        assert_eq!(looked("First, Last, Maiden;E-Mail\n", &declared).delimiter, Delimiter::Byte(b';'));
    }

    #[test]
    fn a_separator_line_and_lines_to_skip_are_counted() {
        assert_eq!(columns("sep=;\r\na;b,c,d\r\n"), (vec!["a".into(), "b,c,d".into()], b';', 3));
        let declared = Declared { skip_lines: 2, ..Declared::default() };
        let layout = looked("Report\nof \"May\n\na,b\n1,2\n", &declared);
        assert_eq!((layout.columns, layout.header_line, layout.first_line), (vec!["a".into(), "b".into()], 4, 5));
    }

    #[test]
    fn a_header_may_be_quoted_and_span_lines() {
        let layout = looked("\"a\",\"b\nc\"\n1,2\n", &Declared::default());
        assert_eq!((layout.columns, layout.first_line), (vec!["a".into(), "b\nc".into()], 3));
        assert_eq!(layout.preamble, b"\"a\",\"b\nc\"\n");
    }

    #[test]
    fn carriage_returns_alone_end_lines_where_the_header_does() {
        let layout = looked("a,\"b\nc\"\r1,2\r", &Declared::default());
        assert!(layout.carriage_returns);
        assert_eq!(layout.columns, ["a", "b\nc"]);
        assert!(!looked("a,b\r\n1,2\r\n", &Declared::default()).carriage_returns);
    }

    #[test]
    fn a_file_without_a_header_takes_its_columns_from_the_config() {
        let declared = Declared { columns: ["id", "day", "count"].map(String::from).into(), ..Declared::default() };
        let layout = looked("1;19970101;2\n", &declared);
        assert_eq!((layout.delimiter, layout.first_line, layout.header), (Delimiter::Byte(b';'), 1, None));
        let fault = look(b"1;2\n", true, &declared).expect_err("too few");
        assert_eq!((fault.0, fault.1.as_str()), (Some(1), "the first row has 2 cells, `columns` names 3"));
    }

    #[test]
    fn nameless_columns_at_the_end_need_not_be_there() {
        let layout = looked("a,b,\n", &Declared::default());
        assert_eq!((layout.min_cells(), layout.open_ended()), (2, true));
        let layout = looked("a,,b\n", &Declared::default());
        assert_eq!((layout.min_cells(), layout.open_ended()), (3, false));
    }

    #[test]
    fn a_file_that_is_no_table_is_a_fault() {
        let none = Declared::default();
        for (text, what) in [
            (&b""[..], "is empty"),
            (b"\n\n", "has no header line"),
            (b"a,b\"c\n", "a quote inside an unquoted cell"),
            (b"\"a,b\n", "a quote that never closes"),
            (b"caf\xe9,b\n", "is not UTF-8; if a spreadsheet wrote it, set encoding = \"windows-1252\""),
            (b"a\0,\0b\0\n\0", "is not UTF-8 text: every other byte is NUL, as in UTF-16"),
        ] {
            assert_eq!(look(text, true, &none).expect_err(what).1, what);
        }
    }
}
