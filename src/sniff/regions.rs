//! In which country national phone numbers are written.

use super::columns::{Guess, Role};
use super::group::Group;
use crate::ingest::LookColumn;
use crate::normalize::nanp::Nanp;
use crate::normalize::{country, phone};

/// Countries that are tried, in the order in which ties are broken: those whose numbers fit few other countries first.
const REGIONS: [&str; 24] = [
    "US", "GB", "FR", "DE", "AU", "CA", "ES", "IT", "NL", "BE", "CH", "AT", "SE", "NO", "DK", "FI", "PL", "PT", "IE",
    "NZ", "BR", "MX", "IN", "JP",
];

/// The country of national phone numbers, with the share of them that it reads.
pub fn region(groups: &[Group], kept: &[usize]) -> Option<(&'static str, f64)> {
    let columns = |role: fn(&Role) -> bool| {
        let all = kept.iter().flat_map(|number| groups[*number].guesses.iter().zip(&groups[*number].look.columns));
        let fits = move |pair: &(&Guess, &LookColumn)| role(&pair.0.role);
        all.filter(fits)
            .flat_map(|(_, column)| &column.values)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    };
    let numbers: Vec<&str> = columns(|role| *role == Role::Phone).collect();
    let mut countries: Vec<&str> =
        columns(|role| *role == Role::Field("country")).filter_map(|value| country::parse(value).ok()).collect();
    countries.sort_unstable();
    let most = countries.chunk_by(|one, other| one == other).max_by_key(|run| run.len()).map(|run| run[0]);
    guess(&numbers, most)
}

/// The region that reads most national numbers, with the share that it reads, if that is at least half; `hint` is a
/// country that the data names, which wins where it reads nearly as many.
#[must_use]
pub fn guess(numbers: &[&str], hint: Option<&str>) -> Option<(&'static str, f64)> {
    let national: Vec<&str> = numbers.iter().copied().filter(|number| !number.starts_with('+')).take(300).collect();
    if national.is_empty() {
        return None;
    }
    let nanp = Nanp::default();
    let share = |region: &str| {
        let region = phone::region(region);
        let reads = |number: &&&str| phone::normalize(number, region, &nanp, &mut String::new()).is_ok();
        national.iter().filter(reads).count() as f64 / national.len() as f64
    };
    let mut best = ("", 0.0);
    for region in REGIONS {
        let share = share(region) + if hint == Some(region) { 0.1 } else { 0.0 };
        if share > best.1 + 1e-9 {
            best = (region, share);
        }
    }
    let (region, share) = best;
    (share >= 0.5).then_some((region, share.min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_that_reads_most_numbers_wins() {
        assert_eq!(guess(&["(617) 555-0142", "212-555-0143"], None).map(|guess| guess.0), Some("US"));
        assert_eq!(guess(&["06 12 34 56 78", "01 42 68 53 00"], None).map(|guess| guess.0), Some("FR"));
        assert_eq!(guess(&["(604) 555-0142"], Some("CA")).map(|guess| guess.0), Some("CA"));
        assert_eq!(guess(&["+16175550142"], None), None);
        assert_eq!(guess(&["12"], None), None);
    }
}
