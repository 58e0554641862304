//! Addresses as people write them.

use super::*;
use proptest::prelude::*;

fn clean(raw: &str) -> Result<String, Unusable> {
    let mut out = String::new();
    normalize(raw, &mut out).map(|()| out)
}

#[test]
fn addresses_become_their_clean_form() {
    for (raw, expected) in [
        ("ana@example.com", "ana@example.com"),
        ("Ana.Lopez+News@Example.COM", "ana.lopez+news@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("'ana@example.com", "ana@example.com"),
        ("'ana@example.com'", "ana@example.com"),
        ("mailto:Ana@example.com?subject=Hi", "ana@example.com"),
        ("MAILTO:ana@example.com", "ana@example.com"),
        ("Ana Lopez <ana@example.com>", "ana@example.com"),
        ("\"Lopez, Ana\" <Ana@Example.com>;", "ana@example.com"),
        ("<ana@example.com>", "ana@example.com"),
        ("\"ana@example.com\"", "ana@example.com"),
        ("(ana@example.com),", "ana@example.com"),
        ("ana@example.com.", "ana@example.com"),
        ("ana@example.com,", "ana@example.com"),
        ("\"ana\"@example.com", "ana@example.com"),
        ("ana\u{200b}@example.com", "ana@example.com"),
        ("ana%40example.com", "ana@example.com"),
        ("ana＠example.com", "ana@example.com"),
        ("jörg@bücher.de", "jörg@xn--bcher-kva.de"),
        ("JO\u{308}RG@BÜCHER.DE", "jörg@xn--bcher-kva.de"),
        ("ana@例え.jp", "ana@xn--r8jz45g.jp"),
        ("a@b.co", "a@b.co"),
    ] {
        assert_eq!(clean(raw).as_deref(), Ok(expected), "{raw:?}");
    }
}

#[test]
fn what_is_no_address_is_malformed() {
    for raw in [
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "ana(at)example.com",
        "ana@@example.com",
        "a b@example.com",
        "ana@exa mple.com",
        "ana@example..com",
        ".ana@example.com",
        "ana.@example.com",
        "a..b@example.com",
        "ana@-example.com",
        "ana@example.123",
        "ana@127.0.0.1",
        "ana@example.c",
        "ana@ex_ample.com",
        "ana@example.com, bea@example.com",
        "ana@example.com;bea@example.com",
        "ana@example.com bea@example.com",
        "\"a b\"@example.com",
        "Ana <ana@example.com",
        "@",
        "<>",
        "<@>",
        "mailto:",
        "'",
        "%40",
    ] {
        assert_eq!(clean(raw), Err(Unusable::Malformed), "{raw:?}");
    }
    assert_eq!(clean(&format!("{}ß@example.com", "a".repeat(64))), Err(Unusable::TooLong));
}

#[test]
fn folding_is_per_domain_and_only_for_the_key() {
    let folding = Folding::new(&["Gmail.com".into()], &["gmail.com".into(), "bücher.de".into()]).expect("folds");
    let mut out = String::new();
    assert_eq!(folding.key("a.n.a+news@gmail.com", &mut out), "ana@gmail.com");
    assert_eq!(folding.key("ana@gmail.com", &mut out), "ana@gmail.com");
    assert_eq!(folding.key("a.n.a+news@example.com", &mut out), "a.n.a+news@example.com");
    assert_eq!(folding.key("a.na+x@xn--bcher-kva.de", &mut out), "a.na@xn--bcher-kva.de");
    assert_eq!(folding.key("+x@gmail.com", &mut out), "+x@gmail.com");
    assert_eq!(Folding::new(&[], &[]), None);
    let all = Folding::new(&[], &["*".into()]).expect("folds");
    assert_eq!(all.key("ana+x@example.com", &mut out), "ana@example.com");
}

proptest! {
    #[test]
    fn case_and_wrapping_do_not_matter(local in "[a-z0-9_]{1,8}([.+][a-z0-9]{1,5})?", domain in "[a-z]{2,8}\\.(com|de|co\\.uk)") {
        let plain = format!("{local}@{domain}");
        prop_assert_eq!(clean(&plain), Ok(plain.clone()));
        prop_assert_eq!(clean(&plain.to_uppercase()), Ok(plain.clone()));
        prop_assert_eq!(clean(&format!("Some One <{plain}>")), Ok(plain.clone()));
        prop_assert_eq!(clean(&format!("mailto:{plain}.")), Ok(plain.clone()));
    }

    #[test]
    fn normalizing_twice_is_normalizing_once(raw in "(\\PC{0,6}|[a-zA-Z.+'\"<>]{0,8})@?(\\PC{0,4}|[a-z.]{0,8})(\\.com)?[.,;>'\"]?") {
        if let Ok(once) = clean(&raw) {
            prop_assert_eq!(clean(&once), Ok(once));
        }
    }

    #[test]
    fn the_fast_way_agrees_with_the_long_one(raw in "[a-zA-Z0-9.+_'-]{1,10}@[a-zA-Z0-9.-]{1,10}\\.[a-z0-9]{1,3}") {
        let mut out = String::new();
        let long = unwrap(&raw, &mut out).map(|()| out);
        if is_plain(raw.as_bytes()) {
            prop_assert_eq!(long, Ok(raw.to_ascii_lowercase()));
        }
    }
}
