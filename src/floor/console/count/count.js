// The floor is counted: who is really there, move by move, and who is there without a move. What it changes is shown before it is sent.

import { alike } from '../alike.js';
import { h, icon, innermostFirst, renew } from '../dom.js';
import { named } from '../cards/answer.js';
import { refusalWords } from '../reason.js';
import { peopleWords } from '../stairs/staircase.js';
import { askedFor, queuesOf, realMoves, stageOf } from '../store.js';

const SEATS_LIMIT = 200;

/** The `count` of a draft, or nothing where there is nobody to count. `draft`: `{moves: id → {seats, people}, extra: pool → {seats, people}}`. */
export function countMessage(queue, draft) {
  const moves = realMoves(queue).map((move) => {
    const there = thereOf(move, draft);
    const one = { instruction: move.instruction };
    if (!named(move)) return { ...one, seats: there.seats };
    const people = move.people.filter((person) => there.people.has(person));
    return { ...one, seats: people.length, people };
  });
  const extra = [...draft.extra].flatMap(([pool, { seats, people }]) => {
    if (people.size > 0) return [{ pool, seats: people.size, people: [...people] }];
    return seats > 0 ? [{ pool, seats }] : [];
  });
  return moves.length + extra.length > 0 ? { type: 'count', queue: queue.queue, moves, extra } : null;
}

/** What a count changes: `{move, before, after, missing}` for moves, `{pool, after, people}` for people without one. */
export function changesOf(queue, message) {
  const moves = realMoves(queue).map((move) => {
    const { seats, people } = message.moves.find((it) => it.instruction === move.instruction);
    return { move, before: askedFor(move), after: seats, missing: people ? move.people.filter((person) => !people.includes(person)) : [] };
  });
  return [
    ...moves.filter((it) => it.before !== it.after),
    ...message.extra.map(({ pool, seats, people }) => ({ pool, after: seats, people: people ?? [] })),
  ];
}

/**
 * Who was said to be there of a move: as surged has it, until somebody says otherwise, and again once the move itself has changed. Whom
 * the phones do not show any more surged counts as away.
 */
function thereOf(move, draft) {
  const as = JSON.stringify([move.seats, move.people]);
  const gone = move.missing ?? [];
  const said = draft.moves.get(move.instruction);
  if (said?.as === as && (!said.asIs || alike(said.gone, gone))) return said;
  return { as, gone, asIs: true, seats: askedFor(move), people: new Set((move.people ?? []).filter((person) => !gone.includes(person))) };
}

export class CountDialog {
  constructor() {
    this.dialog = h('dialog', { class: 'drawer count-floor', 'aria-labelledby': 'count-title' });
    innermostFirst(this.dialog, () => this.#fold());
    document.body.append(this.dialog);
    this.changed = () => {};
    this.#clear(null);
  }

  open(page, queue) {
    this.changed = page.changed;
    this.#clear(queue);
    this.people = [];
    // Without their names people are counted by number.
    page.people?.().then(({ people }) => { this.people = people; page.changed(); }, () => {});
    if (!this.dialog.open) this.dialog.showModal();
    this.render(page);
  }

  /** Drawn anew where the moves or the draft have changed; while it is closed, never. */
  render(page) {
    if (!this.dialog.open) return;
    const queue = page.state.queues[this.queue];
    const { draft, sure, word, unfolded } = this;
    const plain = (map) => [...map].map(([key, { seats, people }]) => [key, seats, [...people]]);
    const moves = queue && [realMoves(queue), queue.pools];
    renew(this.dialog, [page.look, this.queue, moves, plain(draft.moves), plain(draft.extra), sure, word, [...unfolded], this.people.length], () => this.#draw(page, queue));
  }

  /** Takes back a tap that asks for a second one; whether there was one. */
  #fold() {
    if (!this.sure) return false;
    this.sure = false;
    this.changed();
    return true;
  }

  #clear(queue) {
    this.queue = queue;
    this.draft = { moves: new Map(), extra: new Map() };
    this.sure = false;
    this.word = null;
    this.unfolded = new Set();
    this.people = [];
  }

