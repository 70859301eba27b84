// What leaders are asked, what is decided in shadow, and the floor counted again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answer, GRACE_MS } from '../../src/floor/console/cards/answer.js';
import { bannersOf } from '../../src/floor/console/banners/banners.js';
import { changesOf, countMessage } from '../../src/floor/console/count/count.js';
import { chosenWords, countedWords, nearWords, promiseWords, reasonWords, standingWords } from '../../src/floor/console/reason.js';
import { steps } from '../../src/floor/console/stairs/staircase.js';
import { approvalsOf, doubtsOf, emptyState, keepsake, moodOf, queuesOf, reduce, shadowOf, uncounted } from '../../src/floor/console/store.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const AT = '2026-11-21T06:00:00.000Z';
const BEFORE = '2026-11-21T05:00:00.000Z';
const words = new Words('en', table('en'), { zone: 'UTC' });
const move = (instruction, more = {}) => ({ instruction, action: 'sign_in', tier: 'expert', pool: 'expert', seats: 2, people: ['E01', 'E02'], issued: BEFORE, settled: true, answered: true, shadow: false, not_shown: false, ...more });
const queue = (more = {}) => ({ queue: 'inbound', priority: 0, mode: 'live', waiting: 3, blind: false, moves: [], leaving: [], lines: [5, 10], tiers: [], approval: null, ...more });
const reason = { code: 'waiting_above', threshold: 5, held_s: 300, waiting: 8 };
const approval = { tier: 'outbound', action: 'sign_in', pools: [], seats: { min: 2, max: 3, ask: 2 }, people: [], reason, since: AT, times: 1, again_at: AT };
const notice = (seq, code, more = {}) => ({ type: 'notice', seq, at: AT, queue: 'inbound', code, ...more });
const on = (...queues) => [{ type: 'welcome', you: {}, seq: 1 }, { type: 'state', whole: true, now: AT, queues, instructions: [] }].reduce(reduce, emptyState());
const up = { state: 'up' };

test('a yes that is asked waits until it is given, refused or not needed any more', () => {
  const asked = reduce(on(queue()), notice(2, 'approval_asked', approval));
  assert.deepEqual(approvalsOf(asked), [{ ...approval, queue: 'inbound' }]);
  assert.equal(moodOf(asked, 'inbound'), 'approval');
  for (const code of ['approval_lapsed', 'approved', 'approval_refused']) {
    assert.deepEqual(approvalsOf(reduce(asked, notice(3, code, { tier: 'outbound' }))), [], code);
    assert.equal(approvalsOf(reduce(asked, notice(3, code, { tier: 'quality' }))).length, 1, 'another tier');
  }
});

test('what has a yes already asks for none, and stays to be seen', () => {
  const state = on(queue({ approval: { ...approval, granted: { name: 'Chen Jie', staff_no: 'L01' } } }));
  assert.equal(moodOf(state, 'inbound'), 'calm');
  assert.equal(approvalsOf(state)[0].granted.name, 'Chen Jie');
});

test('whoever has waited longest for a yes comes first', () => {
  const earlier = { ...approval, since: BEFORE };
  const state = on(queue({ approval }), queue({ queue: 'zebra', approval: earlier }));
  assert.deepEqual(approvalsOf(state).map((it) => it.queue), ['zebra', 'inbound']);
});

test('queues stand by priority, then by key', () => {
  const state = on(queue({ queue: 'b' }), queue({ queue: 'c', priority: 5 }), queue({ queue: 'a' }));
  assert.deepEqual(queuesOf(state).map((it) => it.queue), ['c', 'a', 'b']);
});

test('a move that the phones do not show is asked about, with what they show', () => {
  const state = reduce(on(queue({ moves: [move(3, { not_shown: true }), move(4)] })), notice(2, 'not_shown', { instruction: 3, seats: 2, shown: 1 }));
  assert.deepEqual(doubtsOf(state).map((it) => [it.instruction, it.queue, it.shown, it.near]), [[3, 'inbound', 1, []]]);
  assert.equal(doubtsOf(on(queue({ moves: [move(3, { not_shown: true })] })))[0].shown, null);
});

