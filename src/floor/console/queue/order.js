// In which order queues stand: the worst first, and none hops with every caller.

import { queuesByTrouble, rankOf } from '../store.js';

/** Which of those that are alike stands first, and which is better by now, is looked at anew so often: nobody reads a list that hops. */
const ORDER_MS = 5_000;

export class Order {
  /** How bad each was when they were last put in order, in that order. */
  #stood = new Map();
  #at = -Infinity;

  /**
   * Puts them in order anew where it is time; how they stood then.
   * @param {import('../store.js').State} state
   */
  stood(state, now = performance.now()) {
    if (now - this.#at >= ORDER_MS) {
      this.#stood = new Map(queuesByTrouble(state).map(({ queue }) => [queue, rankOf(state, queue)]));
      this.#at = now;
    }
    return this.#stood;
  }
}

/**
 * How bad a queue counts in the order: what is worse counts at once, what is better when they are next put in order.
 * @param {import('../store.js').State} state
 * @param {Map<string, number>} stood
 */
export const heldRank = (state, name, stood) => Math.min(rankOf(state, name), stood.get(name) ?? Infinity);

/**
 * The names of all queues, the worst first; those that are as bad stay in the order in which they stood. Pure.
 * @param {import('../store.js').State} state
 * @param {Map<string, number>} stood
 */
export function worstFirst(state, stood) {
  const places = new Map([...stood.keys()].map((name, i) => [name, i]));
  const all = queuesByTrouble(state).map(({ queue }) => ({ queue, rank: heldRank(state, queue, stood), place: places.get(queue) ?? stood.size }));
  return all.sort((a, b) => a.rank - b.rank || a.place - b.place).map(({ queue }) => queue);
}
