//! Hold-outs: who of a segment is not contacted, so that what contacting brings can be measured.

use sha2::{Digest, Sha256};

/// Whether a person is held out of a segment of which that share (0 to 1) is.
///
/// The first eight bytes, big-endian, of SHA-256 over `SEGMENT/PERSON_ID` (the id lower case, with hyphens), as a fraction
/// of 2⁶⁴, must lie below the share. So it depends on nothing but the two names: the same people night after night, whatever
/// becomes of the rule; a larger share holds out the same people and more; hold-outs of two segments are independent; and
/// a data team can compute it again in SQL.
#[must_use]
pub fn held_out(segment: &str, share: f64, person_id: u128) -> bool {
    if share <= 0.0 || share >= 1.0 {
        return share >= 1.0;
    }
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let id = uuid::Uuid::from_u128(person_id).as_hyphenated().encode_lower(&mut text).as_bytes();
    let hash = Sha256::new().chain_update(segment).chain_update(b"/").chain_update(id).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    (u64::from_be_bytes(first) as f64) < share * (u64::MAX as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_can_be_computed_again_elsewhere() {
        // printf 'vip/00000000-0000-0000-0000-000000000001' | sha256sum begins with f2c6264ca6bbbef8: 0.9483 of 2^64.
        let id = 1;
        let share = (1..=1000).map(|n| f64::from(n) / 1000.0).find(|share| held_out("vip", *share, id));
        assert_eq!(share, Some(0.949));
    }

    #[test]
    fn about_the_share_is_held_out() {
        let count = (0..20_000u128).filter(|id| held_out("vip", 0.1, *id << 64 | 7)).count();
        assert!((1_850..2_150).contains(&count), "{count}");
        assert!((0..1000).all(|id| held_out("vip", 1.0, id) && !held_out("vip", 0.0, id)));
    }

    proptest! {
        #[test]
        fn a_larger_share_holds_out_the_same_people_and_more(id: u128, a in 0.0..1.0, b in 0.0..1.0) {
            let (small, large) = if a < b { (a, b) } else { (b, a) };
            prop_assert!(!held_out("vip", small, id) || held_out("vip", large, id));
        }
    }
}
