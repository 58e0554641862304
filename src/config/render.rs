//! Problems as a person reads them: the fault, the line of the file with a caret under it, and the hint.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::tree::Tree;
use crate::problem::{Place, Problem, Problems};

/// All problems, each with its place, and the source line where the place is in the config. `loaded` is the config's
/// path and its text as it stands in the file.
///
/// The text carries terminal colors; print it with `anstream`, which takes them out where there is no terminal.
#[must_use]
pub fn render(problems: &Problems, loaded: Option<(&Path, &str)>) -> String {
    rendered(&problems.0, loaded, &Level::ERROR)
}

/// The same for what is odd but stops nothing.
#[must_use]
pub fn render_warnings(warnings: &[Problem], loaded: Option<(&Path, &str)>) -> String {
    rendered(warnings, loaded, &Level::WARNING)
}

fn rendered(problems: &[Problem], loaded: Option<(&Path, &str)>, level: &Level<'static>) -> String {
    let path = loaded.map(|(path, _)| path.display().to_string()).unwrap_or_default();
    let tree = loaded.map(|(_, text)| Tree::parse(text).0);
    let renderer = Renderer::styled();
    let mut out = String::new();
    for (i, problem) in problems.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let hint = (!problem.fix.is_empty())
            .then(|| Group::with_title(Level::HELP.with_name("hint").secondary_title(problem.fix.as_str())));
        match tree.as_ref().and_then(|tree| snippet(problem, &path, tree, level)) {
            Some(fault) => {
                let groups: Vec<Group<'_>> = [Some(fault), hint].into_iter().flatten().collect();
                out.push_str(&renderer.render(&groups));
            }
            // Without a source line the two would be joined by a lonely bar, so each is rendered alone.
            None => {
                out.push_str(&renderer.render(&[Group::with_title(level.clone().primary_title(told(problem, &path)))]));
                if let Some(hint) = hint {
                    out.push('\n');
                    out.push_str(&renderer.render(&[hint]));
                }
            }
        }
        out.push('\n');
    }
    out
}

/// The fault with its line of the config, where it has one.
fn snippet<'a>(problem: &'a Problem, path: &'a str, tree: &Tree<'a>, level: &Level<'static>) -> Option<Group<'a>> {
    let caret = AnnotationKind::Primary.span(tree.range(&problem.place)?);
    let title = level.clone().primary_title(problem.what.as_str());
    Some(title.element(Snippet::source(tree.text).path(path).annotation(caret)))
}

/// The fault in one line, its place first.
fn told(problem: &Problem, path: &str) -> String {
    let what = &problem.what;
    match &problem.place {
        Place::File { path, line: Some(line) } => format!("{path}:{line}: {what}"),
        Place::File { path, line: None } => format!("{path}: {what}"),
        Place::Argument(name) => format!("{name}: {what}"),
        Place::Run => what.clone(),
        _ if !path.is_empty() => format!("{path}: {what}"),
        Place::Config { path, .. } | Place::ConfigKey { path } => format!("config `{}`: {what}", path.join(".")),
        Place::ConfigSpan(_) => format!("config: {what}"),
    }
}

#[cfg(test)]
mod tests;