test('what the phones show in place of a name is told, and a promise that was broken', () => {
  const near = [{ person: 'E01', instead: 'other_spelling', people: ['e01'] }, { person: 'E02', instead: 'other_queue', queue: 'vip' }, { person: 'E03', instead: 'nameless', members: 1 }];
  const state = reduce(on(queue({ moves: [move(3, { not_shown: true })] })), notice(2, 'not_shown', { instruction: 3, seats: 3, shown: 0, near }));
  assert.equal(nearWords(words, doubtsOf(state)[0].near), 'E01: the phones show e01; E02: signed in to vip; 1 member has no name');
  assert.equal(nearWords(words, []), null);
  assert.match(promiseWords(words, { by: { name: 'Li Na', staff_no: 'S01' }, at: AT }), /^Li Na \(S01\) had promised \d/);
  assert.equal(promiseWords(words, undefined), null);
});

test('after an outage the floor is to be counted, until it is', () => {
  const back = notice(2, 'feed_back', { blind_s: 800, anew: true });
  const away = on(queue({ moves: [move(3)] }));
  const after = reduce(away, back);
  assert.deepEqual(uncounted(after).map((it) => it.queue), ['inbound']);
  assert.ok(bannersOf(after, up).some((it) => it.key === 'banner.count' && it.count === 'inbound'));
  assert.deepEqual(uncounted({ ...emptyState(), ...keepsake(after), queues: after.queues }).length, 1, 'a reload of the page forgets nothing');
  assert.deepEqual(uncounted(reduce(after, notice(3, 'counted', { moves: [], found: [] }))), []);
  assert.deepEqual(uncounted(reduce(away, { ...back, anew: false })), [], 'a short one');
  assert.deepEqual(uncounted(reduce(on(queue()), back)), [], 'nobody is away');
  assert.deepEqual(uncounted(reduce(on(queue({ moves: [move(3, { issued: '2026-11-21T06:30:00.000Z' })] })), back)), [], 'who was asked since is where they are');
  assert.deepEqual(uncounted(reduce(on(queue({ moves: [move(3, { shadow: true })] })), back)), []);
});

test('shadow is told for a queue or for its tiers, and moves nobody', () => {
  const tier = (name, mode) => ({ tier: name, mode, standing: 'later' });
  assert.equal(shadowOf(queue()), null);
  assert.equal(shadowOf(queue({ mode: 'shadow', tiers: [tier('a', 'shadow')] })), 'all');
  assert.deepEqual(shadowOf(queue({ mode: 'shadow', tiers: [tier('a', 'live'), tier('b', 'shadow')] })), ['b']);
  assert.deepEqual(shadowOf(queue({ tiers: [tier('a', 'live'), tier('b', 'shadow')] })), ['b']);
  const dark = queue({ mode: 'shadow', moves: [move(3, { shadow: true })], tiers: [tier('expert', 'shadow')] });
  assert.equal(moodOf(on(dark), 'inbound'), 'calm');
  assert.deepEqual(bannersOf(on(dark), up).map((it) => it.key), ['banner.shadow']);
  assert.equal(steps(on(dark), dark)[0].look, 'shadow');
});

test('a step that waits for a yes, and one that a leader refused, look like it', () => {
  const looks = steps(on(), queue({ tiers: [{ tier: 'a', standing: 'approval', since: AT }, { tier: 'b', standing: 'refused', until: AT }, { tier: 'c', standing: 'resting', until: AT }] })).map((it) => it.look);
  assert.deepEqual(looks, ['approval', 'passed_over', 'passed_over']);
});

