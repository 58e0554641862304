//! The recipes of docs/nightly.md. Those of tools that are not here are skipped, and standard error says so.
//!
//! `PATH=/venvs/airflow/bin:/venvs/dbt/bin:$PATH cargo test --test scenarios recipes` runs all of them.

use std::fs;
use std::path::Path;
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
    let scratch = shop();
    let tools = Scratch::of(&[("nightly", &blocks("bash")[0])]);
    let script = tools.path().join("nightly");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let night = || {
        let output = Command::new(&script).arg(scratch.path()).env("PATH", path()).output().unwrap();
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

/// Tells whoever runs the tests, past what the test program keeps to itself.
fn skipped(recipe: &str, wanted: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "SKIPPED: the {recipe} recipe was not run: no {wanted} here");
}

/// `PATH` with the folder of this build's `onefold` before it.
fn path() -> std::ffi::OsString {
    let binary = Path::new(env!("CARGO_BIN_EXE_onefold")).parent().unwrap().to_owned();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(binary).chain(std::env::split_paths(&rest))).unwrap()
}

/// A business of two customers, in the folder that recipes call /srv/acme.
const SHOP: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                    [source.fields]\nemail = \"email\"\n[identifiers.email]\n[gates]\nrow_drop = 0.3\n";

fn shop() -> Scratch {
    Scratch::of(&[("onefold.toml", SHOP), ("shop.csv", "id,email\n1,a@example.org\n2,b@example.org\n")])
}

#[test]
fn the_airflow_recipe_is_python() {
    for text in blocks("python") {
        if understands("python3", &["-c", "import ast, sys; ast.parse(sys.stdin.read())"], &text).is_none() {
            return skipped("Airflow", "python3");
        }
    }
    assert_eq!(blocks("python").len(), 1);
}

#[test]
fn the_airflow_recipe_retries_faults_and_no_broken_gates() {
    let (scratch, home) = (shop(), Scratch::empty());
    let airflow = |arguments: &[&str]| {
        let mut command = Command::new("airflow");
        command.args(arguments).env("PATH", path()).env("AIRFLOW_HOME", home.path());
        command
            .env("AIRFLOW__CORE__DAGS_FOLDER", home.path().join("dags"))
            .env("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
        command.output().ok().map(|output| {
            let said = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8_lossy(&said).into_owned())
        })
    };
    if !airflow(&["version"]).is_some_and(|(is_there, _)| is_there) {
        return skipped("Airflow", "airflow");
    }
    // One attempt more in place of two, and at once.
    let text = blocks("python")[0].replace("/srv/acme", scratch.path().to_str().unwrap());
    let text = text.replace("retries=2, retry_delay=timedelta(minutes=10)", "retries=1, retry_delay=timedelta(0)");
    assert!(text.contains("timedelta(0)"), "{text}");
    home.write("dags/onefold_nightly.py", text.as_bytes());
    for first in [&["db", "migrate"][..], &["dags", "reserialize"]] {
        let (is_done, said) = airflow(first).unwrap();
        assert!(is_done, "{said}");
    }
    let night = || airflow(&["dags", "test", "onefold_nightly"]).unwrap();
    let attempts = |said: &str| said.matches("Traceback").count();
    let (is_done, said) = night();
    assert!(is_done && scratch.path().join("out/current/run.json").exists(), "{said}");
    scratch.write("shop.csv", b"id,email\n1,a@example.org\n");
    let (is_done, said) = night();
    assert!(!is_done && said.contains("a gate held the run back") && said.contains("row_drop:shop"), "{said}");
    let of_a_gate = attempts(&said);
    fs::remove_file(scratch.path().join("shop.csv")).unwrap();
    let (is_done, said) = night();
    assert!(!is_done && said.contains("the run failed") && said.contains("shop.csv"), "{said}");
    assert!(attempts(&said) > of_a_gate, "a fault is tried again: {said}");
}

