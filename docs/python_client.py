#!/usr/bin/env python3
"""Prints what the floor is asked to do, and answers "seen": SURGED_TOKEN=surged_... python_client.py [URL]"""
import asyncio, json, os, sys
import websockets

async def attend(url):
    last, known, log = None, set(), None
    async for socket in websockets.connect(url, subprotocols=["surged.v1"], max_size=None):  # connects anew by itself
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
                        who = ", ".join(one["people"]) or one["seats"]["ask"]
                        note = " (not in the duty log: note it by hand)" if one.get("unlogged") else ""
                        print(f"{one['at']} {one['queue']}: {one['action']} {one['tier']}: {who}{note}", flush=True)
                        await socket.send(json.dumps({"type": "seen", "instruction": one["id"], "ref": one["id"]}))
                if message["type"] != "welcome":
                    last = message.get("seq", last)
                elif message["log"] != log:  # the first time, or another duty log: numbers begin anew
                    last, log, known = message["seq"], message["log"], set()
        except websockets.ConnectionClosed as end:
            if end.rcvd and end.rcvd.code in (4400, 4401):
                sys.exit(f"not let in: {end.rcvd.reason}")

asyncio.run(attend(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8470/floor"))
