#!/usr/bin/env python3
"""Breaks the core in many small ways, one after the other, and sees that its tests notice each.

    tests/mutations.py                          200 mutations, two at a time
    tests/mutations.py --count 20 --seed 7      others, and fewer
    tests/mutations.py --only supply/           in files whose path holds this
    tests/mutations.py --list                   what would be tried, without trying it

A mutation deletes one statement, or flips one comparison, one "and" or one bound. What does not build is passed over for another.
A mutation that hangs counts as caught. Each result is kept in target/mutations/results.jsonl as soon as it is known: a run that was
stopped goes on where it was. A result counts for the core and the tests that it was found with; another core begins anew.

Who survives is printed at the end with its line. A survivor that cannot matter is explained in tests/mutations.explained, one a line:
path, the broken line and why, each behind a tab.
"""

import argparse
import hashlib
import json
import os
import pathlib
import queue
import random
import re
import shutil
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORE = ROOT / "src" / "core"
TARGET = ROOT / "target" / "mutations"
TESTS = ["ladder", "model_days", "properties", "judgements"]
FLIPS = [
    (" <= ", " < "), (" < ", " <= "), (" >= ", " > "), (" > ", " >= "), (" == ", " != "), (" != ", " == "),
    (" && ", " || "), (" || ", " && "), (".min(", ".max("), (".max(", ".min("), (".is_some()", ".is_none()"),
    (".is_none()", ".is_some()"), (".any(", ".all("), (".all(", ".any("), ("if !", "if "), (" + ", " - "),
]
# A statement of one line whose want does not only fail to build: no declarations, no returns of a value.
STATEMENT = re.compile(r"^\s+(?!let |use |mod |pub |const |static |type |return|break|continue|debug_assert|//|\}|\.)[\w*(].*;\s*$")
WORKSPACE = """[workspace]
members = ["src/core"]
resolver = "3"

[workspace.package]
version = "0.1.0"
edition = "2024"
rust-version = "1.95"
license = "Apache-2.0"

[workspace.lints]

[profile.dev]
opt-level = 1
debug = "line-tables-only"
"""


def sources():
    """The core's own files, its tests left aside."""
    for path in sorted(CORE.rglob("*.rs")):
        relative = path.relative_to(CORE)
        if relative.parts[0] not in ("tests", "benches") and relative.name != "invariants.rs":
            yield relative


def mutations():
    """Every mutation that there is: path, line number, the line, the line broken."""
    for path in sources():
        for number, line in enumerate((CORE / path).read_text().split("\n")):
            if line.startswith("#[cfg(test)]"):
                break
            if line.lstrip().startswith(("//", "#")):
                continue
            if STATEMENT.match(line):
                yield str(path), number, line, ""
            for before, after in FLIPS:
                # `<` and `>` with blanks are comparisons; "->", "=>" and generics have none on both sides.
                for found in re.finditer(re.escape(before), line):
                    yield str(path), number, line, line[: found.start()] + after + line[found.end():]


