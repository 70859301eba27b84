// What a state means that tells only what changed, as `hello` asked for it: each queue and each open instruction is put together again
// from what was known of it. Waits that grow are counted here, from when they began.

/**
 * The same state with whole queues, and all open instructions of each.
 * @param {import('./store.js').State} state
 */
export function madeWhole(state, message) {
  if (!message.changes) return message;
  const changed = new Map((message.instructions ?? []).map((it) => [it.id, it]));
  const instructions = [];
  const queues = message.queues.map(({ open, ...fields }) => {
    const ids = open ?? Object.values(state.open).filter((it) => it.queue === fields.queue).map((it) => it.id);
    // Of what nobody has told what it is the instruction itself comes in a moment.
    for (const id of ids) if (state.known[id] ?? state.open[id] ?? changed.get(id)?.action) instructions.push({ ...state.known[id], ...state.open[id], ...changed.get(id) });
    return { ...state.queues[fields.queue], ...fields };
  });
  return { ...message, queues, instructions };
}

/**
 * Every wait as it is by now; the very same state where none has grown by a second.
 * @param {import('./store.js').State} state
 * @param {number} now milliseconds since 1970, by the floor
 */
export function grown(state, now) {
  const others = {};
  for (const queue of Object.values(state.queues)) {
    if (!queue.longest_wait_since || queue.blind) continue;
    const wait = Math.max(0, Math.floor((now - Date.parse(queue.longest_wait_since)) / 1000));
    if (Math.floor(queue.longest_wait_s ?? 0) !== wait) others[queue.queue] = { ...queue, longest_wait_s: wait };
  }
  return Object.keys(others).length === 0 ? state : { ...state, queues: { ...state.queues, ...others } };
}
