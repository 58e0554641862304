//! Whether two compare keys can be said of one person: what the guard calls a conflict, and how linking counts people.
//!
//! Pure functions of two texts. A blank never gets here: it contradicts nothing.

mod given;
mod known;
mod words;

use super::{Field, Kind};
use words::{is_slip, is_word, words};

/// How the values of a compare field are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Given names: initials, pet forms, spellings, second names and small slips agree.
    Given,
    /// Family names: one name of a double name and small slips agree.
    Family,
    /// Whole names: the given names decide, in either order of writing.
    Full,
    /// Dates: a swapped day and month and one wrong digit agree.
    Date,
    /// Anything else: equal or not.
    Exact,
}

impl Comparison {
    /// The comparison of a field, by its kind and name.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        let name = field.name.as_str();
        match field.kind {
            Kind::Date => Self::Date,
            Kind::Name if name == "name" || name.contains("full") || name.contains("display") => Self::Full,
            Kind::Name if ["last", "family", "surname"].iter().any(|part| name.contains(part)) => Self::Family,
            Kind::Name => Self::Given,
            _ => Self::Exact,
        }
    }

    /// Whether two compare keys (lower case, no marks; dates as `YYYY-MM-DD`) can be said of one person. Symmetric.
    #[must_use]
    pub fn agree(self, left: &str, right: &str) -> bool {
        if left == right {
            return true;
        }
        match self {
            Self::Given if is_word(left) && is_word(right) => given::words_agree(left, right),
            Self::Given => given::agree(&words(left), &words(right)),
            Self::Family => family_agree(&words(left), &words(right)),
            Self::Full => full_agree(left, right),
            Self::Date => dates_agree(left, right),
            Self::Exact => false,
        }
    }

    /// Whether `short` says less of the same name than `long`: an initial, a pet or short form, a part of the words.
    #[must_use]
    pub fn is_short_for(self, short: &str, long: &str) -> bool {
        if short.len() >= long.len() || matches!(self, Self::Date | Self::Exact) || !self.agree(short, long) {
            return false;
        }
        if self == Self::Given && is_word(short) && is_word(long) {
            return short.len() == 1 || given::is_short_or_pet_form(short, long);
        }
        let (short, long) = (words(short), words(long));
        let mut pairs = short.iter().zip(&long);
        match short.len().cmp(&long.len()) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => pairs
                .any(|(a, b)| a.len() == 1 && b.len() > 1 || self == Self::Given && given::is_short_or_pet_form(a, b)),
            std::cmp::Ordering::Greater => false,
        }
    }

    /// Whether two compare keys may be one name badly written: looser than [`agree`](Self::agree) with slips, because
    /// one person's thousand receipts hold many, and a value that many people share has names far apart. For counting
    /// people, not for telling two of them apart. Symmetric.
    #[must_use]
    pub fn alike(self, left: &str, right: &str) -> bool {
        if self.agree(left, right) {
            return true;
        }
        match self {
            Self::Given => any_pair(&words(left), &words(right), alike_words),
            Self::Family => any_pair(&words(left), &words(right), alike_words),
            Self::Full => {
                let (left, right) = (words(left), words(right));
                matches!((left.last(), right.last()), (Some(a), Some(b)) if alike_words(a, b))
            }
            Self::Date | Self::Exact => false,
        }
    }
}

/// One word of either side agreeing is enough (`garcia lopez`, `garcia`), and so is the whole written together.
fn family_agree(left: &[String], right: &[String]) -> bool {
    fn pair(a: &str, b: &str) -> bool {
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        short.len() == 1 && long.starts_with(short)
            || a == b
            || is_slip(a, b)
            || long.strip_prefix(short).is_some_and(|rest| short.len() >= 3 && ["a", "ova", "owa"].contains(&rest))
    }
    any_pair(left, right, pair) || left.concat() == right.concat()
}

fn any_pair(left: &[String], right: &[String], pair: fn(&str, &str) -> bool) -> bool {
    left.iter().any(|a| right.iter().any(|b| pair(a, b)))
}

fn alike_words(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let allowed = match short.len() {
        0..3 => 0,
        3..5 => 1,
        5..9 => 2,
        _ => 3,
    };
    long.starts_with(short) && (short.len() >= 3 || short.len() == 1) || words::distance(a, b) <= allowed
}

/// `smith, john` and `john smith` alike: the given names agree, or every word of the shorter one has its like.
fn full_agree(left: &str, right: &str) -> bool {
    let (left_given, left) = given_first(left);
    let (right_given, right) = given_first(right);
    if left.is_empty() || right.is_empty() {
        return true;
    }
    if left.len() == 1 || right.len() == 1 {
        return any_pair(&left, &right, given::words_agree);
    }
    given::words_agree(&left_given, &right_given) || given::agree(&left, &right)
}

/// The given name (the first word, or the first behind a comma) and all words.
fn given_first(name: &str) -> (String, Vec<String>) {
    let all = words(name);
    let given = name.split_once(',').and_then(|(_, behind)| words(behind).into_iter().next());
    (given.or_else(|| all.first().cloned()).unwrap_or_default(), all)
}

