"""Goal 8: replay beside `vmalert -replay`, and its decisions beside `promtool test rules`."""
import datetime
import json
import math
import random
import subprocess
import time
import urllib.request

from frame.lab import plan_file, recorded, spent
from frame.lines import Line, at_least
from frame.surged import free_port, plan, queue_name

NUMBER, NAME = "8", "replay"
TITLE = "a recording replayed, beside vmalert over VictoriaMetrics; decisions beside promtool"
# (queues, days, seconds from one reading to the next, points that vmalert takes at once: by which it is the faster)
ONE, MANY = (1, 30, 1, 10_000), (1_000, 30, 60, 1_000)
BEGIN_S = 1_793_577_600

RULE = """groups:
  - name: plan
    interval: {step}s
    rules:
      - alert: Expert
        expr: waiting > 5
        for: 5m
"""


def measure(bench):
    surged = bench.surged()
    both = f"{bench.serving},{bench.loading}"
    lines = []
    for queues, days, step, points in (ONE, MANY):
        samples = queues * days * 86_400 // step
        readings = recorded(bench, queues, days, step, "bare-json")
        config = plan_file(bench, plan(queues=queues).replace('stale_after = "30s"', 'stale_after = "5m"').replace('forget_after = "2m"', 'forget_after = "10m"'), f"plan-{queues}.toml")
        log = kept(bench, config, readings)
        peer = Victoria(bench, recorded(bench, queues, days, step, "prometheus"), samples)
        decided = {}

        def ours(what):
            done = spent(bench, surged, "replay", "-c", config, "--format", "jsonl", what, core=both)
            decided[what] = done.out
            return {"samples_s": samples / done.wall_s, "cpu_us": done.cpu_s / samples * 1e6}

        turns = bench.interleave(log=lambda: ours(log), lines=lambda: ours(readings), vmalert=lambda: samples / peer.replay(days, step, points))
        peer.end()
        if decided[log] != decided[readings]:
            raise RuntimeError("the duty log and the recording that it was made of were decided otherwise")
        of = f"{queues:,} {'queue' if queues == 1 else 'queues'} x {days} days, one each {step} s"
        for form, side in (("duty log", "log"), ("JSON lines", "lines")):
            rates = [turn["samples_s"] for turn in turns[side]]
            # Each reads its own packed store: like is held against like.
            aims = [at_least(1)] if side == "lines" or queues == 1 else [at_least(1), at_least(5)]
            lines += [Line(f"samples a second from {form}, {of}", "", rates, aim, "vmalert -replay", turns["vmalert"]) for aim in aims]
            lines.append(Line(f"processor time a sample from {form}, {of}", "us", [turn["cpu_us"] for turn in turns[side]]))
        for file in (readings, log):
            file.unlink()
    same, asked = decisions(bench, surged)
    lines.append(Line("series decided as promtool test rules decides them", "of 1", [same / asked], at_least(1)))
    bench.note("vmalert asks VictoriaMetrics, which has the samples packed in its own store, for the rule of five minutes above five, 10,000 points of one queue a query and 1,000 of many, "
               "by which it is the faster: each of them on a core of its own. surged decides by its whole ladder, with that tier and a pool for each queue; it reads its own packed store, the duty log, or the recording as text, one JSON "
               "object a line, on one core and decides on the other. Processor time is that of the whole program. The log was written by the daemon's journal, with what was decided, "
               "and both were decided alike.")
    bench.note(f"{asked} series of forty minutes, a third of them by each judgement that PromQL can say (every, mean, share): where surged calls first an alert fires in that "
               "second, and not before; where surged calls nobody nothing fires.")
    return lines


def kept(bench, config, readings):
    """The duty log of a daemon that heard what a recording has."""
    path = readings.with_suffix(".db")
    bench.say(f"writing {path.name}")
    bench.load(bench.rust("duty_log"), json.dumps({"plan": str(config), "readings": str(readings), "path": str(path)}), within_s=900)
    return path


class Victoria:
    """VictoriaMetrics with the samples, and vmalert over it."""

    def __init__(self, bench, samples_file, samples):
        self.bench = bench
        self.bins = bench.debian("victoria-metrics") / "usr" / "bin"
        self.port = free_port()
        self.data = bench.folder / f"victoria-{self.port}"
        self.process = bench.server(self.bins / "victoria-metrics", f"-storageDataPath={self.data}", f"-httpListenAddr=127.0.0.1:{self.port}", "-retentionPeriod=100y", log="victoria.log")
        self.wait()
        bench.say(f"giving {samples:,} samples to VictoriaMetrics")
        with open(samples_file, "rb") as file:
            while part := file.readlines(8 << 20):
                self.post("/api/v1/import/prometheus", b"".join(part))
        samples_file.unlink()
        self.post("/internal/force_flush", b"")
        self.post("/internal/force_merge", b"")

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}{path}"

    def post(self, path, data):
        with urllib.request.urlopen(urllib.request.Request(self.url(path), data=data), timeout=300) as answer:
            return answer.read()

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                return self.post("/health", b"")
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("VictoriaMetrics does not start; see victoria.log")

    def replay(self, days, step, points):
        """Seconds."""
        rule = plan_file(self.bench, RULE.format(step=step), "rule.yml")
        stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        return spent(self.bench, self.bins / "vmalert", f"-rule={rule}", f"-datasource.url={self.url()}", f"-remoteWrite.url={self.url()}", "-replay.rulesDelay=0s",
                     f"-replay.maxDatapointsPerQuery={points}", "-replay.disableProgressBar", "-remoteWrite.maxQueueSize=10000000", f"-replay.timeFrom={stamp(BEGIN_S)}", f"-replay.timeTo={stamp(BEGIN_S + days * 86_400)}",
                     f"-httpListenAddr=127.0.0.1:{free_port()}", core=self.bench.loading).wall_s

    def end(self):
        self.bench.end(self.process)


