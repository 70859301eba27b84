// A queue without a sound for a quarter of an hour: shelving, as the standard for alarms has it. With a reason, for everybody, in the
// duty log, and over by itself. What is asked stays on the page, and goes up in its time.

import { h, icon } from '../dom.js';
import { REASONS } from '../cards/forms.js';
import { refusalWords } from '../reason.js';

const FOR_S = 15 * 60;

export class QuietDialog {
  #page = null;
  #queue = null;
  #error = null;
  #sending = false;

  constructor() {
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'quiet-title' });
    document.body.append(this.dialog);
  }

  /** @param {import('../main.js').Page} page */
  open(page, queue) {
    this.#page = page;
    this.#queue = queue;
    this.#error = null;
    this.#sending = false;
    this.#draw();
    this.dialog.showModal();
  }

  render() {}

  #draw() {
    const { words } = this.#page;
    const own = h('input', { type: 'text', maxlength: 200, required: true, 'data-k': 'quiet-words', placeholder: words.t('form.own_words'), 'aria-label': words.t('form.own_words') });
    const submit = (event) => {
      event.preventDefault();
      if (own.value.trim()) this.#send(own.value.trim());
    };
    this.dialog.replaceChildren(...[
      h('header', {}, h('h2', { id: 'quiet-title' }, words.t('quiet.title', { queue: words.name('queue', this.#queue), n: FOR_S / 60 })),
        h('button', { type: 'button', class: 'quiet', 'data-k': 'quiet-close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      h('p', { class: 'hint' }, words.t('quiet.hint')),
      this.#error && h('p', { class: 'flag', role: 'alert' }, icon('cross'), refusalWords(words, this.#error)),
      h('form', { class: 'form', on: { submit } },
        h('p', { class: 'form-title' }, words.t('quiet.why')),
        h('div', { class: 'touch' }, REASONS.quiet.map((reason) => h('button', { type: 'button', disabled: this.#sending, 'data-k': reason, on: { click: () => this.#send(words.t(`why.${reason}`)) } }, words.t(`why.${reason}`)))),
        own,
        h('button', { type: 'submit', disabled: this.#sending, 'data-k': 'quiet-send' }, words.t('quiet.do', { n: FOR_S / 60 }))),
    ].filter(Boolean));
  }

  async #send(reason) {
    this.#sending = true;
    this.#draw();
    try {
      await this.#page.askNow({ type: 'quiet', queue: this.#queue, for_s: FOR_S, reason });
      this.dialog.close();
    } catch (error) {
      this.#error = error;
      this.#sending = false;
      this.#draw();
    }
  }
}
