//! E-mail addresses.
//!
//! Clean form: lower case (see [`super::fold`]), the domain in ASCII (`bücher.de` → `xn--bcher-kva.de`). `mailto:`,
//! `Name <…>`, surrounding quotes and brackets, trailing dots and commas, invisible characters and a percent-encoded
//! `@` are understood. What follows the domain's dot is not looked up anywhere: new endings appear every month.
//!
//! Sub-addresses and dots are kept: whether `a.na+news@gmail.com` is `ana@gmail.com` is a policy of the identifier
//! ([`Folding`]), not of the stored value.

#[cfg(test)]
mod tests;

use super::blank::is_invisible;
use super::fold;
use crate::model::Unusable;

/// Longest address, in bytes (RFC 5321).
const LONGEST: usize = 254;
/// Longest part before the `@`, in bytes (RFC 5321).
const LONGEST_LOCAL: usize = 64;

/// Appends the clean form of a trimmed address to an empty `out`.
///
/// # Errors
/// `Malformed` for anything but one address with a dot in its domain; `TooLong` by RFC 5321.
pub fn normalize(raw: &str, out: &mut String) -> Result<(), Unusable> {
    if is_plain(raw.as_bytes()) {
        out.push_str(raw);
        out.make_ascii_lowercase();
        return Ok(());
    }
    unwrap(raw, out)
}

/// Which differences between addresses do not count as an identifier; per domain, off by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folding {
    dots: Vec<String>,
    tags: Vec<String>,
}

impl Folding {
    /// From domains as declared; `*` stands for all. `None` where nothing is to be folded.
    #[must_use]
    pub fn new(dots: &[String], tags: &[String]) -> Option<Self> {
        let ascii = |domains: &[String]| {
            let domain = |d: &String| idna::domain_to_ascii(d.trim()).unwrap_or_else(|_| d.to_lowercase());
            domains.iter().map(|d| if d == "*" { d.clone() } else { domain(d) }).collect::<Vec<_>>()
        };
        let folding = Self { dots: ascii(dots), tags: ascii(tags) };
        if folding.dots.is_empty() && folding.tags.is_empty() { None } else { Some(folding) }
    }

    /// The address by which a clean address is known: itself, or its folded form in `out`.
    pub fn key<'a>(&self, clean: &'a str, out: &'a mut String) -> &'a str {
        let Some((mut local, domain)) = clean.rsplit_once('@') else { return clean };
        let holds = |domains: &[String]| domains.iter().any(|d| d == domain || d == "*");
        if holds(&self.tags)
            && let Some(plus) = local.find('+').filter(|&at| at > 0)
        {
            local = &local[..plus];
        }
        let without_dots = holds(&self.dots) && local.contains('.');
        if !without_dots && local.len() + 1 + domain.len() == clean.len() {
            return clean;
        }
        out.clear();
        out.extend(local.chars().filter(|&c| !without_dots || c != '.'));
        out.push('@');
        out.push_str(domain);
        out
    }
}

/// Whether an address needs nothing but lower case: what nearly all are.
fn is_plain(bytes: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', bytes) else { return false };
    bytes.len() <= LONGEST && bytes[0] != b'\'' && is_local(&bytes[..at]) && is_domain(&bytes[at + 1..])
}

/// RFC 5321 dot-string, ASCII.
fn is_local(local: &[u8]) -> bool {
    let mut behind_dot = true;
    for &byte in local {
        let dot = byte == b'.';
        if dot && behind_dot || !dot && !ATOM[usize::from(byte)] {
            return false;
        }
        behind_dot = dot;
    }
    !behind_dot && local.len() <= LONGEST_LOCAL
}

/// At least two labels of letters, digits and inner hyphens; the last one not all digits.
fn is_domain(domain: &[u8]) -> bool {
    let (mut label, mut dots, mut digits, mut last) = (0, 0, 0, b'.');
    for &byte in domain {
        match byte {
            b'.' => {
                if label == 0 || label > 63 || last == b'-' {
                    return false;
                }
                dots += 1;
                (label, digits) = (0, 0);
            }
            b'-' if label == 0 => return false,
            b'0'..=b'9' => (label, digits) = (label + 1, digits + 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'-' => label += 1,
            _ => return false,
        }
        last = byte;
    }
    dots > 0 && (2..=63).contains(&label) && label != digits && last != b'-' && domain.len() <= 253
}

/// RFC 5321 `atext`.
static ATOM: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let others = b"!#$%&'*+-/=?^_`{|}~";
    let mut i = 0;
    while i < others.len() {
        table[others[i] as usize] = true;
        i += 1;
    }
    table
};

/// Takes the address out of its wrapping.
fn unwrap(raw: &str, out: &mut String) -> Result<(), Unusable> {
    let mut text: String = raw
        .chars()
        .filter(|&c| !is_invisible(c) && !c.is_control())
        .map(|c| if matches!(c, '＠' | '﹫') { '@' } else { c })
        .collect();
    if !text.contains('@') {
        text = text.replace("%40", "@");
    }
    let mut address = without_scheme(text.trim());
    if let Some((_, inside)) = address.rsplit_once('<') {
        let (inside, behind) = inside.split_once('>').ok_or(Unusable::Malformed)?;
        if behind.contains('@') {
            return Err(Unusable::Malformed);
        }
        address = without_scheme(inside.trim());
    }
    let address = without_quotes(address);
    let (local, domain) = address.rsplit_once('@').ok_or(Unusable::Malformed)?;
    let local = match local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        Some(quoted) if is_local(quoted.as_bytes()) => quoted,
        Some(_) => return Err(Unusable::Malformed),
        None => local,
    };
    let local = local.trim_start_matches('\''); // a spreadsheet's text mark
    fold::lower(local, out);
    let letters = |c: char| if c.is_ascii() { c == '.' || ATOM[c as usize] } else { !c.is_whitespace() };
    if !out.chars().all(letters) || out.split('.').any(str::is_empty) {
        out.clear();
        return Err(Unusable::Malformed);
    }
    let too_long = out.len() > LONGEST_LOCAL;
    let domain = idna::domain_to_ascii(domain.trim_end_matches('.')).unwrap_or_default();
    out.push('@');
    out.push_str(&domain);
    let fault = if !is_domain(domain.as_bytes()) {
        Some(Unusable::Malformed)
    } else if too_long || out.len() > LONGEST {
        Some(Unusable::TooLong)
    } else {
        None
    };
    fault.map_or(Ok(()), |fault| {
        out.clear();
        Err(fault)
    })
}

/// Without `mailto:` and what may follow the address in such a link (`?subject=…`).
fn without_scheme(text: &str) -> &str {
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            text[7..].split('?').next().unwrap_or_default().trim()
        }
        _ => text,
    }
}

/// Without surrounding quotes and brackets (in pairs) and trailing punctuation.
fn without_quotes(mut text: &str) -> &str {
    const PAIRS: [(char, char); 8] =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’'), ('(', ')'), ('[', ']'), ('<', '>')];
    loop {
        let before = text;
        text = text.trim().trim_end_matches(['.', ',', ';', ':']);
        for (open, close) in PAIRS {
            if let Some(inside) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
                text = inside;
            }
        }
        if text == before {
            return text;
        }
    }
}
