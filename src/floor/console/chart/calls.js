// What was called while the chart looks back, and what the depth did after it. Pure.

import { takesBack } from '../store.js';

/** So long after a call its effect is looked for, unless another call comes before; sooner than that nobody can tell. */
const EFFECT_MS = 10 * 60_000;
const SOON_MS = 60_000;

/**
 * The calls of a queue since a moment, oldest first: `{at, tier, before, after, took_s}`. `before`: the depth when it was called;
 * `after`: the depth by now, or when the next one was called, `took_s` later; both `null` where nobody could see, or it is too soon.
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
  const before = depthAt(points, from);
  const after = to - from < SOON_MS ? null : depthAt(points, to);
  return before === null || after === null ? { before, after: null, took_s: null } : { before, after, took_s: (to - from) / 1000 };
}

/** How many waited at a moment; `null` where nobody could see. */
function depthAt(points, moment) {
  return points.findLast(([at]) => at <= moment)?.[1] ?? null;
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
