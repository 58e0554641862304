//! Columns: how they are found, and what is said of those that are not there.

use super::*;
#[test]
fn columns_are_matched_without_case_or_space_and_times_are_read() {
    let mapping = "record_id = \"ID\"\nevent_time = { column = [\"Date\", \"Time\"], join = true, format = \"%m/%d/%Y %H:%M\", \
                   time_zone = \"America/New_York\" }\n[source.fields]\nemail = [\"e-mail\", \"Email Address\"]";
    let text = b" Id ,DATE,time,Email address\n 7 ,05/01/2024,10:00,a@b.c\n8,,,d@e.f\n9,2024-05-01,10:00,g@h.i\n,05/01/2024,10:00,x\n";
    let read = read_with("x.csv", text, mapping, SMALL).expect("a readable file");
    assert_eq!(read.rows, [(2, "7".into(), "a@b.c".into()), (3, "8".into(), "d@e.f".into())]);
    assert_eq!(read.times, [1_714_572_000_000_000, i64::MIN]);
    assert_eq!(read.reasons(), [(4, "bad_event_time"), (5, "no_record_id")]);
}

#[test]
fn records_without_an_id_are_known_by_their_content() {
    let mapping = "[source.fields]\na = \"a\"";
    let read = |text: &[u8]| read_with("x.csv", text, mapping, SMALL).expect("a readable file").rows;
    let rows = read(b"a,b\nx,1\nx,2\n\"x\",1\r\n");
    assert_eq!(rows[0].1, rows[2].1);
    assert_ne!(rows[0].1, rows[1].1);
    assert!(rows[0].1.len() == 33 && rows[0].1.starts_with('#'));
    assert_eq!(read(b"a;b\nx;1\n")[0].1, rows[0].1);
}

#[test]
fn missing_columns_are_told_once_for_all_files_with_the_nearest_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [("a.csv", "Email,Phone\n"), ("b.csv", "id,e-mail\n"), ("c.csv", "Email,Phone\n")] {
        std::fs::write(folder.path().join(name), text).expect("can be written");
    }
    let mapping = "record_id = \"id\"\n[source.fields]\nemail = \"email\"\nphone = [\"mobile\", \"cell\"]";
    let faults = opened(folder.path(), &format!("{SOURCE}path = \"*.csv\"\n{mapping}"), b"").expect_err("faulty");
    let faults: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "a.csv:1: no column \"id\" (nor in 1 more file)\nhint: change `record_id` of source \"s\"; its columns are \"Email\", \"Phone\"",
            "a.csv:1: no column \"mobile\" or \"cell\" (nor in 2 more files)\nhint: change `fields.phone` of source \"s\"; its columns are \"Email\", \"Phone\"",
            "b.csv:1: no column \"email\"\nhint: change `fields.email` of source \"s\"; its columns are \"e-mail\", \"id\"",
        ]
    );
}

#[test]
fn a_json_path_that_no_line_has_is_a_fault_for_the_record_id_and_a_warning_for_a_field() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.jsonl"), "{\"messageId\": 1, \"context\": {\"ip\": 2}}\n")
        .expect("can be written");
    let open = |mapping: &str| opened(folder.path(), &format!("{SOURCE}path = \"x.jsonl\"\n{mapping}"), b"");
    let fault = open("record_id = \"message_id\"").expect_err("faulty").to_string();
    assert!(fault.starts_with("x.jsonl: no path \"message_id\" in the first 1 objects"), "{fault}");
    assert!(fault.contains("its paths are \"messageId\", \"context.ip\""), "{fault}");
    let (inputs, _) = open("record_id = \"messageId\"\n[source.fields]\nip = \"context.IP\"").expect("sound");
    assert!(inputs.warnings()[0].to_string().starts_with("x.jsonl: no path \"context.IP\""));
    let fault = open("record_id = \"a[x]\"").expect_err("faulty").to_string();
    assert!(fault.starts_with("config `source.0.record_id`: `a[x]` is not a JSON path"), "{fault}");
}

#[test]
fn a_name_that_stands_in_the_header_twice_is_a_warning() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("x.csv"), "id,Email,b,email\n1,x,y,z\n").expect("can be written");
    let config = format!("{SOURCE}path = \"x.csv\"\nrecord_id = \"id\"\n[source.fields]\nemail = \"email\"");
    let (inputs, fields) = opened(folder.path(), &config, b"").expect("sound");
    let warning = inputs.warnings()[0].to_string();
    assert!(warning.starts_with("x.csv:1: columns 2 and 4 are all named"), "{warning}");
    assert_eq!(read_all(inputs, fields, SMALL).expect("sound").cells(), ["z"]);
}
