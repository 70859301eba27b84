// "Someone left": what is shown is what is said, and what becomes of it is read, wherever the dialog was meanwhile. Of a page no more is here than
// what a dialog is made of.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { GRACE_MS } from '../../src/floor/console/cards/answer.js';
import { emptyState, reduce } from '../../src/floor/console/store.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

class Piece {
  constructor() { Object.assign(this, { children: [], dataset: {}, listeners: {}, attributes: {}, style: { setProperty() {} }, open: false }); }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  addEventListener(event, listener) { this.listeners[event] = listener; }
  setAttribute(name, value) { this.attributes[name] = value; }
  contains() { return false; }
  showModal() { this.open = true; }
  close() { this.open = false; this.listeners.close?.(); }
  get firstChild() { return this.children[0] ?? null; }
  get textContent() { return this.children.map((it) => (typeof it === 'string' || typeof it === 'number' ? it : it.textContent)).join(' '); }
  set textContent(text) { this.children = [text]; }
  all() { return [this, ...this.children.flatMap((it) => it.all?.() ?? [])]; }
}
globalThis.Text = class {};
globalThis.document = { createElement: () => new Piece(), createElementNS: () => new Piece(), body: new Piece(), activeElement: null };
const { LeftDialog } = await import('../../src/floor/console/settings/left.js');

const AT = '2026-11-21T06:00:00.000Z';
const [ANA, LI] = [['Ana', 'S13'], ['Li', 'S12']].map(([name, staff_no]) => ({ name, staff_no }));
const words = new Words('en', table('en'), { zone: 'UTC' });
const move = (people, instruction = 1) => ({ instruction, action: 'sign_in', tier: 'expert', pool: 'expert', seats: people.length || 4, people, issued: AT, shadow: false });
const floor = (moves) => ({ type: 'state', whole: true, now: AT, queues: [{ queue: 'inbound', waiting: 3, moves, leaving: [], tiers: [] }], instructions: [] });
const left = (seq, people, by = LI) => ({ type: 'answer', seq, instruction: 1, status: 'left', by, at: AT, seats: 1, ...(people && { people }) });
const on = (moves, ...messages) => [{ type: 'welcome', you: { ...ANA, role: 'supervisor' }, seq: 1 }, floor(moves), ...messages].reduce(reduce, emptyState());
let asked;
let dialog;
let state;
const page = () => ({ words, state, look: 1, link: { state: 'up' }, changed() {}, ask: (message, way) => new Promise((resolve, reject) => asked.push({ message, way, resolve, reject: (error) => reject(Object.assign(new Error(''), error)) })) });
const text = () => (dialog.dialog.open ? dialog.dialog.textContent : null);
const piece = (key) => dialog.dialog.all().find((it) => it.attributes['data-k'] === key);
const tap = (key) => piece(key).listeners.click();
const pick = (person) => piece(`1-who-${person}`).listeners.change({ target: { checked: true } });
const breath = () => new Promise((resolve) => { setImmediate(resolve); });

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  asked = [];
  state = on([move(['E01', 'E02'])]);
  dialog = new LeftDialog();
});

test('opened a second time it shows and says what is tapped then', async () => {
  dialog.open(page(), move(['E01', 'E02']));
  dialog.dialog.close();
  dialog.open(page(), move(['E01', 'E02']));
  pick('E02');
  tap('1-unwell');
  assert.match(text(), /1 left/);
  tap('1-undo');
  assert.match(text(), /Who has left/);
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual(asked, []);
  tap('1-unwell');
  mock.timers.tick(GRACE_MS);
  assert.deepEqual(asked[0].message, { type: 'left', people: ['E02'], reason: 'Unwell', instruction: 1 });
  asked[0].resolve();
  await breath();
  assert.equal(text(), null);
});

test('what is refused, or asked about, after it was closed is read all the same', async () => {
  for (const [error, says] of [[{ code: 'overtaken', with: { by: LI, status: 'left', at: AT, seats: 1 } }, /Li said at 06:00:00: 1 left\./], [{ code: 'journal_failing' }, /Who has left/]]) {
    dialog.open(page(), move(['E01', 'E02']));
    pick('E01');
    tap('1-unwell');
    dialog.dialog.close();
    assert.equal(text(), null);
    asked.at(-1).reject(error);
    await breath();
    assert.match(text(), says);
    dialog.dialog.close();
    assert.equal(text(), null, 'once');
  }
});

test('while it waits for the link it can be taken back, and is shown to whoever opens it again', async () => {
  dialog.open(page(), move(['E01', 'E02']));
  pick('E01');
  tap('1-unwell');
  mock.timers.tick(GRACE_MS);
  const { way, reject } = asked[0];
  way.recall = () => { way.recall = null; reject({ code: 'recalled' }); };
  dialog.dialog.close();
  dialog.open({ ...page(), link: { state: 'waiting' } }, move(['E01', 'E02']));
  dialog.render({ ...page(), link: { state: 'waiting' } });
  tap('1-undo');
  await breath();
  assert.match(text(), /Who has left/);
  assert.equal(asked.length, 1);
});

test('its people are those who stand there now; what a colleague has said of the same meanwhile is read first', () => {
  dialog.open(page(), move(['E01', 'E02']));
  pick('E01');
  state = on([move(['E01'])], left(3, ['E02']));
  dialog.render(page());
  assert.deepEqual([piece('1-who-E01') !== undefined, piece('1-who-E02')], [true, undefined]);
  tap('1-unwell');
  dialog.render(page());
  assert.ok(piece('1-undo'), 'other people');
  state = on([move([])], left(3, ['E02']), left(4, ['E01']));
  dialog.render(page());
  assert.match(text(), /Li said at 06:00:00: 1 left · E01\..*Yours has not counted: 1 left/);
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual(asked, []);
});

test('who is not on the move any more is not said to have left it once more', () => {
  state = on([move(['E01', 'E02', 'E03'])]);
  dialog.open(page(), move(['E01', 'E02', 'E03']));
  pick('E01');
  tap('1-unwell');
  state = on([move(['E02', 'E03'])], left(3, ['E01']));
  dialog.render(page());
  assert.deepEqual([piece('1-insist'), piece('1-drop') !== undefined], [undefined, true]);
});

test('another duty log closes it, and gives back what was said', () => {
  dialog.open(page(), move(['E01', 'E02']));
  pick('E01');
  tap('1-unwell');
  assert.deepEqual(dialog.forget(), [{ type: 'left', people: ['E01'], reason: 'Unwell', instruction: 1 }]);
  mock.timers.tick(GRACE_MS * 2);
  assert.deepEqual([asked, text()], [[], null]);
});
