//! Whether two given names can be one person's.

use super::known::{are_forms, is_known};
use super::words::{distance, is_slip};

/// Words with more edits between them neither sound alike nor are slips of each other.
const MOST_EDITS: usize = 4;

/// Every word of the shorter name has its like in the longer (`anna`, `anna maria`), or both are one written together.
pub(super) fn agree(left: &[String], right: &[String]) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if covers(short, long, 0) {
        return true;
    }
    let (a, b) = (left.concat(), right.concat());
    a == b || long.len() > 1 && a.len().min(b.len()) >= 6 && words_agree(&a, &b)
}

/// Whether each word of `short` can be given a word of `long` of its own that agrees. `used`: words of `long` taken.
fn covers(short: &[String], long: &[String], used: u32) -> bool {
    let Some((first, rest)) = short.split_first() else { return true };
    long.iter()
        .take(32)
        .enumerate()
        .any(|(i, word)| used >> i & 1 == 0 && words_agree(first, word) && covers(rest, long, used | 1 << i))
}

/// Whether two single given names can be one person's.
pub(super) fn words_agree(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if a.is_empty() || b.is_empty() {
        return true;
    }
    let (short, long) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
    if short.len() == 1 {
        return long.starts_with(short);
    }
    if are_forms(a, b) {
        return true;
    }
    let edits = distance(short, long);
    if edits > MOST_EDITS && !is_short_form(short, long) {
        return false;
    }
    if sound(a) == sound(b) {
        return true;
    }
    if is_other_gender(short, long) {
        return false;
    }
    match (is_known(a), is_known(b)) {
        (true, true) => false, // two names in their own right
        (false, false) => is_short_form(short, long) || is_slip(a, b),
        _ => is_short_form(short, long) || is_slip_of_known(short, long, edits),
    }
}

/// `steph`, `stephan`: the beginning of the other, at least three letters of it and two fewer; but an ending in `a` or
/// `e` makes another name of it (`victor`, `victoria`).
fn is_short_form(short: &str, long: &str) -> bool {
    short.len() >= 3 && long.len() >= short.len() + 2 && long.starts_with(short) && !long.ends_with(['a', 'e'])
}

/// Whether the first is a short or pet form of the second.
pub(super) fn is_short_or_pet_form(short: &str, long: &str) -> bool {
    short.len() < long.len() && (are_forms(short, long) || is_short_form(short, long))
}

/// Where only one of two words is a known name, the other is likely a slip of it: one edit from four letters on (five,
/// when it is the first letter), two from six.
fn is_slip_of_known(short: &str, long: &str, edits: usize) -> bool {
    let same_start = short.as_bytes()[0] == long.as_bytes()[0];
    match short.len() {
        0..4 => false,
        4 => edits <= 1 && same_start || is_slip(short, long),
        5 => edits <= 1,
        _ => edits <= 1 || edits <= 2 && same_start,
    }
}

const VOWELS: [char; 6] = ['a', 'e', 'i', 'o', 'u', 'y'];

/// Whether the ending alone tells two names apart: one last vowel changed or added (`mario` and `maria`, `jan` and
/// `jana`), the other's ending in a vowel behind the whole shorter one (`stefan`, `stefanie`), `-as`, `-ek` and `-ka`.
fn is_other_gender(short: &str, long: &str) -> bool {
    if let Some(ending) = long.strip_prefix(short) {
        let by_vowel = ending.len() <= 3 && ending.ends_with(VOWELS);
        return by_vowel && short.len() >= 3 || ending == "s" && short.ends_with('a');
    }
    let stem = |name: &str, ending: &str| name.strip_suffix(ending).map(str::to_owned);
    if matches!((stem(short, "ek").or(stem(long, "ek")), stem(short, "ka").or(stem(long, "ka"))), (Some(a), Some(b)) if a == b)
    {
        return true;
    }
    short.len() == long.len()
        && short.ends_with(VOWELS)
        && long.ends_with(VOWELS)
        && short.as_bytes()[..short.len() - 1] == long.as_bytes()[..long.len() - 1]
}

/// A spelling that sounds the same: `ph` as `f`, `c` and `ck` as `k`, `y` and `ie` as `i`, no doubled letters, no `h`
/// but the first.
fn sound(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &name[at..];
        let (letter, width) = match bytes[at] {
            _ if !rest.is_char_boundary(1) => {
                let letter = rest.chars().next().unwrap_or_default();
                (letter, letter.len_utf8())
            }
            b'p' if rest.starts_with("ph") => ('f', 2),
            b'c' if rest.starts_with("ck") => ('k', 2),
            b'c' if !matches!(bytes.get(at + 1), Some(b'e' | b'i' | b'y')) => ('k', 1),
            b'i' | b'e' if matches!(rest, "ie" | "ey") => ('i', 2),
            b'y' => ('i', 1),
            b'h' if at > 0 => ('\0', 1),
            letter => (char::from(letter), 1),
        };
        if letter != '\0' && !out.ends_with(letter) {
            out.push(letter);
        }
        at += width;
    }
    out
}
