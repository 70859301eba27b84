#!/usr/bin/env python3
"""Makes readings of the bank's month of calls: depth = calls with q_start <= t < q_exit.

    python3 tests/bank/readings.py bank-1999-08.csv.gz bank.jsonl.gz

Source of the calls: the "Anonymous Bank" data of the Technion's Service Engineering laboratory (Avi Mandelbaum, Anat Sakov,
Sergey Zeltyn). One reading at every change of depth, and one every 10 seconds in between, so that the queue is never blind.
Times are taken as UTC, as they stand.
"""
import csv
import gzip
import json
import sys
from datetime import datetime, timedelta, timezone

EVERY = 10  # seconds; the shipped configuration goes blind after 15


def main(calls, out):
    changes = {}
    first = last = None
    with gzip.open(calls, "rt", newline="") as file:
        for call in csv.DictReader(file):
            if not call["q_start"] or int(call["q_time_s"]) <= 0:
                continue
            begin = datetime.fromisoformat(call["q_start"]).replace(tzinfo=timezone.utc)
            end = datetime.fromisoformat(call["q_exit"]).replace(tzinfo=timezone.utc)
            for moment, step in ((begin, 1), (end, -1)):
                changes[moment] = changes.get(moment, 0) + step
    moments = sorted(changes)
    first, last = moments[0].replace(hour=0, minute=0, second=0), moments[-1] + timedelta(hours=1)
    depth, upcoming = 0, iter(moments)
    following = next(upcoming)
    now = first
    with gzip.open(out, "wt", compresslevel=6) as file:
        def write(moment):
            at = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            file.write(json.dumps({"queue": "bank", "at": at, "waiting": depth}, separators=(",", ":")) + "\n")

        while now <= last:
            while following is not None and following <= now:
                depth += changes[following]
                following = next(upcoming, None)
            write(now)
            beat = now + timedelta(seconds=EVERY)
            now = min(beat, following) if following is not None else beat


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
