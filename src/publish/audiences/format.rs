//! How the lists of audiences are written, format by format.
//!
//! | format | from |
//! |---|---|
//! | Google Customer Match | support.google.com/google-ads/answer/7659867 and 7474263: English headers; e-mail, phone and names hashed after trimming and lower-casing, phone in E.164; country and zip plain; names only together with country and zip |
//! | Meta Custom Audience | facebook.com/business/help/2082575038703844 and the Marketing API's hashing page: lower-case headers; all hashed; phone with country code, digits only; names and city without punctuation, city, state and zip without spaces, zip of the United States 5 digits, country as two letters |
//!
//! A list is not a spreadsheet of ours, but people open it in one. Addresses are written as they are: a number in E.164
//! begins with `+` and cannot be written otherwise, and as a formula is just a number; e-mail addresses that would be a
//! formula are left out of audiences. Other texts that would be one lose what makes them so (`=`, `+`, `-`, `@` in front)
//! in lists for vendors, and get a `'` in front in plain CSV. Hashes are hexadecimal.

use crate::audiences::{is_e164, is_formula};
use crate::config::{AudienceFormat, HashAlgorithm};
use crate::normalize::hash;

/// What a list takes of a person, by field; `None` = the person has no such value.
pub type Get<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// The header of a list; `columns` are those that plain CSV has behind the address, `address` the field that it names.
pub fn header(format: AudienceFormat, channel_has: Option<&str>, columns: &[String]) -> Vec<String> {
    let names: &[&str] = match (format, channel_has) {
        (AudienceFormat::GoogleCustomerMatch, _) => &["Email", "Phone", "First Name", "Last Name", "Country", "Zip"],
        (AudienceFormat::MetaCustomAudience, _) => &["email", "phone", "fn", "ln", "ct", "st", "zip", "country"],
        (AudienceFormat::Klaviyo, Some("phone")) => &["Phone Number", "First Name", "Last Name"],
        (AudienceFormat::Klaviyo, _) => &["Email", "First Name", "Last Name"],
        (AudienceFormat::Mailchimp, _) => &["Email Address", "First Name", "Last Name"],
        (AudienceFormat::Brevo, Some("phone")) => &["SMS", "LASTNAME", "FIRSTNAME"],
        (AudienceFormat::Brevo, _) => &["EMAIL", "LASTNAME", "FIRSTNAME"],
        (AudienceFormat::Sms, _) => &["phone"],
        (AudienceFormat::Csv, Some("phone")) => &["person_id", "phone"],
        (AudienceFormat::Csv, Some(_)) => &["person_id", "email"],
        (AudienceFormat::Csv, None) => &["person_id"],
    };
    names.iter().map(|name| (*name).to_owned()).chain(columns.iter().cloned()).collect()
}

/// What stands between cells.
#[must_use]
pub fn delimiter(format: AudienceFormat) -> u8 {
    if format == AudienceFormat::Brevo { b';' } else { b',' }
}

/// What stands between the cells of a table or a list, by its first line.
#[must_use]
pub fn delimiter_of(text: &[u8]) -> u8 {
    let header = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' }
}

/// The cells of one person, person id and columns of plain CSV left out.
pub fn cells(format: AudienceFormat, channel_has: Option<&str>, get: &Get<'_>) -> Vec<String> {
    let raw = |field: &str| get(field).unwrap_or_default().to_owned();
    let name = |field: &str| harmless(get(field).unwrap_or_default());
    let phone = || get("phone").filter(|phone| is_e164(phone)).unwrap_or_default().to_owned();
    let email = || get("email").filter(|email| !is_formula(email)).unwrap_or_default().to_owned();
    let address = || if channel_has == Some("phone") { phone() } else { email() };
    match format {
        AudienceFormat::GoogleCustomerMatch => {
            let mut cells = vec![hashed(&email()), hashed(&phone())];
            let mailing = ["first_name", "last_name", "country", "postal_code"].map(raw);
            if mailing.iter().all(|part| !part.is_empty()) {
                let [first, last, country, zip] = mailing;
                cells.extend([hashed(&google_name(&first)), hashed(&google_name(&last)), country, harmless(&zip)]);
            } else {
                cells.extend(["", "", "", ""].map(str::to_owned)); // parts of a mailing address match nobody
            }
            cells
        }
        AudienceFormat::MetaCustomAudience => {
            let country = raw("country").to_lowercase();
            let zip = compact(&raw("postal_code"));
            let zip = if country == "us" { zip.chars().take(5).collect() } else { zip };
            let phone = phone();
            let values = [
                email(),
                phone.trim_start_matches('+').to_owned(),
                plain(&raw("first_name")),
                plain(&raw("last_name")),
                compact(&raw("city")),
                compact(&raw("region")),
                zip,
                country,
            ];
            values.iter().map(|value| hashed(value)).collect()
        }
        AudienceFormat::Klaviyo | AudienceFormat::Mailchimp => {
            vec![address(), name("first_name"), name("last_name")]
        }
        AudienceFormat::Brevo => {
            let address =
                if channel_has == Some("phone") { phone().trim_start_matches('+').to_owned() } else { email() };
            vec![address, name("last_name"), name("first_name")]
        }
        AudienceFormat::Sms => vec![phone()],
        AudienceFormat::Csv => channel_has.iter().map(|_| address()).collect(),
    }
}

