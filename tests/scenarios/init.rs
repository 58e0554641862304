//! `onefold init`: the config that it writes runs as it is, and maps every identifying column right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::harness::{Scratch, root};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Drafts a config for the files in the scratch folder, checks it and runs it; gives its text.
fn drafted(scratch: &Scratch, files: &[String]) -> String {
    let mut arguments = vec!["init"];
    arguments.extend(files.iter().map(String::as_str));
    let output = scratch.onefold(&arguments);
    assert!(output.status.success(), "init {files:?}: {}", text(&output));
    let toml = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    for command in ["check", "run"] {
        let output = scratch.onefold(&[command]);
        assert!(output.status.success(), "{command} {files:?}: {}\n{toml}", text(&output));
    }
    toml
}

/// The samples that lie beside the repository, if they are there.
fn shared() -> Option<PathBuf> {
    let shared = root().ancestors().skip(1).map(|folder| folder.join("shared/data")).find(|folder| folder.is_dir());
    if shared.is_none() {
        eprintln!("skipped: there is no ../shared/data");
    }
    shared
}

fn copied(from: &Path, files: &[&str]) -> (Scratch, Vec<String>) {
    let scratch = Scratch::empty();
    for file in files {
        scratch.write(file, &fs::read(from.join(file)).unwrap());
    }
    (scratch, files.iter().map(|file| (*file).to_owned()).collect())
}

/// Lines that a config must have, and texts that it must not have.
type Expected = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

#[test]
fn every_identifier_of_the_samples_is_mapped_and_nothing_else_links() {
    let Some(shared) = shared() else { return };
    let samples: &[Expected] = &[
        (
            "febrl",
            &["dataset1.csv"],
            &[
                "national_id = \"soc_sec_id\"",
                "record_id = \"rec_id\"",
                "birth_date = \"date_of_birth\"",
                "first_name = \"given_name\"",
            ],
            &["customer_id ="],
        ),
        (
            "splink_fake",
            &["fake_1000.csv"],
            &["email = \"email\"", "record_id = \"unique_id\"", "last_name = \"surname\""],
            &["identifiers.customer_id", "identifiers.cluster"],
        ),
        (
            "ncvr_clean",
            &["ncvr_numrec_5000_modrec_2_ocp_0_myp_0_nump_10.csv", "ncvr_numrec_5000_modrec_2_ocp_0_myp_1_nump_10.csv"],
            &["customer_id = \"recid\"", "[identifiers.customer_id]", "postal_code = \"postcode\""],
            &["record_id = "],
        ),
        (
            "jaffle_shop_classic",
            &["raw_customers.csv", "raw_orders.csv", "raw_payments.csv"],
            &[
                "user_id = \"id\"",
                "user_id = \"user_id\"",
                "order_id = \"order_id\"",
                "[identifiers.user_id]",
                "[identifiers.order_id]",
                "max_per_person = 0",
            ],
            &["payment_id"],
        ),
        (
            "cdnow",
            &["CDNOW_sample.txt"],
            &[
                "delimiter = \"spaces\"",
                "columns = [",
                "customer_id = \"column_1\"",
                "event_time = \"column_3\"",
                "amount = \"column_5\"",
            ],
            &[],
        ),
        (
            "segment",
            &["spec_examples.jsonl", "example_segment_pages.csv"],
            &[
                "preset = \"segment-events\"",
                "anonymous_id = \"anonymous_id\"",
                "user_id = \"user_id\"",
                "[identifiers.user_id]",
                "[identifiers.anonymous_id]",
                "[identifiers.email]",
            ],
            &["identifiers.id]"],
        ),
        ("ga4", &["full_event_sample.jsonl"], &["preset = \"ga4-events\"", "[identifiers.anonymous_id]"], &[]),
        (
            "fivetran_seeds",
            &["shopify_customer_data.csv", "shopify_order_data.csv"],
            &[
                "customer_id = \"id\"",
                "customer_id = \"customer_id\"",
                "email_md5 = \"email\"",
                "[identifiers.customer_id]",
                "amount = \"total_price\"",
            ],
            &["identifiers.default_address", "identifiers.order_id"],
        ),
        (
            "fivetran_seeds",
            &["mailchimp_member.csv", "mailchimp_campaign_recipient_activity.csv", "mailchimp_list.csv"],
            &[
                "email = \"email_address\"",
                "member_id = \"id\"",
                "member_id = \"member_id\"",
                "Left out, for no column identifies a person: mailchimp_list.csv",
            ],
            &["identifiers.list", "identifiers.campaign", "beamer_address\"\n", "email = \"default"],
        ),
        (
            "fivetran_seeds",
            &["klaviyo_person.csv", "klaviyo_event.csv", "klaviyo_campaign.csv"],
            &[
                "email = [\"EMAIL\", \"CUSTOM_EMAIL\"]",
                "phone = \"PHONE_NUMBER\"",
                "_id = \"PERSON_ID\"",
                "Left out, for no column identifies a person: klaviyo_campaign.csv",
            ],
            &["identifiers.campaign", "identifiers.metric"],
        ),
        (
            "fivetran_seeds",
            &["twilio_message_data.csv"],
            &["phone = { cases =", "record_id = \"id\""],
            &["identifiers.account"],
        ),
    ];
    for (folder, files, there, absent) in samples {
        let (scratch, files) = copied(&shared.join(folder), files);
        let toml = drafted(&scratch, &files);
        for line in *there {
            assert!(toml.contains(line), "{files:?} lacks {line:?}:\n{toml}");
        }
        for line in *absent {
            assert!(
                !toml.lines().any(|known| !known.starts_with('#') && known.contains(line)),
                "{files:?} has {line:?}:\n{toml}"
            );
        }
    }
}

