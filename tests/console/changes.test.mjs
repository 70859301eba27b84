// A state that tells only what changed: what the page then knows is what whole queues would have told it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grown } from '../../src/floor/console/changes.js';
import { emptyState, openInstructions, reduce } from '../../src/floor/console/store.js';

const AT = '2026-11-21T06:00:00.000Z';
const BY = { name: 'Li Wei', staff_no: 'S12' };
const queue = (more = {}) => ({ queue: 'inbound', waiting: 3, blind: false, ladder: 'day', longest_wait_s: 10, next: null, moves: [], ...more });
const instruction = (seq, id, more = {}) => ({ type: 'instruction', seq, id, at: AT, queue: 'inbound', action: 'sign_in', tier: 'expert', seats: { min: 4, max: 4, ask: 4 }, people: [], reason: { code: 'waiting_above' }, respond_by: AT, of: null, ...more });
const changes = (queues, instructions = []) => ({ type: 'state', now: AT, whole: false, changes: true, queues, instructions });
const joined = (...messages) => [{ type: 'welcome', you: { ...BY, role: 'supervisor' }, seq: 10 }, { type: 'state', now: AT, whole: true, queues: [queue(), queue({ queue: 'cards' })], instructions: [] }, ...messages].reduce(reduce, emptyState());

test('a field that changed replaces that field alone', () => {
  const state = joined(changes([{ queue: 'inbound', waiting: 9 }]));
  assert.deepEqual(state.queues.inbound, queue({ waiting: 9 }));
  assert.deepEqual(state.queues.cards, queue({ queue: 'cards' }));
  assert.equal(state.history.inbound.at(-1)[1], 3, 'both at one moment');
});

test('the half hour behind a queue goes on from what the first state told of it', () => {
  const min = (n) => new Date(Date.parse(AT) + n * 60_000).toISOString();
  const first = { type: 'state', now: AT, whole: true, queues: [queue({ recent: [[min(-20), 1], [min(-5), 3]] })], instructions: [] };
  const then = (n, waiting) => ({ ...changes([{ queue: 'inbound', waiting }]), now: min(n) });
  const state = [{ type: 'welcome', you: { ...BY, role: 'supervisor' }, seq: 10 }, first, then(1, 8), then(2, 12), then(3, 4)].reduce(reduce, emptyState());
  assert.deepEqual(state.history.inbound.map(([at, depth]) => [(at - Date.parse(AT)) / 60_000, depth]), [[-20, 1], [-5, 3], [1, 8], [2, 12], [3, 4]]);
});

test('an instruction opens by its message, and what happens to it is told alone', () => {
  let state = joined(instruction(11, 1), changes([{ queue: 'inbound', open: [1] }]), changes([{ queue: 'inbound' }], [{ id: 1, queue: 'inbound', seen_by: BY, eta_s: 60 }]));
  assert.deepEqual(openInstructions(state).map(({ id, tier, seen_by: by, eta_s: eta }) => ({ id, tier, by, eta })), [{ id: 1, tier: 'expert', by: BY, eta: 60 }]);
  state = reduce(state, changes([{ queue: 'inbound', waiting: 2 }]));
  assert.equal(openInstructions(state).length, 1, 'a depth closes nothing');
  state = reduce(state, changes([{ queue: 'cards', open: [] }]));
  assert.equal(openInstructions(state).length, 1, 'nor does another queue');
  state = reduce(state, changes([{ queue: 'inbound', open: [] }]));
  assert.equal(openInstructions(state).length, 0);
});

test('an instruction has reached somebody until a state says that it has not', () => {
  const state = joined(instruction(11, 1), changes([{ queue: 'inbound', open: [1] }]));
  assert.equal(openInstructions(state)[0].delivered, true);
  const unheard = reduce(state, changes([{ queue: 'inbound' }], [{ id: 1, queue: 'inbound', delivered: false }]));
  assert.equal(openInstructions(unheard)[0].delivered, false);
});

test('a state a moment older than an instruction does not close it', () => {
  const state = joined(instruction(11, 1), changes([{ queue: 'inbound', open: [] }]), changes([{ queue: 'inbound', open: [1] }]));
  assert.equal(openInstructions(state).length, 1);
});

test('an instruction that is open again comes whole', () => {
  const { type: _, seq: __, ...again } = instruction(0, 1, { level: 0 });
  const state = joined(changes([{ queue: 'inbound', open: [1] }], [again]));
  assert.equal(openInstructions(state)[0].tier, 'expert', 'also for whoever never heard of it');
  const known = reduce(joined(instruction(11, 1), changes([{ queue: 'inbound', open: [] }]), changes([{ queue: 'inbound', open: [] }])), changes([{ queue: 'inbound', open: [1] }], [again]));
  assert.equal(openInstructions(known)[0].tier, 'expert');
});

test('a wait grows while the queue is seen, and by whole seconds', () => {
  const since = '2026-11-21T05:59:50.000Z';
  const state = joined(changes([{ queue: 'inbound', longest_wait_s: 10, longest_wait_since: since }]));
  assert.equal(grown(state, Date.parse(AT) + 400), state);
  assert.equal(grown(state, Date.parse(AT) + 5_400).queues.inbound.longest_wait_s, 15);
  assert.equal(grown(state, Date.parse(AT) + 5_400).queues.cards.longest_wait_s, 10);
  const blind = reduce(state, changes([{ queue: 'inbound', blind: true }]));
  assert.equal(grown(blind, Date.parse(AT) + 5_400), blind);
});
