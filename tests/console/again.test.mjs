// Two opposite cards for the same people: the older one says that they were asked for again, and is no alarm.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sounds } from '../../src/floor/console/alarms.js';
import { againWords } from '../../src/floor/console/cards/cards.js';
import { act } from '../../src/floor/console/keys/keys.js';
import { emptyState, moodOf, openInstructions, queuesByTrouble, reduce, summary } from '../../src/floor/console/store.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const cases = JSON.parse(readFileSync(new URL('again.json', import.meta.url), 'utf8'));
const at = (minute) => `2026-11-21T03:${minute}:00.000Z`;
const back = (more = {}) => ({ id: 3, of: 1, at: at('04'), queue: 'inbound', action: 'sign_out', tier: 'expert', pool: 'expert', seats: { min: 1, max: 1, ask: 1 }, people: ['E01'], level: 0, unanswered: false, seen_by: null, ...more });
const call = (more = {}) => back({ id: 5, of: null, at: at('12'), action: 'sign_in', ...more });
const move = (more = {}) => ({ instruction: 5, action: 'sign_in', tier: 'expert', pool: 'expert', seats: 1, people: ['E01'], issued: at('12'), shadow: false, ...more });
const queue = (more = {}) => ({ queue: 'inbound', priority: 0, mode: 'live', waiting: 8, blind: false, moves: [], leaving: [], lines: [5], tiers: [], ...more });
const on = (instructions, ...queues) => reduce(reduce(emptyState(), { type: 'welcome', seq: 1 }), { type: 'state', whole: true, now: at('13'), queues: queues.length > 0 ? queues : [queue()], instructions });
const older = (state) => openInstructions(state).find((it) => it.id === 3);
const said = (state, language = 'en') => againWords(new Words(language, table(language), { zone: 'UTC', labels: { queue: { cards: 'Cards' } } }), older(state));

test('who is to go back, and is asked for again, stands on the older card, with which step, of which queue, and since when', () => {
  assert.deepEqual(said(on([back()])), [], 'nobody has asked for them since');
  assert.deepEqual(said(on([back(), call()])), ['E01 asked for again since: Experts for Inbound, 03:12. Who has not gone stays.']);
  assert.deepEqual(said(on([back(), call()]), 'zh-Hans'), ['E01 此后又被请求：呼入，机动专家组，03:12。尚未离开者留下。']);
  assert.deepEqual(said(on([back(), call()]), 'zh-Hant'), ['E01 此後又被請求：呼入，機動專家組，03:12。尚未離開者留下。']);
  assert.deepEqual(said(on([back(), call({ people: ['E02'] })])), [], 'somebody else was asked for');
  assert.deepEqual(said(on([back(), call({ id: 2 })])), [], 'the call came first');
});

test('on paper it is said of the same people: both read these cases', () => {
  for (const { says, back: { people, seats, leaving }, calls, again } of cases) {
    const on = (name) => calls.filter(({ queue = 'inbound' }) => queue === name).map(({ id, pool = 'expert', people, seats, shadow = false }) => move({ instruction: id, pool, people, seats, shadow }));
    const state = reduce(reduce(emptyState(), { type: 'welcome', seq: 1 }), { type: 'state', whole: true, now: at('13'), instructions: [back({ id: 8, of: 7, people, seats: { ask: seats } })],
      queues: [queue({ moves: on('inbound'), leaving: leaving ? [move({ instruction: 7, people })] : [] }), queue({ queue: 'cards', moves: on('cards') })] });
    assert.deepEqual((openInstructions(state)[0].again?.calls ?? []).map(({ id, people, n }) => [id, people, n]), again, says);
  }
});

test('it stays said once the newer call is answered, as long as they stand there by it', () => {
  assert.equal(older(on([back()], queue({ moves: [move()] }))).again.all, true);
  assert.equal(older(on([back()], queue({ moves: [move({ shadow: true })] }))).again, undefined, 'nobody was told');
  assert.equal(older(on([back()], queue({ moves: [move({ instruction: 2 })] }))).again, undefined, 'that is an earlier call');
});

