//! Charts as inline SVG. Each has its numbers beside it as a table, so a chart itself is a picture with one sentence.

use maud::{Markup, html};

use super::text::{counted, name, percent, short, thousands};

/// A row of a table with a bar: name, detail, the number, and the bar's length.
pub struct Bar {
    /// What it is.
    pub name: String,
    /// A second column of text; empty everywhere = there is none.
    pub detail: String,
    /// The figure that the bar shows.
    pub count: u64,
    /// What it is a share of; 0 = no share is shown.
    pub of: u64,
    /// Color class: `c1` … `c6`, `warn`.
    pub class: &'static str,
}

impl Bar {
    /// A bar without detail.
    pub fn new(name: &str, count: u64, of: u64) -> Self {
        Self { name: name.to_owned(), detail: String::new(), count, of, class: "c1" }
    }
}

/// A table in which every row has a bar. `heads`: what the rows are, the detail, and what is counted. Bars are as long as
/// their share of `of`, or, where that is 0, of the largest.
pub fn bars(caption: &str, heads: [&str; 3], rows: &[Bar]) -> Markup {
    let largest = rows.iter().map(|row| row.count).max().unwrap_or(0).max(1);
    let detailed = rows.iter().any(|row| !row.detail.is_empty());
    let shared = rows.iter().any(|row| row.of > 0);
    html! {
        table.bars {
            caption { (caption) }
            thead { tr {
                th scope="col" { (heads[0]) }
                @if detailed { th scope="col" { (heads[1]) } }
                th.bar scope="col" { span.hide { "bar" } }
                th.num scope="col" { (heads[2]) }
                @if shared { th.num scope="col" { "share" } }
            } }
            tbody { @for row in rows { tr {
                th scope="row" { bdi { (name(&row.name)) } }
                @if detailed { td.quiet { bdi { (name(&row.detail)) } } }
                td.bar { (bar(row.count, if row.of > 0 { row.of } else { largest }, row.class)) }
                td.num { (thousands(row.count)) }
                @if shared { td.num.quiet { @if row.of > 0 { (percent(row.count, row.of)) } } }
            } } }
        }
    }
}

/// One bar, for a cell.
pub fn bar(count: u64, of: u64, class: &str) -> Markup {
    let width = 100.0 * (count as f64 / of.max(1) as f64).min(1.0);
    // What is there at all can be seen.
    let width = if count > 0 { width.max(0.6) } else { 0.0 };
    html! {
        svg.line viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.track x="0" y="0" width="100" height="10" {}
            rect class=(class) x="0" y="0" width=(format!("{width:.2}")) height="10" {}
        }
    }
}

/// A table in which every row has one bar of three parts, each part's count and share beside it.
pub fn stacked(caption: &str, heads: [&str; 3], rows: &[(&str, [u64; 3])]) -> Markup {
    const CLASSES: [&str; 3] = ["c3", "warn", "track"];
    html! {
        div.table tabindex="0" role="group" aria-label=(caption) { table {
            caption { (caption) }
            thead { tr {
                th scope="col" { "channel" }
                th.bar scope="col" { span.hide { "bar" } }
                @for head in heads { th.num scope="col" { (head) } th.num scope="col" { span.hide { (head) " " } "share" } }
            } }
            tbody { @for (title, parts) in rows {
                @let all = parts.iter().sum::<u64>();
                tr {
                    th scope="row" { bdi { (name(title)) } }
                    td.bar { svg.line viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
                        rect.track x="0" y="0" width="100" height="10" {}
                        @for (at, class) in CLASSES.iter().enumerate().take(2) {
                            @let share = |count: u64| 100.0 * count as f64 / all.max(1) as f64;
                            @let before: f64 = parts[..at].iter().map(|count| share(*count)).sum();
                            rect class=(class) x=(format!("{before:.2}")) y="0" width=(format!("{:.2}", share(parts[at]))) height="10" {}
                        }
                    } }
                    @for part in parts { td.num { (thousands(*part)) } td.num.quiet { (percent(*part, all)) } }
                }
            } }
        } }
    }
}

/// How many records customers have: ranges of sizes with how many customers are in each.
pub fn size_ranges(sizes: &[(u64, u64)]) -> Vec<(String, u64)> {
    const STARTS: [u64; 11] = [1, 2, 3, 4, 5, 10, 20, 50, 100, 1000, 10_000];
    let mut ranges = Vec::new();
    for (at, start) in STARTS.iter().enumerate() {
        let end = STARTS.get(at + 1).map_or(u64::MAX, |next| next - 1);
        let persons: u64 =
            sizes.iter().filter(|(size, _)| (*start..=end).contains(size)).map(|(_, persons)| persons).sum();
        let label = match end {
            u64::MAX => format!("{}+", thousands(*start)),
            end if end == *start => start.to_string(),
            end => format!("{}–{}", thousands(*start), thousands(end)),
        };
        ranges.push((label, persons));
    }
    let last = ranges.iter().rposition(|(_, persons)| *persons > 0).map_or(0, |at| at + 1);
    ranges.truncate(last);
    ranges
}

