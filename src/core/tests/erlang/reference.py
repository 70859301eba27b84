#!/usr/bin/env python3
"""Writes reference.csv beside this file: Erlang B, C and A to 50 digits. Needs mpmath; takes some two minutes.

Nothing here is computed the way src/core/erlang/ does it. Erlang B is the finite sum. Erlang A follows Mandelbaum and
Zeltyn literally: A(x, y) = 1 + y/(x+1) + y^2/((x+1)(x+2)) + ..., and the share answered within t is a difference of two
incomplete gamma functions, worked with as many digits as cancel. The inputs are whole numbers (calls an hour,
milliseconds), so that both sides begin with the same exact load.
"""
import csv
import pathlib
from mpmath import mp, mpf

DIGITS = 50
MOST_DIGITS = 2000


def loss(n, a):
    """Erlang B."""
    term = total = mpf(1)
    for k in range(n, 0, -1):
        term = term * k / a
        total += term
        if k < a and term < total * mpf(10) ** -(mp.dps + 5):
            break
    return 1 / total


def rising(x, y):
    """1 + y/(x+1) + y^2/((x+1)(x+2)) + ...; y^x e^-y times it is x * gamma_lower(x, y)."""
    term = total = mpf(1)
    k = 0
    while True:
        k += 1
        term = term * y / (x + k)
        total += term
        if x + k > y and term < total * mpf(10) ** -(mp.dps + 5):
            return total


def lower_gamma(s, y):
    """The lower incomplete gamma function."""
    return mp.exp(s * mp.log(y) - y) * rising(s, y) / s


def between(s, low, high):
    """Integral of u^(s-1) e^-u from low to high, with as many digits as it takes for DIGITS to remain after cancelling."""
    if low == high:
        return mpf(0)
    digits = 2 * DIGITS
    while digits <= MOST_DIGITS:
        with mp.workdps(digits):
            upper, lower = lower_gamma(s, high), lower_gamma(s, low)
            difference = upper - lower
            gone = digits if difference <= 0 else int(mp.log10(upper / difference)) + 1
        if digits - gone >= DIGITS + 8:
            return difference
        digits = 2 * digits if gone >= digits - 1 else gone + DIGITS + 15
    return mpf(0)  # Below 10^-1900: nothing that a double can hold.


def row(calls, handle_ms, patience_ms, n, within_ms):
    a = mpf(calls) * handle_ms / 3_600_000
    handle, within = mpf(handle_ms) / 1000, mpf(within_ms) / 1000
    b = loss(n, a)
    if patience_ms is None:
        if n <= a:
            return b, mpf(1), mpf(0), mpf(0), mp.inf, mpf(1)
        c = n * b / (n - a * (1 - b))
        late = c * mp.exp(-(n - a) * within / handle)
        return b, c, mpf(0), 1 - late, c * handle / (n - a), a / n
    patience = mpf(patience_ms) / 1000
    r = patience / handle
    x, y = n * r, a * r  # n mu / theta, lambda / theta
    series = rising(x, y)
    p_n = 1 / (1 / b - 1 + series)
    waits = series * p_n
    # Abandoned, given waiting: 1/(rho A) + 1 - 1/rho.
    rho = a / n
    abandoned = waits * (1 / (rho * series) + 1 - 1 / rho)
    # Answered within t: nobody waits, or lambda p_(n-1) * integral over [0, t] of exp(y (1 - e^-theta x) - (n mu + theta) x).
    reached = mp.exp(-within / patience)
    part = between(x + 1, y * reached, y)
    late = x * p_n * mp.exp(y - (x + 1) * mp.log(y)) * part
    answered = (1 / b - 1) * p_n + late
    return b, waits, abandoned, answered, abandoned * patience, a * (1 - abandoned) / n


def cases():
    loads = [(20, 180_000), (200, 180_000), (920, 180_000), (2_000, 180_000), (4_000, 300_000), (20_000, 180_000), (60_000, 180_000), (200_000, 180_000)]
    for calls, handle_ms in loads:
        a = calls * handle_ms / 3_600_000
        root = a ** 0.5
        seats = {max(1, round(v)) for v in (a * 0.5, a * 0.9, a - root, a, a + 1, a + root, a + 3 * root, a * 1.3 + 2)}
        for n in sorted(seats):
            for patience_ms in (1_000, 20_000, 120_000, 600_000, 3_600_000, None):
                yield calls, handle_ms, patience_ms, n, 20_000
        for patience_ms in (5_000, 120_000, 600_000):
            for within_ms in (0, 1, 1_000, 60_000, 300_000, 3_600_000):
                yield calls, handle_ms, patience_ms, max(1, round(a * 0.95)), within_ms
    # Odd corners: hardly any load, hardly any patience, far too few and far too many seats.
    for case in [
        (1, 1_000, 60_000, 1, 10_000), (1, 1_000, None, 1, 10_000), (20, 180_000, 1, 1, 20_000), (20, 180_000, 1, 3, 20_000),
        (20, 180_000, 86_400_000, 1, 20_000), (20, 180_000, 120_000, 40, 20_000), (2_000, 180_000, 120_000, 1, 20_000),
        (2_000, 180_000, 120_000, 200, 20_000), (2_000, 180_000, 86_400_000, 99, 20_000), (2_000, 180_000, 86_400_000, 101, 20_000),
        (60_000, 180_000, 86_400_000, 3_001, 20_000), (920, 180_000, 120_000, 46, 90), (2_000, 1_000, 3_000, 1, 500), (12, 86_400_000, 60_000, 288, 20_000),
    ]:
        yield case


def main():
    mp.dps = 3 * DIGITS  # Abandonment above cancels, too, where it is small.
    table = pathlib.Path(__file__).with_name("reference.csv")
    seen = set()
    with table.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow("calls_per_hour handle_ms patience_ms seats within_ms blocked waits abandoned answered_within expected_wait_s occupancy".split())
        for case in cases():
            if case in seen:
                continue
            seen.add(case)
            values = row(*case)
            shown = ["ever" if case[2] is None and i == 2 else v for i, v in enumerate(case)]
            out.writerow(shown + [mp.nstr(v, DIGITS, strip_zeros=True) for v in values])
            file.flush()


main()
