"""Goal 16b: how much a session is told."""
import json
import os

from frame.bench import ROOT
from frame.lines import Line, at_most
from frame.peers import needs, quietly

NUMBER, NAME = "16b", "wire"
TITLE = "bytes to a session: states at 20 and 200 queues, each changing four times a second, and an instruction"
BROWSER = ROOT / "tests" / "browser"


def measure(bench):
    needs("node", "to run tests/browser/wire.mjs")
    needs("npm", "to install its packages")
    if not (BROWSER / "node_modules" / "ws").exists():
        quietly(["npm", "install", "--silent", "--no-audit", "--no-fund"], "npm install in tests/browser", cwd=BROWSER)
    environment = os.environ | {"SURGED": str(bench.surged())}
    # What is counted does not depend on the core on which it is counted.
    told = [json.loads(bench.load("node", BROWSER / "wire.mjs", "--json", "--over", "8", env=environment)) for _ in range(bench.pairs)]
    bench.say(f"{told[-1]}")
    changes = [it["instruction, changes alone"] for it in told]
    bench.note("A session that asks for what changed alone (`\"changes\":true`), as the console does; beside it one that is told whole queues. Eight seconds of state a turn; the written "
               "plan by day, whose queues share their pools. Of an instruction: what comes with it of its own queue.")
    return [
        Line("state, 20 queues, changes alone", "kB/s", [it["state_20"]["changes"] / 1e3 for it in told], at_most(5)),
        Line("state, 20 queues, whole", "kB/s", [it["state_20"]["whole"] / 1e3 for it in told]),
        Line("state, 200 queues, changes alone", "kB/s", [it["state_200"]["changes"] / 1e3 for it in told]),
        Line("an instruction's frame", "bytes", [it["bytes"] for it in changes], at_most(500)),
        Line("frames, an instruction", "", [it["frames"] / max(1, it["told"]) for it in changes], at_most(1.5)),
    ]
