// The address of a notification's card, and what the service worker shows and says: run as it stands, in a world of the test's own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { cardIn } from '../../src/floor/console/push/push.js';
import { own } from './tables.mjs';

const SOURCE = readFileSync(new URL('../../src/floor/console/push/pocket.js', import.meta.url), 'utf8');
const ASK = { kind: 'ask', id: 7, title: 'Sign in 4 · Experts', body: 'Hotline · 8 waiting', acts: ['done', 'take', 'cannot'], n: 4, lang: 'en' };

/** A browser with one window or none; `reply(url, init)` is surged. */
function pocket({ visible = null, reply = async () => ({ ok: true }), maxActions = 2 } = {}) {
  const heard = {};
  const world = { shown: [], asked: [], opened: [], posted: [], closed: 0 };
  const page = { url: 'https://floor.example/', visibilityState: visible ? 'visible' : 'hidden', focus: () => {}, postMessage: (it) => world.posted.push(it) };
  const self = {
    URL, Request: class { constructor(url) { this.url = url; } }, Promise, Object, JSON, URLSearchParams,
    Notification: { maxActions },
    addEventListener: (name, act) => { heard[name] = act; },
    served: async ({ url }) => ({ json: async () => own(url.replace('.json', '')) }),
    registration: { showNotification: async (title, options) => { world.shown = [...world.shown.filter((it) => it.tag !== options.tag), JSON.parse(JSON.stringify({ title, ...options }))]; }, getNotifications: async () => [{ close: () => { world.closed += 1; } }] },
    clients: { matchAll: async () => (visible === null ? [] : [page]), openWindow: async (url) => world.opened.push(url) },
    fetch: async (url, init) => { world.asked.push([url, JSON.parse(init.body), init.headers.authorization]); return reply(url, init); },
    indexedDB: { open: () => { const opening = {}; queueMicrotask(() => { opening.result = { transaction: () => { const change = { objectStore: () => ({ get: () => ({ result: { token: 'surged_x', language: 'en' } }) }) }; queueMicrotask(() => change.oncomplete()); return change; }, close: () => {} }; opening.onsuccess(); }); return opening; } },
  };
  self.globalThis = self;
  runInContext(SOURCE, createContext(self));
  const happen = async (name, event) => { let done; heard[name]({ ...event, waitUntil: (it) => { done = it; } }); await done; };
  world.push = (letter) => happen('push', { data: { json: () => (typeof letter === 'string' ? JSON.parse(letter) : letter) } });
  world.tap = (action = '') => happen('notificationclick', { action, notification: { data: world.shown.at(-1).data, close: () => {} } });
  return world;
}

test('only a whole card in the fragment is one', () => {
  assert.deepEqual(cardIn('#card=12'), { card: 12, act: '' });
  assert.deepEqual(cardIn('#card=12&act=cannot'), { card: 12, act: 'cannot' });
  assert.deepEqual(cardIn('#yes=in%20bound/expert&act=no'), { yes: { queue: 'in bound', tier: 'expert' }, act: 'no' });
  for (const other of ['#yes=', '#yes=inbound', '#yes=a/b/c', '#yes=%zz/expert', '', '#card=', '#card=x', '#card=1&act=', '#card=1&act=<b>', '#code=1', '#card=1234567890123456']) assert.equal(cardIn(other), null, other);
});

test('an ask rings with its buttons, and a newer step takes its place', async () => {
  const world = pocket();
  await world.push(ASK);
  await world.push({ ...ASK, title: 'Still 4' });
  const [{ title, tag, silent, requireInteraction, renotify, actions }, ...more] = world.shown;
  assert.deepEqual([title, tag, silent, requireInteraction, renotify, more], ['Still 4', 'surged-7', false, true, true, []]);
  assert.deepEqual(actions.map(({ action, title }) => [action, title]), [['done', 'Done, all 4'], ['take', 'I take it']]);
  const wide = pocket({ maxActions: 3 });
  await wide.push({ ...ASK, lang: 'zh-Hans' });
  assert.equal(wide.shown[0].actions[2].title, '无法做到');
});

test('what somebody has answered rings no more', async () => {
  const world = pocket();
  await world.push(ASK);
  await world.push({ kind: 'over', id: 7, title: 'Li: done with 4', body: '', lang: 'en' });
  assert.deepEqual(world.shown.map((it) => [it.title, it.silent, it.actions]), [['Li: done with 4', true, []]]);
  const open = pocket({ visible: true });
  await open.push({ kind: 'over', id: 7, title: 'Li: done with 4', lang: 'en' });
  assert.deepEqual([open.shown, open.closed], [[], 1], 'the page shows it');
});

