"""This machine: which core serves and which one loads, how many files may be open, what it is."""
import os
import platform
import resource
import subprocess
from pathlib import Path


def cores():
    """(server's, load's): the first and the last that we may use. With one alone both are the same, and the result says so."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def raise_limits():
    """Thousands of sockets: as many files as we are allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def files():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def described():
    """What a reader needs to know of the machine."""
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next((int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")), 0)
    serving, loading = cores()
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "server_core": serving,
        "load_core": loading,
        "memory_gb": round(memory / 1e6, 1),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def rss(pid, of="VmRSS"):
    """Resident bytes of a process; `of`: RssAnon for those that stand in no file."""
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(f"{of}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has ended")


def cpu_seconds(pid):
    """Processor time of a process, all its threads, to the nanosecond where the kernel tells."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def out_of_cache(*paths):
    """Drops files out of the page cache, as after a power cut; others' files stay there."""
    for path in paths:
        if not Path(path).exists():
            continue
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def said(*command):
    """The first line that a command says, for its version."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0].strip()
