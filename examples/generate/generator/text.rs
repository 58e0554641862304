//! Numbers, times and cells as text, without `format!` in the way: a hundred million rows pass here.

/// Appends a number.
pub fn push_number(out: &mut Vec<u8>, n: u64) {
    push_padded(out, n, 1);
}

/// Appends a number with leading zeros up to `width` digits.
pub fn push_padded(out: &mut Vec<u8>, mut n: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while n > 0 {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    out.extend_from_slice(&digits[at.min(digits.len() - width)..]);
}

/// A moment's parts in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Civil {
    /// Year.
    pub year: u64,
    /// Month, from 1.
    pub month: u64,
    /// Day, from 1.
    pub day: u64,
    /// Second of the day.
    pub second: u64,
}

/// Parts of a moment, given in seconds since 1970 (Howard Hinnant's days-to-civil).
#[must_use]
pub fn civil(seconds: u64) -> Civil {
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Civil {
        year: year_of_era + era * 400 + u64::from(month <= 2),
        month,
        day: of_year - (153 * shifted + 2) / 5 + 1,
        second: seconds % 86_400,
    }
}

/// Appends `2026-03-04 15:10:00`, with `between` between day and time.
pub fn push_time(out: &mut Vec<u8>, seconds: u64, between: u8) {
    let at = civil(seconds);
    push_padded(out, at.year, 4);
    out.push(b'-');
    push_padded(out, at.month, 2);
    out.push(b'-');
    push_padded(out, at.day, 2);
    out.push(between);
    push_padded(out, at.second / 3600, 2);
    out.push(b':');
    push_padded(out, at.second / 60 % 60, 2);
    out.push(b':');
    push_padded(out, at.second % 60, 2);
}

/// Appends `03/04/2026 15:10`.
pub fn push_american_time(out: &mut Vec<u8>, seconds: u64) {
    let at = civil(seconds);
    push_padded(out, at.month, 2);
    out.push(b'/');
    push_padded(out, at.day, 2);
    out.push(b'/');
    push_padded(out, at.year, 4);
    out.push(b' ');
    push_padded(out, at.second / 3600, 2);
    out.push(b':');
    push_padded(out, at.second / 60 % 60, 2);
}

/// Appends cents as `1149.00`.
pub fn push_cents(out: &mut Vec<u8>, cents: u64) {
    push_number(out, cents / 100);
    out.push(b'.');
    push_padded(out, cents % 100, 2);
}

/// Appends cents as `$1,149.00`, negative ones as `($33.62)`.
pub fn push_dollars(out: &mut Vec<u8>, cents: i64) {
    let dollars = cents.unsigned_abs() / 100;
    out.extend_from_slice(if cents < 0 { b"($" } else { b"$" });
    if dollars >= 1000 {
        push_number(out, dollars / 1000);
        out.push(b',');
        push_padded(out, dollars % 1000, 3);
    } else {
        push_number(out, dollars);
    }
    out.push(b'.');
    push_padded(out, cents.unsigned_abs() % 100, 2);
    if cents < 0 {
        out.push(b')');
    }
}

/// Appends a CSV cell, quoted where it must be.
pub fn push_cell(out: &mut Vec<u8>, cell: &str, delimiter: u8) {
    let must = cell.bytes().any(|b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r'));
    if !must {
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    for b in cell.bytes() {
        if b == b'"' {
            out.push(b'"');
        }
        out.push(b);
    }
    out.push(b'"');
}

/// Appends a JSON string with its quotes.
pub fn push_json(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for b in text.bytes() {
        match b {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', b]),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => out.push(b),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_and_amounts_read_as_they_should() {
        assert_eq!(text(|o| push_time(o, 951_782_400, b' ')), "2000-02-29 00:00:00");
        assert_eq!(text(|o| push_american_time(o, 1_772_637_000)), "03/04/2026 15:10");
        assert_eq!(text(|o| push_dollars(o, 114_900)), "$1,149.00");
        assert_eq!(text(|o| push_dollars(o, -3362)), "($33.62)");
        assert_eq!(text(|o| push_cents(o, 5)), "0.05");
        assert_eq!(text(|o| push_number(o, 0)), "0");
    }
}
