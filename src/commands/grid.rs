//! Rows of text under each other, for a terminal.

/// Cells wider than this are cut.
const WIDEST: usize = 48;

/// A header and rows as aligned columns; `right` says which columns are numbers.
#[must_use]
pub fn grid(header: &[String], rows: &[Vec<String>], right: &[bool]) -> String {
    let cut: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| shorten(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = cut.iter().filter_map(|row| row.get(column)).chain(header.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut page = String::new();
    for row in std::iter::once(&header.to_vec()).chain(&cut) {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            let right = right.get(column).copied().unwrap_or(false);
            line += &if right { format!("{gap}{cell}  ") } else { format!("{cell}{gap}  ") };
        }
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page
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
