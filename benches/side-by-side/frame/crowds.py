"""The servers of the fan-out: surged and what it is compared with."""
import json
import os

from .bench import HERE
from .machine import files
from .peers import Missing
from .surged import Surged, free_port, plan
from .waiting import for_port

UWEBSOCKETS, TUNGSTENITE, NATS = "uWebSockets", "tokio-tungstenite", "NATS"
CRATE = "0.29, its defaults"


def surged(bench, queues=1):
    daemon = Surged(bench, plan(queues=queues)).start()
    return daemon.as_server()


def uwebsockets(bench):
    python = bench.pypi("socketify", "socketify==0.0.31")
    library = bench.debian("libuv1")
    environment = os.environ | {"LD_LIBRARY_PATH": str(next(library.glob("usr/lib/*/libuv.so.1")).parent)}
    port = free_port()
    process = bench.server(python, HERE / "load" / "uwebsockets.py", port, env=environment)
    for_port(port, process=process)
    return {"name": UWEBSOCKETS, "kind": "echo", "address": f"127.0.0.1:{port}", "pid": process.pid}


def tungstenite(bench):
    port = free_port()
    process = bench.server(bench.rust("tungstenite_peer"), json.dumps(f"127.0.0.1:{port}"))
    bench.version(TUNGSTENITE, CRATE)
    for_port(port, process=process)
    return {"name": TUNGSTENITE, "kind": "echo", "address": f"127.0.0.1:{port}", "pid": process.pid}


def nats(bench):
    program = bench.debian("nats-server") / "usr" / "sbin" / "nats-server"
    ports = free_port(), free_port()
    config = bench.folder / "nats.conf"
    config.write_text(f'listen: "127.0.0.1:{ports[0]}"\nping_interval: "10m"\nwebsocket {{ listen: "127.0.0.1:{ports[1]}", no_tls: true, compression: false }}\n')
    process = bench.server(program, "-c", config)
    for_port(ports[1], process=process)
    return {"name": NATS, "kind": "nats", "address": f"127.0.0.1:{ports[1]}", "pid": process.pid}


def enough_files(clients):
    """Each client is a file of the load; each crowd has some more."""
    if files() < clients:
        raise Missing(f"expected a limit of {clients} open files; it is {files()}: raise the hard limit (ulimit -Hn)")
