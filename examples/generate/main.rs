//! Writes four channel exports with truth: `cargo run --example generate -- --records 1000000 --seed 1 --out DIR`.

mod generator;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use generator::rates::Rates;
use generator::{Mode, generate};

/// Makes four channel exports together with the truth about who each record belongs to.
///
/// The same seed gives the same bytes for ever. How each difficulty is made: docs/generator.md.
#[derive(Debug, Parser)]
#[command(name = "generate")]
struct Arguments {
    /// Records over all four exports. [default: 100000; with --preset retail 2000]
    #[arg(long)]
    records: Option<u64>,
    /// What the data depends on, besides the other settings.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder to write to; made if it is not there.
    #[arg(long, required_unless_present = "rates")]
    out: Option<PathBuf>,
    /// Clean data, for measuring speed: four CSV files of one shape.
    #[arg(long, conflicts_with = "messy")]
    plain: bool,
    /// Data as businesses have it, with every difficulty (default).
    #[arg(long)]
    messy: bool,
    /// A ready-made set: `retail` is the one of examples/retail.
    #[arg(long, value_parser = ["retail"], conflicts_with_all = ["plain", "messy"])]
    preset: Option<String>,
    /// Sets how often a difficulty comes up: `name_typo=0.05`. May be given several times.
    #[arg(long = "rate", value_name = "NAME=SHARE")]
    rate: Vec<String>,
    /// Lists the difficulties with their rates, and does nothing else.
    #[arg(long)]
    rates: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut rates = Rates::default();
    for setting in &arguments.rate {
        let (name, share) = setting.split_once('=').ok_or_else(|| format!("--rate {setting}: expected NAME=SHARE"))?;
        let share: f64 = share.parse().map_err(|_| format!("--rate {setting}: {share:?} is no number"))?;
        if !(0.0..=1.0).contains(&share) {
            return Err(format!("--rate {setting}: a share is between 0 and 1"));
        }
        if !rates.set(name, (share * 1e6).round() as u32) {
            return Err(format!("--rate {setting}: no difficulty of that name\nhint: --rates lists them"));
        }
    }
    if arguments.rates {
        for (name, rate, of, what) in rates.list() {
            println!("{name:<18} {:>6.2} % of {of}: {what}", f64::from(rate) / 1e4);
        }
        return Ok(());
    }
    let mode = match (arguments.plain, arguments.preset.is_some()) {
        (true, _) => Mode::Plain,
        (_, true) => Mode::Retail,
        _ => Mode::Messy,
    };
    let records = arguments.records.unwrap_or(if mode == Mode::Retail { 2_000 } else { 100_000 });
    if records == 0 {
        return Err("--records: at least 1".into());
    }
    let out = arguments.out.as_deref().expect("clap requires --out unless --rates is given");
    std::fs::create_dir_all(out)
        .and_then(|()| generate(out, mode, records, arguments.seed, &rates))
        .map_err(|error| format!("{}: {error}", out.display()))
}
