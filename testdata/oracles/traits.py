"""Ready traits of CDNOW and of the online shop, computed without onefold.

python3 traits.py cdnow CDNOW_sample.txt > cdnow_traits.csv
python3 traits.py online_retail online_retail.csv.gz > online_retail_traits.csv

One row per customer, by customer: the columns of the header below. Definitions are those of docs/traits.md.
"""

import csv
import gzip
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import floor
from statistics import median


def cdnow(path):
    """(customer, time, order, value, is a return): every row is an order of its own."""
    for number, line in enumerate(open(path, encoding="ascii")):
        _, customer, day, _, dollars = line.split()
        if day <= "19970930":
            # Some rows cost nothing: `amount > 0` makes no purchase of them.
            value = Decimal(dollars)
            if value > 0:
                yield customer, datetime.strptime(day, "%Y%m%d"), number, value, False


def online_retail(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            customer = row["CustomerID"].strip().removesuffix(".0")
            value = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
            if customer:
                returned = row["InvoiceNo"].startswith("C")
                time = datetime.strptime(row["InvoiceDate"], "%Y-%m-%d %H:%M:%S")
                yield customer, time, row["InvoiceNo"], value, returned


def score(values, value):
    return 1 + min(4, 5 * sum(other < value for other in values) // len(values))


def scores(values):
    """Of each value: 1 + how many whole fifths of all values lie below; by sorting, for there are many."""
    below, seen = {}, 0
    for value, count in sorted(Counter(values).items()):
        below[value] = seen
        seen += count
    return {value: 1 + min(4, 5 * count // seen) for value, count in below.items()}


def half_up(number):
    return floor(number + 0.5)


rows, as_of = (
    (cdnow(sys.argv[2]), datetime(1997, 9, 30)) if sys.argv[1] == "cdnow" else (online_retail(sys.argv[2]), None)
)
rows = list(rows)
as_of = as_of or max(time for _, time, *_ in rows)
bought, returned = defaultdict(list), defaultdict(list)
for customer, time, order, value, is_return in rows:
    (returned if is_return else bought)[customer].append((time, order, abs(value) if is_return else value))

figures = {}
for customer in {customer for customer, *_ in rows}:
    purchases = bought[customer]
    orders = {order for _, order, _ in purchases}
    spent = sum((value for *_, value in purchases), Decimal()) - sum((value for *_, value in returned[customer]), Decimal())
    if not purchases:
        figures[customer] = None, 0, spent, None, None, None, None
        continue
    last, first = max(time for time, *_ in purchases), min(time for time, *_ in purchases)
    days = sorted({time.date() for time, *_ in purchases})
    gaps = [(after - before).days for before, after in zip(days, days[1:])]
    usual = median(gaps) if gaps else None
    due = days[-1] + timedelta(days=half_up(usual)) if gaps else None
    spread = median(abs(gap - usual) for gap in gaps) if gaps else None
    sure = round((1 - min(1, spread / usual)) * len(gaps) / (len(gaps) + 2), 3) if gaps else None
    figures[customer] = (as_of - last).days, len(orders), spent, (as_of - first).days, usual, due, sure

recency = scores([-f[0] for f in figures.values() if f[0] is not None])
frequency = scores([f[1] for f in figures.values() if f[1] > 0])
monetary = scores([f[2] for f in figures.values() if f[1] > 0])
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow("customer recency frequency monetary_value tenure rfm purchase_interval next_purchase_due sureness".split())
for customer, (days, orders, spent, tenure, usual, due, sure) in sorted(figures.items()):
    rfm = f"{recency[-days]}{frequency[orders]}{monetary[spent]}" if orders else ""
    row = customer, days, orders, spent, tenure, rfm, usual, due, sure
    out.writerow("" if cell is None else cell for cell in row)