test('several calls share the people: each is told by the last that names them, and the rest goes', () => {
  const of = (calls, ...queues) => older(on([back({ people: ['E01', 'E02', 'E03'], seats: { ask: 3 } }), ...calls], queue(), ...queues)).again;
  const both = of([call({ people: ['E02'] }), call({ id: 6, queue: 'cards', people: ['E01', 'E02'] })], queue({ queue: 'cards' }));
  assert.deepEqual([both.all, both.calls.map(({ id, people }) => [id, people])], [false, [[6, ['E01', 'E02']]]]);
  const each = of([call({ people: ['E03'] }), call({ id: 6, people: ['E01', 'E02', 'E04'] })]);
  assert.deepEqual([each.all, each.calls.map(({ id, people }) => [id, people])], [true, [[5, ['E03']], [6, ['E01', 'E02']]]]);
  assert.deepEqual(said(on([back(), call({ queue: 'cards' })], queue(), queue({ queue: 'cards' }))), ['E01 asked for again since: Experts for Cards, 03:12. Who has not gone back goes there.']);
});

test('of people without names it is the same pool and the same queue, once none of them is on the way back', () => {
  const some = { people: [], pool: 'outbound', tier: 'outbound' };
  const of = (n, more, leaving = []) => older(on([back({ ...some, seats: { ask: 3 } }), call({ ...some, seats: { ask: n }, ...more })], queue({ leaving }), queue({ queue: 'cards' })))?.again;
  assert.deepEqual([of(2).all, of(2).calls[0].n], [false, 2]);
  assert.deepEqual([of(4).all, of(4).calls[0].n], [true, 3]);
  assert.equal(of(3, { pool: 'quality' }), undefined);
  assert.equal(of(3, { queue: 'cards' }), undefined);
  assert.equal(of(3, {}, [move({ instruction: 1, people: [] })]), undefined, 'others of the pool were called');
  assert.deepEqual(said(on([back({ ...some, seats: { ask: 3 } }), call({ ...some, seats: { ask: 2 } })])), ['2 of them asked for again since: Outbound for Inbound, 03:12. Who has not gone stays.']);
});

test('the older card is no alarm: it makes no sound, stands behind the newer one however far up it is, and asks nobody back', () => {
  const up = { unanswered: true, level: 2 };
  const state = on([back(up), call({ seen_by: { name: 'Li', staff_no: 'S12' } })]);
  assert.deepEqual(openInstructions(state).map(({ id }) => id), [5, 3]);
  assert.deepEqual(openInstructions(on([back(up), call({ people: ['E02'] })])).map(({ id }) => id), [3, 5], 'nobody has asked for them again');
  assert.equal(sounds(older(state), {}), false);
  assert.equal(moodOf(state, 'inbound'), 'in_hand');
  assert.deepEqual(summary(state), { asks: 1, held: 0, people: 1, back: 0 });
  const worst = on([back(up), call()], queue(), queue({ queue: 'cards', priority: 1 }));
  const other = reduce(worst, { type: 'state', whole: true, now: at('14'), queues: Object.values(worst.queues), instructions: [back(up), call(), call({ id: 7, queue: 'cards', people: ['E09'], pool: 'other' })] });
  assert.deepEqual(queuesByTrouble(other).map(({ queue }) => queue), ['cards', 'inbound'], 'how far up the older one is counts for nothing');
});

test('what can be said to it by a key is who has gone back', () => {
  const told = [];
  const answer = { take: (eta) => told.push(['take', eta]), later: ({ type }) => told.push(['later', type]), open: (form) => told.push(['open', form]) };
  const cards = { inHand: () => ({ instruction: older(on([back(), call()])), answer }), hold: () => {} };
  assert.deepEqual(['1', 'c', 'd'].map((key) => act(key, cards, () => {})), [false, false, true]);
  assert.deepEqual(told, [['later', 'done']]);
});
