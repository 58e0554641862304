//! The SMS tool's message log: the customer's number is `To` on what the shop sends, `From` on what it receives.

use std::fmt::Write as _;

use super::messy::Row;
use super::numbers::phone;
use super::random::mix;
use super::text::{push_cell, push_time};

/// First line.
pub const HEADER: &str =
    "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,Price,PriceUnit\n";

/// The shop's own sender number.
const SHOP: &str = "+18885550199";

const SENT: &[&str] = &[
    "Your order is on its way!",
    "20% off everything,\nthis weekend only.\nReply STOP to opt out",
    "Hi, your parcel is ready at \"Main St\".",
    "Thanks for shopping with us",
];

const RECEIVED: &[&str] = &["STOP", "Yes", "thanks!", "When do you open, please?", "START"];

/// Appends a message, and its id to `id`.
pub fn row(out: &mut Vec<u8>, row: &mut Row<'_>, id: &mut String) {
    write!(id, "SM{:016x}{:016x}", mix(row.number + 1), mix(!row.number)).expect("a String takes everything");
    // Texting wants a mobile; some households have a landline that takes texts.
    let mobile = row.person.mobile.at(row.time).map(phone);
    let number = mobile.or_else(|| row.phone()).expect("nobody without a number gets messages");
    let customer = format!("+1{number}");
    let inbound = row.random.chance(250_000);
    let (from, to) = if inbound { (customer.as_str(), SHOP) } else { (SHOP, customer.as_str()) };
    let body = row.random.pick(if inbound { RECEIVED } else { SENT });
    let failed = !inbound && row.random.chance(30_000);
    for cell in [
        from,
        to,
        body,
        if inbound {
            "received"
        } else if failed {
            "undelivered"
        } else {
            "delivered"
        },
    ] {
        push_cell(out, cell, b',');
        out.push(b',');
    }
    push_time(out, row.time, b'T');
    out.extend_from_slice(b"Z,2010-04-01,1,");
    out.extend_from_slice(if failed { b"30003" } else { b"" });
    out.extend_from_slice(b",AC00000000000000000000000000000000,");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(if inbound { b",inbound,-0.0075,USD\n" } else { b",outbound-api,-0.0079,USD\n" });
}
