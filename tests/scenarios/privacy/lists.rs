//! Lists of audiences: erased like tables, and never for more readers than they may have.

use std::fs;

use super::{CONFIG, SHOP, TILL, ads, found, hers, succeed};
use crate::harness::{Scratch, files};

/// A list in every format, for both kinds of addresses.
fn with_lists() -> Scratch {
    let formats = ["csv", "google_customer_match", "meta_custom_audience", "klaviyo", "mailchimp", "brevo", "sms"];
    let mut config = CONFIG.to_owned();
    for (format, channel) in formats.into_iter().flat_map(|format| [(format, "email"), (format, "sms")]) {
        if (format, channel) == ("mailchimp", "sms") || (format, channel) == ("sms", "email") {
            continue; // there is no such list
        }
        config.push_str(&format!(
            "[[audience]]\nname = \"{format}_{channel}\"\nchannel = \"{channel}\"\nconsent = \"not_opted_out\"\n\
             format = \"{format}\"\n"
        ));
    }
    Scratch::of(&[
        ("onefold.toml", &config),
        ("exports/shop.csv", SHOP),
        ("exports/till.csv", TILL),
        ("exports/ads.csv", &ads()),
    ])
}

#[test]
fn whoever_is_erased_is_on_no_list_any_more_and_others_stay() {
    let scratch = with_lists();
    scratch.run();
    let lists = scratch.path().join("out/runs/000001/audiences");
    let lines = || {
        let lines = |path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
        files(&lists).into_iter().map(|path| (path.clone(), lines(path))).collect::<Vec<_>>()
    };
    let before = lines();
    assert_eq!(before.len(), 12);
    let needles = hers(&scratch);
    assert!(!found(&lists, &needles).is_empty(), "she is on lists at first");
    succeed(&scratch, &["forget", "--email", "ana.quintela@mail.example"]);
    assert_eq!(found(&scratch.path().join("out"), &needles), Vec::<String>::new());
    for ((path, was), (same, is)) in before.iter().zip(lines()) {
        assert_eq!(*path, same);
        assert_eq!(was.len(), is.len() + 1, "{}: her line and no other one went", path.display());
        assert!(is.iter().all(|line| was.contains(line)), "{}: {is:?}", path.display());
    }
    let verified = succeed(&scratch, &["verify"]);
    assert!(verified.contains("audiences/brevo_email.csv"), "{verified}");
    let head = succeed(&scratch, &["head", "audiences/brevo_email", "--format", "json"]);
    assert!(head.contains(r#"{"EMAIL":"bo@mail.example","FIRSTNAME":"Bo","LASTNAME":"Lund"}"#), "{head}");
}

#[test]
fn a_list_that_no_run_wrote_is_found() {
    let scratch = with_lists();
    scratch.run();
    scratch.write("out/current/audiences/mine.csv", b"a\n");
    scratch.write("out/current/audiences/sms_sms.csv", b"phone\n");
    let output = scratch.onefold(&["verify"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("audiences/mine.csv: no run wrote it"), "{told}");
    assert!(told.contains("audiences/sms_sms.csv: 6 bytes"), "{told}");
}

#[cfg(unix)]
#[test]
fn where_tables_have_pseudonyms_lists_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    let scratch = with_lists();
    let config = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    let config = config.replace("[output]\n", "[output]\nreaders = \"group\"\n");
    scratch.write("onefold.toml", config.as_bytes());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let current = scratch.path().join("out/current");
    for (arguments, folder, list) in [(&[][..], 0o750, 0o640), (&["--pseudonymize"], 0o700, 0o600)] {
        let published = scratch.run_with(arguments);
        let text = String::from_utf8(published.bytes("audiences/sms_sms.csv")).unwrap();
        assert!(text.contains("+16175550199"), "a platform knows people by nothing else: {text}");
        assert_eq!(mode(&current), 0o750);
        assert_eq!(mode(&current.join("audiences")), folder, "{arguments:?}");
        for path in files(&current.join("audiences")) {
            assert_eq!(mode(&path), list, "{arguments:?}: {}", path.display());
        }
        assert_eq!(mode(&current.join("audiences.csv")), 0o640, "the table has no addresses");
        succeed(&scratch, &["verify"]);
    }
    succeed(&scratch, &["forget", "--email", "ana.quintela@mail.example"]);
    assert_eq!(mode(&current.join("audiences")), 0o700);
    assert_eq!(mode(&current.join("audiences/sms_sms.csv")), 0o600, "a list that is written anew keeps its readers");
}
