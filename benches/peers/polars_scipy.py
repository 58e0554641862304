"""The plain job in Polars (streaming where it helps) and SciPy's connected components."""
import sys

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SOURCES = ("email", "pos", "sms", "web")


def read(folder):
    frames = []
    for source in SOURCES:
        frame = pl.scan_csv(f"{folder}/{source}.csv", infer_schema=False)
        frames.append(frame.with_columns(source=pl.lit(source)))
    columns = "source record_id event_time email phone loyalty_id first_name last_name city amount".split()
    text = lambda name: pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name).str.strip_chars()).alias(name)
    digits = pl.col("phone").str.replace_all(r"\D", "")
    return (
        pl.concat([frame.select(columns) for frame in frames])
        .with_columns(
            pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us"),
            text("email").str.to_lowercase(),
            pl.when(digits.str.len_chars() >= 10).then(pl.lit("+1") + digits.str.slice(-10)).alias("phone"),
            text("loyalty_id"),
            text("first_name"),
            text("last_name"),
            text("city"),
            pl.col("amount").cast(pl.Float64),
        )
        .collect(engine="streaming")
    )


def link(records):
    n = records.height
    rows, columns, base = [], [], n
    for namespace in ("email", "phone", "loyalty_id"):
        keys = records.select(pl.int_range(pl.len()).alias("record"), pl.col(namespace)).drop_nulls()
        codes = keys[namespace].rank("dense").to_numpy().astype(np.int64) - 1
        rows.append(keys["record"].to_numpy())
        columns.append(codes + base)
        base += int(codes.max(initial=-1)) + 1
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    graph = coo_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(base, base))
    _, labels = connected_components(graph, directed=False)
    return labels[:n]


def main(folder, out):
    records = read(folder)
    records = records.with_columns(person=pl.Series(link(records), dtype=pl.Int32))
    fields = ("email", "phone", "first_name", "last_name", "city", "loyalty_id")
    ordered = records.lazy().sort("event_time", "source", "record_id", descending=[True, False, False])
    pos = pl.col("source") == "pos"
    golden = (
        ordered.group_by("person")
        .agg(
            *[pl.col(f).drop_nulls().first() for f in fields],
            pos.sum().cast(pl.Int64).alias("orders"),
            pl.col("amount").filter(pos).sum().alias("spent"),
        )
        .collect(engine="streaming")
    )
    segments = pl.concat(
        [
            golden.filter(pl.col("orders") >= 3).select("person", segment=pl.lit("regulars")),
            golden.filter(pl.col("spent") > 500.005).select("person", segment=pl.lit("big_spenders")),
            golden.filter(pl.col("email").is_null() & pl.col("phone").is_not_null()).select("person", segment=pl.lit("sms_only")),
        ]
    )
    golden.write_parquet(f"{out}/golden.parquet", compression="zstd", compression_level=1)
    segments.write_parquet(f"{out}/segments.parquet", compression="zstd", compression_level=1)
    records.select("source", "record_id", "person").write_parquet(f"{out}/crosswalk.parquet", compression="zstd", compression_level=1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
