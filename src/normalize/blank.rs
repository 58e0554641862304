//! What is no value at all: white space, invisible characters, and the words that systems write for "nothing".
//!
//! | kinds | null words (any case) |
//! |---|---|
//! | all | `-` `--` `---` `–` `—` `.` `..` `...` `?` `??` `???` `*` `/` `_` `\N` `n/a` `#n/a` `n.a.` `n.a` `<na>` `(null)` `<null>` `[null]` `(none)` `<none>` `(blank)` `(empty)` `(not set)` `<not set>` `not set` `(not provided)` `not provided` `not available` `not applicable` `undefined` `#null!` `#value!` `#ref!` `#name?` `#div/0!` `#num!` `""` `''` `[]` `{}` |
//! | all but `name` | `null` `nil` `none` `nan`: Null, Nan and None are surnames |
//! | all but `name` and `country` | `na`: Na is a surname, and NA is Namibia |
//! | `date` and `time` | `nat`, which pandas writes |

use crate::model::Kind;

/// The cell without surrounding white space and invisible characters; `None` where nothing or a null word is left.
#[must_use]
pub fn value(raw: &str, kind: Kind) -> Option<&str> {
    let text = trim(raw);
    if text.is_empty() || is_null_word(text, kind) { None } else { Some(text) }
}

/// Without surrounding white space (Unicode), control and invisible characters.
#[must_use]
pub fn trim(raw: &str) -> &str {
    match (raw.as_bytes().first(), raw.as_bytes().last()) {
        (Some(first), Some(last)) if first.is_ascii_graphic() && last.is_ascii_graphic() => raw,
        _ => raw.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c)),
    }
}

/// Characters that show nothing and that no person typed on purpose: soft hyphen, zero-width space and joiners,
/// byte-order mark, direction marks.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a trimmed text is one of the words for "nothing".
#[must_use]
pub fn is_null_word(text: &str, kind: Kind) -> bool {
    const LONGEST: usize = 14;
    let bytes = text.as_bytes();
    if bytes.len() > LONGEST || !may_begin(bytes[0]) {
        return false;
    }
    let mut lower = [0u8; LONGEST];
    let lower = &mut lower[..bytes.len()];
    lower.copy_from_slice(bytes);
    lower.make_ascii_lowercase();
    match &*lower {
        b"null" | b"nil" | b"none" | b"nan" => kind != Kind::Name,
        b"na" => !matches!(kind, Kind::Name | Kind::Country),
        b"nat" => matches!(kind, Kind::Date | Kind::Time),
        b"-" | b"--" | b"---" | b"." | b".." | b"..." | b"?" | b"??" | b"???" | b"*" | b"/" | b"_" | b"\\n" => true,
        b"n/a" | b"#n/a" | b"n.a." | b"n.a" | b"<na>" | b"(null)" | b"<null>" | b"[null]" | b"(none)" => true,
        b"<none>" | b"(blank)" | b"(empty)" | b"(not set)" | b"<not set>" | b"not set" | b"(not provided)" => true,
        b"not provided" | b"not available" | b"not applicable" | b"undefined" => true,
        b"#null!" | b"#value!" | b"#ref!" | b"#name?" | b"#div/0!" | b"#num!" => true,
        b"\"\"" | b"''" | b"[]" | b"{}" => true,
        other => matches!(other, [0xe2, 0x80, 0x93 | 0x94]), // en dash, em dash
    }
}

/// Whether a null word may begin with this byte: lets most values pass after one look.
fn may_begin(byte: u8) -> bool {
    matches!(
        byte,
        b'n' | b'N'
            | b'u'
            | b'U'
            | b'-'
            | b'.'
            | b'?'
            | b'*'
            | b'/'
            | b'_'
            | b'\\'
            | b'#'
            | b'('
            | b'<'
            | b'['
            | b'{'
            | b'"'
            | b'\''
            | 0xe2
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_every_sort_are_no_value() {
        for raw in ["", " ", "\t\r\n", "\u{a0}", "\u{200b}", "\u{feff} \u{ad}", "\u{3000}", "\0", "\u{200c}\u{200d}"] {
            assert_eq!(value(raw, Kind::Text), None, "{raw:?}");
            assert_eq!(value(raw, Kind::Name), None, "{raw:?}");
        }
        assert_eq!(value("\u{feff}\u{a0}ana\u{200b} ", Kind::Name), Some("ana"));
    }

    #[test]
    fn null_words_are_no_value_in_any_case() {
        for raw in
            ["null", "NULL", "n/a", "N/A", "#N/A", "None", "NaN", "na", "-", "—", "\\N", "(not set)", "undefined"]
        {
            assert_eq!(value(raw, Kind::Id), None, "{raw:?}");
        }
        assert_eq!(value(" (Not Applicable) ", Kind::Id), Some("(Not Applicable)"), "only whole words are listed");
        assert_eq!(value("nullable", Kind::Id), Some("nullable"));
    }

    #[test]
    fn surnames_that_look_like_null_words_are_kept() {
        for name in ["Null", "Na", "Nan", "None", "Nil"] {
            assert_eq!(value(name, Kind::Name), Some(name));
        }
        assert_eq!(value("(null)", Kind::Name), None);
        assert_eq!(value("n/a", Kind::Name), None);
    }

    #[test]
    fn na_is_namibia_in_a_country_column() {
        assert_eq!(value("NA", Kind::Country), Some("NA"));
        assert_eq!(value("NaT", Kind::Date), None);
        assert_eq!(value("NaT", Kind::Text), Some("NaT"));
    }
}
