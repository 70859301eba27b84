"""Goals 13 and 16c: ready again on a log of a million rows."""
import json

from frame.lines import Line, at_most
from frame.machine import out_of_cache
from frame.surged import Surged, plan

NUMBER, NAME = "13", "ready"
TITLE = "from kill -9 to ready on a duty log of a million entries"
ENTRIES = 1_000_000


def measure(bench):
    daemon = Surged(bench, plan())
    bench.say(f"writing {ENTRIES:,} entries")
    bench.load(bench.rust("ledger"), json.dumps({"path": str(daemon.database), "do": "fill", "entries": ENTRIES}))
    bench.note(f"The log has {daemon.database.stat().st_size / 1e6:.0f} MB: a surge after the other, readings among them. The daemon is killed, and ready when its floor answers "
               "/healthz. Cold: the log's files and the program were dropped out of the page cache before.")
    # The first start puts another plan in force, and reads on from where the log was filled to.
    daemon.start()
    daemon.stop(kill=True)

    def started(cold):
        if cold:
            out_of_cache(daemon.program, *daemon.folder.glob("surged.db*"))
        took = daemon.ready_in()
        daemon.stop(kill=True)
        return took

    turns = bench.interleave(warm=lambda: started(False), cold=lambda: started(True))
    return [
        Line("warm", "s", turns["warm"], at_most(0.3)),
        Line("cold cache", "s", turns["cold"], at_most(0.3)),
    ]
