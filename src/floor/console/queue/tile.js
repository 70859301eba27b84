// A queue in one line: how it is, how many wait, its name, and what there is to do.

import { h, icon, mark, redraw, renew, say } from '../dom.js';
import { moodOn } from './queue.js';
import { headline } from '../log.js';
import { floorOf, inTrouble } from '../store.js';
import { span } from '../words.js';

export class Tile {
  #open;
  // Of sixty tiles some change all the time: each keeps its pieces, and only what is another is set.
  #sign = icon('unknown');
  #depth = h('b', { class: 'tile-depth' });
  #mood = h('span');
  #wait = h('span', { class: 'tile-wait' });

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
    const quiet = Boolean(queue.quiet);
    renew(this.element, [page.look, quiet], () => {
      const inner = [
        this.#sign, this.#depth,
        h('span', { class: 'tile-name' }, words.name('queue', this.name), quiet && [' ', icon('bell_off'), h('span', { class: 'unseen' }, words.t('quiet.tag'))]),
        this.#wait, this.#mood,
      ];
      return page.wall ? h('div', { class: 'tile-line' }, inner) : h('button', { type: 'button', class: 'tile-line', 'data-k': `open-${this.name}`, on: { click: this.#open } }, inner);
    });
    const depth = String(queue.waiting ?? '–');
    redraw(this.#sign, mood);
    mark(this.#depth, 'data-digits', depth.length > 2 && depth.length);
    say(this.#depth, depth);
    mark(this.#mood, 'class', loud ? 'tile-mood' : 'unseen');
    say(this.#mood, loud ? this.#toDo(page, queue, mood) : words.t(`mood.${mood}`));
    say(this.#wait, loud && queue.longest_wait_s > 0 ? span(queue.longest_wait_s) : '');
  }

  remove() {
    this.element.remove();
  }

  /**
   * How it is and what comes of it, in a few words.
   * @param {import('../main.js').Page} page
   */
  #toDo({ state, words }, queue, mood) {
    const asked = (floorOf(state).openOf.get(this.name) ?? []).find((it) => !it.seen_by || it.unanswered);
    const line = asked ? headline(words, asked) : mood === 'building' && queue.next ? words.t('next.then', { tier: words.name('tier', queue.next.tier) }) : null;
    return [words.t(`mood.${mood}`), line].filter(Boolean).join(' · ');
  }
}
