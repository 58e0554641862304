//! What stops a run.

use super::*;
use crate::problem::Problem;
#[test]
fn what_goes_wrong_later_stops_the_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.csv"), "id,a\n1,x\n2,y\n").expect("can be written");
    let (inputs, _) = opened(folder.path(), &format!("{SOURCE}path = \"x.csv\"\n{AB}"), b"").expect("sound");
    std::fs::write(folder.path().join("x.csv"), "a,id\n1,x\n").expect("can be written");
    let sink = |_| Box::new(|_: &mut Chunk, _: RowHead, _: &str, _: &[&str]| {}) as record::Sink<'_>;
    let fault = run(&inputs.sources, inputs.stdin, SMALL, &sink, (None, None), &mut |_| Ok(Chunk::default()), &|_| {})
        .expect_err("has changed")
        .to_string();
    assert!(fault.starts_with("x.csv: has changed since the run began"), "{fault}");
    let (inputs, _) = opened(folder.path(), &format!("{SOURCE}path = \"x.csv\"\n{AB}"), b"").expect("sound");
    let fault =
        run(&inputs.sources, inputs.stdin, SMALL, &sink, (None, None), &mut |_| Err(Problem::run("full", "")), &|_| {})
            .expect_err("full");
    assert_eq!(fault.what, "full");
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_worker_that_panics_does_not_leave_the_run_hanging() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.csv"), "id,a\n1,x\n2,y\n3,z\n4,zzzzzzzzzzzzzzz\n5,a\n")
        .expect("can be written");
    let (inputs, _) = opened(folder.path(), &format!("{SOURCE}path = \"x.csv\"\n{AB}"), b"").expect("sound");
    let sink = |_| {
        Box::new(|_: &mut Chunk, head: RowHead, _: &str, _: &[&str]| assert_eq!(head.line, 0, "on purpose"))
            as record::Sink<'_>
    };
    let _ = run(&inputs.sources, inputs.stdin, SMALL, &sink, (None, None), &mut |_| Ok(Chunk::default()), &|_| {});
}

#[test]
fn a_packed_file_that_was_cut_off_stops_the_run() {
    let text = (0..20_000).fold(String::from("id,a\n"), |text, n| text + &format!("{n},{}\n", n * 7919 % 1009));
    for (name, packed) in [
        ("x.csv.gz", gzip(text.as_bytes())),
        ("x.csv.zst", zstd::encode_all(text.as_bytes(), 0).expect("memory takes it")),
    ] {
        let cut = &packed[..packed.len() - 5];
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(name), &packed).expect("can be written");
        let config = format!("{SOURCE}path = \"{name}\"\n{AB}");
        let (inputs, fields) = opened(folder.path(), &config, b"").expect("whole");
        std::fs::write(folder.path().join(name), cut).expect("can be written");
        let fault = read_all(inputs, fields, Means { workers: 2, sizes: Sizes { batch: 1000, ..Sizes::default() } });
        let fault = fault.expect_err("is cut").to_string();
        assert!(fault.starts_with(&format!("{name}: the ")) && fault.contains("ends early"), "{fault}");
        let whole = read_with(name, &packed, AB, SMALL).expect("whole");
        assert_eq!(whole.rows.len(), 20_000);
        assert_eq!(whole.files[0].bytes, packed.len() as u64);
        assert_eq!(whole.files[0].fingerprint, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&packed)));
    }
}
