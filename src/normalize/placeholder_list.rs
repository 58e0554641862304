//! The built-in placeholders: values that identify nobody, each with the reason. The docs page is made from this table.

use crate::model::Kind;

/// A built-in placeholder.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// The kind whose values it blocks.
    pub kind: Kind,
    /// Which values.
    pub form: Form,
    /// Why they identify nobody.
    pub why: &'static str,
}

/// Which values a built-in placeholder blocks.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// These, in any case.
    Values(&'static [&'static str]),
    /// All that a test holds for.
    Pattern {
        /// In words, for the docs.
        text: &'static str,
        /// Whether a clean value (or, where a value could not be normalized, the trimmed one) is blocked.
        holds: fn(&str) -> bool,
    },
}

/// All built-in placeholders. Role addresses (`info@…`, `sales@…`) are not among them: they may be shared, and that is
/// judged on the data. Nor is `example.com` as a whole.
#[must_use]
pub fn builtin() -> &'static [BuiltIn] {
    BUILT_IN
}

const fn values(kind: Kind, values: &'static [&'static str], why: &'static str) -> BuiltIn {
    BuiltIn { kind, form: Form::Values(values), why }
}

const fn pattern(kind: Kind, text: &'static str, holds: fn(&str) -> bool, why: &'static str) -> BuiltIn {
    BuiltIn { kind, form: Form::Pattern { text, holds }, why }
}

const NOBODY: &[&str] = &[
    "unknown",
    "anonymous",
    "anon",
    "test",
    "testing",
    "tester",
    "guest",
    "dummy",
    "sample",
    "default",
    "missing",
    "blank",
    "empty",
    "not found",
    "no id",
    "noid",
    "none given",
    "no account",
    "new",
    "tbd",
    "tba",
    "unassigned",
    "invalid",
    "error",
    "true",
    "false",
    "walk-in",
    "walkin",
    "walk in",
    "cash",
    "xxx",
    "xxxx",
    "asdf",
    "abc",
    "-1",
    "unavailable",
    "optout",
    "opt-out",
    "opted out",
    "limited",
];
const NOBODY_WHY: &str = "a word that a till or a form writes where it has no id";

