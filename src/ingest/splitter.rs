//! Where a record of delimited text ends: the one place that decides it.
//!
//! A quote opens only at the start of a field, so a stray one (`5" pipe`) spoils its own row and no other. The verdict
//! depends on the text alone, never on where a batch was cut.

use memchr::{memchr, memchr2};

/// Longest row, in bytes; a longer one is a reject. Bounds what a quote that never closes can swallow.
pub(super) const MAX_ROW: usize = 16 << 20;

/// A stretch of text that is one record or one reject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Index behind it, its line end included.
    pub end: usize,
    /// Line ends in it.
    pub newlines: u32,
    /// Whether its quotes are sound.
    pub verdict: Verdict,
}

/// Whether the quotes of a stretch are sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A record.
    Fine,
    /// A quote inside an unquoted field.
    StrayQuote,
    /// Text behind a closing quote.
    TextAfterQuote,
    /// A quote that never closes: the stretch is its first line.
    OpenQuote,
    /// Longer than a row may be: the stretch is its first line.
    TooLong,
}

/// The stretch that begins at `start`; `None` = its end is not in `text` yet (never so when `at_end`: nothing follows
/// `text`). Without a delimiter, quotes mean nothing and every line is a row.
///
/// A row whose quote never closes, or closes in front of other text some lines on, gives only its first line: the lines
/// after it are read again, as rows of their own.
pub(super) fn next_stretch(
    text: &[u8],
    start: usize,
    delimiter: Option<u8>,
    max_row: usize,
    at_end: bool,
) -> Option<Stretch> {
    let found = match delimiter {
        Some(delimiter) => scan(text, start, delimiter, at_end),
        None => line(text, start, at_end),
    };
    match found {
        Scan::End(stretch) if stretch.end - start <= max_row => Some(stretch),
        Scan::Lost { seen, verdict } if seen - start <= max_row => first_line(text, start, verdict, at_end),
        _ if text.len() - start > max_row => first_line(text, start, Verdict::TooLong, at_end),
        _ if at_end => first_line(text, start, Verdict::OpenQuote, at_end),
        _ => None,
    }
}

enum Scan {
    /// The row ends.
    End(Stretch),
    /// Only the first line is known to belong to the row; `seen` = index behind the byte that showed it.
    Lost { seen: usize, verdict: Verdict },
    /// The text ends before the row does.
    Unfinished,
}

fn line(text: &[u8], start: usize, at_end: bool) -> Scan {
    match memchr(b'\n', &text[start..]) {
        Some(offset) => Scan::End(Stretch { end: start + offset + 1, newlines: 1, verdict: Verdict::Fine }),
        None if at_end => Scan::End(Stretch { end: text.len(), newlines: 0, verdict: Verdict::Fine }),
        None => Scan::Unfinished,
    }
}

fn scan(text: &[u8], start: usize, delimiter: u8, at_end: bool) -> Scan {
    let (mut at, mut newlines, mut verdict) = (start, 0, Verdict::Fine);
    loop {
        let Some(offset) = memchr2(b'"', b'\n', &text[at..]) else {
            let stretch = Stretch { end: text.len(), newlines, verdict };
            return if at_end { Scan::End(stretch) } else { Scan::Unfinished };
        };
        at += offset;
        if text[at] == b'\n' {
            return Scan::End(Stretch { end: at + 1, newlines: newlines + 1, verdict });
        }
        if at != start && text[at - 1] != delimiter {
            verdict = worse(verdict, Verdict::StrayQuote);
            at += 1;
            continue;
        }
        let Some((behind, inside)) = closing_quote(text, at + 1, at_end) else { return Scan::Unfinished };
        newlines += inside;
        at = behind;
        match (text.get(at), text.get(at + 1)) {
            (Some(b'\n'), _) => {}
            (Some(&byte), _) if byte == delimiter => {}
            (Some(b'\r'), Some(b'\n')) => {}
            (None, _) | (Some(b'\r'), None) if !at_end => return Scan::Unfinished,
            (None, _) | (Some(b'\r'), None) => {}
            (byte, _) if newlines > 0 => {
                let seen = at + 1 + usize::from(byte == Some(&b'\r'));
                return Scan::Lost { seen, verdict: Verdict::TextAfterQuote };
            }
            _ => verdict = worse(verdict, Verdict::TextAfterQuote),
        }
    }
}

