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
const letIn = () => { last().open(); last().tell({ type: 'welcome', seq: 1 }); last().tell({ type: 'state', queues: [] }); };
const wait = (ms) => { for (let told = 0; told < ms; told += 100) mock.timers.tick(100); };

test('hello first, with since where something was seen, else for the last few messages', () => {
  last().open();
  assert.equal(last().protocol, 'surged.v1');
  assert.deepEqual(last().sent, [{ type: 'hello', token: 'a', last: 300 }]);
  seq = 41;
  last().drop(1006);
  wait(1_000);
  last().open();
  assert.deepEqual(last().sent, [{ type: 'hello', token: 'a', since: 41 }]);
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