static BUILT_IN: &[BuiltIn] = &[
    values(
        Kind::Email,
        &[
            "none@none.com",
            "test@test.com",
            "no@no.com",
            "na@na.com",
            "n@a.com",
            "a@a.com",
            "a@b.com",
            "b@b.com",
            "x@x.com",
            "x@y.com",
            "z@z.com",
            "aa@aa.com",
            "aaa@aaa.com",
            "xx@xx.com",
            "xxx@xxx.com",
            "abc@abc.com",
            "asd@asd.com",
            "asdf@asdf.com",
            "qwe@qwe.com",
            "qwerty@qwerty.com",
            "123@123.com",
            "1@1.com",
            "null@null.com",
            "none@no.com",
            "no@none.com",
            "no@email.com",
            "none@email.com",
            "na@email.com",
            "test@email.com",
            "email@email.com",
            "mail@mail.com",
            "me@me.com",
            "you@you.com",
            "me@example.com",
            "name@example.com",
            "email@example.com",
            "user@example.com",
            "test@example.com",
            "example@example.com",
            "test@gmail.com",
            "none@gmail.com",
            "no@gmail.com",
            "na@gmail.com",
            "test@yahoo.com",
            "none@yahoo.com",
            "test@hotmail.com",
            "test@mail.com",
            "test@test.de",
            "test@test.fr",
            "test@test.co.uk",
            "noemail@gmail.com",
        ],
        "typed to get past a form that insists on an address",
    ),
    pattern(
        Kind::Email,
        "`noemail` `nomail` `noaddress` `nobody` `noreply` `donotreply` `donotemail` `unknown` `anonymous` `notprovided` `notavailable` `refused` `declined` at any domain, with or without `.`, `-` and `_` inside (`no-reply@…`)",
        is_no_mailbox,
        "says itself that it is nobody's address",
    ),
    pattern(
        Kind::Email,
        "any address at `noemail.com`, `noemail.org`, `noemail.net`, `nomail.com`, `none.com`, or under `.invalid`",
        is_no_domain,
        "domains that stand for \"none\"",
    ),
    pattern(
        Kind::Phone,
        "one digit repeated (`0000000000`, `+1 999 999 9999`), with or without country code",
        is_repeated_number,
        "typed to get past a form that insists on a number",
    ),
    pattern(
        Kind::Phone,
        "digits counting up or down (`1234567890`, `0123456789`, `9876543210`), seven or more, with or without country code",
        is_counted_number,
        "typed to get past a form that insists on a number",
    ),
    pattern(Kind::Phone, "`+1 … 555 1212`", is_directory_assistance, "directory assistance, in every area code"),
    values(
        Kind::Hash,
        &[
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ],
        "the MD5, SHA-1 and SHA-256 of an empty text",
    ),
    pattern(Kind::Hash, "one digit repeated", is_one_character, "no digest of anything"),
    values(Kind::Id, NOBODY, NOBODY_WHY),
    pattern(Kind::Id, "only zeros, dashes aside (`0`, `00000000`, the zero UUID)", is_zeros, "a till's default"),
    pattern(Kind::Id, "nines, four or more (`9999`, `99999999`)", is_nines, "a till's key for \"no card\""),
    pattern(
        Kind::Id,
        "one character repeated, eight times or more (`11111111`, `xxxxxxxx`)",
        is_long_repeat,
        "typed to get past a form",
    ),
    pattern(Kind::Id, "`12345678`, `123456789`, `1234567890`, `0123456789`", is_counted_id, "typed to get past a form"),
    values(Kind::Device, NOBODY, NOBODY_WHY),
    pattern(
        Kind::Device,
        "only zeros, dashes aside",
        is_zeros,
        "what a phone sends whose owner refused tracking (`00000000-0000-0000-0000-000000000000`)",
    ),
    pattern(
        Kind::Device,
        "one character repeated, eight times or more, dashes aside",
        is_long_repeat,
        "no device's id",
    ),
    values(Kind::Device, &["9774d56d682e549c"], "the Android id that a whole generation of devices shared by a fault"),
    values(
        Kind::Name,
        &[
            "unknown",
            "unknown unknown",
            "anonymous",
            "valued customer",
            "no name",
            "noname",
            "no first name",
            "no last name",
            "first name",
            "last name",
            "firstname",
            "lastname",
            "fname",
            "lname",
            "your name",
            "full name",
            "test",
            "test test",
            "test user",
            "testuser",
            "guest user",
            "walk in",
            "walk-in",
            "customer",
            "cash customer",
            "asdf",
            "asdfgh",
            "qwerty",
            "xxx",
            "xxxx",
            "not given",
            "none given",
            "deleted user",
        ],
        "stands where a name should; `Guest`, `Null` and `Na` are not listed, for people have these names",
    ),
    values(
        Kind::Date,
        &[
            "1900-01-01",
            "1901-01-01",
            "1970-01-01",
            "0001-01-01",
            "1753-01-01",
            "1899-12-30",
            "1899-12-31",
            "9999-12-31",
            "2999-12-31",
            "9999-01-01",
        ],
        "where calendars of programs begin or end",
    ),
    pattern(Kind::Date, "a date of zeros (`0000-00-00`, `00/00/0000`)", is_zero_date, "what MySQL writes for none"),
    pattern(Kind::PostalCode, "only zeros, dashes aside (`00000`)", is_zeros, "no post office has it"),
    values(Kind::PostalCode, &["99999", "99999-9999", "xxxxx", "xxxx", "xxxxxx", "unknown"], "no post office has it"),
];

