// What was called while the chart looks back, and what the depth did after it. Pure.

import { takesBack } from '../store.js';

/** So long after a call its effect is looked for, unless another call comes before. */
const EFFECT_MS = 10 * 60_000;

/**
 * The calls of a queue since a moment, oldest first: `{at, tier, before, after, took_s}`. `before`: the depth when it was called;
 * `after`: the least that waited until the next call, and `took_s` how long that took; both `null` where nobody could see.
 * @param {import('../store.js').State} state
 * @param {string} name
 * @param {number} since
 * @param {number} now
 */
export function callsOf(state, name, since, now) {
  const points = state.history[name] ?? [];
  const tiers = new Map();
  for (const it of Object.values(state.known)) {
    if (it.queue === name && it.at && it.action && !takesBack(it) && !it.shadow) tiers.set(it.id, { at: Date.parse(it.at), tier: it.tier });
  }
  for (const move of state.queues[name]?.moves ?? []) {
    if (!move.shadow) tiers.set(move.instruction, { at: Date.parse(move.issued), tier: move.tier });
  }
  const calls = [...tiers.values()].filter(({ at }) => at >= since && at <= now).sort((a, b) => a.at - b.at);
  return calls.map((call, i) => ({ ...call, ...effect(points, call.at, Math.min(call.at + EFFECT_MS, calls[i + 1]?.at ?? Infinity, now)) }));
}

function effect(points, from, to) {
  const before = points.findLast(([at]) => at <= from)?.[1] ?? null;
  let least = null;
  for (const [at, depth] of points) {
    if (at > from && at <= to && depth !== null && (least === null || depth < least[1])) least = [at, depth];
  }
  return before === null || least === null ? { before, after: null, took_s: null } : { before, after: least[1], took_s: (least[0] - from) / 1000 };
}

/**
 * How much more wait than so many milliseconds ago; `null` where that is not known.
 * @param {[number, number | null][]} points
 */
export function trendOf(points, now, ms) {
  const last = points.at(-1);
  const then = points.findLast(([at]) => at <= now - ms);
  return last?.[1] == null || then?.[1] == null ? null : last[1] - then[1];
}