test('a button answers with the token of this device, and says what became of it', async () => {
  for (const [action, verb] of [['done', 'done'], ['take', 'seen']]) {
    const world = pocket();
    await world.push(ASK);
    await world.tap(action);
    assert.deepEqual(world.asked, [[`api/v1/instructions/7/${verb}`, {}, 'Bearer surged_x']]);
    assert.deepEqual(world.shown.map((it) => [it.title, it.body, it.silent]), [['Sent, and taken', ASK.title, true]]);
  }
});

test("another's word is asked about before one's own counts", async () => {
  let sure = false;
  const world = pocket({ reply: async (_, { body }) => { sure = JSON.parse(body).sure === true; return sure ? { ok: true } : { ok: false, json: async () => ({ code: 'conflict', with: { by: { name: 'Li' }, status: 'declined' } }) }; } });
  await world.push(ASK);
  await world.tap('done');
  const [{ title, silent, actions }] = world.shown;
  assert.deepEqual([title, silent, actions.map(({ action }) => action)], ['Not sent: Li has said otherwise', false, ['insist', 'drop']]);
  await world.tap('insist');
  assert.deepEqual([sure, world.shown[0].title], [true, 'Sent, and taken']);
});

test('what could not be sent is said, and sent again by a tap', async () => {
  let up = false;
  const world = pocket({ reply: async () => { if (!up) throw new TypeError('no network'); return { ok: true }; } });
  await world.push(ASK);
  await world.tap('take');
  assert.deepEqual(world.shown.map((it) => [it.title, it.actions.map(({ action }) => action)]), [['Could not be sent', ['again']]]);
  up = true;
  await world.tap('again');
  assert.equal(world.asked.at(-1)[0], 'api/v1/instructions/7/seen');
  assert.equal(world.shown[0].title, 'Sent, and taken');
});

test('an answer that is no longer asked for, and a token that is not good any more, are told apart', async () => {
  for (const [code, title] of [['closed', 'No longer open: nothing was sent'], ['not_let_in', 'Not sent: this device is not let in any more. Open the page'], ['busy', 'Could not be sent']]) {
    const world = pocket({ reply: async () => ({ ok: false, json: async () => ({ code }) }) });
    await world.push(ASK);
    await world.tap('done');
    assert.equal(world.shown[0].title, title);
  }
});

test('the rest opens the page at the card; cannot asks why there', async () => {
  const closed = pocket();
  await closed.push(ASK);
  await closed.tap();
  await closed.push(ASK);
  await closed.tap('cannot');
  assert.deepEqual([closed.opened, closed.asked], [['./#card=7', './#card=7&act=cannot'], []]);
  const open = pocket({ visible: true });
  await open.push(ASK);
  await open.tap('cannot');
  assert.deepEqual(open.posted.map((it) => ({ ...it })), [{ card: 7, act: 'cannot' }]);
});

test('a call that cannot be read calls all the same', async () => {
  const world = pocket();
  await world.push('{');
  assert.deepEqual(world.shown.map((it) => it.title), ['surged']);
});

const YES = { kind: 'ask', yes: { queue: 'in bound', tier: 'expert' }, title: 'Hotline: a yes is asked for Experts', body: 'Sign in 4 · Experts', acts: ['yes', 'no'], n: 4, lang: 'en' };

test('a yes is said by a tap; no asks why on the page', async () => {
  const world = pocket();
  await world.push(YES);
  assert.deepEqual(world.shown.map((it) => [it.tag, it.silent, it.actions.map(({ title }) => title)]), [['surged-yes-in bound-expert', false, ['Yes, call 4', 'No']]]);
  await world.tap('yes');
  assert.deepEqual(world.asked, [['api/v1/queues/in%20bound/approve', { tier: 'expert' }, 'Bearer surged_x']]);
  assert.deepEqual(world.shown.map((it) => [it.title, it.silent]), [['Sent, and taken', true]]);
  await world.push(YES);
  await world.tap('no');
  await world.push(YES);
  await world.tap();
  assert.deepEqual(world.opened, ['./#yes=in%20bound/expert&act=no', './#yes=in%20bound/expert']);
  const open = pocket({ visible: true });
  await open.push(YES);
  await open.tap('no');
  assert.deepEqual(JSON.parse(JSON.stringify(open.posted)), [{ yes: YES.yes, act: 'no' }]);
});

test('a yes that nobody waits for any more is said so', async () => {
  const world = pocket({ reply: async () => ({ ok: false, json: async () => ({ code: 'nothing_to_approve' }) }) });
  await world.push(YES);
  await world.tap('yes');
  assert.equal(world.shown[0].title, 'No longer open: nothing was sent');
});
