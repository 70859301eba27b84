#!/usr/bin/env python3
"""Breaks a part of surged in many small ways, and sees that the tests notice each.

    tests/mutations.py                          200 mutations of the core, one at a time
    tests/mutations.py --over shift,wire        200 of the shift's books in src/shift, and 200 of the messages in src/wire
    tests/mutations.py --count 20 --seed 7      others, and fewer
    tests/mutations.py --only supply/           in files whose path holds this
    tests/mutations.py --list                   what would be tried, without trying it

A mutation leaves out one statement, or turns one comparison, one "and" or one bound; of messages and books it leaves a field at its default
as well. All of a run are built into one copy of the source, each behind a switch that the environment sets: it is built once, and a mutation
costs only the tests that notice it. What does not build is left out. The tests run one after the other, those that notice most in the shortest
time first, until one fails. A mutation that takes ten times as long as the source as it is (and at least ten seconds of the processor) hangs,
and counts as caught. The same seed gives the same mutations, as far as the source is the same.

The copy and what is built of it lie in target/mutations, apart from everything else: the first run of each part builds what surged depends on
as well. Each result is kept in target/mutations/results.jsonl as soon as it is known: a run that was stopped goes on where it was. A result
counts for the source and the tests that it was found with; other source begins anew, unless --keep says that only tests were added since.

Who survives is printed at the end with file, line and what was changed. A survivor that cannot matter is explained in the table of
docs/mutations.md. The exit status is 1 where one is not.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "target" / "mutations"
EXPLAINED = ROOT / "docs" / "mutations.md"
SWITCH = "SURGED_BROKEN"
NO_BUILD = "does not build"
# Never part of the copy.
LEFT_ASIDE = {"target", ".git", "node_modules"}


@dataclasses.dataclass(frozen=True)
class Part:
    """A folder of src that is broken."""

    folder: str
    package: str
    # What notices most in the shortest time first. Behind a colon: which days of the reference model, or how many crashes over each log of
    # the ladder; behind a blank: only tests whose names hold this.
    tests: tuple
    # Whether a field left at its default, and a "then" turned, are tried as well.
    fields: bool = True
    # How cargo is told of it.
    cargo: tuple = ("--features", "otel")

    @property
    def source(self):
        return ROOT / "src" / self.folder

    def files(self):
        """Its own files, its tests left aside."""
        for path in sorted(self.source.rglob("*.rs")):
            relative = path.relative_to(self.source)
            if relative.parts[0] not in ("tests", "benches") and relative.name not in ("invariants.rs", "tests.rs"):
                yield relative

    def fingerprint(self):
        """Of what the tests' outcome follows from."""
        digest = hashlib.sha256()
        for folder in [self.source] if self.package == "surged-core" else [ROOT / "src", ROOT / "tests"]:
            for path in sorted(folder.rglob("*.rs")):
                digest.update(path.read_bytes())
        return f"{self.folder} {digest.hexdigest()[:16]}"


PARTS = {
    "core": Part(
        "core", "surged-core",
        ("model_days:0..20", "lib", "erlang", "judgements", "looks", "ladder:4", "properties", "clocks", "model_days:20..2000"),
        fields=False, cargo=("--package", "surged-core"),
    ),
    "shift": Part("shift", "surged", ("lib shift::", "stays", "journal shift::", "journal", "daemon_handover", "floor", "report", "explain")),
    "wire": Part("wire", "surged", ("lib wire::", "floor golden", "lib", "floor", "journal", "docs", "daemon_handover", "told_once")),
}
HOW_MANY = {"model_days": "SURGED_DAYS", "ladder": "SURGED_CRASHES"}
# How many times as long as the source as it is a broken one may take, and the least that it is given, in seconds of the processor. By the
# clock on the wall it is given longer still: what waits for a message that never comes takes no processor.
PATIENCE, LEAST_PATIENCE, LEAST_WAIT = 10, 10, 240

