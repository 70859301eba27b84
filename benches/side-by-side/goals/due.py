"""Goal 1: from the instant in which a hold has lasted long enough to the supervisor's socket."""
import itertools

from frame.alerts import ALERTMANAGER, PROMETHEUS, Alertmanager, Prometheus, rest, wake
from frame.late import lateness
from frame.lines import Line, at_most, percentile
from frame.surged import Surged, free_port, plan, queue_name

NUMBER, NAME = "1", "due"
TITLE = "from the end of a hold to the supervisor's socket, the decision synced to the disk before"
QUEUES, EVERY_MS, HOLD_MS, WITHIN_MS = 100, 25, 1_000, 8_000
SLOW, FAST, ALONE = f"{PROMETHEUS}, 1 s", f"{PROMETHEUS}, 100 ms", f"{ALERTMANAGER} alone"
_turns = itertools.count(1)


def measure(bench):
    load = bench.rust("due")
    slow, fast, alone = Prometheus(bench, "slow", "1s", "1s"), Prometheus(bench, "fast", "100ms", "1s"), Alertmanager(bench, "alone")
    for peer in (slow, fast, alone):
        rest(peer)

    def theirs(name, peer):
        wake(peer)
        turn = next(_turns)
        try:
            return late(bench, load, name, peer.asked(), [f"t{turn}q{number}" for number in range(QUEUES)])
        finally:
            rest(peer)

    turns = bench.interleave(surged=lambda: ours(bench, load), slow=lambda: theirs(SLOW, slow), fast=lambda: theirs(FAST, fast), alone=lambda: theirs(ALONE, alone))
    for peer in (slow, fast, alone):
        wake(peer)
    of = {(side, key): [turn[key] for turn in them] for side, them in turns.items() for key in ("p50", "p99")}
    bench.note(f"A turn is {QUEUES} queues, one every {EVERY_MS} ms, each above its threshold for {HOLD_MS} ms. surged's instant is when the reading that began the hold "
               "had been written to its socket, and the hold on top: what the reading needs to get there counts against it. Percentiles are those of a turn.")
    bench.note("Alertmanager alone is given the alert when it is due; it holds nothing and writes nothing to the disk before it posts.")
    return [
        Line("p99", "ms", of["surged", "p99"], at_most(0.01), SLOW, of["slow", "p99"]),
        Line("p99", "ms", of["surged", "p99"], at_most(0.05), FAST, of["fast", "p99"]),
        Line("p50", "ms", of["surged", "p50"], at_most(1.5), ALONE, of["alone", "p50"]),
        Line("p50", "ms", of["surged", "p50"], at_most(1.2)),
        Line("p99", "ms", of["surged", "p99"], at_most(4)),
    ]


def ours(bench, load):
    port = free_port()
    daemon = Surged(bench, plan(f"127.0.0.1:{port}", QUEUES, f"{HOLD_MS}ms")).start()
    try:
        return late(bench, load, None, {"surged": {"floor": daemon.address, "phones": port}}, [queue_name(number) for number in range(QUEUES)])
    finally:
        daemon.stop()


def late(bench, load, peer, system, queues):
    found = lateness(bench, load, peer, system, queues, HOLD_MS, EVERY_MS, WITHIN_MS)
    return {"p50": percentile(found, 50), "p99": percentile(found, 99)}
