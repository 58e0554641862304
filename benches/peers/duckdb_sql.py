"""The plain job in DuckDB SQL: connected components by repeated minimum over identifiers and records."""
import sys

import duckdb

SOURCES = ("email", "pos", "sms", "web")
FIELDS = ("email", "phone", "first_name", "last_name", "city", "loyalty_id")


def by_least(db):
    """`labels` (record, person) from `edges`: the least label goes around until none changes."""
    db.execute("CREATE TABLE labels AS SELECT record, record AS person FROM records")
    while True:
        db.execute("""
            CREATE OR REPLACE TABLE next AS
            WITH least AS (SELECT value, min(person) AS person FROM edges JOIN labels USING (record) GROUP BY value),
                 best AS (SELECT record, min(least.person) AS person FROM edges JOIN least USING (value) GROUP BY record)
            SELECT labels.record, least(labels.person, coalesce(best.person, labels.person)) AS person
            FROM labels LEFT JOIN best USING (record)""")
        # Pointer jumping: a label's own label is at least as small.
        db.execute("CREATE OR REPLACE TABLE jumped AS SELECT n.record, m.person FROM next n JOIN next m ON n.person = m.record")
        changed = db.execute("SELECT count(*) FROM labels JOIN jumped USING (record) WHERE labels.person <> jumped.person").fetchone()[0]
        db.execute("DROP TABLE labels; ALTER TABLE jumped RENAME TO labels")
        if changed == 0:
            break


def main(folder, out, components=by_least):
    db = duckdb.connect()
    db.execute("SET preserve_insertion_order = false")
    reads = " UNION ALL BY NAME ".join(
        f"SELECT '{s}' AS source, * FROM read_csv('{folder}/{s}.csv', all_varchar = true, header = true, delim = ',')" for s in SOURCES
    )
    db.execute(f"""
        CREATE TABLE records AS
        SELECT row_number() OVER () AS record, source, record_id,
               strptime(event_time, '%Y-%m-%d %H:%M:%S') AS event_time,
               nullif(lower(trim(email)), '') AS email,
               CASE WHEN length(regexp_replace(phone, '\\D', '', 'g')) >= 10
                    THEN '+1' || right(regexp_replace(phone, '\\D', '', 'g'), 10) END AS phone,
               nullif(trim(loyalty_id), '') AS loyalty_id,
               nullif(trim(first_name), '') AS first_name, nullif(trim(last_name), '') AS last_name,
               nullif(trim(city), '') AS city, TRY_CAST(amount AS DOUBLE) AS amount
        FROM ({reads})""")
    db.execute("""
        CREATE TABLE edges AS
        SELECT record, hash('e', email) AS value FROM records WHERE email IS NOT NULL
        UNION ALL SELECT record, hash('p', phone) FROM records WHERE phone IS NOT NULL
        UNION ALL SELECT record, hash('l', loyalty_id) FROM records WHERE loyalty_id IS NOT NULL""")
    components(db)
    first = ", ".join(f"first({f} ORDER BY event_time DESC, source, record_id) FILTER (WHERE {f} IS NOT NULL) AS {f}" for f in FIELDS)
    db.execute(f"""
        CREATE TABLE golden AS
        SELECT person, {first},
               count(*) FILTER (WHERE source = 'pos') AS orders,
               coalesce(sum(amount) FILTER (WHERE source = 'pos'), 0) AS spent
        FROM records JOIN labels USING (record) GROUP BY person""")
    db.execute("""
        CREATE TABLE segments AS
        SELECT person, 'regulars' AS segment FROM golden WHERE orders >= 3
        UNION ALL SELECT person, 'big_spenders' FROM golden WHERE spent > 500.005
        UNION ALL SELECT person, 'sms_only' FROM golden WHERE email IS NULL AND phone IS NOT NULL""")
    for table, query in (
        ("golden", "golden"),
        ("segments", "segments"),
        ("crosswalk", "(SELECT source, record_id, person FROM records JOIN labels USING (record))"),
    ):
        db.execute(f"COPY (SELECT * FROM {query}) TO '{out}/{table}.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")


if __name__ == "__main__":
    main(*sys.argv[1:3])
