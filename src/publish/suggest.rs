//! Shared values as placeholders in config syntax: what a run suggests to add to its config.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use super::Publication;
use super::findings::SharedText;
use super::output::OutputFile;
use crate::model::TableFile;
use crate::normalize::placeholders::KINDS;
use crate::problem::Result;

/// The file's name within a run's folder.
pub const SUGGESTED_PLACEHOLDERS: &str = "suggested_placeholders.toml";

const HEAD: &str = "\
# Values that this run saw with too many different people to be anybody's own (table shared_identifiers). They link nobody
# already; as placeholders they win no golden column either, and link nobody on days with less data. Look through them,
# and copy what is right into the config; where it has the section already, add to its `values`.
";
const FEW: &str = "\
# Commented out: values of few more people than `shared_above`, which a large family may have.
";
const NONE: &str = "\
# In this run there are none.
";

/// Writes the shared values as sections of `[placeholders]`, by kind, those of most people first.
pub fn write_suggestions(run: &Publication<'_>, shared: &[SharedText<'_>], folder: &Path) -> Result<TableFile> {
    let (page, values) = suggestions(run, shared);
    let mut file = OutputFile::create(&folder.join(SUGGESTED_PLACEHOLDERS))?;
    file.write_all(page.as_bytes()).map_err(|error| file.explain(&error))?;
    let (bytes, fingerprint) = file.finish()?;
    Ok(TableFile { file: SUGGESTED_PLACEHOLDERS.to_owned(), rows: values, bytes, fingerprint })
}

/// The file's text, and how many values it has.
fn suggestions(run: &Publication<'_>, shared: &[SharedText<'_>]) -> (String, u64) {
    let mut sections = String::new();
    let (mut values, mut few) = (0, false);
    for (kind, name) in KINDS {
        let policy = |row: &SharedText<'_>| &run.policies[usize::from(row.namespace)];
        let mut of_kind: Vec<_> =
            shared.iter().filter(|row| policy(row).kind == kind && !policy(row).compound).collect();
        of_kind.sort_by(|a, b| (b.distinct, &a.value, b.records).cmp(&(a.distinct, &b.value, a.records)));
        of_kind.dedup_by(|later, first| later.value == first.value);
        if of_kind.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = write!(sections, "\n[placeholders.{name}]\nvalues = [\n");
        for row in of_kind {
            let is_few = row.distinct <= policy(row).shared_above.saturating_mul(2);
            let mark = if is_few { "# " } else { "" };
            // A config puts the environment in for `${NAME}`, unless its first character is doubled.
            let value = toml::Value::String(row.value.replace("${", "$${"));
            let _ = writeln!(sections, "  {mark}{value}, # {} × {}, on {} records", row.distinct, row.by, row.records);
            values += 1;
            few |= is_few;
        }
        sections.push_str("]\n");
    }
    let note = match (values, few) {
        (0, _) => NONE,
        (_, true) => FEW,
        (_, false) => "",
    };
    (format!("{HEAD}{note}{sections}"), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load_text;
    use crate::publish::findings::shared_texts;
    use crate::publish::sample::sample;

    #[test]
    fn shared_values_are_suggested_in_config_syntax() {
        let sample = sample();
        let run = sample.publication();
        let (page, values) = suggestions(&run, &shared_texts(&run));
        assert_eq!(values, 1);
        let section = page.strip_prefix(HEAD).expect("the head comes first");
        assert_eq!(
            section,
            "\n[placeholders.email]\nvalues = [\n  \"info@shop.example\", # 17 × last_name, on 40 records\n]\n"
        );
    }

    #[test]
    fn suggestions_load_whatever_characters_a_value_has() {
        let sample = sample();
        let run = sample.publication();
        let texts =
            ["a\"b\\c'd@example.com", "tab\there@example.com", "ünï@example.com", "del\u{7f}${HOME}@example.com"];
        let mut shared = Vec::new();
        for text in texts {
            let mut one = shared_texts(&run);
            one[0].value = text.to_owned();
            shared.append(&mut one);
        }
        let (page, _) = suggestions(&run, &shared);
        let source = "[[source]]\nname = \"s\"\nchannel = \"web\"\npath = \"s.csv\"\n[source.fields]\n\
                      email = \"email\"\n[identifiers.email]\n";
        let loaded = load_text(&format!("{source}{page}"), Path::new("onefold.toml"), &|_| None);
        let mut found = loaded.expect("suggestions are good config").config.placeholders["email"].values.clone();
        found.sort();
        let mut wanted = texts.map(str::to_owned);
        wanted.sort();
        assert_eq!(found, wanted);
    }

    #[test]
    fn without_shared_values_the_file_says_so() {
        let sample = sample();
        let (page, values) = suggestions(&sample.publication(), &[]);
        assert_eq!((page, values), (format!("{HEAD}{NONE}"), 0));
    }
}
