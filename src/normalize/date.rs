//! Calendar days, as days since 1970-01-01.
//!
//! Without declared formats: `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD` (one-digit months and days too) and `YYYYMMDD`,
//! a time behind a space or `T` left out. With declared formats: these and no others, in order; a time behind a space
//! that no format reads is left out. Two-digit years are 1969 to 2068.

use jiff::fmt::strtime;

/// Days since 1970-01-01 of a trimmed date; `None` where no format reads it or the day does not exist.
#[must_use]
pub fn parse(raw: &str, formats: &[String]) -> Option<i32> {
    if formats.is_empty() {
        return iso(raw.as_bytes());
    }
    by_formats(raw, formats).or_else(|| by_formats(raw.split([' ', 'T']).next()?, formats))
}

fn by_formats(raw: &str, formats: &[String]) -> Option<i32> {
    formats.iter().find_map(|format| {
        let date = strtime::parse(format, raw).ok()?.to_date().ok()?;
        days(i32::from(date.year()), date.month() as u8, date.day() as u8)
    })
}

fn iso(bytes: &[u8]) -> Option<i32> {
    if let [a, b, c, d, b'-', e, f, b'-', g, h] = *bytes {
        return days(i32::from(number(&[a, b, c, d])?), number(&[e, f])? as u8, number(&[g, h])? as u8);
    }
    let end = bytes.iter().position(|b| matches!(b, b' ' | b'T' | b't')).unwrap_or(bytes.len());
    let date = &bytes[..end];
    let year = i32::from(number(date.get(..4)?)?);
    if date.len() == 8 && date[4].is_ascii_digit() {
        return days(year, number(&date[4..6])? as u8, number(&date[6..])? as u8);
    }
    let sign = *date.get(4)?;
    if !matches!(sign, b'-' | b'/' | b'.') {
        return None;
    }
    let rest = &date[5..];
    let middle = rest.iter().position(|&b| b == sign)?;
    let (month, day) = (&rest[..middle], &rest[middle + 1..]);
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    days(year, number(month)? as u8, number(day)? as u8)
}

/// One to four digits.
pub(super) fn number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    digits.iter().try_fold(0u16, |n, b| b.is_ascii_digit().then(|| n * 10 + u16::from(b - b'0')))
}

/// Days since 1970-01-01 of a day that exists in the Gregorian calendar, years 1 to 9999.
pub(super) fn days(year: i32, month: u8, day: u8) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || !(1..=last).contains(&day) {
        return None;
    }
    // The year begins in March, so the leap day is its last: months are then 153 days in each five.
    let (month, day) = (i32::from(month), i32::from(day));
    let year = year - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Appends a day as `YYYY-MM-DD`.
pub fn write(days: i32, out: &mut String) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    let digit = |number: i32| b'0' + (number % 10) as u8;
    let text = [
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ];
    out.push_str(std::str::from_utf8(&text).expect("digits are ASCII"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(raw: &str, formats: &[&str]) -> Option<String> {
        let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
        let mut out = String::new();
        write(parse(raw, &formats)?, &mut out);
        Some(out)
    }

    #[test]
    fn iso_dates_are_read_without_a_format() {
        for (raw, expected) in [
            ("1970-01-01", "1970-01-01"),
            ("1984-02-29", "1984-02-29"),
            ("2000-02-29", "2000-02-29"),
            ("1984/02/29", "1984-02-29"),
            ("1984.2.9", "1984-02-09"),
            ("1984-2-9", "1984-02-09"),
            ("19840229", "1984-02-29"),
            ("1984-02-29 13:00:00", "1984-02-29"),
            ("1984-02-29T13:00:00Z", "1984-02-29"),
            ("0001-01-01", "0001-01-01"),
            ("9999-12-31", "9999-12-31"),
        ] {
            assert_eq!(clean(raw, &[]).as_deref(), Some(expected), "{raw}");
        }
        for raw in [
            "",
            "1984",
            "1984-02",
            "1984-02-30",
            "1900-02-29",
            "1984-13-01",
            "1984-00-10",
            "0000-00-00",
            "29.02.1984",
            "02/29/1984",
            "1984-02-2x",
            "1984-02-029",
            "840229",
            "1984-02/29",
            "43831",
            "yesterday",
            "１９８４-02-29",
        ] {
            assert_eq!(clean(raw, &[]), None, "{raw}");
        }
    }

    #[test]
    fn declared_formats_stand_alone_and_in_order() {
        assert_eq!(clean("02/03/1984", &["%d/%m/%Y"]).as_deref(), Some("1984-03-02"));
        assert_eq!(clean("02/03/1984", &["%m/%d/%Y"]).as_deref(), Some("1984-02-03"));
        assert_eq!(clean("02/13/1984", &["%d/%m/%Y", "%m/%d/%Y"]).as_deref(), Some("1984-02-13"));
        assert_eq!(clean("2 Mar 1984", &["%d %b %Y"]).as_deref(), Some("1984-03-02"));
        assert_eq!(clean("02/03/1984 00:00:00", &["%d/%m/%Y"]).as_deref(), Some("1984-03-02"));
        assert_eq!(clean("2/3/84", &["%d/%m/%y"]).as_deref(), Some("1984-03-02"));
        assert_eq!(clean("1984-03-02", &["%d/%m/%Y"]), None);
        assert_eq!(clean("31/02/1984", &["%d/%m/%Y"]), None);
    }

    #[test]
    fn days_agree_with_the_calendar_of_jiff() {
        let mut day = jiff::civil::date(1, 1, 1);
        let epoch = jiff::civil::date(1970, 1, 1);
        loop {
            let number = epoch.until(day).expect("in range").get_days();
            assert_eq!(days(i32::from(day.year()), day.month() as u8, day.day() as u8), Some(number));
            let mut text = String::new();
            write(number, &mut text);
            assert_eq!(text, day.to_string());
            let Ok(next) = day.checked_add(jiff::Span::new().days(61)) else { break };
            day = next;
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(raw in "\\PC{0,12}|[0-9/. T:-]{0,14}") {
            if let Some(text) = clean(&raw, &[]) {
                prop_assert_eq!(clean(&text, &[]), Some(text));
            }
        }
    }
}
