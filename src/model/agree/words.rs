//! Names as words, and how far apart two words are.

/// Titles and the like, which are no part of a name.
const TITLES: [&str; 20] = [
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "herr", "frau", "sra", "sr", "mme", "mlle", "jr", "ii",
    "iii", "esq", "phd", "dipl",
];

/// The words of a name: split at everything but letters and digits, apostrophes removed, titles left out (unless there
/// is nothing else).
pub(super) fn words(name: &str) -> Vec<String> {
    let joined: String = name.chars().filter(|c| !matches!(c, '\'' | '’' | '`')).collect();
    let mut all: Vec<String> =
        joined.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if all.iter().any(|word| !TITLES.contains(&word.as_str())) {
        all.retain(|word| !TITLES.contains(&word.as_str()));
    }
    all
}

/// Whether a name is one plain word, so that [`words`] would give just it.
pub(super) fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()) && !TITLES.contains(&name)
}

/// Edits between two words: inserted, deleted and changed letters, and swapped neighbors (optimal string alignment).
pub(super) fn distance(a: &str, b: &str) -> usize {
    if a.is_ascii() && b.is_ascii() {
        return rapidfuzz::distance::osa::distance(a.bytes(), b.bytes());
    }
    rapidfuzz::distance::osa::distance(a.chars(), b.chars())
}

/// Whether one word may be the other mistyped: one edit from four letters on, two from eight; a different first letter
/// only by swapping, or from six letters on.
pub(super) fn is_slip(a: &str, b: &str) -> bool {
    let shorter = a.len().min(b.len());
    let allowed = match shorter {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    if a.len().abs_diff(b.len()) > allowed || distance(a, b) > allowed {
        return false;
    }
    let (x, y) = (a.as_bytes(), b.as_bytes());
    x[0] == y[0] || x[0] == y[1] && x[1] == y[0] || shorter >= 6
}
