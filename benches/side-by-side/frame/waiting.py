"""Waiting for a server that was just started."""
import socket
import time


def for_port(port, within_s=30, process=None):
    """Until somebody listens there."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process and process.poll() is not None:
                raise RuntimeError(f"{process.args} ended with {process.returncode}") from None
            time.sleep(0.02)
    raise RuntimeError(f"nobody listens on port {port} after {within_s} s")
