//! What sort of thing the values of a column are, whatever its name.

use crate::normalize::{boolean, country, email, hash, money};

/// How a column's values look; shares are of the values that are not blank.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Values that are not blank.
    pub filled: usize,
    /// All rows.
    pub rows: usize,
    /// Different values.
    pub distinct: usize,
    /// Share that are e-mail addresses.
    pub email: f64,
    /// Share that look like telephone numbers: 7 to 15 digits with the usual punctuation.
    pub phone: f64,
    /// Share that begin with `+` and a country's digits.
    pub international: f64,
    /// Share that are hexadecimal digests, and how many digits they have.
    pub hash: (f64, usize),
    /// Share that are yes or no.
    pub bool: f64,
    /// Share that are numbers or amounts.
    pub number: f64,
    /// Share that are digits alone.
    pub digits: f64,
    /// Share that have letters and no digits.
    pub words: f64,
    /// Share that are countries.
    pub country: f64,
}

impl Shape {
    /// Looks at all values.
    #[must_use]
    pub fn of(values: &[String]) -> Self {
        let mut kept: Vec<&str> = values.iter().map(|value| value.trim()).filter(|value| !is_blank(value)).collect();
        let all = kept.len().max(1) as f64;
        let share = |test: &dyn Fn(&str) -> bool| kept.iter().filter(|value| test(value)).count() as f64 / all;
        let digest = |value: &str| hash::normalize(value, &mut String::new()).is_ok();
        let digits = kept.first().map_or(0, |value| value.len());
        let mut shape = Self {
            filled: kept.len(),
            rows: values.len(),
            distinct: 0,
            email: share(&|value| email::normalize(value, &mut String::new()).is_ok()),
            phone: share(&looks_like_phone),
            international: share(&|value| value.starts_with('+') && looks_like_phone(value)),
            hash: (share(&digest), digits),
            bool: share(&|value| boolean::parse(value).is_ok()),
            number: share(&|value| money::parse(value).is_ok()),
            digits: share(&|value| value.bytes().all(|byte| byte.is_ascii_digit())),
            words: share(&|value| value.chars().any(char::is_alphabetic) && !value.chars().any(|c| c.is_ascii_digit())),
            country: share(&|value| country::parse(value).is_ok()),
        };
        kept.sort_unstable();
        kept.dedup();
        shape.distinct = kept.len();
        shape
    }

    /// Share of rows that have a value.
    #[must_use]
    pub fn fill(&self) -> f64 {
        self.filled as f64 / self.rows.max(1) as f64
    }

    /// Whether no value occurs twice and none is blank.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.rows > 0 && self.filled == self.rows && self.distinct == self.rows
    }

    /// Whether it is a key but for a few rows that were exported twice: one in a hundred at most.
    #[must_use]
    pub fn is_nearly_key(&self) -> bool {
        self.is_key() || self.rows >= 100 && self.filled == self.rows && self.distinct * 100 >= self.rows * 99
    }

    /// Whether all of several rows have the same value: it tells nobody from anybody.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.filled > 2 && self.distinct == 1
    }
}

fn is_blank(value: &str) -> bool {
    value.is_empty() || matches!(value.to_ascii_lowercase().as_str(), "null" | "nan" | "none" | "n/a" | "na" | "-")
}

fn looks_like_phone(value: &str) -> bool {
    let number = value.strip_prefix('+').unwrap_or(value);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let punctuation = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | '/' | 'x');
    (7..=15).contains(&digits) && number.chars().all(punctuation) && !is_day(value)
}

/// `2024-05-01` is a day, though it has eight digits.
fn is_day(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['-', '/', '.', ' ']).collect();
    parts.len() >= 3
        && parts[..3].iter().any(|part| part.len() == 4)
        && parts[..3].iter().all(|part| part.len() <= 4)
        && parts[..2].iter().all(|part| part.parse::<u32>().is_ok())
        && [parts[0], parts[2]].iter().any(|part| part.parse().is_ok_and(|year: u32| (1900..2100).contains(&year)))
}
