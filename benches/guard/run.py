#!/usr/bin/env python3
"""What the guard costs where nothing breaks: the same generated data linked with its rules and without, in alternation.

    cargo build --release --bin onefold --example generate
    python3 benches/guard/run.py --records 1000000 --rounds 5

The data are the generator's plain ones: every card, address and number belongs to one person, so no limit is broken and no
value is shared. Three configs that differ in nothing else:

    guard    the shipped defaults
    shared   no limits and no conflicts: max_per_person = 0, conflict = []
    bare     plain union-find: shared_above = 0 too

All three must publish the same crosswalk, or the script fails. Linking is the CPU time of the stages number, link and
guard of run.json: from the identifiers that were read (number gathers them by value) to persons. Whole is that of the
process (the compare keys of names are made while files are read). Ratios are medians of the ratios of each round's
neighbors, so a machine that slows down for all of them changes little; use an idle machine.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OFF = {
    "guard": "",
    "shared": "max_per_person = 0\nconflict = []\n",
    "bare": "max_per_person = 0\nconflict = []\nshared_above = 0\n",
}


def config(plain, mode):
    """The generated config with the mode's keys under every identifier, and an output folder of its own."""
    lines = []
    for line in plain.splitlines():
        lines.append(line)
        if line.startswith("[identifiers."):
            lines.append(OFF[mode])
        if line == "[output]":
            lines.append(f'dir = "out_{mode}"')
    return "\n".join(lines) + "\n"


def run(binary, data, mode, threads):
    """(CPU seconds of linking, CPU seconds of the process, fingerprint of the crosswalk)."""
    out = data / f"out_{mode}"
    shutil.rmtree(out, ignore_errors=True)
    command = [str(binary), "run", "--quiet", "-c", str(data / f"{mode}.toml"), "--threads", str(threads)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{mode}: {errors.decode(errors='replace')[-2000:]}")
    current = out / "current"
    report = json.loads((current / "run.json").read_text())
    if mode == "guard" and (report["refusals"] or report["top_shared"]):
        sys.exit("something broke in data where nothing should: the comparison would mean nothing")
    linking = sum(stage["cpu_seconds"] for stage in report["stages"] if stage["stage"] in ("number", "link", "guard"))
    crosswalk = hashlib.sha256((current / "crosswalk.parquet").read_bytes()).hexdigest()
    return linking, usage.ru_utime + usage.ru_stime, crosswalk


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", default=str(ROOT / "target" / "guard"), help="folder for data and outputs")
    parser.add_argument("--bin", default=None, help="folder of the binaries, the release ones unless named")
    parser.add_argument("--max-ratio", type=float, default=None, help="fail when linking with the guard costs more")
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binaries = pathlib.Path(arguments.bin) if arguments.bin else target / "release"
    data = pathlib.Path(arguments.work) / str(arguments.records)
    if not (data / "onefold.toml").exists():
        data.mkdir(parents=True, exist_ok=True)
        generate = [binaries / "examples" / "generate", "--plain", "--records", str(arguments.records), "--seed", "1"]
        subprocess.run([*generate, "--out", data], check=True)
    plain = (data / "onefold.toml").read_text()
    for mode in OFF:
        (data / f"{mode}.toml").write_text(config(plain, mode))
    figures = {mode: [] for mode in OFF}
    for number in range(arguments.rounds):
        # Every other round runs backwards, so that no mode is always the first.
        for mode in list(OFF)[:: 1 if number % 2 == 0 else -1]:
            figures[mode].append(run(binaries / "onefold", data, mode, arguments.threads))
    if len({figure[2] for rounds in figures.values() for figure in rounds}) != 1:
        sys.exit("the three configs did not publish the same crosswalk")
    print(f"{arguments.records:,} records, {arguments.threads} threads, median of {arguments.rounds} rounds in alternation\n")
    print("| | linking, CPU s | times bare | whole run, CPU s | times bare |\n|---|---|---|---|---|")
    ratios = {}
    for mode, rounds in figures.items():
        columns = []
        for column in (0, 1):
            seconds = statistics.median(figure[column] for figure in rounds)
            ratio = statistics.median(a[column] / b[column] for a, b in zip(rounds, figures["bare"]))
            columns.append(f"{seconds:.2f} | {ratio:.2f}")
            ratios[mode, column] = ratio
        print(f"| {mode} | {' | '.join(columns)} |")
    # Totals: a stage's clock ticks in hundredths of a second.
    against = sum(figure[0] for figure in figures["guard"]) / sum(figure[0] for figure in figures["shared"])
    print(f"\nLinking with limits and conflicts, times without: {against:.2f}")
    if arguments.max_ratio is not None and against > arguments.max_ratio:
        sys.exit(f"more than {arguments.max_ratio}")


if __name__ == "__main__":
    main()
