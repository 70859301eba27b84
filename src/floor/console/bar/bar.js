// The bar on top: the floor's clock, every queue in one glance, and what the page itself can do.

import { h, icon, mark, redraw, renew, say } from '../dom.js';
import { moodOn } from '../queue/queue.js';
import { worstFirst } from '../queue/order.js';
import { queuesOf } from '../store.js';

/** So many queues in one glance; the page tells of all. */
const GLANCED = 5;

export class Bar {
  #time = h('time', { class: 'clock' });
  #day = h('span', { class: 'day' });
  #glance = h('ul', { class: 'glance' });
  #tools = h('div', { class: 'tools' });

  /** `acts`: what the buttons do, `{bell, log, handover, orders, keys, settings}`. */
  constructor(root, acts) {
    this.acts = acts;
    root.append(h('h1', { class: 'brand' }, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, 'surged')), this.#glance, h('p', { class: 'now' }, this.#day, this.#time), this.#tools);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words, bell } = page;
    // Where not all of them fit, those that need somebody come first.
    const all = queuesOf(state).length > GLANCED - 1 ? worstFirst(state, page.stood) : queuesOf(state).map(({ queue }) => queue);
    const names = all.slice(0, GLANCED);
    renew(this.#glance, [names.length], () => names.map(() => h('li', {}, icon('unknown'), h('b'), h('span', { class: 'glance-name' }), h('span', { class: 'unseen' }))));
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

  tick({ words, clock }) {
    say(this.#time, words.time(clock.now(), true));
    say(this.#day, words.day(clock.now()));
  }
}

function tool(sign, name, act, pressed = null) {
  return h('button', { type: 'button', class: 'tool', 'data-k': sign, 'aria-pressed': pressed, title: name, on: { click: act } }, icon(sign), h('span', {}, name));
}
