// A queue in one line: how it is, how many wait, its name, and what there is to do.

import { h, icon, mark, renew, say } from '../dom.js';
import { moodOn } from './queue.js';
import { headline } from '../log.js';
import { floorOf, inTrouble } from '../store.js';
import { span } from '../words.js';

export class Tile {
  #open;
  // What moves all the time is set as text; all else is drawn anew only where it is another.
  #depth = h('b', { class: 'tile-depth' });
  #waits = h('span');

  /** `open()`: shows the queue whole. */
  constructor(name, open) {
    this.name = name;
    this.#open = open;
    this.element = h('li', { class: 'tile', 'data-queue': name });
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words } = page;
    const queue = state.queues[this.name];
    const mood = moodOn(page, this.name);
    const loud = inTrouble(state, this.name) && !page.stale;
    mark(this.element, 'data-mood', mood);
    mark(this.element, 'data-loud', loud);
    const asked = loud ? (floorOf(state).openOf.get(this.name) ?? []).find((it) => !it.seen_by || it.unanswered) ?? null : null;
    const quiet = Boolean(queue.quiet);
    say(this.#depth, String(queue.waiting ?? '–'));
    say(this.#waits, loud && queue.longest_wait_s > 0 ? ` · ${span(queue.longest_wait_s)}` : '');
    renew(this.element, [page.look, mood, loud, quiet, loud && queue.next?.tier, asked?.id], () => {
      const line = asked ? headline(words, asked) : mood === 'building' && queue.next ? words.t('next.then', { tier: words.name('tier', queue.next.tier) }) : null;
      const inner = [
        icon(mood), this.#depth,
        h('span', { class: 'tile-name' }, words.name('queue', this.name), quiet && [' ', icon('bell_off'), h('span', { class: 'unseen' }, words.t('quiet.tag'))]),
        h('span', { class: loud ? 'tile-mood' : 'unseen' }, words.t(`mood.${mood}`), loud && line && ` · ${line}`, this.#waits),
      ];
      return page.wall ? h('div', { class: 'tile-line' }, inner) : h('button', { type: 'button', class: 'tile-line', 'data-k': `open-${this.name}`, on: { click: this.#open } }, inner);
    });
  }

  remove() {
    this.element.remove();
  }
}
