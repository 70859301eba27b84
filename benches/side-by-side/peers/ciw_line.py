"""Erlang A in Ciw: ciw_line.py CALLS SEED. 48 callers a minute, 50 people, calls of one minute, patience of two."""
import json
import sys
import time

import ciw

CALLS, SEED = int(sys.argv[1]), int(sys.argv[2])
A_SECOND, SEATS, HANDLING_S, PATIENCE_S = 2880 / 3600, 50, 60, 120

network = ciw.create_network(
    arrival_distributions=[ciw.dists.Exponential(rate=A_SECOND)],
    service_distributions=[ciw.dists.Exponential(rate=1 / HANDLING_S)],
    reneging_time_distributions=[ciw.dists.Exponential(rate=1 / PATIENCE_S)],
    number_of_servers=[SEATS],
)
ciw.seed(SEED)
began = time.process_time()
simulation = ciw.Simulation(network)
simulation.simulate_until_max_customers(CALLS, method="Arrive")
took = time.process_time() - began
gone = [record for record in simulation.get_all_records() if record.record_type in ("service", "renege")]
gave_up = sum(record.record_type == "renege" for record in gone)
print(json.dumps({"calls": CALLS, "cpu_s": took, "abandoned": gave_up / len(gone), "mean_wait_s": sum(record.waiting_time for record in gone) / len(gone)}))
