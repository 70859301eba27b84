"""A peer: uWebSockets by way of socketify. What a client says goes to all, by its own publish.

    uwebsockets.py PORT
"""
import sys

from socketify import App, AppListenOptions, CompressOptions, OpCode

app = App()
app.ws("/*", {
    "compression": CompressOptions.DISABLED,
    "max_payload_length": 64 * 1024,
    "idle_timeout": 0,
    "max_backpressure": 64 * 1024 * 1024,
    "open": lambda ws: ws.subscribe("floor"),
    "message": lambda ws, message, opcode: app.publish("floor", message, OpCode.TEXT),
})
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda _: print("listening", flush=True))
app.run()
