//! Conditions on rows.

use super::*;
#[test]
fn conditions_choose_columns_and_leave_rows_out() {
    let mapping = "record_id = \"Sid\"\nwhere = \"Status <> 'failed' AND \\\"Num Segments\\\" <> ''\"\n[source.fields]\n\
                   phone = { cases = [{ when = \"direction = 'inbound'\", column = \"From\" }, { column = \"To\" }] }\n\
                   stop = { column = \"Body\", when = \"upper(Body) IN ('STOP', 'START')\" }";
    let text = b"Sid,From,To,Body,Status,Direction,num segments\n1,+1,+2,stop,received,inbound,1\n2,+3,+4,hi,sent,outbound,1\n\
                 3,+5,+6,hi,failed,outbound,1\n4,+7,+8,hi,sent\n5,+9,+10,START,sent,outbound,\n";
    let read = read_with("x.csv", text, mapping, SMALL).expect("a readable file");
    assert_eq!(read.cells(), ["+1|stop", "+4|"]);
    assert_eq!((read.filtered, read.reasons()), (2, vec![(5, "too_few_fields")]));
}

#[test]
fn conditions_on_json_lines_name_paths() {
    let mapping =
        "record_id = \"id\"\nwhere = \"type = 'track' AND \\\"context.ip\\\" <> ''\"\n[source.fields]\na = \"a\"";
    let text = b"{\"id\": 1, \"type\": \"track\", \"context\": {\"ip\": \"8.8.8.8\"}, \"a\": 5}\n{\"id\": 2, \"type\": \"page\", \"a\": 6}\n\
                 {\"id\": 3, \"type\": \"track\", \"a\": 7}\n";
    let read = read_with("x.jsonl", text, mapping, SMALL).expect("a readable file");
    assert_eq!((read.cells(), read.filtered), (vec!["5"], 2));
}

#[test]
fn a_condition_on_a_column_that_is_not_there_is_a_fault_with_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.csv"), "id,Status\n1,x\n").expect("can be written");
    std::fs::write(folder.path().join("b.csv"), "id,State\n1,x\n").expect("can be written");
    let open = |rule: &str| {
        opened(folder.path(), &format!("{SOURCE}path = \"*.csv\"\nrecord_id = \"id\"\nwhere = \"{rule}\""), b"")
    };
    let fault = open("statsu = 'x'").expect_err("faulty");
    assert!(fault.to_string().contains("source.0.where") && fault.to_string().contains("Status"), "{fault}");
    let fault = open("status = 'x'").expect_err("faulty").to_string();
    assert!(fault.starts_with("b.csv:1: no column \"status\"\nhint: change `where` of source \"s\""), "{fault}");
}

#[test]
fn a_text_that_is_no_number_leaves_a_comparison_unknown() {
    let mapping = "record_id = \"id\"\nwhere = \"CAST(a AS INT) > 1\"\n[source.fields]\na = \"a\"";
    let read = read_with("x.csv", b"id,a\n1,5\n2,x\n3,\n", mapping, SMALL).expect("a readable file");
    assert_eq!((read.cells(), read.filtered), (vec!["5"], 2));
}
