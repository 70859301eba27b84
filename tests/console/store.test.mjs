// What the page knows after each message of the floor socket.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bannersOf } from '../../src/floor/console/banners/banners.js';
import { emptyState, isDeaf, keepsake, moodOf, openInstructions, reduce, standingOf, summary } from '../../src/floor/console/store.js';

const AT = '2026-11-21T06:00:00.000Z';
const BY = { name: 'Li Wei', staff_no: 'S12' };
const queue = (more = {}) => ({ queue: 'inbound', waiting: 3, blind: false, ladder: 'day', next: null, release: null, moves: [], lines: [5, 10], paused: null, incident: null, ...more });
const welcome = (seq, more = {}) => ({ type: 'welcome', you: { ...BY, role: 'supervisor' }, seq, version: '1', ...more });
const whole = (queues = [queue()], instructions = []) => ({ type: 'state', now: AT, queues, instructions });
const instruction = (seq, id, more = {}) => ({ type: 'instruction', seq, id, at: AT, queue: 'inbound', action: 'sign_in', tier: 'expert', pool: 'expert', seats: { min: 4, max: 4, ask: 4 }, people: [], reason: { code: 'waiting_above' }, ...more });
const answer = (seq, id, status, more = {}) => ({ type: 'answer', seq, instruction: id, status, by: BY, at: AT, ...more });
const notice = (seq, code, more = {}) => ({ type: 'notice', seq, at: AT, queue: 'inbound', code, ...more });
const after = (...messages) => messages.reduce(reduce, emptyState());
const joined = (...messages) => after(welcome(10), whole(), ...messages);

const lost = { type: 'link_lost', now: '2026-11-21T06:01:00.000Z' };

test('welcome tells who, where and from which number on', () => {
  const state = after(welcome(41, { zone: 'Asia/Shanghai', speed: 30, labels: { pool: {} } }));
  assert.equal(state.seq, null);
  assert.equal(state.head, 41);
  assert.equal(state.zone, 'Asia/Shanghai');
  assert.equal(state.speed, 30);
  assert.equal(state.you.role, 'supervisor');
});

test('the first state is whole, later ones name only what changed', () => {
  let state = after(welcome(1), whole([queue(), queue({ queue: 'cards' })]));
  state = reduce(state, { type: 'state', queues: [queue({ waiting: 9 })] });
  assert.equal(state.queues.inbound.waiting, 9);
  assert.equal(state.queues.cards.waiting, 3);
  state = reduce(state, { type: 'state', whole: true, queues: [queue()] });
  assert.deepEqual(Object.keys(state.queues), ['inbound']);
  state = after(welcome(1), whole([queue(), queue({ queue: 'cards' })]), lost, welcome(1), whole([queue()]));
  assert.deepEqual(Object.keys(state.queues), ['inbound']);
});

test('an instruction opens, done and declined close, the rest does not', () => {
  let state = joined(instruction(11, 1));
  assert.deepEqual(summary(state), { asks: 1, held: 0, people: 4, back: 0 });
  assert.deepEqual(summary(reduce(state, instruction(12, 2, { action: 'sign_out' }))), { asks: 2, held: 0, people: 4, back: 4 });
  state = reduce(state, answer(12, 1, 'seen', { eta_s: 120 }));
  assert.equal(state.open[1].seen_by, BY);
  assert.equal(state.open[1].eta_s, 120);
  for (const status of ['left', 'confirmed', 'escalated']) assert.ok(reduce(state, answer(13, 1, status)).open[1], status);
  assert.equal(reduce(state, answer(13, 1, 'unanswered')).open[1].unanswered, true);
  assert.equal(reduce(state, answer(13, 1, 'done')).open[1], undefined);
  assert.equal(reduce(state, answer(13, 1, 'declined')).open[1], undefined);
});

test('an older snapshot does not bring back what was answered', () => {
  const state = joined(instruction(11, 1), answer(12, 1, 'done'), { type: 'state', queues: [queue()], instructions: [instruction(11, 1)] });
  assert.deepEqual(openInstructions(state), []);
});

test('a snapshot closes what it no longer lists for its queues, and leaves other queues alone', () => {
  const listed = { type: 'state', queues: [queue()], instructions: [{ id: 1, queue: 'inbound' }] };
  const state = joined(instruction(11, 1), instruction(12, 2, { queue: 'cards' }), listed, { type: 'state', queues: [queue()], instructions: [] });
  assert.deepEqual(openInstructions(state).map((it) => it.id), [2]);
});

