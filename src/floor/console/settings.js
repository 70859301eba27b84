// Dialogs of the page itself: the token that lets in, language and light, who left a step.

import { h, icon } from './dom.js';
import { Answer } from './answer.js';
import { leftForm } from './forms.js';
import { refusalWords } from './reason.js';
import { LANGUAGES } from './words.js';

const THEMES = ['auto', 'dark', 'light'];

/** Asks for a token; `use(token, remember)` is called with what was given. Cannot be dismissed: without it there is nothing to see. */
export class TokenPrompt {
  constructor(use) {
    this.use = use;
    this.dialog = h('dialog', { class: 'token', 'aria-labelledby': 'token-title', on: { cancel: (event) => event.preventDefault() } });
    document.body.append(this.dialog);
  }

  open({ words }, wasWrong) {
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
      wasWrong && h('p', { class: 'flag', role: 'alert' }, words.t('token.wrong')),
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

export class SettingsDialog {
  /** `choose(field, value)` takes a choice; `leave()` forgets the token. */
  constructor(choose, leave) {
    this.choose = choose;
    this.leave = leave;
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'settings-title' });
    document.body.append(this.dialog);
  }

  open(page) {
    this.draw(page);
    this.dialog.showModal();
  }

  draw(page) {
    const { words, choices, state, bell } = page;
    const group = (title, values, current, field, text) => h('section', {}, h('h3', {}, title),
      h('div', { class: 'touch', role: 'group', 'aria-label': title }, values.map((value) => h('button', { type: 'button', lang: field === 'language' ? value : null, 'aria-pressed': String(current === value), on: { click: () => this.choose(field, value) } }, text(value)))));
    this.dialog.replaceChildren(
      h('header', {}, h('h2', { id: 'settings-title' }, words.t('settings.title')),
        h('button', { type: 'button', class: 'quiet', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      group(words.t('settings.language'), LANGUAGES, words.language, 'language', (it) => ({ en: 'English', 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文' })[it]),
      group(words.t('settings.theme'), THEMES, choices.theme ?? 'auto', 'theme', (it) => words.t(`theme.${it}`)),
      group(words.t('settings.sound'), [true, false], bell.on, 'sound', (it) => words.t(it ? 'sound.on' : 'sound.off')),
      h('section', {}, h('h3', {}, words.t('settings.you')),
        h('p', {}, state.you ? `${state.you.name} · ${words.name('role', state.you.role)} · ${state.you.staff_no}` : '–'),
        h('p', { class: 'hint' }, `surged ${state.version ?? ''}`),
        h('button', { type: 'button', on: { click: () => this.leave() } }, words.t('settings.leave'))));
  }
}

/** Somebody has left a move whose card is long gone. */
export class LeftDialog {
  constructor() {
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'left-title' });
    document.body.append(this.dialog);
  }

  open(page, move) {
    const { words } = page;
    const seats = typeof move.seats === 'number' ? { ask: move.seats } : move.seats;
    const answer = new Answer({ id: move.instruction, people: move.people, seats }, page.ask, () => {});
    let error = null;
    const send = async (message) => {
      try {
        await page.ask({ ...message, instruction: move.instruction });
        this.dialog.close();
      } catch (problem) {
        error = problem;
        draw();
      }
    };
    const draw = () => this.dialog.replaceChildren(
      h('header', {}, h('h2', { id: 'left-title' }, words.t('left.title', { tier: words.name('tier', move.tier) })),
        h('button', { type: 'button', class: 'quiet', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      ...(error ? [h('p', { class: 'flag', role: 'alert' }, refusalWords(words, error))] : []),
      leftForm({ ...page, changed: draw }, move.people ?? [], answer, send));
    draw();
    this.dialog.showModal();
  }
}
