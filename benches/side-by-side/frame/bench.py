"""One goal's bench: the programs it starts, pinned; its turns; what it says at the end.

A module under goals/ has NUMBER, NAME, TITLE (texts) and `measure(bench)`, which gives its lines.
"""
import contextlib
import datetime
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import machine, peers

HERE = Path(__file__).parent.parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results"
ENDS_WITHIN_S = 10


class Bench:
    def __init__(self, goal, pairs, programs=None):
        self.goal = goal
        self.programs = programs and programs.absolute()
        self.pairs = pairs
        self.target = peers.cargo_target() / "side-by-side"
        self.serving, self.loading = machine.cores()
        self.versions = {}
        self.notes = []
        self.running = []
        self._built = {}

    def __enter__(self):
        self.target.mkdir(parents=True, exist_ok=True)
        # On the disk of the project, not in memory: a duty log is synced.
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.goal.NAME}-", dir=self.target))
        return self

    def __exit__(self, *_):
        while self.running:
            self.end(self.running[-1])
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self):
        """The result, as it is written."""
        began, described = time.monotonic(), machine.described()
        self.say(f"goal {self.goal.NUMBER}, {self.goal.NAME}: {self.goal.TITLE}")
        lines = [line.as_json() for line in self.goal.measure(self)]
        if self.serving == self.loading:
            self.note("This machine has one core: server and load shared it.")
        return {
            "goal": self.goal.NUMBER,
            "name": self.goal.NAME,
            "title": self.goal.TITLE,
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "took_s": round(time.monotonic() - began, 1),
            "pairs": self.pairs,
            "machine": described,
            "versions": self.versions,
            "lines": lines,
            "notes": self.notes,
        }

    # --- what it says ---

    def say(self, words):
        print(f"  {words}", file=sys.stderr, flush=True)

    def note(self, words):
        """A sentence that goes with the result."""
        if words not in self.notes:
            self.notes.append(words)

    def version(self, name, version):
        self.versions[name] = version

    # --- programs ---

    def surged(self):
        """The release binary of this tree."""
        program = self.built("surged", "--bin", "surged")
        self.version("surged", f"{machine.said(program, '--version').removeprefix('surged ')} ({tree()})")
        return program

    def rust(self, program):
        """A program of our own under benches/side-by-side/load."""
        return self.built(program, "-p", "side-by-side", "--bin", program)

    def peer(self, program):
        """A program under benches/side-by-side/peers: of a peer that is built from source, or of what both sides are fed with."""
        return self.built(program, "--bin", program, folder=HERE / "peers")

    def built(self, program, *arguments, folder=ROOT):
        """Built once in a run: whatever is changed meanwhile does not come into it."""
        if self.programs:
            self.note("Programs that were built before (`--programs`).")
            if not (self.programs / program).exists():
                raise peers.Missing(f"expected {program} in {self.programs} (--programs); there is none")
            return self.programs / program
        if program not in self._built:
            self._built[program] = peers.cargo(folder, *arguments) / program
        return self._built[program]

    def debian(self, *packages):
        """Unpacked Debian packages: their folders."""
        had = peers.debian(self.target, *packages)
        for package, (_, version) in had.items():
            self.version(package, f"{version} (Debian)")
        folders = [folder for folder, _ in had.values()]
        return folders[0] if len(folders) == 1 else folders

    def pypi(self, name, *packages):
        """A venv's python."""
        python, versions = peers.pypi(self.target, name, *packages)
        for package, version in versions.items():
            self.version(package, f"{version} (PyPI)")
        return python

    def npm(self, name, *packages):
        return peers.npm(self.target, name, *packages)

    def server(self, *command, cwd=None, env=None, log="server.log"):
        """Starts a server on the server's core; it ends with the bench, or by `end`. What it says is in `folder / log`."""
        pinned = ["taskset", "-c", str(self.serving), *map(str, command)]
        with open(self.folder / log, "ab") as said:
            process = subprocess.Popen(pinned, cwd=cwd or self.folder, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.running.append(process)
        return process

    def end(self, process, kill=False):
        """Ends a server, and waits for it."""
        if process in self.running:
            self.running.remove(process)
        if process.poll() is None:
            process.kill() if kill else process.terminate()
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def load(self, *command, cwd=None, env=None, core=None, within_s=300):
        """Runs a program to its end on the load's core (or another); gives what it says on stdout."""
        pinned = ["taskset", "-c", str(self.loading if core is None else core), *map(str, command)]
        done = subprocess.run(pinned, cwd=cwd or self.folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=within_s, check=False, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"status {done.returncode} of {' '.join(pinned)}; see above")
        return done.stdout

    @contextlib.contextmanager
    def partner(self, *command):
        """A program on the load's core that is told what to do, a line at a time; gives a function that says one and waits for the answer."""
        pinned = ["taskset", "-c", str(self.loading), *map(str, command)]
        process = subprocess.Popen(pinned, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.running.append(process)

        def say(line):
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise RuntimeError(f"{pinned} ended at {line!r}; see above")
            return answer.strip()

        try:
            yield say
        finally:
            self.end(process)

    # --- turns ---

    def interleave(self, **sides):
        """Calls each side once a turn, the order turned round every time; {side: [what it gave, a turn each]}."""
        given = {name: [] for name in sides}
        for turn in range(self.pairs):
            order = list(sides.items())
            for name, measure in order if turn % 2 == 0 else reversed(order):
                given[name].append(measure())
            shown = ", ".join(f"{name} {short(them[-1])}" for name, them in given.items())
            self.say(f"turn {turn + 1} of {self.pairs}: {shown}")
        return given


def short(given):
    if isinstance(given, float):
        return f"{given:.4g}"
    if isinstance(given, dict):
        return " ".join(f"{key}={short(it)}" for key, it in given.items() if isinstance(it, (int, float)))
    return str(given)[:60]


def tree():
    """Which state of the project this is."""
    done = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout.strip() or "no git"
