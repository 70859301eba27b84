"""How late queues that became due were told of: what the load `due` finds."""
import json


def lateness(bench, load, peer, system, queues, hold_ms, every_ms, within_ms):
    """Milliseconds of each that came. What never comes, or comes twice, is a fault of surged's (`peer` is None); of a peer's it is said."""
    asked = {"system": system, "queues": queues, "hold_ms": hold_ms, "every_ms": every_ms, "within_ms": within_ms}
    found = json.loads(bench.load(load, json.dumps(asked)))
    if found["missing"] or found["twice"]:
        what = f"{len(found['missing'])} of {len(queues)} never came within {within_ms / 1e3:g} s, {len(found['twice'])} came twice"
        if peer is None or not found["late_ms"]:
            raise RuntimeError(f"{peer or 'surged'}: {what}")
        bench.say(f"{peer}: {what}")
        bench.note(f"{peer}, in one turn: {what}; its numbers of that turn are of the others.")
    return found["late_ms"]
