// The list of today beside the cards: what stands in it, and until when how much is asked was counted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wasAsked } from '../../src/floor/console/calm/calm.js';
import { recentOf } from '../../src/floor/console/log.js';
import { emptyState } from '../../src/floor/console/store.js';
import { LANGUAGES, Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const entry = (seq, at) => ({ seq, at, kind: 'instruction', id: seq });
const words = new Words('en', table('en'), { zone: 'Asia/Shanghai' });
const shown = (book, now) => recentOf(book, Date.parse(now), ({ at }) => words.day(at)).map(({ seq }) => seq);

test('midnight hides nothing that just happened: the last twelve hours stand in the list, and the whole day', () => {
  const book = [entry(1, '2026-11-20T02:00:00.000Z'), entry(2, '2026-11-20T15:59:00.000Z'), { seq: 3, kind: 'gap' }, entry(4, '2026-11-20T16:00:30.000Z')];
  assert.deepEqual(shown(book.slice(0, 2), '2026-11-20T16:00:05.000Z'), [2], 'five seconds after midnight there, with a card of 23:59 open');
  assert.deepEqual(shown(book, '2026-11-20T16:01:00.000Z'), [4, 3, 2]);
  assert.deepEqual(shown(book, '2026-11-21T03:58:00.000Z'), [4, 3, 2], 'to the end of a night shift');
  assert.deepEqual(shown(book, '2026-11-21T04:00:00.000Z'), [4, 3], 'by noon the evening is of yesterday');
  assert.deepEqual(shown(book, '2026-11-21T15:59:00.000Z'), [4, 3], 'and the day is whole until its end');
});

test('how much is asked is asked anew where something was asked since, and says until when it was counted', () => {
  const known = { 1: { id: 1, action: 'sign_in' }, 2: { id: 2, action: 'stand_down' } };
  const state = (...book) => ({ ...emptyState(), book, known });
  const summary = { to: '2026-11-20T16:00:00.000Z' };
  assert.equal(wasAsked(summary, state()), false);
  assert.equal(wasAsked(summary, state(entry(1, '2026-11-20T15:59:59.000Z'))), false);
  assert.equal(wasAsked(summary, state(entry(1, '2026-11-20T16:00:01.000Z'))), true);
  assert.equal(wasAsked(summary, state(entry(2, '2026-11-20T16:00:01.000Z'))), false, 'to be needed no longer asks for nothing');
  assert.equal(wasAsked(null, state(entry(1, '2026-11-20T16:00:01.000Z'))), false, 'who may not read the shift has none');
  for (const language of LANGUAGES) for (const key of ['log.asks', 'log.asks_much']) assert.match(new Words(language, table(language), { zone: 'UTC' }).t(key, { mean: '2.0', peak: 4, at: '14:08' }), /14:08/);
});
