//! The columns of a source as fields, and those that are none.

use super::columns::{Guess, Role, own_field};
use super::group::Group;
use super::identifiers::algorithm;
use super::join::SharedId;
use super::names::{Entity, words};
use super::source::Written;
use super::text::{Line, quoted, spec};
use super::times;
use crate::config::ConsentWords;
use crate::model::Kind;
use crate::normalize::blank;
use crate::normalize::consent::{self, Reading};

pub(super) fn fields(
    group: &Group,
    (number, is_part): (usize, bool),
    ids: &[SharedId],
    used: &[&str],
    written: &mut Written,
) {
    let mut taken = vec![false; group.guesses.len()];
    let share = |guess: &Guess| format!("{:.0} % filled", 100.0 * guess.shape.fill());
    let note = |guess: &Guess| format!("{}, {}", guess.sure.word(), share(guess));
    for id in ids {
        for (_, column) in id.columns.iter().filter(|(group, _)| *group == number) {
            taken[*column] = true;
            let guess = &group.guesses[*column];
            let note = format!("{}: {}; {}", id.sure.word(), id.why, share(guess));
            written.fields.push(Line::new(&id.name, quoted(&guess.column), note));
        }
    }
    if let Some(line) = either_side(group, &mut taken) {
        written.fields.push(line);
    }
    let all = |role: &dyn Fn(&Role) -> bool| -> Vec<usize> {
        (0..group.guesses.len()).filter(|at| role(&group.guesses[*at].role)).collect()
    };
    let put = |field: &str, columns: Vec<usize>, written: &mut Written, taken: &mut Vec<bool>| {
        let columns: Vec<usize> = columns.into_iter().filter(|at| !taken[*at]).collect();
        let Some(first) = columns.first() else { return };
        let mut names: Vec<String> = Vec::new();
        for at in &columns {
            // Of columns of one name the first is meant.
            let name = quoted(&group.guesses[*at].column);
            if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                names.push(name);
            }
        }
        let value = if names.len() == 1 { names[0].clone() } else { format!("[{}]", names.join(", ")) };
        columns.iter().for_each(|at| taken[*at] = true);
        written.fields.push(Line::new(field, value, note(&group.guesses[*first])));
    };
    put("email", all(&|role| *role == Role::Email), written, &mut taken);
    put("phone", all(&|role| *role == Role::Phone), written, &mut taken);
    for at in all(&|role| matches!(role, Role::Hash(..))) {
        let Role::Hash(email, digits) = group.guesses[at].role else { continue };
        let name = format!("{}_{}", if email { "email" } else { "phone" }, algorithm(digits));
        if written.digests.iter().all(|(known, ..)| *known != name) {
            put(&name, vec![at], written, &mut taken);
            written.digests.push((name, email, digits));
        }
    }
    let named = |name: &'static str| all(&move |role: &Role| *role == Role::Field(name));
    for name in
        ["first_name", "last_name", "birth_date", "company", "street", "city", "region", "postal_code", "country"]
    {
        let columns = named(name);
        if name == "birth_date"
            && let Some(at) = columns.first()
        {
            written.birth_formats.extend(birth_format(&group.look.columns[*at].values));
        }
        put(name, columns, written, &mut taken);
    }
    if named("first_name").is_empty() {
        for at in named("full_name").into_iter().take(1) {
            taken[at] = true;
            let column = quoted(&group.guesses[at].column);
            for part in ["first", "last"] {
                let value = spec(&[("column", column.clone()), ("part", quoted(part))]);
                written.fields.push(Line::new(&format!("{part}_name"), value, note(&group.guesses[at])));
            }
        }
    }
    if !is_part {
        put("amount", best_amount(group, named("amount")), written, &mut taken);
    }
    for name in ["quantity", "currency", "status", "event"] {
        put(name, named(name).into_iter().take(1).collect(), written, &mut taken);
    }
    for at in all(&|role| matches!(role, Role::Consent(_))) {
        let field = own_field(&group.guesses[at].column);
        if written.fields.iter().all(|line| line.key != field) {
            put(&field, vec![at], written, &mut taken);
            if group.guesses[at].role == Role::Consent(true) {
                written.bools.push(field);
            }
        }
        map_consent(group, at, written);
    }
    for (at, guess) in
        group.guesses.iter().enumerate().filter(|(at, guess)| !taken[*at] && !used.contains(&guess.column.as_str()))
    {
        written.left.push(format!("{} = {}  # {}", own_field(&guess.column), quoted(&guess.column), left(group, at)));
    }
}

