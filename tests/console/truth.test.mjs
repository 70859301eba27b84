// The page says of people only what somebody has said or the phones show, and lets nobody's word be lost unseen.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, mock, test } from 'node:test';
import { NOTICES, calls, sounds } from '../../src/floor/console/alarms.js';
import { Answer, GRACE_MS, recheck } from '../../src/floor/console/cards/answer.js';
import { lostWords } from '../../src/floor/console/cards/anew.js';
import { endWords } from '../../src/floor/console/cards/pieces.js';
import { idleOf, spentUntil } from '../../src/floor/console/cards/cards.js';
import { groupsOf } from '../../src/floor/console/cards/several.js';
import { whyNot } from '../../src/floor/console/queue/why.js';
import { stageWords, stays, steps } from '../../src/floor/console/stairs/staircase.js';
import { emptyState, isBehind, moodOf, openInstructions, reduce, stageOf, summary, waits } from '../../src/floor/console/store.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const AT = '2026-11-21T06:00:00.000Z';
const LI = { name: 'Li', staff_no: 'S12' };
const ANA = { name: 'Ana', staff_no: 'S13' };
const words = new Words('en', table('en'), { zone: 'UTC' });
const move = (more = {}) => ({ instruction: 1, action: 'sign_in', tier: 'expert', pool: 'expert', seats: 4, people: [], issued: AT, settled: false, answered: false, shadow: false, not_shown: false, ...more });
const queue = (more = {}) => ({ queue: 'inbound', priority: 0, mode: 'live', waiting: 8, blind: false, moves: [move()], leaving: [], lines: [5, 10], tiers: [{ tier: 'expert', mode: 'live', standing: 'on_stack' }], ...more });
const instruction = { type: 'instruction', seq: 2, id: 1, at: AT, queue: 'inbound', action: 'sign_in', tier: 'expert', pool: 'expert', seats: { min: 4, max: 4, ask: 4 }, people: [], reason: { code: 'waiting_above' } };
const answer = (seq, status, more = {}) => ({ type: 'answer', seq, instruction: 1, status, by: LI, at: AT, ...more });
const on = (...messages) => [{ type: 'welcome', you: { ...ANA, role: 'supervisor' }, seq: 1 }, { type: 'state', whole: true, now: AT, queues: [queue()], instructions: [] }, instruction, ...messages].reduce(reduce, emptyState());
const said = (state, as = {}) => stageWords(words, stageOf(state, queue(), move(as)));

test('a step says how far its people are, and from whom that is known', () => {
  assert.equal(said(on()), 'asked, not seen yet');
  assert.equal(said(on(answer(3, 'seen', { eta_s: null }))), 'asked, seen by Li');
  assert.equal(said(on(answer(3, 'seen', { eta_s: 120 }))), 'asked, seen by Li, coming 06:02');
  assert.equal(said(on(answer(3, 'done', { seats: 3 })), { seats: 3, answered: true }), 'of 4 on the phones, says Li');
  assert.equal(said(on(answer(3, 'done'), answer(4, 'confirmed', { by: null })), { answered: true, settled: true }), 'on the phones');
  assert.equal(said(on(answer(3, 'unanswered'))), 'asked, nobody has answered');
  assert.equal(said(on(answer(3, 'done')), { shown: 3, answered: true }), 'of 4 on the phones', 'the phones count before what is said');
  assert.equal(said(on(answer(3, 'seen')), { shown: 0 }), 'asked, seen by Li');
  const doubt = { type: 'notice', seq: 4, at: AT, queue: 'inbound', code: 'not_shown', instruction: 1, seats: 4, shown: 2 };
  assert.equal(said(on(answer(3, 'done'), doubt), { not_shown: true }), 'said to be there; the phones show 2');
});

