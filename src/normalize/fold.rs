//! Lower case and Unicode form, specified here and not left to a library's default.
//!
//! [`lower`]: Unicode form C; then every character on its own to its lower case, without regard to its neighbors, with
//! these rules:
//!
//! - `Σ`, `σ` and final `ς` all become `σ`: the same word in capitals has only one sigma.
//! - `İ` (Turkish dotted capital I) becomes `i`, and the combining dot above that other software leaves behind an `i`
//!   is dropped. `ı` (dotless) stays what it is.
//! - `ß` stays `ß`, and capital `ẞ` becomes `ß`; neither becomes `ss`, which is a different name.
//! - Combining marks stay, composed with their letter where Unicode has a composed one.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Appends the text in lower case.
pub fn lower(text: &str, out: &mut String) {
    let start = out.len();
    if text.is_ascii() {
        out.push_str(text);
        out[start..].make_ascii_lowercase();
        return;
    }
    for c in text.nfc() {
        match c {
            'Σ' | 'ς' => out.push('σ'),
            'İ' => out.push('i'),
            '\u{307}' if out[start..].ends_with('i') => {}
            _ => out.extend(c.to_lowercase()),
        }
    }
    if !is_nfc(&out[start..]) {
        let composed: String = out[start..].nfc().collect();
        out.truncate(start);
        out.push_str(&composed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lowered(text: &str) -> String {
        let mut out = String::new();
        lower(text, &mut out);
        out
    }

    #[test]
    fn lower_case_is_as_specified() {
        for (text, expected) in [
            ("ANA", "ana"),
            ("ΟΔΥΣΣΕΑΣ", "οδυσσεασ"),
            ("Οδυσσέας", "οδυσσέασ"),
            ("İpek", "ipek"),
            ("i\u{307}pek", "ipek"),
            ("I\u{307}pek", "ipek"),
            ("Ilgın", "ilgın"),
            ("STRAẞE", "straße"),
            ("Straße", "straße"),
            ("JOSE\u{301}", "josé"),
            ("José", "josé"),
            ("ÅNGSTRÖM", "ångström"),
        ] {
            assert_eq!(lowered(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn lowering_twice_is_lowering_once(text in "\\PC{0,12}") {
            let once = lowered(&text);
            prop_assert_eq!(lowered(&once), once);
        }
    }
}
