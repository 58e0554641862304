//! Numbers as people write them.

use super::*;
use proptest::prelude::*;

fn clean(raw: &str, region: Option<Region>) -> Result<String, Unusable> {
    let mut out = String::new();
    normalize(raw, region, &Nanp::default(), &mut out).map(|()| out)
}

#[test]
fn numbers_become_e164() {
    use Region::{AR, BR, DE, FR, GB, IN, IT, MX, SG, US};
    for (raw, region, expected) in [
        ("(415) 555-2671", Some(US), "+14155552671"),
        ("415.555.2671", Some(US), "+14155552671"),
        ("415/555-2671", Some(US), "+14155552671"),
        ("+1 415 555 2671", Some(US), "+14155552671"),
        ("+1 415 555 2671", None, "+14155552671"),
        ("1-415-555-2671", Some(US), "+14155552671"),
        ("4155552671", Some(US), "+14155552671"),
        ("001 415 555 2671", Some(US), "+14155552671"),
        ("001 415 555 2671", Some(DE), "+14155552671"),
        ("011 44 20 7946 0958", Some(US), "+442079460958"),
        ("tel:+1-415-555-2671", Some(US), "+14155552671"),
        ("TEL:415-555-2671", Some(US), "+14155552671"),
        ("whatsapp:+14155552671", None, "+14155552671"),
        ("415-555-2671 x123", Some(US), "+14155552671"),
        ("415-555-2671 ext. 123", Some(US), "+14155552671"),
        ("4155552671.0", Some(US), "+14155552671"),
        ("'+14155552671", Some(US), "+14155552671"),
        ("=\"4155552671\"", Some(US), "+14155552671"),
        ("٤١٥٥٥٥٢٦٧١", Some(US), "+14155552671"),
        ("＋１４１５５５５２６７１", None, "+14155552671"),
        ("1-800-FLOWERS", Some(US), "+18003569377"),
        ("020 7946 0958", Some(GB), "+442079460958"),
        ("+44 (0)20 7946 0958", None, "+442079460958"),
        ("030 901820", Some(DE), "+4930901820"),
        ("0049 30 901820", Some(FR), "+4930901820"),
        ("06 12 34 56 78", Some(FR), "+33612345678"),
        ("33612345678", None, "+33612345678"),
        ("33612345678", Some(US), "+33612345678"),
        ("14155552671", None, "+14155552671"),
        ("14155552671", Some(FR), "+14155552671"),
        ("06 6982 0123", Some(IT), "+390669820123"),
        ("011 15-2345-6789", Some(AR), "+5491123456789"),
        ("(11) 96123-4567", Some(BR), "+5511961234567"),
        ("098765 43210", Some(IN), "+919876543210"),
        ("6123 4567", Some(SG), "+6561234567"),
        ("55 1234 5678", Some(MX), "+525512345678"),
        ("044 55 1234 5678", Some(MX), "+525512345678"),
        ("01 55 1234 5678", Some(MX), "+525512345678"),
        ("+52 1 55 1234 5678", None, "+525512345678"),
        ("5215512345678", None, "+525512345678"),
        ("+800 1234 5678", None, "+80012345678"),
    ] {
        assert_eq!(clean(raw, region).as_deref(), Ok(expected), "{raw:?} in {region:?}");
    }
}

#[test]
fn what_is_no_number_says_why() {
    use Region::{FR, US};
    for (raw, region, reason) in [
        ("555-2671", Some(US), Unusable::InvalidNumber),
        ("415 055 2671", Some(US), Unusable::InvalidNumber),
        ("1234567890", Some(US), Unusable::InvalidNumber),
        ("0000000000", Some(US), Unusable::InvalidNumber),
        ("15555555555", Some(FR), Unusable::InvalidNumber),
        ("15555555555", None, Unusable::InvalidNumber),
        ("+999 123 456 789", None, Unusable::InvalidNumber),
        ("4792345678", None, Unusable::NoRegion),
        ("(415) 555-2671", None, Unusable::NoRegion),
        ("4.15555E+09", Some(US), Unusable::Malformed),
        ("call me", Some(US), Unusable::Malformed),
        ("ana@example.com", Some(US), Unusable::Malformed),
        ("+", Some(US), Unusable::Malformed),
        ("911", Some(US), Unusable::TooShort),
        ("12345", None, Unusable::TooShort),
    ] {
        assert_eq!(clean(raw, region), Err(reason), "{raw:?} in {region:?}");
    }
}

#[test]
fn the_memo_tells_regions_apart() {
    let (mut memo, nanp) = (PhoneMemo::default(), Nanp::default());
    assert_eq!(memo.read("030 901820", Some(Region::DE), &nanp), Ok(4930901820));
    assert_ne!(memo.read("030 901820", Some(Region::FR), &nanp), Ok(4930901820));
    assert_eq!(memo.read("030 901820", None, &nanp), Err(Unusable::NoRegion));
    assert_eq!(memo.read("030 901820", Some(Region::DE), &nanp), Ok(4930901820));
}

#[test]
fn regions_are_known_by_their_codes() {
    assert_eq!(region("US"), Some(Region::US));
    assert_eq!(region("ZZ"), None);
    assert_eq!(region("AQ"), None, "nobody has a number in Antarctica");
}

proptest! {
    #[test]
    fn every_way_of_writing_a_number_gives_the_same(area in 201u32..990, exchange in 200u32..1000, line in 0u32..10_000) {
        let plain = clean(&format!("{area}{exchange}{line:04}"), Some(Region::US));
        for other in [
            format!("({area}) {exchange}-{line:04}"),
            format!("{area}.{exchange}.{line:04}"),
            format!("1-{area}-{exchange}-{line:04}"),
            format!("+1 {area} {exchange} {line:04}"),
            format!("+1{area}{exchange}{line:04} x9"),
            format!("001{area}{exchange}{line:04}"),
            format!("tel:+1-{area}-{exchange}-{line:04}"),
            format!("{area}{exchange}{line:04}.0"),
        ] {
            prop_assert_eq!(clean(&other, Some(Region::US)), plain.clone(), "{}", other);
        }
        if let Ok(once) = plain {
            prop_assert_eq!(clean(&once, None), Ok(once.clone()));
            prop_assert_eq!(clean(&once, Some(Region::FR)), Ok(once));
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(raw in "\\PC{0,20}|[0-9+() x.,;#*-]{0,24}") {
        if let Ok(once) = clean(&raw, Some(Region::DE)) {
            prop_assert_eq!(clean(&once, None), Ok(once));
        }
    }
}