test('a snapshot that is a moment older than an instruction or an answer undoes neither', () => {
  const older = { type: 'state', queues: [queue()], instructions: [] };
  let state = joined(instruction(11, 1), older);
  assert.deepEqual(openInstructions(state).map((it) => it.id), [1]);
  assert.deepEqual(openInstructions(reduce(state, older)), []);
  state = joined(instruction(11, 1), answer(12, 1, 'seen', { eta_s: 120 }), { ...older, instructions: [{ id: 1, queue: 'inbound', seen_by: null }] });
  assert.deepEqual([state.open[1].seen_by, state.open[1].eta_s], [BY, 120]);
  const other = { name: 'Ana', staff_no: 'S13' };
  state = reduce(state, { ...older, instructions: [{ id: 1, queue: 'inbound', seen_by: other, eta_s: 60, seen_at: AT }] });
  assert.deepEqual([state.open[1].seen_by, state.open[1].eta_s], [other, 60]);
});

test('what was before this connection is written down and changes nothing that stands', () => {
  const paused = queue({ paused: { until: AT } });
  const before = [instruction(4, 1), answer(5, 1, 'seen'), instruction(6, 2), notice(7, 'resumed'), notice(8, 'journal_failing'), notice(9, 'nobody_listening', { instruction: 1 })];
  const state = after(welcome(10, { journal_failing: false }), { ...whole([paused]), whole: true }, ...before);
  assert.deepEqual(openInstructions(state), []);
  assert.equal(state.book.length, before.length);
  assert.ok(state.queues.inbound.paused);
  assert.equal(state.journalFailing, false);
  assert.deepEqual(openInstructions(reduce(state, instruction(11, 3))).map((it) => it.id), [3]);
});

test('a welcome in the middle tells new names and leaves the rest', () => {
  const state = joined(instruction(11, 1), welcome(4, { labels: { queue: { inbound: { en: 'Hotline' } } } }), instruction(12, 2));
  assert.equal(state.labels.queue.inbound.en, 'Hotline');
  assert.equal(state.book.length, 2);
  assert.deepEqual(openInstructions(state).map((it) => it.id), [1, 2]);
});

test('a stand-down closes what it cancels', () => {
  const state = joined(instruction(11, 1), instruction(12, 2, { action: 'stand_down', of: 1 }));
  assert.deepEqual(openInstructions(state).map((it) => it.id), [2]);
});

test('a resumed connection applies no number twice', () => {
  let state = joined(instruction(11, 1), answer(12, 1, 'seen'));
  const book = state.book.length;
  state = [lost, welcome(13), whole([queue()], [instruction(11, 1)]), instruction(11, 1), answer(12, 1, 'seen'), answer(13, 1, 'done')].reduce(reduce, state);
  assert.equal(state.seq, 13);
  assert.equal(state.book.length, book + 1);
  assert.deepEqual(openInstructions(state), []);
});

test('a message at or below the last number changes nothing at all', () => {
  const state = joined(instruction(11, 1));
  for (const message of [instruction(11, 1), instruction(9, 7), answer(11, 1, 'done'), notice(10, 'paused'), { type: 'gap', seq: 3, from: 1, to: 3 }]) {
    assert.equal(reduce(state, message), state, JSON.stringify(message));
  }
});

test('a reloaded page goes on where it was', () => {
  const kept = JSON.parse(JSON.stringify(keepsake(joined(instruction(11, 1)))));
  const state = [welcome(12), whole([queue()], [instruction(11, 1)]), answer(12, 1, 'done')].reduce(reduce, { ...emptyState(), ...kept });
  assert.equal(state.book.length, 2);
});

test('another duty log starts from nothing', () => {
  const state = joined(instruction(11, 1), lost, welcome(3));
  assert.deepEqual([state.seq, state.head], [null, 3]);
  assert.deepEqual(state.book, []);
  assert.deepEqual(joined(instruction(11, 1), welcome(90, { log: 'a' }), welcome(95, { log: 'b' })).book, []);
});

test('a gap is said', () => {
  const state = joined({ type: 'gap', from: 4, to: 9 });
  assert.equal(state.book.at(-1).kind, 'gap');
});

test('every notice is written, and those that change the floor do', () => {
  const codes = ['feed_lost', 'feed_back', 'blind_long', 'tier_skipped', 'seats_exhausted', 'passed_up', 'nobody_listening', 'incident', 'incident_over', 'paused', 'resumed', 'ladder_changed', 'config_changed', 'config_refused', 'journal_failing'];
  codes.forEach((code) => assert.equal(joined(notice(11, code)).book.at(-1).code, code));
  assert.equal(joined(notice(11, 'feed_lost')).queues.inbound.blind, true);
  assert.equal(joined(notice(11, 'feed_lost'), notice(12, 'feed_back')).queues.inbound.blind, false);
  assert.equal(joined(notice(11, 'journal_failing')).journalFailing, true);
  assert.equal(joined(notice(11, 'journal_failing'), notice(12, 'journal_failing', { failing: false })).journalFailing, false);
  const unheard = [instruction(11, 1), notice(12, 'nobody_listening', { instruction: 1 })];
  assert.equal(isDeaf(joined(...unheard, answer(13, 1, 'unanswered'))), true);
  assert.equal(isDeaf(joined(...unheard, answer(13, 1, 'seen'))), false);
  assert.equal(isDeaf(joined(...unheard, { type: 'state', queues: [queue()], instructions: [{ id: 1, queue: 'inbound', delivered: true }] })), false);
  assert.ok(joined(notice(11, 'config_refused')).configRefused);
  assert.equal(joined(notice(11, 'config_refused'), notice(12, 'config_changed')).configRefused, null);
  const passed = joined(instruction(11, 1), notice(12, 'passed_up', { instruction: 1, level: 1, role: 'shift_leader', respond_by: AT }));
  assert.equal(passed.open[1].level, 1);
  assert.equal(passed.open[1].respond_by, AT);
});