COMPARISONS = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "==": "!=", "!=": "=="}
JOINS = {"&&": "||", "||": "&&"}
METHODS = {
    ".min(": ".max(", ".max(": ".min(", ".any(": ".all(", ".all(": ".any(",
    ".is_some()": ".is_none()", ".is_none()": ".is_some()",
}
# A statement of one line whose want does not only fail to build: no declarations, no returns of a value.
STATEMENT = re.compile(r"^\s+(?!let |use |mod |pub |const |static |type |return|break|continue|debug_assert|//|\}|\.)[\w*(].*;\s*$")
# A field that is given a value: a call, or a field of something else. Not a type in a declaration, a pattern, or what is empty already.
FIELD = re.compile(r"^(\s+(\w+): )(?!impl |fn\(|\w+<|\w+::new\(\)|Some\(\2\))([a-zA-Z_*!(\[](?!.*\.\.)[^;]*[.(][^;]*),$")
KEYWORDS = re.compile(r"(?:^|[\s(])(?:if|while|match|return|in|else|let)$")
OPENING, CLOSING = "([{", ")]}"

# Which mutation is switched on, and methods that turn into their opposite by it.
BROKEN = """
pub fn broken(number: u32) -> bool {
    static SWITCHED: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *SWITCHED.get_or_init(|| std::env::var("SURGED_BROKEN").ok().and_then(|it| it.parse().ok()).unwrap_or(0)) == number
}
pub trait BrokenBounds: Ord + Sized {
    fn broken_min(self, number: u32, other: Self) -> Self {
        if broken(number) { Ord::max(self, other) } else { Ord::min(self, other) }
    }
    fn broken_max(self, number: u32, other: Self) -> Self {
        if broken(number) { Ord::min(self, other) } else { Ord::max(self, other) }
    }
}
impl<T: Ord> BrokenBounds for T {}
pub trait BrokenSearch: Iterator + Sized {
    fn broken_any(&mut self, number: u32, test: impl FnMut(Self::Item) -> bool) -> bool {
        if broken(number) { self.all(test) } else { self.any(test) }
    }
    fn broken_all(&mut self, number: u32, test: impl FnMut(Self::Item) -> bool) -> bool {
        if broken(number) { self.any(test) } else { self.all(test) }
    }
}
impl<T: Iterator> BrokenSearch for T {}
pub trait BrokenThen {
    fn broken_then<T>(self, number: u32, value: impl FnOnce() -> T) -> Option<T>;
    fn broken_then_some<T>(self, number: u32, value: T) -> Option<T>;
}
impl BrokenThen for bool {
    fn broken_then<T>(self, number: u32, value: impl FnOnce() -> T) -> Option<T> {
        (self ^ broken(number)).then(value)
    }
    fn broken_then_some<T>(self, number: u32, value: T) -> Option<T> {
        (self ^ broken(number)).then_some(value)
    }
}
pub trait BrokenOption {
    fn broken_is_some(&self, number: u32) -> bool;
    fn broken_is_none(&self, number: u32) -> bool;
}
impl<T> BrokenOption for Option<T> {
    fn broken_is_some(&self, number: u32) -> bool {
        self.is_some() ^ broken(number)
    }
    fn broken_is_none(&self, number: u32) -> bool {
        self.is_none() ^ broken(number)
    }
}
"""


class Mutation:
    """One place of a part, as it is, as it would be, and with a switch between the two."""

    def __init__(self, path, number, line, broken, switched):
        self.path, self.number, self.line, self.broken = path, number, line, broken
        self.switched = switched
        self.part = PARTS[path.split("/")[0]]
        # Of several lines of a file that read the same, which.
        self.which = 0
        self.outcome, self.by = None, ""

    @property
    def key(self):
        return self.path, self.line, self.which, self.broken


def left_of(line, at, stops):
    """Where the operand before a place begins; `None`: on an earlier line."""
    depth = 0
    for place in range(at - 1, -1, -1):
        letter, before = line[place], line[:place]
        if letter in CLOSING:
            depth += 1
        elif letter in OPENING:
            depth -= 1
            if depth < 0:
                return place + 1
        elif depth == 0:
            if letter in ",;|" or line[place - 1 : place + 1] in stops:
                return place + 1
            if letter == "=" and before.endswith(" "):
                return place + 1
            if letter == ">" and before.endswith("="):
                return place + 1
            if letter == " " and KEYWORDS.search(before):
                return place + 1
    start = len(line) - len(line.lstrip())
    return None if depth != 0 or line[start] in ".?" else start


