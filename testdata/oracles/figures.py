"""Figures of the online shop, computed without onefold: python3 figures.py online_retail.csv.gz"""

import csv
import gzip
import sys
from collections import defaultdict
from decimal import Decimal

orders, credits = defaultdict(set), defaultdict(set)
totals = defaultdict(Decimal)
rows = guests = 0
with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        rows += 1
        customer = row["CustomerID"].strip().removesuffix(".0")
        if not customer:
            guests += 1
            continue
        kind = credits if row["InvoiceNo"].startswith("C") else orders
        kind[customer].add(row["InvoiceNo"])
        totals[customer] += Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])

print("rows", rows)
print("lines of guests", guests)
print("customers", len(totals))
print("persons", len(totals) + guests)
print("orders", sum(map(len, orders.values())))
print("credit notes", sum(map(len, credits.values())))
print("total, credits subtracted", sum(totals.values()))
