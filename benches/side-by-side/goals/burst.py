"""Goal 4: many messages at a time."""
import json

from frame import crowds
from frame.lines import Line, at_least

NUMBER, NAME = "4", "burst"
TITLE = "burst: 400 messages of 300 bytes to 1,000 supervisors, 8 under way at a time"
CLIENTS, MESSAGES = 1_000, 400


def measure(bench):
    crowds.enough_files(4 * CLIENTS + 200)
    servers = [crowds.surged(bench), crowds.uwebsockets(bench), crowds.tungstenite(bench), crowds.nats(bench)]
    asked = {"servers": servers, "clients": CLIENTS, "pairs": bench.pairs, "alone": 0, "gap_ms": 0, "burst": MESSAGES, "in_flight": 8, "bytes": 300}
    turns = json.loads(bench.load(bench.rust("fan_out"), json.dumps(asked)))
    rates = {name: [turn["frames_per_s"] for turn in them] for name, them in turns.items()}
    each = {name: [turn["burst_cpu_us"] for turn in them] for name, them in turns.items()}
    aims = ((crowds.UWEBSOCKETS, 0.8), (crowds.NATS, 2), (crowds.TUNGSTENITE, 5))
    lines = [Line("messages delivered a second", "", rates["surged"], at_least(least), peer, rates[peer]) for peer, least in aims]
    lines += [Line("processor a message and client", "us", each["surged"], None, peer, each[peer]) for peer, _ in aims]
    bench.note("Every message of surged's is in the duty log, synced, before it is told; eight sessions ask, as one session has one request at a time.")
    return lines
