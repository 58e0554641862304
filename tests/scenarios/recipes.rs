//! The recipes of docs/nightly.md, as far as they can run here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::harness::{Scratch, root};

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/nightly.md")).unwrap();
    let fence = format!("\n```{language}\n");
    let parts = page.split(&fence).skip(1);
    parts.map(|part| part.split("\n```\n").next().unwrap().to_owned() + "\n").collect()
}

/// Runs a program on a text; none = there is no such program here.
fn understands(program: &str, arguments: &[&str], text: &str) -> Option<()> {
    use std::io::Write;
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().ok()?;
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program}: {}\n{text}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

#[cfg(unix)]
#[test]
fn the_cron_script_tells_the_three_outcomes_apart() {
    use std::os::unix::fs::PermissionsExt;
    let config = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                  [source.fields]\nemail = \"email\"\n[identifiers.email]\n[gates]\nrow_drop = 0.3\n";
    let scratch =
        Scratch::of(&[("onefold.toml", config), ("shop.csv", "id,email\n1,a@example.org\n2,b@example.org\n")]);
    let tools = Scratch::of(&[("nightly", &blocks("bash")[0])]);
    let script = tools.path().join("nightly");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_onefold")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(PathBuf::from(binary)).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let path = path.unwrap();
    let night = || {
        let output = Command::new(&script).arg(scratch.path()).env("PATH", &path).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(night(), (Some(0), String::new()));
    scratch.write("shop.csv", b"id,email\n1,a@example.org\n");
    let (code, said) = night();
    assert!(code == Some(1) && said.contains("row_drop:shop") && said.contains("a gate held"), "{said}");
    fs::remove_file(scratch.path().join("shop.csv")).unwrap();
    let (code, said) = night();
    assert!(code == Some(2) && said.contains("shop.csv") && said.contains("exit code 2"), "{said}");
}

#[test]
fn the_airflow_recipe_is_python() {
    for text in blocks("python") {
        if understands("python3", &["-c", "import ast, sys; ast.parse(sys.stdin.read())"], &text).is_none() {
            return;
        }
    }
    assert_eq!(blocks("python").len(), 1);
}

#[test]
fn the_yaml_recipes_are_yaml() {
    let check = "import sys\ntry:\n  import yaml\nexcept ImportError:\n  sys.exit(0)\nyaml.safe_load(sys.stdin.read())";
    assert_eq!(blocks("yaml").len(), 2);
    blocks("yaml").iter().for_each(|text| _ = understands("python3", &["-c", check], text));
}

#[test]
fn the_systemd_recipes_are_units() {
    let units = blocks("ini");
    assert_eq!(units.len(), 2);
    if !Command::new("systemd-analyze").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return;
    }
    let scratch = Scratch::empty();
    for (name, unit) in ["onefold.service", "onefold.timer"].into_iter().zip(&units) {
        assert!(unit.lines().next().unwrap().ends_with(name));
        // Its own paths and users are not on this machine.
        let unit = unit.replace("/usr/local/bin/onefold", "/bin/true").replace("User=onefold\n", "");
        scratch.write(name, unit.replace("OnFailure=onefold-failed.service\n", "").as_bytes());
    }
    let paths = ["onefold.service", "onefold.timer"].map(|name| scratch.path().join(name));
    let output = Command::new("systemd-analyze").arg("verify").args(paths).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
