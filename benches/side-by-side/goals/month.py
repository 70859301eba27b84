"""A month of one queue at a reading a second, replayed, beside what serde_json alone needs to parse the same lines into the same type."""
import json

from frame.bench import ROOT
from frame.lab import recorded, spent
from frame.lines import Line, at_most

NUMBER, NAME = "8b", "month"
TITLE = "a month of one queue at a reading a second replayed by the written plan, beside parsing its lines"
DAYS = 31


def measure(bench):
    surged, bare = bench.surged(), bench.peer("bare")
    month, three = recorded(bench, 1, DAYS, 1, "json"), recorded(bench, 1, 3 * DAYS, 1, "json")
    plan = ROOT / "config" / "surged.toml"
    bench.version("serde_json", "1 (crates.io)")

    def replay(path):
        done = spent(bench, surged, "replay", "-c", plan, "--format", "json", path)
        read = json.loads(done.out)["summary"]["readings"]
        return {"cpu_s": done.cpu_s, "most_mb": done.most_mb, "readings": read}

    def parse(path):
        done = spent(bench, bare, "parse", path)
        return {"cpu_s": done.cpu_s, "lines": json.loads(done.out)["lines"]}

    turns = bench.interleave(surged=lambda: replay(month), bare=lambda: parse(month))
    lines = turns["bare"][0]["lines"]
    for turn in turns["surged"]:
        if turn["readings"] != lines:
            raise RuntimeError(f"{turn['readings']} readings were replayed of {lines} lines")
    longer = [replay(three)["most_mb"] for _ in range(bench.pairs)]
    most = [turn["most_mb"] for turn in turns["surged"]]
    bench.note(f"{lines:,} lines of all fields that a phone system tells, {month.stat().st_size / 1e6:.0f} MB; processor time of the whole program, reading the file included; "
               "both on one core. serde_json: from_slice into the fields that surged's own reader has, borrowed.")
    return [
        Line("processor time", "s", [turn["cpu_s"] for turn in turns["surged"]], at_most(2), "serde_json", [turn["cpu_s"] for turn in turns["bare"]]),
        Line("most memory, three months beside one", "MB", longer, at_most(1.05), "one month", most),
    ]
