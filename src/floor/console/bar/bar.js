// The bar on top: the floor's clock, every queue in one glance, and what the page itself can do.

import { h, icon, mark, redraw, renew, say } from '../dom.js';
import { moodOn } from '../queue/queue.js';
import { worstFirst } from '../queue/order.js';
import { queuesOf } from '../store.js';

/** So many queues in one glance at most; the page tells of all. */
const GLANCED = 5;

/** How many of these widths fit side by side; where not all do, or `others` stand behind them, the word of how many more must fit as well. Pure. */
export function fitting(widths, room, gap, more, others = 0) {
  const used = (n) => widths.slice(0, n).reduce((sum, width) => sum + width + gap, -gap);
  if (others === 0 && used(widths.length) <= room) return widths.length;
  let n = widths.length;
  while (n > 0 && used(n) + gap + more > room) n -= 1;
  return n;
}

export class Bar {
  #time = h('time', { class: 'clock' });
  #day = h('span', { class: 'day' });
  #glance = h('ul', { class: 'glance' });
  #more = h('li', { class: 'glance-more' }, icon('unknown'), h('b'), h('span', { class: 'unseen' }));
  #tools = h('div', { class: 'tools' });
  /** Whether not all of them fit: then those that need somebody come first. */
  #tight = false;
  #page = null;
  #measured = '';

  /** `acts`: what the buttons do, `{bell, log, handover, orders, keys, settings}`. */
  constructor(root, acts) {
    this.acts = acts;
    root.append(h('h1', { class: 'brand' }, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, 'surged')), this.#glance, h('p', { class: 'now' }, this.#day, this.#time), this.#tools);
    new ResizeObserver(() => this.#fit(true)).observe(this.#glance);
    document.fonts.addEventListener('loadingdone', () => this.#fit(true));
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    this.#page = page;
    this.#look();
    this.#fit();
    const { words, bell } = page;
    renew(this.#tools, [page.look, bell.on, page.mayOrder], () => !page.wall && [
      tool(bell.on ? 'bell' : 'bell_off', words.t(bell.on ? 'bar.bell_on' : 'bar.bell_off'), this.acts.bell, String(bell.on)),
      tool('book', words.t('log.book'), this.acts.log),
      tool('sign', words.t('handover.title'), this.acts.handover),
      page.mayAnswer && tool('keys', words.t('keys.title'), this.acts.keys),
      page.mayOrder && tool('orders', words.t('orders.title'), this.acts.orders),
      tool('gear', words.t('settings.title'), this.acts.settings),
    ]);
    this.tick(page);
  }

  /** Every queue there is, in the order in which they stand here. */
  #names() {
    const { state, stood } = this.#page;
    const all = queuesOf(state);
    return this.#tight || all.length > GLANCED ? worstFirst(state, stood) : all.map(({ queue }) => queue);
  }

  #look() {
    const page = this.#page;
    const { state, words } = page;
    const all = this.#names();
    const names = all.slice(0, GLANCED);
    mark(this.#glance, 'data-alone', all.length === 1);
    renew(this.#glance, [names.length], () => [...names.map(() => h('li', {}, icon('unknown'), h('b'), h('span', { class: 'glance-name' }), h('span', { class: 'unseen' }))), this.#more]);
    names.forEach((name, i) => {
      const [sign, depth, called, felt] = this.#glance.children[i].children;
      const mood = moodOn(page, name);
      const another = called.textContent !== words.name('queue', name);
      mark(this.#glance.children[i], 'data-mood', mood);
      redraw(sign, mood);
      say(called, words.name('queue', name));
      say(felt, words.t(`mood.${mood}`));
      if (another || page.numbers) say(depth, String(state.queues[name].waiting ?? '–'));
    });
  }

  /** Shows what fits, and how many more there are, in the mood of the worst of those. Measured only where a width can have changed. */
  #fit(anew = false) {
    if (!this.#page) return;
    const { words } = this.#page;
    const all = this.#names();
    const pills = [...this.#glance.children].slice(0, -1);
    const from = JSON.stringify([words.language, all.length, pills.map((pill) => [pill.children[2].textContent, pill.children[1].textContent.length])]);
    let n = pills.filter((pill) => !pill.hasAttribute('data-out')).length;
    if (anew || from !== this.#measured) {
      this.#measured = from;
      mark(this.#more, 'data-out', false);
      mark(this.#glance, 'data-narrow', false);
      const gap = Number.parseFloat(getComputedStyle(this.#glance).columnGap) || 0;
      n = fitting(pills.map((pill) => pill.offsetWidth), this.#glance.clientWidth, gap, this.#more.offsetWidth, all.length - pills.length);
      // The worst is named in any case: where even its name is too long, it is cut.
      mark(this.#glance, 'data-narrow', n === 0);
      n = Math.max(n, Math.min(1, pills.length));
      pills.forEach((pill, i) => mark(pill, 'data-out', i >= n));
    }
    const tight = n < pills.length;
    const more = all.length - n;
    mark(this.#more, 'data-out', more === 0);
    if (more > 0) {
      const mood = moodOn(this.#page, all[n]);
      mark(this.#more, 'data-mood', mood);
      redraw(this.#more.children[0], mood);
      say(this.#more.children[1], `+${more}`);
      say(this.#more.children[2], `${words.t(`mood.${mood}`)} · ${words.name('queue', all[n])}`);
    }
    if (tight === this.#tight) return;
    this.#tight = tight;
    this.#look();
    this.#fit();
  }

  tick({ words, clock }) {
    say(this.#time, words.time(clock.now(), true));
    say(this.#day, words.day(clock.now()));
  }
}

function tool(sign, name, act, pressed = null) {
  return h('button', { type: 'button', class: 'tool', 'data-k': sign, 'aria-pressed': pressed, title: name, on: { click: act } }, icon(sign), h('span', {}, name));
}
