"""Erlang A in SimPy: simpy_line.py CALLS SEED. 48 callers a minute, 50 people, calls of one minute, patience of two."""
import json
import random
import sys
import time

import simpy

CALLS, SEED = int(sys.argv[1]), int(sys.argv[2])
A_SECOND, SEATS, HANDLING_S, PATIENCE_S = 2880 / 3600, 50, 60, 120


def caller(env, people, chance, counted):
    came = env.now
    with people.request() as asked:
        done = yield asked | env.timeout(chance.expovariate(1 / PATIENCE_S))
        counted["waited_s"] += env.now - came
        if asked in done:
            yield env.timeout(chance.expovariate(1 / HANDLING_S))
        else:
            counted["gave_up"] += 1


def callers(env, people, chance, counted):
    for _ in range(CALLS):
        yield env.timeout(chance.expovariate(A_SECOND))
        env.process(caller(env, people, chance, counted))


env, counted = simpy.Environment(), {"waited_s": 0.0, "gave_up": 0}
people = simpy.Resource(env, SEATS)
env.process(callers(env, people, random.Random(SEED), counted))
began = time.process_time()
env.run()
took = time.process_time() - began
print(json.dumps({"calls": CALLS, "cpu_s": took, "abandoned": counted["gave_up"] / CALLS, "mean_wait_s": counted["waited_s"] / CALLS}))