def right_of(line, at, after, stops):
    """Where the operand behind a place ends; `None`: on a later line."""
    depth = 0
    for place in range(at, len(line)):
        letter = line[place]
        if letter in OPENING:
            if letter == "{" and depth == 0:
                return place
            depth += 1
        elif letter in CLOSING:
            depth -= 1
            if depth < 0:
                return place
        elif depth == 0 and (letter in ",;" or line[place : place + 2] in stops):
            return place
    follows = after.lstrip()
    goes_on = follows.startswith((".", "+", "-", "*", "/", "<", ">", "=", "?")) or (follows.startswith("&&") and "&&" not in stops)
    return None if depth != 0 or goes_on else len(line)


def between(line, after, operator, other, at, stops):
    """The line with the operator turned, and with a switch between the two; `None`: it does not stand by itself on its line."""
    end = at + len(operator)
    begin, until = left_of(line, at, stops), right_of(line, end, after, stops)
    if begin is None or until is None:
        return None
    left, right = line[begin:at].strip(), line[end:until].strip()
    if not left or not right or re.search(r"\blet\b", left + " " + right):
        return None
    broken = f"{line[:at]}{other}{line[end:]}"
    space = " " if line[begin:begin + 1] == " " else ""
    tail = line[begin + len(line[begin:until].rstrip()) :]
    switched = f"{line[:begin]}{space}(if crate::broken::broken(@) {{ {left} {other} {right} }} else {{ {left} {operator} {right} }}){tail}"
    return broken, switched


def balanced(text):
    """Whether every bracket is closed where it was opened."""
    depth = 0
    for letter in text:
        depth += (letter in OPENING) - (letter in CLOSING)
        if depth < 0:
            return False
    return depth == 0


def of_fields(path, number, line):
    """A field left at its default, and a condition before a "then" turned."""
    if (found := FIELD.match(line)) and balanced(found[3]) and "?" not in found[3]:
        begin, value = found[1], found[3]
        switched = f"{begin}if crate::broken::broken(@) {{ Default::default() }} else {{ {value} }},"
        yield Mutation(path, number, line, f"{begin}Default::default(),", switched)
    for found in re.finditer(r"\.(then|then_some)\(", line):
        rest = line[found.end() :]
        if rest:
            switched = f"{line[: found.start()]}.broken_{found[1]}(@, {rest}"
            yield Mutation(path, number, line, f"{line[: found.start()]}.not().{found[1]}({rest}", switched)


def of_line(path, number, line, after):
    """Every other mutation of a line."""
    if STATEMENT.match(line):
        yield Mutation(path, number, line, "", f"if !crate::broken::broken(@) {{ {line.strip()} }}")
    joins = [found.start() + 1 for found in re.finditer(r" (?:&&|\|\|) ", line)]
    for operators, stops in ((COMPARISONS, ("&&", "||")), (JOINS, ("||",))):
        for operator, other in operators.items():
            for found in re.finditer(re.escape(f" {operator} "), line):
                at = found.start() + 1
                # What is before an "or" is not part of an "and" behind it; an "or" takes all.
                turned = between(line, after, operator, other, at, () if operator == "||" else stops)
                if turned and (operators is COMPARISONS or at in joins):
                    yield Mutation(path, number, line, *turned)
    for method, other in METHODS.items():
        for found in re.finditer(re.escape(method), line):
            rest = line[found.end() :]
            if method.endswith("()"):
                put = f".broken_{method[1:-2]}(@)"
            elif rest.startswith(")"):
                continue
            else:
                put = f".broken_{method[1:]}@, "
            yield Mutation(path, number, line, line[: found.start()] + other + rest, line[: found.start()] + put + rest)
    for found in re.finditer(r"\bif !", line):
        yield Mutation(
            path, number, line, line[: found.start()] + "if " + line[found.end() :],
            line[: found.start()] + "if crate::broken::broken(@) ^ !" + line[found.end() :],
        )


