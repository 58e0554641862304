//! What was guessed, for the terminal.

use super::group::Group;
use super::identifiers::Identifier;
use super::source::Written;
use super::text::Line;

pub(super) fn told(
    groups: &[Group],
    written: &[(usize, Written)],
    left: &[usize],
    identifiers: &[Identifier],
    region: Option<&(&'static str, f64)>,
) -> String {
    let mut page = String::new();
    for (number, written) in written {
        let group = &groups[*number];
        let files = match &group.paths[..] {
            [one] => one.clone(),
            several => format!("{} files", several.len()),
        };
        page += &format!("{} ({files}, {} rows looked at)\n", group.name, group.look.rows);
        let shown: Vec<&Line> = (written.head.iter())
            .filter(|line| !matches!(line.key.as_str(), "name" | "path"))
            .chain(&written.fields)
            .collect();
        let widest = |least: usize, of: fn(&Line) -> &String| {
            shown.iter().map(|line| of(line).chars().count()).filter(|wide| *wide <= 48).fold(least, usize::max)
        };
        let (keys, values) = (widest(12, |line| &line.key), widest(16, |line| &line.value));
        for line in &shown {
            page += &format!("  {:<keys$}  {:<values$}  {}\n", line.key, line.value, line.note);
        }
        match written.left.len() {
            0 => {}
            1 => page += "  1 more column is not mapped; the config lists it\n",
            more => page += &format!("  {more} more columns are not mapped; the config lists them\n"),
        }
    }
    for number in left {
        page += &format!("left out: {} (no column identifies a person)\n", groups[*number].paths.join(", "));
    }
    let names: Vec<&str> = identifiers.iter().map(|(name, ..)| name.as_str()).collect();
    page += &format!("identifiers: {}\n", names.join(", "));
    if let Some((region, share)) = region {
        page += &format!("national phone numbers: {region} (reads {:.0} % of them)\n", 100.0 * share);
    }
    page
}
