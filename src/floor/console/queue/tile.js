// A queue in one line: how it is, how many wait, its name, and what there is to do.

import { h, icon, renew } from '../dom.js';
import { moodOn } from './queue.js';
import { headline } from '../log.js';
import { floorOf, inTrouble } from '../store.js';
import { span } from '../words.js';

export class Tile {
  #open;

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
    this.element.dataset.mood = mood;
    this.element.toggleAttribute('data-loud', loud);
    const asked = (floorOf(state).openOf.get(this.name) ?? []).find((it) => !it.seen_by || it.unanswered) ?? null;
    const facts = [queue.waiting, loud ? queue.longest_wait_s : null, queue.next?.tier];
    renew(this.element, [page.look, mood, loud, facts, asked?.id], () => {
      const line = asked ? headline(words, asked) : mood === 'building' && queue.next ? words.t('next.then', { tier: words.name('tier', queue.next.tier) }) : null;
      const inner = [
        icon(mood), h('b', { class: 'tile-depth' }, queue.waiting ?? '–'),
        h('span', { class: 'tile-name' }, words.name('queue', this.name)),
        h('span', { class: loud ? 'tile-mood' : 'unseen' }, words.t(`mood.${mood}`), loud && line && ` · ${line}`, loud && queue.longest_wait_s > 0 && ` · ${span(queue.longest_wait_s)}`),
      ];
      return page.wall ? h('div', { class: 'tile-line' }, inner) : h('button', { type: 'button', class: 'tile-line', 'data-k': `open-${this.name}`, on: { click: this.#open } }, inner);
    });
  }

  remove() {
    this.element.remove();
  }
}
