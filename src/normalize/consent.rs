//! What a cell says about consent.

use super::boolean;
use crate::config::{ConsentWord, ConsentWords};
use crate::model::Unusable;

/// What a cell of a source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Something, or nothing at all ([`ConsentWord::Nothing`]).
    Said(ConsentWord),
    /// A value that nobody knows.
    Unknown,
}

use ConsentWord::{Bounce, Complaint, Nothing, OptedIn, OptedOut};

/// Reads a trimmed cell that is not blank.
#[must_use]
pub fn read(words: ConsentWords, raw: &str) -> Reading {
    let said = match words {
        ConsentWords::State => state(raw),
        ConsentWords::OptOut => opt_out(raw),
        ConsentWords::Reason => Some(reason(raw)),
        ConsentWords::Message => Some(message(raw)),
    };
    said.map_or(Reading::Unknown, Reading::Said)
}

/// Checks a stored word: what [`read`] gave, by its name.
///
/// # Errors
/// `UnknownValue` for anything else.
pub fn normalize(raw: &str, out: &mut String) -> Result<(), Unusable> {
    let known = crate::model::Word::of_name(raw).ok_or(Unusable::UnknownValue)?;
    out.push_str(known.name());
    Ok(())
}

/// Longest word that is looked up, in bytes.
const LONGEST: usize = 32;

/// In lower case, `_` for anything that parts words; `None` = longer than any word that is known.
fn folded(raw: &str, room: &mut [u8; LONGEST]) -> Option<usize> {
    let mut length = 0;
    for byte in raw.trim().bytes() {
        let byte = match byte {
            b' ' | b'-' | b'.' | b'\t' => b'_',
            byte => byte.to_ascii_lowercase(),
        };
        *room.get_mut(length)? = byte;
        length += 1;
    }
    Some(length)
}

fn state(raw: &str) -> Option<ConsentWord> {
    let mut room = [0; LONGEST];
    let length = folded(raw, &mut room)?;
    match &room[..length] {
        b"subscribed" | b"opted_in" | b"opt_in" | b"optin" | b"optedin" | b"double_opt_in" | b"single_opt_in"
        | b"confirmed_opt_in" | b"confirmed" | b"granted" | b"consented" | b"accepted" | b"allowed"
        | b"resubscribed" | b"active" => Some(OptedIn),
        b"unsubscribed"
        | b"opted_out"
        | b"opt_out"
        | b"optout"
        | b"optedout"
        | b"denied"
        | b"refused"
        | b"revoked"
        | b"withdrawn"
        | b"declined"
        | b"rejected"
        | b"blocklisted"
        | b"blacklisted"
        | b"blocked"
        | b"suppressed"
        | b"user_suppressed"
        | b"global_unsubscribe"
        | b"do_not_contact"
        | b"forgotten" => Some(OptedOut),
        b"never_subscribed"
        | b"not_subscribed"
        | b"non_subscribed"
        | b"nonsubscribed"
        | b"pending"
        | b"pending_confirmation"
        | b"unconfirmed"
        | b"not_confirmed"
        | b"unknown"
        | b"transactional"
        | b"soft_bounce"
        | b"soft_bounced"
        | b"archived"
        | b"inactive"
        | b"not_asked" => Some(Nothing),
        word => of_address(word).or_else(|| match boolean::parse(raw.trim()) {
            Ok(true) => Some(OptedIn),
            Ok(false) => Some(OptedOut),
            Err(_) => None,
        }),
    }
}

/// Bounces and complaints.
fn of_address(word: &[u8]) -> Option<ConsentWord> {
    match word {
        b"cleaned" | b"bounced" | b"bounce" | b"hard_bounce" | b"hard_bounced" | b"hardbounce" | b"invalid"
        | b"invalid_email" | b"undeliverable" => Some(Bounce),
        b"spam_complaint" | b"complained" | b"complaint" | b"spam" | b"marked_as_spam" | b"spam_report" | b"abuse"
        | b"reported_spam" => Some(Complaint),
        _ => None,
    }
}

fn opt_out(raw: &str) -> Option<ConsentWord> {
    match boolean::parse(raw.trim()) {
        Ok(true) => Some(OptedOut),
        Ok(false) => Some(Nothing),
        // A word for a state says itself whether somebody is out; that somebody is in, this column cannot say.
        Err(_) => state(raw).map(|word| if word == OptedIn { Nothing } else { word }),
    }
}