test('a step says for how long its people stay, in every language', () => {
  const said = (language, more) => stays(new Words(language, table(language), { zone: 'UTC' }), move(more)).map((it) => it.text);
  const both = { hold_until: '2026-11-21T06:30:00.000Z', stay_until: '2026-11-21T07:30:00.000Z' };
  assert.deepEqual(said('en', {}), []);
  assert.deepEqual(said('en', { stay_until: both.stay_until }), ['back by 07:30 at the latest']);
  assert.deepEqual(said('en', both), ['stay until 06:30', 'back by 07:30 at the latest']);
  assert.deepEqual(said('zh-Hans', both), ['留至 06:30', '最迟 07:30 返回']);
  assert.deepEqual(said('zh-Hant', both), ['留至 06:30', '最遲 07:30 返回']);
});

test('a promise that is past, and has gone up, asks again; a new word takes its place', () => {
  const listed = (now, more = {}) => ({ type: 'state', whole: false, now, queues: [queue()], instructions: [{ ...instruction, seen_by: LI, seen_at: AT, eta_s: 120, ...more }] });
  const taken = on(answer(3, 'seen', { eta_s: 120 }), listed('2026-11-21T06:01:00.000Z'));
  assert.deepEqual([moodOf(taken, 'inbound'), waits(taken.open[1])], ['in_hand', false]);
  const late = reduce(taken, listed('2026-11-21T06:03:00.000Z'));
  assert.equal(moodOf(late, 'inbound'), 'in_hand', 'nobody else was told yet');
  const up = reduce(late, listed('2026-11-21T06:03:01.000Z', { level: 1 }));
  assert.deepEqual([moodOf(up, 'inbound'), waits(up.open[1])], ['ask', true]);
  assert.equal(said(up), 'asked; Li had promised 06:02');
  const again = reduce(up, answer(5, 'seen', { by: ANA, eta_s: 300, at: '2026-11-21T06:03:02.000Z' }));
  assert.deepEqual([moodOf(again, 'inbound'), said(again)], ['in_hand', 'asked, seen by Ana, coming 06:08']);
});

test('nobody is on the way before somebody has seen it, nor on the phones because time has passed', () => {
  const look = (state, as) => steps(state, queue({ moves: [move(as)] }))[0].look;
  assert.equal(look(on()), 'asked');
  assert.equal(look(on(), { settled: true }), 'asked');
  assert.equal(look(on(answer(3, 'seen'))), 'coming');
  assert.equal(look(on(answer(3, 'done')), { answered: true }), 'on');
});

test('a page that was opened later claims no more than the state tells it', () => {
  const later = [{ type: 'welcome', you: ANA, seq: 9 }, { type: 'state', whole: true, now: AT, queues: [queue()], instructions: [] }].reduce(reduce, emptyState());
  assert.equal(stageOf(later, queue(), move({ settled: true })).code, 'asked');
  assert.equal(stageOf(later, queue(), move({ answered: true })).code, 'answered');
  assert.equal(stageOf(later, queue(), move({ answered: true, settled: true })).code, 'settled');
});

test('a summary that was drawn up before a call stands for an earlier surge, maybe', () => {
  const summary = (to) => ({ to, surges: [] });
  const called = queue({ moves: [move({ issued: '2026-11-21T06:05:00.000Z' })] });
  assert.deepEqual([isBehind(called, summary('2026-11-21T06:04:00.000Z')), isBehind(called, summary('2026-11-21T06:30:00.000Z')), isBehind(queue({ moves: [] }), summary(AT))], [true, false, false]);
});