def fingerprint():
    """Of the core and its tests."""
    digest = hashlib.sha256()
    for path in sorted(CORE.rglob("*.rs")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Worker:
    """A copy of the core of its own, and a target directory of its own."""

    def __init__(self, number, days, limit):
        self.copy = TARGET / f"worker-{number}"
        self.limit = limit
        self.environment = {
            **os.environ,
            "CARGO_TARGET_DIR": str(TARGET / f"target-{number}"),
            "SURGED_DAYS": str(days),
            "PROPTEST_CASES": "32",
            "RUST_BACKTRACE": "0",
        }
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(CORE, self.copy / "src" / "core")
        shutil.copy(ROOT / "Cargo.lock", self.copy)
        (self.copy / "Cargo.toml").write_text(WORKSPACE)

    def cargo(self, *arguments, limit=None):
        """Exit status and output; no status where it took too long."""
        command = ["cargo", "test", "--quiet", "--manifest-path", str(self.copy / "Cargo.toml"), *arguments]
        child = subprocess.Popen(
            command, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            output, _ = child.communicate(timeout=limit)
            return child.returncode, output
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            child.wait()
            return None, ""

    def outcome(self):
        """What becomes of the core as it is in the copy."""
        tests = [argument for test in TESTS for argument in ("--test", test)]
        status, output = self.cargo("--no-run", *tests)
        if status != 0:
            return "does not build", output
        for test in TESTS:
            status, output = self.cargo("--test", test, limit=self.limit)
            if status is None:
                return "caught", f"{test} hangs"
            if status != 0:
                return "caught", test
        return "survived", ""

    def tries(self, path, number, broken):
        target = self.copy / "src" / "core" / path
        whole = target.read_text()
        lines = whole.split("\n")
        lines[number] = broken
        target.write_text("\n".join(lines))
        try:
            return self.outcome()
        finally:
            target.write_text(whole)


def explained():
    path = ROOT / "tests" / "mutations.explained"
    lines = path.read_text().splitlines() if path.exists() else []
    entries = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(entry[0], entry[1].strip()): entry[2] for entry in entries}


def known_results(print_of_core):
    path = TARGET / "results.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    results = [json.loads(line) for line in lines]
    return {
        (one["path"], one["number"], one["broken"]): one["outcome"] for one in results if one["core"] == print_of_core
    }


def run(arguments):
    TARGET.mkdir(parents=True, exist_ok=True)
    print_of_core = fingerprint()
    known = known_results(print_of_core)
    wanted = [one for one in mutations() if arguments.only in one[0]]
    random.Random(arguments.seed).shuffle(wanted)
    if arguments.list:
        for path, number, line, broken in wanted[: arguments.count]:
            print(f"{path}:{number + 1}: {line.strip()}\n    {broken.strip() or '(deleted)'}")
        return 0
    workers = [Worker(number, arguments.days, arguments.limit) for number in range(arguments.jobs)]
    outcome, what = workers[0].outcome()
    if outcome != "survived":
        print(f"the core as it is does not pass its own tests ({what[-2000:]}): mend that first")
        return 1
    waiting = queue.SimpleQueue()
    for one in wanted:
        waiting.put(one)
    lock, tried, survivors = threading.Lock(), [], []

    def work(worker):
        while True:
            with lock:
                if len(tried) >= arguments.count or waiting.empty():
                    return
                path, number, line, broken = waiting.get()
                # Counted before it is known, so that no more are begun than are wanted.
                tried.append(path)
            key = (path, number, broken)
            result = known.get(key)
            if result is None:
                result, what = worker.tries(path, number, broken)
            else:
                what = "known"
            with lock:
                if key not in known:
                    entry = {"core": print_of_core, "path": path, "number": number, "broken": broken, "outcome": result}
                    with open(TARGET / "results.jsonl", "a") as kept:
                        kept.write(json.dumps(entry) + "\n")
                if result == "does not build":
                    tried.pop()
                    continue
                if result == "survived":
                    survivors.append((path, number, line, broken))
                print(f"{len(tried):>4} {result} ({what}) {path}:{number + 1}: {broken.strip() or 'deleted: ' + line.strip()}", flush=True)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reasons = explained()
    unexplained = 0
    print(f"\n{len(tried)} mutations, {len(survivors)} survived")
    for path, number, line, broken in sorted(survivors):
        why = reasons.get((path, broken.strip() or "deleted: " + line.strip()))
        unexplained += why is None
        print(f"{path}:{number + 1}\n  - {line.strip()}\n  + {broken.strip()}\n  {why or 'NOT EXPLAINED'}")
    return 1 if unexplained else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="how many that build")
    parser.add_argument("--seed", type=int, default=1, help="which")
    parser.add_argument("--days", type=int, default=300, help="days of the reference model")
    parser.add_argument("--jobs", type=int, default=2, help="at a time")
    parser.add_argument("--limit", type=int, default=300, help="seconds after which a test hangs")
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--list", action="store_true", help="only show them")
    sys.exit(run(parser.parse_args()))


if __name__ == "__main__":
    main()
