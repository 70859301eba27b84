// What waits for a leader's yes: a card that asks them, and tells everybody else whom it waits for.

import { countdown, h, icon, renew } from '../dom.js';
import { Answer, leaveAll } from './answer.js';
import { endOfYes } from './ended.js';
import { AFTERGLOW_MS, overCard, settle, staysOver } from './over.js';
import { SIGNS, grace, question, sending, trouble, why } from './pieces.js';
import { answerForm } from './forms.js';
import { askedWords } from '../reason.js';
import { approvalsOf, askedFor } from '../store.js';

export class Approvals {
  #root;
  #list = h('ol', { class: 'cards to-decide' });
  #cards = new Map();

  constructor(root) {
    this.#root = root;
    root.append(this.#list);
  }

  /** Stands before what is asked already where this person's yes is waited for: without it nobody moves. Else behind all that they can answer. */
  #place(first) {
    const next = first ? this.#root.querySelector(':scope > .several') : null;
    // Nothing moves away from under a hand.
    if (this.#list.nextElementSibling !== next && !this.#list.contains(document.activeElement)) this.#root.insertBefore(this.#list, next);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const waiting = approvalsOf(page.state);
    const keys = new Set(waiting.map(keyOf));
    this.#place(page.mayOrder && waiting.some(({ granted }) => !granted));
    for (const [key, card] of this.#cards) if (!keys.has(key)) this.#retire(page, key, card);
    for (const approval of waiting) this.#show(page, approval);
  }

  /** Brings up the card of a yes that somebody was called to; `act`: what they want to say, where more must be asked first. Whether it is there. */
  take(subject, act) {
    const card = this.#cards.get(keyOf(subject));
    if (!card) return false;
    if (act === 'no') card.answer.open('no');
    card.element.scrollIntoView({ block: 'nearest' });
    return true;
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
   * Nothing waits for a yes here any more. What this person has said, and another leader has said otherwise before them, stays until they
   * have read it.
   * @param {import('../main.js').Page} page
   */
  #retire(page, key, card) {
    const { element, answer, approval } = card;
    const end = endOfYes(page.state, approval);
    const met = settle(page.state, answer, end);
    if (met) {
      Object.assign(card, { met, until: Date.now() + AFTERGLOW_MS });
      setTimeout(() => page.changed(), AFTERGLOW_MS + 50);
    }
    if (!staysOver(answer) && Date.now() >= card.until) {
      element.remove();
      this.#cards.delete(key);
      return;
    }
    element.dataset.state = 'gone';
    renew(element, ['gone', page.look, page.link.state, answer.face, end, card.met], () => overCard(page, approval, answer, { end, met: card.met }));
  }

  /** @param {import('../main.js').Page} page */
  #show(page, approval) {
    const key = keyOf(approval);
    if (!this.#cards.has(key)) {
      const { queue, tier } = approval;
      const card = {
        element: h('li', { class: 'card', 'data-approval': key }),
        answer: new Answer({ id: `yes-${key}`, subject: { queue, tier }, seats: approval.seats, people: approval.people }, page.ask, page.changed),
        met: null,
        until: 0,
      };
      this.#cards.set(key, card);
      this.#list.append(card.element);
    }
    const card = this.#cards.get(key);
    const { element, answer } = card;
    card.approval = approval;
    // Another leader was before this one; the card says so.
    if (approval.granted) settle(page.state, answer, endOfYes(page.state, approval));
    element.dataset.state = approval.granted ? 'taken' : page.mayOrder ? 'approval' : 'waits';
    renew(element, [page.look, page.mayOrder, page.link.state, approval, answer.face], () => cardOf(page, approval, answer));
  }
}

function keyOf({ queue, tier }) {
  return `${queue}-${tier}`;
}

/** @param {import('../main.js').Page} page */
function cardOf(page, approval, answer) {
  const { words, state } = page;
  const { granted } = approval;
  const asked = askedWords(words, approval);
  const leader = words.name('role', state.chain.find((level) => level.role === 'shift_leader' || level.role === 'manager')?.role ?? 'shift_leader');
  const title = granted ? words.t('approval.granted', { by: words.person(granted) }) : words.t(page.mayOrder ? 'approval.yours' : 'approval.waits', { role: leader });
  return [
    h('div', { class: 'card-head' },
      h('span', { class: 'card-count' }, icon(SIGNS[approval.action] ?? 'up'), h('b', {}, askedFor(approval))),
      h('div', { class: 'card-what' },
        h('p', { class: 'verb' }, title),
        h('h3', {}, [asked.verb, asked.what].filter(Boolean).join(' · ')),
        h('p', { class: 'for' }, words.t('card.for', { queue: words.name('queue', approval.queue) })))),
    approval.people?.length > 0 && h('ul', { class: 'people' }, approval.people.map((person) => h('li', {}, person))),
    why(page, approval),
    h('div', { class: 'standing' }, since(page, approval)),
    page.mayOrder && (!granted || answer.question || answer.sending || answer.error) && deciding(page, approval, answer),
  ];
}

/** Since when it waits, how often it was asked, and when it is asked again. */
function since({ words, clock }, approval) {
  const asked = approval.times > 1 ? words.t('approval.since_again', { time: words.time(approval.since, true), n: approval.times }) : words.t('approval.since', { time: words.time(approval.since, true) });
  return [
    h('p', { class: 'goes-up' }, icon('clock'), h('span', {}, asked)),
    !approval.granted && approval.again_at && h('p', { class: 'goes-up' }, h('span', {}, words.t('approval.again')),
      countdown(clock, approval.again_at)),
  ];
}

/** @param {import('../main.js').Page} page */
function deciding(page, approval, answer) {
  const { words } = page;
  if (answer.question) return question(page, answer, { insist: !approval.granted });
  if (answer.grace) return grace(page, answer);
  if (answer.sending) return sending(page, answer);
  const button = (name, text, act, look = '') => h('button', { type: 'button', class: look, 'data-k': `${answer.id}-${name}`, on: { click: act } }, text);
  if (answer.form) {
    return h('div', { class: 'answer' }, answerForm(page, approval, answer), button('back', words.t('act.back'), () => answer.open(answer.form), 'quiet'));
  }
  return h('div', { class: 'answer' },
    trouble(words, answer),
    !approval.granted && h('div', { class: 'yes-no' },
      button('yes', [icon('in_hand'), words.t('approval.yes', { n: askedFor(approval) })], () => answer.later({ type: 'approve' }), 'done'),
      button('no', [icon('cross'), words.t('approval.no')], () => answer.open('no'))));
}
