"""Goal 12: the duty log beside bare SQLite."""
import itertools
import json

from frame.lines import Line, at_least

NUMBER, NAME = "12", "duty-log"
TITLE = "the duty log: commits a second, one at a time and 64 waiting, beside bare SQLite (WAL, synchronous = FULL)"
SERIAL, GROUPED = 3_000, 60_000
_files = itertools.count(1)


def measure(bench):
    load = bench.rust("ledger")
    bench.surged()

    def commits(do, entries, in_flight):
        path = bench.folder / f"log-{next(_files)}.db"
        found = json.loads(bench.load(load, json.dumps({"path": str(path), "do": do, "entries": entries, "in_flight": in_flight})))
        for file in path.parent.glob(path.name + "*"):
            file.unlink()
        return found["per_s"]

    turns = bench.interleave(serial=lambda: commits("ours", SERIAL, 1), bare=lambda: commits("bare", SERIAL, 1),
                             waiting=lambda: commits("ours", GROUPED, 64), group=lambda: commits("bare", GROUPED, 64))
    bench.note("The same entries, a surge after the other with readings and answers. surged's are chained by hash and indexed, people's names stand in a table of their own, and "
               "its writer is a thread to which an entry is handed over; bare SQLite writes one row of JSON, one at a time from the same thread, 64 waiting from a thread "
               "that commits all that wait together.")
    return [
        Line("commits a second, one at a time", "", turns["serial"], at_least(0.8), "SQLite", turns["bare"]),
        Line("commits a second, 64 waiting", "", turns["waiting"], at_least(0.7), "SQLite, group commit", turns["group"]),
    ]
