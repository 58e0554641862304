//! Rows of text under each other, for a terminal.

use crate::page;

/// Cells wider than this are cut.
const WIDEST: usize = 48;

/// A header and rows as aligned columns; `right` says which columns are numbers.
#[must_use]
pub fn grid(header: &[String], rows: &[Vec<String>], right: &[bool]) -> String {
    let shorten = |row: &Vec<String>| row.iter().map(|cell| shorten(cell)).collect();
    let rows: Vec<Vec<String>> = std::iter::once(header.to_vec()).chain(rows.iter().map(shorten)).collect();
    page::grid(&rows, &|column| right.get(column).copied().unwrap_or(false), "")
}

/// One line of at most [`WIDEST`] characters; control characters, which could play with a terminal, become `�`.
fn shorten(cell: &str) -> String {
    let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    if cell.chars().count() <= WIDEST {
        return cell.chars().map(clean).collect();
    }
    cell.chars().take(WIDEST - 1).map(clean).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_long_cells_are_cut() {
        let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let long = "x".repeat(60);
        let page = grid(&text(&["name", "n"]), &[text(&["a\u{1b}[31m", "7"]), text(&[&long, "1000"])], &[false, true]);
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[0].trim_end(), format!("{:48}     n", "name"));
        assert_eq!(lines[1], format!("{:48}     7", "a�[31m"));
        assert_eq!(lines[2], format!("{}…  1000", "x".repeat(47)));
    }
}
