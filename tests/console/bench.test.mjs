// The bench: what was changed, as the daemon is asked for it, and how a day is drawn.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Draft, besides, linesOf, numberOf, reach, readSpan, typed, valueOf, writeSpan } from '../../src/floor/console/bench/draft.js';
import { labelEvery, labelsAt, lanesOf, offsetOf } from '../../src/floor/console/bench/drawing.js';
import { fluentTexts } from '../../src/floor/console/texts.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const read = (path) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');
const wordsOf = (language) => new Words(language, { ...table(language), ...fluentTexts(language, read(`words/bench/${language}.ftl`)) }, { zone: 'Asia/Shanghai' });
const above = { key: ['ladder', 'day', 'tier', 0, 'when', 'waiting_above'], name: 'waiting_above', kind: 'count', written: 5, usual: null };
const hold = { key: ['ladder', 'day', 'tier', 0, 'when', 'for'], name: 'for', kind: 'span', written: '5m', usual: null };
const stay = { key: ['pool', 'expert', 'max_stay'], name: 'max_stay', kind: 'span', written: null, usual: null };
const minStay = { key: ['ladder', 'day', 'release', 'min_stay'], name: 'min_stay', kind: 'span', written: null, usual: '0s' };

test('durations are read and written as the plan has them', () => {
  for (const [text, seconds] of [['90s', 90], ['5m', 300], ['1h30m', 5_400], ['0s', 0], ['500ms', 0.5], ['2d', 172_800]]) assert.equal(readSpan(text), seconds, text);
  for (const text of ['', 'soon', '5', '5 m', 'm5', '5mm']) assert.equal(readSpan(text), null, text);
  for (const [seconds, text] of [[90, '1m30s'], [300, '5m'], [3_600, '1h'], [0, '0s'], [3_661, '1h1m1s']]) assert.equal(writeSpan(seconds), text);
});

test('what is typed goes as the file has it, and what cannot be right as it is', () => {
  assert.equal(typed('count', ' 7 '), 7);
  assert.equal(typed('count', 'many'), 'many');
  assert.equal(typed('span', '90'), '90s');
  assert.equal(typed('span', '0'), '0s');
  assert.equal(typed('span', '3m'), '3m');
  assert.equal(typed('span', 'soon'), 'soon');
  assert.deepEqual([['5m', '5m'], ['90s', '5m'], ['1h30m', null], [null, '2h'], ['soon', '3m'], ['0s', '5m'], [null, null]].map((shown) => typed('span', '5', ...shown)), ['5m', '5s', '5m', '5h', '5m', '5m', '5s'], 'a bare number is of the unit that the field shows');
  assert.deepEqual([typed('span', '0', '5m'), typed('span', '5s', '5m'), typed('span', '-5', '5m'), typed('count', '5', '5m')], ['0s', '5s', '-5', 5]);
  assert.equal(valueOf('span', 330), '5m30s');
  assert.equal(valueOf('share', 0.8500001), 0.85);
});

test('only what differs is asked for, and what is put back is no change', () => {
  const draft = new Draft();
  draft.set(above, 7);
  draft.set(hold, '300s');
  assert.deepEqual(draft.settings(), [{ key: above.key, value: 7 }], 'five minutes are five minutes');
  draft.set(hold, '3m');
  assert.deepEqual([draft.size, draft.value(hold), draft.value(above), draft.value(stay)], [2, '3m', 7, null]);
  draft.set(above, 5);
  assert.equal(draft.has(above.key), false);
  draft.set(stay, '30m');
  draft.set(stay, '');
  draft.set(minStay, '0s');
  assert.deepEqual(draft.settings(), [{ key: hold.key, value: '3m' }], 'what is emptied, or as it is anyway, is no change');
  draft.clear();
  assert.deepEqual(draft.settings(), []);
});

