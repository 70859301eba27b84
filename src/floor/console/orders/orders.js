// Orders by hand, for those who may give them: call, release, pause, resume, incident. Kept out of the way, and asked twice.

import { h, icon, innermostFirst, renew } from '../dom.js';
import { refusalWords } from '../reason.js';
import { askedFor, queuesByTrouble, queuesOf, realMoves } from '../store.js';

const PAUSE_MIN = [5, 15, 30, 60];
const INCIDENT_H = [0.5, 1, 2, 4];
const CALL_LIMIT = 200;
/** So many queues have a button each; more are chosen from a list. */
const BUTTONS = 6;

export class OrdersDrawer {
  constructor() {
    this.dialog = h('dialog', { class: 'drawer', 'aria-labelledby': 'orders-title' });
    innermostFirst(this.dialog, () => this.#fold());
    document.body.append(this.dialog);
    this.changed = () => {};
    this.queue = null;
    this.sure = null;
    this.conflict = null;
    this.word = null;
    /** The order that is on its way: no other is given until it is known what became of it. */
    this.sending = null;
    this.draft = { reason: '', minutes: 15, note: '', hours: 1, seats: 2, tier: null };
  }

  /** @param {import('../main.js').Page} page */
  open(page) {
    this.changed = page.changed;
    this.queue = queuesByTrouble(page.state)[0]?.queue ?? null;
    this.sure = this.word = null;
    this.dialog.showModal();
    this.render(page);
  }

  /** Takes back a tap that asks for a second one; whether there was one. */
  #fold() {
    if (this.sure === null) return false;
    this.sure = this.conflict = this.word = null;
    this.changed();
    return true;
  }

