"""Goal 3: one message to everybody; when the last has it."""
import json

from frame import crowds
from frame.lines import Line, at_most

NUMBER, NAME = "3", "fan-out"
TITLE = "fan-out: one message of 300 bytes to 1,000 and to 5,000 supervisors, until the last has it"


def measure(bench):
    load = bench.rust("fan_out")
    lines = []
    for clients in (1_000, 5_000):
        crowds.enough_files(3 * clients + 200)
        servers = [crowds.surged(bench), crowds.uwebsockets(bench), crowds.tungstenite(bench)]
        asked = {"servers": servers, "clients": clients, "pairs": bench.pairs, "alone": 7, "gap_ms": 260, "burst": 0, "in_flight": 1, "bytes": 300}
        turns = json.loads(bench.load(load, json.dumps(asked)))
        for process in list(bench.running):
            bench.end(process)
        last = {name: [turn["last_ms"] for turn in them] for name, them in turns.items()}
        each = {name: [turn["alone_cpu_us"] for turn in them] for name, them in turns.items()}
        bench.say(f"{clients} clients: {last}")
        for peer, most in ((crowds.UWEBSOCKETS, 1.15), (crowds.TUNGSTENITE, 0.6)):
            lines.append(Line(f"last of {clients:,}", "ms", last["surged"], at_most(most), peer, last[peer]))
        for peer in (crowds.UWEBSOCKETS, crowds.TUNGSTENITE):
            lines.append(Line(f"processor a message and client, {clients:,}", "us", each["surged"], None, peer, each[peer]))
    bench.note("A turn is the median of 7 messages, a quarter of a second apart. surged's is a notice that a session asked for and that was written to the duty "
               "log with fsync before anybody was told; its sessions are told what changes in the state as well. The peers get the same text from a client and "
               "pass it on.")
    return lines
