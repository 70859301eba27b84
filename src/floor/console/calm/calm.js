// What the day has been: the face of a calm one, the proof of shadow, and how much a supervisor was asked.

import { alike } from '../alike.js';
import { h, icon, renew } from '../dom.js';
import { idleOf } from '../cards/cards.js';
import { isBehind, openInstructions, queuesOf, realMoves } from '../store.js';

const AGAIN_MS = 60_000;
/** So long after something was asked at the latest the page knows how much that makes: whoever reads it reads the whole shift. */
const ASKED_MS = 15_000;

/**
 * The day in numbers, out of a shift's summary and how things stand now: `{surges, peak, people, out, shadow}`. Pure.
 * @param {any} summary
 * @param {import('../store.js').State} state
 */
export function dayOf(summary, state) {
  const out = queuesOf(state).flatMap(realMoves).reduce((sum, move) => sum + move.seats, 0);
  const peaks = summary.surges.map((surge) => surge.peak ?? 0);
  return { surges: summary.surges.length, peak: Math.max(0, ...peaks), people: summary.moved.reduce((sum, it) => sum + it.seats, 0), out, shadow: summary.shadow ?? [] };
}

/**
 * Whether people were asked for since a summary was drawn up: what it says of how much is asked is older then. Pure.
 * @param {any} summary
 * @param {import('../store.js').State} state
 */
export function wasAsked(summary, { book, known }) {
  const last = book.findLast((entry) => entry.kind === 'instruction' && known[entry.id]?.action !== 'stand_down');
  return summary !== null && last !== undefined && Date.parse(last.at) > Date.parse(summary.to);
}

export class CalmDay {
  #call;
  #asked = 0;
  #knew = null;
  /** What was read last, for whoever shows some of it. */
  summary = null;
  element = h('div', { class: 'calm-day' });

  /** `call(path)` reads over HTTP. */
  constructor(root, call) {
    this.#call = call;
    root.firstElementChild.after(this.element);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words } = page;
    const idle = openInstructions(state).length === 0 ? idleOf(page) : null;
    if (state.whole && !page.stale) this.#read(page, ['calm', 'shadow'].includes(idle));
    const day = ['calm', 'shadow'].includes(idle) && this.summary ? dayOf(this.summary, state) : null;
    renew(this.element, [page.look, idle, day], () => day && h('ul', { class: 'day-facts' },
      idle === 'calm' && (day.surges === 0
        ? h('li', {}, icon('calm'), words.t('day.quiet'))
        : [
          h('li', {}, h('b', {}, day.surges), ' ', words.t('day.surges', { n: day.surges })),
          h('li', {}, h('b', {}, day.peak), ' ', words.t('day.peak')),
          h('li', {}, h('b', {}, day.people), ' ', words.t(day.out === 0 ? 'day.all_back' : 'day.moved', { n: day.out })),
        ]),
      day.shadow.map(({ queue, would_call: would, called }) => h('li', { class: 'proof' }, icon('shadow'), words.t('day.shadow', { queue: words.name('queue', queue), would, called })))));
  }

  /** Asked again where something has happened since in a time of which it is shown, and now and then. */
  async #read({ state, changed }, shown) {
    const now = Date.now();
    // Which surge a call is of the summary tells, once it knows of that call.
    const behind = this.summary !== null && queuesOf(state).some((queue) => isBehind(queue, this.summary));
    const asked = wasAsked(this.summary, state);
    if (now - this.#asked < (shown || behind ? AGAIN_MS / 10 : asked ? ASKED_MS : AGAIN_MS)) return;
    // Of what is decided in shadow a page is told by its moves alone.
    const knows = [state.seq, queuesOf(state).map((queue) => (queue.moves ?? []).filter((move) => move.shadow).map((move) => move.instruction))];
    if (now - this.#asked < AGAIN_MS && alike(knows, this.#knew)) return;
    this.#asked = now;
    this.#knew = knows;
    try {
      this.summary = (await this.#call('shift')).summary;
    } catch {
      // Whose token is for some queues may not read the shift; the page goes without.
      this.summary = null;
    }
    changed();
  }
}
