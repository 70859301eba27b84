// A calm day's face: what the shift has been so far, where nothing is asked.

import { h, icon, renew } from '../dom.js';
import { idleOf } from '../cards/cards.js';
import { openInstructions, queuesOf, realMoves } from '../store.js';

const AGAIN_MS = 60_000;

/**
 * The day in numbers, out of a shift's summary and how things stand now: `{surges, peak, people, out}`. Pure.
 * @param {any} summary
 * @param {import('../store.js').State} state
 */
export function dayOf(summary, state) {
  const out = queuesOf(state).flatMap(realMoves).reduce((sum, move) => sum + move.seats, 0);
  const peaks = summary.surges.map((surge) => surge.peak ?? 0);
  return { surges: summary.surges.length, peak: Math.max(0, ...peaks), people: summary.moved.reduce((sum, it) => sum + it.seats, 0), out };
}

export class CalmDay {
  #call;
  #summary = null;
  #asked = 0;
  #seq = null;
  element = h('div', { class: 'calm-day' });

  /** `call(path)` reads over HTTP. */
  constructor(root, call) {
    this.#call = call;
    root.firstElementChild.after(this.element);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words } = page;
    const calm = openInstructions(state).length === 0 && idleOf(page) === 'calm';
    if (calm) this.#read(page);
    const day = calm && this.#summary ? dayOf(this.#summary, state) : null;
    renew(this.element, [page.look, day], () => day && h('ul', { class: 'day-facts' }, day.surges === 0
      ? h('li', {}, icon('calm'), words.t('day.quiet'))
      : [
        h('li', {}, h('b', {}, day.surges), ' ', words.t('day.surges', { n: day.surges })),
        h('li', {}, h('b', {}, day.peak), ' ', words.t('day.peak')),
        h('li', {}, h('b', {}, day.people), ' ', words.t(day.out === 0 ? 'day.all_back' : 'day.moved', { n: day.out })),
      ]));
  }

  /** Asked again where something has happened, and now and then. */
  async #read(page) {
    const now = Date.now();
    if (now - this.#asked < (this.#seq === page.state.seq ? AGAIN_MS : AGAIN_MS / 10)) return;
    this.#asked = now;
    this.#seq = page.state.seq;
    try {
      this.#summary = (await this.#call('shift')).summary;
    } catch {
      // Whose token is for some queues may not read the shift; the page goes without.
      this.#summary = null;
    }
    page.changed();
  }
}