  #draw(page, queue) {
    const { words, state } = page;
    const again = () => { this.sure = false; this.word = null; page.changed(); };
    const names = queuesOf(state).map((it) => it.queue);
    const choose = (name) => () => { this.#clear(name); this.open(page, name); };
    return [
      h('header', {}, h('h2', { id: 'count-title' }, words.t('count.title')),
        h('button', { type: 'button', class: 'quiet', 'data-k': 'count-close', on: { click: () => this.dialog.close() } }, words.t('orders.close'))),
      h('p', { class: 'hint' }, words.t('count.hint')),
      names.length > 1 && h('div', { class: 'touch', role: 'group', 'aria-label': words.t('orders.queue') }, names.map((name) => h('button', { type: 'button', 'aria-pressed': String(name === this.queue), 'data-k': `count-of-${name}`, on: { click: choose(name) } }, words.name('queue', name)))),
      ...(queue ? this.#form(page, queue, again) : []),
    ];
  }

  #form(page, queue, again) {
    const { words } = page;
    const moves = realMoves(queue);
    return [
      ...moves.map((move) => this.#move(page, queue, move, again)),
      h('section', {}, h('h3', {}, words.t('count.extra')),
        (queue.pools ?? []).map((pool) => this.#pool(page, queue, pool, again))),
      this.#outcome(page, queue),
    ];
  }

  #move(page, queue, move, again) {
    const { words } = page;
    const leaving = (queue.leaving ?? []).includes(move);
    const there = thereOf(move, this.draft);
    this.draft.moves.set(move.instruction, there);
    const title = words.name('tier', move.tier);
    const said = () => { there.asIs = false; again(); };
    return h('section', {},
      h('h3', {}, title, h('small', {}, ` · ${peopleWords(words, stageOf(page.state, queue, move))}`)),
      named(move)
        ? checks(`there-${move.instruction}`, move.people, there.people, said)
        : stepper(words, `there-${move.instruction}`, title, there, said));
  }

  /** People of a pool who are there without a move: by name where names are known, else by number. */
  #pool(page, queue, pool, again) {
    const { words } = page;
    const taken = new Set(realMoves(queue).flatMap((move) => move.people ?? []));
    const people = this.people.filter((it) => it.pool === pool && !taken.has(it.person)).map((it) => it.person);
    if (!this.draft.extra.has(pool)) this.draft.extra.set(pool, { seats: 0, people: new Set() });
    const more = this.draft.extra.get(pool);
    const title = words.name('pool', pool);
    const n = Math.max(more.seats, more.people.size);
    const open = this.unfolded.has(pool);
    const fold = () => { this.unfolded[open ? 'delete' : 'add'](pool); page.changed(); };
    return h('div', { class: 'fold' },
      h('button', { type: 'button', 'aria-expanded': String(open), 'data-k': `pool-${pool}`, on: { click: fold } }, title, h('b', {}, n > 0 ? `+${n}` : '')),
      open && (people.length > 0 ? checks(`extra-${pool}`, people, more.people, again) : stepper(words, `extra-${pool}`, title, more, again)));
  }

  #outcome(page, queue) {
    const { words } = page;
    const message = countMessage(queue, this.draft);
    if (!message) return h('p', { class: 'none' }, words.t('count.nobody'));
    const changes = changesOf(queue, message);
    const send = async () => {
      if (!this.sure) {
        this.sure = true;
        page.changed();
        return;
      }
      this.sure = false;
      try {
        await page.askNow(message);
        this.dialog.close();
      } catch (error) {
        this.word = refusalWords(words, error);
      }
      page.changed();
    };
    const text = words.t(changes.length > 0 ? 'count.put_right' : 'count.confirm');
    return h('section', { class: 'outcome', 'aria-live': 'polite' },
      h('h3', {}, words.t('count.changes')),
      changes.length > 0 ? h('ul', {}, changes.map((it) => h('li', {}, changeWords(words, it)))) : h('p', {}, words.t('count.same')),
      this.word && h('p', { class: 'flag', role: 'alert' }, icon('cross'), this.word),
      h('button', { type: 'button', class: this.sure ? 'sure' : 'done', 'data-k': 'count-send', on: { click: send } }, this.sure ? words.t('orders.sure', { what: text }) : text));
  }
}

function changeWords(words, { move, pool, before, after, missing, people }) {
  if (pool !== undefined) {
    const text = words.t('count.more', { pool: words.name('pool', pool), n: after });
    return people.length > 0 ? `${text} (${people.join(' ')})` : text;
  }
  const text = words.t(after === 0 ? 'count.gone' : 'count.changed', { tier: words.name('tier', move.tier), before, after });
  return missing.length > 0 && after > 0 ? `${text} (${words.t('count.missing', { people: missing.join(' ') })})` : text;
}

function checks(key, people, picked, again) {
  return h('div', { class: 'checks' }, people.map((person) => h('label', {},
    h('input', {
      type: 'checkbox',
      checked: picked.has(person),
      'data-k': `${key}-${person}`,
      on: { change: ({ target }) => { picked[target.checked ? 'add' : 'delete'](person); again(); } },
    }), person)));
}

function stepper(words, key, name, there, again) {
  const by = (n) => () => { there.seats = Math.min(SEATS_LIMIT, Math.max(0, there.seats + n)); again(); };
  return h('div', { class: 'stepper', role: 'group', 'aria-label': name },
    h('button', { type: 'button', 'aria-label': `${name} −1`, 'data-k': `${key}-less`, on: { click: by(-1) } }, '−'),
    h('output', { 'aria-live': 'polite' }, there.seats),
    h('button', { type: 'button', 'aria-label': `${name} +1`, 'data-k': `${key}-more`, on: { click: by(1) } }, '+'));
}
