// The door: without a token there is nothing to see.

import { h, icon } from '../dom.js';

/** Asks for a token; `use(token, remember)` is called with what was given. Cannot be dismissed: without it there is nothing to see. */
export class TokenPrompt {
  constructor(use) {
    this.use = use;
    this.dialog = h('dialog', { class: 'token', 'aria-labelledby': 'token-title', on: { cancel: (event) => event.preventDefault() } });
    document.body.append(this.dialog);
  }

  /** `wrong`: the key of a text that says why the last try was not taken. */
  open({ words }, wrong = null) {
    if (this.dialog.open) return;
    const input = h('input', { type: 'password', autocomplete: 'current-password', required: true, 'aria-label': words.t('token.name'), placeholder: words.t('token.name'), maxlength: 512 });
    const remember = h('input', { type: 'checkbox' });
    const submit = (event) => {
      event.preventDefault();
      this.dialog.close();
      this.use(input.value.trim(), remember.checked);
    };
    this.dialog.replaceChildren(h('form', { class: 'form', on: { submit } },
      h('h2', { id: 'token-title' }, icon('lock'), words.t('token.title')),
      wrong && h('p', { class: 'flag', role: 'alert' }, words.t(wrong)),
      h('p', { class: 'hint' }, words.t('token.hint')),
      input,
      h('label', { class: 'check' }, remember, words.t('token.remember')),
      h('button', { type: 'submit', class: 'done' }, words.t('token.go'))));
    this.dialog.showModal();
    input.focus();
  }

  close() {
    this.dialog.close();
  }
}
