// Alarms by the standard: what may sound, what came first, how much a person is asked, and who is there to hear it; and whether it works.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooMuch, sounds } from '../../src/floor/console/alarms.js';
import { bannersOf } from '../../src/floor/console/banners/banners.js';
import { dayOf } from '../../src/floor/console/calm/calm.js';
import { listenersOf } from '../../src/floor/console/listening/listening.js';
import { percent, serviceOf } from '../../src/floor/console/service/service.js';
import { steps } from '../../src/floor/console/stairs/staircase.js';
import { emptyState, firstOut, openInstructions, reduce } from '../../src/floor/console/store.js';

const AT = '2026-11-21T06:00:00.000Z';
const LI = { name: 'Li', staff_no: 'S12' };
const QUIET = { by: LI, until: '2026-11-21T06:15:00.000Z', reason: 'Known, and seen to' };
const queue = (name, more = {}) => ({ queue: name, priority: 0, mode: 'live', waiting: 8, blind: false, moves: [], leaving: [], lines: [5], tiers: [], quiet: null, ...more });
const ask = (id, name, more = {}) => ({ id, at: AT, queue: name, action: 'sign_in', tier: 'expert', pool: 'expert', seats: { min: 2, max: 3, ask: 2 }, people: [], reason: { code: 'waiting_above' }, level: 0, unanswered: false, seen_by: null, ...more });
const on = (queues, instructions, ...messages) => [{ type: 'welcome', you: { ...LI, role: 'supervisor' }, seq: 1 }, { type: 'state', whole: true, now: AT, queues, instructions }, ...messages].reduce(reduce, emptyState());

test('a quiet queue makes no sound, and what must be heard sounds all the same', () => {
  assert.equal(sounds(ask(1, 'a'), queue('a')), true);
  const quiet = queue('a', { quiet: QUIET });
  assert.equal(sounds(ask(1, 'a'), quiet), false);
  assert.equal(sounds(ask(1, 'a', { action: 'sign_out' }), quiet), false);
  for (const more of [{ level: 1 }, { unanswered: true }, { action: 'overtime' }, { action: 'call_in' }, { action: 'extend_shift' }, { reason: { code: 'incident' } }, { reason: { code: 'severe', why: { code: 'waiting_above' } } }]) assert.equal(sounds(ask(1, 'a', more), quiet), true, JSON.stringify(more));
});

test('quiet comes and goes with its notices, stands before everybody, and puts its cards behind the others', () => {
  const before = on([queue('a', { priority: 9 }), queue('b')], [ask(1, 'a'), ask(2, 'b')]);
  assert.deepEqual(openInstructions(before).map((it) => it.id), [1, 2]);
  const quieted = reduce(before, { type: 'notice', seq: 5, at: AT, queue: 'a', code: 'quieted', ...QUIET });
  assert.deepEqual(openInstructions(quieted).map((it) => it.id), [2, 1], 'still there, after what sounds');
  const banner = bannersOf(quieted, { state: 'up' }).find(({ key }) => key === 'banner.quiet');
  assert.deepEqual([banner.queue, banner.until, banner.by, banner.reason], ['a', QUIET.until, LI, QUIET.reason]);
  const over = reduce(quieted, { type: 'notice', seq: 6, at: AT, queue: 'a', code: 'quiet_over' });
  assert.equal(bannersOf(over, { state: 'up' }).some(({ key }) => key === 'banner.quiet'), false);
  assert.deepEqual(openInstructions(over).map((it) => it.id), [1, 2]);
});

test('the first open call of a surge is marked where later ones stand beside it', () => {
  const first = (...instructions) => [...firstOut(on([queue('a'), queue('b')], instructions))];
  assert.deepEqual(first(ask(7, 'a')), [], 'one alone is no first');
  assert.deepEqual(first(ask(9, 'a'), ask(7, 'a'), ask(8, 'b')), [7]);
  assert.deepEqual(first(ask(5, 'a', { action: 'sign_out' }), ask(7, 'a'), ask(9, 'a')), [7], 'who goes back began nothing');
  const began = (instruction, more = {}) => ({ to: '2026-11-21T07:00:00.000Z', surges: [{ queue: 'a', began: AT, ended: null, tiers: [{ instruction }], ...more }] });
  const told = (summary) => [...firstOut(on([queue('a')], [ask(7, 'a'), ask(9, 'a')]), summary)];
  assert.deepEqual(told(began(7)), [7]);
  assert.deepEqual(told(began(3)), [], 'the first was answered: these came after it');
  assert.deepEqual(told(began(3, { ended: AT })), [7], 'that surge is over');
});

