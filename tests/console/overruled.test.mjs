// Whoever's word somebody else has taken the place of is told so, by whom and what; and a leader's yes or no that was kept without a link is
// held against another leader's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer, GRACE_MS, leadersWord, recheck } from '../../src/floor/console/cards/answer.js';
import { settle, staysOver } from '../../src/floor/console/cards/over.js';
import { lines, overruledOf } from '../../src/floor/console/cards/overruled.js';
import { emptyState, reduce } from '../../src/floor/console/store.js';
import { LANGUAGES, Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const AT = '2026-11-21T06:00:00.000Z';
const ANA = { name: 'Ana', staff_no: 'S13' };
const LI = { name: 'Li', staff_no: 'S12' };
const words = (language = 'en') => new Words(language, table(language), { zone: 'UTC' });
let seq = 2;
const instruction = (id, more = {}) => ({ type: 'instruction', seq: seq++, id, at: AT, queue: 'inbound', action: 'sign_in', tier: 'expert', pool: 'expert', seats: { min: 4, max: 4, ask: 4 }, people: ['E01', 'E02', 'E03', 'E04'], ...more });
const said = (by, id, status, more = {}) => ({ type: 'answer', seq: seq++, instruction: id, status, by, at: AT, ...more });
/** Ana's page, after these messages. */
const on = (...messages) => [{ type: 'welcome', you: { ...ANA, role: 'supervisor' }, log: '7', seq: 1 }, ...messages].reduce(reduce, emptyState());
const told = (...messages) => {
  const state = on(...messages);
  return overruledOf(state).map((it) => lines(words(), state, it).join(' '));
};

test('done, and somebody else says that it cannot be: told by whom, what, why, and what oneself had said', () => {
  const messages = [instruction(1), said(ANA, 1, 'done', { seats: 4 }), said(LI, 1, 'declined', { note: 'On break' })];
  assert.deepEqual(told(...messages), ['Sign in 4 · Experts for Inbound You had said at 06:00:00: Done with 4. Li said at 06:00:00: Cannot. On break']);
  const state = on(...messages);
  for (const language of LANGUAGES.slice(1)) {
    const [, mine, theirs] = lines(words(language), state, overruledOf(state)[0]);
    assert.doesNotMatch(mine + theirs.replace(/Li|On break/g, ''), /[a-z]/i, language);
  }
});

test('one is overruled as well by less, by others, by a "done" after a "cannot", and by a "cannot" after "I take it"', () => {
  const after = (mine, theirs) => told(instruction(1), said(ANA, 1, ...mine), said(LI, 1, ...theirs)).length;
  assert.equal(after(['done', { seats: 4 }], ['done', { seats: 2 }]), 1);
  assert.equal(after(['done', { people: ['E01'] }], ['done', { people: ['E02'] }]), 1);
  assert.equal(after(['declined'], ['done', { seats: 4 }]), 1);
  assert.equal(after(['seen', { eta_s: 120 }], ['declined']), 1);
  assert.equal(after(['seen'], ['done', { seats: 0 }]), 1);
});

test('the same word, a word that does what one took, and the phone system overrule nobody', () => {
  const after = (mine, theirs, by = LI) => told(instruction(1), said(ANA, 1, ...mine), said(by, 1, ...theirs));
  assert.deepEqual(after(['done', { seats: 4 }], ['done', {}]), [], 'as asked is four');
  assert.deepEqual(after(['done', { seats: 4, people: ['E02', 'E01', 'E03', 'E04'] }], ['done', { seats: 4 }]), []);
  assert.deepEqual(after(['seen'], ['done', { seats: 4 }]), []);
  assert.deepEqual(after(['declined'], ['declined']), []);
  assert.deepEqual(after(['done', { seats: 4 }], ['left', { seats: 1 }]), [], 'they were there');
  assert.deepEqual(after(['done', { seats: 4 }], ['confirmed', {}], { name: 'phone system', staff_no: 'feed' }), []);
  assert.deepEqual(told(instruction(1), said(LI, 1, 'declined'), said(ANA, 1, 'done')), [], 'one has the last word oneself');
});

test('whoever says more has the last word again; a third who agrees gives it back', () => {
  const first = [instruction(1), said(ANA, 1, 'done', { seats: 4 }), said(LI, 1, 'declined')];
  assert.deepEqual(told(...first, said(ANA, 1, 'done', { seats: 4 })), []);
  assert.deepEqual(told(...first, said({ name: 'Chen', staff_no: 'L01' }, 1, 'done', { seats: 4 })), []);
});

test('people whom one has on the phones, and another takes for theirs', () => {
  const mine = [instruction(1), said(ANA, 1, 'done', { seats: 4 }), instruction(2, { tier: 'outbound', pool: 'outbound', people: [], seats: { min: 1, max: 3, ask: 3 } })];
  const taken = said(LI, 2, 'done', { seats: 1, people: ['E02'] });
  assert.deepEqual(told(...mine, taken), ['Sign in 4 · Experts for Inbound You had said at 06:00:00: Done with 4. Li said at 06:00:00 that E02 are elsewhere: Sign in 3 · Outbound for Inbound.']);
  const left = said(ANA, 1, 'left', { people: ['E02'] });
  assert.deepEqual(told(...mine, left, { ...taken, seq: seq++ }), [], 'they had left');
  assert.deepEqual(told(...mine, { ...left, seq: seq++ }, said(LI, 1, 'done', { people: ['E01', 'E03', 'E04'] })), [], 'those who are left');
  const back = instruction(3, { action: 'sign_out', of: 1 });
  assert.deepEqual(told(...mine, back, { ...taken, seq: seq++ }), [], 'they had been told to go back');
});

test("a leader's yes that was kept without a link is held against another leader's word", () => {
  const kept = (type, more = {}) => ({ message: { type, queue: 'inbound', tier: 'expert' }, by: ANA.staff_no, seq: 2, epoch: 0, at: 0, held: true, ...more });
  const notice = (code, by, more = {}) => ({ type: 'notice', seq: 3, at: AT, code, queue: 'inbound', tier: 'expert', by, ...more });
  assert.equal(recheck(on(), kept('approve'), 5_000), null);
  for (const type of ['approve', 'refuse']) {
    assert.deepEqual(recheck(on(notice('approved', LI)), kept(type), 5_000), { code: 'overtaken', with: { by: LI, status: 'approved', at: AT } });
    assert.deepEqual(recheck(on(notice('approval_refused', LI)), kept(type), 5_000), { code: 'overtaken', with: { by: LI, status: 'refused', at: AT } });
  }
  assert.equal(recheck(on(notice('approved', ANA)), kept('approve'), 5_000), null, 'one may say more oneself');
  assert.equal(recheck(on(notice('approved', LI)), kept('approve', { seq: 3 }), 5_000), null, 'it was heard when it was said');
  assert.equal(recheck(on(notice('approved', LI, { tier: 'outbound' })), kept('approve'), 5_000), null, 'another tier');
  assert.equal(recheck(on(), kept('refuse'), 120_000).code, 'late');
  assert.equal(leadersWord(on(notice('approval_refused', LI)), { queue: 'inbound', tier: 'expert', since: '2026-11-21T06:00:01.000Z' }), null, 'it was said to an earlier question');
});

test('a card that is over stays while what was said on it has not been read', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let refuse;
  const answer = () => new Answer({ id: 'yes', subject: { queue: 'inbound', tier: 'expert' }, seats: { ask: 4 } }, () => new Promise((_, no) => { refuse = no; }), () => {});
  const theirs = { how: 'said', by: LI, status: 'refused', at: AT };
  /** The question is over, and how it ended is this. */
  const over = (it, end) => { settle(on(), it, end); return staysOver(it); };
  assert.equal(over(answer(), theirs), false, 'nothing was said');

  const waiting = answer();
  waiting.later({ type: 'approve' });
  assert.equal(over(waiting, theirs), true);
  assert.deepEqual(waiting.question, { message: { type: 'approve', queue: 'inbound', tier: 'expert' }, code: 'overtaken', with: theirs });
  context.mock.timers.tick(GRACE_MS * 2);
  assert.equal(waiting.sending, false, 'and is not sent');
  waiting.drop();
  assert.equal(over(waiting, theirs), false);

  const kept = answer();
  kept.later({ type: 'approve' });
  const sent = kept.flush();
  assert.equal(over(kept, null), true, 'it is on its way');
  refuse(Object.assign(new Error(''), { code: 'nothing_to_approve' }));
  await sent;
  assert.equal(over(kept, null), true, 'why it was not taken has not been read');
  kept.drop();
  assert.equal(over(kept, null), false);
});