fn is_no_mailbox(email: &str) -> bool {
    let Some((local, _)) = email.split_once('@') else { return false };
    if !matches!(local.as_bytes().first(), Some(b'n' | b'd' | b'u' | b'a' | b'r')) {
        return false;
    }
    let mut plain = [0u8; 14];
    let mut length = 0;
    for byte in local.bytes().filter(|b| !matches!(b, b'.' | b'-' | b'_')) {
        if length == plain.len() {
            return false;
        }
        plain[length] = byte;
        length += 1;
    }
    matches!(
        &plain[..length],
        b"noemail"
            | b"nomail"
            | b"noreply"
            | b"donotreply"
            | b"donotemail"
            | b"unknown"
            | b"anonymous"
            | b"notprovided"
            | b"notavailable"
            | b"refused"
            | b"declined"
            | b"noaddress"
            | b"nobody"
    )
}

fn is_no_domain(email: &str) -> bool {
    memchr::memchr(b'@', email.as_bytes()).is_some_and(|at| {
        let domain = &email[at + 1..];
        matches!(domain, "noemail.com" | "nomail.com" | "none.com" | "noemail.org" | "noemail.net")
            || domain.ends_with(".invalid")
    })
}

/// The national part of a number in E.164 form; of digits without `+`, all of them.
fn national(number: &str) -> &str {
    let Some(digits) = number.strip_prefix('+') else { return number };
    let length = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    };
    digits.get(length..).unwrap_or_default()
}

/// The ways to look at a number: as it is, without its country code, without a trunk `0` or a `1` in front.
fn any_reading(number: &str, holds: fn(&[u8]) -> bool) -> bool {
    // All readings have the same end, and its last three digits tell most numbers from fillers.
    let [.., a, b, c] = *number.as_bytes() else { return false };
    let step = |from: u8, to: u8| to.wrapping_sub(from).wrapping_add(10) % 10;
    if step(a, b) != step(b, c) {
        return false;
    }
    let bare = national(number);
    let digits = number.strip_prefix('+').unwrap_or(number);
    let trunk = bare.strip_prefix(['0', '1']).unwrap_or(bare);
    [digits, bare, trunk].iter().any(|reading| reading.len() >= 7 && holds(reading.as_bytes()))
}

fn is_repeated_number(number: &str) -> bool {
    any_reading(number, |digits| digits.iter().all(|b| *b == digits[0]))
}

fn is_counted_number(number: &str) -> bool {
    any_reading(number, is_counted)
}

/// Each digit follows the one before, up or down, 9 and 0 being neighbors.
fn is_counted(digits: &[u8]) -> bool {
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[1] + 10 - pair[0]) % 10 == step);
    digits.iter().all(u8::is_ascii_digit) && (steps(1) || steps(9))
}

fn is_directory_assistance(number: &str) -> bool {
    number.len() == 12 && number.starts_with("+1") && number.ends_with("5551212")
}

fn is_one_character(text: &str) -> bool {
    text.bytes().all(|b| b == text.as_bytes()[0])
}

fn is_zeros(text: &str) -> bool {
    matches!(text.as_bytes()[0], b'0' | b'-') && text.bytes().all(|b| matches!(b, b'0' | b'-')) && text.contains('0')
}

fn is_nines(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|b| b == b'9')
}

fn is_long_repeat(text: &str) -> bool {
    let first = text.as_bytes()[0].to_ascii_lowercase();
    text.len() >= 8
        && first.is_ascii_alphanumeric()
        && text.bytes().all(|b| b.to_ascii_lowercase() == first || b == b'-')
}

fn is_counted_id(text: &str) -> bool {
    matches!(text, "12345678" | "123456789" | "1234567890" | "0123456789")
}

fn is_zero_date(text: &str) -> bool {
    text.as_bytes()[0] == b'0'
        && text.bytes().all(|b| matches!(b, b'0' | b'-' | b'/' | b'.' | b':' | b' ' | b'T' | b'Z'))
}
