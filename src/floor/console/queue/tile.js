// A queue in one line: how it is, how many wait, its name, and what there is to do.

import { alike } from '../alike.js';
import { h, icon, isSeen, mark, redraw, renew, say, whenSeen } from '../dom.js';
import { moodOn } from './queue.js';
import { headline } from '../log.js';
import { floorOf, inTrouble, waits } from '../store.js';
import { span } from '../words.js';

export class Tile {
  #open;
  #pages;
  /** What its words are drawn from. */
  #from = null;
  #moves = () => {};
  // Of sixty tiles some change all the time: each keeps its pieces, and only what is another is set.
  #sign = icon('unknown');
  #depth = h('b', { class: 'tile-depth' });
  #name = h('span', { class: 'tile-name' });
  #mood = h('span');
  #wait = h('span', { class: 'tile-wait' });

  /** `open()`: shows the queue whole. `pages`: who has to know how high names are. */
  constructor(name, open, pages) {
    this.name = name;
    this.#open = open;
    this.#pages = pages;
    mark(this.#name, 'data-name', name);
    pages.watch(this.#name);
    this.element = h('li', { class: 'tile', 'data-queue': name });
    whenSeen(this.element, () => this.#moves());
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words } = page;
    const queue = state.queues[this.name];
    const mood = moodOn(page, this.name);
    const loud = inTrouble(state, this.name) && !page.stale;
    const quiet = Boolean(queue.quiet);
    renew(this.#name, [page.look, quiet], () => [h('span', {}, words.name('queue', this.name)), quiet && [' ', icon('bell_off'), h('span', { class: 'unseen' }, words.t('quiet.tag'))]]);
    renew(this.element, page.look, () => {
      const inner = [this.#sign, this.#depth, this.#name, this.#wait, this.#mood];
      return page.wall ? h('div', { class: 'tile-line' }, inner) : h('button', { type: 'button', class: 'tile-line', 'data-k': `open-${this.name}`, on: { click: this.#open } }, inner);
    });
    const asked = loud ? (floorOf(state).openOf.get(this.name) ?? []).find(waits) : null;
    const from = [page.look, mood, loud, asked, queue.next?.tier];
    const same = alike(from, this.#from);
    if (!same) {
      this.#from = from;
      mark(this.element, 'data-mood', mood);
      mark(this.element, 'data-loud', loud);
      redraw(this.#sign, mood);
      mark(this.#mood, 'class', loud ? 'tile-mood' : 'unseen');
      say(this.#mood, loud ? toDo(words, queue, mood, asked) : words.t(`mood.${mood}`));
    }
    this.#moves = () => this.#move(queue, loud);
    if (!same || (page.numbers && isSeen(this.element))) this.#moves();
  }

  /** What moves with every reading. */
  #move(queue, loud) {
    const depth = String(queue.waiting ?? '–');
    mark(this.#depth, 'data-digits', depth.length > 2 && depth.length);
    say(this.#depth, depth);
    say(this.#wait, loud && queue.longest_wait_s > 0 ? span(queue.longest_wait_s) : '');
  }

  remove() {
    this.#pages.unwatch(this.#name);
    this.element.remove();
  }
}

/** How it is and what comes of it, in a few words. */
function toDo(words, queue, mood, asked) {
  const line = asked ? headline(words, asked) : mood === 'building' && queue.next ? words.t('next.then', { tier: words.name('tier', queue.next.tier) }) : null;
  return [words.t(`mood.${mood}`), line].filter(Boolean).join(' · ');
}
