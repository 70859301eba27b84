"""surged as the benches run it: a plan of so many queues, a folder of its own, its floor on a free port."""
import itertools
import os
import re
import socket
import time
import urllib.request

STARTS_WITHIN_S = 30
POOL = 1_000
_numbers = itertools.count(1)

HOUSE = """time_zone = "UTC"

[feed.phones]
kind = "json"
url = "ws://{phones}/feed"
stale_after = "30s"
forget_after = "2m"

[floor]
listen = "127.0.0.1:{floor}"
physical_seats = {seats}

[journal]
path = "surged.db"

[[chain]]
role = "supervisor"
respond_within = "30m"
"""

TIER = """
[[ladder.{ladder}.tier]]
name = "expert"
pools = [{pools}]
seats = {{ min = 1, max = 1 }}
when = {{ waiting_above = 5, for = "{hold}" }}
"""

RELEASE = """
[ladder.{ladder}.release]
when = {{ waiting_at_most = 5, for = "5m" }}
"""


def free_port():
    """A port that nobody has at present."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def queue_name(number):
    return "inbound" if number == 0 else f"q{number:04}"


def plan(phones="127.0.0.1:9", queues=1, hold="5m", pools="own"):
    """A plan of so many queues: `pools` of their "own", or one "shared" by all. Nobody is at port 9: then no feed speaks."""
    out = [HOUSE.format(phones=phones, floor=free_port(), seats=100 + 4 * queues)]
    names = [queue_name(number) for number in range(queues)]
    if pools == "shared":
        # A pool has a thousand people at most; with one a queue there are just enough.
        shared = [f"everybody{number}" for number in range(-(-queues // POOL))]
        out += [f"\n[pool.{name}]\nsize = {POOL}\n" for name in shared]
        named = ", ".join(f'"{name}"' for name in shared)
        out.append('\n[ladder.all]\nsettle_within = "3m"\nstand_down_after = "1m"\n'
                   + TIER.format(ladder="all", pools=named, hold=hold) + RELEASE.format(ladder="all"))
    for name in names:
        if pools == "own":
            out.append(f'\n[pool.p-{name}]\nsize = 3\n\n[ladder.l-{name}]\nsettle_within = "3m"\nstand_down_after = "1m"\n'
                       + TIER.format(ladder=f"l-{name}", pools=f'"p-{name}"', hold=hold) + RELEASE.format(ladder=f"l-{name}"))
        out.append(f'\n[queue.{name}]\nladder = "{"all" if pools == "shared" else f"l-{name}"}"\n')
    return "".join(out)


class Surged:
    """A daemon over a plan."""

    def __init__(self, bench, plan_text):
        self.bench = bench
        self.program = bench.surged()
        self.folder = bench.folder / f"surged-{next(_numbers)}"
        self.folder.mkdir()
        (self.folder / "surged.toml").write_text(plan_text)
        self.address = re.search(r'^listen = "(.*)"', plan_text, re.MULTILINE)[1]
        self.log = self.folder / "log"
        self.process = None

    @property
    def database(self):
        return self.folder / "surged.db"

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts it, and waits until it is ready."""
        self.ready_in()
        return self

    def ready_in(self):
        """Starts it; seconds until its floor answers."""
        environment = {key: it for key, it in os.environ.items() if key != "STATE_DIRECTORY"} | {"NO_COLOR": "1"}
        began = time.monotonic()
        self.process = self.bench.server(self.program, "run", cwd=self.folder, env=environment, log=self.log)
        while time.monotonic() - began < STARTS_WITHIN_S and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://{self.address}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - began
            except OSError:
                time.sleep(0.001)
        raise RuntimeError(f"surged does not start:\n{self.log.read_text()[-3000:]}")

    def stop(self, kill=False):
        self.bench.end(self.process, kill)

    def as_server(self):
        """As the load knows it."""
        return {"name": "surged", "kind": "surged", "address": self.address, "pid": self.pid}