test('a count says who is there of every move, and who is there beside them', () => {
  const counted = queue({ moves: [move(3), move(4, { tier: 'outbound', pool: 'outbound', people: [], seats: 3 })], leaving: [move(5, { tier: 'quality', people: ['Q01'], seats: 1 })] });
  const as = (it) => JSON.stringify([it.seats, it.people]);
  const draft = { moves: new Map(), extra: new Map() };
  const untouched = countMessage(counted, draft);
  assert.deepEqual(untouched.moves, [{ instruction: 3, seats: 2, people: ['E01', 'E02'] }, { instruction: 4, seats: 3 }, { instruction: 5, seats: 1, people: ['Q01'] }]);
  assert.deepEqual(changesOf(counted, untouched), []);
  draft.moves.set(3, { as: as(counted.moves[0]), seats: 2, people: new Set(['E02']) });
  draft.moves.set(4, { as: as(counted.moves[1]), seats: 0, people: new Set() });
  draft.extra.set('outbound', { seats: 2, people: new Set() });
  draft.extra.set('expert', { seats: 0, people: new Set(['E05']) });
  draft.extra.set('quality', { seats: 0, people: new Set() });
  const message = countMessage(counted, draft);
  assert.deepEqual(message.moves.slice(0, 2), [{ instruction: 3, seats: 1, people: ['E02'] }, { instruction: 4, seats: 0 }]);
  assert.deepEqual(message.extra, [{ pool: 'outbound', seats: 2 }, { pool: 'expert', seats: 1, people: ['E05'] }]);
  assert.deepEqual(changesOf(counted, message).map((it) => [it.move?.instruction ?? it.pool, it.before, it.after, it.missing ?? it.people]), [[3, 2, 1, ['E01']], [4, 3, 0, []], ['outbound', undefined, 2, []], ['expert', undefined, 1, ['E05']]]);
  // A move that has changed under the form is taken as it is now.
  const since = { ...counted, moves: [move(3, { people: ['E01', 'E02', 'E03'], seats: 3 })], leaving: [] };
  assert.deepEqual(countMessage(since, draft).moves, [{ instruction: 3, seats: 3, people: ['E01', 'E02', 'E03'] }]);
  assert.equal(countMessage(queue(), { moves: new Map(), extra: new Map() }), null);
  assert.equal(countMessage(queue({ moves: [move(3, { shadow: true })] }), { moves: new Map(), extra: new Map() }), null);
});

test('a yes can be taken back for a moment, and says which tier', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const sent = [];
  const answer = new Answer({ id: 'yes', subject: { queue: 'inbound', tier: 'outbound' }, seats: approval.seats }, async (message) => sent.push(message), () => {});
  answer.later({ type: 'approve' });
  answer.undo();
  context.mock.timers.tick(GRACE_MS);
  assert.deepEqual(sent, []);
  answer.later({ type: 'refuse', reason: 'It eases' });
  context.mock.timers.tick(GRACE_MS);
  assert.deepEqual(sent, [{ type: 'refuse', reason: 'It eases', queue: 'inbound', tier: 'outbound' }]);
});

test('in words: why these people, why nobody, why back, what was counted', () => {
  const chosen = [{ person: 'E01', times: 0 }, { person: 'E02', asked_at: '2026-11-21T03:05:00.000Z', times: 3, until: '2026-11-21T12:00:00.000Z' }];
  assert.equal(chosenWords(words, { chosen, at: AT }), 'Asked least recently: E01 never yet · E02 last 03:05, 3× shift to 12:00');
  const many = Array.from({ length: 30 }, (_, i) => ({ person: `E${i}`, times: 0 }));
  assert.match(chosenWords(words, { chosen: many, at: AT }), /E7 never yet · …$/);
  assert.equal(standingWords(words, { code: 'protected', by_queue: 'gold', waiting_at_most: 2 }), 'gold lends while at most 2 wait there');
  assert.equal(standingWords(words, { code: 'off_duty', until: null }), 'Nobody is on duty');
  assert.equal(standingWords(words, { code: 'off_duty', until: AT }), 'Nobody is on duty before 06:00');
  assert.equal(reasonWords(words, { code: 'max_stay', pool: 'expert', max_stay_s: 7200, waiting: 9 }), 'Experts: away for 2:00:00, as long as one may, 9 waiting');
  const counted = { moves: [{ instruction: 3, tier: 'expert', before: [{ seats: 3 }], after: [] }], found: [{ instruction: 9, tier: 'outbound', part: { seats: 2 } }] };
  assert.equal(countedWords(words, counted), 'Experts: 0 there, not 3; 2 found and put on Outbound');
  assert.equal(countedWords(words, { moves: [], found: [] }), 'All are where surged takes them to be.');
});
