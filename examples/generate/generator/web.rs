//! The web's export: one JSON event per line, with the shopper's traits nested where the tracker put them.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::mess;
use super::messy::Row;
use super::people::GROUP_SIZE;
use super::random::mix;
use super::text::{push_cents, push_json, push_time};

const PAGES: &[&str] =
    &["/", "/sale", "/new", "/women/shoes", "/men/shirts", "/home/lamps", "/cart", "/search?q=rain%20coat"];

/// Appends an event, and its id to `id`.
pub fn row(out: &mut Vec<u8>, row: &mut Row<'_>, id: &mut String) {
    let rates = row.rates;
    write!(id, "ev-{:016x}", mix(row.number + 1)).expect("a String takes everything");
    let cookie = if row.random.chance(rates.kiosk) {
        mix(u64::MAX - row.random.below(row.kiosks))
    } else {
        let owner = if row.random.chance(rates.borrowed_device) {
            row.person.index / GROUP_SIZE * GROUP_SIZE + row.random.below(GROUP_SIZE)
        } else {
            row.person.index
        };
        // The first device is used most.
        mix(1 + owner * 4 + row.random.below(row.person.devices).min(row.random.below(4)))
    };
    let known = row.person.accounts > 0 && row.random.chance(rates.logged_in * 10 / 6);
    let ordered = known && row.random.chance(250_000);

    out.extend_from_slice(b"{\"messageId\":\"");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(b"\",\"type\":\"track\",\"event\":");
    out.extend_from_slice(if ordered { b"\"Order Completed\"" } else { b"\"Page Viewed\"" });
    out.extend_from_slice(b",\"timestamp\":\"");
    let time = row.time;
    push_time(out, time, b'T');
    let _ = write!(Bytes(out), ".{:03}Z\",\"anonymousId\":\"{cookie:016x}\"", row.random.below(1_000));
    let page = row.random.pick(PAGES);
    let _ = write!(Bytes(out), ",\"context\":{{\"page\":{{\"path\":\"{page}\"}}");
    if known {
        traits(out, row);
    }
    out.push(b'}');
    if known {
        let mut account = String::new();
        row.push_numbered(&mut account, "u", row.person.accounts);
        let _ = write!(Bytes(out), ",\"userId\":\"{account}\"");
    }
    if ordered {
        out.extend_from_slice(b",\"properties\":{\"revenue\":");
        push_cents(out, 900 + row.random.below(20_000));
        out.extend_from_slice(b",\"currency\":\"USD\"}");
    }
    out.extend_from_slice(b"}\n");
}

/// What the tracker knows of a shopper who is logged in.
fn traits(out: &mut Vec<u8>, row: &mut Row<'_>) {
    out.extend_from_slice(b",\"traits\":{");
    let start = out.len();
    if row.person.has_email && row.random.chance(850_000) {
        let hashed = row.random.chance(row.rates.hashed_email);
        let mut email = String::new();
        row.push_email(&mut email);
        if hashed {
            out.extend_from_slice(b"\"email_sha256\":\"");
            for byte in Sha256::digest(email.as_bytes()) {
                let _ = write!(Bytes(out), "{byte:02x}");
            }
            out.push(b'"');
        } else {
            if row.random.chance(row.rates.email_tag) {
                let at = email.find('@').expect("an address that was made has an @");
                email.insert_str(at, "+shop");
            }
            out.extend_from_slice(b"\"email\":");
            push_json(out, &email);
        }
    }
    if row.random.chance(700_000) {
        for (key, name) in [("firstName", row.first_name()), ("lastName", row.last_name())] {
            if out.len() > start {
                out.push(b',');
            }
            push_json(out, key);
            out.push(b':');
            push_json(out, &name);
        }
    }
    if row.random.chance(200_000)
        && let Some(number) = row.phone()
    {
        let mut phone = String::new();
        mess::phone(&mut phone, number, 0);
        if out.len() > start {
            out.push(b',');
        }
        out.extend_from_slice(b"\"phone\":");
        push_json(out, &phone);
    }
    out.push(b'}');
}

/// Formats into bytes.
struct Bytes<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for Bytes<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