test('a slider reaches beyond what is written, in steps that a hand can hit', () => {
  assert.deepEqual(reach(above), { min: 0, max: 20, step: 1 });
  assert.deepEqual(reach({ ...above, written: 30 }), { min: 0, max: 90, step: 1 });
  assert.deepEqual(reach(hold), { min: 0, max: 900, step: 15 });
  assert.deepEqual(reach({ ...hold, written: '60m' }), { min: 0, max: 10_800, step: 300 });
  assert.deepEqual(reach(stay), { min: 0, max: 900, step: 15 });
  assert.equal(numberOf('span', '5m'), 300);
  assert.equal(numberOf('count', 'x'), null);
});

test('the lines of a day are those of the ladders that rule on it', () => {
  const draft = new Draft();
  const night = { ...above, key: ['ladder', 'night', 'tier', 0, 'when', 'waiting_above'], written: 2 };
  const groups = [{ kind: 'tier', ladder: 'day', thresholds: [above, hold] }, { kind: 'tier', ladder: 'night', thresholds: [night] }, { kind: 'pool', thresholds: [stay] }];
  assert.deepEqual(linesOf(groups, ['day'], draft), { written: [5], changed: [] });
  draft.set(above, 7);
  assert.deepEqual(linesOf(groups, ['day'], draft), { written: [5], changed: [7] });
});

test('decisions of both plans stand beside each other where they are the same, and none is lost', () => {
  const line = (at, id, tier = 'expert', ask = 4) => ({ at, id, tier, queue: 'inbound', action: 'sign_in', seats: { ask } });
  const rows = besides([{ decisions: [line('09:05', 1), line('09:20', 2), line('09:20', 3)] }, { decisions: [line('09:02', 1), line('09:20', 2)] }]);
  assert.deepEqual(rows.map(({ line: { at }, sides: [one, other] }) => [at, one?.id ?? null, other?.id ?? null]), [['09:02', null, 1], ['09:05', 1, null], ['09:20', 2, 2], ['09:20', 3, null]]);
  assert.equal(besides([{ decisions: [line('09:05', 1)] }]).length, 1, 'one plan alone');
});

test('a day is labelled by the clock of its zone, with room for every label', () => {
  const from = Date.parse('2026-11-02T00:55:00Z');
  const to = Date.parse('2026-11-02T02:30:00Z');
  assert.equal(offsetOf('Asia/Shanghai', from), 8 * 3_600_000);
  assert.equal(offsetOf('Asia/Kolkata', from), 5.5 * 3_600_000);
  assert.equal(labelEvery(to - from, 800, 16), 10);
  assert.equal(labelEvery(to - from, 250, 16), 30);
  assert.equal(labelEvery(365 * 86_400_000, 250, 16), 1_440, 'a recording of any length ends somewhere');
  const words = wordsOf('en');
  assert.deepEqual(labelsAt(from, to, 30, offsetOf('Asia/Shanghai', from)).map((at) => words.time(at)), ['09:00', '09:30', '10:00', '10:30']);
});

test('steps are drawn in the order in which they were called first, by either plan', () => {
  const bar = (tier, from) => ({ tier, from, to: null, seats: 1 });
  assert.deepEqual(lanesOf([[bar('outbound', 20), bar('expert', 30)], [bar('expert', 10)]]), ['expert', 'outbound']);
});

test('the page has every text that it asks for, in every language', () => {
  const sources = ['bench.js', 'fields.js', 'outcome.js', 'drawing.js'].map((file) => read(`floor/console/bench/${file}`)).join('\n');
  const asked = [...new Set([...sources.matchAll(/'(bench\.[a-z_]+)'/g)].map(([, key]) => key))];
  assert.ok(asked.length > 25, `${asked.length} texts`);
  const keys = [...read('words/bench/en.ftl').matchAll(/^bench-(\w+) = /gm)].map(([, key]) => key).filter((key) => !key.startsWith('knob_'));
  // Worded by the daemon.
  const daemons = ['calls_of'];
  for (const key of keys) assert.ok(asked.includes(`bench.${key}`) || daemons.includes(key), `bench.${key} lies unused`);
  for (const language of ['en', 'zh-Hans', 'zh-Hant']) {
    const words = wordsOf(language);
    for (const key of asked) assert.ok(words.has(key), `${language} ${key}`);
    assert.ok(!words.t('bench.chart_words', { queue: 'X', most: 3 }).includes('{'), language);
  }
});
