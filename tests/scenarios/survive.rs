//! What the output folder has to live through: sudden deaths, full disks, things in the way.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::harness::Scratch;

const CONFIG: &str = "[[source]]\nname = \"shop\"\nchannel = \"web\"\npath = \"shop.csv\"\nrecord_id = \"id\"\n\
                      [source.fields]\nemail = \"email\"\n\n[identifiers.email]\n\n\
                      [output]\nformats = [\"parquet\", \"csv\"]\nkeep_runs = 3\n";

fn data(rows: usize, night: usize) -> String {
    let row = |row: usize| {
        format!("{row},c{}@example.org\n", (row * 7 + night * usize::from(row.is_multiple_of(50))) % (rows / 2))
    };
    std::iter::once("id,email\n".to_owned()).chain((0..rows + night).map(row)).collect()
}

fn shop() -> Scratch {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", &data(3000, 0))]);
    scratch.run();
    scratch
}

/// The whole of what readers see is one run's, as it was written.
fn check_whole(scratch: &Scratch, when: &str) -> u64 {
    let output = scratch.onefold(&["verify", "--format", "json"]);
    assert!(output.status.success(), "{when}: {}", String::from_utf8_lossy(&output.stderr));
    let report = scratch.published().report();
    assert_eq!(scratch.published().table("crosswalk").rows.len() as u64, report["records"].as_u64().unwrap(), "{when}");
    report["run"].as_u64().unwrap()
}