/// Maps a column of consent, if its values are read as they stand.
fn map_consent(group: &Group, at: usize, written: &mut Written) {
    let guess = &group.guesses[at];
    let words = words(&guess.column);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let (channel, named) = match () {
        () if has(&["whatsapp"]) => ("whatsapp", true),
        () if has(&["sms", "text", "texts", "mobile"]) => ("sms", true),
        () if has(&["call", "calls", "phone"]) => ("phone", true),
        () => ("email", has(&["email", "mail", "newsletter"])),
    };
    let out = has(&["unsubscribed", "unsubscribe", "blacklisted", "blocklisted", "optout", "out", "suppressed"]);
    let says = if out { ConsentWords::OptOut } else { ConsentWords::State };
    let mut values = group.look.columns[at].values.iter().filter_map(|value| blank::value(value, Kind::Consent));
    let read = values.all(|value| matches!(consent::read(says, value), Reading::Said(_)));
    if !read || written.consent.iter().any(|line| line.key == channel) {
        return;
    }
    let column = quoted(&guess.column);
    let value = if out { spec(&[("column", column), ("says", quoted("opt_out"))]) } else { column };
    let note = if named { "likely: by its name and values" } else { "a guess: the channel is not named" };
    written.consent.push(Line::new(channel, value, note.into()));
}

/// Why a column is not mapped.
fn left(group: &Group, at: usize) -> String {
    let guess = &group.guesses[at];
    let what = match &guess.role {
        _ if guess.shape.filled == 0 => return "empty".to_owned(),
        Role::Id(_) if guess.shape.is_constant() => "an id, the same in every row",
        Role::Id(Entity::Row) => "the row's own id",
        Role::Id(_) => "an id of something else, or one that meets no other file",
        Role::Time(_) => "a time",
        Role::Field("amount") => "an amount",
        _ if guess.shape.email >= 0.5 => "addresses that are not the customer's",
        _ if guess.shape.hash.0 >= 0.9 => "hashed",
        _ if guess.shape.bool >= 0.9 => "yes or no",
        _ if guess.shape.number >= 0.9 => "a number",
        _ => "text",
    };
    format!("{what}, {:.0} % filled", 100.0 * guess.shape.fill())
}

/// The amount that the row is worth: its total rather than a part of it.
fn best_amount(group: &Group, mut columns: Vec<usize>) -> Vec<usize> {
    if group.sides().is_some() {
        return Vec::new(); // what a message costs is nothing that its receiver spent
    }
    let rank = |at: &usize| {
        let words = words(&group.guesses[*at].column);
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        match () {
            () if has("total") && !has("line") && !has("sub") => 0,
            () if has("amount") || has("revenue") => 1,
            () if has("subtotal") || has("pre") => 3,
            () => 2,
        }
    };
    columns.sort_by_key(rank);
    columns.truncate(1);
    columns
}

/// A message log: the customer is on the other side of what was sent.
fn either_side(group: &Group, taken: &mut [bool]) -> Option<Line> {
    let (from, to, direction) = group.sides()?;
    (taken[from], taken[to]) = (true, true);
    let name = |at: usize| quoted(&group.guesses[at].column);
    let when = quoted(&format!("{} LIKE 'inbound%'", group.guesses[direction].column.trim()));
    let value = format!("{{ cases = [{{ when = {when}, column = {} }}, {{ column = {} }}] }}", name(from), name(to));
    Some(Line::new("phone", value, "likely: the sender of what came in, the receiver of what went out".into()))
}

fn birth_format(values: &[String]) -> Option<String> {
    if times::is_bare(values) {
        return Some("%Y%m%d".to_owned());
    }
    times::guess(values)?.format
}
