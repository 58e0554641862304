//! An erasure is all or nothing, whatever kills it.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{found, hers, lived_in, succeed};
use crate::harness::Scratch;

/// How often the test below kills; `ONEFOLD_KILLS=200` for the real thing.
fn kills() -> u32 {
    std::env::var("ONEFOLD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(6)
}

#[test]
fn an_erasure_that_is_killed_never_was_or_is_finished_by_the_next_command() {
    let original = lived_in();
    let needles = hers(&original);
    let again = || {
        let scratch = Scratch::empty();
        copy(original.path(), scratch.path());
        scratch
    };
    let forget = ["forget", "--email", "ana.quintela@mail.example"];
    let timed = again();
    let started = Instant::now();
    succeed(&timed, &forget);
    let usual = started.elapsed();
    let (mut undone, mut done) = (0, 0);
    for kill in 0..=kills() {
        let scratch = again();
        let before = found(&scratch.path().join("out"), &needles);
        let mut child = scratch.command(&forget).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(usual.mul_f64(f64::from(kill) / f64::from(kills())).max(Duration::from_millis(1)));
        child.kill().unwrap(); // SIGKILL on Unix
        child.wait().unwrap();
        succeed(&scratch, &["head", "golden_customers"]); // any command
        succeed(&scratch, &["cache", "--prune"]); // and one that takes the folder
        let after = found(&scratch.path().join("out"), &needles);
        for run in ["1", "2", "3"] {
            succeed(&scratch, &["verify", run]);
        }
        if after.is_empty() {
            done += 1;
        } else {
            undone += 1;
            let tables =
                |places: &[String]| places.iter().filter(|place| !place.contains("cache")).cloned().collect::<Vec<_>>();
            assert_eq!(tables(&after), tables(&before), "neither the old state nor the new one");
        }
    }
    assert!(undone > 0, "no kill came before the decision; {done} after it");
}

/// A folder with all below it, links as links.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        if path.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(&path).unwrap(), to.join(name)).unwrap();
        } else if path.is_dir() {
            fs::create_dir_all(to.join(&name)).unwrap();
            copy(&path, &to.join(&name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
