#!/usr/bin/env python3
"""Writes pyworkforce_grid.csv beside this file: seats by Erlang C from pyworkforce 0.5.1 (PyPI), over 10,000 points.

pyworkforce looks no lower than round(load + 1) seats. Where it stops at that very number it has not shown that one seat
fewer is too few, so such points are left out.
"""
import csv
import itertools
import pathlib
from pyworkforce.queuing import ErlangC

LOADS = [0.7 * 1.0672 ** i for i in range(112)]  # to about 960 erlangs
HANDLES_S = [60, 120, 180, 300, 600]
TARGETS = list(itertools.product([0.7, 0.8, 0.9, 0.95], [10, 20, 30, 60, 120]))


def main():
    grid = pathlib.Path(__file__).with_name("pyworkforce_grid.csv")
    with grid.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["calls_per_hour", "handle_s", "answered", "within_s", "seats"])
        for load, handle_s, (answered, within_s) in itertools.product(LOADS, HANDLES_S, TARGETS):
            calls = max(1, round(load * 3600 / handle_s))
            queue = ErlangC(transactions=calls, aht=handle_s / 60, asa=within_s / 60, interval=60)
            seats = queue.required_positions(service_level=answered)["raw_positions"]
            if seats > round(queue.intensity + 1):
                out.writerow([calls, handle_s, answered, within_s, seats])


main()
