#!/usr/bin/env python3
"""Runs the same job in onefold and its peers, in alternation, over the same generated data, and prints a table.

    pip install -r benches/peers/requirements.txt
    cargo build --release --bin onefold --example generate
    python3 benches/peers/run.py --records 1000000 --rounds 3

The job: read four CSV exports, normalize e-mail, phone and loyalty id, link over all three, take the newest value of six
fields per person, count and sum the shop's receipts, assign three segments, write golden records, segments and the
crosswalk as Parquet. Every peer's partition and golden values are compared with onefold's; a difference is an error.
CPU seconds are user + system of the whole process, from the operating system; memory is its peak resident set.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMITS = {"pandas_networkx": 1_000_000}  # records; above it a peer takes too long or too much memory


def run(command, cwd=None):
    """(cpu seconds, wall seconds, peak MiB) of a command; stops everything when it fails."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed: {errors.decode(errors='replace')[-2000:]}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def partition(folder):
    """Person per record as the smallest (source, record_id) of the person, and the golden values by that label."""
    import polars as pl

    crosswalk = pl.read_parquet(folder / "crosswalk.parquet")
    person = "person_id" if "person_id" in crosswalk.columns else "person"
    records = crosswalk.select("source", "record_id", person).sort("source", "record_id").with_row_index("record")
    labels = records.group_by(person).agg(pl.col("record").min().alias("label"))
    partition = records.join(labels, on=person).sort("record")["label"]
    golden_file = folder / "golden.parquet"
    if not golden_file.exists():
        golden_file = folder / "golden_customers.parquet"
    golden = pl.read_parquet(golden_file)
    fields = ["email", "phone", "first_name", "last_name", "city", "loyalty_id", "orders", "spent"]
    golden = (
        golden.join(labels, left_on=person, right_on=person)
        .select("label", *fields)
        .with_columns(pl.col("orders").cast(pl.Int64), pl.col("spent").cast(pl.Float64).fill_null(0.0).round(2))
        .sort("label")
    )
    segments = pl.read_parquet(folder / "segments.parquet").join(labels, on=person).group_by("segment").len().sort("segment")
    return partition, golden, segments


def compare(name, mine, theirs):
    problems = []
    if not mine[0].equals(theirs[0]):
        problems.append("another partition")
    else:
        for column in mine[1].columns:
            different = (mine[1][column].ne_missing(theirs[1][column])).sum()
            if different:
                problems.append(f"{different} other values of {column}")
        if not mine[2].equals(theirs[2].with_columns(theirs[2]["len"].cast(mine[2]["len"].dtype))):
            problems.append("other segments")
    print(f"  {name}: " + ("; ".join(problems) if problems else "same partition, golden values and segments"), file=sys.stderr)
    return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="polars_scipy,duckdb_sql,splink_clustering,pandas_networkx")
    parser.add_argument("--work", default=str(ROOT / "target" / "peers"), help="folder for data and outputs")
    parser.add_argument("--bin", default=None, help="folder of the release binaries")
    parser.add_argument("--no-compare", action="store_true")
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binaries = pathlib.Path(arguments.bin) if arguments.bin else target / "release"
    work = pathlib.Path(arguments.work) / str(arguments.records)
    data = work / "data"
    if not (data / "onefold.toml").exists():
        data.mkdir(parents=True, exist_ok=True)
        subprocess.run([binaries / "examples" / "generate", "--plain", "--records", str(arguments.records), "--seed", "1", "--out", data], check=True)
    commands = {"onefold": [str(binaries / "onefold"), "run", "--quiet", "-c", str(data / "onefold.toml")]}
    for peer in filter(None, arguments.peers.split(",")):
        if arguments.records <= LIMITS.get(peer, sys.maxsize):
            out = work / peer
            out.mkdir(exist_ok=True)
            commands[peer] = [sys.executable, str(HERE / f"{peer}.py"), str(data), str(out)]
        else:
            print(f"  {peer}: left out above {LIMITS[peer]:,} records", file=sys.stderr)
    figures = {name: [] for name in commands}
    for _ in range(arguments.rounds):
        for name, command in commands.items():
            if name == "onefold":
                shutil.rmtree(data / "out", ignore_errors=True)
            figures[name].append(run(command))
    good = True
    if not arguments.no_compare:
        mine = partition(data / "out" / "current")
        for name in commands:
            if name != "onefold":
                good &= compare(name, mine, partition(work / name))
    print(f"\n{arguments.records:,} records, median of {arguments.rounds} rounds in alternation\n")
    print("| | CPU s | wall s | peak MiB | CPU, times onefold's |\n|---|---|---|---|---|")
    base = [f[0] for f in figures["onefold"]]
    for name, rounds in figures.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*rounds))
        ratio = statistics.median(f[0] / b for f, b in zip(rounds, base))
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {memory:.0f} | {ratio:.1f} |")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