/// Of several reasons the one that weighs most: what the person said before what an address did.
fn reason(raw: &str) -> ConsentWord {
    if boolean::parse(raw.trim()) == Ok(false) {
        return Nothing;
    }
    let mut weighs = Nothing;
    let parts = raw.split([',', ';', '|']).map(|part| part.trim_matches([' ', '[', ']', '"', '\'', '{', '}']));
    for part in parts.filter(|part| !part.is_empty()) {
        let mut room = [0; LONGEST];
        let known = folded(part, &mut room).and_then(|length| of_address(&room[..length]));
        let word = known.unwrap_or(OptedOut);
        if word.strictness() > weighs.strictness() {
            weighs = word;
        }
    }
    weighs
}

/// The words by which people leave and come back by SMS, as Twilio and carriers know them, and those by which they leave
/// that the United States' rules of 2025 name. Only as the whole message: "stop by at noon" is none.
fn message(raw: &str) -> ConsentWord {
    let text = raw.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    let mut room = [0; LONGEST];
    let Some(length) = folded(text, &mut room) else { return Nothing };
    match &room[..length] {
        b"stop" | b"stopall" | b"stop_all" | b"unsubscribe" | b"cancel" | b"end" | b"quit" | b"revoke" | b"optout"
        | b"opt_out" | b"please_stop" | b"stop_please" | b"stop_texting_me" | b"remove_me" | b"arret" => OptedOut,
        b"start" | b"unstop" | b"yes" => OptedIn,
        other if other == "arrêt".as_bytes() || other == "arrÊt".as_bytes() => OptedOut,
        _ => Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: ConsentWords, raw: &str) -> Option<ConsentWord> {
        match read(words, raw) {
            Reading::Said(word) => Some(word),
            Reading::Unknown => None,
        }
    }

    #[test]
    fn states_are_read_as_vendors_write_them() {
        for (raw, word) in [
            ("SUBSCRIBED", OptedIn),
            ("subscribed", OptedIn),
            ("yes", OptedIn),
            ("TRUE", OptedIn),
            ("Opt-In", OptedIn),
            ("UNSUBSCRIBED", OptedOut),
            ("opted out", OptedOut),
            ("no", OptedOut),
            ("0", OptedOut),
            ("NEVER_SUBSCRIBED", Nothing),
            ("pending", Nothing),
            ("cleaned", Bounce),
            ("HARD_BOUNCE", Bounce),
            ("SPAM_COMPLAINT", Complaint),
        ] {
            assert_eq!(said(ConsentWords::State, raw), Some(word), "{raw}");
        }
    }

    #[test]
    fn a_word_that_nobody_knows_says_nothing_and_is_told() {
        for raw in ["maybe", "2", "ana@example.com", "subscribed to the newsletter of the other shop", "ein"] {
            assert_eq!(said(ConsentWords::State, raw), None, "{raw}");
        }
        assert_eq!(said(ConsentWords::OptOut, "perhaps"), None);
    }

    #[test]
    fn that_somebody_did_not_opt_out_is_no_opt_in() {
        for raw in ["false", "0", "No", "subscribed"] {
            assert_eq!(said(ConsentWords::OptOut, raw), Some(Nothing), "{raw}");
        }
        for raw in ["true", "1", "Yes", "unsubscribed"] {
            assert_eq!(said(ConsentWords::OptOut, raw), Some(OptedOut), "{raw}");
        }
    }

    #[test]
    fn any_reason_is_an_opt_out_and_the_weightiest_counts() {
        for (raw, word) in [
            ("[\"HARD_BOUNCE\"]", Bounce),
            ("[\"HARD_BOUNCE\", \"UNSUBSCRIBED\"]", OptedOut),
            ("UNSUBSCRIBED;SPAM_COMPLAINT", Complaint),
            ("moved to another list", OptedOut),
            ("false", Nothing),
            ("[]", Nothing),
        ] {
            assert_eq!(said(ConsentWords::Reason, raw), Some(word), "{raw}");
        }
    }

    #[test]
    fn people_leave_by_one_word_and_come_back_by_one() {
        for raw in
            ["STOP", "stop", " Stop. ", "STOPALL", "Unsubscribe", "CANCEL", "END", "QUIT", "Please stop!", "opt-out"]
        {
            assert_eq!(said(ConsentWords::Message, raw), Some(OptedOut), "{raw}");
        }
        for raw in ["START", "unstop", "Yes!"] {
            assert_eq!(said(ConsentWords::Message, raw), Some(OptedIn), "{raw}");
        }
        for raw in ["Stop by at noon?", "cancel my order", "yes please", "", "I never said STOP"] {
            assert_eq!(said(ConsentWords::Message, raw), Some(Nothing), "{raw}");
        }
    }

    #[test]
    fn what_is_stored_is_one_of_four_words() {
        let mut out = String::new();
        assert_eq!(normalize("opted_out", &mut out), Ok(()));
        assert_eq!(out, "opted_out");
        assert_eq!(normalize("subscribed?", &mut out), Err(Unusable::UnknownValue));
    }
}
