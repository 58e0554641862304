//! Sources, their files and fields.

use super::*;

#[test]
fn sources_have_unique_names_that_are_not_blank() {
    let second = "[[source]]\nname = 'pos'\nchannel = 'pos'\npath = 'b.csv'\nfields = { email = 'e' }";
    refused("end", second, "source.1.name", "two sources are called \"pos\"");
    refused("end", &second.replace("'pos'\nch", "' '\nch"), "source.1.name", "is empty");
    refused("end", &second.replace("'pos'\nch", "'p '\nch"), "source.1.name", "ends with a space");
    refused(
        "end",
        &second.replace("name = 'pos'\nchannel = 'pos'", "name = 'web'\nchannel = ''"),
        "source.1.channel",
        "has no `channel`",
    );
}

#[test]
fn standard_input_is_read_once_and_alone() {
    let piped = |name: &str, path: &str| {
        format!("[[source]]\nname = '{name}'\nchannel = 'web'\npath = {path}\nfields = {{ email = 'e' }}\n")
    };
    accepted("end", &piped("a", "'-'"));
    refused("end", &(piped("a", "'-'") + &piped("b", "'-'")), "source.2.path", "already read by the source \"a\"");
    refused("end", &piped("a", "['-', 'x.csv']"), "source.1.path", "one of several");
}

#[test]
fn a_source_says_how_its_files_are_read() {
    refused("source", "delimiter = 'ab'", "source.0.delimiter", "one ASCII character");
    refused("source", "delimiter = 'ä'", "source.0.delimiter", "one ASCII character");
    refused("source", "delimiter = '\"'", "source.0.delimiter", "one ASCII character");
    refused("source", "encoding = 'latin1'", "source.0.encoding", "windows-1252");
    refused("source", "encoding = 'utf8'", "source.0.encoding", "utf-8");
    refused("source", "encoding = 'ebcdic'", "source.0.encoding", "encodings are");
    refused("source", "format = 'jsonl'\ndelimiter = ','", "source.0.delimiter", "means nothing for a jsonl file");
    refused("source", "format = 'parquet'\nskip_lines = 1", "source.0.skip_lines", "parquet");
    refused("source", "record_id = ['a', '']", "source.0.record_id", "empty");
    refused("source", "record_id = []", "source.0.record_id", "empty");
    for good in
        ["delimiter = '\t'", "delimiter = 'spaces'", "encoding = 'utf-16le'", "format = 'jsonl'\nencoding = 'utf-8'"]
    {
        accepted("source", good);
    }
}

#[test]
fn event_times_have_columns_formats_and_zones() {
    refused("source", "event_time = ''", "source.0.event_time", "empty");
    refused("source", "event_time = { column = [] }", "source.0.event_time.column", "empty");
    refused("source", "event_time = { column = 'a', format = 'yyyy' }", "source.0.event_time.format", "no % field");
    refused(
        "source",
        "event_time = { column = 'a', format = ['%F', '%H'] }",
        "source.0.event_time.format.1",
        "whole day",
    );
    refused("source", "event_time = { column = 'a', format = [] }", "source.0.event_time.format", "no format");
    refused(
        "source",
        "event_time = { column = 'a', time_zone = 'X' }",
        "source.0.event_time.time_zone",
        "no time zone",
    );
    accepted(
        "source",
        "event_time = { column = ['d', 't'], join = true, format = '%m/%d/%Y %H:%M', time_zone = 'UTC' }",
    );
}

#[test]
fn mapped_fields_have_good_names_and_one_place_each() {
    refused("mapped", "'E-Mail' = 'x'", "source.0.fields.E-Mail", "call it \"e_mail\"");
    refused("mapped", "person_id = 'x'", "source.0.fields.person_id", "onefold itself");
    refused("mapped", "event_time = 'x'", "source.0.fields.event_time", "belongs in [[source]]");
    refused("mapped", "zip = ''", "source.0.fields.zip", "empty");
    refused("mapped", "zip = []", "source.0.fields.zip", "no column is named");
    refused("mapped", "zip = ['a', '']", "source.0.fields.zip.1", "empty");
    refused("mapped", "zip = {}", "source.0.fields.zip", "exactly one of");
    refused("mapped", "zip = { column = 'a', constant = 'b' }", "source.0.fields.zip.constant", "column and constant");
    refused("mapped", "zip = { column = 'a', with = 'b' }", "source.0.fields.zip.with", "without `join`");
    refused("mapped", "zip = { join = ['a', ' '] }", "source.0.fields.zip.join.1", "empty");
    refused("mapped", "zip = { cases = [{ column = '' }] }", "source.0.fields.zip.cases.0.column", "empty");
    let cases = "zip = { cases = [{ column = 'a' }, { when = 'x', column = 'b' }] }";
    refused("mapped", cases, "source.0.fields.zip.cases.0", "never reached");
    for good in [
        "zip = { join = ['a', 'b'], with = '-' }",
        "zip = [{ column = 'a', when = \"b = 'c'\" }, 'd', { constant = '0' }]",
        "zip = { file_name = '^(x)_' , map = { x = 'y' } }",
        "zip = { cases = [{ when = 'x', column = 'b' }, { column = 'a' }] }",
    ] {
        accepted("mapped", good);
    }
}

#[test]
fn a_source_maps_at_least_one_field() {
    let second = "[[source]]\nname = 'web'\nchannel = 'web'\npath = ''";
    let found = faults(&GOOD.replace("#end", second));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("the source \"web\" maps no field"), "{found:#?}");
    assert!(found[1].contains("the path is empty"), "{found:#?}");
}