test('more than two asks in ten minutes on average, or ten at the peak, is more than a person bears', () => {
  assert.equal(isTooMuch({ mean: 2, peak: 10 }), false);
  assert.equal(isTooMuch({ mean: 2.1, peak: 3 }), true);
  assert.equal(isTooMuch({ mean: 0.4, peak: 11 }), true);
});

test('who has the floor open is known by their word alone, and by nothing once the link is lost', () => {
  const li = { ...LI, role: 'supervisor' };
  const chen = { name: 'Chen', staff_no: 'L01', role: 'shift_leader' };
  const heard = (people, more = 0) => listenersOf(on([queue('a')], [], { type: 'listening', people, more }));
  assert.equal(listenersOf(on([queue('a')], [])), null);
  assert.deepEqual(heard([chen, li]), { code: 'some', first: [li], leaders: [chen], more: 0 });
  assert.equal(heard([chen]).code, 'leaders');
  const local = { name: 'local', staff_no: 'local', role: 'manager' };
  assert.deepEqual(heard([local]), { code: 'some', first: [local], leaders: [], more: 0 });
  assert.equal(heard([]).code, 'nobody');
  const lost = reduce(on([queue('a')], [], { type: 'listening', people: [li], more: 0 }), { type: 'link_lost', now: AT });
  assert.equal(listenersOf(lost), null);
});

test('the service is the share of all calls that ended, against the aim; what is not known is not said', () => {
  const target = { answered: 0.9, within_s: 20 };
  const told = { over_s: 1800, answered: 90, in_target: 84, abandoned: 10, target };
  assert.deepEqual(serviceOf(told), { share: 0.84, aim: 0.9, within: 20, lost: 10, minutes: 30, misses: true });
  assert.equal(serviceOf({ ...told, in_target: 90, abandoned: null }).misses, false);
  assert.deepEqual(serviceOf({ ...told, in_target: null }), { share: 0.9, aim: null, within: null, lost: 10, minutes: 30, misses: false });
  assert.equal(serviceOf({ ...told, in_target: null, abandoned: null }), null, 'of the answered all were answered');
  assert.equal(serviceOf({ ...told, answered: 0, in_target: 0, abandoned: 0 }), null);
  assert.equal(serviceOf(null), null);
  assert.equal(percent(0.8999), '89 %', 'what just misses does not read as met');
  assert.equal(percent(0.29), '29 %');
});

test('each step says who is left to be asked', () => {
  const tiers = [{ tier: 'expert', mode: 'live', standing: 'not_met', can_come: 4, of: 4 }, { tier: 'outbound', mode: 'live', standing: 'later', can_come: 8, of: 12 }, { tier: 'overtime', mode: 'live', standing: 'later' }];
  const all = steps(emptyState(), queue('a', { tiers }));
  assert.deepEqual(all.map(({ reserve }) => reserve), [{ n: 4, of: 4 }, { n: 8, of: 12 }, null]);
});

test("the day brings shadow's proof", () => {
  const shadow = [{ queue: 'a', would_call: 3, called: 2 }];
  assert.deepEqual(dayOf({ surges: [], moved: [], shadow }, emptyState()).shadow, shadow);
});

test('a phone system whose clock is off is told of, until it is set', () => {
  const welcomed = (clocks) => reduce(emptyState(), { type: 'welcome', seq: 1, clocks });
  const told = (state) => bannersOf(state, { state: 'up' }).filter(({ key }) => key.startsWith('banner.clock')).map(({ key, feed, apart }) => [key, feed, apart]);
  assert.deepEqual(told(welcomed({ hotline: -62, branch: 3600 })), [['banner.clock_ahead', 'hotline', 62], ['banner.clock_behind', 'branch', 3600]]);
  assert.deepEqual(told(welcomed(undefined)), []);
});
