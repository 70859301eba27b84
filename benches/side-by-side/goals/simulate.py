"""Goal 9: simulate beside Ciw, SimPy and NeXosim."""
import json

from frame.bench import HERE, ROOT
from frame.lab import plan_file, spent
from frame.lines import Line, at_least, at_most

NUMBER, NAME = "9", "simulate"
TITLE = "calls a second of a simulated queue with the ladder attached, beside Ciw, SimPy and NeXosim"
SEEDS = 30
# Erlang A, exact, of 48 calls a minute, 50 people, calls of one minute, patience of two.
ABANDONED, MEAN_WAIT_S = 0.030912, 3.709
CALLS = {"ciw": 4_000, "simpy": 10_000, "nexosim": 400_000}


def measure(bench):
    surged, nexosim = bench.surged(), bench.peer("nexosim_line")
    python = bench.pypi("simulation", "ciw", "simpy")
    bench.version("nexosim", "1.0.0 (crates.io)")
    scenario = ROOT / "config" / "scenarios" / "erlang_a.toml"
    # The written plan's ladder, watching and deciding, and told to nobody: the callers are those of the exact formula.
    written = (ROOT / "config" / "surged.toml").read_text()
    plan = plan_file(bench, written.replace("[queue.inbound]\n", '[queue.inbound]\nmode = "shadow"\n', 1).replace('secret_file = "ami.secret"', 'secret_env = "AMI_SECRET"'))
    if 'mode = "shadow"' not in plan.read_text():
        raise RuntimeError("config/surged.toml has no [queue.inbound]")
    last = {}

    def ours(threads):
        done = spent(bench, surged, "simulate", "-c", plan, "--scenario", scenario, "--seeds", SEEDS, "--threads", threads, "--format", "json")
        said = json.loads(done.out)
        bytes_of = last.setdefault("bytes", done.out)
        if done.out != bytes_of:
            raise RuntimeError("the same seeds gave other bytes")
        last["floor"] = said["plans"][0]["floor"]
        # Those of the half hour of warming up are simulated as well, and not counted.
        return last["floor"]["calls_a_day"]["mean"] * SEEDS * 5 / 4.5 / done.cpu_s

    def peer(name, *command):
        def run():
            done = spent(bench, *command, CALLS[name], 7)
            said = json.loads(done.out)
            # What Python needs to begin is not counted; it says itself what came after.
            return said["calls"] / said.get("cpu_s", done.cpu_s)
        return run

    scripts = HERE / "peers"
    turns = bench.interleave(surged=lambda: ours(1), ciw=peer("ciw", python, scripts / "ciw_line.py"), simpy=peer("simpy", python, scripts / "simpy_line.py"),
                             nexosim=peer("nexosim", nexosim))
    ours(2)
    floor = last["floor"]
    off = lambda measure, exact: abs(floor[measure]["mean"] - exact) / floor[measure]["standard_error"]
    bench.note(f"Erlang A: 48 calls a minute, 50 people, calls of one minute, patience of two; {SEEDS} seeds of five hours, one thread, the plan's whole ladder "
               "watching and deciding in shadow. Calls by the second of processor time; surged's and NeXosim's of the whole program, SimPy's and Ciw's from the first event to the last. "
               "The same seeds on two threads gave the same bytes.")
    return [
        Line("calls a second", "", turns["surged"], at_least(100), "Ciw", turns["ciw"]),
        Line("calls a second", "", turns["surged"], at_least(50), "SimPy", turns["simpy"]),
        Line("calls a second", "", turns["surged"], at_least(2.5), "NeXosim", turns["nexosim"]),
        Line("share given up, off the exact value", "standard errors", [off("abandoned_share", ABANDONED)], at_most(3)),
        Line("mean wait, off the exact value", "standard errors", [off("mean_wait_s", MEAN_WAIT_S)], at_most(3)),
    ]
