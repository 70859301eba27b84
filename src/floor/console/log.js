// What was asked and answered today, and since the evening while the day is young, newest first, as far as this page was told. The whole
// duty log: logview.js.

import { alike } from './alike.js';
import { arrange, h, icon, mark, renew } from './dom.js';
import { isTooMuch } from './alarms.js';
import { askedFor } from './store.js';
import { answerWords, countedWords, fromWords, headlineWords, lostWords, nearWords, promiseWords, reasonWords, standingWords } from './reason.js';

const SHOWN = 60;
const HOUR_MS = 3_600_000;
/** Midnight ends no shift: what is so young stands in the list whatever day it is of. */
const SHIFT_MS = 12 * HOUR_MS;
const SIGNS = { sign_in: 'up', sign_out: 'release', stand_down: 'release', seen: 'clock', done: 'in_hand', declined: 'cross', left: 'release', unanswered: 'ask', escalated: 'up' };

const SIGNS_LOGGED = { settled: 'in_hand', freed: 'release', surge_over: 'calm', feed_connected: 'in_hand', feed_disconnected: 'blind', source_lost: 'blind', queue_missing: 'blind', logged_in: 'person', logged_out: 'person', not_let_in: 'lock' };

export class DutyList {
  #from = null;
  #list = h('ol', { class: 'entries', 'aria-labelledby': 'log-title', 'data-k': 'entries' });
  /** What stands in the list, by its entry: what is written down does not change, so a row is drawn once. */
  #rows = new Map();
  /** The heads over the entries of days before. */
  #days = new Map();
  #look = null;

  /** `openAll()` opens the duty log. */
  constructor(root, openAll) {
    this.root = root;
    this.openAll = openAll;
  }

