//! Laws: any text, any batches, any number of threads.

use super::*;
proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_csv_crate_writes_is_read_back_whatever_the_batches_and_threads(
        rows in prop::collection::vec(prop::collection::vec("[a-zé,;\"\r\n|]{0,9}", 2), 0..40),
        crlf in any::<bool>(),
        batch in 1_usize..64,
        row_cap in 1_usize..9,
        workers in 1_usize..5,
    ) {
        let mut builder = csv::WriterBuilder::new();
        builder.quote_style(csv::QuoteStyle::Necessary);
        if crlf {
            builder.terminator(csv::Terminator::CRLF);
        }
        let mut writer = builder.from_writer(Vec::new());
        writer.write_record(["id", "a", "b"]).expect("memory takes it");
        let mut expected = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            writer.write_record([&number.to_string(), &row[0], &row[1]]).expect("memory takes it");
            let cell = |cell: &str| if cell.trim_ascii().is_empty() { String::new() } else { cell.to_owned() };
            expected.push((number.to_string(), format!("{}|{}", cell(&row[0]), cell(&row[1]))));
        }
        let text = writer.into_inner().expect("memory takes it");
        let mapping = "record_id = \"id\"\n[source.fields]\na = \"a\"\nb = \"b\"";
        let means = Means { workers, sizes: Sizes { batch, rows: row_cap, max_row: 1 << 20 } };
        let read = read_with("x.csv", &text, mapping, means).expect("a readable file");
        let found: Vec<(String, String)> = read.rows.iter().map(|(_, id, cells)| (id.clone(), cells.clone())).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(read.rejects, []);
    }

    #[test]
    fn any_text_at_all_gives_the_same_rows_whatever_the_batches_and_threads(
        text in "([0-9a-cé,\"\n]|\r\n|,\"|\",|\"\n|\u{0}){0,120}",
        bad in prop::option::of(0_usize..100),
        batch in 1_usize..64,
        row_cap in 1_usize..9,
        workers in 1_usize..5,
    ) {
        let mut text = format!("id,a\n{text}").into_bytes();
        if let Some(at) = bad && at > 5 && at < text.len() {
            text[at] = 0xff;
        }
        let large = Means { workers: 1, sizes: Sizes::default() };
        let whole = read_with("x.csv", &text, AB, large).expect("a readable file");
        let means = Means { workers, sizes: Sizes { batch, rows: row_cap, ..Sizes::default() } };
        prop_assert_eq!(read_with("x.csv", &text, AB, means).expect("a readable file"), whole);
    }
}
