//! The hands that write: typos, six forms of a phone number, junk.

use super::names::{SHORT_FORMS, push_ascii};
use super::random::Random;

/// E-mail addresses that people give who want to give none.
pub const JUNK_EMAILS: &[&str] =
    &["none@none.com", "noemail@noemail.com", "test@test.com", "n/a", "a@a.com", "no@no.com", "-", "unknown"];

/// Phone numbers that people give who want to give none.
pub const JUNK_PHONES: &[&str] =
    &["0000000000", "9999999999", "1111111111", "1234567890", "000-000-0000", "n/a", "(999) 999-9999", "0"];

/// Makes one typo among the letters of a text; texts of fewer than three letters stay as they are.
pub fn typo(text: &mut String, random: &mut Random) {
    let letters: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_alphabetic()).map(|(at, _)| at).collect();
    if letters.len() < 3 {
        return;
    }
    // Never the first letter: people get that right, and initials must stay.
    let at = letters[1 + random.below(letters.len() as u64 - 2) as usize];
    let here = text[at..].chars().next().expect("a letter starts at each index");
    let next = text[at + here.len_utf8()..].chars().next();
    match (random.below(4), next) {
        (0, Some(next)) if next.is_alphabetic() && next != here => {
            text.replace_range(at..at + here.len_utf8() + next.len_utf8(), &format!("{next}{here}"));
        }
        (1, _) => {
            text.remove(at);
        }
        (2, _) => text.insert(at, here),
        _ => {
            let wrong = (b'a' + random.below(26) as u8) as char;
            let wrong = if wrong == here { 'x' } else { wrong };
            text.replace_range(at..at + here.len_utf8(), wrong.encode_utf8(&mut [0; 4]));
        }
    }
}

/// Mistypes an e-mail address: a letter before the `@`, or the domain.
pub fn email_typo(email: &mut String, random: &mut Random) {
    let at = email.find('@').expect("an address that was made has an @");
    if random.chance(300_000) {
        let slips = [".con", ".cmo", ".co", ".comm"];
        if email.ends_with(".com") {
            email.truncate(email.len() - 4);
            email.push_str(random.pick(&slips));
        }
        return;
    }
    let domain = email.split_off(at);
    typo(email, random);
    email.push_str(&domain);
}

/// Writes a ten-digit national number in one of six forms.
pub fn phone(out: &mut String, national: u64, form: u64) {
    use std::fmt::Write as _;
    let (area, exchange, line) = (national / 10_000_000, national / 10_000 % 1_000, national % 10_000);
    match form {
        0 => write!(out, "+1{national}"),
        1 => write!(out, "({area}) {exchange}-{line:04}"),
        2 => write!(out, "{area}-{exchange}-{line:04}"),
        3 => write!(out, "{area}.{exchange}.{line:04}"),
        4 => write!(out, "{national}"),
        _ => write!(out, "1 {area} {exchange} {line:04}"),
    }
    .expect("a String takes everything");
}

/// The short form of a first name, or the name itself.
#[must_use]
pub fn short_form(name: &str) -> &str {
    SHORT_FORMS.iter().find(|(_, full)| *full == name).map_or(name, |(short, _)| short)
}

/// A name without marks: words and signs stay, letters become ASCII.
#[must_use]
pub fn without_marks(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii() || !c.is_alphabetic() {
            out.push(c);
            continue;
        }
        let from = out.len();
        push_ascii(&mut out, c.encode_utf8(&mut [0; 4]));
        if c.is_uppercase() && out.len() > from {
            let upper = out[from..from + 1].to_ascii_uppercase();
            out.replace_range(from..from + 1, &upper);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_changes_a_name_but_not_its_first_letter() {
        for index in 0..2_000 {
            let mut name = "Elena".to_owned();
            typo(&mut name, &mut Random::of(1, 1, index));
            assert!(name.starts_with('E') && name != "Elena", "{name}");
        }
    }

    #[test]
    fn marks_go_and_letters_stay() {
        assert_eq!(without_marks("Ángel O’Neill-Groß"), "Angel O’Neill-Gross");
    }
}
