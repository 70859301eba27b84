// The duty log, from now back to its beginning, by what one looks for. Goes on by itself while it is open.

import { h, icon, mark, renew } from '../dom.js';
import { row, said } from '../log.js';
import { GROUPS, LogBook, everything, queryOf } from './logbook.js';
import { refusalWords } from '../reason.js';

const LATER_MS = 400;
const AGAIN_MS = 10_000;

export class LogView {
  #filter = null;
  #known = null;
  #language = null;
  #due = null;
  #page = null;
  #filters = h('form', { class: 'filters', on: { submit: (event) => { event.preventDefault(); this.#look(); } } });
  #list = h('div', { class: 'found' });

  /** `call(path)` reads over HTTP. */
  constructor(call) {
    this.book = new LogBook(call, () => this.#page?.changed());
    this.head = h('header');
    this.dialog = h('dialog', { class: 'sheet', 'aria-labelledby': 'logview-title', on: { close: () => { clearTimeout(this.#due); this.book.forget(); } } }, this.head, this.#filters, this.#list);
    document.body.append(this.dialog);
  }

  open(page) {
    this.#page = page;
    // Of any day: right after midnight nothing is of this one yet.
    this.#filter = everything('');
    this.#known = page.state.seq;
    this.dialog.showModal();
    this.#look();
  }

  /** While it is open: drawn anew where something changed, and asked on where the floor was told something. */
  render(page) {
    if (!this.dialog.open) return;
    this.#page = page;
    if (page.words.language !== this.#language) this.#look();
    if (page.state.seq !== this.#known) {
      this.#known = page.state.seq;
      this.#again(LATER_MS);
    }
    const { words, state } = page;
    renew(this.head, page.look, () => [h('h2', { id: 'logview-title' }, words.t('log.book')), h('button', { type: 'button', class: 'quiet', 'data-k': 'log-close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))]);
    const { groups, queue, day } = this.#filter;
    renew(this.#filters, [page.look, Object.keys(state.queues), groups, queue, day], () => this.#choices(page));
    this.#draw(page);
  }

  #look() {
    const text = this.#filter.text.trim().toLowerCase();
    const page = this.#page;
    const keeps = (entry, instructions) => said({ ...page, state: { ...page.state, known: { ...page.state.known, ...instructions } } }, entry).toLowerCase().includes(text);
    this.#language = page.words.language;
    this.book.show(queryOf(this.#filter, { zone: page.state.zone, language: this.#language }), text ? keeps : null);
    // Until it is drawn anew, what stands there is of an earlier question.
    mark(this.#list, 'aria-busy', 'true');
    this.#again(AGAIN_MS);
  }

  #again(ms) {
    clearTimeout(this.#due);
    this.#due = setTimeout(async () => {
      if (!this.dialog.open) return;
      await this.book.later();
      if (this.dialog.open) this.#again(AGAIN_MS);
    }, ms);
  }

  #choose(change) {
    Object.assign(this.#filter, change);
    this.#look();
  }

  #choices(page) {
    const { words, state } = page;
    const filter = this.#filter;
    const toggle = (group) => () => {
      const all = filter.groups.length === GROUPS.length;
      const without = filter.groups.filter((it) => it !== group);
      // The first tap chooses one of all; the last one taken away brings all back.
      const groups = all ? [group] : filter.groups.includes(group) ? without : [...filter.groups, group];
      this.#choose({ groups: groups.length > 0 ? groups : [...GROUPS] });
    };
    const line = (field, type = 'text') => h('label', {}, words.t(`log.${field}`),
      h('input', { type, value: filter[field], maxlength: 100, 'data-k': `log-${field}`, on: { [type === 'date' ? 'change' : 'input']: ({ target }) => { filter[field] = target.value; if (type === 'date') this.#choose({}); } } }));
    const queues = Object.keys(state.queues);
    return [
      h('div', { class: 'touch', role: 'group', 'aria-label': words.t('log.kinds') }, GROUPS.map((group) => h('button', { type: 'button', 'aria-pressed': String(filter.groups.includes(group)), 'data-k': `log-of-${group}`, on: { click: toggle(group) } }, words.t(`log.of_${group}`)))),
      queues.length > 1 && h('div', { class: 'touch', role: 'group', 'aria-label': words.t('log.queue') }, ['', ...queues].map((name) => h('button', { type: 'button', 'aria-pressed': String(filter.queue === name), 'data-k': `log-queue-${name}`, on: { click: () => this.#choose({ queue: name }) } }, name ? words.name('queue', name) : words.t('log.all_queues')))),
      h('div', { class: 'lines' }, line('day', 'date'), line('who'), line('text'),
        h('button', { type: 'submit', class: 'done', 'data-k': 'log-look' }, words.t('log.look')),
        h('button', { type: 'button', class: 'quiet', 'data-k': 'log-any-day', on: { click: () => this.#choose({ day: '' }) } }, words.t('log.any_day'))),
    ];
  }

  #draw(page) {
    const { words, state } = page;
    const { records, more, loading, error } = this.book;
    const newest = Math.max(0, ...records.keys());
    renew(this.#list, [page.look, records.size, newest, more, loading && records.size === 0, error?.code], () => {
      const { entries, instructions } = this.book.list();
      const known = { ...page, state: { ...state, known: { ...state.known, ...instructions } } };
      let day = null;
      const rows = entries.flatMap((entry) => {
        const of = words.day(entry.at);
        const head = of !== day && h('li', { class: 'entry-day' }, of);
        day = of;
        return [head, row(known, entry)];
      });
      return [
        error && h('p', { class: 'flag', role: 'alert' }, icon('cross'), refusalWords(words, error)),
        rows.length > 0
          ? h('ol', { class: 'entries', tabindex: 0, 'data-k': 'log-entries', 'aria-label': words.t('log.book') }, rows)
          // What could not be read is not empty.
          : !error && h('p', { class: 'none' }, words.t(loading ? 'log.loading' : 'log.nothing')),
        more && h('button', { type: 'button', 'data-k': 'log-earlier', on: { click: () => this.book.earlier() } }, words.t('log.earlier')),
      ];
    });
    mark(this.#list, 'aria-busy', String(!this.book.answered));
  }
}
