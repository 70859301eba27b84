// The duty log on the page: what is asked for, how pages become one list, and what a record becomes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { changeWords, said } from '../../src/floor/console/log.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';
import { GROUPS, LogBook, dayBounds, entryOf, everything, queryOf } from '../../src/floor/console/duty/logbook.js';

const record = (seq, kind = 'started', more = {}) => ({ seq, record: { seq, at: '2026-11-21T06:00:00.000Z', kind, queue: null, words: `words of ${seq}`, record: {}, ...more } });
const page = (seqs, more = false) => ({ records: seqs.map((seq) => record(seq)), next: seqs.at(-1) ?? null, more });

/** A log that answers with these pages in turn, and remembers what it was asked. */
function log(...pages) {
  const asked = [];
  const book = new LogBook(async (path) => {
    asked.push(new URLSearchParams(path.split('?')[1]));
    const next = pages.shift();
    if (next instanceof Error) throw next;
    return next;
  }, () => {});
  return { book, asked };
}

const UTC = { zone: 'UTC', language: 'en' };

test('a day is the floor\'s day, also where clocks are changed', () => {
  assert.deepEqual(dayBounds('2026-11-21', 'Asia/Shanghai'), ['2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z']);
  assert.deepEqual(dayBounds('2026-10-25', 'Europe/Lisbon'), ['2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'], 'a day of 25 hours');
});

