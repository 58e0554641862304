//! Files of one kind: the same preset, or the same columns. They become one source.

use std::collections::BTreeSet;

use super::columns::{Guess, Role, Sure, guess};
use super::names::{Entity, rows_are, singular, snake, words};
use crate::config::{self, Format, Preset};
use crate::ingest::{Look, LookColumn};
use crate::model::Kind;

/// Files of one kind.
#[derive(Debug, Clone)]
pub struct Group {
    /// What the source is called.
    pub name: String,
    /// The layout of a vendor, and which share of its telling columns is there.
    pub preset: Option<(&'static Preset, f64)>,
    /// The files, by path.
    pub paths: Vec<String>,
    /// What their names say that the rows are.
    pub rows_are: Option<Entity>,
    /// All looks' columns as one, values behind each other.
    pub look: Look,
    /// What the columns are.
    pub guesses: Vec<Guess>,
    /// Whether the first line of the files is a row, not a header.
    pub headless: bool,
}

impl Group {
    /// Whether its columns tell of persons: names or addresses.
    #[must_use]
    pub fn is_about_persons(&self) -> bool {
        self.guesses.iter().any(|guess| {
            matches!(
                guess.role,
                Role::Email | Role::Phone | Role::Hash(..) | Role::Field("first_name" | "last_name" | "full_name")
            )
        }) && !self.guesses.iter().any(|guess| matches!(guess.role, Role::Field("amount")))
    }

    /// Whether some column of it identifies a person.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        let by_preset = |preset: &Preset| {
            let digests = preset.fields.iter().filter(|(_, field)| field.kind == Kind::Hash).map(|(name, _)| name);
            let more = preset.identifiers.iter().chain(digests).map(String::as_str);
            ["email", "phone"].into_iter().chain(more).any(|field| self.has(preset, field))
        };
        self.preset.is_some_and(|(preset, _)| by_preset(preset))
            || self.preset.is_none() && self.sides().is_some()
            || self.preset.is_none()
                && self.guesses.iter().any(|guess| match &guess.role {
                    Role::Email | Role::Phone | Role::Hash(..) => true,
                    Role::Id(Entity::Person(_) | Entity::Loyalty | Entity::Device | Entity::National) => {
                        guess.shape.filled > 0 && !guess.shape.is_constant()
                    }
                    _ => false,
                })
    }

    /// Whether a field of its preset has a column here.
    #[must_use]
    pub fn has(&self, preset: &Preset, field: &str) -> bool {
        let wanted = preset.source.fields.get(field).map(|mapping| mapping.columns()).unwrap_or_default();
        let is = |name: &&str, column: &LookColumn| name.trim().eq_ignore_ascii_case(column.name.trim());
        self.look.columns.iter().any(|column| wanted.iter().any(|name| is(name, column)))
    }

    /// Of a message log: the columns of sender, receiver and direction.
    #[must_use]
    pub fn sides(&self) -> Option<(usize, usize, usize)> {
        let at = |name: &str| self.guesses.iter().position(|guess| guess.column.trim().eq_ignore_ascii_case(name));
        let (from, to, direction) = (at("from")?, at("to")?, at("direction")?);
        let numbers = |at: usize| self.guesses[at].shape.filled == 0 || self.guesses[at].shape.phone >= 0.6;
        (numbers(from) && numbers(to)).then_some((from, to, direction))
    }

    /// The different values of a column, blank ones left out; `17850.0` counts as `17850`.
    #[must_use]
    pub fn values(&self, column: usize) -> BTreeSet<String> {
        let values = self.look.columns[column].values.iter().map(|value| value.trim().trim_start_matches('\''));
        let plain = |value: &str| value.strip_suffix(".0").unwrap_or(value).to_owned();
        values.filter(|value| !value.is_empty()).map(plain).collect()
    }
}