test('nobody to give, since they said no to another step: until when, in every language', () => {
  const until = (n) => `2026-11-21T06:${n}:00.000Z`;
  const tier = (standing, more = {}) => ({ tier: 'expert', mode: 'live', standing, ...more });
  const state = (tiers, ...more) => reduce(on(answer(3, 'declined'), ...more), { type: 'state', whole: true, now: AT, queues: [queue({ moves: [], waiting: 2, tiers: [tier('declined', { until: until(52) })] }), queue({ queue: 'cards', moves: [], waiting: 12, next: { tier: 'expert', since: null, due_at: null }, tiers })], instructions: [] });
  const why = (language, tiers, ...more) => {
    const now = state(tiers, ...more);
    return whyNot({ words: new Words(language, table(language), { zone: 'UTC' }), state: now }, now.queues.cards, 'expert');
  };
  const nobody = (pool) => [tier('nobody_to_give', { pools: [pool] })];
  assert.equal(why('en', nobody('expert')), 'Nobody to give: declined; asked again from 06:52');
  assert.equal(why('zh-Hans', nobody('expert')), '无人可调：已谢绝，06:52 起可再次请求');
  assert.equal(why('zh-Hant', nobody('expert')), '無人可調：已婉拒，06:52 起可再次請求');
  assert.equal(why('en', nobody('outbound')), 'Nobody to give', 'nobody of theirs has said no');
  assert.equal(why('en', nobody('expert'), answer(4, 'done', { seats: 4 })), 'Nobody to give: declined; asked again from 06:52', 'it stands as the server has it');
  assert.equal(spentUntil(state(nobody('expert'))), Date.parse(until(52)));
  assert.equal(spentUntil(state([tier('declined', { until: until(40) })])), null, 'there is a step whose clock may run');
  assert.equal(spentUntil(state([tier('no_seat', { physical_seats: 60 })])), null, 'nobody knows until when');
});

test('what builds up, or has no step left, is never "nothing to do"', () => {
  const idle = (more) => idleOf({ state: { ...on(), open: {}, queues: { inbound: queue({ moves: [], waiting: 12, next: { tier: 'expert', since: AT, due_at: AT }, tiers: [{ tier: 'expert', mode: 'live', standing: 'running' }], ...more }) } }, link: { state: 'up' } });
  assert.equal(idle({}), 'building');
  assert.equal(idle({ next: null }), 'spent');
  assert.equal(idle({ tiers: [{ tier: 'expert', mode: 'live', standing: 'no_seat', physical_seats: 60 }], next: { tier: 'expert', since: null, due_at: null } }), 'spent');
  assert.equal(idle({ tiers: [{ tier: 'expert', mode: 'shadow', standing: 'running' }, { tier: 'outbound', mode: 'live', standing: 'later' }] }), 'shadow', 'the next step is asked of nobody');
  assert.equal(idle({ waiting: 2, next: { tier: 'expert', since: null, due_at: null } }), 'calm');
});

test('paused, shadow and incident never give the all-clear', () => {
  const idle = (more) => idleOf({ state: { ...on(), queues: { inbound: queue({ moves: [], waiting: 2, ...more }) } }, link: { state: 'up' } });
  assert.equal(idle({}), 'calm');
  assert.equal(idle({ paused: { until: AT, by: LI, reason: 'drill' } }), 'paused');
  assert.equal(idle({ incident: { until: AT, by: LI, note: 'billing' } }), 'incident');
  assert.equal(idle({ mode: 'shadow', tiers: [{ tier: 'expert', mode: 'shadow' }] }), 'shadow');
  const mood = (more) => moodOf({ ...emptyState(), queues: { inbound: queue({ moves: [], ...more }) } }, 'inbound');
  assert.equal(mood({ mode: 'shadow', tiers: [{ tier: 'expert', mode: 'shadow' }] }), 'shadow');
  assert.equal(mood({ waiting: 2, incident: { until: AT } }), 'incident');
});

let sent;
let mine;

beforeEach(() => {
  sent = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  mine = new Answer({ id: 1, seats: { ask: 4 }, people: [] }, async (message) => sent.push(message), () => {});
});

test('one Done, one Cannot within the grace: the second is not sent, and asks', async () => {
  mine.later({ type: 'decline', reason: 'on break' });
  assert.equal(mine.overtaken({ by: LI, status: 'done', at: AT }), true);
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual(sent, []);
  assert.deepEqual(mine.question, { message: { type: 'decline', reason: 'on break', instruction: 1 }, code: 'overtaken', with: { by: LI, status: 'done', at: AT } });
  await mine.insist();
  assert.deepEqual(sent, [{ type: 'decline', reason: 'on break', instruction: 1, sure: true }], "the other's word was read: one yes more is enough");
});

