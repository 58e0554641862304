//! Any other text: trimmed, otherwise as it came.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Appends a trimmed text to an empty `out`, in Unicode form C.
pub fn normalize(raw: &str, out: &mut String) {
    if raw.is_ascii() || is_nfc(raw) { out.push_str(raw) } else { out.extend(raw.nfc()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_composed_and_otherwise_untouched() {
        let mut out = String::new();
        normalize("12  Main St.\nApt. 4 Cafe\u{301}", &mut out);
        assert_eq!(out, "12  Main St.\nApt. 4 Café");
    }
}
