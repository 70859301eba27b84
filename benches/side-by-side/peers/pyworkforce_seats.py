"""Seats by Erlang C from pyworkforce: `time LOAD TIMES` seats a second; `grid` 10,000 points as CSV.

pyworkforce looks no lower than round(load + 1) seats. Where it stops at that very number it has not shown that one seat fewer is too few:
such points are left out of the grid.
"""
import itertools
import json
import sys
import time

from pyworkforce.queuing import ErlangC


def timed(load, times):
    began = time.process_time()
    for number in range(times):
        calls = load * 20 + number % 100 / 100
        ErlangC(transactions=calls, aht=3, asa=20 / 60, interval=60).required_positions(service_level=0.8)
    return times / (time.process_time() - began)


def grid():
    print("calls_per_hour,handle_s,answered,within_s,seats")
    targets = itertools.product([0.7, 0.8, 0.9, 0.95], [10, 20, 30, 60, 120])
    for load, handle_s, (answered, within_s) in itertools.product([0.7 * 1.0672**number for number in range(112)], [60, 120, 180, 300, 600], targets):
        calls = max(1, round(load * 3600 / handle_s))
        queue = ErlangC(transactions=calls, aht=handle_s / 60, asa=within_s / 60, interval=60)
        seats = queue.required_positions(service_level=answered)["raw_positions"]
        if seats > round(queue.intensity + 1):
            print(f"{calls},{handle_s},{answered},{within_s},{seats}")


if sys.argv[1] == "grid":
    grid()
else:
    print(json.dumps({"per_s": timed(float(sys.argv[2]), int(sys.argv[3]))}))
