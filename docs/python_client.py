#!/usr/bin/env python3
"""Prints what the floor is asked to do, and answers "seen".

SURGED_TOKEN=surged_... python_client.py [ws://127.0.0.1:8470/floor]
"""
import asyncio
import json
import os
import sys

import websockets

NOT_AGAIN = {4400: "not understood", 4401: "not let in"}


async def attend(url):
    last, known, log = None, set(), None
    # Connects anew by itself, with growing pauses.
    async for socket in websockets.connect(url, subprotocols=["surged.v1"], max_size=None):
        hello = {"type": "hello", "token": os.environ.get("SURGED_TOKEN"), "since": last}
        try:
            await socket.send(json.dumps({key: it for key, it in hello.items() if it is not None}))
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] == "error":
                    print(f"instruction {message.get('ref')}: {message['message']}", file=sys.stderr, flush=True)
                asked = message.get("instructions", [])  # of a state: those that are open
                for one in [message] if message["type"] == "instruction" else asked:
                    if one["id"] not in known and not one.get("seen_by"):
                        known.add(one["id"])
                        show(one)
                        await socket.send(json.dumps({"type": "seen", "instruction": one["id"], "ref": one["id"]}))
                if message["type"] != "welcome":
                    last = message.get("seq", last)
                elif message["log"] != log:  # the first time, or another duty log: numbers begin anew
                    last, log = message["seq"], message["log"]
                    known.clear()
        except websockets.ConnectionClosed as end:
            if end.rcvd and end.rcvd.code in NOT_AGAIN:
                sys.exit(f"{NOT_AGAIN[end.rcvd.code]}: {end.rcvd.reason}")
            print(f"the session ended: {end}", file=sys.stderr, flush=True)


def show(it):
    who = ", ".join(it["people"]) or str(it["seats"]["ask"])
    note = " (not in the duty log: note it by hand)" if it.get("unlogged") else ""
    print(f"{it['at']} {it['queue']}: {it['action']} {it['tier']}: {who}{note}", flush=True)


if __name__ == "__main__":
    asyncio.run(attend(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8470/floor"))
