// Language, light and sound, the floor on paper, who is let in, and who one is.

import { h, icon } from '../dom.js';
import { LANGUAGES } from '../words.js';

const THEMES = ['auto', 'dark', 'light'];
/** Who may read the report. */
const LEADERS = ['shift_leader', 'manager'];

/** The floor's month, as in 2026-10. */
const thisMonth = (zone) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone ?? undefined, year: 'numeric', month: '2-digit' }).format(new Date());

export class SettingsDialog {
  /** `choose(field, value)` takes a choice; `leave()` forgets the token; `paper()` opens the printable page, `report(month)` the report; `devices()` loads what lets others in, `push()` what calls this device. */
  constructor(choose, leave, paper, report, devices, push) {
    this.devices = devices;
    this.push = push;
    this.calls = null;
    this.choose = choose;
    this.leave = leave;
    this.paper = paper;
    this.paperFailed = false;
    this.report = report;
    this.reportFailed = false;
    this.letsIn = null;
    // What is secret is not shown to who opens it next.
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'settings-title', on: { close: () => this.letsIn?.forget() } });
    document.body.append(this.dialog);
  }

  /** @param {import('../main.js').Page} page */
  async open(page) {
    this.draw(page);
    this.dialog.showModal();
    this.letsIn ??= await this.devices().catch(() => null);
    this.calls ??= await this.push().catch(() => null);
    this.draw(page);
    await this.calls?.look(() => this.draw(page));
  }

  /** @param {import('../main.js').Page} page */
  draw(page) {
    const { words, choices, state, bell } = page;
    const group = (title, values, current, field, text) => h('section', {}, h('h3', {}, title),
      h('div', { class: 'touch', role: 'group', 'aria-label': title }, values.map((value) => h('button', { type: 'button', lang: field === 'language' ? value : null, 'aria-pressed': String(current === value), on: { click: () => this.choose(field, value) } }, text(value)))));
    this.dialog.replaceChildren(...[
      h('header', {}, h('h2', { id: 'settings-title' }, words.t('settings.title')),
        h('button', { type: 'button', class: 'quiet', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      group(words.t('settings.language'), LANGUAGES, words.language, 'language', (it) => ({ en: 'English', 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文' })[it]),
      group(words.t('settings.theme'), THEMES, choices.theme ?? 'auto', 'theme', (it) => words.t(`theme.${it}`)),
      group(words.t('settings.sound'), [true, false], bell.on, 'sound', (it) => words.t(it ? 'sound.on' : 'sound.off')),
      this.calls?.draw(page, () => this.draw(page), (called) => this.choose('push', called)),
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
      [...LEADERS, 'operator'].includes(state.you?.role) && h('section', {}, h('h3', {}, words.t('settings.bench')),
        h('p', { class: 'hint' }, words.t('settings.bench_hint')),
        // Opened by this page, it has this tab's token.
        h('button', { type: 'button', 'data-k': 'bench', on: { click: () => open('bench', '_blank') } }, words.t('settings.bench'))),
      this.letsIn?.draw(page, () => this.draw(page)),
      h('section', {}, h('h3', {}, words.t('settings.you')),
        h('p', {}, state.you ? [words.person(state.you), words.name('role', state.you.role), state.you.staff_no !== state.you.name && state.you.staff_no].filter(Boolean).join(' · ') : '–'),
        h('p', { class: 'hint' }, `surged ${state.version ?? ''}`),
        h('button', { type: 'button', on: { click: () => this.leave() } }, words.t('settings.leave'))),
    ].flat(Infinity).filter(Boolean));
  }
}