#[test]
fn the_dbt_recipe_reads_what_is_published() {
    let scratch = shop();
    scratch.run();
    let (sources, folder) = (blocks("yaml").pop().unwrap(), scratch.path().to_str().unwrap());
    let project = Scratch::of(&[
        ("dbt_project.yml", "name: acme\nversion: \"1.0\"\nprofile: acme\n"),
        ("profiles.yml", "acme:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: acme.duckdb}\n"),
        ("models/sources.yml", &sources.replace("/srv/acme", folder)),
        ("models/customers.sql", "select * from {{ source('onefold', 'golden_customers') }}\n"),
        (
            "models/records.sql",
            "select c.* from {{ source('onefold', 'crosswalk') }} c join {{ ref('customers') }} using (person_id)\n",
        ),
    ]);
    let dbt = |arguments: &[&str]| {
        let mut command = Command::new("dbt");
        command.args(arguments).current_dir(project.path()).env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false");
        command
            .output()
            .ok()
            .map(|output| (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()))
    };
    if !dbt(&["--version"]).is_some_and(|(is_there, said)| is_there && said.contains("duckdb")) {
        return skipped("dbt", "dbt with dbt-duckdb");
    }
    for _ in 0..2 {
        let (is_done, said) = dbt(&["build", "--profiles-dir", "."]).unwrap();
        assert!(is_done && said.contains("PASS=4") && !said.contains("Deprecat"), "{said}");
        scratch.write("shop.csv", b"id,email\n1,a@example.org\n2,b@example.org\n3,b@example.org\n");
        scratch.run();
    }
}

/// The commands of a workflow's `run:` steps, in order.
fn steps(workflow: &str) -> Vec<String> {
    let (mut steps, mut lines) = (Vec::new(), workflow.lines().peekable());
    while let Some(line) = lines.next() {
        let Some((before, command)) = line.split_once("run: ") else { continue };
        let depth = before.len();
        if command != "|" {
            steps.push(command.to_owned());
            continue;
        }
        let mut text = String::new();
        while let Some(line) = lines.next_if(|line| line.len() - line.trim_start().len() > depth) {
            text += line.trim_start();
            text.push('\n');
        }
        steps.push(text);
    }
    steps
}

#[test]
fn the_workflow_says_what_a_pull_request_would_change_and_fails_at_a_broken_gate() {
    let workflow = &blocks("yaml")[0];
    let steps = steps(workflow);
    assert_eq!(steps.len(), workflow.matches(" run: ").count());
    let (origin, home) = (shop(), Scratch::empty());
    origin.write(".gitignore", b"out/\ngates.xml\n");
    let git = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]);
        command.args(arguments).current_dir(folder).env("HOME", home.path());
        command.output().ok().filter(|output| output.status.success())
    };
    if git(origin.path(), &["init", "--quiet", "--initial-branch", "main"]).is_none() {
        return skipped("GitHub Actions", "git");
    }
    let commit = |what: &str| {
        git(origin.path(), &["add", "."]).unwrap();
        git(origin.path(), &["commit", "--quiet", "-m", what]).unwrap();
    };
    commit("first");
    for (data, wanted) in [("3,a@example.org\n", true), ("", false)] {
        git(origin.path(), &["checkout", "--quiet", "-B", "change", "main"]).unwrap();
        let kept = if wanted { "1,a@example.org\n2,b@example.org\n" } else { "1,a@example.org\n" };
        origin.write("shop.csv", format!("id,email\n{kept}{data}").as_bytes());
        commit("change");
        let runner = Scratch::empty();
        let from = origin.path().to_str().unwrap();
        git(runner.path(), &["clone", "--quiet", from, "work"]).unwrap();
        let work = runner.path().join("work");
        git(&work, &["checkout", "--quiet", "--detach", "origin/change"]).unwrap();
        let commit = git(&work, &["rev-parse", "HEAD"]).unwrap().stdout;
        let run = |step: &String| {
            let mut command = Command::new("bash");
            command.args(["-e", "-c", step]).current_dir(&work).env("PATH", path()).env("HOME", home.path());
            command.env("GITHUB_BASE_REF", "main").env("GITHUB_SHA", String::from_utf8_lossy(&commit).trim());
            command.env("GITHUB_STEP_SUMMARY", runner.path().join("summary.md")).output().unwrap()
        };
        let (last, first) = steps.split_last().unwrap();
        for step in first {
            let output = run(step);
            assert!(output.status.success(), "{step}\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let summary = fs::read_to_string(runner.path().join("summary.md")).unwrap();
        assert!(
            summary.contains("Publishing now would change, against run 1") && summary.ends_with("```\n"),
            "{summary}"
        );
        let output = run(last);
        assert_eq!(output.status.code(), Some(i32::from(!wanted)), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said.contains("::error::a gate is broken"), !wanted, "{said}");
        assert!(fs::read_to_string(work.join("gates.xml")).unwrap().contains("<testsuite"));
    }
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
        return skipped("systemd", "systemd-analyze");
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
