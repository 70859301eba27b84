"""Goal 16: what many queues cost, by the core's own bench."""
import re
import subprocess
import sys

from frame.bench import ROOT
from frame.lines import Line, at_most

NUMBER, NAME = "16", "many-queues"
TITLE = "a reading at 1,000 queues beside one, and storms of 1,000 and 5,000, by `cargo bench -p surged-core --bench queues`"
KINDS = "own pools", "one pool"


def measure(bench):
    command = [bench.built("queues")] if bench.programs else ["cargo", "bench", "--locked", "-p", "surged-core", "--bench", "queues"]
    if not bench.programs:
        subprocess.run([*command, "--no-run"], cwd=ROOT, stdout=sys.stderr, check=True)

    def run():
        done = subprocess.run(["taskset", "-c", str(bench.serving), *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        return table(done.stdout)

    turns = bench.interleave(core=run)["core"]
    bench.note("Processor time, the least of five rounds a turn. What the daemon adds to a storm is goal 2.")
    lines = []
    for kind in KINDS:
        for what in ("quiet", "turning"):
            words = {"quiet": "a quiet reading", "turning": "a reading at the edge of a window"}[what]
            lines.append(Line(f"{words}, {kind}, 1,000 queues", "us", [turn[kind, 1_000][what] for turn in turns], at_most(1.5), "1 queue", [turn[kind, 1][what] for turn in turns]))
        for queues, most in ((1_000, 20), (5_000, 100)):
            lines.append(Line(f"{queues:,} queues due at once, {kind}", "ms", [turn[kind, queues]["storm"] for turn in turns], at_most(most)))
    return lines


def table(text):
    """{(kind, queues): {quiet, turning, storm}} of the bench's table."""
    found = {}
    for line in text.splitlines():
        if row := re.match(r"\| (\d+) \| (own pools|one pool) \| ([\d.]+) \| ([\d.]+) \| [^|]* \| ([\d.]+) \| ([\d.]+) \|", line):
            queues, kind, quiet, turning, _, storm = row.groups()
            found[kind, int(queues)] = {"quiet": float(quiet), "turning": float(turning), "storm": float(storm)}
    return found