def mutations(part, only, seed):
    """At most one of every line, in the order of the dice. What the dice say of a line follows from the line: another line that is changed
    changes nothing of it."""
    chosen = []
    for path in part.files():
        if only not in str(path):
            continue
        lines, seen = (part.source / path).read_text().split("\n"), {}
        for number, line in enumerate(lines):
            if line.startswith("#[cfg(test)]"):
                break
            if line.lstrip().startswith(("//", "#", "debug_assert")):
                continue
            after = lines[number + 1] if number + 1 < len(lines) else ""
            ways = list(of_line(f"{part.folder}/{path}", number, line, after))
            if part.fields:
                ways.extend(of_fields(f"{part.folder}/{path}", number, line))
            if ways:
                which = seen[line] = seen.get(line, -1) + 1
                dice = random.Random(f"{seed} {path} {line}" + (f" {which}" if which else ""))
                place, one = dice.random(), dice.choice(ways)
                one.which = which
                chosen.append((place, one))
    return [one for _, one in sorted(chosen, key=lambda one: one[0])]


def files_of(root):
    """Every file below, by its path from there."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_ASIDE]
        for name in files:
            yield pathlib.Path(folder, name).relative_to(root)


class Copy:
    """A copy of the source with all mutations of a run in it, each behind its switch."""

    def __init__(self, parts, tests):
        self.parts, self.tests = parts, tests
        # Of one package all.
        self.package, self.build_arguments = parts[0].package, parts[0].cargo
        self.root = TARGET / "source"
        self.environment = {
            **os.environ,
            # Nothing that is built of it comes near what is built of the source as it is.
            "CARGO_TARGET_DIR": str(TARGET / "built"),
            "SURGED_PARTINGS": "1",
            "PROPTEST_CASES": "16",
            "RUST_BACKTRACE": "0",
            "INSTA_UPDATE": "no",
        }

    def write(self, chosen):
        """What is not broken keeps its time, so that it is not built anew."""
        broken = self.broken(chosen)
        for path in {*files_of(ROOT)} | {*broken}:
            made, copied = broken.get(path), self.root / path
            content = (ROOT / path).read_bytes() if made is None else made.encode()
            if not copied.is_file() or copied.read_bytes() != content:
                copied.parent.mkdir(parents=True, exist_ok=True)
                copied.write_bytes(content)
                if made is None:
                    shutil.copystat(ROOT / path, copied)
        for path in {*files_of(self.root)} - {*files_of(ROOT)} - {*broken}:
            (self.root / path).unlink()

    def broken(self, chosen):
        """The files that are not as they are in the source, by path."""
        crate = pathlib.Path("src/core" if self.package == "surged-core" else "src")
        paths = [f"src/{part.folder}/{path}" for part in self.parts for path in part.files()]
        files = {path: (ROOT / path).read_text().split("\n") for path in paths}
        for switch, one in enumerate(chosen, 1):
            files[f"src/{one.path}"][one.number] = one.switched.replace("@", str(switch))
        first = re.compile(r"(?:pub )?(?:use|mod) ")
        for lines in files.values():
            if (place := next((place for place, line in enumerate(lines) if first.match(line)), None)) is not None:
                lines[place] = f"#[allow(unused_imports)] use crate::broken::*; {lines[place]}"
        root = files.setdefault(str(crate / "lib.rs"), (ROOT / crate / "lib.rs").read_text().split("\n"))
        place = next(place for place, line in enumerate(root) if first.match(line.removeprefix("#[allow(unused_imports)] ")))
        root[place] = f"#[allow(missing_docs)] pub mod broken; {root[place]}"
        made = {pathlib.Path(path): "\n".join(lines) for path, lines in files.items()}
        return {**made, crate / "broken.rs": BROKEN}

    def cargo(self, *arguments):
        command = ["cargo", *arguments, *self.build_arguments, "--offline", "--message-format=json"]
        done = subprocess.run(command, env=self.environment, cwd=self.root, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return done.returncode, messages, done.stderr

    def check(self, chosen):
        """Leaves out what does not build."""
        while True:
            self.write(chosen)
            status, messages, said = self.cargo("test", "--no-run", "--lib")
            if status == 0:
                return chosen
            errors = [it["message"] for it in messages if it["reason"] == "compiler-message" and it["message"]["level"] == "error"]
            places = {
                (os.path.relpath(self.root / span["file_name"], self.root / "src"), line - 1)
                for error in errors for span in error["spans"] for line in range(span["line_start"], span["line_end"] + 1)
            }
            fit = [one for one in chosen if (one.path, one.number) not in places]
            if len(fit) == len(chosen):
                rendered = "\n".join(error["rendered"] for error in errors)
                sys.exit(f"the copy does not build, and it is no mutation's fault:\n{rendered[-3000:]}{said[-1000:]}")
            print(f"{len(chosen) - len(fit)} do not build and are left out", flush=True)
            chosen = fit

    def build(self):
        """The tests' programs, kept by name."""
        names = sorted({re.split("[: ]", test)[0] for test in self.tests})
        targets = [argument for name in names for argument in (["--lib"] if name == "lib" else ["--test", name])]
        status, messages, said = self.cargo("test", "--no-run", *targets)
        if status != 0:
            sys.exit(f"the tests do not build with the mutations in the source:\n{said[-3000:]}")
        built = [it for it in messages if it["reason"] == "compiler-artifact" and it.get("executable")]
        self.programs = {
            ("lib" if "lib" in it["target"]["kind"] else it["target"]["name"]): it["executable"]
            for it in built if it["target"]["kind"] != ["lib"] or it["target"]["name"] == self.package.replace("-", "_")
        }

    def run(self, test, switch, limit):
        """What one of the tests notices; `None`: nothing."""
        named, _, only = test.partition(" ")
        name, _, many = named.partition(":")
        environment = {**self.environment, SWITCH: str(switch), **({HOW_MANY[name]: many} if many else {})}
        # By the processor's own clock: what else runs on the machine makes nobody late.
        processor = lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        # With the daemons that it starts it is a group of its own, which ends as one.
        child = subprocess.Popen(
            [self.programs[name], "--nocapture" if name == "model_days" else "--test-threads=2", *only.split()], env=environment,
            cwd=self.root / "src" / "core" if self.package == "surged-core" else self.root, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, errors="replace", preexec_fn=processor, start_new_session=True,
        )
        late = threading.Event()
        clock = threading.Timer(max(LEAST_WAIT, limit), lambda: (late.set(), end(child)))
        clock.start()
        noticed = None
        with child.stdout:
            for line in child.stdout:
                # The first is enough.
                if found := re.match(r"(?:test )?(\S+) \.\.\. FAILED|(day \d+): ", line):
                    noticed = found[1] or found[2]
                    end(child)
                    break
        status = child.wait()
        clock.cancel()
        end(child)
        if noticed is None and (late.is_set() or status in (-signal.SIGXCPU, -signal.SIGKILL)):
            return "hangs"
        return noticed or (f"status {status}" if status != 0 else None)


