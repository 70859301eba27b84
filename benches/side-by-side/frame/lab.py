"""What the goals of replay and simulation share: what a program cost, and recordings."""
import os
import subprocess
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """What a program cost, and what it said."""

    cpu_s: float
    wall_s: float
    most_mb: float
    out: str


def spent(bench, *command, core=None):
    """Runs a program to its end on one core, and counts: processor time in user mode and in the kernel, time by the wall, most memory."""
    pinned = ["taskset", "-c", str(bench.serving if core is None else core), *map(str, command)]
    began = time.monotonic()
    process = subprocess.Popen(pinned, cwd=bench.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = []
    readers = [threading.Thread(target=lambda pipe=pipe: said.append((pipe, pipe.read()))) for pipe in (process.stdout, process.stderr)]
    for reader in readers:
        reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    for reader in readers:
        reader.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    texts = {pipe: text.decode(errors="replace") for pipe, text in said}
    process.stdout.close()
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(f"status {process.returncode} of {' '.join(pinned)}:\n{texts[process.stderr][-2000:]}")
    return Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, texts[process.stdout])


def recorded(bench, queues, days, step_s, form):
    """A recording of queues that live, the same every time: a file that goes when the bench ends."""
    path = bench.folder / f"{queues}x{days}d-{step_s}s.{form}"
    bench.say(f"writing {path.name}")
    with open(path, "wb") as out:
        done = subprocess.run([bench.peer("recording"), str(queues), str(days), str(step_s), form], stdout=out, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the recording {path.name} could not be written (status {done.returncode})")
    return path


def plan_file(bench, text, name="plan.toml"):
    path = bench.folder / name
    path.write_text(text)
    return path
