// The bar on top: the floor's clock, every queue in one glance, and what the page itself can do.

import { h, icon, renew, say } from './dom.js';
import { moodOf, queuesOf } from './store.js';

export class Bar {
  #time = h('time', { class: 'clock' });
  #day = h('span', { class: 'day' });
  #glance = h('ul', { class: 'glance' });
  #tools = h('div', { class: 'tools' });

  /** `acts`: what the buttons do, `{bell, log, handover, orders, settings}`. */
  constructor(root, acts) {
    this.acts = acts;
    root.append(h('h1', { class: 'brand' }, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), h('span', {}, 'surged')), this.#glance, h('p', { class: 'now' }, this.#day, this.#time), this.#tools);
  }

  render(page) {
    const { state, words, bell } = page;
    const queues = queuesOf(state).map((queue) => [queue.queue, queue.waiting, moodOf(state, queue.queue)]);
    // Where not all of them fit, those that need somebody come first.
    if (queues.length > 4) queues.sort((a, b) => urgency(b[2]) - urgency(a[2]));
    renew(this.#glance, JSON.stringify([page.look, queues]), () => queues.map(([name, waiting, mood]) => h('li', { 'data-mood': mood },
      icon(mood), h('b', {}, waiting ?? '–'), h('span', { class: 'glance-name' }, words.name('queue', name)), h('span', { class: 'unseen' }, words.t(`mood.${mood}`)))));
    renew(this.#tools, JSON.stringify([page.look, bell.on, page.mayOrder]), () => !page.wall && [
      tool(bell.on ? 'bell' : 'bell_off', words.t(bell.on ? 'bar.bell_on' : 'bar.bell_off'), this.acts.bell, String(bell.on)),
      tool('book', words.t('log.book'), this.acts.log),
      tool('sign', words.t('handover.title'), this.acts.handover),
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

function urgency(mood) {
  return ['calm', 'unknown', 'release', 'paused', 'in_hand', 'ease', 'building', 'blind', 'approval', 'ask'].indexOf(mood);
}

function tool(sign, name, act, pressed = null) {
  return h('button', { type: 'button', class: 'tool', 'data-k': sign, 'aria-pressed': pressed, title: name, on: { click: act } }, icon(sign), h('span', {}, name));
}
