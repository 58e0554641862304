#!/usr/bin/env python3
"""Counts the instructions of a run, room by room, and compares them with those kept in the repository: times cannot be
trusted on a busy machine, instructions can.

    cargo rustc --release --bin onefold -- -C strip=none
    cargo build --release --example generate
    python3 benches/instructions/run.py            # compare: fails when a room grew by more than 5 %
    python3 benches/instructions/run.py --keep     # write what was counted to kept.json

Needs valgrind. Two runs of generated plain data, one thread, 20,000 and 60,000 records; what is counted is the difference
over the 40,000 records between them, so that start-up costs nothing. A room's instructions are those of functions whose
name begins with its path (`onefold::ingest`); small functions are inlined into whoever calls them, so a change may move
instructions from one room to another: look at the total first. Compilers differ: kept.json names the one it was made with.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEPT = HERE / "kept.json"
SIZES = (20_000, 60_000)
ROOMS = ("ingest", "normalize", "link", "guard", "golden", "traits", "segments", "identity", "publish", "model", "pipeline")
# As --threads 1, which would start another process that valgrind does not follow.
ONE_THREAD = {"RAYON_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
# Growth of less than this many instructions a record is no loss, whatever its share.
SLACK = 20


def count(binary, config, folder):
    """Instructions by room of one run."""
    out = folder / "callgrind.out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(binary), "run", "--quiet", "-c", str(config)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **ONE_THREAD})
    names, rooms, room, skip = {}, {}, None, 0
    with open(out) as lines:
        for line in lines:
            if line.startswith("fn="):
                number, _, name = line[3:].strip().partition(" ")
                if name:
                    names[number] = name
                room = room_of(names.get(number, ""))
            elif line.startswith("calls="):
                skip = 1  # the next line is the callee's cost, counted there
            elif line[:1] in "0123456789+-*" and room is not None:
                if skip:
                    skip = 0
                    continue
                fields = line.split()
                if len(fields) >= 2:
                    rooms[room] = rooms.get(room, 0) + int(fields[1])
            elif line.startswith("cfn="):
                number, _, name = line[4:].strip().partition(" ")
                if name:
                    names[number] = name
    out.unlink()
    return rooms


def room_of(name):
    found = re.search(r"onefold::(\w+)", name)
    if found and found.group(1) in ROOMS:
        return found.group(1)
    for part, room in (("ZSTD", "zstd"), ("HUF_", "zstd"), ("FSE_", "zstd"), ("HIST_", "zstd"), ("polars", "polars"), ("xxh", "other"), ("onefold", "other")):
        if part in name:
            return room
    return "other"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="write what was counted to kept.json")
    parser.add_argument("--tolerance", type=float, default=0.05)
    parser.add_argument("--bin", default=None, help="folder of the release binaries")
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binaries = pathlib.Path(arguments.bin) if arguments.bin else target / "release"
    counted = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for size in SIZES:
            data = folder / str(size)
            subprocess.run([binaries / "examples" / "generate", "--plain", "--records", str(size), "--seed", "1", "--out", data], check=True)
            counted.append(count(binaries / "onefold", data / "onefold.toml", folder))
    records = SIZES[1] - SIZES[0]
    rooms = {room: round((counted[1].get(room, 0) - counted[0].get(room, 0)) / records, 1) for room in sorted({*counted[0], *counted[1]})}
    rooms["total"] = round(sum(rooms.values()), 1)
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    if arguments.keep:
        KEPT.write_text(json.dumps({"compiler": compiler, "instructions_per_record": rooms}, indent=2) + "\n")
    kept = json.loads(KEPT.read_text())
    print(f"instructions per record; kept ones by {kept['compiler']}, these by {compiler}\n\n| room | kept | now | change |\n|---|---|---|---|")
    worse = []
    for room, now in rooms.items():
        before = kept["instructions_per_record"].get(room, 0.0)
        change = (now - before) / before if before else 0.0
        print(f"| {room} | {before:,.0f} | {now:,.0f} | {change:+.1%} |")
        if now > before * (1 + arguments.tolerance) and now - before > SLACK:
            worse.append(room)
    if worse:
        sys.exit(f"\ngrew by more than {arguments.tolerance:.0%}: {', '.join(worse)}")


if __name__ == "__main__":
    main()
