//! Whole public data sets, checked against figures that were computed without onefold. They lie outside the repository
//! (`../shared/data`); where that folder is absent, these checks say so and pass.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use super::harness::{Scratch, root};

/// A file of the shared data; `None`, said on stderr, where it is not there.
pub fn shared(file: &str) -> Option<PathBuf> {
    let mut parents = root().ancestors().skip(1);
    let found = parents.find_map(|folder| Some(folder.join("shared/data").join(file)).filter(|path| path.is_file()));
    if found.is_none() {
        eprintln!("skipped: shared/data/{file} is not here");
    }
    found
}

/// Orders, credit notes, total in thousandths, lines: of one customer of the online shop.
#[derive(Default, PartialEq, Debug)]
struct Figures {
    orders: u64,
    credits: u64,
    total: i64,
    lines: u64,
}

/// A decimal number in thousandths.
fn thousandths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let fraction: i64 = format!("{fraction:0<3}").parse().expect("at most three decimals");
    whole.parse::<i64>().expect("a number") * 1000 + sign * fraction
}

#[test]
fn the_online_shop_has_the_customers_orders_and_totals_that_python_finds() {
    let Some(path) = shared("online_retail/online_retail.csv.gz") else { return };
    let scratch = Scratch::empty();
    std::fs::copy(&path, scratch.path().join("online_retail.csv.gz")).unwrap();
    std::fs::copy(root().join("testdata/oracles/online_retail.toml"), scratch.path().join("onefold.toml")).unwrap();
    let published = scratch.run();
    let report = published.report();
    assert_eq!(report["sources"][0]["rows"], 541_909);
    // Python (testdata/oracles/figures.py): 4,372 customers; 135,080 lines of guests, each a person of its own.
    assert_eq!(report["persons"], 4_372 + 135_080);

    let mut expected: BTreeMap<String, Figures> = BTreeMap::new();
    let mut invoices = std::collections::BTreeSet::new();
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_end(&mut text).unwrap();
    for row in csv::Reader::from_reader(&text[..]).records() {
        let row = row.unwrap();
        let (invoice, customer) = (&row[0], row[6].trim_end_matches(".0"));
        if customer.is_empty() {
            continue;
        }
        let figures = expected.entry(customer.to_owned()).or_default();
        figures.lines += 1;
        figures.total += row[3].parse::<i64>().unwrap() * thousandths(&row[5]);
        if invoices.insert((customer.to_owned(), invoice.to_owned())) {
            *(if invoice.starts_with('C') { &mut figures.credits } else { &mut figures.orders }) += 1;
        }
    }
    let golden = published.table("golden_customers");
    let mut guests = 0;
    let mut found = BTreeMap::new();
    for row in &golden.rows {
        let count = |column| golden.cell(row, column).parse::<u64>().unwrap();
        if golden.cell(row, "customer_id").is_empty() {
            guests += 1;
            continue;
        }
        let total = golden.cell(row, "total").parse::<f64>().unwrap();
        let figures = Figures {
            orders: count("orders"),
            credits: count("credits"),
            total: (total * 1000.0).round() as i64,
            lines: count("records"),
        };
        assert!(found.insert(golden.cell(row, "customer_id").to_owned(), figures).is_none());
    }
    assert_eq!(guests, 135_080);
    assert_eq!(found.len(), 4_372);
    assert!(found == expected);
    let sum = |each: fn(&Figures) -> i64| found.values().map(each).sum::<i64>();
    assert_eq!(sum(|f| f.orders as i64), 18_536);
    assert_eq!(sum(|f| f.credits as i64), 3_654);
    assert_eq!(sum(|f| f.total), 8_300_065_814);
}

#[test]
fn cdnow_has_the_frequency_recency_and_age_that_lifetimes_finds() {
    let (Some(sample), Some(summary)) = (shared("cdnow/CDNOW_sample.txt"), shared("cdnow/cdnow_customers_summary.csv"))
    else {
        return;
    };
    let scratch = Scratch::empty();
    std::fs::copy(&sample, scratch.path().join("CDNOW_sample.txt")).unwrap();
    std::fs::copy(root().join("testdata/oracles/cdnow.toml"), scratch.path().join("onefold.toml")).unwrap();
    let golden = scratch.run().table("golden_customers");
    assert_eq!(golden.rows.len(), 2_357);
    let number = |text: &str| text.parse::<f64>().unwrap();
    let found: BTreeMap<u32, [f64; 3]> = golden
        .rows
        .iter()
        .map(|row| {
            let figures = ["frequency", "recency", "age"].map(|column| number(golden.cell(row, column)));
            (golden.cell(row, "customer_id").parse().unwrap(), figures)
        })
        .collect();
    let mut checked = 0;
    for row in csv::Reader::from_path(summary).unwrap().records() {
        let row = row.unwrap();
        let expected = [1, 2, 3].map(|column| number(&row[column]));
        assert_eq!(found[&row[0].parse().unwrap()], expected, "customer {}", &row[0]);
        checked += 1;
    }
    assert_eq!(checked, 2_357);
}

/// Compares ready traits with what `testdata/oracles/traits.py` computes; says so and passes where there is no Python.
fn compare_traits(name: &str, data: &str, customers: usize) {
    let Some(path) = shared(data) else { return };
    let script = root().join("testdata/oracles/traits.py");
    let Ok(python) = std::process::Command::new("python3").arg(script).arg(name).arg(&path).output() else {
        eprintln!("skipped: python3 is not here");
        return;
    };
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    let scratch = Scratch::empty();
    std::fs::copy(&path, scratch.path().join(path.file_name().unwrap())).unwrap();
    let config = root().join(format!("testdata/oracles/{name}_traits.toml"));
    std::fs::copy(config, scratch.path().join("onefold.toml")).unwrap();
    let golden = scratch.run().table("golden_customers");
    let found: BTreeMap<&str, &Vec<String>> =
        golden.rows.iter().map(|row| (golden.cell(row, "customer_id"), row)).collect();
    let mut checked = 0;
    for expected in csv::Reader::from_reader(&python.stdout[..]).deserialize::<BTreeMap<String, String>>() {
        let expected = expected.unwrap();
        let customer = &expected["customer"];
        for (column, cell) in expected.iter().filter(|(column, _)| *column != "customer") {
            let here = golden.cell(found[customer.as_str()], column);
            let same = match (cell.parse::<f64>(), here.parse::<f64>()) {
                (Ok(cell), Ok(here)) => (cell - here).abs() < 0.0011, // three decimals, and Python rounds halves to even
                _ => cell == here,
            };
            assert!(same, "customer {customer}: {column} is {here}, Python finds {cell}");
        }
        checked += 1;
    }
    assert_eq!(checked, customers);
}

#[test]
fn the_ready_traits_of_cdnow_are_those_that_python_computes() {
    compare_traits("cdnow", "cdnow/CDNOW_sample.txt", 2_349);
}

#[test]
fn the_ready_traits_of_the_online_shop_are_those_that_python_computes() {
    compare_traits("online_retail", "online_retail/online_retail.csv.gz", 4_372);
}
