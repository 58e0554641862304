#!/usr/bin/env python3
"""Cost per record at growing sizes, stage by stage.

    cargo build --release --bin onefold --example generate
    python3 benches/scale/run.py --sizes 1000000,10000000
    python3 benches/scale/run.py --sizes 10000000,100000000 --rounds 1 --memory-limit 8GiB --packed

Generated plain data; CPU seconds per stage from run.json, of the process from the operating system. The last column is the
cost per record against the smallest size: flat is 1.0. Bytes are memory at the peak, per record. `--packed` packs the exports
with the `zstd` program: 100 million records are 12 GB as text, and a run that puts rows aside wants 30 GB more.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(binary, data, limit):
    """(CPU seconds, peak bytes, CPU seconds by stage) of one run."""
    shutil.rmtree(data / "out", ignore_errors=True)
    process = subprocess.Popen([binary, "run", "--quiet", "-c", data / "onefold.toml", *limit])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"onefold ended with {process.returncode}")
    report = json.loads((data / "out" / "current" / "run.json").read_text())
    stages = {stage["stage"]: stage["cpu_seconds"] for stage in report["stages"]}
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, stages


def pack(data):
    """The exports packed, and the config told so; the truth is not needed here."""
    (data / "truth.csv").unlink(missing_ok=True)
    for export in sorted(data.glob("*.csv")):
        subprocess.run(["zstd", "-q", "-1", "--rm", export], check=True)
    config = data / "onefold.toml"
    config.write_text(config.read_text().replace('.csv"', '.csv.zst"'))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000000,10000000", help="records, smallest first")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", default=str(ROOT / "target" / "scale"), help="folder for data and outputs")
    parser.add_argument("--memory-limit", default=None, help="handed on to onefold")
    parser.add_argument("--packed", action="store_true", help="pack the exports with zstd")
    parser.add_argument("--bin", default=None, help="folder of the release binaries")
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binaries = pathlib.Path(arguments.bin) if arguments.bin else target / "release"
    sizes = [int(size) for size in arguments.sizes.split(",")]
    for size in sizes:
        data = pathlib.Path(arguments.work) / str(size)
        if not (data / "onefold.toml").exists():
            generate = [binaries / "examples" / "generate", "--plain", "--records", str(size), "--seed", "1", "--out", data]
            subprocess.run(generate, check=True)
        if arguments.packed and list(data.glob("pos.csv")):
            pack(data)
    limit = ["--memory-limit", arguments.memory_limit] if arguments.memory_limit else []
    figures = {size: [] for size in sizes}
    for _ in range(arguments.rounds):
        for size in sizes:
            figures[size].append(run(binaries / "onefold", pathlib.Path(arguments.work) / str(size), limit))
    stages = list(figures[sizes[0]][0][2])
    print("Microseconds of CPU per record (records per CPU second), median of", arguments.rounds, "rounds\n")
    print("| records | " + " | ".join(stages) + " | whole run | bytes per record | against the smallest |")
    print("|---" * (len(stages) + 4) + "|")
    base = None
    for size in sizes:
        whole = statistics.median(figure[0] for figure in figures[size]) / size
        memory = statistics.median(figure[1] for figure in figures[size]) / size
        cells = []
        for stage in stages:
            cost = statistics.median(figure[2][stage] for figure in figures[size]) / size
            cells.append(f"{cost * 1e6:.3f}" + (f" ({1 / cost:,.0f})" if cost > 0 else ""))
        base = base or whole
        print(f"| {size:,} | {' | '.join(cells)} | {whole * 1e6:.2f} ({1 / whole:,.0f}) | {memory:,.0f} | {whole / base:.2f} |")


if __name__ == "__main__":
    main()
