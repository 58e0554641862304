//! What a column's name says.

/// Entities whose ids identify a person.
const PERSONS: [&str; 14] = [
    "customer",
    "cust",
    "client",
    "member",
    "user",
    "contact",
    "person",
    "profile",
    "subscriber",
    "guest",
    "shopper",
    "buyer",
    "patron",
    "account",
];
/// Entities whose ids stand on several rows of one person's purchase, and so may carry a person from file to file.
const PURCHASES: [&str; 11] = [
    "order",
    "invoice",
    "receipt",
    "transaction",
    "check",
    "ticket",
    "booking",
    "reservation",
    "basket",
    "cart",
    "checkout",
];
const IDS: [&str; 13] =
    ["id", "no", "nr", "num", "number", "key", "code", "uid", "uuid", "guid", "ref", "sid", "nummer"];
const BARE: [&str; 8] = ["rec", "record", "unique", "row", "index", "pk", "internal", "external"];
/// Names that are written in one word.
const GLUED: [(&str, &[&str]); 24] = [
    ("recid", &["rec", "id"]),
    ("custid", &["customer", "id"]),
    ("customerid", &["customer", "id"]),
    ("userid", &["user", "id"]),
    ("memberid", &["member", "id"]),
    ("orderid", &["order", "id"]),
    ("clientid", &["client", "id"]),
    ("cookieid", &["cookie", "id"]),
    ("deviceid", &["device", "id"]),
    ("emailaddress", &["email", "address"]),
    ("phonenumber", &["phone", "number"]),
    ("mobilephone", &["mobile", "phone"]),
    ("firstname", &["first", "name"]),
    ("lastname", &["last", "name"]),
    ("fullname", &["full", "name"]),
    ("fname", &["first", "name"]),
    ("lname", &["last", "name"]),
    ("zipcode", &["zip", "code"]),
    ("postcode", &["postal", "code"]),
    ("birthdate", &["birth", "date"]),
    ("birthday", &["birth", "date"]),
    ("dateofbirth", &["birth", "date"]),
    ("loyaltyid", &["loyalty", "id"]),
    ("cardno", &["card", "no"]),
];

/// The words of a name, lower case, plural s left out: `CustomerIDs` → customer, id. Of a JSON path the last part.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let last = name.rsplit('.').find(|part| !part.starts_with('[')).unwrap_or(name);
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in last.chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = !before.is_alphanumeric() || before.is_lowercase() && c.is_uppercase();
        match words.last_mut() {
            Some(word) if !begins => word.extend(c.to_lowercase()),
            _ => words.push(c.to_lowercase().collect()),
        }
        before = c;
    }
    let mut split = Vec::new();
    for word in words {
        match GLUED.iter().find(|(glued, _)| *glued == word) {
            Some((_, parts)) => split.extend(parts.iter().map(|part| (*part).to_owned())),
            None => split.push(word),
        }
    }
    if split.join(" ").replace('e', "") == "-mail" || split.windows(2).any(|pair| pair == ["e", "mail"]) {
        let at = split.windows(2).position(|pair| pair == ["e", "mail"]).unwrap_or(0);
        split.splice(at..at + 2, ["email".to_owned()]);
    }
    split
}

/// One of a word's plural.
#[must_use]
pub fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one,
        _ => word,
    }
}

/// What an id is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// A person, by this word.
    Person(String),
    /// A purchase, by this word.
    Purchase(String),
    /// A loyalty card.
    Loyalty,
    /// A browser or device.
    Device,
    /// A document that the state issues.
    National,
    /// The row itself.
    Row,
    /// Something else, by this word.
    Other(String),
}

