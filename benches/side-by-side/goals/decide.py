"""Goal 7: from a JSON frame to a decision on one core, beside the least that could do it."""
import json

from frame.lab import plan_file, recorded, spent
from frame.lines import Line, at_least, at_most
from frame.surged import plan

NUMBER, NAME = "7", "decide"
TITLE = "readings a second from JSON frame to decision on one core, beside serde_json with a hash map and the state of a tier"
# (queues, days, seconds from one reading to the next)
FLOORS = (1, 6, 1), (1_000, 4, 180)


def measure(bench):
    load, bare = bench.rust("decide"), bench.peer("bare")
    files = {}
    for queues, days, step in FLOORS:
        text = plan(queues=queues).replace('stale_after = "30s"', 'stale_after = "10m"').replace('forget_after = "2m"', 'forget_after = "20m"')
        files[queues] = (plan_file(bench, text, f"plan-{queues}.toml"), recorded(bench, queues, days, step, "json"))

    def ours(queues):
        config, frames = files[queues]
        done = spent(bench, load, json.dumps({"plan": str(config), "frames": str(frames)}))
        found = json.loads(done.out)
        if found["decisions"] == 0:
            raise RuntimeError(f"nothing was decided of {found['readings']} readings")
        return found["readings"] / done.cpu_s

    def theirs(queues):
        done = spent(bench, bare, "decide", files[queues][1])
        return json.loads(done.out)["lines"] / done.cpu_s

    one, many = FLOORS[0][0], FLOORS[1][0]
    turns = bench.interleave(one=lambda: ours(one), bare=lambda: theirs(one), many=lambda: ours(many), bare_many=lambda: theirs(many))
    bench.note("Readings by the second of processor time, of the whole program. Frames of all fields that a phone system tells, from a file, without the socket; surged reads, judges and decides each, and its decisions are taken. "
               "The bare loop parses into the same fields, finds the queue in a hash map and keeps since when it is above five.")
    return [
        Line("readings a second, 1 queue", "", turns["one"], at_least(0.6), "bare loop", turns["bare"]),
        Line("readings a second, 1,000 queues", "", turns["many"], at_least(0.6), "bare loop", turns["bare_many"]),
        Line("cost of a reading at 1,000 queues beside 1", "us", [1e6 / it for it in turns["many"]], at_most(1.5), "1 queue", [1e6 / it for it in turns["one"]]),
    ]