/// Puts files of one kind together, in the order in which they were named.
#[must_use]
pub fn groups(looks: Vec<Look>) -> Vec<Group> {
    let mut kinds: Vec<(String, Vec<Look>)> = Vec::new();
    for look in looks {
        let names: Vec<String> = look.columns.iter().map(|column| column.name.clone()).collect();
        let key = match config::recognize(&names) {
            Some((preset, _)) => format!("preset {}", preset.name),
            None if look.format == Format::Jsonl => {
                let roots: BTreeSet<&str> = names.iter().filter_map(|name| name.split(['.', '[']).next()).collect();
                format!("json {roots:?}")
            }
            None => {
                let mut names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
                if is_headless(&look) {
                    names = vec![format!("{} columns without names", names.len())];
                }
                names.sort();
                format!("{names:?} {:?} {}", look.format, look.spaces)
            }
        };
        match kinds.iter_mut().find(|(known, looks)| *known == key && looks[0].encoding == look.encoding) {
            Some((_, looks)) => looks.push(look),
            None => kinds.push((key, vec![look])),
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    for (_, looks) in kinds {
        let mut group = group(looks);
        let same = groups.iter().filter(|other| other.name == group.name).count();
        if same > 0 {
            group.name = format!("{}_{}", group.name, same + 1);
        }
        groups.push(group);
    }
    groups
}

fn group(looks: Vec<Look>) -> Group {
    let mut paths: Vec<String> = looks.iter().map(|look| look.path.clone()).collect();
    paths.sort();
    let headless = is_headless(&looks[0]);
    let mut looks = looks.into_iter();
    let mut whole = looks.next().expect("a group has a file");
    if headless {
        header_is_a_row(&mut whole);
    }
    for mut look in looks {
        if headless {
            header_is_a_row(&mut look);
        }
        add(&mut whole, look);
    }
    let names: Vec<String> = whole.columns.iter().map(|column| column.name.clone()).collect();
    let preset = config::recognize(&names);
    let mut guesses = guess(&whole);
    if headless {
        by_values_alone(&whole, &mut guesses);
    }
    let stem = common_stem(&paths);
    Group {
        name: source_name(&stem, preset.map(|(preset, _)| preset)),
        preset,
        rows_are: rows_are(&stem),
        paths,
        look: whole,
        guesses,
        headless,
    }
}

/// Columns without names: what their values say, and where nothing identifies a person, the first number that comes again.
fn by_values_alone(look: &Look, guesses: &mut [Guess]) {
    for (guess, column) in guesses.iter_mut().zip(&look.columns) {
        let day = |value: &String| value.trim().len() == 8 && (1900..2100).contains(&value[..4].parse().unwrap_or(0));
        if guess.role == Role::Other && guess.shape.digits >= 1.0 && column.values.iter().all(day) {
            if let Some(time) = super::times::guess(&column.values) {
                (guess.role, guess.sure) = (Role::Time(time), Sure::Likely);
            }
        } else if guess.role == Role::Other
            && guess.shape.number >= 0.9
            && column.values.iter().all(|value| value.contains('.'))
        {
            (guess.role, guess.sure) = (Role::Field("amount"), Sure::Guess);
        }
    }
    let known = guesses.iter().any(|guess| matches!(guess.role, Role::Email | Role::Phone | Role::Hash(..)));
    let comes_again = |guess: &&mut Guess| {
        guess.role == Role::Other && guess.shape.digits >= 1.0 && !guess.shape.is_constant() && !guess.shape.is_key()
    };
    if !known && let Some(guess) = guesses.iter_mut().find(comes_again) {
        (guess.role, guess.sure) = (Role::Id(Entity::Person("customer".into())), Sure::Guess);
    }
}

/// Puts the rows of one file behind those of another; columns that one of them lacks are blank there.
fn add(whole: &mut Look, more: Look) {
    let before = whole.rows;
    for column in more.columns {
        let same = |known: &&mut LookColumn| known.name.trim().eq_ignore_ascii_case(column.name.trim());
        match whole.columns.iter_mut().find(same) {
            Some(known) => known.values.extend(column.values),
            None => {
                let mut values = vec![String::new(); before];
                values.extend(column.values);
                whole.columns.push(LookColumn { name: column.name, values });
            }
        }
    }
    whole.rows += more.rows;
    whole.whole &= more.whole;
    for column in &mut whole.columns {
        column.values.resize(whole.rows, String::new());
    }
}

/// Whether the first line holds values: a name of a column has letters and is neither a day nor an address.
fn is_headless(look: &Look) -> bool {
    if look.format != Format::Csv || look.columns.is_empty() {
        return false;
    }
    let value = |column: &LookColumn| {
        let name = column.name.trim();
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        name.contains('@') || digits > 0 && digits * 2 >= name.len()
    };
    let values = look.columns.iter().filter(|column| value(column)).count();
    values > 0 && values * 3 >= look.columns.len()
}

fn header_is_a_row(look: &mut Look) {
    for (number, column) in look.columns.iter_mut().enumerate() {
        let first = std::mem::replace(&mut column.name, format!("column_{}", number + 1));
        column.values.insert(0, first);
    }
    look.rows += 1;
}

/// What the names of several files have in common, without digits and endings.
fn common_stem(paths: &[String]) -> String {
    let stem = |path: &String| {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let mut stem = file;
        for end in [".gz", ".zst", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet"] {
            stem = stem.strip_suffix(end).unwrap_or(stem);
        }
        stem.to_owned()
    };
    let stems: Vec<Vec<String>> = paths.iter().map(|path| words(&stem(path).replace('.', "_"))).collect();
    let first = stems.first().cloned().unwrap_or_default();
    let common: Vec<String> = first
        .into_iter()
        .filter(|word| stems.iter().all(|words| words.contains(word)))
        .filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|word| !matches!(word.as_str(), "export" | "data" | "seed" | "raw" | "sample" | "full" | "example"))
        .collect();
    common.join("_")
}

/// A short name: of the file, else of the preset.
fn source_name(stem: &str, preset: Option<&Preset>) -> String {
    let own = snake(stem);
    match preset {
        Some(preset) if own.len() < 3 || own.starts_with("field") || own.len() > 24 => preset.name.replace('-', "_"),
        _ if stem.is_empty() => "source".to_owned(),
        _ => own,
    }
}

/// The channel that a group's file names and columns speak of; whether that is more than a guess.
#[must_use]
pub fn channel(group: &Group) -> (String, bool) {
    if let Some((preset, _)) = group.preset {
        return (preset.source.channel.clone(), true);
    }
    let all: Vec<String> = words(&group.name).into_iter().map(|word| singular(&word).to_owned()).collect();
    let columns: Vec<Vec<String>> = group.guesses.iter().map(|guess| words(&guess.column)).collect();
    let named = |wanted: &[&str]| all.iter().any(|word| wanted.contains(&word.as_str()));
    let has = |wanted: &[&str]| columns.iter().flatten().any(|word| wanted.contains(&word.as_str()));
    let channels: [(&str, &[&str], &[&str]); 4] = [
        (
            "pos",
            &["pos", "till", "store", "retail", "receipt", "checkout", "toast", "square"],
            &["till", "receipt", "cashier"],
        ),
        ("sms", &["sms", "twilio", "message", "text", "whatsapp", "attentive", "postscript"], &["sms"]),
        (
            "email",
            &["email", "newsletter", "mailchimp", "klaviyo", "brevo", "mail", "campaign"],
            &["campaign", "newsletter"],
        ),
        (
            "web",
            &["web", "shop", "shopify", "ga4", "segment", "page", "visit", "session", "online", "ecommerce"],
            &["url", "cookie", "session", "anonymous"],
        ),
    ];
    if let Some((channel, ..)) = channels.iter().find(|(_, words, _)| named(words)) {
        return ((*channel).to_owned(), true);
    }
    let found = channels.iter().find(|(_, _, words)| has(words)).map(|(channel, ..)| (*channel).to_owned());
    (found.unwrap_or_else(|| "web".to_owned()), false)
}
