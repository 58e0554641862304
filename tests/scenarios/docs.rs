//! The documents keep up with the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::harness::{Scratch, root};

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn pages() -> Vec<String> {
    let mut pages: Vec<String> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned).to_vec();
    let more = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    pages.extend(more.map(|name| format!("docs/{}", name.to_str().unwrap())).filter(|name| name.ends_with(".md")));
    pages.sort();
    pages
}

/// Fenced blocks: language and text.
fn fenced(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(tag) = line.strip_prefix("```").filter(|tag| !tag.is_empty()) {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((tag, text.join("\n") + "\n"));
        }
    }
    blocks
}

/// Fenced blocks of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    fenced(page).into_iter().filter(|(tag, _)| *tag == language).map(|(_, text)| text).collect()
}

#[test]
fn the_readmes_first_command_shows_customers() {
    let readme = read("README.md");
    let commands: Vec<String> = blocks(&readme, "sh")[0].lines().map(str::to_owned).collect();
    let run = commands[0].split(" #").next().unwrap().trim();
    let arguments = run.strip_prefix("cargo run -- ").expect("the first command runs the program");
    let scratch = Scratch::empty();
    let retail = scratch.path().join("examples/retail");
    fs::create_dir_all(&retail).unwrap();
    for entry in fs::read_dir(root().join("examples/retail")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, retail.join(path.file_name().unwrap())).unwrap();
        }
    }
    let output = scratch.onefold(&arguments.split_whitespace().collect::<Vec<_>>());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The README shows what it prints; the last two lines hold times and places.
    let shown = blocks(&readme, "text")[0].clone();
    for line in shown.lines().take_while(|line| !line.starts_with("Run ")).filter(|line| !line.trim().is_empty()) {
        assert!(text.contains(line.trim_end()), "the README shows {line:?}; the program prints\n{text}");
    }
    assert_eq!(commands[1].split(" #").next().unwrap().trim(), "cargo test");
}

#[test]
fn what_the_page_of_reasons_shows_is_what_the_program_prints() {
    let scratch = Scratch::empty();
    let mut known = BTreeSet::new();
    let (mut asked, mut compared) = (None, 0);
    let page = read("docs/why.md");
    for (language, block) in fenced(&page) {
        match (language, block.strip_prefix("cargo run -- ")) {
            ("sh", Some(command)) => {
                let arguments: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
                let config = arguments.iter().find(|argument| argument.ends_with("onefold.toml")).expect("-c CONFIG");
                if known.insert(config.clone()) {
                    let folder = config.strip_suffix("/onefold.toml").expect("a config is in a folder");
                    copy_folder(&root().join(folder), &scratch.path().join(folder));
                    assert!(scratch.onefold(&["run", "--quiet", "-c", config]).status.success(), "{config}");
                }
                asked = Some(arguments);
            }
            ("text", _) => {
                let arguments = asked.take().expect("a command stands before what it prints");
                let output = scratch.onefold(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
                let printed = String::from_utf8(output.stdout).unwrap();
                for line in block.lines().filter(|line| !matches!(line.trim(), "" | "…")) {
                    assert!(
                        printed.lines().any(|real| real.trim_end() == line.trim_end()),
                        "docs/why.md shows {line:?}; {arguments:?} prints\n{printed}"
                    );
                }
                compared += 1;
            }
            _ => {}
        }
    }
    assert!(compared >= 5, "{compared}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if !path.is_dir() {
            fs::copy(&path, target).unwrap();
        } else if path.file_name().unwrap() == "data" {
            copy_folder(&path, &target);
        }
    }
}

#[test]
fn the_guides_commands_run_in_their_order() {
    let scratch = Scratch::empty();
    for file in ["email.csv", "pos.csv", "sms.csv.gz", "web.jsonl"] {
        scratch.write(&format!("exports/{file}"), &fs::read(root().join("examples/retail").join(file)).unwrap());
    }
    let guide = read("docs/guide.md");
    let commands: Vec<String> =
        blocks(&guide, "sh").iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(commands.len() >= 8 && commands[0].starts_with("onefold init "), "{commands:?}");
    for line in commands {
        // Words parted by spaces; quotes hold one together.
        let mut words: Vec<String> = Vec::new();
        for (number, part) in line.split('"').enumerate() {
            match number % 2 {
                0 => words.extend(part.split_whitespace().map(str::to_owned)),
                _ => words.push(part.to_owned()),
            }
        }
        let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let output = scratch.onefold(&arguments);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.is_empty() || line.contains("--quiet"), "{line} prints nothing");
    }
    assert!(scratch.path().join("out/current/report.html").is_file());
}

#[test]
fn every_exit_code_of_the_reference_is_the_programs() {
    let page = read("docs/cli.md");
    for (code, meaning) in onefold::commands::EXIT_CODES {
        assert!(page.contains(&format!("| {code} | {meaning} |")), "{code}");
    }
    let scratch = Scratch::empty();
    assert_eq!(scratch.onefold(&["run"]).status.code(), Some(2));
    assert_eq!(scratch.onefold(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(scratch.onefold(&["--version"]).status.code(), Some(0));
}

#[test]
fn every_onefold_command_in_the_docs_exists() {
    let help = String::from_utf8(Scratch::empty().onefold(&["--help"]).stdout).unwrap();
    let known: BTreeSet<&str> = help.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let mut seen = 0;
    for page in pages() {
        let text = read(&page);
        for line in blocks(&text, "sh").iter().flat_map(|block| block.lines()) {
            let command = line.trim().strip_prefix("onefold ").or_else(|| line.trim().strip_prefix("cargo run -- "));
            if let Some(name) = command.and_then(|rest| rest.split_whitespace().next()) {
                seen += 1;
                assert!(name.starts_with('-') || known.contains(name), "{page}: there is no command {name:?}");
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn every_config_in_the_docs_is_a_good_one() {
    // Whole configs only: snippets are marked ```toml,part.
    for page in pages() {
        for (number, block) in blocks(&read(&page), "toml").iter().enumerate() {
            let path = std::path::Path::new("onefold.toml");
            if let Err(problems) = onefold::config::load_text(block, path, &|_| Some("2026-01-01".into())) {
                panic!("{page}, config {}: {problems}", number + 1);
            }
        }
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let link = |text: &str| -> Vec<String> {
        text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect()
    };
    for page in pages() {
        let path = root().join(&page);
        for target in link(&read(&page)) {
            let file = target.split('#').next().unwrap();
            if !file.is_empty() && !file.contains("://") {
                assert!(path.parent().unwrap().join(file).exists(), "{page} links to {target}");
            }
        }
    }
}

#[test]
fn the_generators_page_names_every_difficulty() {
    let page = read("docs/generator.md");
    for (name, rate, ..) in super::generator::make::rates::Rates::default().list() {
        let line = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let line = line.unwrap_or_else(|| panic!("docs/generator.md says nothing of {name}"));
        let percent = format!("| {} % |", f64::from(rate) / 1e4);
        assert!(line.contains(&percent), "docs/generator.md gives another rate than {percent} for {name}");
    }
}
