//! Countries, as ISO 3166-1 alpha-2.

use std::sync::LazyLock;

use super::country_table::COUNTRIES;
use super::fold;
use crate::model::Unusable;

/// The alpha-2 code of a trimmed code or name, in any case; names without regard to marks, spaces, punctuation, a
/// leading "the", and `&` for "and".
///
/// # Errors
/// `UnknownValue` for anything that the table does not hold.
pub fn parse(raw: &str) -> Result<&'static str, Unusable> {
    if let [first, second] = *raw.as_bytes() {
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        if let Ok(at) = COUNTRIES.binary_search_by(|country| country.alpha2.as_bytes().cmp(&code)) {
            return Ok(COUNTRIES[at].alpha2);
        }
    }
    let name = key(raw);
    let at = NAMES.binary_search_by(|(known, _)| known.as_str().cmp(&name)).map_err(|_| Unusable::UnknownValue)?;
    Ok(NAMES[at].1)
}

/// Alpha-3 codes and names as [`key`]s, sorted.
static NAMES: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let mut names = Vec::new();
    for country in COUNTRIES {
        names.push((key(country.alpha3), country.alpha2));
        names.extend(country.names.iter().map(|name| (key(name), country.alpha2)));
    }
    names.sort_unstable();
    names.dedup();
    names
});

/// Letters only, in lower case: ASCII ones for names in Latin script. Others stay in their script: Egypt's `مصر` in
/// ASCII letters would be Montserrat's `MSR`.
fn key(name: &str) -> String {
    let name = name.replace('&', " and ");
    let name = match name.get(..4) {
        Some(the) if the.eq_ignore_ascii_case("the ") => &name[4..],
        _ => &name,
    };
    let is_latin = |c: char| matches!(c, '\0'..='\u{2ff}' | '\u{1e00}'..='\u{1eff}') || !c.is_alphabetic();
    let letters = if name.chars().all(is_latin) {
        any_ascii::any_ascii(name).to_ascii_lowercase()
    } else {
        let mut lower = String::new();
        fold::lower(name, &mut lower);
        lower
    };
    letters.chars().filter(|c| c.is_alphabetic()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_give_the_alpha_2_code() {
        for (raw, expected) in [
            ("US", "US"),
            ("us", "US"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("United States", "US"),
            ("the united states of america", "US"),
            ("UK", "GB"),
            ("EL", "GR"),
            ("England", "GB"),
            ("Deutschland", "DE"),
            ("ALLEMAGNE", "DE"),
            ("Côte d’Ivoire", "CI"),
            ("Cote d'Ivoire", "CI"),
            ("Trinidad & Tobago", "TT"),
            ("Korea, Republic of", "KR"),
            ("日本", "JP"),
            ("Россия", "RU"),
            ("Österreich", "AT"),
            ("NA", "NA"),
            ("XK", "XK"),
            ("Türkiye", "TR"),
            ("مصر", "EG"),
            ("عمان", "OM"),
            ("MSR", "MS"),
            ("ไทย", "TH"),
            ("Oʻzbekiston", "UZ"),
            ("O'zbekiston", "UZ"),
            ("ΕΛΛΆΣ", "GR"),
        ] {
            assert_eq!(parse(raw), Ok(expected), "{raw}");
        }
        for raw in ["", "Z", "ZZ", "Atlantis", "123", "U", "The ", "Man"] {
            assert_eq!(parse(raw), Err(Unusable::UnknownValue), "{raw}");
        }
    }

    #[test]
    fn the_table_is_whole_and_no_name_means_two_countries() {
        assert_eq!(COUNTRIES.len(), 250);
        assert!(COUNTRIES.is_sorted_by(|a, b| a.alpha2 < b.alpha2), "binary search needs the order");
        assert!(COUNTRIES.iter().all(|c| c.alpha2.len() == 2 && c.alpha3.len() == 3 && !c.names.is_empty()));
        for pair in NAMES.windows(2) {
            assert_ne!(pair[0].0, pair[1].0, "{} and {}", pair[0].1, pair[1].1);
        }
        assert!(!NAMES[0].0.is_empty());
    }
}
