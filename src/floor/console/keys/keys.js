// Answers from the keyboard, and the list of its keys.

import { h, renew } from '../dom.js';
import { lastSaid } from '../cards/answer.js';
import { TAKE_S, doneAsAsked } from '../cards/pieces.js';

/** What a key does: its signs on the list, and its words. */
const KEYS = [['1', '4', 'keys.take'], ['D', null, 'keys.done'], ['C', null, 'keys.cannot'], ['U', null, 'keys.undo'], ['J', 'K', 'keys.step'], ['Esc', null, 'keys.close'], ['/', null, 'keys.filter'], ['?', null, 'keys.list']];

export class Keys {
  #cards;
  #ask;

  /** `ask(what)`: somebody wants the `list` of keys, or to `filter` queues. */
  constructor(cards, ask) {
    this.#cards = cards;
    this.#ask = ask;
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'keys-title' });
    document.body.append(this.dialog);
    addEventListener('keydown', (event) => this.#press(event));
  }

  open(page) {
    const { words } = page;
    renew(this.dialog, [page.look], () => [
      h('header', {}, h('h2', { id: 'keys-title' }, words.t('keys.title')), h('button', { type: 'button', class: 'quiet', 'data-k': 'keys-close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      h('dl', { class: 'keys' }, KEYS.map(([one, other, text]) => h('div', {}, h('dt', {}, h('kbd', {}, one), other && [text === 'keys.take' ? ' – ' : ' ', h('kbd', {}, other)]), h('dd', {}, words.t(text))))),
    ]);
    this.dialog.showModal();
  }

  /** Where somebody writes, or reads a dialog, keys are letters. */
  #press(event) {
    // A key that is held down steps on, and says nothing twice.
    if (event.repeat && !['j', 'k'].includes(event.key.toLowerCase())) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    // A writer of Chinese ends a choice of signs by the same key.
    if (event.key === 'Escape' && !event.isComposing) return closeForm();
    const { target } = event;
    if (target instanceof HTMLInputElement && target.type !== 'checkbox' || target instanceof HTMLSelectElement) return;
    if (act(event.key.toLowerCase(), this.#cards, this.#ask)) event.preventDefault();
  }
}

/** Closes the form in which somebody is, or else the first that is open on a card. */
function closeForm() {
  const back = (from) => /** @type {HTMLElement | null} */ (from?.querySelector('[data-k$="-back"]'));
  (back(document.activeElement?.closest('.answer')) ?? back(document))?.click();
}

/** Does what a key stands for; whether it stands for anything now. `ask(what)`: `list` or `filter`. */
export function act(key, cards, ask) {
  const does = meaning(key, cards, ask);
  does?.();
  return does !== null;
}

function meaning(key, cards, ask) {
  if (key === '?') return () => ask('list');
  if (key === '/') return () => ask('filter');
  if (key === 'j' || key === 'k') return () => cards.step(key === 'j' ? 1 : -1);
  if (key === 'u') return takesBack(cards);
  const { instruction, answer } = cards.inHand() ?? {};
  if (!answer || answer.grace || answer.sending || answer.question) return null;
  // In an open form letters are somebody's words, wherever the caret is: only Escape leads out of it.
  if (answer.form) return null;
  const isOpen = instruction.action !== 'stand_down' && !instruction.again;
  const eta = TAKE_S[Number(key) - 1];
  const on = (act, isTaken = false) => () => {
    cards.hold(instruction.id, isTaken);
    act();
  };
  if (eta !== undefined && isOpen) return on(() => answer.take(eta), true);
  if (key === 'd') return on(() => answer.later(doneAsAsked(instruction)));
  if (key === 'c' && isOpen) return on(() => {
    answer.open('cannot');
    cards.write(instruction.id);
  });
  return null;
}

/** Takes back what was said last, wherever its card stands by now, and has that card in hand. */
function takesBack(cards) {
  const last = lastSaid();
  if (last.length === 0) return null;
  return () => {
    for (const answer of last) answer.undo();
    if (last.length === 1) cards.hold(last[0].id);
  };
}
