//! From the config to the names, kinds and policies that the stages work with. Every default of `[identifiers]` is
//! decided here and nowhere else.

use super::{ColumnMapping, Config, GoldenField, HashAlgorithm, Identifier};
use crate::model::{ConsentId, ConsentKey, Field, FieldId, Kind, Namespace, NamespaceId, Schema, Source};

/// A namespace with every default filled in; index = [`NamespaceId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespacePolicy {
    /// As declared.
    pub name: String,
    /// What sort of value.
    pub kind: Kind,
    /// Fields that hold its values, or the parts of one value (`compound`).
    pub fields: Vec<FieldId>,
    /// Whether `fields` are parts of one value.
    pub compound: bool,
    /// For kind hash: the namespace whose values are hashed to meet this one's, and how.
    pub hash_of: Option<(NamespaceId, HashAlgorithm)>,
    /// 1 = strongest.
    pub priority: u32,
    /// Most distinct values per person; 0 = no limit.
    pub max_per_person: u32,
    /// Largest person, in records, that it may build; 0 = no limit.
    pub max_records_per_person: u32,
    /// More distinct people than this = shared; 0 = never.
    pub shared_above: u32,
    /// Compare fields that stand for people when `shared_above` is judged.
    pub proxy: Vec<u16>,
    /// Namespaces of smaller priority number whose values are unique per person: the stronger measure of `shared_above`.
    pub stronger: Vec<NamespaceId>,
    /// Compare fields that must not contradict.
    pub conflict: Vec<u16>,
    /// Domains whose dots do not count.
    pub ignore_dots: Vec<String>,
    /// Domains whose `+tag` does not count.
    pub ignore_tags: Vec<String>,
    /// Whether case does not count.
    pub ignore_case: bool,
}

/// The schema and the policies of a config that passed [`super::check`]; names that are not there are left out.
#[must_use]
pub fn schema(config: &Config) -> (Schema, Vec<NamespacePolicy>) {
    let mut schema = Schema { sources: sources(config), fields: fields(config), ..Schema::default() };
    let mut declared: Vec<(&String, &Identifier)> = config.identifiers.iter().collect();
    declared.sort_by_key(|(name, identifier)| priority(name, identifier)); // stable: ties keep the declared order
    schema.namespaces = declared
        .iter()
        .map(|(name, identifier)| Namespace { name: (*name).clone(), kind: namespace_kind(name, identifier) })
        .collect();
    let mut policies: Vec<NamespacePolicy> =
        declared.iter().map(|(name, identifier)| policy(&mut schema, name, identifier)).collect();
    let unique: Vec<(u32, bool)> = policies.iter().map(|p| (p.priority, p.max_per_person == 1)).collect();
    for policy in &mut policies {
        policy.stronger = (0..unique.len())
            .filter(|&other| unique[other].1 && unique[other].0 < policy.priority)
            .map(|other| other as NamespaceId)
            .collect();
    }
    add_consents(config, &mut schema, &policies);
    (schema, policies)
}

/// What sources say about consent, in the order in which they first name it, with two fields each.
fn add_consents(config: &Config, schema: &mut Schema, policies: &[NamespacePolicy]) {
    for name in config.source.iter().flat_map(|source| source.consent.keys()) {
        if schema.consent(name).is_some() || schema.consents.len() == usize::from(ConsentId::MAX) {
            continue;
        }
        let (channel, purpose) = name.split_once(':').unwrap_or((name, ""));
        let word = schema.fields.len() as FieldId;
        // A dot is in no name that a config may give, so these meet no other field.
        schema.fields.push(Field { name: format!("consent.{name}"), kind: Kind::Consent });
        schema.fields.push(Field { name: format!("consent.{name}.since"), kind: Kind::Time });
        schema.consents.push(ConsentKey {
            channel: channel.to_owned(),
            purpose: purpose.to_owned(),
            word,
            since: word + 1,
            addresses: addresses(config, channel, policies),
        });
    }
}

