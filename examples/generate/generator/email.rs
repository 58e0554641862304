//! The e-mail tool's export: one row per profile, quoted cells, notes of several lines.

use std::fmt::Write as _;

use super::mess;
use super::messy::Row;
use super::random::mix;
use super::text::{push_cell, push_padded, push_time};

/// First line.
pub const HEADER: &str = "Email,Klaviyo ID,First Name,Last Name,Phone Number,Address,City,State / Region,Zip Code,Country,\
Email Marketing Consent,Profile Created On,Last Active,Notes\n";

const NOTES: &[&str] = &[
    "Called about the return.\nWants \"express\" next time.",
    "VIP, size 42",
    "Moved?\nAsk at next order;\nold address bounced.",
    "birthday in May",
];

/// Appends a profile, and its id to `id`.
pub fn row(out: &mut Vec<u8>, row: &mut Row<'_>, id: &mut String) {
    write!(id, "01{:016X}", mix(row.number + 1)).expect("a String takes everything");
    let mut cell = String::new();
    row.push_email(&mut cell);
    if row.random.chance(20_000) {
        let (first, rest) = cell.split_at(1);
        cell = format!(" {}{rest}", first.to_ascii_uppercase());
    }
    push_cell(out, &cell, b',');
    out.push(b',');
    out.extend_from_slice(id.as_bytes());
    let named = row.random.chance(800_000);
    let (first, last) = if named { (row.first_name(), row.last_name()) } else { (String::new(), String::new()) };
    for name in [&first, &last] {
        out.push(b',');
        push_cell(out, name, b',');
    }
    out.push(b',');
    if row.random.chance(350_000)
        && let Some(number) = row.phone()
    {
        cell.clear();
        mess::phone(&mut cell, number, row.random.below(6));
        push_cell(out, &cell, b',');
    }
    out.push(b',');
    if row.random.chance(500_000) {
        let home = row.person.home.at(row.time);
        let (city, state, zip) = home.place();
        push_cell(out, &format!("{} {}", home.house, home.street()), b',');
        for part in [city, state] {
            out.push(b',');
            push_cell(out, part, b',');
        }
        out.push(b',');
        push_padded(out, u64::from(zip) * 100 + home.zip, 5);
        out.extend_from_slice(b",United States");
    } else {
        out.extend_from_slice(b",,,,");
    }
    let consent = ["SUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED", "NEVER_SUBSCRIBED", "UNSUBSCRIBED"];
    out.push(b',');
    out.extend_from_slice(row.random.pick(&consent).as_bytes());
    out.push(b',');
    push_time(out, row.time - 86_400 * (1 + row.random.below(200)), b' ');
    out.push(b',');
    push_time(out, row.time, b' ');
    out.push(b',');
    if row.random.chance(60_000) {
        push_cell(out, row.random.pick(NOTES), b',');
    }
    out.push(b'\n');
}

/// Broken rows, as hand-edited exports have them, that stand before the row of that number.
#[must_use]
pub fn broken(row: u64) -> &'static str {
    match row {
        40 => {
            "lost@example.com,01BROKEN0001,Ana,García, Jr.,,,,,,,SUBSCRIBED,2025-02-03 10:00:00,2025-02-03 10:00:00,\n"
        }
        90 => "cut@example.com,01BROKEN0002,Tom\n",
        _ => "",
    }
}
