//! Text pages for people: lines, aligned figures, numbers as people write them.

use std::fmt::Write;

/// Lines of text for a terminal or a mail.
#[derive(Default)]
pub struct Page(pub String);

impl Page {
    /// A line; nothing stands behind its last character.
    pub fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// Rows of cells under each other: the first `left` columns to the left, the others to the right.
    pub fn grid(&mut self, rows: &[Vec<String>], left: usize) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let gap = widths[column].saturating_sub(cell.chars().count());
                let (before, after) = if column < left { (0, gap) } else { (gap, 0) };
                let _ = write!(line, "  {:before$}{cell}{:after$}", "", "");
            }
            self.line(&line);
        }
    }
}

/// `1 customer`, `2,000 customers`.
pub fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { several })
}

/// A count and its percentage.
pub fn share(part: u64, whole: u64) -> String {
    format!("{} ({})", thousands(part), percent(part, whole))
}

/// `14.3 %`.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}

/// `1234567` → `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn size(bytes: u64) -> String {
    let mut number = bytes as f64;
    for unit in ["bytes", "KiB", "MiB"] {
        if number < 1024.0 {
            return if unit == "bytes" { format!("{bytes} {unit}") } else { format!("{number:.1} {unit}") };
        }
        number /= 1024.0;
    }
    format!("{number:.2} GiB")
}
