"""Goal 5: memory of a supervisor who has the floor open and does nothing."""
import json
import time

from frame import crowds
from frame.lines import Line, at_most
from frame.machine import rss

NUMBER, NAME = "5", "memory"
TITLE = "memory of an idle supervisor, 5,000 of them, with 1, 20 and 200 queues; after a burst; after they have left"
CLIENTS, BURST = 5_000, 100
# What is held does not differ much from turn to turn, and a turn takes ten seconds.
MORE_QUEUES_TURNS = 2
SETTLES_S = 1.5
"""What was used goes back to the system a moment after a crowd has left."""
LEAVES_S = 4


def measure(bench):
    crowds.enough_files(CLIENTS + 200)
    lines = []
    for queues in (1, 20, 200):
        turns = bench.pairs if queues == 1 else min(bench.pairs, MORE_QUEUES_TURNS)
        taken = [one(bench, lambda: crowds.surged(bench, queues)) for _ in range(turns)]
        bench.say(f"{queues} queues: {taken[-1]}")
        word = f"{queues} queue{'s' if queues > 1 else ''}"
        lines.append(Line(f"an idle supervisor, {word}", "kB", [it["idle"] for it in taken], at_most(4)))
        lines.append(Line(f"the same after a burst of {BURST}, {word}", "kB", [it["after"] for it in taken], at_most(4)))
        lines.append(Line(f"kept when they have left, {word}", "MB in all", [it["kept"] for it in taken], at_most(4)))
    for name, start in ((crowds.UWEBSOCKETS, crowds.uwebsockets), (crowds.TUNGSTENITE, crowds.tungstenite)):
        taken = [one(bench, lambda: start(bench)) for _ in range(bench.pairs)]
        bench.say(f"{name}: {taken[-1]}")
        lines.append(Line("an idle supervisor, 1 queue", "kB", lines[0].ours, None, name, [it["idle"] for it in taken]))
        lines.append(Line(f"the same after a burst of {BURST}, 1 queue", "kB", lines[1].ours, None, name, [it["after"] for it in taken]))
    bench.note("Resident memory of the process by /proc, less what it was before they came, by 5,000. The kernel's buffers of the sockets are not in it. "
               f"Of 20 and 200 queues {MORE_QUEUES_TURNS} turns at most.")
    return lines


def one(bench, start):
    server = start()
    before = rss(server["pid"])
    with bench.partner(bench.rust("idle"), json.dumps(server)) as say:
        say(f"come {CLIENTS}")
        if server["kind"] == "echo":
            say("say 280")
        time.sleep(SETTLES_S)
        idle = rss(server["pid"])
        say(f"burst {BURST}")
        time.sleep(SETTLES_S)
        after = rss(server["pid"])
        say("go")
        time.sleep(LEAVES_S)
        kept = rss(server["pid"])
    bench.end(next(it for it in bench.running if it.pid == server["pid"]))
    return {"idle": each(idle - before), "after": each(after - before), "kept": max(0.0, (kept - before) / 1e6)}


def each(grown):
    """Kilobytes a client; not less than can be told apart."""
    return max(grown / CLIENTS / 1e3, 0.01)