  render(page) {
    const { words, state, clock } = page;
    const asks = page.day?.asks ? { ...page.day.asks, at: words.time(page.day.to) } : null;
    // Of one queue alone nobody need say which.
    const many = severalQueues(state);
    const hour = Math.floor(clock.now() / HOUR_MS);
    // Which entries are of today is not asked again while there is nothing new.
    if (alike(this.#from, [page.look, state.book, hour, asks, many])) return;
    this.#from = [page.look, state.book, hour, asks, many];
    const day = words.day(clock.now());
    if (!alike(this.#look, [page.look, many])) for (const drawn of [this.#rows, this.#days]) drawn.clear();
    this.#look = [page.look, many];
    const today = recentOf(state.book, clock.now(), (entry) => this.#rows.get(entry)?.day ?? words.day(entry.at));
    mark(this.#list, 'tabindex', page.wall ? null : 0);
    renew(this.root, [page.look, day, today.length === 0, asks], () => [
      h('h2', { id: 'log-title' }, words.t('log.title'), h('small', {}, day),
        !page.wall && h('button', { type: 'button', class: 'quiet', 'data-k': 'log-all', on: { click: this.openAll } }, words.t('log.all'))),
      asks?.peak > 0 && h('p', { class: 'asks-load', 'data-too-much': isTooMuch(asks) }, words.t(isTooMuch(asks) ? 'log.asks_much' : 'log.asks', { mean: asks.mean > 0 && asks.mean < 0.1 ? '<0.1' : asks.mean.toFixed(1), peak: asks.peak, at: asks.at })),
      today.length === 0
        ? h('p', { class: 'none' }, words.t('log.none'))
        : this.#list,
    ]);
    this.#place(page, today, day);
  }

  #place(page, entries, day) {
    const before = this.#rows;
    this.#rows = new Map(entries.map((entry) => {
      const known = Boolean(page.state.known[entry.id ?? entry.instruction]?.action);
      const drawn = before.get(entry);
      return [entry, drawn?.known === known ? drawn : { known, day: entry.at ? page.words.day(entry.at) : null, element: row(page, entry) }];
    }));
    // What has no time stands under the day of what came after it.
    const headed = new Set([null, day]);
    const order = [...this.#rows.values()].flatMap((it) => {
      if (headed.has(it.day)) return it.element;
      headed.add(it.day);
      if (!this.#days.has(it.day)) this.#days.set(it.day, h('li', { class: 'entry-day' }, it.day));
      return [this.#days.get(it.day), it.element];
    });
    const stays = new Set(order);
    for (const element of [...this.#list.children]) if (!stays.has(element)) element.remove();
    arrange(this.#list, order);
  }
}

function severalQueues({ queues }) {
  return Object.keys(queues).length > 1;
}

/** What is of the day of this moment, or no older than a shift, the newest first; what has no time is of now. Pure. */
export function recentOf(book, now, dayOf) {
  const day = dayOf({ at: now });
  return lastOf(book, (entry) => !entry.at || now - Date.parse(entry.at) <= SHIFT_MS || dayOf(entry) === day);
}

/** The last entries that are wanted, the newest first. */
function lastOf(book, wanted) {
  const found = [];
  for (let i = book.length - 1; i >= 0 && found.length < SHOWN; i -= 1) if (wanted(book[i])) found.push(book[i]);
  return found;
}

/** One entry of a list. */
export function row(page, entry) {
  const { words } = page;
  const { sign, text, more } = entryWords(page, entry);
  return h('li', { class: 'entry', 'data-kind': entry.kind, 'data-seq': entry.seq },
    h('time', {}, entry.at ? words.time(entry.at, true) : ''), icon(sign),
    h('p', {}, text, more && h('span', { class: 'more' }, more)));
}

/** All that an entry says, as the page words it. */
export function said(page, entry) {
  const { text, more } = entryWords(page, entry);
  return [text, more].filter(Boolean).join(' ');
}

function entryWords(page, entry) {
  const { words, state } = page;
  const instruction = state.known[entry.id ?? entry.instruction];
  const about = (it) => (severalQueues(state) && it.queue ? `${headline(words, it)} · ${words.name('queue', it.queue)}` : headline(words, it));
  switch (entry.kind) {
    case 'instruction':
      return { sign: SIGNS[instruction?.action] ?? 'up', text: instruction ? about(instruction) : headline(words, instruction), more: entry.shadow ? words.t('shadow.tag') : instruction && reasonWords(words, instruction.reason) };
    case 'answer': {
      const text = answerWords(words, entry, instruction, instruction ? about(instruction) : `#${entry.id}`);
      return { sign: SIGNS[entry.status] ?? 'in_hand', text, more: words.said(entry.note ?? entry.reason) };
    }
    case 'handover': return { sign: entry.step === 'completed' ? 'in_hand' : 'sign', text: handoverStep(words, state, entry), more: words.said(entry.note) };
    case 'logged': return logged(words, entry, instruction);
    case 'gap': return { sign: 'unknown', text: words.t('log.gap') };
    default: {
      const values = {
        queue: words.name('queue', entry.queue),
        tier: words.name('tier', entry.tier),
        role: words.name('role', entry.role),
        to: words.name('ladder', entry.to ?? entry.ladder),
        by: words.person(entry.by),
        what: instruction ? about(instruction) : '',
        n: entry.seats ?? '',
        shown: entry.shown ?? '',
        people: words.list(entry.people ?? []),
        at: entry.over_at ?? entry.left_at ? words.time(entry.over_at ?? entry.left_at) : '',
      };
      const people = (entry.out_of_place ?? []).map((move) => words.name('tier', move.tier)).join(', ');
      const lines = (entry.problems ?? (entry.changes ?? []).map((change) => changeWords(words, change))).join('; ');
      const more = detail(words, entry) ?? words.said(entry.note ?? entry.reason) ?? (typeof entry.why === 'string' && entry.code !== 'tier_skipped' ? words.cause(entry.why) : null) ?? (people || lines || null);
      return { sign: entry.code?.startsWith('incident') ? 'incident' : entry.code?.startsWith('feed') || entry.code === 'blind_long' ? 'blind' : 'note', text: words.of('notice', entry.code, values), more };
    }
  }
}

/** What a notice says beyond its own sentence, where that is more than a text. */
function detail(words, entry) {
  switch (entry.code) {
    case 'approval_asked': return reasonWords(words, entry.reason);
    case 'counted': return countedWords(words, entry);
    case 'tier_skipped': return standingWords(words, { ...entry, code: entry.why });
    case 'feed_lost': return lostWords(words, entry);
    case 'not_shown': return nearWords(words, entry.near);
    case 'passed_up': return promiseWords(words, entry.promise);
    default: return null;
  }
}

/** A step of a hand-over in one line. */
export function handoverStep(words, state, { step, side, by, item, items, unproven }) {
  const key = step === 'signed' ? `signed_${side}` : step;
  const text = words.of('handed', key, { by: by ? words.who(by) : '', item: item ? itemName(words, state, item) : '', items: (items ?? []).map((it) => itemName(words, state, it)).join(', ') });
  return unproven ? `${text} ${words.t('handover.unproven')}` : text;
}

/**
 * An open matter of a hand-over by its key, as in `instruction-7` or `pause-inbound`; a key of a newer server is shown as it came.
 * @param {import('./store.js').State} state
 */
export function itemName(words, state, key) {
  const [, kind, of] = /^(instruction|approval|pause|incident|blind)-(.+)$/.exec(key) ?? [];
  switch (kind) {
    case undefined: return key;
    case 'instruction': {
      const it = state.known[of];
      return it?.action ? words.t('item.instruction', { what: headline(words, it), queue: words.name('queue', it.queue) }) : words.t('item.instruction_unknown', { n: of });
    }
    case 'approval': {
      const queue = Object.keys(state.queues).filter((name) => of.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0];
      return queue === undefined ? key : words.t('item.approval', { queue: words.name('queue', queue), tier: words.name('tier', of.slice(queue.length + 1)) });
    }
    default: return words.t(`item.${kind}`, { queue: words.name('queue', of) });
  }
}

/** What the floor was not told, but stands in the duty log. What a newer server writes is shown in its own words. */
function logged(words, entry, instruction) {
  const key = `logged.${entry.code}`;
  if (!words.has(key)) return { sign: 'note', text: entry.words };
  const what = instruction ? headline(words, instruction) : `#${entry.instruction ?? ''}`;
  const began = entry.began === undefined ? '' : words.time(entry.began);
  const by = entry.by ? words.who(entry.by) : '';
  return { sign: SIGNS_LOGGED[entry.code] ?? 'note', text: words.t(key, { what, by, from: entry.from ?? '–', n: entry.times ?? '', began, queue: words.name('queue', entry.queue), feed: entry.feed ?? '', version: entry.version ?? '' }), more: words.cause(entry.why) };
}

const NAMED_KINDS = { queue: 'queue', pool: 'pool', ladder: 'ladder' };

/** A change of the configuration in the reader's language: the daemon tells which key, or which part by name and what became of it. */
export function changeWords(words, change) {
  const [, bare, later] = /^(.*?)( \(needs a restart\))?$/.exec(change);
  const [, what, name, became] = /^([a-z ]+) `(.+)` (is new|changed|is gone)$/.exec(bare) ?? [];
  const key = what?.replaceAll(' ', '_');
  const text = key && words.has(`changed.${key}`)
    ? words.t(`became.${became.replaceAll(' ', '_')}`, { what: words.t(`changed.${key}`, { name: NAMED_KINDS[what] ? words.name(NAMED_KINDS[what], name) : name }) })
    : words.has(`setting.${bare.replaceAll('.', '_')}`) ? words.t(`setting.${bare.replaceAll('.', '_')}`) : bare;
  return later ? words.t('changed.after_restart', { what: text }) : text;
}

/** "Sign in 3 · Outbound": an instruction in one line. */
export function headline(words, instruction) {
  if (!instruction?.action) return instruction?.id ? `#${instruction.id}` : '';
  return headlineWords(words, instruction.action, { n: askedFor(instruction), from: fromWords(words, instruction) });
}
