// How an instruction ended on which somebody may be about to say something; whether that is what they say; and whether it can still be
// said. Pure.

import { askedFor, takesBack } from '../store.js';

/**
 * How it ended: somebody `said` so (`status`, as an answer's), the phones have `shown` it, its people are `freed`, `stood_down` or
 * `signed_out` by another instruction (`reason`), `counted` elsewhere, said to be `elsewhere`, or `taken_as_left`; nobody had answered to
 * the last (`unanswered`); of what waits for a yes, that it is not due any more (`lapsed`).
 * @typedef {{ how: string, at?: string, by?: any, status?: string, seats?: number, people?: string[], note?: string, reason?: any, of?: number }} End
 */

/**
 * How an instruction ended that is not open any more; `null`: this page was not told. `since`: what was heard up to there is left aside.
 * @param {import('../store.js').State} state
 * @returns {End | null}
 */
export function endOf(state, id, since = null) {
  /** @type {any} */
  const it = state.known[id] ?? { id };
  const from = Math.max(since ?? -1, it.seq ?? -1);
  for (let i = state.book.length - 1; i >= 0; i -= 1) {
    const end = state.book[i].seq > from ? endBy(state, it, state.book[i]) : null;
    if (end) return end;
  }
  // The feed's word of people who have gone is told to nobody: what else frees them was said, or has waited for its last level.
  const isFreed = since === null && it.action === 'sign_out' && !it.unanswered && state.chain.length > 0 && state.queues[it.queue] !== undefined;
  return isFreed ? { how: 'freed' } : null;
}

/** How an instruction ended by one entry of the book, or nothing. */
function endBy(state, it, entry) {
  const { at, by } = entry;
  switch (entry.kind) {
    case 'answer': return endByAnswer(state, it, entry);
    case 'instruction': {
      const back = state.known[entry.id];
      return back?.of === it.id && takesBack(back) ? { how: back.action === 'sign_out' ? 'signed_out' : 'stood_down', at, reason: back.reason } : null;
    }
    case 'notice':
      if (entry.code === 'taken_as_left' && entry.instruction === it.id) return { how: 'taken_as_left', at };
      if (entry.code !== 'counted') return null;
      return (entry.moves ?? []).filter(({ instruction }) => instruction === it.id || instruction === it.of)
        .map(({ before, after }) => ({ how: 'counted', at, by, seats: takesBack(it) ? sum(before) - sum(after) : sum(after) }))[0] ?? null;
    default: return null;
  }
}

function sum(parts) {
  return (parts ?? []).reduce((all, { seats }) => all + seats, 0);
}

function endByAnswer(state, it, { id, at, by, status, seats, people, note }) {
  if (id === it.id || (id === it.of && it.action === 'stand_down' && status === 'done')) {
    if (status === 'confirmed') return { how: 'shown', at, seats: it.done?.seats ?? askedFor(it) };
    if (status === 'unanswered') return takesBack(it) ? { how: 'unanswered', at } : null;
    return ['done', 'declined', 'left'].includes(status) ? { how: 'said', at, by, status, seats, people, note } : null;
  }
  const taken = status === 'done' ? (people ?? []).filter((person) => it.people?.includes(person)) : [];
  return taken.length > 0 ? { how: 'elsewhere', at, by, people: taken, of: id } : null;
}

const YES = { approved: 'approved', approval_refused: 'refused' };

/**
 * What became of a tier that waited for a yes: a leader's word, this person's own as well, or that it is not due any more.
 * @param {import('../store.js').State} state
 * @returns {End | null}
 */
export function endOfYes(state, { queue, tier, since }) {
  const entry = state.book.findLast((it) => it.kind === 'notice' && it.queue === queue && it.tier === tier && (it.code in YES || it.code === 'approval_lapsed') && !(Date.parse(it.at) < Date.parse(since)));
  if (!entry) return null;
  return entry.code in YES ? { how: 'said', status: YES[entry.code], by: entry.by, at: entry.at } : { how: 'lapsed', at: entry.at };
}

/** How many an answer speaks for; without a number for as many as were asked for. */
export function seatsOf(state, { id, seats, people }) {
  return seats ?? people?.length ?? askedFor(state.known[id] ?? {});
}

/** Whom an answer names, as one text; `null`: nobody knows whom it means. */
export function peopleOf(state, { id, seats, people }) {
  const asked = state.known[id]?.people ?? [];
  const known = people ?? (seats === undefined || seats === asked.length ? asked : []);
  return known.length > 0 ? [...known].sort().join() : null;
}

/** Whether two answers that bring people, or two that take some away, are of the same number, and of the same people as far as they are named. */
function sameOf(state, one, other) {
  const [mine, theirs] = [one, other].map((it) => peopleOf(state, it));
  return seatsOf(state, one) === seatsOf(state, other) && (mine === null || theirs === null || mine === theirs);
}

/**
 * Whether how an instruction ended is what this person is about to say of it: then nothing is left to be said. `message`: as it would be
 * sent.
 * @param {import('../store.js').State} state
 * @param {End | null} end
 */
export function agrees(state, message, end) {
  if (!end) return false;
  const id = message.instruction;
  const mine = { id, seats: message.seats, people: message.people };
  const theirs = { id, seats: end.seats, people: end.people };
  const isNone = message.type === 'decline' || (message.type === 'done' && seatsOf(state, mine) === 0);
  switch (end.how) {
    case 'said':
      if (message.type === 'approve' || message.type === 'refuse') return end.status === (message.type === 'approve' ? 'approved' : 'refused');
      if (end.status === 'declined' || (end.status === 'done' && seatsOf(state, theirs) === 0)) return isNone;
      return !isNone && message.type === end.status && sameOf(state, mine, theirs);
    case 'shown': case 'counted': return message.type === 'done' && seatsOf(state, mine) === end.seats;
    case 'freed': return message.type === 'done';
    // Nobody stays, whoever says so.
    case 'stood_down': case 'signed_out': return isNone;
    case 'taken_as_left': return message.type === 'left';
    default: return false;
  }
}

/**
 * Whether what somebody wants to say of an instruction would still be taken, though it may have ended.
 * @param {import('../store.js').State} state
 */
export function mayStillSay(state, message) {
  const id = message.instruction;
  const it = state.known[id];
  if (message.type === 'left' && message.people && !areOnMove(state, message)) return false;
  if (!it || state.open[id]) return true;
  if (takesBack(it) || !['done', 'decline', 'left'].includes(message.type)) return false;
  const { how, status, seats } = endOf(state, id) ?? {};
  const isBack = how === 'stood_down' || (how === 'said' && (status === 'declined' || (status === 'done' && seats === 0)));
  // Who comes all the same is put back, unless others were called in their place.
  if (isBack) return message.type === 'done' && seatsOf(state, { id, ...message }) > 0 && !isCalledAgain(state, it);
  const { moves = [] } = state.queues[it.queue] ?? {};
  return how === 'shown' || (how === 'said' && status === 'done') || (how !== 'signed_out' && moves.some(({ instruction }) => instruction === id));
}

/** Whether all who are said to have left stand on the move still, as far as it names anybody. */
function areOnMove(state, { instruction, people }) {
  const on = Object.values(state.queues).flatMap(({ moves }) => moves ?? []).find((move) => move.instruction === instruction)?.people ?? [];
  return on.length === 0 || people.every((person) => on.includes(person));
}

function isCalledAgain(state, { id, queue, tier }) {
  const { moves = [], leaving = [] } = state.queues[queue] ?? {};
  return [...moves, ...leaving].some((move) => move.tier === tier && move.instruction !== id && !move.shadow);
}
