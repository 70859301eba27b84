// An answer from the tap to the server's word: nothing leaves before its moment of grace, and nothing is sent twice.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Answer, GRACE_MS, doneMessage, leftMessage, named } from '../../src/floor/console/cards/answer.js';

const instruction = { id: 7, seats: { min: 2, max: 3, ask: 3 }, people: [] };
let sent;
let answer;

beforeEach(() => {
  sent = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  answer = new Answer(instruction, async (message) => sent.push(message), () => {});
});

test('a wrong tap can be taken back', () => {
  answer.later({ type: 'decline', reason: 'on break' });
  mock.timers.tick(GRACE_MS - 1);
  answer.undo();
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual(sent, []);
});

test('after the grace it is sent, once', () => {
  answer.later({ type: 'done', seats: 3 });
  mock.timers.tick(GRACE_MS * 3);
  answer.flush();
  assert.deepEqual(sent, [{ type: 'done', seats: 3, instruction: 7 }]);
});

test('a second thought replaces the first', () => {
  answer.later({ type: 'done', seats: 3 });
  mock.timers.tick(GRACE_MS / 2);
  answer.later({ type: 'decline', reason: 'nobody' });
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual(sent.map((it) => it.type), ['decline']);
});

test('a page that is being closed sends what waits', () => {
  answer.later({ type: 'done', seats: 3 });
  answer.flush();
  assert.equal(sent.length, 1);
});

test('"I take it" goes at once', () => {
  answer.take(300);
  assert.deepEqual(sent, [{ type: 'seen', instruction: 7, eta_s: 300 }]);
});

test('what the server refuses is kept in words', async () => {
  answer = new Answer(instruction, () => Promise.reject(Object.assign(new Error('it is closed'), { code: 'closed' })), () => {});
  await answer.take(0);
  assert.deepEqual(answer.error, { code: 'closed', message: 'it is closed' });
  assert.equal(answer.sending, false);
});

test('done tells people where all are known by name, else how many', () => {
  const draft = { seats: 2, people: new Set(['E02', 'E01']), note: ' late ' };
  const byName = { people: ['E01', 'E02', 'E03'], seats: { ask: 3 } };
  assert.deepEqual(doneMessage(byName, draft), { type: 'done', seats: 2, people: ['E01', 'E02'], note: 'late' });
  assert.deepEqual(doneMessage(instruction, draft), { type: 'done', seats: 2, note: 'late' });
  assert.equal(named({ people: ['E01'], seats: { ask: 3 } }), false);
});

test('left tells who or how many, and nothing while nobody is picked', () => {
  assert.deepEqual(leftMessage([], { left: 2 }, 'unwell'), { type: 'left', seats: 2, reason: 'unwell' });
  assert.deepEqual(leftMessage(['E01', 'E02'], { gone: new Set(['E02']) }, 'unwell'), { type: 'left', people: ['E02'], reason: 'unwell' });
  assert.equal(leftMessage(['E01'], { gone: new Set() }, 'unwell'), null);
});

test('what waits for a link is taken back as if it had not been said', async () => {
  answer = new Answer(instruction, (message, way) => new Promise((_, reject) => { way.recall = () => { way.recall = null; reject(Object.assign(new Error(''), { code: 'recalled' })); }; }), () => {});
  answer.later({ type: 'done', seats: 3 });
  const gone = answer.flush();
  assert.deepEqual([answer.sending, answer.mayRecall, answer.way.message.type], [true, true, 'done']);
  answer.undo();
  await gone;
  assert.deepEqual([answer.sending, answer.mayRecall, answer.error, answer.question], [false, false, null, null]);
});

test('what somebody else passes up while one is about to is read first: nobody means two levels', () => {
  const theirs = { how: 'said', by: { name: 'Ana', staff_no: 'S13' }, status: 'escalated', seq: 9 };
  answer.passedUp(null);
  answer.later({ type: 'escalate', note: '' });
  answer.passedUp(null);
  assert.notEqual(answer.grace, null);
  answer.passedUp(theirs);
  assert.deepEqual([answer.grace, answer.question.with], [null, theirs]);
  mock.timers.tick(GRACE_MS * 3);
  assert.deepEqual(sent, []);
  // Said again with that in sight it stands, and another answer is none the worse for it.
  answer.drop();
  for (const message of [{ type: 'escalate', note: '' }, { type: 'done', seats: 2 }]) {
    answer.later(message);
    answer.passedUp(theirs);
    assert.notEqual(answer.grace, null);
  }
  answer.passedUp({ ...theirs, seq: 12 });
  assert.notEqual(answer.grace, null);
});