fn dates_agree(left: &str, right: &str) -> bool {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).take(8).collect::<Vec<u8>>();
    let (left, right) = (digits(left), digits(right));
    if left.len() != 8 || right.len() != 8 {
        return false;
    }
    let wrong = left.iter().zip(&right).filter(|(a, b)| a != b).count();
    wrong <= 1 || left[..4] == right[..4] && left[4..6] == right[6..] && left[6..] == right[4..6]
}

#[cfg(test)]
mod tests {
    use super::Comparison::{self, Date, Exact, Family, Full, Given};

    fn check(how: Comparison, agree: &[(&str, &str)], differ: &[(&str, &str)]) {
        for (a, b) in agree {
            assert!(how.agree(a, b) && how.agree(b, a), "{a} and {b} should agree");
            assert!(how.alike(a, b) && how.alike(b, a), "{a} and {b} should be alike");
        }
        for (a, b) in differ {
            assert!(!how.agree(a, b) && !how.agree(b, a), "{a} and {b} should differ");
        }
    }

    #[test]
    fn initials_and_second_names_agree() {
        check(
            Given,
            &[("j", "john"), ("j.", "jane"), ("anna maria", "anna"), ("anna-maria", "maria"), ("j p", "john paul")],
            &[("j", "mary"), ("anna maria", "peter"), ("john paul", "john peter"), ("j", "k")],
        );
    }

    #[test]
    fn titles_hyphens_and_apostrophes_do_not_count() {
        check(Given, &[("jean-luc", "jeanluc"), ("dr. john", "john"), ("d'arcy", "darcy"), ("mr", "mr.")], &[]);
    }

    #[test]
    fn pet_forms_and_spellings_agree() {
        check(
            Given,
            &[
                ("bob", "robert"),
                ("bob", "rob"),
                ("bill", "william"),
                ("sara", "sarah"),
                ("stephen", "steven"),
                ("katherine", "catherine"),
                ("toni", "tony"),
                ("alex", "alexander"),
                ("alex", "alexandra"),
                ("kaitlyn", "caitlin"),
            ],
            &[("alexander", "alexandra"), ("samuel", "samantha"), ("bob", "jim"), ("patrick", "patricia")],
        );
    }

    #[test]
    fn short_forms_say_less_than_the_name() {
        for (short, long) in [("j", "john"), ("pat", "patricia"), ("anna", "anna maria"), ("chris", "christopher")] {
            assert!(Given.is_short_for(short, long) && !Given.is_short_for(long, short), "{short} for {long}");
        }
        assert!(!Given.is_short_for("jhn", "john"), "a slip is not a short form");
        assert!(Full.is_short_for("smith", "john smith") && Full.is_short_for("j smith", "john smith"));
    }

    #[test]
    fn small_slips_agree() {
        check(
            Given,
            &[
                ("jhon", "john"),
                ("michale", "michael"),
                ("jennifr", "jennifer"),
                ("kennifer", "jennifer"),
                ("elisabrth", "elisabeth"),
                ("xhristopher", "christopher"),
                ("christophe r", "christopher"),
            ],
            &[
                ("tom", "tim"),
                ("john", "joan"),
                ("mark", "mary"),
                ("jean", "dean"),
                ("harry", "larry"),
                ("eric", "erin"),
            ],
        );
    }

    #[test]
    fn a_changed_or_added_last_vowel_is_another_name() {
        check(
            Given,
            &[],
            &[
                ("maria", "mario"),
                ("jan", "jana"),
                ("paul", "paula"),
                ("erik", "erika"),
                ("andrea", "andreas"),
                ("stefan", "stefanie"),
                ("gabriel", "gabrielle"),
                ("victor", "victoria"),
                ("miroslav", "miroslava"),
                ("radoslav", "radoslava"),
                ("zdenek", "zdenka"),
            ],
        );
    }

    #[test]
    fn family_names_agree_in_part() {
        check(
            Family,
            &[("garcia lopez", "garcia"), ("smith-jones", "jones"), ("o'brien", "obrien"), ("muller", "mueller")],
            &[("smith", "jones"), ("lee", "lie"), ("garcia", "gomez")],
        );
        assert!(Family.alike("smith", "amith") && Family.alike("johnson", "jonsen"));
        assert!(!Family.alike("smith", "jones") && !Family.alike("miller", "baker"));
    }

    #[test]
    fn whole_names_agree_by_the_given_name_in_either_order() {
        check(
            Full,
            &[
                ("john smith", "j. smith"),
                ("smith, john", "john smith"),
                ("smith john", "john smith"),
                ("mary smith", "mary jones"),
                ("smith", "john smith"),
                ("mary ann smith", "ann smith"),
            ],
            &[("john smith", "mary smith"), ("smith, john", "smith, mary"), ("john smith", "peter miller")],
        );
    }

    #[test]
    fn dates_agree_but_for_one_digit_or_a_swapped_day() {
        check(
            Date,
            &[("1980-02-03", "1980-03-02"), ("1980-02-03", "1981-02-03"), ("19800203", "1980-02-03")],
            &[("1980-02-03", "1991-02-03"), ("1980", "1981")],
        );
        check(Exact, &[("a", "a")], &[("a", "b")]);
    }
}