def end(child):
    """Ends a program and whatever it started; nothing where they are over."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def explained():
    """Why a survivor cannot matter, by path, line and broken line: the rows of the table in docs/mutations.md."""
    rows = [line for line in EXPLAINED.read_text().splitlines() if line.startswith("| `")]
    reasons = {}
    for row in rows:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        path, line, broken = (cell.replace("\\|", "|").strip("`") for cell in cells[:3])
        reasons[path, line, "" if broken == "left out" else broken] = cells[3]
    return reasons


def known_results(sources, keep):
    path = TARGET / "results.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    results = [json.loads(line) for line in lines]
    # Added tests may notice what survived, and lose nothing that was caught.
    counts = [one for one in results if one["source"] in sources or (keep and one["outcome"] in ("caught", NO_BUILD))]
    return {(one["path"], one["line"], one["which"], one["broken"]): (one["outcome"], one["by"]) for one in counts}


def remember(one, source):
    entry = dict(zip(("path", "line", "which", "broken"), one.key), source=source, outcome=one.outcome, by=one.by)
    with open(TARGET / "results.jsonl", "a") as kept:
        kept.write(json.dumps(entry) + "\n")


def tell(done, count, one, seconds):
    how = f"{one.outcome} by {one.by}" if one.outcome == "caught" else one.outcome
    print(f"{done:>4}/{count} {seconds:5.1f} s {how}  {one.path}:{one.number + 1}: {one.broken.strip() or 'left out: ' + one.line.strip()}", flush=True)


def run(arguments):
    parts = [PARTS[name] for name in arguments.over.split(",")]
    if len({part.package for part in parts}) > 1:
        sys.exit("the core is a package of its own: expected --over core, or some of shift,wire")
    wanted = [one for part in parts for one in mutations(part, arguments.only, arguments.seed)[: arguments.count]]
    if arguments.list:
        for one in wanted:
            print(f"{one.path}:{one.number + 1}\n  - {one.line.strip()}\n  + {one.broken.strip()}")
        return 0
    TARGET.mkdir(parents=True, exist_ok=True)
    tests_of = {part: tuple(arguments.tests.split(",")) if arguments.tests else part.tests for part in parts}
    tests = [*dict.fromkeys(test for part in parts for test in tests_of[part])]
    # What some of the tests do not notice, others may.
    source_of = {part: part.fingerprint() + (f" {arguments.tests}" if arguments.tests else "") for part in parts}
    known = known_results(source_of.values(), arguments.keep)
    copy = Copy(parts, tests)
    chosen = copy.check([one for one in wanted if known.get(one.key, ("", ""))[0] != NO_BUILD])
    for one in wanted:
        if one not in chosen and one.key not in known:
            one.outcome = NO_BUILD
            remember(one, source_of[one.part])
    copy.build()
    patience = {}
    for test in tests:
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        if noticed := copy.run(test, 0, 3600):
            sys.exit(f"the source as it is does not pass its own tests ({test}: {noticed}): mend that first")
        took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
        patience[test] = max(LEAST_PATIENCE, round(PATIENCE * took))
        print(f"{test} passes in {took:.1f} s", flush=True)
    lock, done = threading.Lock(), []

    def tries(switch, one):
        began = time.monotonic()
        one.outcome, one.by = known.get(one.key, (None, ""))
        if one.outcome is None:
            one.outcome = "survived"
            for test in tests_of[one.part]:
                if noticed := copy.run(test, switch, patience[test]):
                    one.outcome, one.by = "caught", f"{test} {noticed}"
                    break
        with lock:
            if one.key not in known:
                remember(one, source_of[one.part])
            done.append(one)
            tell(len(done), len(chosen), one, time.monotonic() - began)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for trying in [pool.submit(tries, switch, one) for switch, one in enumerate(chosen, 1)]:
            trying.result()
    survivors = sorted((one for one in chosen if one.outcome == "survived"), key=lambda one: (one.path, one.number))
    reasons, unexplained = explained(), 0
    print(f"\n{len(chosen)} mutations, {len(survivors)} survived")
    for one in survivors:
        why = reasons.get((one.path, one.line.strip(), one.broken.strip()))
        unexplained += why is None
        print(f"src/{one.path}:{one.number + 1}\n  - {one.line.strip()}\n  + {one.broken.strip()}\n  {why or 'NOT EXPLAINED'}")
    return 1 if unexplained else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--over", default="core", help="which part of src is broken: core, shift, wire, or shift,wire")
    parser.add_argument("--count", type=int, default=200, help="how many, those that do not build included")
    parser.add_argument("--seed", type=int, default=1, help="which")
    parser.add_argument("--tests", default="", help="which tests, in which order, between commas")
    parser.add_argument("--jobs", type=int, default=1, help="at a time")
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--keep", action="store_true", help="what was caught before stays caught: only tests were added since")
    parser.add_argument("--list", action="store_true", help="only show them")
    sys.exit(run(parser.parse_args()))


if __name__ == "__main__":
    main()