/// SHA-256, hexadecimal; of nothing nothing.
fn hashed(value: &str) -> String {
    let mut digest = String::new();
    if !value.is_empty() {
        hash::digest(value, HashAlgorithm::Sha256, &mut digest);
    }
    digest
}

/// Lower case, one space between words.
fn google_name(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without punctuation.
fn plain(name: &str) -> String {
    let letters: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without punctuation and spaces.
fn compact(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A text that no spreadsheet runs.
fn harmless(text: &str) -> String {
    text.trim_start_matches(['=', '+', '-', '@', '\t', '\r', ' ']).to_owned()
}

/// Appends a row.
pub fn push_row(out: &mut Vec<u8>, delimiter: u8, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(delimiter);
        }
        let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
        if cell.bytes().any(special) {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(values: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<&'a str> + 'a {
        move |field| values.iter().find(|(name, _)| *name == field).map(|(_, value)| *value)
    }

    fn sha256(text: &str) -> String {
        hashed(text)
    }

    const ANA: [(&str, &str); 8] = [
        ("email", "ana@example.com"),
        ("phone", "+16175550142"),
        ("first_name", "Ana  Maria"),
        ("last_name", "O'Neill"),
        ("city", "New York"),
        ("region", "N.Y."),
        ("postal_code", "10001-1234"),
        ("country", "US"),
    ];

    #[test]
    fn google_gets_hashes_of_addresses_and_names_and_a_plain_country_and_zip() {
        let cells = cells(AudienceFormat::GoogleCustomerMatch, None, &of(&ANA));
        let expected = [
            sha256("ana@example.com"),
            sha256("+16175550142"),
            sha256("ana maria"),
            sha256("o'neill"),
            "US".to_owned(),
            "10001-1234".to_owned(),
        ];
        assert_eq!(cells, expected);
        assert!(cells[..4].iter().all(|cell| cell.len() == 64), "hexadecimal of 256 bits");
    }

    #[test]
    fn google_gets_no_names_that_match_nobody() {
        let some = [("email", "ana@example.com"), ("first_name", "Ana"), ("last_name", "Lopez")];
        let cells = cells(AudienceFormat::GoogleCustomerMatch, None, &of(&some));
        assert_eq!(cells[1..], ["", "", "", "", ""]);
    }

    #[test]
    fn meta_gets_hashes_of_everything_as_it_spells_it() {
        let cells = cells(AudienceFormat::MetaCustomAudience, None, &of(&ANA));
        let expected =
            ["ana@example.com", "16175550142", "ana maria", "oneill", "newyork", "ny", "10001", "us"].map(sha256);
        assert_eq!(cells, expected);
    }

    #[test]
    fn lists_for_mail_and_sms_have_the_names_that_vendors_know() {
        let row = |format, has| {
            header(format, has, &[]).into_iter().zip(cells(format, has, &of(&ANA))).collect::<Vec<(String, String)>>()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(row(AudienceFormat::Klaviyo, Some("phone"))[0], pair("Phone Number", "+16175550142"));
        assert_eq!(row(AudienceFormat::Klaviyo, Some("email"))[0], pair("Email", "ana@example.com"));
        assert_eq!(row(AudienceFormat::Mailchimp, Some("email"))[2], pair("Last Name", "O'Neill"));
        assert_eq!(row(AudienceFormat::Brevo, Some("phone"))[0], pair("SMS", "16175550142"));
        assert_eq!(row(AudienceFormat::Brevo, Some("email"))[1], pair("LASTNAME", "O'Neill"));
        assert_eq!(row(AudienceFormat::Sms, Some("phone")), [pair("phone", "+16175550142")]);
    }

    #[test]
    fn no_name_runs_in_a_spreadsheet() {
        for hostile in ["=HYPERLINK(\"http://x\")", "+1+1", "-1", "@SUM(1)", "\t=1", "==1"] {
            let values = [("email", "ana@example.com"), ("first_name", hostile)];
            for format in [AudienceFormat::Klaviyo, AudienceFormat::Mailchimp, AudienceFormat::Brevo] {
                let cells = cells(format, Some("email"), &of(&values));
                assert!(cells.iter().all(|cell| !is_formula(cell)), "{cells:?}");
            }
        }
        let hostile = [("email", "=1+1@example.com"), ("phone", "617-555-0142")];
        assert_eq!(cells(AudienceFormat::Csv, Some("email"), &of(&hostile)), [""]);
        assert_eq!(cells(AudienceFormat::Sms, Some("phone"), &of(&hostile)), [""]);
    }

    #[test]
    fn cells_with_delimiters_quotes_and_line_ends_are_quoted() {
        let mut out = Vec::new();
        push_row(&mut out, b';', &["a,b".to_owned(), "a;b".to_owned(), "say \"x\"".to_owned(), "a\nb".to_owned()]);
        assert_eq!(String::from_utf8(out).unwrap(), "a,b;\"a;b\";\"say \"\"x\"\"\";\"a\nb\"\n");
    }
}