test('a filter becomes a query; what is empty is left out', () => {
  const query = queryOf({ ...everything('2026-11-21'), who: ' S12 ', groups: ['orders'] }, UTC);
  assert.deepEqual(Object.fromEntries(query), { newest: 'true', limit: '100', kind: 'orders', language: 'en', who: 'S12', from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' });
  assert.equal(queryOf(everything(''), UTC).get('kind'), GROUPS.join(','));
  assert.equal(queryOf(everything(''), UTC).has('from'), false);
});

test('pages become one list, newest first, and what comes later goes on top', async () => {
  const { book, asked } = log(page([9, 8], true), page([5, 4]), page([10]));
  await book.show(queryOf(everything(''), UTC));
  await book.earlier();
  await book.later();
  assert.deepEqual(book.list().entries.map((it) => it.seq), [10, 9, 8, 5, 4]);
  assert.deepEqual([asked[1].get('before'), asked[2].get('since'), asked[2].has('before')], ['8', '9', false]);
  assert.equal(book.more, false);
  assert.equal(book.earlier(), undefined, 'there is nothing before the beginning');
});

test('more news than a page begin the list anew: it has no holes', async () => {
  const { book } = log(page([3, 2]), page([200, 199], true), page([201, 200, 199]));
  await book.show(queryOf(everything(''), UTC));
  await book.later();
  assert.deepEqual(book.list().entries.map((it) => it.seq), [201, 200, 199]);
});

test('a fault is told and keeps what was read; an answer to an older question is not taken', async () => {
  const { book } = log(page([3]), Object.assign(new Error('busy'), { code: 'log_unreadable' }), page([3, 4]));
  await book.show(queryOf(everything(''), UTC));
  await book.later();
  assert.equal(book.error.code, 'log_unreadable');
  assert.equal(book.records.size, 1);
  assert.equal(book.answered, true);
  const first = book.show(queryOf(everything(''), UTC));
  assert.equal(book.answered, false, 'what stands there is of an earlier question');
  book.forget();
  await first;
  assert.equal(book.records.size, 0);
  assert.equal(book.answered, false);
});

test('a record is told as the floor was told of it, else by its kind and in its own words', () => {
  const known = {};
  const instruction = record(7, 'instruct', { queue: 'inbound', message: { type: 'instruction', seq: 7, id: 3, action: 'sign_in', tier: 'expert' } });
  assert.deepEqual(entryOf(instruction, known), { seq: 7, at: '2026-11-21T06:00:00.000Z', queue: 'inbound', kind: 'instruction', id: 3 });
  assert.equal(known[3].tier, 'expert');
  const answer = entryOf(record(8, 'answered', { message: { type: 'answer', seq: 8, instruction: 3, status: 'done' } }), known);
  assert.deepEqual([answer.kind, answer.id, answer.status], ['answer', 3, 'done']);
  const signed = entryOf(record(9, 'handover_signed', { message: { type: 'handover', id: 2, step: 'signed', side: 'coming' } }), known);
  assert.deepEqual([signed.kind, signed.number, signed.side], ['handover', 2, 'coming']);
  const settled = entryOf(record(10, 'settled', { record: { decision: { at: 5, decision: 'settled', instruction: 3 } } }), known);
  assert.deepEqual([settled.kind, settled.code, settled.instruction, settled.at], ['logged', 'settled', 3, '2026-11-21T06:00:00.000Z']);
  const shadow = record(12, 'instruct', { record: { decision: { instruction: { id: 9, action: 'sign_in', tier: 'expert', parts: [{ pool: 'expert', seats: 4 }], seats: { ask: 4 } } } } });
  assert.deepEqual([entryOf(shadow, known).shadow, known[9].pools[0].pool], [true, 'expert']);
  assert.equal(entryOf(record(11, 'novelty'), known).words, 'words of 11');
});

test('a text is looked for in what the page says, back through pages that have none of it, and in what comes later', async () => {
  const { book, asked } = log(page([9, 8], true), page([7, 6], true), page([5], false), page([11, 10]));
  const query = queryOf({ ...everything(''), text: 'odd' }, UTC);
  assert.equal(query.has('text'), false, 'the daemon words it otherwise');
  assert.equal(query.get('limit'), '500');
  await book.show(query, (entry) => entry.seq % 2 === 1);
  assert.deepEqual(book.list().entries.map((it) => it.seq), [9, 7, 5]);
  assert.deepEqual(asked.slice(1).map((it) => it.get('before')), ['8', '6']);
  await book.later();
  assert.equal(asked[3].get('since'), '9', 'on from what was gone through, kept or not');
  assert.deepEqual(book.list().entries.map((it) => it.seq), [11, 9, 7, 5]);
});

test('an answer is found by what it answers, though it stands before it', async () => {
  const answer = record(8, 'answered', { message: { type: 'answer', seq: 8, instruction: 3, status: 'done', by: { name: 'Li', staff_no: 'S12' } } });
  const asked = record(7, 'instruct', { message: { type: 'instruction', seq: 7, id: 3, action: 'sign_in', tier: 'expert', pool: 'expert', seats: { ask: 4 }, reason: { code: 'order', by: { name: 'Li', staff_no: 'S12' } } } });
  const { book } = log({ records: [answer, asked], next: 7, more: false });
  const words = new Words('zh-Hans', table('zh-Hans'), { zone: 'UTC' });
  await book.show(queryOf({ ...everything(''), text: '机动专家组' }, UTC), (entry, known) => said({ words, state: { known, queues: {} } }, entry).includes('机动专家组'));
  assert.deepEqual(book.list().entries.map((it) => it.seq), [8, 7]);
});

test('where there are several queues an entry says of which it is', () => {
  const words = new Words('en', table('en'), { zone: 'UTC', labels: { queue: { cards: { en: 'Cards' } } } });
  const known = { 3: { id: 3, queue: 'cards', action: 'sign_in', tier: 'outbound', pool: 'outbound', seats: { ask: 2 }, reason: { code: 'order', by: { name: 'Li', staff_no: 'S12' } } } };
  const of = (...names) => ({ known, queues: Object.fromEntries(names.map((queue) => [queue, { queue }])) });
  const answer = { kind: 'answer', id: 3, status: 'done', seats: 2, by: { name: 'Li', staff_no: 'S12' } };
  for (const entry of [{ kind: 'instruction', id: 3 }, answer]) {
    assert.match(said({ words, state: of('cards', 'inbound') }, entry), /Sign in 2 · Outbound · Cards/);
    assert.doesNotMatch(said({ words, state: of('cards') }, entry), /Cards/);
  }
});

test('every change of the configuration that the daemon tells is worded, by name where it has one', () => {
  const source = readFileSync(new URL('../../src/config/change.rs', import.meta.url), 'utf8');
  const kinds = [...source.matchAll(/named\("([a-z ]+)"/g)].map(([, kind]) => kind);
  const keys = [...source.matchAll(/push\("([a-z_.]+)"/g), ...source.matchAll(/^\s+\(?"((?:floor|journal)\.[a-z_]+)"/gm)].map(([, key]) => key);
  assert.ok(kinds.length >= 7 && keys.length >= 12, `${kinds} ${keys}`);
  for (const language of ['en', 'zh-Hans', 'zh-Hant']) {
    const words = new Words(language, table(language), { zone: 'UTC' });
    for (const kind of kinds) {
      const text = changeWords(words, `${kind} \`x1\` is gone`);
      assert.ok(text.includes('x1') && !text.includes('`'), `${language}: ${kind}: ${text}`);
    }
    for (const key of keys) assert.notEqual(changeWords(words, key), key, `${language}: ${key}`);
  }
  const words = new Words('zh-Hans', table('zh-Hans'), { zone: 'UTC' });
  assert.equal(changeWords(words, 'pool `outbound` changed'), '人员组 外呼组 已更改');
  assert.equal(changeWords(words, 'floor.listen (needs a restart)'), '现场地址（重启后生效）');
  assert.equal(changeWords(words, 'something of a newer daemon'), 'something of a newer daemon');
});
