"""Goal 10: seats beside pyworkforce, and Erlang beside fifty digits."""
import json

from frame.bench import HERE, ROOT
from frame.lab import plan_file, spent
from frame.lines import Line, at_least, at_most

NUMBER, NAME = "10", "seats"
TITLE = "seats for a load and a target, beside pyworkforce; Erlang C and A beside fifty digits"
# (erlangs, how many times more, ours a turn, theirs a turn)
LOADS = (50, 50, 200_000, 2_000), (1_000, 100, 20_000, 50)
TABLE = ROOT / "src" / "core" / "tests" / "erlang" / "reference.csv"


def measure(bench):
    load = bench.rust("seats")
    python, script = bench.pypi("seats", "pyworkforce"), HERE / "peers" / "pyworkforce_seats.py"
    lines = []
    for erlangs, aim, ours, theirs in LOADS:
        turns = bench.interleave(surged=lambda: ours / spent(bench, load, json.dumps({"do": "time", "load": erlangs, "times": ours})).cpu_s,
                                 pyworkforce=lambda: json.loads(bench.load(python, script, "time", erlangs, theirs))["per_s"])
        lines.append(Line(f"seats a second at {erlangs:,} erlangs", "", turns["surged"], at_least(aim), "pyworkforce", turns["pyworkforce"]))
    grid = plan_file(bench, spent(bench, python, script, "grid").out, "grid.csv")
    found = json.loads(bench.load(load, json.dumps({"do": "grid", "file": str(grid)})))
    if found["first_other"]:
        bench.note(f"The first other: {found['first_other']}.")
    lines.append(Line(f"equal seats, of {found['points']:,} points", "of 1", [found["same"] / found["points"]], at_least(1)))
    digits = json.loads(bench.load(load, json.dumps({"do": "digits", "file": str(TABLE)})))
    lines.append(Line(f"greatest relative error of Erlang C and A, {digits['rows']} rows", "", [digits["worst"]], at_most(1e-12)))
    bench.note("Seats by the second of processor time; surged's of the whole program, pyworkforce's without its start.")
    bench.note("The table of fifty digits is made by src/core/tests/erlang/reference.py (mpmath). Where pyworkforce's first try is enough already it has not shown that one seat "
               "fewer is too few; such points are not in the grid.")
    return lines
