"""Goal 6: clients that stop reading."""
import json

from frame import crowds
from frame.lines import Line, at_most

NUMBER, NAME = "6", "slow-consumers"
TITLE = "slow consumers: 250 of 5,000 supervisors stop reading"
CLIENTS, STALLED = 5_000, 250
# A turn takes half a minute.
TURNS = 3


def measure(bench):
    crowds.enough_files(CLIENTS + 3 * STALLED)
    asked = {"server": crowds.surged(bench), "clients": CLIENTS, "stalled": STALLED, "turns": min(bench.pairs, TURNS), "fill": 300, "bytes": 1_100, "alone": 15}
    found = json.loads(bench.load(bench.rust("stalled"), json.dumps(asked), within_s=600))
    bench.note(f"The worst of 15 messages a turn, {TURNS} turns at most, after 300 of 1,100 bytes that those who stopped did not take. In the last turn they were left stalled until they were cut off, and "
               f"came back with the last number that they had seen: each of them had all {found['missed']} messages then, once, in order.")
    return [
        Line("last healthy client, p99, with 250 stalled", "ms", found["some_stalled_ms"], at_most(1.2), "surged, all reading", found["all_read_ms"]),
        Line("memory of a stalled client", "kB", [max(it, 0.0) for it in found["each_kb"]], at_most(256)),
        Line("stalled until cut off", "s", [found["cut_s"]], at_most(20)),
    ]
