"""Goal 2 (and the storms of 16): every queue is due in one instant."""
import itertools
import json
import urllib.request

from frame.alerts import PROMETHEUS, Prometheus, rest, wake
from frame.late import lateness
from frame.lines import Line, at_most
from frame.surged import Surged, free_port, plan, queue_name

NUMBER, NAME = "2", "storm"
TITLE = "a storm: 1,000 and 5,000 queues due in one instant, until the last instruction is on the socket"
HOLD_MS, WITHIN_MS = 2_000, 30_000
_turns = itertools.count(1)


def measure(bench):
    load = bench.rust("due")
    peer = Prometheus(bench, "slow", "1s", "2s")
    rest(peer)

    def theirs():
        wake(peer)
        turn = next(_turns)
        try:
            return {"last": last(bench, load, PROMETHEUS, peer.asked(), [f"t{turn}q{number:04}" for number in range(1_000)])}
        finally:
            rest(peer)

    turns = bench.interleave(own=lambda: ours(bench, load, 1_000, "own"), shared=lambda: ours(bench, load, 1_000, "shared"),
                             shared5000=lambda: ours(bench, load, 5_000, "shared"), theirs=theirs)
    wake(peer)
    times = {side: [turn["last"] for turn in them] for side, them in turns.items()}
    logged = all(turn.get("logged", True) for them in turns.values() for turn in them)
    if not logged:
        raise RuntimeError("the duty log does not have every instruction")
    bench.note("All readings are written to surged's socket in one go, and the instant is when the last had been written, and the hold on top: what it needs to take them in "
               "counts against it. Every instruction came once, and the duty log has them all.")
    return [
        Line("last of 1,000, pools of their own", "ms", times["own"], at_most(0.05), f"{PROMETHEUS}, 1 s", times["theirs"]),
        Line("last of 1,000, shared pool", "ms", times["shared"], at_most(0.05), f"{PROMETHEUS}, 1 s", times["theirs"]),
        Line("last of 1,000, pools of their own", "ms", times["own"], at_most(20)),
        Line("last of 1,000, shared pool", "ms", times["shared"], at_most(20)),
        Line("last of 5,000, shared pools", "ms", times["shared5000"], at_most(100)),
    ]


def ours(bench, load, queues, pools):
    port = free_port()
    daemon = Surged(bench, plan(f"127.0.0.1:{port}", queues, f"{HOLD_MS}ms", pools)).start()
    try:
        took = last(bench, load, None, {"surged": {"floor": daemon.address, "phones": port}}, [queue_name(number) for number in range(queues)])
        return {"last": took, "logged": instructions(daemon.address) == queues}
    finally:
        daemon.stop()


def last(bench, load, peer, system, queues):
    return max(lateness(bench, load, peer, system, queues, HOLD_MS, 0, WITHIN_MS))


def instructions(address):
    """How many instructions the duty log has."""
    many, since = 0, 0
    while True:
        with urllib.request.urlopen(f"http://{address}/api/v1/log?kind=instruct&since={since}&limit=1000", timeout=10) as answer:
            page = json.load(answer)
        many += len(page["records"])
        if not page["more"]:
            return many
        since = page["next"]
