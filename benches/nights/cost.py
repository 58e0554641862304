#!/usr/bin/env python3
"""What a night costs of which one file in a hundred is new, against the same night with nothing kept.

    cargo build --release --bin onefold --example generate
    python3 benches/nights/cost.py --records 10000000
    python3 benches/nights/cost.py --records 10000000 --packed
    python3 benches/nights/cost.py --records 10000000 --tables golden_customers,segments

The generator's messy data (`--plain`: its plain data): a first run takes 99 rows of 100 of every channel, the night takes
the last one from further files. The night is run twice from the same state: with the rows kept of the files that are known,
and with the cache removed. Both must write the same tables, byte for byte. CPU seconds are per stage, from run.json.
"""

import argparse
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--plain", action="store_true", help="plain data and its three tables")
    parser.add_argument("--packed", action="store_true", help="exports packed with gzip, as vendors send them")
    parser.add_argument("--tables", help="what is published, by commas [default: what the config says]")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "nights", help="folder to work in")
    parser.add_argument("--bin", type=pathlib.Path, help="folder of the release binaries")
    options = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binaries = options.bin or target / "release"
    kind = ("plain" if options.plain else "messy") + ("-packed" if options.packed else "")
    business = options.work / f"{kind}-{options.records}"
    if not (business / "exports.toml").exists():
        prepare(options, binaries / "examples" / "generate", business)
    write_config(business, options.tables)
    out, saved = business / "out", business / "saved"
    for folder in (out, saved):
        shutil.rmtree(folder, ignore_errors=True)
    place(business, is_there=False)
    first, _ = run(binaries / "onefold", business)
    subprocess.run(["cp", "-al", out, saved], check=True)  # what a run wrote is never changed
    place(business, is_there=True)
    night, warm = run(binaries / "onefold", business)
    shutil.rmtree(out)
    saved.rename(out)
    shutil.rmtree(out / "cache")
    full, cold = run(binaries / "onefold", business)
    if warm != cold:
        sys.exit("the tables of the two nights differ")
    place(business, is_there=False)
    print(f"{options.records} records, {kind}; CPU seconds\n")
    print("| run | " + " | ".join(full) + " | all |")
    print("|---" * (len(full) + 2) + "|")
    for name, stages in (("first", first), ("night", night), ("the same, nothing kept", full)):
        cells = [f"{stages.get(stage, 0):.1f}" for stage in full]
        print(f"| {name} | " + " | ".join(cells) + f" | {sum(stages.values()):.1f} |")
    print(f"\nThe night costs {100 * sum(night.values()) / sum(full.values()):.0f} % of the full run; same bytes.")


def prepare(options, generate, business):
    """Channels as folders, 99 rows of 100 in the first file; the rest waits in `new`."""
    shutil.rmtree(business, ignore_errors=True)
    business.mkdir(parents=True)
    command = [generate, "--records", str(options.records), "--seed", "1", "--out", business]
    subprocess.run(command + ["--plain"] * options.plain, check=True, stdout=subprocess.DEVNULL)
    (business / "truth.csv").unlink()
    pack = gzip.compress if options.packed else (lambda data, _: data)
    ending = ".gz" if options.packed else ""
    config = (business / "onefold.toml").read_text()
    for channel, path in re.findall(r'name = "(\w+)"\nchannel = "\w+"\npath = "([^"]+)"', config):
        config = config.replace(f'path = "{path}"', f'path = "{channel}/*{ending}"')
        export = business / path
        data = export.read_bytes()
        header = b"" if export.suffix == ".jsonl" else data[: data.index(b"\n") + 1]
        cut = data.index(b"\n", len(data) * 99 // 100) + 1
        parts = {business / channel / f"001-{path}{ending}": data[:cut], business / "new" / f"{channel}-{path}{ending}": header + data[cut:]}
        for part, rows in parts.items():
            part.parent.mkdir(exist_ok=True)
            part.write_bytes(pack(rows, 6))
        export.unlink()
    (business / "onefold.toml").unlink()
    (business / "exports.toml").write_text(config)


def write_config(business, tables):
    config = (business / "exports.toml").read_text().replace("cache = false", "")
    if tables:
        config = re.sub(r"(?m)^tables = .*\n", "", config)
        named = ", ".join(f'"{table}"' for table in tables.split(","))
        output = config.find("[output]")
        line = f"tables = [{named}]\n"
        config = config.replace("[output]\n", "[output]\n" + line) if output >= 0 else config + "\n[output]\n" + line
    (business / "onefold.toml").write_text(config)


def place(business, is_there):
    """Brings the night's files into their channels, or takes them away."""
    for new in (business / "new").iterdir():
        channel, name = new.name.split("-", 1)
        into = business / channel / f"002-{name}"
        if is_there:
            shutil.copy(new, into)
        else:
            into.unlink(missing_ok=True)


def run(binary, business):
    """CPU seconds by stage, and the fingerprints of the tables."""
    subprocess.run([binary, "run", "--quiet", "-c", business / "onefold.toml"], check=True)
    report = json.loads((business / "out" / "current" / "run.json").read_text())
    stages = {stage["stage"]: stage["cpu_seconds"] for stage in report["stages"]}
    return stages, [(table["file"], table["fingerprint"]) for table in report["tables"]]


if __name__ == "__main__":
    main()
