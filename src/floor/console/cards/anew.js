// The duty log has begun anew, and gives the numbers of the old cards to others: what was said on one and has not counted is told, until it
// has been read. None of it goes out.

import { h, icon, renew } from '../dom.js';
import { headline } from '../log.js';
import { sentWords } from './pieces.js';

export class Anew {
  element = h('div', { class: 'anew' });
  #lost = [];

  /**
   * `said`: messages; `before`: the state in which they were said.
   * @param {import('../store.js').State} before
   */
  add(said, before) {
    this.#lost = [...this.#lost, ...said.map((message) => ({ message, it: before.known[message.instruction] ?? null }))];
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const lost = this.#lost;
    renew(this.element, [page.look, lost], () => lost.length > 0 && h('section', { class: 'again', role: 'alert' },
      h('p', {}, h('b', {}, icon('ask'), ' ', page.words.t('error.anew'))),
      h('ul', {}, lost.map((one) => { const [about, rest] = lostWords(page.words, one); return h('li', {}, h('b', {}, about), ' ', rest); })),
      h('div', { class: 'settle' }, h('button', { type: 'button', 'data-k': 'anew-read', on: { click: () => { this.#lost = []; this.render(page); } } }, page.words.t('overruled.read')))));
  }
}

/** What it was said of, and that it has not counted. */
export function lostWords(words, { message, it }) {
  const of = it?.action ? { what: headline(words, it), queue: it.queue } : message.tier ? { what: words.name('tier', message.tier), queue: message.queue } : null;
  const about = of ? words.t('item.instruction', { ...of, queue: words.name('queue', of.queue) }) : `#${message.instruction}`;
  return [about, words.t('again.not_counted', { what: sentWords(words, message) })];
}
