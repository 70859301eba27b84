// Dialogs of the page itself: the token that lets in, language and light, who left a step.

import { h, icon, renew } from '../dom.js';
import { Answer } from '../cards/answer.js';
import { grace, question, sending } from '../cards/cards.js';
import { leftForm } from '../cards/forms.js';
import { LANGUAGES } from '../words.js';

const THEMES = ['auto', 'dark', 'light'];
/** Who may read the report. */
const LEADERS = ['shift_leader', 'manager'];

/** The floor's month, as in 2026-10. */
const thisMonth = (zone) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone ?? undefined, year: 'numeric', month: '2-digit' }).format(new Date());

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
  /** `choose(field, value)` takes a choice; `leave()` forgets the token; `paper()` opens the printable page, `report(month)` the report. */
  constructor(choose, leave, paper, report) {
    this.choose = choose;
    this.leave = leave;
    this.paper = paper;
    this.paperFailed = false;
    this.report = report;
    this.reportFailed = false;
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'settings-title' });
    document.body.append(this.dialog);
  }

  /** @param {import('../main.js').Page} page */
  open(page) {
    this.draw(page);
    this.dialog.showModal();
  }

  /** @param {import('../main.js').Page} page */
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
      h('section', {}, h('h3', {}, words.t('paper.open')),
        h('p', { class: 'hint' }, words.t('paper.hint')),
        h('button', { type: 'button', 'data-k': 'paper', on: { click: () => this.paper() } }, words.t('paper.open')),
        this.paperFailed && h('p', { class: 'flag', role: 'alert' }, icon('cross'), words.t('paper.failed'))),
      LEADERS.includes(state.you?.role) && h('section', {}, h('h3', {}, words.t('report.title')),
        h('p', { class: 'hint' }, words.t('report.hint')),
        h('div', { class: 'touch' },
          h('button', { type: 'button', 'data-k': 'report', on: { click: () => this.report() } }, words.t('report.last')),
          h('button', { type: 'button', 'data-k': 'report-now', on: { click: () => this.report(thisMonth(words.zone)) } }, words.t('report.now'))),
        this.reportFailed && h('p', { class: 'flag', role: 'alert' }, icon('cross'), words.t('report.failed'))),
      h('section', {}, h('h3', {}, words.t('settings.you')),
        h('p', {}, state.you ? `${state.you.name} · ${words.name('role', state.you.role)} · ${state.you.staff_no}` : '–'),
        h('p', { class: 'hint' }, `surged ${state.version ?? ''}`),
        h('button', { type: 'button', on: { click: () => this.leave() } }, words.t('settings.leave'))));
  }
}

/** Somebody has left a move whose card is long gone. Can be taken back for a moment, as every answer can. */
export class LeftDialog {
  #answer = null;
  #move = null;
  #page = null;

  constructor() {
    // Whoever closes it while it waits means what they have said.
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'left-title', on: { close: () => this.#answer?.flush() } });
    document.body.append(this.dialog);
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
          : answer.sending ? sending(page)
            : leftForm(page, this.#move.people ?? [], answer, (message) => answer.later(message)),
    ]);
  }
}