/// Whether a name is that of an id, and of what; `None` = it is no id's.
#[must_use]
pub fn entity(words: &[String]) -> Option<Entity> {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let text = words.join(" ");
    if has(&["ssn", "passport", "iban"])
        || text.contains("soc sec")
        || text.contains("social security")
        || text == "tax id"
    {
        return Some(Entity::National);
    }
    let id = words.last().is_some_and(|word| IDS.contains(&word.as_str())) || text.ends_with("userid");
    let device = ["cookie", "anonymous", "device", "idfa", "gaid", "maid", "aaid", "visitor", "pseudo", "fingerprint"];
    if has(&device) && (id || words.len() == 1) || text == "domain userid" || text == "network userid" {
        return Some(Entity::Device);
    }
    let no_card = has(&["brand", "type", "last", "pan", "gift", "credit", "payment"]);
    if (has(&["loyalty", "rewards", "club"]) || has(&["card"]) && id && words.len() == 2) && !no_card && id {
        return Some(Entity::Loyalty);
    }
    if !id {
        return None;
    }
    if has(&[
        "zip",
        "postal",
        "post",
        "country",
        "province",
        "state",
        "region",
        "currency",
        "discount",
        "coupon",
        "phone",
        "error",
        "status",
        "language",
        "area",
        "vat",
        "tax",
        "coc",
        "sku",
        "promo",
        "serial",
        "house",
        "street",
        "fax",
        "mobile",
        "telephone",
    ]) {
        return None;
    }
    let of: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !IDS.contains(word) && !BARE.contains(word))
        .map(singular)
        .collect();
    let Some(last) = of.last() else { return Some(Entity::Row) };
    if PERSONS.contains(last) && !has(&["address", "owner", "created", "staff", "company", "sub"]) {
        return Some(Entity::Person(if *last == "cust" { "customer".into() } else { (*last).to_owned() }));
    }
    if PURCHASES.contains(last) && of.len() == 1 {
        return Some(Entity::Purchase((*last).to_owned()));
    }
    Some(Entity::Other(of.join("_")))
}

/// What a file's name says that its rows are: a person's word, a purchase's word, or nothing.
#[must_use]
pub fn rows_are(stem: &str) -> Option<Entity> {
    let words = words(&stem.replace('.', "_"));
    let found = words.iter().rev().map(|word| singular(word)).find_map(|word| {
        if word == "people" || word == "kunden" || PERSONS.contains(&word) {
            Some(Entity::Person(if matches!(word, "people" | "kunden") { "customer" } else { word }.to_owned()))
        } else {
            PURCHASES.contains(&word).then(|| Entity::Purchase(word.to_owned()))
        }
    });
    // Rows about a customer are no customers: addresses, activities, events, lines.
    let about =
        ["address", "activity", "event", "line", "item", "segment", "recipient", "message", "payment", "refund"];
    found.filter(|_| !words.iter().any(|word| about.contains(&singular(word)) || word == "addresses"))
}

/// A snake-case name for a field: `Marketing Opt-In` → `marketing_opt_in`.
#[must_use]
pub fn snake(name: &str) -> String {
    let ascii: String = any_ascii::any_ascii(&words(name).join("_")).to_lowercase();
    let clean: String = ascii.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let clean = clean.trim_matches('_').to_owned();
    match clean.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => clean,
        _ => format!("field_{clean}").trim_end_matches('_').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_however_a_name_is_written() {
        for (name, expected) in [
            ("CustomerID", "customer id"),
            ("customer_id", "customer id"),
            ("E-Mail", "email"),
            ("Email Address", "email address"),
            ("emailAddress", "email address"),
            ("recid", "rec id"),
            ("context.traits.email", "email"),
            ("Postcode", "postal code"),
            ("SKU", "sku"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn ids_say_what_they_are_of() {
        let of = |name: &str| entity(&words(name));
        assert_eq!(of("CustomerID"), Some(Entity::Person("customer".into())));
        assert_eq!(of("id"), Some(Entity::Row));
        assert_eq!(of("unique_id"), Some(Entity::Row));
        assert_eq!(of("InvoiceNo"), Some(Entity::Purchase("invoice".into())));
        assert_eq!(of("anonymous_id"), Some(Entity::Device));
        assert_eq!(of("Card No"), Some(Entity::Loyalty));
        assert_eq!(of("soc_sec_id"), Some(Entity::National));
        assert_eq!(of("list_id"), Some(Entity::Other("list".into())));
        assert_eq!(of("default_address_id"), Some(Entity::Other("default_address".into())));
        assert_eq!(of("zip code"), None);
        assert_eq!(of("quantity"), None);
    }
}