test('whom an instruction has reached since is told by the state, whatever was noted before the page came', () => {
  for (const delivered of [true, false]) {
    const listed = { type: 'state', queues: [queue()], instructions: [{ id: 1, queue: 'inbound', delivered }] };
    const state = joined(listed, instruction(8, 1), notice(9, 'nobody_listening', { instruction: 1 }));
    assert.equal(isDeaf(state), !delivered);
  }
});

test('ok, error and what is not known change nothing', () => {
  const state = joined();
  for (const message of [{ type: 'ok', ref: 'a' }, { type: 'error', ref: 'a', code: 'closed' }, { type: 'novelty' }, null, {}]) assert.equal(reduce(state, message), state);
});

test('the mood of a queue', () => {
  const mood = (more, ...messages) => moodOf(after(welcome(10), whole([queue(more)]), ...messages), 'inbound');
  assert.equal(mood({}), 'calm');
  assert.equal(mood({ waiting: null }), 'unknown');
  assert.equal(mood({ waiting: 6 }), 'building');
  assert.equal(mood({ waiting: 6 }, instruction(11, 1)), 'ask');
  assert.equal(mood({ waiting: 6 }, instruction(11, 1), answer(12, 1, 'seen')), 'in_hand');
  assert.equal(mood({ waiting: 6 }, instruction(11, 1), answer(12, 1, 'unanswered')), 'ask');
  assert.equal(mood({}, instruction(11, 1, { action: 'sign_out' })), 'ease');
  assert.equal(mood({ moves: [{ instruction: 1, tier: 'expert' }] }), 'release');
  assert.equal(mood({ blind: true }, instruction(11, 1)), 'blind');
  assert.equal(mood({ waiting: 9, paused: { until: AT } }), 'paused');
});

test('where a tier stands is understood flat and nested', () => {
  assert.equal(standingOf({ tier: 'a', standing: 'running', due_at: AT }).due_at, AT);
  assert.equal(standingOf({ tier: 'a', standing: { standing: 'short', why: { why: 'no_seat', physical_seats: 60 } } }).code, 'no_seat');
  assert.equal(standingOf({ tier: 'a', standing: { standing: 'unsettled', instruction: 7 } }).code, 'unsettled');
});

test('history is half an hour of what was told, with holes where nobody could see', () => {
  const later = (minutes, more) => ({ type: 'state', now: new Date(Date.parse(AT) + minutes * 60_000).toISOString(), queues: [queue(more)] });
  const state = joined(later(10, { waiting: 7 }), later(20, { blind: true }), later(35, { waiting: 4 }));
  assert.deepEqual(state.history.inbound.map(([, waiting]) => waiting), [3, 7, null, 4]);
  // What is older goes, but for the last of it: that is how deep it was when the half hour began.
  assert.deepEqual(reduce(state, later(45, { waiting: 5 })).history.inbound.map(([, waiting]) => waiting), [7, null, 4, 5]);
  assert.deepEqual(reduce(state, later(90, { waiting: 5 })).history.inbound.map(([, waiting]) => waiting), [4, 5]);
});

test('a lost link leaves a hole, once', () => {
  assert.deepEqual(joined(lost, lost).history.inbound.map(([, waiting]) => waiting), [3, null]);
});

test('banners say what must not be overlooked, worst first', () => {
  const state = joined(notice(11, 'journal_failing'), notice(12, 'feed_lost'), { type: 'state', speed: 30, queues: [queue({ blind: true, paused: { until: AT, by: BY, reason: 'drill' }, incident: { until: AT, note: 'billing', by: BY } })] });
  const keys = bannersOf(state, { state: 'waiting', lostAt: 1 }).map((it) => it.key);
  assert.deepEqual(keys, ['banner.link_lost', 'banner.journal', 'banner.blind', 'banner.incident', 'banner.paused', 'banner.demo']);
  assert.deepEqual(bannersOf(joined(), { state: 'up', lostAt: null }), []);
});