/// The namespaces whose values are addresses on a channel.
fn addresses(config: &Config, channel: &str, policies: &[NamespacePolicy]) -> Vec<NamespaceId> {
    if let Some(named) = config.consent.channels.get(channel).and_then(|channel| channel.identifiers.as_ref()) {
        let all = 0..policies.len() as NamespaceId;
        return all.filter(|&n| named.contains(&policies[usize::from(n)].name)).collect();
    }
    let kind = match channel {
        "email" => Kind::Email,
        "sms" | "mms" | "whatsapp" | "phone" | "call" => Kind::Phone,
        _ => return Vec::new(),
    };
    let is_address = |policy: &NamespacePolicy| policy.kind == kind && !policy.compound;
    let meets = |policy: &NamespacePolicy| policy.hash_of.is_some_and(|(of, _)| is_address(&policies[usize::from(of)]));
    let fits = |&n: &NamespaceId| is_address(&policies[usize::from(n)]) || meets(&policies[usize::from(n)]);
    (0..policies.len() as NamespaceId).filter(fits).collect()
}

fn sources(config: &Config) -> Vec<Source> {
    let mut names: Vec<&str> = config.source.iter().map(|s| s.name.as_str()).collect();
    names.sort_unstable();
    config
        .source
        .iter()
        .map(|source| Source {
            name: source.name.clone(),
            channel: source.channel.clone(),
            rank: names.partition_point(|name| *name < source.name.as_str()) as u16,
        })
        .collect()
}

/// Canonical fields in the order in which `[[source]]` mappings first name them.
fn fields(config: &Config) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for name in config.source.iter().flat_map(|source| source.fields.keys()) {
        if !fields.iter().any(|field| field.name == *name) {
            fields.push(Field { name: name.clone(), kind: field_kind(config, name) });
        }
    }
    fields
}

/// `[fields]`, else the kind of the one-field identifier that reads it, else by name.
fn field_kind(config: &Config, name: &str) -> Kind {
    if let Some(declared) = config.fields.get(name) {
        return declared.kind;
    }
    let by_identifier = config.identifiers.iter().find(|(namespace, identifier)| {
        !identifier.compound
            && (identifier.fields.iter().any(|f| f == name) || identifier.fields.is_empty() && *namespace == name)
    });
    match by_identifier {
        Some((namespace, identifier)) => namespace_kind(namespace, identifier),
        None => Kind::of_field_name(name),
    }
}

/// The kind of a namespace: as declared, else by its name.
pub(super) fn namespace_kind(name: &str, identifier: &Identifier) -> Kind {
    identifier.kind.unwrap_or_else(|| match Kind::of_field_name(name) {
        _ if identifier.compound => Kind::Text,
        Kind::Text | Kind::Name => Kind::Id,
        by_name => by_name,
    })
}

fn priority(name: &str, identifier: &Identifier) -> u32 {
    identifier.priority.unwrap_or(match namespace_kind(name, identifier) {
        _ if identifier.compound => 40,
        Kind::Id => 10,
        Kind::Email | Kind::Hash => 20,
        Kind::Phone => 30,
        Kind::Device => 50,
        _ => 40,
    })
}

/// Whether ids of a namespace are handed out for what people do, not to people: one person has many orders.
fn names_an_event(name: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    const EVENTS: [&str; 12] = [
        "order",
        "invoice",
        "receipt",
        "transaction",
        "booking",
        "reservation",
        "ticket",
        "payment",
        "purchase",
        "session",
        "message",
        "event",
    ];
    words.iter().any(|word| EVENTS.contains(&word.strip_suffix('s').unwrap_or(word)))
}

