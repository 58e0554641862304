//! Yes or no.

use crate::model::Unusable;

/// Reads a trimmed yes or no, in any case; English words, and French, German, Italian, Spanish and Portuguese ones.
///
/// # Errors
/// `UnknownValue` for anything else.
pub fn parse(raw: &str) -> Result<bool, Unusable> {
    const LONGEST: usize = 5;
    let raw = raw.strip_suffix(".0").unwrap_or(raw);
    if raw.len() > LONGEST {
        return Err(Unusable::UnknownValue);
    }
    let mut lower = [0u8; LONGEST];
    let lower = &mut lower[..raw.len()];
    lower.copy_from_slice(raw.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"true" | b"1" | b"yes" | b"y" | b"t" | b"on" | b"x" | b"oui" | b"vrai" | b"ja" | b"wahr" | b"si" | b"sim" => {
            Ok(true)
        }
        other if other == "sí".as_bytes() || other == "sÍ".as_bytes() || other == "sì".as_bytes() => Ok(true),
        b"false" | b"0" | b"no" | b"n" | b"f" | b"off" | b"non" | b"faux" | b"nein" => Ok(false),
        other if other == "não".as_bytes() || other == "nÃo".as_bytes() => Ok(false),
        _ => Err(Unusable::UnknownValue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_read_in_any_case() {
        for raw in ["true", "TRUE", "1", "1.0", "Yes", "y", "T", "on", "x", "X", "oui", "Ja", "sí", "SÍ", "si"] {
            assert_eq!(parse(raw), Ok(true), "{raw}");
        }
        for raw in ["false", "False", "0", "0.0", "no", "N", "f", "OFF", "non", "nein", "não", "NÃO"] {
            assert_eq!(parse(raw), Ok(false), "{raw}");
        }
        for raw in ["maybe", "2", "subscribed", "yess", "", "é"] {
            assert_eq!(parse(raw), Err(Unusable::UnknownValue), "{raw}");
        }
    }
}
