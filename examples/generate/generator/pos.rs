//! The till's export: semicolons, a byte-order mark, Windows line ends, `$1,149.00`, everything typed by hand.

use std::fmt::Write as _;

use super::mess;
use super::messy::Row;
use super::text::{push_american_time, push_cell, push_dollars, push_number, push_padded};

/// First line, with the byte-order mark.
pub const HEADER: &str =
    "\u{feff}Receipt No;Store;Sold At;Card No;First;Last;E-Mail;Phone;Street;City;State;Zip;Total\r\n";

/// The call center's own number.
const CALL_CENTER: u64 = 2_127_250_123;

/// Appends a receipt, and its id to `id`.
pub fn row(out: &mut Vec<u8>, row: &mut Row<'_>, id: &mut String) {
    let rates = row.rates;
    write!(id, "{:08}", row.number + 1).expect("a String takes everything");
    let store = 1 + row.random.below(40);
    let sold_at = row.at_hour(9, 11 * 3_600);
    let guest = row.random.chance(if row.regular { rates.guest / 4 } else { rates.guest });

    let mut card = String::new();
    let cards = row.person.cards.max(u64::from(row.regular));
    if !guest && cards > 0 && row.random.chance(if row.regular { 920_000 } else { 600_000 }) {
        row.push_numbered(&mut card, "", cards);
    } else if row.random.chance(rates.cashier_card) {
        write!(card, "9{store:06}").expect("a String takes everything");
    }
    let (mut first, mut last) = (String::new(), String::new());
    if !guest && row.random.chance(750_000) {
        (first, last) = (row.first_name(), row.last_name());
        if row.random.chance(rates.no_marks) {
            (first, last) = (mess::without_marks(&first), mess::without_marks(&last));
        }
        if row.random.chance(rates.capitals) {
            (first, last) = (first.to_uppercase(), last.to_uppercase());
        }
        if row.random.chance(30_000) {
            last.push(' ');
        }
    }
    let mut email = String::new();
    if !guest && row.person.has_email && row.random.chance(350_000) {
        row.push_email(&mut email);
        if row.random.chance(rates.email_typo) {
            mess::email_typo(&mut email, &mut row.random);
        }
        if row.random.chance(100_000) {
            email.make_ascii_uppercase();
        }
    } else if row.random.chance(rates.placeholder_email) {
        email.push_str(row.random.pick(mess::JUNK_EMAILS));
    } else if row.random.chance(rates.shop_email) {
        email.push_str("orders@corner-shop.example.com");
    }
    let mut phone = String::new();
    let given = row.phone();
    let form = row.random.below(6);
    if row.random.chance(rates.call_center_phone) {
        mess::phone(&mut phone, CALL_CENTER, form);
    } else if row.random.chance(rates.placeholder_phone) {
        phone.push_str(row.random.pick(mess::JUNK_PHONES));
    } else if let Some(mut number) = given.filter(|_| !guest && row.random.chance(450_000)) {
        if row.random.chance(rates.phone_typo) {
            let place = 10u64.pow(row.random.below(4) as u32);
            let digit = number / place % 10;
            number = number - digit * place + (digit + 1 + row.random.below(9)) % 10 * place;
        }
        mess::phone(&mut phone, number, form);
    }

    out.extend_from_slice(id.as_bytes());
    out.push(b';');
    push_number(out, store);
    out.push(b';');
    push_american_time(out, sold_at);
    for cell in [&card, &first, &last, &email, &phone] {
        out.push(b';');
        push_cell(out, cell, b';');
    }
    if !guest && row.random.chance(300_000) {
        let home = row.person.home.at(row.time);
        let (city, state, zip) = home.place();
        out.push(b';');
        push_cell(out, &format!("{} {}", home.house, home.street()), b';');
        for cell in [city, state] {
            out.push(b';');
            push_cell(out, cell, b';');
        }
        out.push(b';');
        push_padded(out, u64::from(zip) * 100 + home.zip, 5);
    } else {
        out.extend_from_slice(b";;;;");
    }
    out.push(b';');
    let cents = 250 + row.random.below(15_000) + if row.random.chance(10_000) { 100_000 } else { 0 };
    push_dollars(out, if row.random.chance(40_000) { -(cents as i64) } else { cents as i64 });
    out.extend_from_slice(b"\r\n");
}
