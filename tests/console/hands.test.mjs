// Which card a key is for; what can be taken back, and what one tap said together; and what becomes of what was about to be said when the
// question is over: what agrees closes quietly, what contradicts asks, and nothing is offered that would be refused.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Answer, GRACE_MS, lastSaid } from '../../src/floor/console/cards/answer.js';
import { agrees, endOf, endOfYes, mayStillSay } from '../../src/floor/console/cards/ended.js';
import { Hand, SEE_MS, TAKEN_MS } from '../../src/floor/console/cards/hand.js';
import { settle, staysOver } from '../../src/floor/console/cards/over.js';
import { endWords } from '../../src/floor/console/cards/pieces.js';
import { togetherOf } from '../../src/floor/console/cards/several.js';
import { act } from '../../src/floor/console/keys/keys.js';
import { emptyState, reduce } from '../../src/floor/console/store.js';
import { LANGUAGES, Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

beforeEach(() => {
  for (const answer of lastSaid()) answer.undo();
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
});

const AT = '2026-11-21T06:00:00.000Z';
const [ANA, LI, CHEN, FEED] = [['Ana', 'S13'], ['Li', 'S12'], ['Chen', 'L01'], ['phone system', 'feed']].map(([name, staff_no]) => ({ name, staff_no }));
const E = ['E01', 'E02', 'E03', 'E04'];
const instruction = (id, more = {}) => ({ type: 'instruction', id, at: AT, queue: 'inbound', action: 'sign_in', tier: 'expert', pool: 'expert', seats: { min: 4, max: 4, ask: 4 }, people: E, reason: { code: 'waiting_above', waiting: 9, threshold: 5, held_s: 3 }, ...more });
const said = (by, id, status, more = {}) => ({ type: 'answer', instruction: id, status, by, at: AT, ...more });
const notice = (code, more = {}) => ({ type: 'notice', at: AT, queue: 'inbound', code, ...more });
const state = (moves = [], instructions = []) => ({ type: 'state', now: AT, queues: [{ queue: 'inbound', waiting: 3, moves, leaving: [] }], instructions });
const ordered = { code: 'order', by: CHEN };
/** Ana's page, after these messages: instruction 1 has been asked, and is over. */
const over = (...messages) => numbered(2, instruction(1), ...messages, state()).reduce(reduce, reduce(emptyState(), { type: 'welcome', you: { ...ANA, role: 'supervisor' }, log: '7', seq: 1, chain: [{ role: 'supervisor' }] }));
const numbered = (from, ...messages) => messages.map((it, i) => (it.type === 'state' ? it : { ...it, seq: from + i }));
const done = (seats = 4, people = E.slice(0, seats)) => ({ type: 'done', seats, people, instruction: 1 });
const cannot = { type: 'decline', reason: 'On break', instruction: 1 };
const back = (more = {}) => instruction(2, { action: 'sign_out', of: 1, reason: ordered, ...more });
const quiet = (message, ...messages) => { const it = over(...messages); return agrees(it, message, endOf(it, 1)); };
const may = (message, ...messages) => mayStillSay(over(...messages), message);
const words = (language = 'en') => new Words(language, table(language), { zone: 'UTC' });
const ended = (...messages) => { const it = over(...messages); return endWords({ state: it, words: words() }, 1, endOf(it, 1)); };

test('the first card is in hand until somebody takes another', () => {
  const hand = new Hand();
  assert.deepEqual([hand.of([], null, 0), hand.meant(0)], [null, null]);
  assert.deepEqual([hand.of([1, 2], 1, 10), hand.meant(10)], [1, 1], 'where there was none nothing else can have been meant');
  hand.take(2, 20);
  assert.deepEqual([hand.of([1, 2], 1, 20), hand.meant(20)], [2, 2], 'at once, by their own will');
  assert.equal(hand.of([3, 1, 2], 3, 9_000_000), 2, 'and it stays theirs, whatever comes');
  assert.equal(hand.of([3, 1], 3, 9_000_001), 3, 'until it is gone');
});

test('a key is for the card that was in hand as far as anybody can have seen', () => {
  const hand = new Hand();
  hand.of([1], 1, 0);
  assert.equal(hand.of([2, 1], 2, 5_000), 2, 'one that presses more has come');
  assert.deepEqual([hand.meant(5_000), hand.meant(5_000 + SEE_MS - 1), hand.meant(5_000 + SEE_MS)], [1, 1, 2]);
  hand.of([3, 2, 1], 3, 20_000);
  hand.of([3, 1], 3, 20_500);
  assert.equal(hand.meant(20_600), 2, 'it is gone, and no other was meant');
  hand.take(1, 30_000);
  hand.of([3], 3, 30_100);
  assert.equal(hand.meant(30_200), 1, 'so it is where theirs is gone');
  hand.of([], null, 40_000);
  hand.of([9], 9, 40_100);
  assert.equal(hand.meant(40_200), 3);
});

test('who has taken something may say another time; then the hand is free', () => {
  const hand = new Hand();
  hand.of([1, 2], 1, 0);
  hand.take(1, 1_000, TAKEN_MS);
  assert.equal(hand.of([2, 1], 2, 1_000 + TAKEN_MS - 1), 1);
  assert.equal(hand.of([2, 1], 2, 1_000 + TAKEN_MS), 2);
  assert.equal(hand.meant(1_001 + TAKEN_MS), 1, 'they cannot have seen it yet');
  assert.equal(hand.meant(1_000 + TAKEN_MS + SEE_MS), 2);
});

const four = { seats: { min: 4, max: 4, ask: 4 }, people: [] };
const answers = (...ids) => ids.map((id) => new Answer({ id, ...four }, async () => {}, () => {}));

test('U takes back what was said last, on whatever card, and has that card in hand; again what was said before', () => {
  const [one, two] = answers(1, 2);
  const held = [];
  const cards = { inHand: () => ({ instruction: { id: 9 }, answer: answers(9)[0] }), hold: (id) => held.push(id) };
  one.later({ type: 'done', seats: 4 });
  two.later({ type: 'decline', reason: 'x' });
  assert.equal(act('u', cards, () => {}), true);
  assert.deepEqual([one.grace !== null, two.grace, held], [true, null, [2]]);
  two.later({ type: 'decline', reason: 'x' });
  one.later({ type: 'done', seats: 3 });
  act('u', cards, () => {});
  assert.deepEqual([one.grace, two.grace !== null], [null, true], 'a second thought is the last');
  mock.timers.tick(GRACE_MS);
  assert.equal(act('u', cards, () => {}), false, 'it has left');
});

test('what waits for a link is taken back as well; what has left is not', () => {
  const way = [];
  const answer = new Answer({ id: 1, ...four }, (message, on) => { way.push(on); on.recall = () => { on.recall = null; }; return new Promise(() => {}); }, () => {});
  answer.take(0);
  assert.deepEqual(lastSaid(), [answer]);
  way[0].recall = null;
  assert.deepEqual(lastSaid(), []);
});

test('one tap on several has one moment for all, and is taken back as one', () => {
  const [one, two, other] = answers(1, 2, 3);
  const together = {};
  other.later({ type: 'decline', reason: 'x' });
  for (const it of [one, two]) it.later({ type: 'done', seats: 4 }, together);
  const { said: all, message, endsAt } = togetherOf([one, two, other]);
  assert.deepEqual([all, message, endsAt], [[one, two], { type: 'done', seats: 8 }, GRACE_MS]);
  act('u', { hold: () => assert.fail('none of several') }, () => {});
  assert.deepEqual([one.grace, two.grace, other.grace !== null], [null, null, true]);
  assert.equal(togetherOf([one, two, other, undefined]), null, 'what was said on one card stands there');
});

test('what the phones show, what one has said on another page, and what a colleague said alike is no dispute', () => {
  assert.equal(quiet(done(), said(FEED, 1, 'confirmed')), true);
  assert.equal(quiet(done(), said(ANA, 1, 'done', { seats: 4, people: E })), true, 'my own other page');
  assert.equal(quiet(done(), said(LI, 1, 'done', { seats: 4, people: [...E].reverse() })), true);
  assert.equal(quiet(done(), said(LI, 1, 'done')), true, 'as asked is four');
  assert.equal(quiet(done(3), said(LI, 1, 'done', { seats: 3 })), true, 'nobody knows which three');
  assert.equal(quiet(cannot, said(LI, 1, 'declined', { note: 'Needed there' })), true);
  assert.equal(quiet(cannot, said(LI, 1, 'done', { seats: 0 })), true);
  assert.equal(quiet(done(0), said(LI, 1, 'declined')), true);
  assert.equal(quiet(cannot, back({ action: 'stand_down' })), true, 'nobody comes, whoever says so');
});

test('what contradicts asks', () => {
  assert.equal(quiet(done(3), said(FEED, 1, 'confirmed')), false, 'the phones show all four');
  assert.equal(quiet(cannot, said(FEED, 1, 'confirmed')), false);
  assert.equal(quiet(done(), said(LI, 1, 'done', { seats: 3 })), false);
  assert.equal(quiet(done(2), said(LI, 1, 'done', { seats: 2, people: ['E03', 'E04'] })), false, 'others');
  assert.equal(quiet(done(2), said(ANA, 1, 'done', { seats: 4 })), false, 'on another page as well');
  assert.equal(quiet(done(), said(LI, 1, 'declined')), false);
  assert.equal(quiet(cannot, said(LI, 1, 'done')), false);
  assert.equal(quiet(done(), back()), false);
  assert.equal(quiet(done(), said(LI, 1, 'seen'), back()), false);
  assert.equal(quiet(done()), false, 'nobody has told how it ended');
});

test('how it ended is said as it was: not by the last who had any word', () => {
  assert.equal(ended(said(LI, 1, 'seen'), back()), 'Sent back at 06:00:00: Ordered by Chen.');
  assert.equal(ended(back({ action: 'stand_down', reason: { code: 'waiting_at_most', waiting: 2, threshold: 5, held_s: 60, judge: 'every' } })), 'Called off at 06:00:00: 2 waiting, at most 5 for 1:00.');
  assert.equal(ended(said(FEED, 1, 'confirmed')), 'The phones show all 4 since 06:00:00.');
  assert.equal(ended(said(LI, 1, 'declined', { note: 'On break' })), 'Li said at 06:00:00: declined. On break');
  assert.equal(ended(said(ANA, 1, 'done', { seats: 2 })), 'You said on another page at 06:00:00: Done with 2.');
  assert.equal(ended(notice('counted', { by: CHEN, moves: [{ instruction: 1, tier: 'expert', before: [], after: [{ pool: 'expert', seats: 2, people: [] }] }] })), 'The floor was counted at 06:00:00, by Chen.');
  assert.equal(ended(notice('taken_as_left', { instruction: 1, people: E })), 'Not on the phones any more: taken to have left at 06:00:00.');
  assert.match(ended(instruction(3, { queue: 'cards', tier: 'quality', people: ['E02'] }), said(LI, 3, 'done', { people: ['E02'] })), /^Li said at 06:00:00 that E02 are elsewhere: Sign in 4 · Experts for/);
  assert.equal(ended(said(LI, 1, 'seen'), said(LI, 1, 'escalated')), 'No longer open');
});

test('people who were to go back: the phones show them gone, somebody says that they are there, or nobody answered', () => {
  const wentBack = (action, ...messages) => { const it = over(back({ action }), ...messages); return [it, endOf(it, 2)]; };
  const [gone, freed] = wentBack('sign_out');
  assert.deepEqual([freed, agrees(gone, { ...done(), instruction: 2 }, freed), agrees(gone, { ...cannot, instruction: 2 }, freed)], [{ how: 'freed' }, true, false]);
  assert.equal(mayStillSay(gone, { ...cannot, instruction: 2 }), false);
  assert.equal(wentBack('stand_down', said(LI, 1, 'done'))[1].by, LI);
  assert.equal(wentBack('sign_out', said(undefined, 2, 'unanswered'))[1].how, 'unanswered');
  assert.equal(wentBack('stand_down')[1], null, 'nobody has told how');
});

test('nothing is offered that would be refused', () => {
  assert.equal(may(done(), said(LI, 1, 'seen'), back()), false, 'its people were signed out');
  assert.equal(may(cannot, back({ action: 'stand_down' })), false);
  assert.equal(may(done(), back({ action: 'stand_down' })), true, 'who has come all the same is put back');
  assert.equal(may(done(), said(LI, 1, 'declined')), true);
  assert.equal(may(done(), said(LI, 1, 'done', { seats: 0 })), true);
  assert.equal(may(done(2), said(LI, 1, 'done')), true);
  assert.equal(may(cannot, said(LI, 1, 'done')), true);
  assert.equal(may(cannot, said(FEED, 1, 'confirmed')), true);
  assert.equal(may({ type: 'escalate', instruction: 1 }, said(LI, 1, 'done')), false);
  assert.equal(may({ type: 'seen', instruction: 1 }, said(LI, 1, 'done')), false);
  const again = numbered(9, said(LI, 1, 'declined'), instruction(5), state([{ instruction: 5, tier: 'expert', seats: 4 }], [instruction(5)])).reduce(reduce, over());
  assert.equal(mayStillSay(again, done()), false, 'others have been called in their place');
  assert.equal(mayStillSay(emptyState(), done()), true, 'nobody knows better');
});

test('what is met is taken back and told, what is not is asked about; how it ended may be heard later', () => {
  const waiting = () => { const [it] = answers(1); it.later(done()); return it; };
  const shown = over(said(FEED, 1, 'confirmed'));
  const met = waiting();
  assert.deepEqual(settle(shown, met, endOf(shown, 1)), { ...done() });
  assert.deepEqual([staysOver(met), met.grace], [false, null]);
  const unheard = over();
  const asked = waiting();
  assert.equal(settle(unheard, asked, endOf(unheard, 1)), null);
  assert.deepEqual([staysOver(asked), asked.question.with], [true, null]);
  const heard = over(said(LI, 1, 'seen'), back());
  settle(heard, asked, endOf(heard, 1));
  assert.equal(asked.question.with.how, 'signed_out');
  settle(shown, asked, endOf(shown, 1));
  assert.equal(staysOver(asked), false, 'it was what they had said');
});

test('a yes that another leader, or oneself on another page, has given is no dispute; a no is, and that it lapsed is said', () => {
  const yes = { queue: 'inbound', tier: 'expert', since: AT };
  const agree = (type, ...messages) => { const it = over(...messages); return agrees(it, { type, ...yes }, endOfYes(it, yes)); };
  for (const by of [LI, ANA]) assert.equal(agree('approve', notice('approved', { tier: 'expert', by })), true);
  assert.equal(agree('refuse', notice('approval_refused', { tier: 'expert', by: LI })), true);
  assert.equal(agree('approve', notice('approval_refused', { tier: 'expert', by: LI })), false);
  const lapsed = over(notice('approval_lapsed', { tier: 'expert' }));
  assert.equal(endWords({ state: lapsed, words: words() }, undefined, endOfYes(lapsed, yes)), 'Not due any more since 06:00:00: no yes is needed.');
});

test('the phone system is called so in every language', () => {
  assert.deepEqual(LANGUAGES.map((language) => words(language).person(FEED)), ['The phone system', '电话系统', '電話系統']);
  assert.equal(words('zh-Hans').who({ name: 'feed', staff_no: 'feed' }), '电话系统');
});
