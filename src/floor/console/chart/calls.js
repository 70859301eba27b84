// What was called while the chart looks back, who came, and what the depth did after that. Pure.

import { askedFor, takesBack } from '../store.js';

/** So long after people came their effect is looked for, unless another call comes before; sooner than that nobody can tell. */
const EFFECT_MS = 10 * 60_000;
const SOON_MS = 60_000;

/**
 * The calls of a queue since a moment, oldest first: `{at, tier, came, fate, before, after, took_s}`. `came`: how many, by somebody's word or
 * the phones'; 0: nobody has said so; `null`: that is not known. `fate`: what became of a call by which nobody came. `before`: the depth when they came, or when they were called where
 * nobody did; `after`: the depth by now, or when the next one was called, `took_s` later; both `null` where nobody could see, or it is
 * too soon.
 * @param {import('../store.js').State} state
 * @param {string} name
 * @param {number} since
 * @param {number} now
 */
export function callsOf(state, name, since, now) {
  const points = state.history[name] ?? [];
  const moves = new Map((state.queues[name]?.moves ?? []).filter((move) => !move.shadow).map((move) => [move.instruction, move]));
  const tiers = new Map();
  for (const it of Object.values(state.known)) {
    if (it.queue === name && it.at && it.action && !takesBack(it) && !it.shadow) tiers.set(it.id, { at: Date.parse(it.at), tier: it.tier, came: cameOf(it, moves.get(it.id)), fate: fateOf(state, it) });
  }
  for (const [id, move] of moves) {
    const at = Date.parse(move.issued);
    tiers.set(id, { at, tier: move.tier, came: tiers.get(id)?.came ?? cameOf(state.known[id], move), fate: tiers.get(id)?.fate ?? null });
  }
  const calls = [...tiers.values()].filter(({ at }) => at >= since && at <= now).sort((a, b) => a.at - b.at);
  return calls.map(({ at, tier, came, fate }, i) => {
    const from = came.at ?? at;
    return { at, tier, came: came.n, fate: came.n === 0 ? fate : null, ...effect(points, from, Math.min(from + EFFECT_MS, calls[i + 1]?.at ?? Infinity, now)) };
  });
}

/** Who came for a call, and when they were first known to be there: `{n, at}`. */
function cameOf(known, move) {
  const { done, confirmed, last } = known ?? {};
  const n = done?.seats ?? (confirmed ? askedFor(known) : 0);
  if (n > 0) return { n, at: Date.parse(done?.at ?? confirmed) };
  // The phones show some, or somebody answered before this page was opened.
  return { n: move?.shown > 0 || (move?.answered && !last) ? null : 0, at: null };
}

/**
 * What became of a call: `{code, by?}`: declined, done with nobody, no longer needed, answered by nobody, taken by somebody who is at it;
 * `null`: nobody has it yet, or that is not known.
 * @param {import('../store.js').State} state
 * @param {import('../store.js').Known} call
 */
function fateOf({ known }, { id, last, done, seen_by: taken, closed, unanswered }) {
  if (last?.status === 'declined') return { code: 'declined', by: last.by };
  if (done?.seats === 0) return { code: 'none_came', by: done.by };
  if (Object.values(known).some((it) => it.of === id && it.action === 'stand_down')) return { code: 'stood_down' };
  if (taken && !closed) return { code: 'taken', by: taken };
  return unanswered ? { code: 'unanswered' } : null;
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