/// The first fault of a row names it.
fn worse(so_far: Verdict, now: Verdict) -> Verdict {
    if so_far == Verdict::Fine { now } else { so_far }
}

/// Index behind the quote that closes a field, and the line ends on the way.
fn closing_quote(text: &[u8], from: usize, at_end: bool) -> Option<(usize, u32)> {
    let (mut at, mut newlines) = (from, 0);
    loop {
        at += memchr2(b'"', b'\n', &text[at..])?;
        if text[at] == b'\n' {
            newlines += 1;
            at += 1;
        } else if text.get(at + 1) == Some(&b'"') {
            at += 2;
        } else if at + 1 == text.len() && !at_end {
            return None; // the next byte may double the quote
        } else {
            return Some((at + 1, newlines));
        }
    }
}

fn first_line(text: &[u8], start: usize, verdict: Verdict, at_end: bool) -> Option<Stretch> {
    match memchr(b'\n', &text[start..]) {
        Some(offset) => Some(Stretch { end: start + offset + 1, newlines: 1, verdict }),
        // A line longer than a row may be is cut off here; whoever reads on leaves out the rest of the line.
        None if at_end || verdict == Verdict::TooLong => Some(Stretch { end: text.len(), newlines: 0, verdict }),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stretches of a whole text, and what each held.
    fn stretches(text: &str, max_row: usize) -> Vec<(&str, Verdict)> {
        let (mut at, mut found) = (0, Vec::new());
        while at < text.len() {
            let stretch = next_stretch(text.as_bytes(), at, Some(b','), max_row, true).expect("the text is whole");
            found.push((&text[at..stretch.end], stretch.verdict));
            at = stretch.end;
        }
        found
    }

    #[test]
    fn a_quoted_line_end_is_part_of_the_row() {
        let rows = stretches("1,\"a\nb\",2\r\n2,\"say \"\"hi\"\"\"\n3,x", MAX_ROW);
        let fine = Verdict::Fine;
        assert_eq!(rows, [("1,\"a\nb\",2\r\n", fine), ("2,\"say \"\"hi\"\"\"\n", fine), ("3,x", fine)]);
    }

    #[test]
    fn a_stray_quote_spoils_its_own_row_only() {
        let rows = stretches("1,5\" pipe,x\n2,ok,x\n", MAX_ROW);
        assert_eq!(rows, [("1,5\" pipe,x\n", Verdict::StrayQuote), ("2,ok,x\n", Verdict::Fine)]);
    }

    #[test]
    fn text_behind_a_closing_quote_is_seen() {
        let rows = stretches("\"Ann\"x,\"a\nb\"\n2,ok\n", MAX_ROW);
        assert_eq!(rows, [("\"Ann\"x,\"a\nb\"\n", Verdict::TextAfterQuote), ("2,ok\n", Verdict::Fine)]);
    }

    #[test]
    fn a_quote_that_never_closes_costs_one_line() {
        let rows = stretches("1,\"open\n2,ok\n3,ok\n", MAX_ROW);
        assert_eq!(rows, [("1,\"open\n", Verdict::OpenQuote), ("2,ok\n", Verdict::Fine), ("3,ok\n", Verdict::Fine)]);
    }

    #[test]
    fn an_open_quote_that_another_rows_quote_closes_costs_one_line() {
        let rows = stretches("\"Ann,1\n\"Bob\",2\n", MAX_ROW);
        assert_eq!(rows, [("\"Ann,1\n", Verdict::TextAfterQuote), ("\"Bob\",2\n", Verdict::Fine)]);
    }

    #[test]
    fn a_row_that_is_too_long_costs_its_first_line() {
        let rows = stretches("1,\"aaaa\nbbbb\ncccc\nd\"\n2,ok\n", 12);
        assert_eq!(rows[0], ("1,\"aaaa\n", Verdict::TooLong));
        assert_eq!(rows[1], ("bbbb\n", Verdict::Fine));
        assert_eq!(rows.last(), Some(&("2,ok\n", Verdict::Fine)));
    }

    #[test]
    fn the_end_of_a_row_is_unknown_while_its_text_is() {
        for (text, known) in
            [("1,\"a\n", false), ("1,\"a\"", false), ("1,\"a\"\r", false), ("1,a", false), ("1,a\n", true)]
        {
            assert_eq!(next_stretch(text.as_bytes(), 0, Some(b','), MAX_ROW, false).is_some(), known, "{text:?}");
        }
    }
}
