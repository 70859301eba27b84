// The link: hello with `since`, what was asked survives a lost connection, a token that is not let in.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { FloorSocket } from '../../src/floor/console/socket.js';

const made = [];

class FakeSocket {
  static OPEN = 1;

  constructor(url, protocol) {
    Object.assign(this, { url, protocol, readyState: 0, sent: [] });
    made.push(this);
  }

  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  open() { this.readyState = 1; this.onopen(); }
  tell(message) { this.onmessage({ data: JSON.stringify(message) }); }
  drop(code) { this.readyState = 3; this.onclose?.({ code }); }
}

globalThis.WebSocket = FakeSocket;
let token;
let floor;
let seq;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  made.length = 0;
  token = 'a';
  seq = null;
  floor = new FloorSocket('ws://floor', { token: () => token, since: () => seq });
  floor.start();
});

const last = () => made.at(-1);
/** The server's reply to the ping that comes behind all that was missed. */
const caughtUp = () => last().tell({ type: 'pong', ref: last().sent.findLast((it) => it.ref?.startsWith('caught-up')).ref });
const letIn = () => { last().open(); last().tell({ type: 'welcome', seq: 1 }); last().tell({ type: 'state', queues: [] }); caughtUp(); };
const wait = (ms) => { for (let told = 0; told < ms; told += 100) mock.timers.tick(100); };

test('hello first, with since where something was seen, else for the last few messages', () => {
  last().open();
  assert.equal(last().protocol, 'surged.v1');
  assert.deepEqual(last().sent, [{ type: 'hello', token: 'a', changes: true, last: 300 }]);
  seq = 41;
  last().drop(1006);
  wait(1_000);
  last().open();
  assert.deepEqual(last().sent, [{ type: 'hello', token: 'a', changes: true, since: 41 }]);
});

test('what was asked while the link was down is sent when it is back, and again only while unanswered', async () => {
  letIn();
  last().drop(1006);
  const asked = floor.ask({ type: 'done', instruction: 7 });
  wait(1_000);
  letIn();
  const { ref, ...rest } = last().sent.at(-1);
  assert.deepEqual(rest, { type: 'done', instruction: 7 });
  last().tell({ type: 'ok', ref });
  await asked;
  last().drop(1006);
  wait(1_000);
  letIn();
  assert.equal(last().sent.filter((it) => it.type === 'done').length, 0);
});

test('what comes together is taken as if each had come alone', async () => {
  letIn();
  const heard = [];
  floor.addEventListener('message', ({ detail }) => heard.push(detail));
  const asked = floor.ask({ type: 'done', instruction: 7 });
  const messages = [{ type: 'answer', seq: 5 }, { type: 'ok', ref: last().sent.at(-1).ref }, { type: 'state', queues: [] }];
  last().tell({ type: 'together', messages });
  await asked;
  assert.deepEqual(heard, messages);
});

test('an error of the server comes back to who asked', async () => {
  letIn();
  const asked = floor.ask({ type: 'done', instruction: 7 });
  last().tell({ type: 'error', ref: last().sent.at(-1).ref, code: 'closed', message: 'it is closed' });
  await assert.rejects(asked, { code: 'closed', message: 'it is closed' });
});

test('a silent connection is given up and made anew', () => {
  letIn();
  wait(60_000);
  assert.ok(made.length > 1);
  assert.ok(made[0].sent.some((it) => it.type === 'ping'));
});

test('a token that is not let in stops the trying until there is another', () => {
  last().open();
  last().drop(4401);
  assert.equal(floor.link.state, 'refused');
  wait(60_000);
  assert.equal(made.length, 1);
  token = 'b';
  floor.start();
  letIn();
  assert.equal(floor.link.state, 'up');
});

test('a token that was let in before is tried once more', () => {
  letIn();
  last().drop(4401);
  assert.equal(floor.link.state, 'waiting');
  wait(1_000);
  last().open();
  last().drop(4401);
  assert.equal(floor.link.state, 'refused');
});

test('the loss is counted from its first moment', () => {
  letIn();
  last().drop(1006);
  const { lostAt } = floor.link;
  for (let i = 0; i < 5; i += 1) {
    wait(20_000);
    last().drop(1006);
  }
  assert.equal(floor.link.lostAt, lostAt);
  while (floor.link.state !== 'connecting') wait(1_000);
  letIn();
  assert.equal(floor.link.lostAt, null);
});

test('what is no JSON is left alone, and the outbox has a limit', async () => {
  letIn();
  last().onmessage({ data: 'nonsense' });
  assert.equal(floor.link.state, 'up');
  for (let i = 0; i < 32; i += 1) floor.ask({ type: 'done', instruction: i });
  await assert.rejects(floor.ask({ type: 'done', instruction: 99 }), { code: 'too_much' });
});

test('no pulse: the page knows within two seconds, asks for one, and gives the link up', () => {
  letIn();
  wait(1_000);
  assert.equal(last().sent.at(-1).type, 'ping');
  assert.equal(floor.link.state, 'up');
  wait(1_000);
  assert.equal(floor.link.state, 'silent');
  assert.ok(Date.now() - floor.link.lostAt <= 2_000);
  last().tell({ type: 'pong', ref: 'pulse' });
  assert.equal(floor.link.state, 'up');
  wait(2_000);
  assert.equal(floor.link.state, 'silent');
  wait(5_000);
  assert.notEqual(floor.link.state, 'silent');
  assert.notEqual(floor.link.state, 'up');
});