fn policy(schema: &mut Schema, name: &str, identifier: &Identifier) -> NamespacePolicy {
    let kind = namespace_kind(name, identifier);
    let own = [name.to_owned()];
    let fields = if identifier.fields.is_empty() { &own[..] } else { &identifier.fields };
    let by_person = matches!(kind, Kind::Email | Kind::Phone | Kind::Hash) && !identifier.compound;
    let weak = by_person || kind == Kind::Device && !identifier.compound;
    let proxy = identifier.proxy.clone().unwrap_or_else(|| {
        let first = ["last_name", "first_name", "full_name"].into_iter().find(|f| schema.field(f).is_some());
        if by_person { first.map(str::to_owned).into_iter().collect() } else { Vec::new() }
    });
    let conflict = identifier.conflict.clone().unwrap_or_else(|| {
        let given = ["first_name", "full_name"].into_iter().find(|f| schema.field(f).is_some());
        if weak { given.map(str::to_owned).into_iter().collect() } else { Vec::new() }
    });
    NamespacePolicy {
        name: name.to_owned(),
        kind,
        fields: fields.iter().filter_map(|f| schema.field(f)).collect(),
        compound: identifier.compound,
        hash_of: identifier
            .of
            .as_deref()
            .and_then(|of| schema.namespace(of))
            .map(|of| (of, identifier.algorithm.unwrap_or(HashAlgorithm::Sha256))),
        priority: priority(name, identifier),
        max_per_person: identifier.max_per_person.unwrap_or(match kind {
            _ if identifier.compound => 0,
            Kind::Id if names_an_event(name) => 0,
            Kind::Id => 1,
            Kind::Email | Kind::Phone | Kind::Hash => 5,
            _ => 0,
        }),
        max_records_per_person: identifier.max_records_per_person.unwrap_or(0),
        shared_above: identifier.shared_above.unwrap_or(match kind {
            _ if identifier.compound => 0,
            Kind::Email | Kind::Phone | Kind::Hash => 5,
            Kind::Device => 2,
            _ => 0,
        }),
        proxy: compare_fields(schema, &proxy),
        stronger: Vec::new(),
        conflict: compare_fields(schema, &conflict),
        ignore_dots: identifier.ignore_dots.iter().map(|d| d.to_lowercase()).collect(),
        ignore_tags: identifier.ignore_tags.iter().map(|d| d.to_lowercase()).collect(),
        ignore_case: identifier.ignore_case,
    }
}

fn compare_fields(schema: &mut Schema, names: &[String]) -> Vec<u16> {
    let mut columns = Vec::new();
    for name in names {
        let Some(field) = schema.field(name) else { continue };
        let column = schema.compare_fields.iter().position(|f| *f == field).unwrap_or_else(|| {
            schema.compare_fields.push(field);
            schema.compare_fields.len() - 1
        });
        columns.push(column as u16);
    }
    columns
}

/// The names of the golden table's columns, in order. Without `[golden.fields]`, all fields.
#[must_use]
pub fn golden_columns(config: &Config, schema: &Schema) -> Vec<String> {
    if config.golden.fields.is_empty() {
        return schema.named().iter().map(|f| f.name.clone()).collect();
    }
    let mut columns = Vec::new();
    for (name, field) in &config.golden.fields {
        match field {
            GoldenField::Spec(spec) if !spec.fields.is_empty() => columns.extend(spec.fields.iter().cloned()),
            _ => columns.push(name.clone()),
        }
    }
    columns
}

impl ColumnMapping {
    /// The places to look, in order.
    #[must_use]
    pub fn picks(&self) -> &[super::Pick] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Alternatives(several) => several,
        }
    }

    /// The places in a few words: `Mobile, else Phone`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.picks().iter().map(super::Pick::describe).collect::<Vec<_>>().join(", else ")
    }
}

impl super::Pick {
    fn describe(&self) -> String {
        let spec = match self {
            Self::Column(name) => return name.clone(),
            Self::Spec(spec) => spec,
        };
        if let Some(name) = &spec.column {
            return name.clone();
        }
        if let Some(constant) = &spec.constant {
            return format!("always \"{constant}\"");
        }
        if spec.file_name.is_some() {
            return "the file's name".to_owned();
        }
        let cases: Vec<&str> = spec.cases.iter().map(|case| case.column.as_str()).collect();
        if cases.is_empty() { spec.join.join(" + ") } else { cases.join(" or ") }
    }
}

#[cfg(test)]
mod tests;