# What PromQL can say of a condition that is judged over 295 s, looked at every second: that of the seconds from which the window begins to the
# last one before now. Not of 300, since what comes to hold in the second of the next reading is decided here before it and there after it:
# a series in which that happens all the same is not compared.
SPAN_S = 295
SECONDS = f"[{SPAN_S - 1}s:1s] offset 1s"
WHOLE = f"count_over_time(waiting{SECONDS}) == {SPAN_S} and waiting > 5"
JUDGED = {
    'judge = "every"': ("waiting > 5", f"{SPAN_S}s"),
    'judge = "mean"': (f"sum_over_time(waiting{SECONDS}) > {5 * SPAN_S} and {WHOLE}", "0s"),
    'judge = "share", share = 0.6': (f"sum_over_time((waiting > bool 5){SECONDS}) >= {0.6 * SPAN_S:.1f} and {WHOLE}", "0s"),
}


def decisions(bench, surged, series=40, minutes=40):
    """How many series of a depth a minute both decide alike, of how many."""
    promtool = bench.debian("prometheus") / "usr" / "bin" / "promtool"
    chance, same, asked = random.Random(8), 0, 0
    for number, (judge, (expr, hold)) in enumerate(JUDGED.items()):
        # Every third series is calm enough to be called seldom or never.
        often, seldom = [4, 6, 7, 8, 9], [1, 3, 5, 6]
        depths = [[chance.choice(often if place % 3 else seldom) for _ in range(minutes)] for place in range(series)]
        called = first_calls(bench, surged, judge, depths, number)
        compared = [(row, at) for row, at in zip(depths, called) if at is None or at % 60 != 0]
        asked += len(compared)
        # All at once; one by one only where they do not all agree.
        if promtool_agrees(bench, promtool, expr, hold, compared):
            same += len(compared)
        else:
            same += sum(promtool_agrees(bench, promtool, expr, hold, [one]) for one in compared)
    return same, asked


def first_calls(bench, surged, judge, depths, number):
    """Of each series the second by which it is called first; None where it never is."""
    text = plan(queues=len(depths)).replace('stale_after = "30s"', 'stale_after = "5m"').replace('forget_after = "2m"', 'forget_after = "10m"')
    text = text.replace('when = { waiting_above = 5, for = "5m" }', f'when = {{ waiting_above = 5, for = "{SPAN_S}s", {judge} }}')
    config = plan_file(bench, text, f"judged-{number}.toml")
    readings = bench.folder / f"judged-{number}.jsonl"
    with open(readings, "w") as out:
        for minute in range(len(depths[0])):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN_S + 60 * minute))
            for place, row in enumerate(depths):
                print(json.dumps({"queue": queue_name(place), "at": at, "waiting": row[minute]}), file=out)
    first = {}
    for line in spent(bench, surged, "replay", "-c", config, "--format", "jsonl", readings).out.splitlines():
        line = json.loads(line)
        if line["action"] == "sign_in":
            at = datetime.datetime.fromisoformat(line["at"]).timestamp() - BEGIN_S
            first.setdefault(line["queue"], math.ceil(at))
    return [first.get(queue_name(place)) for place in range(len(depths))]


def promtool_agrees(bench, promtool, expr, hold, series):
    """Whether each fires in the second in which it was called, and neither the second before nor at any whole minute before."""
    rule = {"groups": [{"name": "plan", "rules": [{"alert": "Expert", "expr": expr, "for": hold}]}]}
    test = {"rule_files": ["rule.json"], "evaluation_interval": "1s", "tests": [of_series(*one) for one in series]}
    plan_file(bench, json.dumps(rule), "rule.json")
    test = plan_file(bench, json.dumps(test), "test.json")
    done = subprocess.run([promtool, "test", "rules", test], cwd=bench.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        bench.say(f"promtool decides otherwise: {expr}: {' '.join(done.stdout.split())[:300]}")
    return done.returncode == 0


def of_series(row, called):
    """A test of promtool: a depth a minute, and when it fires."""
    seconds = {60 * minute for minute in range(len(row)) if called is None or 60 * minute < called}
    seconds |= set() if called is None else {called - 1, called}
    tests = [{"eval_time": f"{second}s", "alertname": "Expert", "exp_alerts": [{"exp_labels": {}}] if second == called else []} for second in sorted(seconds)]
    return {"interval": "1m", "input_series": [{"series": "waiting", "values": " ".join(map(str, row))}], "alert_rule_test": tests}
