"""The plain job in DuckDB SQL with Splink's clustering as its linking part: pairs of records that share a value go in as
matches that are certain, connected components come out. Reading, golden values and writing are those of `duckdb_sql`."""
import sys

import duckdb_sql
from splink import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold


def by_splink(db):
    # A star per value: every record with the least one that carries it; all pairs would be needlessly many.
    db.execute("""
        CREATE TABLE pairs AS
        SELECT DISTINCT min(record) OVER (PARTITION BY value) AS record_l, record AS record_r FROM edges
        QUALIFY record_l <> record_r""")
    api = DuckDBAPI(connection=db)
    nodes, pairs = db.table("records").project("record"), db.table("pairs")
    clusters = cluster_pairwise_predictions_at_threshold(nodes, pairs, api, node_id_column_name="record")
    db.execute(f"CREATE TABLE labels AS SELECT record, cluster_id AS person FROM {clusters.physical_name}")


if __name__ == "__main__":
    duckdb_sql.main(*sys.argv[1:3], components=by_splink)
