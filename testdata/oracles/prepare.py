"""Makes a folder to run and score from public data with truth:

    python3 prepare.py febrl DATASET.csv FOLDER
    python3 prepare.py fake_1000 FAKE_1000.csv FOLDER
    python3 prepare.py voters A.csv B.csv C.csv FOLDER

FOLDER then holds the data, `onefold.toml` (the config of that name beside this script) and `truth.csv`.
"""

import csv
import pathlib
import shutil
import sys


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [[cell.strip() for cell in row] for row in list(csv.reader(file, skipinitialspace=True))[1:]]


def febrl(files, folder):
    """A record is of the person that its id names up to the second hyphen: rec-122-dup-0 is of rec-122."""
    shutil.copy(files[0], folder / "data.csv")
    return ["record_id", "person"], [[row[0], "-".join(row[0].split("-")[:2])] for row in rows(files[0])]


def fake_1000(files, folder):
    shutil.copy(files[0], folder / "fake_1000.csv")
    return ["record_id", "person"], [[row[0], row[6]] for row in rows(files[0])]


def voters(files, folder):
    """The register's number is the person; it is in no identifier of the config."""
    truth = []
    for name, path in zip("abc", files, strict=True):
        shutil.copy(path, folder / f"{name}.csv")
        truth += [[name, row[0], row[0]] for row in rows(path)]
    return ["source", "record_id", "person"], truth


def main():
    kinds = {"febrl": (febrl, 1), "fake_1000": (fake_1000, 1), "voters": (voters, 3)}
    make, files = kinds.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if make is None or len(sys.argv) != files + 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    header, truth = make(sys.argv[2:-1], folder)
    shutil.copy(pathlib.Path(__file__).with_name(f"{sys.argv[1]}.toml"), folder / "onefold.toml")
    with open(folder / "truth.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *truth])


if __name__ == "__main__":
    main()
