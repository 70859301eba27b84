#!/usr/bin/env python3
"""Replays the bank's month under three plans and prints docs/bank.md's tables in Markdown.

    python3 tests/bank/table.py bank.jsonl.gz [SURGED]

Run from the project's folder. bank.jsonl.gz comes from tests/bank/readings.py; SURGED is the program, default target/debug/surged.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

WRITTEN = Path("config/bank.toml").read_text()
UNBROKEN, MEAN = 'for = "5m" }', 'for = "5m", judge = "mean" }'
PLANS = {
    "as written": WRITTEN,
    "mean": WRITTEN.replace(UNBROKEN, MEAN),
    "steady": Path("config/steady.toml").read_text(),
}
FLOORS = {"nobody answers": [], "done after 60s": ["--answer-after", "60s"]}
TIERS = ["expert", "outbound", "quality", "back_office", "extend_shift", "overtime"]


def replay(surged, plan, options, readings):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(plan)
        file.flush()
        command = [surged, "replay", "-c", file.name, "--format", "json", *options, readings]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def numbers(replayed):
    """What one replay comes to, a line of the table each."""
    summary, decisions = replayed["summary"], replayed["decisions"]
    calls = [it for it in decisions if it["action"] not in ("sign_out", "stand_down")]
    yield "surges", summary["surges"]
    for tier in TIERS:
        yield f"calls of {tier}", sum(it["tier"] == tier for it in calls)
    yield "people asked, counting each call", sum(it["seats"]["ask"] for it in calls)
    for action in ("sign_out", "stand_down"):
        yield action, sum(it["action"] == action for it in decisions)
    yield "taken back within ten minutes", summary["short_stays"]
    days = {it["at"][:10] for it in decisions}
    yield "instructions on a day that had any", round(len(decisions) / max(len(days), 1), 1)


def table(title, columns):
    rows = {name: dict(numbers(replayed)) for name, replayed in columns.items()}
    print(f"\n### {title}\n\n| | {' | '.join(rows)} |\n|---|{'---:|' * len(rows)}")
    for name in next(iter(rows.values())):
        print(f"| {name} | {' | '.join(str(row[name]) for row in rows.values())} |")


def main(readings, surged="target/debug/surged"):
    assert UNBROKEN in WRITTEN, "config/bank.toml is not the plan that this table varies"
    for title, options in FLOORS.items():
        table(title.capitalize(), {name: replay(surged, plan, options, readings) for name, plan in PLANS.items()})


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