/// Columns over size ranges. Heights follow the square root, so that the few large ones can be seen beside the many small.
pub fn columns(title: &str, ranges: &[(String, u64)]) -> Markup {
    let step = 72.min(600 / ranges.len().max(1)).max(54);
    let (width, height) = (step * ranges.len().max(1) + 24, 190);
    let largest = ranges.iter().map(|(_, persons)| *persons).max().unwrap_or(0).max(1) as f64;
    html! {
        div.scroll tabindex="0" role="group" aria-label=(title) {
            svg.chart role="img" aria-label=(title) viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) {
                line.axis x1="12" x2=(width - 12) y1="150" y2="150" {}
                @for (at, (label, persons)) in ranges.iter().enumerate() {
                    @let tall = (*persons as f64 / largest).sqrt() * 116.0;
                    @let tall = if *persons > 0 { tall.max(1.5) } else { 0.0 };
                    @let x = 12 + at * step;
                    rect.c1 x=(x + 8) y=(format!("{:.1}", 150.0 - tall)) width=(step - 16) height=(format!("{tall:.1}")) rx="2" {
                        title { (label) " records: " (counted(*persons, "customer", "customers")) }
                    }
                    text.value x=(x + step / 2) y=(format!("{:.1}", 142.0 - tall)) { (compact(*persons)) }
                    text.tick x=(x + step / 2) y="168" { (label) }
                }
                text.tick x=(width / 2) y="186" { "records per customer" }
            }
        }
    }
}

/// `1234567` → `1.2M`.
fn compact(number: u64) -> String {
    match number {
        0..10_000 => thousands(number),
        10_000..1_000_000 => format!("{}k", number / 1000),
        _ => format!("{:.1}M", number as f64 / 1e6),
    }
}

/// Which channels customers were met in together: a column per set of channels, a row per channel, dots where a set has
/// it (an UpSet plot).
pub fn upset(title: &str, channels: &[(String, u64)], sets: &[(Vec<usize>, u64)]) -> Markup {
    let (left, step, row, top) = (142, 37, 30, 150);
    let width = left + step * sets.len() + 20;
    let height = top + row * channels.len() + 14;
    let largest = sets.iter().map(|(_, persons)| *persons).max().unwrap_or(0).max(1) as f64;
    let most = channels.iter().map(|(_, persons)| *persons).max().unwrap_or(0).max(1) as f64;
    let y = |channel: usize| top + row * channel + row / 2 + 4;
    html! {
        div.scroll tabindex="0" role="group" aria-label=(title) {
            svg.chart role="img" aria-label=(title) viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) {
                @for (at, (channel, persons)) in channels.iter().enumerate() {
                    @if at % 2 == 0 {
                        rect.stripe x="0" y=(top + row * at + 4) width=(width) height=(row) {}
                    }
                    @let long = *persons as f64 / most * 64.0;
                    rect.soft x=(format!("{:.1}", 64.0 - long)) y=(y(at) - 5) width=(format!("{long:.1}")) height="10" rx="2" {
                        title { (name(channel)) ": " (counted(*persons, "customer", "customers")) }
                    }
                    text.label x="72" y=(y(at) + 4) { (short(&name(channel), 10)) }
                }
                @for (at, (set, persons)) in sets.iter().enumerate() {
                    @let x = left + step * at + step / 2;
                    @let tall = (*persons as f64 / largest * 108.0).max(1.5);
                    @let class = if set.len() > 1 { "c2" } else { "c1" };
                    rect class=(class) x=(x - 13) y=(format!("{:.1}", 136.0 - tall)) width="26" height=(format!("{tall:.1}")) rx="2" {
                        title {
                            (set.iter().map(|channel| name(&channels[*channel].0)).collect::<Vec<_>>().join(" and "))
                            ": " (counted(*persons, "customer", "customers"))
                        }
                    }
                    text.value x=(x) y=(format!("{:.1}", 128.0 - tall)) { (compact(*persons)) }
                    @for channel in (0..channels.len()).filter(|channel| !set.contains(channel)) {
                        circle.off cx=(x) cy=(y(channel)) r="6" {}
                    }
                    @if let (Some(first), Some(last)) = (set.first(), set.last()) {
                        line.link x1=(x) x2=(x) y1=(y(*first)) y2=(y(*last)) {}
                    }
                    @for channel in set { circle class=(class) cx=(x) cy=(y(*channel)) r="6" {} }
                }
                line.axis x1=(left) x2=(width - 10) y1="137" y2="137" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_customer_is_in_one_range() {
        let sizes = [(1, 10), (2, 5), (7, 3), (99, 1), (100, 1), (20_000, 1)];
        let ranges = size_ranges(&sizes);
        assert_eq!(ranges.iter().map(|(_, persons)| persons).sum::<u64>(), 21);
        assert_eq!(ranges.last(), Some(&("10,000+".to_owned(), 1)));
        assert_eq!(ranges[4], ("5–9".to_owned(), 3));
        assert!(size_ranges(&[]).is_empty());
    }
}