  /**
   * Drawn anew where what can be ordered has changed; while the drawer is closed, never.
   * @param {import('../main.js').Page} page
   */
  render(page) {
    if (!this.dialog.open) return;
    const { state } = page;
    const names = queuesOf(state).map((queue) => queue.queue);
    if (!names.includes(this.queue)) this.queue = names[0] ?? null;
    const { tiers, moves, paused, incident, next } = state.queues[this.queue] ?? {};
    const { minutes, hours, seats, tier } = this.draft;
    const can = [tiers?.map((it) => it.tier), moves, next?.tier, paused, incident];
    renew(this.dialog, [page.look, names, this.queue, can, this.sure, this.sending, this.word, minutes, hours, seats, tier], () => this.#draw(page, names));
  }

  /** @param {import('../main.js').Page} page */
  #draw(page, names) {
    const { words, state } = page;
    const again = () => page.changed();
    const queue = state.queues[this.queue];
    return [
      h('header', {}, h('h2', { id: 'orders-title' }, words.t('orders.title')),
        h('button', { type: 'button', class: 'quiet', 'data-k': 'close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      h('p', { class: 'hint' }, words.t('orders.hint')),
      ...(names.length > 1 ? [this.#queues(words, names, again)] : []),
      ...(this.word && !this.word.of ? [this.#told()] : []),
      ...(queue ? this.#sections(page, queue, again) : []),
    ];
  }

  /** What came of the last tap. */
  #told() {
    return h('p', { class: this.word.bad ? 'flag' : 'taken', role: 'status' }, icon(this.word.bad ? 'cross' : 'in_hand'), this.word.text);
  }

  #queues(words, names, again) {
    const choose = (name) => { this.queue = name; this.sure = this.draft.tier = null; again(); };
    if (names.length > BUTTONS) {
      const list = h('select', { 'aria-label': words.t('orders.queue'), 'data-k': 'of-queue', on: { change: ({ target }) => choose(target.value) } }, names.map((name) => h('option', { value: name }, words.name('queue', name))));
      list.value = this.queue;
      return list;
    }
    return h('div', { class: 'touch', role: 'group', 'aria-label': words.t('orders.queue') }, names.map((name) => h('button', { type: 'button', 'aria-pressed': String(name === this.queue), 'data-k': `of-${name}`, on: { click: () => choose(name) } }, words.name('queue', name))));
  }

  /** @param {import('../main.js').Page} page */
  #sections(page, queue, again) {
    const { words } = page;
    const name = queue.queue;
    const order = (key, text, message, field = null) => this.#order(page, key, text, message, again, field);
    const tiers = (queue.tiers ?? []).map((it) => it.tier);
    if (tiers.length === 0 && queue.next) tiers.push(queue.next.tier);
    const real = (queue.moves ?? []).filter((move) => !move.shadow);
    // What stands in shadow alone has called nobody.
    const taken = new Set(real.map((move) => move.tier));
    const free = tiers.filter((tier) => !taken.has(tier));
    const call = free.map((tier) => order(`call-${tier}`, words.t('orders.call_one', { tier: words.name('tier', tier) }), () => ({ type: 'call', queue: name, tier })));
    const release = real.map((move) => order(`release-${move.instruction}`, words.t('orders.release_one', { tier: words.name('tier', move.tier), n: typeof move.seats === 'number' ? move.seats : askedFor(move) }), () => ({ type: 'release', queue: name, instruction: move.instruction })));
    return [
      section(words.t('orders.call'), call.length > 0 ? h('div', { class: 'orders' }, call) : h('p', { class: 'none' }, words.t('orders.call_none'))),
      section(words.t('orders.number'), this.#number(page, queue, free, order, again)),
      section(words.t('orders.release'), release.length > 0 ? h('div', { class: 'orders' }, release) : h('p', { class: 'none' }, words.t('orders.release_none'))),
      section(words.t('orders.pause'), queue.paused
        ? order('resume', words.t('orders.resume'), () => ({ type: 'resume', queue: name }))
        : [
          this.#choices(words.t('orders.for_how_long'), PAUSE_MIN, 'minutes', (n) => words.t('act.minutes', { n }), again),
          this.#line('reason', words.t('orders.pause_why')),
          order('pause', words.t('orders.pause_now'), () => this.draft.reason.trim() && { type: 'pause', queue: name, for_s: this.draft.minutes * 60, reason: this.draft.reason.trim() }, 'reason'),
        ]),
      section(words.t('orders.incident'), queue.incident
        ? order('incident_over', words.t('orders.incident_over'), () => ({ type: 'incident_over', queue: name }))
        : [
          this.#choices(words.t('orders.mended_in'), INCIDENT_H, 'hours', (n) => words.t('orders.hours', { n }), again),
          this.#line('note', words.t('orders.incident_what')),
          order('incident', words.t('orders.incident_now'), () => this.draft.note.trim() && { type: 'incident', queue: name, note: this.draft.note.trim(), until: new Date(page.clock.now() + this.draft.hours * 3_600_000).toISOString() }, 'note'),
        ]),
      realMoves(queue).length > 0 && section(words.t('count.title'), h('p', { class: 'hint' }, words.t('count.when')), h('div', { class: 'orders' },
        h('button', { type: 'button', 'data-k': 'count', on: { click: () => { this.dialog.close(); page.openCount(name); } } }, words.t('count.open')))),
    ];
  }

  /**
   * So many people, of the steps that are next or of one of them.
   * @param {import('../main.js').Page} page
   */
  #number(page, queue, free, order, again) {
    const { words } = page;
    const { draft } = this;
    if (!free.includes(draft.tier)) draft.tier = null;
    const by = (n) => () => { draft.seats = Math.min(CALL_LIMIT, Math.max(1, draft.seats + n)); this.sure = null; again(); };
    const name = words.t('orders.how_many');
    const choice = (tier, text) => h('button', { type: 'button', 'aria-pressed': String(draft.tier === tier), 'data-k': `number-of-${tier ?? 'next'}`, on: { click: () => { draft.tier = tier; this.sure = null; again(); } } }, text);
    const message = () => ({ type: 'call', queue: queue.queue, seats: draft.seats, ...draft.tier ? { tier: draft.tier } : {} });
    return [
      h('div', { class: 'stepper', role: 'group', 'aria-label': name },
        h('button', { type: 'button', 'aria-label': `${name} −1`, 'data-k': 'number-less', on: { click: by(-1) } }, '−'),
        h('output', { 'aria-live': 'polite' }, draft.seats),
        h('button', { type: 'button', 'aria-label': `${name} +1`, 'data-k': 'number-more', on: { click: by(1) } }, '+')),
      h('div', { class: 'touch', role: 'group', 'aria-label': words.t('orders.from') }, choice(null, words.t('orders.next_steps')), free.map((tier) => choice(tier, words.name('tier', tier)))),
      order('number', words.t('orders.call_number', { n: draft.seats }), message),
    ];
  }

  /**
   * The first tap asks, the second one orders. `message()` is empty while the words of `field` are missing. What is wrong stands beside the button.
   * @param {import('../main.js').Page} page
   */
  #order(page, key, text, message, again, field) {
    const { words } = page;
    const sure = this.sure === key;
    const act = async () => {
      const wanted = message();
      if (this.sending !== null) return;
      if (!wanted) {
        this.word = { bad: true, text: words.t('orders.words_missing'), of: key };
        const missing = /** @type {HTMLElement | null} */ (this.dialog.querySelector(`[data-k="${field}"]`));
        missing?.focus();
      } else if (!sure) {
        this.sure = key;
        this.word = null;
      } else {
        await this.#give(page, key, this.conflict === key ? { ...wanted, sure: true } : wanted);
      }
      again();
    };
    const button = h('button', { type: 'button', 'data-k': key, disabled: this.sending !== null, class: sure ? 'sure' : '', on: { click: act } }, sure ? words.t('orders.sure', { what: text }) : text);
    return this.word?.of === key ? [this.#told(), button] : button;
  }

  /**
   * Never kept for later: by then nobody has seen how it stands.
   * @param {import('../main.js').Page} page
   */
  async #give(page, key, wanted) {
    this.sure = null;
    this.sending = key;
    page.changed();
    try {
      await page.askNow(wanted);
      this.conflict = null;
      this.word = { text: page.words.t('orders.given') };
    } catch (error) {
      // Where somebody else has ordered otherwise the next tap, having read it, counts.
      if (error.code === 'conflict') this.sure = this.conflict = key;
      this.word = { bad: true, text: refusalWords(page.words, error), of: key };
    }
    this.sending = null;
  }

  #choices(name, values, field, text, again) {
    return h('div', { class: 'touch', role: 'group', 'aria-label': name }, values.map((value) => h('button', { type: 'button', 'aria-pressed': String(this.draft[field] === value), 'data-k': `${field}-${value}`, on: { click: () => { this.draft[field] = value; again(); } } }, text(value))));
  }

  #line(field, name) {
    return h('input', { type: 'text', maxlength: 300, 'data-k': field, value: this.draft[field], placeholder: name, 'aria-label': name, on: { input: ({ target }) => { this.draft[field] = target.value; } } });
  }
}

function section(title, ...children) {
  return h('section', {}, h('h3', {}, title), children);
}