test('a conflict asks for a second yes, which says `sure`', async () => {
  const conflict = Object.assign(new Error('Li has said done'), { code: 'conflict', with: { by: LI, status: 'done', at: AT }, asked: { type: 'decline', reason: 'x', instruction: 1, ref: 'a' } });
  let refuses = true;
  mine = new Answer({ id: 1, seats: { ask: 4 } }, async (message) => { if (refuses) throw conflict; sent.push(message); }, () => {});
  mine.later({ type: 'decline', reason: 'x' });
  await mine.flush();
  assert.equal(mine.question.code, 'conflict');
  refuses = false;
  await mine.insist();
  assert.deepEqual(sent, [{ type: 'decline', reason: 'x', instruction: 1, sure: true }]);
});

test('what is left at that is never sent', () => {
  mine.later({ type: 'done', seats: 4 });
  mine.overtaken({ by: LI, status: 'declined', at: AT });
  mine.drop();
  mock.timers.tick(GRACE_MS * 3);
  assert.deepEqual([sent, mine.question], [[], null]);
});

test('what was said without a link is looked at again before it counts', () => {
  const kept = (more = {}) => ({ message: { type: 'done', instruction: 1 }, by: ANA.staff_no, seq: 2, epoch: 0, at: 0, held: true, ...more });
  assert.equal(recheck(on(), kept(), 5_000), null);
  assert.equal(recheck(on(answer(3, 'declined')), kept(), 5_000).code, 'overtaken');
  assert.equal(recheck(on(answer(3, 'declined')), kept({ seq: 3 }), 5_000), null, 'it was seen when it was said');
  assert.equal(recheck(on(answer(3, 'declined', { by: ANA })), kept(), 5_000), null, 'one may say more oneself');
  assert.equal(recheck(on(), kept(), 120_000).code, 'late');
  assert.deepEqual(recheck(on(), kept(), 120_000, 3_720_000).with, { at: new Date(3_600_000).toISOString() }, "by the floor's clock, whatever this machine's says");
  for (const by of [LI.staff_no, null]) assert.deepEqual(recheck(on(), kept({ by }), 5_000), { code: 'another_person' }, 'it never goes out as the word of who came after');
  for (const status of ['seen', 'done', 'declined', 'left', 'escalated']) assert.equal(recheck(on(answer(3, status)), kept(), 5_000)?.code, 'overtaken', status);
  assert.equal(recheck(on(answer(3, 'confirmed', { by: { name: 'phone system', staff_no: 'feed' } }), answer(4, 'unanswered', { by: undefined })), kept(), 5_000), null, 'nobody has said that');
  const then = recheck(on(answer(3, 'declined'), answer(4, 'seen', { by: ANA })), kept(), 5_000);
  assert.deepEqual([then.code, then.with.by, then.with.status], ['overtaken', LI, 'declined'], "the other's word counts though one's own stands behind it");
});

test('who has left is held against the same people alone, and against everybody where one of both names nobody', () => {
  const kept = (people) => ({ message: { type: 'left', instruction: 1, ...(people ? { people } : { seats: 1 }) }, by: ANA.staff_no, seq: 2, epoch: 0, at: 0 });
  const left = (people, status = 'left') => on(answer(3, status, people ? { people } : { seats: 1 }));
  assert.equal(recheck(left(['E01']), kept(['E02', 'E03']), 5_000), null, 'others have left');
  assert.deepEqual(recheck(left(['E03']), kept(['E02', 'E03']), 5_000), { code: 'overtaken', with: { by: LI, status: 'left', at: AT, seats: undefined, people: ['E03'] } });
  for (const [theirs, mine] of [[['E01'], null], [null, ['E01']], [null, null]]) assert.equal(recheck(left(theirs), kept(mine), 5_000)?.code, 'overtaken');
  assert.equal(recheck(left(['E01'], 'done'), kept(['E02']), 5_000)?.code, 'overtaken', 'who is there is another matter');
});