#[test]
fn a_years_transactions_keep_their_customer_numbers_as_ids() {
    let Some(shared) = shared() else { return };
    let (scratch, files) = copied(&shared.join("online_retail"), &["online_retail.csv.gz"]);
    let output = scratch.onefold(&["init", &files[0]]);
    assert!(output.status.success(), "{}", text(&output));
    let toml = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    for line in [
        "customer_id = \"CustomerID\"",
        "event_time = \"InvoiceDate\"",
        "quantity = \"Quantity\"",
        "[identifiers.customer_id]",
        // A quarter of the rows name no customer, but all of them their invoice.
        "invoice_id = \"InvoiceNo\"",
    ] {
        assert!(toml.contains(line), "{toml}");
    }
    assert!(!toml.contains("record_id"), "an invoice has several rows:\n{toml}");
    assert!(scratch.onefold(&["check"]).status.success());
}

#[test]
fn every_vendors_layout_becomes_its_preset_and_runs() {
    for entry in fs::read_dir(root().join("testdata/scenarios")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.file_name().unwrap().to_str().unwrap().starts_with("preset_") {
            continue;
        }
        let config = fs::read_to_string(folder.join("onefold.toml")).unwrap();
        let mut files: Vec<String> = fs::read_dir(folder.join("data"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let scratch = Scratch::empty();
        for file in &files {
            scratch.write(file, &fs::read(folder.join("data").join(file)).unwrap());
        }
        let toml = drafted(&scratch, &files);
        for preset in config.lines().filter_map(|line| line.strip_prefix("preset = ")) {
            assert!(toml.contains(&format!("preset = {preset}")), "{} is no {preset}:\n{toml}", folder.display());
        }
        for line in config.lines().filter(|line| line.starts_with("[identifiers.")) {
            assert!(toml.contains(line), "{} lacks {line}:\n{toml}", folder.display());
        }
    }
}

#[test]
fn the_example_shop_runs_from_raw_files_alone() {
    let (scratch, files) =
        copied(&root().join("examples/retail"), &["email.csv", "pos.csv", "sms.csv.gz", "web.jsonl"]);
    let toml = drafted(&scratch, &files);
    for line in [
        "[identifiers.email]",
        "[identifiers.phone]",
        "[identifiers.user_id]",
        "[identifiers.loyalty_id]",
        "default_region = \"US\"",
    ] {
        assert!(toml.contains(line), "no {line}:\n{toml}");
    }
    let published = scratch.published().report();
    let (persons, records) = (published["persons"].as_u64().unwrap(), published["records"].as_u64().unwrap());
    assert!(persons < records * 4 / 5, "{persons} persons of {records} records:\n{toml}");
}

#[test]
fn a_config_that_is_there_is_not_written_over() {
    let scratch = Scratch::of(&[("a.csv", "email\nana@example.com\n"), ("onefold.toml", "# mine\n")]);
    let output = scratch.onefold(&["init", "a.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("--force"), "{}", text(&output));
    assert_eq!(fs::read_to_string(scratch.path().join("onefold.toml")).unwrap(), "# mine\n");
    let printed = scratch.onefold(&["init", "a.csv", "--print"]);
    assert!(text(&printed).contains("email = \"email\""), "{}", text(&printed));
    assert!(scratch.onefold(&["init", "a.csv", "--force"]).status.success());
    assert!(scratch.onefold(&["run", "--quiet"]).status.success());
}

#[test]
fn files_that_differ_in_their_digits_become_one_source_with_a_pattern() {
    let rows = "id,email\n1,ana@example.com\n";
    let scratch = Scratch::of(&[
        ("x/orders_2024-01.csv", rows),
        ("x/orders_2024-02.csv", "id,email\n2,bo@example.com\n"),
        ("acme/.keep", ""),
    ]);
    let arguments = ["init", "x/orders_2024-01.csv", "x/orders_2024-02.csv"];
    assert!(scratch.onefold(&arguments).status.success());
    let toml = fs::read_to_string(scratch.path().join("onefold.toml")).unwrap();
    assert!(toml.contains("path = \"x/orders_*.csv\""), "{toml}");
    assert!(scratch.onefold(&["run", "--quiet"]).status.success());
}

#[test]
fn a_file_that_is_named_wrong_or_twice_is_no_mystery() {
    let scratch = Scratch::of(&[("x/orders.csv", "email\nana@example.com\n")]);
    let said = |arguments: &[&str]| text(&scratch.onefold(arguments));
    let folder = said(&["init", "x"]);
    assert!(folder.contains("x: is a folder") && folder.contains("onefold init x/*"), "{folder}");
    let wrong = said(&["init", "x/ordres.csv"]);
    assert!(wrong.contains("no such file") && wrong.contains("did you mean x/orders.csv?"), "{wrong}");
    let twice = said(&["init", "x/orders.csv", "./x/orders.csv", "--print"]);
    assert!(twice.contains("path = \"x/orders.csv\""), "{twice}");
}

#[test]
fn odd_files_are_either_read_or_refused_with_a_reason() {
    let utf16: Vec<u8> = "email;name\nana@example.com;Ana\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = b"email;ville\nana@example.com;Orl\xe9ans\n".to_vec();
    for (name, bytes, encoding) in [("a.csv", utf16, "utf-16le"), ("b.csv", latin, "windows-1252")] {
        let scratch = Scratch::empty();
        scratch.write(name, &bytes);
        let toml = drafted(&scratch, &[name.to_owned()]);
        assert!(toml.contains(&format!("encoding = \"{encoding}\"")), "{toml}");
    }
    for (name, bytes) in
        [("a.csv", &b""[..]), ("a.xlsx", b"PK\x03\x04xx"), ("a.json", b"[1]"), ("none.csv", b"a,b\n1,2\n")]
    {
        let scratch = Scratch::empty();
        scratch.write(name, bytes);
        let output = scratch.onefold(&["init", name]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", text(&output));
        assert!(text(&output).contains("error: "), "{}", text(&output));
    }
}
