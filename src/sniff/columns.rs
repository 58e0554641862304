//! What a column is: from its name and its values together. An id never becomes a number.

use super::names::{Entity, entity, snake, words};
use super::times::{self, TimeGuess};
use super::values::Shape;
use crate::ingest::{Look, LookColumn};

/// How sure a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// Name or values alone; the other says nothing.
    Guess,
    /// Name and values fit, but something else could, too.
    Likely,
    /// Name and values leave no doubt.
    Certain,
}

impl Sure {
    /// In a comment.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Guess => "a guess",
            Self::Likely => "likely",
            Self::Certain => "sure",
        }
    }
}

/// What a column is.
#[derive(Debug, Clone, PartialEq)]
pub enum Role {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The digest of an e-mail address (`true`) or telephone number, with its hexadecimal digits.
    Hash(bool, usize),
    /// An id.
    Id(Entity),
    /// A canonical field of this name.
    Field(&'static str),
    /// Yes or no to being contacted, or another answer; whether its values are yes and no.
    Consent(bool),
    /// A point in time.
    Time(TimeGuess),
    /// Anything else.
    Other,
}

/// A guess about a column.
#[derive(Debug, Clone)]
pub struct Guess {
    /// The column's name.
    pub column: String,
    /// What it is.
    pub role: Role,
    /// How sure that is.
    pub sure: Sure,
    /// How its values look.
    pub shape: Shape,
}

/// Guesses what every column of a file is.
#[must_use]
pub fn guess(look: &Look) -> Vec<Guess> {
    let shapes: Vec<Shape> = look.columns.iter().map(|column| Shape::of(&column.values)).collect();
    let words_of: Vec<Vec<String>> = look.columns.iter().map(|column| words(&column.name)).collect();
    let place = words_of.iter().any(|words| is_any(words, &["city", "zip", "postal", "suburb", "town"]));
    let mut guesses: Vec<Guess> = look
        .columns
        .iter()
        .zip(shapes)
        .zip(&words_of)
        .map(|((column, shape), words)| {
            let (role, sure) = role(column, &shape, words, place);
            Guess { column: column.name.clone(), role, sure, shape }
        })
        .collect();
    digests_of_addresses(look, &mut guesses);
    guesses
}

fn is_any(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

fn role(column: &LookColumn, shape: &Shape, words: &[String], place: bool) -> (Role, Sure) {
    let has = |wanted: &[&str]| is_any(words, wanted);
    if shape.filled == 0 {
        return by_name_alone(words);
    }
    let own = !has(&["from", "sender", "reply", "owner", "beamer", "staff", "default"]);
    if shape.email >= 0.5 && own {
        let named = has(&["email", "mail"]);
        return (Role::Email, if named && shape.email >= 0.9 { Sure::Certain } else { Sure::Likely });
    }
    let digest = shape.hash.0 >= 0.9;
    if digest && has(&["email", "mail"]) {
        return (Role::Hash(true, shape.hash.1), Sure::Likely);
    }
    if digest && has(&["phone", "mobile"]) {
        return (Role::Hash(false, shape.hash.1), Sure::Likely);
    }
    let phone = has(&["phone", "mobile", "cell", "tel", "telephone", "sms", "whatsapp", "msisdn", "telefon", "handy"]);
    if phone && shape.phone >= 0.6 && shape.bool < 0.5 {
        return (Role::Phone, if shape.phone >= 0.9 { Sure::Certain } else { Sure::Likely });
    }
    if shape.international >= 0.8 {
        return (Role::Phone, Sure::Likely);
    }
    if has(&[
        "consent",
        "optin",
        "opt",
        "opted",
        "accepts",
        "subscribed",
        "newsletter",
        "unsubscribed",
        "blacklisted",
        "marketing",
    ]) && !has(&[
        "time",
        "date",
        "at",
        "timestamp",
        "ip",
        "updated",
        "title",
        "campaign",
        "id",
        "level",
        "form",
        "method",
    ]) {
        return (Role::Consent(shape.bool >= 0.8), Sure::Likely);
    }
    let timely = has(&[
        "date",
        "time",
        "timestamp",
        "at",
        "on",
        "created",
        "updated",
        "modified",
        "changed",
        "seen",
        "day",
        "datum",
        "registered",
        "sent",
        "datetime",
        "last",
    ]);
    let never = has(&["birth", "dob", "born"]) || timely && shape.bool >= 0.9;
    if !never
        && (timely || !times::is_bare(&column.values))
        && let Some(time) = times::guess(&column.values)
    {
        let sure = if timely && !time.ambiguous { Sure::Certain } else { Sure::Likely };
        return (Role::Time(time), sure);
    }
    if let Some(of) = entity(words) {
        let sure = if matches!(of, Entity::Other(_) | Entity::Row) { Sure::Likely } else { Sure::Certain };
        return (Role::Id(of), sure);
    }
    if let Some(of) = bare(column, shape, words) {
        return (Role::Id(of), Sure::Guess);
    }
    named(shape, words, place)
}

/// A column of codes that is called by what they are of alone: `Card`, `Customer`. Four digits of a card are a payment
/// card's last ones, which many people share.
fn bare(column: &LookColumn, shape: &Shape, words: &[String]) -> Option<Entity> {
    let [word] = words else { return None };
    let with_id = entity(&[word.clone(), "id".to_owned()])?;
    let longest = column.values.iter().map(|value| value.trim().len()).max().unwrap_or(0);
    let is_code = shape.digits >= 0.9 && !shape.is_constant();
    match with_id {
        Entity::Loyalty => (is_code && longest >= 6).then_some(with_id),
        Entity::Person(_) => is_code.then_some(with_id),
        _ => None,
    }
}

/// Fields that their names tell, if the values do not speak against it.
fn named(shape: &Shape, words: &[String], place: bool) -> (Role, Sure) {
    let has = |wanted: &[&str]| is_any(words, wanted);
    let text = words.join(" ");
    let ends = |wanted: &str| text == wanted || text.ends_with(&format!(" {wanted}"));
    let letters = shape.words >= 0.6;
    let field = |name: &'static str, fits: bool, sure: Sure| (if fits { Role::Field(name) } else { Role::Other }, sure);
    if has(&["dob", "birth", "born"]) {
        return field("birth_date", shape.number < 0.9 || shape.digits >= 0.9, Sure::Certain);
    }
    if ends("first name") || text == "first" || has(&["given", "forename", "vorname", "prenom", "firstname"]) {
        return field("first_name", letters, Sure::Certain);
    }
    if ends("last name")
        || text == "last"
        || has(&["surname", "nachname", "lastname"])
        || text == "nom"
        || ends("family name")
    {
        return field("last_name", letters, Sure::Certain);
    }
    let of_person =
        text == "name" || ends("full name") || text == "customer name" || text == "contact name" || text == "customer";
    if of_person {
        return field("full_name", letters, Sure::Likely);
    }
    if has(&["zip", "postal", "plz", "postcode"]) {
        return field("postal_code", true, Sure::Certain);
    }
    if has(&["city", "town", "suburb", "ort", "stadt", "ville"]) {
        return field("city", letters, Sure::Certain);
    }
    if has(&["country", "land", "pays"]) {
        return field("country", shape.country >= 0.6, Sure::Certain);
    }
    if has(&["state", "province", "region"]) && place {
        return field("region", letters, Sure::Likely);
    }
    let line =
        ends("street") || ends("address") || ends("address 1") || ends("address1") || has(&["strasse", "adresse"]);
    if line && !has(&["ip", "email", "mail"]) {
        return field("street", shape.number < 0.5, Sure::Likely);
    }
    if has(&["company", "organization", "organisation", "firma"]) {
        return field("company", letters, Sure::Likely);
    }
    let money =
        ["total", "amount", "price", "revenue", "spend", "spent", "sales", "betrag", "umsatz", "dollars", "value"];
    // What a customer spent in all is no purchase.
    let in_all = has(&["spent", "spend", "sales", "revenue"]) && has(&["total", "historic", "historical", "annual"]);
    if has(&money)
        && !in_all
        && !has(&["tax", "discount", "shipping", "count", "orders", "items", "lifetime", "rate", "unit"])
    {
        return field("amount", shape.number >= 0.9, Sure::Likely);
    }
    if has(&["quantity", "qty", "menge"]) {
        return field("quantity", shape.number >= 0.9, Sure::Certain);
    }
    match text.as_str() {
        "currency" => (Role::Field("currency"), Sure::Certain),
        "status" => (Role::Field("status"), Sure::Likely),
        "event" | "event name" | "action" => (Role::Field("event"), Sure::Likely),
        _ => (Role::Other, Sure::Guess),
    }
}

/// A column without a value in the rows that were looked at.
fn by_name_alone(words: &[String]) -> (Role, Sure) {
    let text = words.join(" ");
    match text.as_str() {
        "email" | "email address" => (Role::Email, Sure::Guess),
        "phone" | "phone number" | "mobile" | "mobile phone" => (Role::Phone, Sure::Guess),
        "first name" => (Role::Field("first_name"), Sure::Guess),
        "last name" | "surname" => (Role::Field("last_name"), Sure::Guess),
        _ => (Role::Other, Sure::Guess),
    }
}

/// Digests that are those of the address in the same row: Mailchimp's member ids, for one.
fn digests_of_addresses(look: &Look, guesses: &mut [Guess]) {
    use crate::config::HashAlgorithm;
    use crate::normalize::{email, hash};
    let Some(address) = guesses.iter().position(|guess| guess.role == Role::Email) else { return };
    for (guess, column) in guesses.iter_mut().zip(&look.columns) {
        let (share, digits) = guess.shape.hash;
        let algorithm = match digits {
            32 => HashAlgorithm::Md5,
            40 => HashAlgorithm::Sha1,
            64 => HashAlgorithm::Sha256,
            _ => continue,
        };
        let (mut same, mut both) = (0, 0);
        for (digest, raw) in column.values.iter().zip(&look.columns[address].values) {
            let (mut clean, mut expected) = (String::new(), String::new());
            if !digest.trim().is_empty() && email::normalize(raw.trim(), &mut clean).is_ok() {
                hash::digest(&clean, algorithm, &mut expected);
                both += 1;
                same += usize::from(expected.eq_ignore_ascii_case(digest.trim()));
            }
        }
        if share >= 0.9 && both > 0 && same * 10 >= both * 9 {
            guess.role = Role::Hash(true, digits);
            guess.sure = Sure::Certain;
        }
    }
}

/// The name of the field that a consent or other column becomes.
#[must_use]
pub fn own_field(column: &str) -> String {
    snake(column)
}
