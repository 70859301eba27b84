#!/usr/bin/env python3
"""surged beside its peers: every goal's number, measured in turns on this machine.

    benches/side-by-side/run.py                 what there is
    benches/side-by-side/run.py 3               one goal, by number or name (`fan-out`); several may stand there, or `all`
    benches/side-by-side/run.py 3 --pairs 9     more turns than five
    benches/side-by-side/run.py all --keep      and writes the results, docs/side-by-side.md and its chart
    benches/side-by-side/run.py page            the page and the chart anew, from the results that were kept

Peers are installed into target/side-by-side/ and nowhere else: Debian packages are unpacked, not installed; PyPI's go into a venv. Needs
Linux, Python 3.11, cargo, and for some peers apt-get or npm. A run ends with status 1 where a goal could not be measured; a goal that
was missed is a result like another.
"""
import argparse
import importlib
import json
import pkgutil
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import goals  # noqa: E402
from frame import machine, page  # noqa: E402
from frame.bench import RESULTS, Bench  # noqa: E402
from frame.peers import Missing  # noqa: E402


def every_goal():
    modules = [importlib.import_module(f"goals.{it.name}") for it in pkgutil.iter_modules(goals.__path__)]
    return sorted((it for it in modules if hasattr(it, "measure")), key=lambda it: page.by_number(it.NUMBER))


def chosen(known, asked):
    if "all" in asked:
        return known
    found = {key: it for it in known for key in (it.NUMBER, it.NAME)}
    strange = [it for it in asked if it not in found]
    if strange:
        sys.exit(f"no such goal: {', '.join(strange)}; there are {', '.join(f'{it.NUMBER} {it.NAME}' for it in known)}, and all")
    return [it for it in known if {it.NUMBER, it.NAME} & set(asked)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("goal", nargs="*", help="numbers or names; `all`; or `page`")
    arguments.add_argument("--pairs", type=int, default=5, help="turns of each peer (default 5)")
    arguments.add_argument("--keep", action="store_true", help="write results, page and chart into the project")
    arguments.add_argument("--programs", type=Path, help="take surged, the load, the peers of ours and the core's bench `queues` from this folder, as they are, and build nothing")
    asked = arguments.parse_args()
    if asked.pairs < 1:
        arguments.error("--pairs: expected 1 or more")
    known = every_goal()
    if asked.goal == ["page"]:
        return page.write()
    if not asked.goal:
        print(__doc__)
        for it in known:
            print(f"  {it.NUMBER:>4}  {it.NAME:<16} {it.TITLE}")
        return 0
    machine.raise_limits()
    failed = False
    for goal in chosen(known, asked.goal):
        try:
            with Bench(goal, asked.pairs, asked.programs) as bench:
                result = bench.run()
        except Missing as why:
            failed = True
            print(f"goal {goal.NUMBER} {goal.NAME}: NOT MEASURED: {why}\n", file=sys.stderr)
            continue
        except Exception:
            failed = True
            traceback.print_exc()
            print(f"goal {goal.NUMBER} {goal.NAME}: NOT MEASURED: see above\n", file=sys.stderr)
            continue
        print(page.text(result))
        name = f"{goal.NUMBER}-{goal.NAME}.json"
        for folder in [bench.target / "results"] + ([RESULTS] if asked.keep else []):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        print(f"as JSON: {bench.target / 'results' / name}\n", flush=True)
    if asked.keep:
        page.write()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