test('two who say within seconds that one has left do not take off two', () => {
  mine = new Answer({ id: 1, seats: { ask: 4 } }, async (message) => sent.push(message), () => {});
  const left = answer(3, 'left', { seats: 1 });
  mine.leftToo(on());
  mine.later({ type: 'left', seats: 1, reason: 'unwell' });
  mine.leftToo(on());
  mine.leftToo(on(answer(3, 'left', { seats: 1, by: ANA })));
  mine.leftToo(on(answer(3, 'seen')));
  assert.notEqual(mine.grace, null, 'nobody else has said so');
  mine.leftToo(on(left));
  assert.deepEqual([mine.grace, mine.question.code, mine.question.with.by], [null, 'overtaken', LI]);
  assert.equal(endWords({ words, state: on(left) }, 1, mine.question.with), 'Li said at 06:00:00: 1 left.');
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual(sent, []);
  // Read, it is asked about no more; what comes while a form is open is.
  mine.drop();
  mine.later({ type: 'left', seats: 1, reason: 'unwell' });
  mine.leftToo(on(left));
  assert.notEqual(mine.grace, null);
  mine.undo();
  mine.open('left');
  mine.leftToo(on(left));
  const more = on(left, answer(4, 'left', { people: ['E02'] }));
  mine.leftToo(more);
  mine.later({ type: 'left', people: ['E03'], reason: 'unwell' });
  mine.leftToo(more);
  assert.notEqual(mine.grace, null, 'other people');
  mine.later({ type: 'left', people: ['E02', 'E03'], reason: 'unwell' });
  mine.leftToo(more);
  assert.equal(endWords({ words, state: more }, 1, mine.question.with), 'Li said at 06:00:00: 1 left · E02.');
});

test('another duty log gives the same number to another instruction: nothing that was said of the old one goes out', async () => {
  const before = on();
  const after = reduce(reduce(before, { type: 'link_lost', now: AT }), { type: 'welcome', you: { ...ANA, role: 'supervisor' }, log: 'another', seq: 1 });
  assert.deepEqual([before.epoch, after.epoch], [0, 1]);
  const kept = (message, epoch = 0) => ({ message, by: ANA.staff_no, seq: 2, epoch, at: 0 });
  for (const message of [{ type: 'done', instruction: 1 }, { type: 'approve', queue: 'inbound', tier: 'expert' }]) {
    assert.deepEqual(recheck(after, kept(message), 5_000), { code: 'anew' });
    assert.equal(recheck(after, kept(message, 1), 5_000), null);
  }
  assert.equal(recheck(after, kept({ type: 'quiet_over', queue: 'inbound' }), 5_000), null, 'a queue is the same one');
  const way = { recalled: 0 };
  mine = new Answer({ id: 1, seats: { ask: 4 } }, (message, on) => new Promise((_, reject) => { on.recall = () => { way.recalled += 1; on.recall = null; reject(Object.assign(new Error(''), { code: 'recalled' })); }; }), () => {});
  mine.open('done');
  assert.equal(mine.leave(), null, 'nothing was said');
  mine.later({ type: 'done', seats: 3 });
  const message = mine.leave();
  assert.deepEqual([mine.form, mine.grace, message], [null, null, { type: 'done', seats: 3, instruction: 1 }]);
  mock.timers.tick(GRACE_MS * 2);
  const gone = mine.take(0);
  assert.equal(mine.leave().type, 'seen');
  await gone;
  assert.deepEqual([way.recalled, mine.sending, mine.error], [1, false, null]);
  assert.deepEqual(lostWords(words, { message, it: before.known[1] }), ['Sign in 4 · Experts for Inbound', 'Yours has not counted: Done with 3.']);
  assert.equal(lostWords(words, { message: { type: 'approve', queue: 'inbound', tier: 'expert' }, it: null })[1], 'Yours has not counted: Yes.');
});

