// What cards of every kind are made of: what is asked, an answer in its moment of grace, on its way, refused, or asked about once more.

import { h, icon, say, tick } from '../dom.js';
import { named } from './answer.js';
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
 * @param {import('../main.js').Page} page
 */
export function sending(page, answer) {
  const { words } = page;
  if (page.link.state === 'up' || !answer.mayRecall) return h('p', { class: 'sending' }, icon('clock'), words.t(page.link.state === 'up' ? 'act.sending' : 'act.sending_later'));
  return h('div', { class: 'grace', role: 'status' },
    said(words, answer.way.message),
    h('p', { class: 'sending' }, icon('clock'), words.t('act.sending_later')),
    undo(words, answer));
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
    : other?.by ? words.t('again.they_said', { by: words.person(other.by), what: otherWords(words, other), time: words.time(other.at, true) })
      : words.t(code === 'late' ? 'again.late' : 'card.closed', { time: words.time(other?.at, true) });
  return h('div', { class: 'again', role: 'alert' },
    h('p', {}, h('b', {}, theirs)),
    h('p', {}, words.t('again.not_counted', { what: sentWords(words, message) })),
    h('div', { class: 'settle' },
      insist && h('button', { type: 'button', 'data-k': `${answer.id}-insist`, on: { click: () => answer.insist() } }, words.t(code === 'late' ? 'again.send' : 'again.insist')),
      h('button', { type: 'button', 'data-k': `${answer.id}-drop`, on: { click: () => answer.drop() } }, words.t('again.drop'))));
}

/** What somebody else has said; of "done" with how many, where that was told. */
function otherWords(words, { status, seats }) {
  return status === 'done' && seats != null ? words.of('sent', 'done', { n: seats }) : words.of('status', status);
}

function sentWords(words, message) {
  return words.of('sent', message.type, { n: message.seats ?? message.people?.length ?? 0 });
}

export function doneAsAsked(instruction) {
  return named(instruction) ? { type: 'done', people: instruction.people, seats: instruction.people.length } : { type: 'done', seats: askedFor(instruction) };
}

/** @param {import('../main.js').Page} page */
export function grace(page, answer) {
  const { words } = page;
  const { message, endsAt } = answer.grace;
  return h('div', { class: 'grace', role: 'status' },
    said(words, message),
    tick(h('span', { class: 'count' }), (element) => say(element, words.t('act.in', { n: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) }))),
    undo(words, answer));
}

/** What somebody answered, and what they said with it. */
function said(words, message) {
  const aside = message.reason ?? message.note;
  return h('p', {}, h('b', {}, sentWords(words, message)), aside && h('span', {}, words.said(aside)));
}

function undo(words, answer) {
  return h('button', { type: 'button', class: 'undo', 'data-k': `${answer.id}-undo`, on: { click: () => answer.undo() } }, words.t('act.undo'));
}
