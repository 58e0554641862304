"""The plain job in pandas and networkx, as most tutorials write it."""
import sys

import networkx as nx
import pandas as pd

SOURCES = ("email", "pos", "sms", "web")
FIELDS = ("email", "phone", "first_name", "last_name", "city", "loyalty_id")


def main(folder, out):
    records = pd.concat(
        [pd.read_csv(f"{folder}/{s}.csv", dtype=str, keep_default_na=False).assign(source=s) for s in SOURCES], ignore_index=True
    )
    records["event_time"] = pd.to_datetime(records["event_time"], format="%Y-%m-%d %H:%M:%S")
    for field in FIELDS:
        records[field] = records[field].str.strip()
    records["email"] = records["email"].str.lower()
    digits = records["phone"].str.replace(r"\D", "", regex=True)
    records["phone"] = ("+1" + digits.str[-10:]).where(digits.str.len() >= 10, "")
    records["amount"] = pd.to_numeric(records["amount"])
    for field in FIELDS:
        records[field] = records[field].where(records[field] != "")
    graph = nx.Graph()
    graph.add_nodes_from(records.index)
    for namespace in ("email", "phone", "loyalty_id"):
        have = records[namespace].dropna()
        graph.add_edges_from(zip(have.index, (namespace + ":") + have))
    person = {}
    for number, component in enumerate(nx.connected_components(graph)):
        for node in component:
            if isinstance(node, int):
                person[node] = number
    records["person"] = records.index.map(person)
    ordered = records.sort_values(["event_time", "source", "record_id"], ascending=[False, True, True])
    golden = ordered.groupby("person")[list(FIELDS)].first()
    pos = records[records["source"] == "pos"].groupby("person")["amount"]
    golden["orders"] = pos.size().reindex(golden.index, fill_value=0)
    golden["spent"] = pos.sum().reindex(golden.index, fill_value=0.0)
    segments = pd.concat(
        [
            pd.DataFrame({"person": golden.index[golden["orders"] >= 3], "segment": "regulars"}),
            pd.DataFrame({"person": golden.index[golden["spent"] > 500.005], "segment": "big_spenders"}),
            pd.DataFrame({"person": golden.index[golden["email"].isna() & golden["phone"].notna()], "segment": "sms_only"}),
        ]
    )
    golden.reset_index().to_parquet(f"{out}/golden.parquet", compression="zstd")
    segments.to_parquet(f"{out}/segments.parquet", compression="zstd")
    records[["source", "record_id", "person"]].to_parquet(f"{out}/crosswalk.parquet", compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:3])