test('every notice of the wire is sorted, and what needs no answer calls nobody', () => {
  const snapshot = readFileSync(new URL('../floor/snapshots/floor__golden__schema_of_the_messages.snap', import.meta.url), 'utf8');
  const { NoticeMessage } = JSON.parse(snapshot.slice(snapshot.indexOf('\n{'))).$defs;
  const codes = new Set(JSON.stringify(NoticeMessage).match(/"code":\{"const":"\w+"/g).map((it) => it.split('"').at(-2)));
  assert.ok(codes.size > 15);
  assert.deepEqual([...codes].filter((code) => !(code in NOTICES)), []);
  assert.equal(calls({ code: 'incident' }, 'manager'), false);
  assert.equal(calls({ code: 'feed_lost' }, 'supervisor'), true);
  assert.equal(calls({ code: 'feed_lost' }, 'viewer'), false);
  assert.deepEqual(['supervisor', 'shift_leader', 'manager'].filter((role) => calls({ code: 'passed_up', role: 'shift_leader' }, role)), ['shift_leader']);
  assert.deepEqual(['supervisor', 'shift_leader'].filter((role) => calls({ code: 'approval_asked' }, role)), ['shift_leader']);
  assert.equal(calls({ code: 'journal_failing', failing: false }, 'manager'), false);
});

test('that somebody else is at a card is shown, for a moment, and never of oneself', () => {
  const at = (by, now) => ({ type: 'answering', instruction: 1, by, at: now });
  const state = on(at(LI, 5));
  assert.deepEqual(state.answering, { 1: { by: LI, at: 5 } });
  assert.deepEqual(reduce(state, { ...at(LI, 5), type: 'answering_over' }).answering, {});
  assert.deepEqual(reduce(reduce(state, at(LI, 9)), { ...at(LI, 5), type: 'answering_over' }).answering, { 1: { by: LI, at: 9 } }, 'heard of again');
  assert.deepEqual(reduce(state, answer(3, 'done')).answering, {}, 'answered');
  assert.deepEqual(on(at(ANA, 5)).answering, {});
  assert.deepEqual(on({ ...at(LI, 5), instruction: 77 }).answering, {});
});

test('the others are told that somebody is at a card, once for several taps', () => {
  let told = 0;
  mine = new Answer({ id: 1, seats: { ask: 4 } }, async () => {}, () => {}, () => { told += 1; });
  mock.timers.tick(10_000);
  mine.open('done');
  mine.open('done');
  mine.open('cannot');
  assert.equal(told, 1);
  mock.timers.tick(5_000);
  mine.later({ type: 'done', seats: 4 });
  assert.equal(told, 2);
});

test('an ask that a pause keeps open on a calm queue is neither hidden nor pressed; where more wait than the plan allows it is', () => {
  const paused = { until: '2026-11-21T06:30:00.000Z', by: LI, reason: 'drill' };
  const at = (more, ...said) => [...said, { type: 'state', whole: false, now: AT, queues: [queue({ waiting: 2, ...more })], instructions: [instruction] }].reduce(reduce, on());
  const calm = at({ paused });
  assert.equal(moodOf(calm, 'inbound'), 'paused');
  assert.deepEqual(openInstructions(calm).map((it) => [it.id, it.held, waits(it), sounds(it, calm.queues.inbound)]), [[1, true, false, false]]);
  assert.deepEqual([summary(calm).asks, summary(calm).held], [1, 1]);
  const beside = reduce(calm, { type: 'state', whole: false, now: AT, queues: [queue({ queue: 'cards', moves: [] })], instructions: [{ ...instruction, id: 2, queue: 'cards', seen_by: LI }] });
  assert.deepEqual(openInstructions(beside).map(({ id }) => id), [2, 1], 'it stands behind what somebody has in hand');
  assert.deepEqual(groupsOf(openInstructions(calm).flatMap((it) => [it, it])), [], 'nor is one answer offered for several of them');
  for (const [more, why] of [[{}, 'the plan runs'], [{ paused, waiting: 8 }, 'above the first line'], [{ paused, tiers: [{ tier: 'expert', mode: 'live', standing: 'on_stack', began: AT }] }, "a step's condition holds"]]) {
    assert.deepEqual([moodOf(at(more), 'inbound'), summary(at(more)).held], ['ask', 0], why);
  }
  assert.deepEqual([moodOf(at({ paused, waiting: null }), 'inbound'), moodOf(at({ paused, blind: true }), 'inbound')], ['ask', 'blind'], 'nobody knows that it is calm');
});
