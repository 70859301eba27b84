// "Done" was said, and the phones do not show it: are they there?

import { h, icon, mark, renew } from '../dom.js';
import { Answer, leaveAll } from './answer.js';
import { endOf } from './ended.js';
import { AFTERGLOW_MS, overCard, settle, staysOver } from './over.js';
import { doneAsAsked, grace, question, sending, trouble } from './pieces.js';
import { answerForm } from './forms.js';
import { fromWords, nearWords } from '../reason.js';
import { askedFor, doubtsOf } from '../store.js';

export class Doubts {
  #list = h('ol', { class: 'cards doubts' });
  #cards = new Map();

  constructor(root) {
    root.append(this.#list);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const doubts = doubtsOf(page.state);
    const ids = new Set(doubts.map((move) => move.instruction));
    for (const [id, card] of this.#cards) if (!ids.has(id)) this.#retire(page, id, card);
    for (const move of doubts) this.#show(page, move);
  }

  /** Sends every answer that is still in its moment of grace. */
  flush() {
    for (const { answer } of this.#cards.values()) answer.flush();
  }

  /** Another duty log: every card goes, and what was said on one and has not counted is given back. */
  forget() {
    const all = [...this.#cards.values()];
    for (const { element } of all) element.remove();
    this.#cards.clear();
    return leaveAll(all.map(({ answer }) => answer));
  }

  /**
   * It is no question any more: the phones show them, or somebody has said. What this person was about to say as well need not be said;
   * what else they have said stays until they have read what became of it.
   * @param {import('../main.js').Page} page
   */
  #retire(page, id, card) {
    const { element, answer, move, seq } = card;
    const end = endOf(page.state, id, seq);
    if (end === null && answer.grace?.message.type === 'done') answer.undo();
    const met = settle(page.state, answer, end);
    if (met) {
      Object.assign(card, { met, until: Date.now() + AFTERGLOW_MS });
      setTimeout(() => page.changed(), AFTERGLOW_MS + 50);
    }
    if (!staysOver(answer) && Date.now() >= card.until) {
      element.remove();
      this.#cards.delete(id);
      return;
    }
    element.dataset.state = 'gone';
    renew(element, ['gone', page.look, page.link.state, answer.face, end, card.met], () => overCard(page, move, answer, { end, met: card.met }));
  }

  /** @param {import('../main.js').Page} page */
  #show(page, move) {
    const id = move.instruction;
    if (!this.#cards.has(id)) {
      const answer = new Answer({ id: `doubt-${id}`, subject: { instruction: id }, seats: move.seats, people: move.people }, page.ask, page.changed);
      const card = { element: h('li', { class: 'card', 'data-doubt': id }), answer, seq: page.state.seq, met: null, until: 0 };
      this.#cards.set(id, card);
      this.#list.append(card.element);
    }
    const card = this.#cards.get(id);
    const { element, answer } = card;
    card.move = move;
    mark(element, 'data-state', 'doubt');
    if (answer.form === 'left' || answer.grace?.message.type === 'left') answer.leftToo(page.state);
    renew(element, [page.look, page.mayAnswer, page.link.state, move, answer.face], () => cardOf(page, move, answer));
  }
}

/** @param {import('../main.js').Page} page */
function cardOf(page, move, answer) {
  const { words } = page;
  const n = askedFor(move);
  const people = move.people ?? [];
  return [
    h('div', { class: 'card-head' },
      h('span', { class: 'card-count' }, icon('unknown'), h('b', {}, n)),
      h('div', { class: 'card-what' },
        h('p', { class: 'verb' }, words.t('doubt.title')),
        h('h3', {}, fromWords(words, move)),
        h('p', { class: 'for' }, words.t('card.for', { queue: words.name('queue', move.queue) })))),
    people.length > 0 && h('ul', { class: 'people' }, people.map((person) => h('li', {}, person))),
    h('p', { class: 'why' }, move.shown === null ? words.t('doubt.why') : words.t('doubt.why_shown', { n, shown: move.shown })),
    move.near.length > 0 && h('p', { class: 'why' }, nearWords(words, move.near)),
    page.mayAnswer && answering(page, move, answer),
  ];
}

/** @param {import('../main.js').Page} page */
function answering(page, move, answer) {
  const { words } = page;
  if (answer.question) return question(page, answer);
  if (answer.grace) return grace(page, answer);
  if (answer.sending) return sending(page, answer);
  const button = (name, text, act, look = '') => h('button', { type: 'button', class: look, 'data-k': `${answer.id}-${name}`, on: { click: act } }, text);
  if (answer.form) {
    return h('div', { class: 'answer' }, answerForm(page, move, answer), button('back', words.t('act.back'), () => answer.open(answer.form), 'quiet'));
  }
  return h('div', { class: 'answer' },
    trouble(words, answer),
    h('div', { class: 'settle' },
      button('there', [icon('in_hand'), words.t('doubt.there', { n: askedFor(move) })], () => answer.later(doneAsAsked(move)), 'done'),
      button('fewer', words.t('doubt.fewer'), () => answer.open('done')),
      button('left', words.t('doubt.left'), () => answer.open('left'))));
}
