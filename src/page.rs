//! Texts for people: lines, aligned figures, numbers as people write them. The one place for that; `report` and the
//! commands word what it lays out.

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
        self.0 += &grid(rows, &|column| column >= left, "  ");
    }
}

/// Rows of cells under each other, two spaces between them; `right` says which columns are numbers.
#[must_use]
pub fn grid(rows: &[Vec<String>], right: &dyn Fn(usize) -> bool, indent: &str) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut page = Page::default();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = widths[column].saturating_sub(cell.chars().count());
            let (before, after) = if right(column) { (gap, 0) } else { (0, gap) };
            let between = if column == 0 { indent } else { "  " };
            let _ = write!(line, "{between}{:before$}{cell}{:after$}", "", "");
        }
        page.line(&line);
    }
    page.0
}

/// `1 customer`, `2,000 customers`.
#[must_use]
pub fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { several })
}

/// A count and its percentage.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    format!("{} ({})", thousands(part), percent(part, whole))
}

/// `14.3 %`; `–` of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}

/// `1234567` → `1,234,567`.
#[must_use]
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

/// `812 bytes`, `1.5 MiB`.
#[must_use]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([percent(1, 7), percent(0, 0)], ["14.3 %", "–"]);
        assert_eq!([counted(1, "day", "days"), counted(2000, "day", "days")], ["1 day", "2,000 days"]);
        assert_eq!([size(12), size(1536), size(3 << 30)], ["12 bytes", "1.5 KiB", "3.00 GiB"]);
    }

    #[test]
    fn columns_stand_under_each_other_and_nothing_behind_the_last_letter() {
        let rows = [["aé", "1", ""], ["b", "10", "x"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(grid(&rows, &|column| column == 1, "> "), "> aé   1\n> b   10  x\n");
    }
}