test('a busy link needs no pings, and a pulse keeps a calm one up', () => {
  letIn();
  for (let i = 0; i < 10; i += 1) {
    wait(500);
    last().tell({ type: 'state', queues: [] });
  }
  assert.equal(last().sent.filter((it) => it.ref === 'pulse').length, 0);
  for (let i = 0; i < 10; i += 1) {
    wait(1_000);
    last().tell({ type: 'pong', ref: 'pulse' });
  }
  assert.equal(floor.link.state, 'up');
  assert.equal(made.length, 1);
});

test('a tab that was frozen asks at once when it wakes, and shows nothing old as new', () => {
  letIn();
  // Its timers stood still: time went on without them.
  floor.heard -= 60_000;
  floor.wake();
  assert.equal(floor.link.state, 'silent');
  assert.equal(last().sent.at(-1).type, 'ping');
  last().tell({ type: 'pong', ref: 'pulse' });
  assert.equal(floor.link.state, 'up');
});

test('what was kept goes out only once what was missed has been heard, and only what the second look lets through', async () => {
  letIn();
  last().drop(1006);
  const looked = [];
  floor.recheck = (kept) => { looked.push(kept.message.instruction); return kept.message.instruction === 8 ? { code: 'overtaken', with: { status: 'done' } } : null; };
  const good = floor.ask({ type: 'done', instruction: 7 });
  const bad = floor.ask({ type: 'decline', instruction: 8, reason: 'x' });
  wait(1_000);
  last().open();
  last().tell({ type: 'welcome', seq: 1 });
  assert.deepEqual(looked, []);
  const meanwhile = floor.ask({ type: 'done', instruction: 9 });
  last().tell({ type: 'state', queues: [] });
  last().tell({ type: 'answer', seq: 2, instruction: 8 });
  assert.deepEqual([looked, last().sent.map((it) => it.type)], [[], ['hello', 'ping']], 'the state comes before what was missed');
  caughtUp();
  await assert.rejects(bad, { code: 'overtaken', with: { status: 'done' } });
  assert.deepEqual(looked, [7, 8, 9]);
  const [one, other] = last().sent.slice(-2);
  assert.deepEqual([one.instruction, other.instruction], [7, 9]);
  for (const { ref } of [one, other]) last().tell({ type: 'ok', ref });
  await Promise.all([good, meanwhile]);
});

test('what was sent and not replied to before the link went is looked at again as well', async () => {
  letIn();
  const asked = floor.ask({ type: 'done', instruction: 7 });
  last().drop(1006);
  floor.recheck = () => ({ code: 'overtaken' });
  wait(1_000);
  letIn();
  await assert.rejects(asked, { code: 'overtaken' });
});

test('a conflict comes back with whom it is with, and with what was said', async () => {
  letIn();
  const asked = floor.ask({ type: 'decline', instruction: 7, reason: 'x' });
  const by = { name: 'Li', staff_no: 'S12' };
  last().tell({ type: 'conflict', ref: last().sent.at(-1).ref, code: 'done', message: 'Li has said done', with: { by, status: 'done', at: 'T' } });
  await assert.rejects(asked, (error) => error.code === 'conflict' && error.with.by.staff_no === 'S12' && error.asked.type === 'decline');
});

test('what waits for a link can be taken back, and what has left cannot', async () => {
  letIn();
  const left = { recall: null };
  floor.ask({ type: 'done', instruction: 6 }, left);
  assert.equal(left.recall, null);
  last().drop(1006);
  const way = { recall: null };
  const asked = floor.ask({ type: 'done', instruction: 7 }, way);
  const kept = { recall: null };
  floor.ask({ type: 'done', instruction: 8 }, kept);
  way.recall();
  await assert.rejects(asked, { code: 'recalled' });
  wait(1_000);
  letIn();
  assert.deepEqual(last().sent.filter((it) => it.type === 'done').map((it) => it.instruction), [6, 8]);
  assert.deepEqual([way.recall, kept.recall], [null, null]);
});

test('what must not be said unseen is refused without a link, and where the link goes before the reply', async () => {
  const code = (asked) => asked.then(() => 'ok', (error) => error.code);
  letIn();
  last().drop(1006);
  assert.equal(await code(floor.askNow({ type: 'call', queue: 'a' })), 'unsent');
  wait(1_000);
  letIn();
  assert.equal(last().sent.some((it) => it.type === 'call'), false);
  const asked = code(floor.askNow({ type: 'call', queue: 'b' }));
  assert.equal(last().sent.at(-1).queue, 'b');
  last().drop(1006);
  assert.equal(await asked, 'no_reply');
  wait(1_000);
  letIn();
  assert.equal(last().sent.some((it) => it.type === 'call'), false, 'nor does it go out later');
});

test('what is kept remembers who said it, and of which duty log', () => {
  let who = 'S12';
  let epoch = 0;
  const seen = [];
  floor = new FloorSocket('ws://floor', { token: () => token, since: () => seq, who: () => who, epoch: () => epoch, recheck: (kept) => { seen.push([kept.by, kept.epoch]); return { code: 'x' }; } });
  floor.start();
  const asked = floor.ask({ type: 'done', instruction: 7 });
  who = 'S13';
  epoch = 1;
  letIn();
  assert.deepEqual(seen, [['S12', 0]]);
  return assert.rejects(asked, { code: 'x' });
});
