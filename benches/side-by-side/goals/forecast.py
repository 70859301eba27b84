"""Goal 11: the report's forecast beside statsforecast."""
import csv
import datetime
import gzip
import json
import math
import random

from frame.bench import HERE, ROOT
from frame.lab import plan_file, spent
from frame.lines import Line, at_least, at_most

NUMBER, NAME = "11", "forecast"
TITLE = "a week of calls an hour forecast from eight weeks before it, beside the same model in statsforecast"
SERIES, WEEKS, HOURS, WEEK, SEED = 24, 8, 24, 7 * 24, 11
# A month of real calls, for whoever has it beside the project; it is not part of it.
BANK = ROOT.parent / "shared" / "data" / "bank-1999-08.csv.gz"


def measure(bench):
    load = bench.rust("forecast")
    python, script = bench.pypi("forecast", "statsforecast"), HERE / "peers" / "statsforecast_hours.py"
    bench.version("augurs", "0.10 (crates.io), inside surged")

    def both_off(all_hours, name):
        """{side: how far off, as a share of the calls}, {side: seconds of processor time}, of each a function that runs it."""
        past, held_out = [hours[:-WEEK] for hours in all_hours], [hours[-WEEK:] for hours in all_hours]
        file = plan_file(bench, json.dumps(past), name)

        def surged():
            done = spent(bench, load, json.dumps({"series": str(file), "ahead": WEEK}))
            return {"per_s": len(past) / done.cpu_s, "off": off(json.loads(done.out)["told"], held_out)}

        def statsforecast():
            said = json.loads(bench.load(python, script, file, WEEK))
            return {"per_s": len(past) / said["cpu_s"], "off": off(said["told"], held_out)}

        return surged, statsforecast

    surged, statsforecast = both_off(made(), "made.json")
    turns = bench.interleave(surged=surged, statsforecast=statsforecast)
    of = {(side, key): [turn[key] for turn in them] for side, them in turns.items() for key in ("per_s", "off")}
    lines = [
        Line("series a second", "", of["surged", "per_s"], at_least(10), "statsforecast", of["statsforecast", "per_s"]),
        Line("off, of all calls of the week held out", "", of["surged", "off"], at_most(1.02), "statsforecast", of["statsforecast", "off"]),
    ]
    bench.note(f"{SERIES} series of calls an hour, drawn with a fixed seed: a profile by hour and day of the week, a trend, days that are busier than others, Poisson. Both take the "
               "root, the hours of the day and of the week apart (MSTL), and carry on what remains (ETS). Series by the second of processor time; surged's of the whole program, "
               "statsforecast's without its start and its first series.")
    if BANK.exists():
        surged, statsforecast = both_off([bank()], "bank.json")
        lines.append(Line("off in the last week of a bank's month", "", [surged()["off"]], at_most(1.02), "statsforecast", [statsforecast()["off"]]))
    return lines


def off(told, real):
    """The sum of what was off by the sum of calls."""
    pairs = [(abs(ours - calls), calls) for one, other in zip(told, real, strict=True) for ours, calls in zip(one, other, strict=True)]
    return sum(it for it, _ in pairs) / sum(calls for _, calls in pairs)


def made():
    """Queues of different sizes: calls an hour of nine weeks."""
    chance = random.Random(SEED)
    return [one_queue(chance) for _ in range(SERIES)]


def one_queue(chance):
    busiest, weekend, morning = 10 ** chance.uniform(1, 2.5), chance.uniform(0.1, 0.9), chance.uniform(9, 12)
    trend = chance.uniform(-0.03, 0.03)
    out = []
    for day in range(7 * (WEEKS + 1)):
        # How busy a day is, nobody knows before.
        level = busiest * (1 + trend * day / 7) * (weekend if day % 7 > 4 else 1) * chance.gammavariate(100, 1 / 100)
        for hour in range(HOURS):
            humps = math.exp(-((hour - morning) / 2.5) ** 2) + 0.8 * math.exp(-((hour - morning - 5) / 2.5) ** 2)
            out.append(poisson(chance, level * (0.03 + humps)))
    return out


def poisson(chance, mean):
    count, left = 0, mean - chance.expovariate(1)
    while left > 0:
        count += 1
        left -= chance.expovariate(1)
    return count


def bank():
    """Calls an hour of the bank's month: whoever reached the queue or a person."""
    out = [0] * 31 * HOURS
    with gzip.open(BANK, "rt") as rows:
        for row in csv.DictReader(rows):
            if row["q_start"] or row["ser_start"]:
                at = datetime.datetime.fromisoformat(row["vru_exit"])
                if at.year == 1999 and at.month == 8:
                    out[(at.day - 1) * HOURS + at.hour] += 1
    return out
