//! Compare codes per chunk.

use super::*;

#[test]
fn compare_codes_stand_for_keys_and_begin_anew_in_every_chunk() {
    let setup = Setup::new(CONFIG);
    let source = setup.schema.source("pos").expect("declared");
    let first_name = setup.field("first_name");
    let column = setup.schema.compare_fields.iter().position(|&f| f == first_name).expect("the default conflict field");
    let cell = setup.plan.fields(source).iter().position(|&f| f == first_name).expect("mapped");
    let mut assembler = setup.plan.assembler(source);
    let mut cells = vec![""; setup.plan.fields(source).len()];
    let head = RowHead { line: 1, event_time: i64::MIN };
    let mut chunks = [Chunk::default(), Chunk::default()];
    for (chunk, names) in
        [&["Ana", "ANA ", "", "Bea", "Zoë", "ana"][..], &["Bea", "Aña", "ana"]].into_iter().enumerate()
    {
        for name in names {
            cells[cell] = name;
            assembler.row(&mut chunks[chunk], head, "x", &cells);
        }
    }
    let keys = |chunk: usize| chunks[chunk].compare[column].keys.iter().map(|k| k.to_string()).collect::<Vec<_>>();
    assert_eq!(chunks[0].compare[column].codes, [1, 1, 0, 2, 3, 1]);
    assert_eq!(keys(0), ["ana", "bea", "zoe"]);
    assert_eq!(chunks[1].compare[column].codes, [1, 2, 2]);
    assert_eq!(keys(1), ["bea", "ana"]);
}

#[test]
fn memos_that_are_cleared_change_nothing() {
    let setup = Setup::new(CONFIG);
    let source = setup.schema.source("pos").expect("declared");
    let first_name = setup.field("first_name");
    let column = setup.schema.compare_fields.iter().position(|&f| f == first_name).expect("the default conflict field");
    let cell = setup.plan.fields(source).iter().position(|&f| f == first_name).expect("mapped");
    let mut assembler = setup.plan.assembler(source);
    let cells = vec![""; setup.plan.fields(source).len()];
    let head = RowHead { line: 1, event_time: i64::MIN };
    // 70,000 different names in two chunks: letters only, so that each has its own key.
    let name = |n: u32| (0..5).map(|place| char::from(b'a' + (n / 26u32.pow(place) % 26) as u8)).collect::<String>();
    for range in [0..40_000u32, 30_000..70_000] {
        let mut chunk = Chunk::default();
        for n in range.clone().chain(range.clone().take(10)) {
            let name = name(n);
            let mut cells = cells.clone();
            cells[cell] = &name;
            assembler.row(&mut chunk, head, "x", &cells);
        }
        let compare = &chunk.compare[column];
        assert_eq!(compare.keys.len(), 40_000);
        for (code, n) in compare.codes.iter().zip(range.clone().chain(range.take(10))) {
            assert_eq!(*compare.keys[usize::from(*code) - 1], name(n));
        }
    }
}
