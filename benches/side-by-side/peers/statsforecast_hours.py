"""Calls an hour of the days to come from statsforecast: statsforecast_hours.py FILE AHEAD; the file has a JSON list of series.

The same model as the report's: on the scale of the square root, MSTL takes the hours of the day and of the week apart, ETS without a season
carries on what remains.
"""
import json
import sys
import time

import numpy
from statsforecast.models import MSTL, AutoETS

series, ahead = [numpy.array(calls) for calls in json.load(open(sys.argv[1]))], int(sys.argv[2])


def forecast(calls):
    model = MSTL(season_length=[24, 168], trend_forecaster=AutoETS(model="ZZN"))
    return numpy.maximum(model.forecast(numpy.sqrt(calls), h=ahead)["mean"], 0) ** 2


# What it loads and makes ready at its first series is not counted.
forecast(series[0])
began = time.process_time()
told = [forecast(calls).tolist() for calls in series]
print(json.dumps({"cpu_s": time.process_time() - began, "told": told}))
