"""Goal 19: what it asks of a newcomer's machine."""
import json
import time

from frame.lines import Line, at_most
from frame.machine import cpu_seconds, rss
from frame.surged import Surged, free_port, plan, queue_name

NUMBER, NAME = "19", "newcomer"
TITLE = "a newcomer's machine: start on an empty log, memory and processor with a reading a second"
WATCHED_S = 10


def measure(bench):
    port = free_port()
    text = plan(f"127.0.0.1:{port}")
    taken = []
    with bench.partner(bench.rust("telling"), json.dumps({"port": port, "queues": [queue_name(0)], "every_ms": 1_000})) as say:
        say("hello")
        for turn in range(bench.pairs):
            daemon = Surged(bench, text)
            took = daemon.ready_in() * 1e3
            # What a start leaves behind is done with.
            time.sleep(2)
            used = cpu_seconds(daemon.pid)
            time.sleep(WATCHED_S)
            used = cpu_seconds(daemon.pid) - used
            taken.append({"ready": took, "rss": rss(daemon.pid) / 1e6, "own": rss(daemon.pid, "RssAnon") / 1e6, "cpu": used / WATCHED_S * 100})
            daemon.stop()
            bench.say(f"turn {turn + 1} of {bench.pairs}: {taken[-1]}")
    bench.note("Ready when its floor answers /healthz. A release build is measured by hand: `time cargo build --release` on a clean clone, crates fetched before.")
    return [
        Line("start to ready, empty log", "ms", [it["ready"] for it in taken], at_most(100)),
        Line("resident memory, idle", "MB", [it["rss"] for it in taken], at_most(15)),
        Line("of it in no file: not the program and its libraries themselves", "MB", [it["own"] for it in taken]),
        Line("processor, idle, a reading a second", "% of a core", [it["cpu"] for it in taken], at_most(0.3)),
    ]