/// How often the test below kills a run; `ONEFOLD_KILLS=200` for the real thing.
fn kills() -> usize {
    std::env::var("ONEFOLD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

#[test]
fn whatever_the_instant_at_which_a_run_is_killed_readers_see_a_whole_run_and_the_next_one_needs_no_repair() {
    let scratch = shop();
    let started = Instant::now();
    scratch.run();
    let usual = started.elapsed();
    let (mut chance, mut died, mut published) = (20_260_122u64, 0, 0);
    let mut last = check_whole(&scratch, "at first");
    for night in 1..=kills() {
        scratch.write("shop.csv", data(3000, night).as_bytes());
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let wait = usual.mul_f64((chance >> 11) as f64 / (1u64 << 53) as f64 * 1.1);
        let mut child = scratch.command(&["run", "--quiet"]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(wait);
        child.kill().unwrap(); // SIGKILL on Unix
        let has_died = !child.wait().unwrap().success();
        died += usize::from(has_died);
        let now = check_whole(&scratch, &format!("killed after {wait:?}"));
        assert!(now >= last, "killed after {wait:?}: readers saw run {last}, now {now}");
        published += usize::from(has_died && now > last);
        let next = scratch.onefold(&["run", "--quiet"]);
        assert!(next.status.success(), "after {wait:?}: {}", String::from_utf8_lossy(&next.stderr));
        last = check_whole(&scratch, "the next run");
        let left: Vec<_> = fs::read_dir(scratch.path().join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
        let odd = left.iter().filter(|name| ![".lock", "current", "runs", "cache"].contains(&name.to_str().unwrap()));
        assert_eq!(odd.count(), 0, "{left:?}");
    }
    println!("killed {} runs, {died} died of it, {published} of these behind the swap", kills());
    assert!(died > 0);
}

#[test]
fn a_second_run_on_the_same_output_stops_at_once_and_says_who_holds_it() {
    let scratch = shop();
    let lock = fs::OpenOptions::new().read(true).write(true).open(scratch.path().join("out/.lock")).unwrap();
    lock.lock().unwrap();
    fs::write(scratch.path().join("out/.lock"), "process 4711, started 2026-01-31T12:00:00Z\n").unwrap();
    let started = Instant::now();
    let output = scratch.onefold(&["run"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("process 4711, started 2026-01-31T12:00:00Z"), "{message}");
    assert!(started.elapsed() < Duration::from_secs(30));
    assert!(scratch.onefold(&["plan"]).status.success(), "a plan writes nothing that is published");
    drop(lock); // as the system does it for a process that dies
    scratch.run();
}

/// Runs, expects exit code 2 and yesterday's tables, and gives the message.
fn fails(scratch: &Scratch) -> String {
    let before = scratch.published().tables();
    let output = scratch.onefold(&["run", "--quiet"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(scratch.published().tables() == before, "{message}");
    message
}

#[test]
fn what_stands_in_the_way_of_publishing_is_named_and_yesterdays_tables_stay() {
    let scratch = shop();
    // Something that is no link of ours in the place of `current`.
    fs::remove_file(scratch.path().join("out/current")).unwrap();
    fs::create_dir(scratch.path().join("out/current")).unwrap();
    scratch.write("out/current/mine.csv", b"x\n");
    let output = scratch.onefold(&["run", "--quiet"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(
        message.contains("out/current: is not the link") && message.contains("move what is there away"),
        "{message}"
    );
    assert!(scratch.path().join("out/current/mine.csv").exists());
    fs::remove_dir_all(scratch.path().join("out/current")).unwrap();
    scratch.run();

    fs::remove_dir_all(scratch.path().join("out")).unwrap();
    fs::write(scratch.path().join("out"), "a file").unwrap();
    let output = scratch.onefold(&["run", "--quiet"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("/out: ") && message.contains("this is no folder"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named_and_yesterdays_tables_stay() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = shop();
    let out = scratch.path().join("out");
    fs::set_permissions(&out, fs::Permissions::from_mode(0o500)).unwrap();
    let message = if fs::write(out.join("probe"), "").is_ok() {
        // Whoever runs the tests may write anywhere (root): somebody else is asked to run it.
        fs::remove_file(out.join("probe")).unwrap();
        fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).unwrap();
        as_nobody(&scratch)
    } else {
        Some(fails(&scratch))
    };
    if let Some(message) = message {
        assert!(message.contains("Permission denied") && message.contains("check the folder's owner"), "{message}");
    }
    fs::set_permissions(&out, fs::Permissions::from_mode(0o700)).unwrap();
}

/// What a run says that a user without rights starts; none where the system has no `setpriv`, or does not let that user
/// reach the program.
#[cfg(unix)]
fn as_nobody(scratch: &Scratch) -> Option<String> {
    let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", env!("CARGO_BIN_EXE_onefold")];
    let nobody = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(nobody).args(arguments).current_dir(scratch.path()).env("NO_COLOR", "1").output().ok()
    };
    nobody(&["--version"]).filter(|output| output.status.success())?;
    let output = nobody(&["run", "--quiet"])?;
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stderr).ok()
}

/// A folder on another file system, where there is one that everybody may write to.
fn elsewhere() -> Option<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").ok()
}

#[cfg(unix)]
#[test]
fn the_output_may_be_on_another_file_system() {
    let Some(elsewhere) = elsewhere() else { return };
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", &data(300, 0))]);
    std::os::unix::fs::symlink(elsewhere.path(), scratch.path().join("out")).unwrap();
    scratch.run();
    scratch.run();
    assert_eq!(check_whole(&scratch, "elsewhere"), 2);
    let absolute =
        CONFIG.replace("[output]\n", &format!("[output]\ndir = \"{}\"\n", elsewhere.path().join("deep").display()));
    scratch.write("onefold.toml", absolute.as_bytes());
    assert!(scratch.onefold(&["run", "--quiet"]).status.success());
    assert!(elsewhere.path().join("deep/current/crosswalk.csv").exists());
}

/// Mounts a small file system in memory; needs root, so only where `ONEFOLD_TMPFS` asks for it.
struct Small<'a>(&'a Path);

impl Small<'_> {
    fn mount(at: &Path, kib: u32) -> Option<Small<'_>> {
        std::env::var_os("ONEFOLD_TMPFS")?;
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).status();
        mounted.is_ok_and(|status| status.success()).then_some(Small(at))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_yesterdays_tables_and_says_how_much_is_needed() {
    let scratch = Scratch::of(&[("onefold.toml", CONFIG), ("shop.csv", &data(3000, 0))]);
    let out = scratch.path().join("out");
    fs::create_dir(&out).unwrap();
    let Some(small) = Small::mount(&out, 8192) else { return };
    scratch.run();
    let mut ballast = fs::File::create(out.join("ballast")).unwrap();
    let mut size = 0;
    while std::io::Write::write_all(&mut ballast, &[0; 4096]).is_ok() {
        size += 4096;
    }
    ballast.set_len(size - (120 << 10)).unwrap(); // room for a part of a run
    drop(ballast);
    let message = fails(&scratch);
    assert!(message.contains("out/.staging-000002/") && message.contains("No space left"), "{message}");
    assert!(message.contains("needs more than"), "{message}");
    fs::remove_file(out.join("ballast")).unwrap();
    scratch.run();
    drop(small);
}

#[test]
fn a_packed_export_that_was_cut_on_its_way_stops_the_run_and_yesterdays_tables_stay() {
    let (whole, config) = (data(3000, 0), CONFIG.replace("shop.csv", "in/*.csv.gz"));
    let pack = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let scratch = Scratch::of(&[("onefold.toml", &config)]);
    scratch.write("in/a.csv.gz", &pack(&whole));
    scratch.run();
    let packed = pack(&data(6000, 3));
    for end in [1, 9, 40, packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        scratch.write("in/b.csv.gz", &packed[..end]);
        let message = fails(&scratch);
        assert!(message.contains("in/b.csv.gz") && message.contains("hint: "), "cut at {end}: {message}");
        assert_eq!(check_whole(&scratch, "cut"), 1);
    }
    let mut turned = packed.clone();
    turned[packed.len() / 2] ^= 0x10;
    scratch.write("in/b.csv.gz", &turned);
    assert!(fails(&scratch).contains("in/b.csv.gz"), "a bit that turned on the way");
    scratch.write("in/b.csv.gz", &packed);
    scratch.run();
    assert_eq!(check_whole(&scratch, "mended"), 2);
}

#[test]
fn two_exports_that_overlap_in_time_are_one_history_in_any_order() {
    let config =
        CONFIG.replace("shop.csv", "in/*.csv").replace("record_id = \"id\"", "record_id = \"id\"\nevent_time = \"at\"");
    let older = "id,at,email\n1,2026-01-01,ana@example.org\n2,2026-01-02,bo@example.org\n3,2026-01-03,cy@example.org\n";
    let newer =
        "id,at,email\n2,2026-01-05,bo.new@example.org\n3,2026-01-03,cy@example.org\n4,2026-01-04,dee@example.org\n";
    let run = |first: &str, second: &str| {
        let scratch = Scratch::of(&[("onefold.toml", &config), (first, older), (second, newer)]);
        scratch.run();
        let source = scratch.published().report()["sources"][0].clone();
        let count = |name: &str| source[name].as_u64().unwrap();
        assert_eq!((count("rows"), count("records"), count("superseded")), (6, 4, 2));
        scratch.published().bytes("golden_customers.csv")
    };
    let golden = run("in/a.csv", "in/b.csv");
    let text = String::from_utf8(golden.clone()).unwrap();
    assert!(text.contains("bo.new@example.org") && !text.contains("bo@example.org"), "{text}");
    assert!(run("in/b.csv", "in/a.csv") == golden);
}

#[test]
fn a_lock_that_a_dead_process_left_is_taken_over() {
    let scratch = shop();
    let mut child = scratch.command(&["run", "--quiet"]).stderr(Stdio::null()).spawn().unwrap();
    let note = format!("process {}", child.id());
    let lock = scratch.path().join("out/.lock");
    let started = Instant::now();
    while !fs::read_to_string(&lock).unwrap().contains(&note) && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(fs::read_to_string(&lock).unwrap().contains(&note), "its note is still there");
    scratch.run();
    check_whole(&scratch, "after a dead one");
}
