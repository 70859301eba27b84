"""Goal 1: from the instant in which a hold has lasted long enough to the supervisor's socket."""
import itertools
import json

from frame.alerts import ALERTMANAGER, PROMETHEUS, Alertmanager, Prometheus, rest, wake
from frame.lines import Line, at_most, percentile
from frame.surged import Surged, free_port, plan, queue_name

NUMBER, NAME = "1", "due"
TITLE = "from the end of a hold to the supervisor's socket, the decision synced to the disk before"
QUEUES, EVERY_MS, HOLD_MS = 100, 25, 1_000
_turns = itertools.count(1)


def measure(bench):
    load = bench.rust("due")
    slow, fast, alone = Prometheus(bench, "slow", "1s", "1s"), Prometheus(bench, "fast", "100ms", "1s"), Alertmanager(bench, "alone")
    for peer in (slow, fast, alone):
        rest(peer)

    def theirs(peer):
        wake(peer)
        turn = next(_turns)
        try:
            return late(bench, load, peer.asked(), [f"t{turn}q{number}" for number in range(QUEUES)])
        finally:
            rest(peer)

    turns = bench.interleave(surged=lambda: ours(bench, load), slow=lambda: theirs(slow), fast=lambda: theirs(fast), alone=lambda: theirs(alone))
    for peer in (slow, fast, alone):
        wake(peer)
    of = {(side, key): [turn[key] for turn in them] for side, them in turns.items() for key in ("p50", "p99")}
    bench.note(f"A turn is {QUEUES} queues, one every {EVERY_MS} ms, each above its threshold for {HOLD_MS} ms. surged's instant is when the reading that began the hold "
               "had been written to its socket, and the hold on top: what the reading needs to get there counts against it. Percentiles are those of a turn.")
    bench.note("Alertmanager alone is given the alert when it is due; it holds nothing and writes nothing to the disk before it posts.")
    return [
        Line("p99", "ms", of["surged", "p99"], at_most(0.01), f"{PROMETHEUS}, 1 s", of["slow", "p99"]),
        Line("p99", "ms", of["surged", "p99"], at_most(0.05), f"{PROMETHEUS}, 100 ms", of["fast", "p99"]),
        Line("p50", "ms", of["surged", "p50"], at_most(1.5), f"{ALERTMANAGER} alone", of["alone", "p50"]),
        Line("p50", "ms", of["surged", "p50"], at_most(1.2)),
        Line("p99", "ms", of["surged", "p99"], at_most(4)),
    ]


def ours(bench, load):
    port = free_port()
    daemon = Surged(bench, plan(f"127.0.0.1:{port}", QUEUES, f"{HOLD_MS}ms")).start()
    try:
        return late(bench, load, {"surged": {"floor": daemon.address, "phones": port}}, [queue_name(number) for number in range(QUEUES)])
    finally:
        daemon.stop()


def late(bench, load, system, queues):
    asked = {"system": system, "queues": queues, "hold_ms": HOLD_MS, "every_ms": EVERY_MS, "within_ms": 8_000}
    found = json.loads(bench.load(load, json.dumps(asked)))
    if found["missing"] or found["twice"]:
        raise RuntimeError(f"{system}: {len(found['missing'])} of {len(queues)} never came, {len(found['twice'])} came twice")
    return {"p50": percentile(found["late_ms"], 50), "p99": percentile(found["late_ms"], 99)}
