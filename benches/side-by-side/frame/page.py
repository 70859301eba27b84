"""Results in words: as text in the terminal, as docs/side-by-side.md. Nothing is written there by hand but what is below."""
import json

from . import chart
from .bench import RESULTS, ROOT

PAGE = ROOT / "docs" / "side-by-side.md"
CHART = ROOT / "docs" / "images" / "side-by-side.svg"

INTRO = """# Side by side

<!-- Written by benches/side-by-side/run.py from its results; not by hand. -->

How fast surged is, as ratios to named peers that were measured in turns with it, on one machine, in one run.

```sh
benches/side-by-side/run.py          # what there is
benches/side-by-side/run.py fan-out  # one goal: fetches its peer, takes five turns of each, prints both numbers, the ratio and the aim
benches/side-by-side/run.py all      # all of them; with --keep this page and its chart as well
```

Servers run on one core and the load on another. A ratio is surged's number by the peer's of the same turn; what counts is the median of the turns,
and the spread is from the least to the greatest. **Missed** means that the median misses its aim.
"""


def by_number(number):
    """Goals in their order: 3 before 16b."""
    digits = "".join(it for it in number if it.isdigit())
    return int(digits or 0), number


def figure(number):
    if number == 0:
        return "0"
    size = abs(number)
    if size >= 1_000:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def aim(line):
    for kind, words in (("at_most", "at most"), ("at_least", "at least")):
        if kind in line:
            return f"{words} {figure(line[kind])}{'x' if 'peer' in line else ' ' + line['unit'] if line['unit'] else ''}"
    return ""


def verdict(line):
    return {True: "met", False: "MISSED"}.get(line.get("met"), "")


def middle(numbers):
    ranked = sorted(numbers)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def cells(line):
    """What, surged's median, the peer's, the ratio, its spread, the aim, the verdict."""
    peer = f"{figure(middle(line['theirs']))} ({line['peer']})" if "peer" in line else ""
    ratio = f"{figure(line['median'])}x" if "peer" in line else ""
    low, high = line["spread"]
    spread = f"{figure(low)} - {figure(high)}"
    return [f"{line['what']}, {line['unit']}" if line["unit"] else line["what"], figure(middle(line["ours"])), peer, ratio, spread, aim(line), verdict(line)]


HEAD = ["what", "surged", "peer", "ratio", "spread", "wanted", ""]


def text(result):
    """One goal for the terminal: a table, then every raw number."""
    rows = [HEAD] + [cells(line) for line in result["lines"]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    out = [f"goal {result['goal']}, {result['name']}: {result['title']} ({result['pairs']} turns, {result['took_s']:.0f} s)"]
    out += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    out.append("  raw, turn by turn:")
    for line in result["lines"]:
        out.append(f"    {line['what']}: surged {' '.join(map(figure, line['ours']))}" + (f"; {line['peer']} {' '.join(map(figure, line['theirs']))}" if "peer" in line else ""))
    out += [f"  {note}" for line in result["lines"] if (note := line.get("note"))]
    out += [f"  {note}" for note in result["notes"]]
    out.append("  " + "; ".join(f"{name} {version}" for name, version in result["versions"].items()))
    return "\n".join(out)


def markdown(result):
    out = [f"## {result['goal']}. {result['title']}\n"]
    out += ["| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|"]
    for line in result["lines"]:
        row = cells(line)
        row[-1] = f"**{row[-1].lower()}**" if row[-1] == "MISSED" else row[-1]
        out.append("| " + " | ".join(row) + " |")
    notes = [line["note"] for line in result["lines"] if "note" in line] + result["notes"]
    if notes:
        out += ["", *(f"- {note}" for note in notes)]
    made = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    out += ["", f"`benches/side-by-side/run.py {result['name']}`, {result['date'][:10]}, {result['pairs']} turns in {result['took_s']:.0f} s, load of the machine "
            f"before {made['load_before']}. {versions}.", ""]
    return "\n".join(out)


def kept():
    results = [json.loads(path.read_text()) for path in RESULTS.glob("*.json")]
    return sorted(results, key=lambda it: by_number(it["goal"]))


def write():
    """docs/side-by-side.md and its chart, from the results that were kept."""
    results = kept()
    if not results:
        PAGE.write_text(INTRO + "\nNo results are kept: `benches/side-by-side/run.py all --keep` writes them.\n")
        CHART.write_text(chart.drawn(results))
        print(f"no results in {RESULTS}: run with --keep first")
        return 1
    judged = [line for result in results for line in result["lines"] if "met" in line]
    met = sum(line["met"] for line in judged)
    machines = {(it["machine"]["processor"], it["machine"]["cores"], it["machine"]["memory_gb"], it["machine"]["kernel"]) for it in results}
    out = [INTRO, f"**{met} of {len(judged)} aims are met.** Measured on " + "; ".join(
        f"{processor}, {cores} cores, {memory} GB, Linux {kernel}" for processor, cores, memory, kernel in sorted(machines)) + ".\n",
        "![Every aim, by how much it is met or missed](images/side-by-side.svg)\n"]
    missed = [(result, line) for result in results for line in result["lines"] if line.get("met") is False]
    if missed:
        out.append("Missed:\n")
        out += [f"- {result['goal']}, {line['what']}: {figure(line['median'])}{'x' if 'peer' in line else ' ' + line['unit']}, wanted {aim(line)}"
                for result, line in missed]
        out.append("")
    out += [markdown(result) for result in results]
    PAGE.write_text("\n".join(out).rstrip() + "\n")
    CHART.write_text(chart.drawn(results))
    print(f"wrote {PAGE.relative_to(ROOT)} and {CHART.relative_to(ROOT)}: {met} of {len(judged)} aims are met")
    return 0
