// Who has left a move whose card is long gone.

import { h, innermostFirst, renew } from '../dom.js';
import { Answer, leaveAll } from '../cards/answer.js';
import { mayStillSay } from '../cards/ended.js';
import { grace, question, sending } from '../cards/pieces.js';
import { leftForm } from '../cards/forms.js';

/** Somebody has left a move whose card is long gone. Can be taken back for a moment, as every answer can. */
export class LeftDialog {
  /** What was said of each move and is not settled yet, and what stands in the dialog: `{ n, move, answer, gone }`. */
  #all = new Map();
  #shown = null;
  #count = 0;
  #page = null;

  constructor() {
    // Whoever closes it while it waits means what they have said.
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'left-title', on: { close: () => this.#closed() } });
    innermostFirst(this.dialog, () => this.#takeBack());
    document.body.append(this.dialog);
  }

  /** Escape sends nothing: what waits is taken back first. Whether anything waited. */
  #takeBack() {
    if (!this.#shown?.answer.waits) return false;
    this.#shown.answer.undo();
    return true;
  }

  /** @param {import('../main.js').Page} page */
  open(page, move) {
    this.#page = page;
    // What was said of this move and waits for the link can still be taken back.
    this.#show(this.#all.get(move.instruction) ?? this.#begin(move));
  }

  #begin(move) {
    const seats = typeof move.seats === 'number' ? { ask: move.seats } : move.seats;
    const it = { n: this.#count += 1, move, answer: null, gone: false };
    const ask = async (message, way) => {
      await this.#page.ask(message, way);
      if (this.#shown === it && this.dialog.open) this.dialog.close();
    };
    it.answer = new Answer({ id: move.instruction, people: move.people, seats }, ask, () => this.#changed(it));
    it.answer.leftToo(this.#page.state);
    return it;
  }

  /** What was refused or must be asked about is read, though the dialog was closed meanwhile: one after the other. */
  #changed(it) {
    if (it.gone) return;
    const { waits, sending: goes, error, question: asks } = it.answer;
    if (waits || goes || asks || error) this.#all.set(it.move.instruction, it);
    else this.#all.delete(it.move.instruction);
    if (it === this.#shown) this.#draw();
    if (!this.dialog.open) this.#showNext();
  }

  #showNext() {
    const next = [...this.#all.values()].find(({ answer }) => answer.question || answer.error);
    if (next) this.#show(next);
  }

  #show(it) {
    this.#shown = it;
    this.#draw();
    if (!this.dialog.open) this.dialog.showModal();
  }

  #closed() {
    const it = this.#shown;
    // By now another may stand in it.
    if (!it || this.dialog.open) return;
    it.answer.flush();
    // Whoever closes it has read what was refused, or what they were asked about.
    if (it.answer.error || it.answer.question) it.answer.drop();
    this.#showNext();
  }

  #openings() {
    return [...new Set([...this.#all.values(), ...(this.#shown ? [this.#shown] : [])])];
  }

  flush() {
    for (const { answer } of this.#all.values()) answer.flush();
  }

  /** Another duty log: nothing of it is said of a move of this one. What was said and has not counted is given back. */
  forget() {
    const all = this.#openings();
    this.#shown = null;
    this.#all.clear();
    for (const it of all) it.gone = true;
    const said = leaveAll(all.map(({ answer }) => answer));
    this.dialog.close();
    return said;
  }

  /**
   * The move as it stands now, and what somebody else has said of it.
   * @param {import('../main.js').Page} page
   */
  render(page) {
    this.#page = page;
    const now = Object.values(page.state.queues).flatMap((queue) => queue.moves ?? []);
    for (const it of this.#openings()) {
      it.move = now.find(({ instruction }) => instruction === it.move.instruction) ?? it.move;
      it.answer.leftToo(page.state);
    }
    if (this.dialog.open) this.#draw();
  }

  #draw() {
    const { words } = this.#page;
    const { n, move, answer } = this.#shown;
    const page = { ...this.#page, changed: () => this.#draw() };
    const people = move.people ?? [];
    const asks = answer.question && mayStillSay(page.state, answer.question.message);
    renew(this.dialog, [page.look, n, move.tier, people, page.link.state, answer.face, asks], () => [
      h('header', {}, h('h2', { id: 'left-title' }, words.t('left.title', { tier: words.name('tier', move.tier) })),
        h('button', { type: 'button', class: 'quiet', 'data-k': 'left-close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      answer.question ? question(page, answer)
        : answer.grace ? grace(page, answer)
          : answer.sending ? sending(page, answer)
            : leftForm(page, people, answer, (message) => answer.later(message)),
    ]);
  }
}
