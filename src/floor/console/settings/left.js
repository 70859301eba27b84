// Who has left a move whose card is long gone.

import { h, innermostFirst, renew } from '../dom.js';
import { Answer } from '../cards/answer.js';
import { grace, question, sending } from '../cards/pieces.js';
import { leftForm } from '../cards/forms.js';

/** Somebody has left a move whose card is long gone. Can be taken back for a moment, as every answer can. */
export class LeftDialog {
  #answer = null;
  #move = null;
  #page = null;

  constructor() {
    // Whoever closes it while it waits means what they have said.
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'left-title', on: { close: () => this.#answer?.flush() } });
    innermostFirst(this.dialog, () => this.#takeBack());
    document.body.append(this.dialog);
  }

  /** Escape sends nothing: what waits is taken back first. Whether anything waited. */
  #takeBack() {
    if (!this.#answer?.grace && !this.#answer?.mayRecall) return false;
    this.#answer.undo();
    return true;
  }

  /** @param {import('../main.js').Page} page */
  open(page, move) {
    const seats = typeof move.seats === 'number' ? { ask: move.seats } : move.seats;
    this.#move = move;
    this.#page = page;
    this.#answer = new Answer({ id: move.instruction, people: move.people, seats }, async (message) => {
      await page.ask(message);
      if (this.dialog.open) this.dialog.close();
    }, () => this.#draw());
    this.#draw();
    this.dialog.showModal();
  }

  flush() {
    this.#answer?.flush();
  }

  #draw() {
    const { words } = this.#page;
    const answer = this.#answer;
    const page = { ...this.#page, changed: () => this.#draw() };
    renew(this.dialog, [page.look, this.#move, answer.face], () => [
      h('header', {}, h('h2', { id: 'left-title' }, words.t('left.title', { tier: words.name('tier', this.#move.tier) })),
        h('button', { type: 'button', class: 'quiet', 'data-k': 'left-close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      answer.question ? question(page, answer)
        : answer.grace ? grace(page, answer)
          : answer.sending ? sending(page, answer)
            : leftForm(page, this.#move.people ?? [], answer, (message) => answer.later(message)),
    ]);
  }
}
