// What cards of every kind are made of: what is asked, an answer in its moment of grace, on its way, refused, or asked about once more.

import { h, icon, say, tick } from '../dom.js';
import { named } from './answer.js';
import { mayStillSay } from './ended.js';
import { headline } from '../log.js';
import { askedFor } from '../store.js';
import { reasonWords, refusalWords } from '../reason.js';

/** In how many seconds somebody may say that people will be there. */
export const TAKE_S = [0, 120, 300, 600];
export const SIGNS = { sign_in: 'up', sign_out: 'release', stand_down: 'release', extend_shift: 'clock', overtime: 'bell', call_in: 'bell' };

/** Whether a depth is clearly another than that for which something was asked. Pure. */
export function isAnother(then, now) {
  return now !== null && then != null && Math.abs(now - then) > Math.max(2, then / 4);
}

/**
 * Why it is asked; and how many wait now, where that is clearly not what it was.
 * @param {import('../main.js').Page} page
 */
export function why(page, { queue, reason }) {
  const { words } = page;
  const one = reason?.code === 'severe' ? reason.why : reason?.code === 'all' ? reason.all[0] : reason;
  return h('p', { class: 'why' }, reasonWords(words, reason), tick(h('span', { class: 'now-waits' }), (element) => {
    const now = page.waitingNow(queue);
    say(element, isAnother(one?.waiting, now) ? ` · ${words.t('card.now', { n: now })}` : '');
  }, 'number'));
}

/**
 * What was said and is on its way; while there is no link it says what that is, and it can be taken back.
 * `may`: whether here, and not where it was said of several.
 * @param {import('../main.js').Page} page
 */
export function sending(page, answer, may = true) {
  const { words } = page;
  if (page.link.state === 'up' || !answer.mayRecall) return h('p', { class: 'sending' }, icon('clock'), words.t(page.link.state === 'up' ? 'act.sending' : 'act.sending_later'));
  return waiting(page, { message: answer.way.message, key: answer.id, undo: may && (() => answer.undo()) });
}

/** Why the last answer was not taken. */
export function trouble(words, { error }) {
  return error && h('p', { class: 'flag', role: 'alert' }, icon('cross'), refusalWords(words, error));
}

/**
 * What somebody said must be looked at again before it counts: by whom it was overtaken, or how old it is. `insist`: whether it can be said
 * all the same.
 * @param {import('../main.js').Page} page
 */
export function question(page, answer, { insist = true } = {}) {
  const { words } = page;
  const { message, code, with: other } = answer.question;
  const theirs = code === 'conflict' ? refusalWords(words, { code, message: '', said: answer.question.said })
    : code === 'late' ? words.t('again.late', { time: words.time(other?.at, true) })
      : endWords(page, message.instruction, other);
  // What would be refused is not offered.
  const may = insist && (code === 'conflict' || message.instruction === undefined || mayStillSay(page.state, message));
  return h('div', { class: 'again', role: 'alert' },
    h('p', {}, h('b', {}, theirs)),
    h('p', {}, words.t('again.not_counted', { what: sentWords(words, message) })),
    h('div', { class: 'settle' },
      may && h('button', { type: 'button', 'data-k': `${answer.id}-insist`, on: { click: () => answer.insist() } }, words.t(code === 'late' ? 'again.send' : 'again.insist')),
      h('button', { type: 'button', 'data-k': `${answer.id}-drop`, on: { click: () => answer.drop() } }, words.t('again.drop'))));
}

/**
 * How what was asked has ended, and by whose word; `end`: as `endOf` has it, or what somebody has said.
 * @param {import('../main.js').Page} page
 * @param {any} end
 */
export function endWords({ words, state }, id, end) {
  const values = { by: words.person(end?.by), time: words.time(end?.at, true) };
  switch (end?.how ?? (end?.by ? 'said' : null)) {
    case 'said': {
      const key = end.by?.staff_no != null && end.by.staff_no === state.you?.staff_no ? 'again.you_said' : 'again.they_said';
      return [words.t(key, { ...values, what: otherWords(words, end) }), words.said(end.note)].filter(Boolean).join(' ');
    }
    case 'shown': return words.t('ended.shown', { ...values, n: end.seats });
    case 'stood_down': return words.t('ended.stood_down', { ...values, why: reasonWords(words, end.reason) });
    case 'signed_out': return words.t('ended.signed_out', { ...values, why: reasonWords(words, end.reason) });
    case 'elsewhere': return words.t('overruled.taken', { ...values, people: words.list(end.people), about: aboutWords({ words, state }, end.of) });
    case 'counted': return words.t('ended.counted', values);
    case 'taken_as_left': return words.t('ended.taken_as_left', values);
    case 'unanswered': return words.t('ended.unanswered', values);
    case 'freed': return words.t('ended.freed');
    case 'lapsed': return words.t('ended.lapsed', values);
    default: return words.t('card.closed');
  }
}

/** "Sign in 4 · Experts for Hotline": what an instruction was about. */
export function aboutWords({ words, state }, id) {
  const it = state.known[id];
  return it?.action ? words.t('item.instruction', { what: headline(words, it), queue: words.name('queue', it.queue) }) : `#${id}`;
}

/** What somebody else has said; of "done" and "left" with how many, and who has left, where that was told. */
function otherWords(words, { status, seats, people }) {
  const n = seats ?? people?.length;
  if (status === 'left' && n != null) return [words.of('sent', 'left', { n }), people?.length > 0 && words.list(people)].filter(Boolean).join(' · ');
  return status === 'done' && seats != null ? words.of('sent', 'done', { n: seats }) : words.of('status', status);
}

export function sentWords(words, message) {
  return words.of('sent', message.type, { n: message.seats ?? message.people?.length ?? 0 });
}

export function doneAsAsked(instruction) {
  return named(instruction) ? { type: 'done', people: instruction.people, seats: instruction.people.length } : { type: 'done', seats: askedFor(instruction) };
}

/** @param {import('../main.js').Page} page */
export function grace(page, answer, may = true) {
  return waiting(page, { ...answer.grace, key: answer.id, undo: may && (() => answer.undo()) });
}

/**
 * What was said and can still be taken back: until `endsAt`, or while there is no link. `key` names its button.
 * @param {import('../main.js').Page} page
 */
export function waiting({ words }, { message, endsAt = null, key, undo }) {
  return h('div', { class: 'grace', role: 'status' },
    said(words, message),
    endsAt === null
      ? h('p', { class: 'sending' }, icon('clock'), words.t('act.sending_later'))
      : tick(h('span', { class: 'count' }), (element) => say(element, words.t('act.in', { n: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) }))),
    undo && h('button', { type: 'button', class: 'undo', 'data-k': `${key}-undo`, on: { click: undo } }, words.t('act.undo')));
}

/** What somebody answered, and what they said with it. */
function said(words, message) {
  const aside = message.reason ?? message.note;
  return h('p', {}, h('b', {}, sentWords(words, message)), aside && h('span', {}, words.said(aside)));
}
