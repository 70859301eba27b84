// The hand-over on the page: who may sign what, and a shift in words of three languages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bannersOf } from '../../src/floor/console/banners/banners.js';
import { drewUp, inWords, itemWords, mayTakeOver, maySign, summaryLines, unresolved } from '../../src/floor/console/handover/shift.js';
import { refusalWords } from '../../src/floor/console/reason.js';
import { handoverStep } from '../../src/floor/console/log.js';
import { emptyState, reduce } from '../../src/floor/console/store.js';
import { LANGUAGES, Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const AT = '2026-11-21T06:00:00.000Z';
const by = (staffNo) => ({ by: { name: `name of ${staffNo}`, staff_no: staffNo }, unproven: false, at: AT });
const item = (key, standing, who = null) => ({ key, kind: 'move', queue: 'inbound', instruction: 1, action: 'sign_in', tier: 'expert', seats: 4, note: null, at: AT, standing, who, how: null });
const draft = (more = {}) => ({ id: 1, begun: by('S12'), items: [], notes: [], leaving: null, coming: null, ...more });
const words = (language) => new Words(language, table(language), { zone: 'UTC' });

test('both sign, and they are two people', () => {
  assert.equal(maySign(null, 'leaving', 'S12'), 'handover.draw_up_first');
  assert.equal(maySign(draft(), 'leaving', 'S12'), true);
  const half = draft({ leaving: by('S12') });
  assert.equal(maySign(half, 'leaving', 'S13'), 'handover.is_signed');
  assert.equal(maySign(half, 'coming', ' s12'), 'handover.two_people');
  assert.equal(maySign(half, 'coming', 'S13'), true);
});

test('nothing stays open without a name before the second signature', () => {
  const open = draft({ leaving: by('S12'), items: [item('a', 'open'), item('b', 'gone')] });
  assert.deepEqual(unresolved(open).map((it) => it.key), ['a']);
  assert.equal(maySign(open, 'coming', 'S13'), 'handover.still_open');
  assert.equal(maySign(draft({ items: open.items }), 'leaving', 'S12'), true, 'the first signature may come before');
  assert.equal(maySign({ ...open, items: [item('a', 'taken_over', by('S13'))] }, 'coming', 'S13'), true);
});

test('who stays longer is at no other place than their own, and people of no pool have a name', () => {
  const extra = { ...item('instruction-2', 'open'), action: 'extend_shift', tier: 'extend_shift', seats: 3 };
  assert.equal(itemWords(words('en'), extra), 'Inbound: Longer shifts, 3 people since 06:00');
  assert.equal(itemWords(words('zh-Hans'), extra), '呼入：延长班次，自 06:00 起 3 人');
});

test('a step of a hand-over names what it is about, in every language', () => {
  const state = { ...emptyState(), queues: { inbound: {}, inbound_two: {} }, known: { 2: { id: 2, action: 'sign_in', tier: 'expert', pool: 'expert', queue: 'inbound', seats: { ask: 4 } } } };
  const step = { step: 'taken_over', ...by('S13'), items: ['instruction-2', 'instruction-77', 'pause-inbound', 'approval-inbound_two-expert', 'moon-7'] };
  assert.equal(handoverStep(words('en'), state, step), 'name of S13 (S13) takes over Sign in 4 · Experts for Inbound, instruction 77, the pause of Inbound, the yes to Experts for inbound two, moon-7');
  for (const language of LANGUAGES) assert.doesNotMatch(handoverStep(words(language), state, { ...step, items: step.items.slice(0, -1) }), /[a-z]+-\w/, language);
});

test('who leaves takes nothing over, and who took something over stays', () => {
  assert.equal(mayTakeOver(draft({ leaving: by('S12') }), 'S12'), false);
  assert.equal(mayTakeOver(draft({ leaving: by('S12') }), 'S13'), true);
  assert.equal(mayTakeOver(null, 'S13'), false);
  assert.deepEqual([drewUp(draft(), ' s12'), drewUp(draft(), 'S13'), drewUp(null, 'S12')], [true, false, false], 'who drew it up is asked twice before they take something over');
  assert.equal(maySign(draft({ items: [item('a', 'taken_over', by('S13'))] }), 'leaving', 'S13'), 'handover.took_over');
});

test('a shift in words, in every language; what was not is not told', () => {
  const summary = {
    from: AT, to: AT, upto: 9,
    surges: [{ queue: 'inbound', began: AT, ended: null, peak: 14, tiers: [{ tier: 'expert', action: 'sign_in', seats: 4, at: AT, instruction: 1 }] }],
    moved: [{ person: 'E01', pool: 'expert', seats: 1, time_s: 600 }, { person: null, pool: 'outbound', seats: 3, time_s: 5400 }],
    instructions: { issued: 2, done: 1, shown: 0, declined: 0, stood_down: 0, seen: 1, unanswered: 0 },
    blind: [], pauses: [], incidents: [], reloads: [], daemon: [],
  };
  for (const language of LANGUAGES) {
    const sections = summaryLines(words(language), summary);
    assert.deepEqual(sections.map((it) => it.key), ['surges', 'moved', 'instructions'], language);
    assert.ok(sections.flatMap((it) => it.lines).every((line) => line && !line.includes('{')), language);
  }
  const [surges, moved, instructions] = summaryLines(words('en'), summary);
  assert.deepEqual(surges.lines, ['Inbound: 06:00 to now, at most 14 waiting; called: Experts 4']);
  assert.deepEqual(moved.lines, ['E01 (Experts): 10:00', 'Outbound, up to 3 at a time: 1:30:00 in all']);
  assert.deepEqual(instructions.lines, ['2 issued', '1 done', '1 taken, not yet done']);
  assert.deepEqual(summaryLines(words('en'), { ...summary, surges: [], moved: [], instructions: { issued: 0 } }), []);
});

test('who was asked, and of whom nobody has said that they came, is told apart', () => {
  const nothing = { surges: [], moved: [], instructions: { issued: 0 }, blind: [], pauses: [], incidents: [], reloads: [], daemon: [] };
  const summary = { ...nothing, moved: [{ person: 'E01', pool: 'expert', seats: 1, time_s: 600 }], asked: [{ person: null, pool: 'outbound', seats: 3, time_s: 1800 }] };
  assert.deepEqual(summaryLines(words('en'), summary), [{ key: 'moved', lines: ['E01 (Experts): 10:00'] }, { key: 'asked', lines: ['Outbound, up to 3 at a time: 30:00 in all'] }]);
  assert.deepEqual(LANGUAGES.map((language) => words(language).t('shift.asked')), ['Asked, and nobody has said that they came', '已请求，无人报告到位', '已請求，無人回報到位']);
});

test('a refusal names matters in words', () => {
  const state = { ...emptyState(), known: { 2: { id: 2, action: 'sign_in', tier: 'expert', pool: 'expert', queue: 'inbound', seats: { ask: 4 } } } };
  const refused = { code: 'still_open', message: '', said: { items: ['instruction-2', 'pause-inbound'] } };
  const said = (language) => refusalWords(words(language), inWords(words(language), state, refused));
  assert.equal(said('en'), "Still open and nobody's: Sign in 4 · Experts for Inbound & the pause of Inbound. Settle each, or take it over by name, then sign.");
  for (const language of LANGUAGES) assert.doesNotMatch(said(language), /instruction-2/, language);
});

test('an open matter in words', () => {
  assert.equal(itemWords(words('en'), item('a', 'open')), 'Inbound: 4 of Experts away from their own place since 06:00');
  const asked = { ...item('a', 'open'), kind: 'instruction' };
  assert.equal(itemWords(words('en'), asked, emptyState()), 'Inbound: not answered since 06:00: Sign in 4 · Experts');
  const taken = { ...emptyState(), open: { 1: { id: 1, seen_by: by('S13').by } } };
  assert.equal(itemWords(words('en'), asked, taken), 'Inbound: name of S13 has it, not done yet: Sign in 4 · Experts');
  assert.equal(itemWords(words('en'), { ...item('a', 'open'), kind: 'pause', note: 'fire drill' }), 'Inbound: paused until 06:00: fire drill');
});

test('every page knows how far a hand-over is: by the welcome, and by each step', () => {
  const welcome = (handover = null) => ({ type: 'welcome', you: { role: 'supervisor' }, seq: 10, version: '1', handover });
  const step = (seq, of, more = {}) => ({ type: 'handover', seq, at: AT, id: 4, by: by('S12').by, unproven: false, step: of, ...more });
  const after = (...messages) => messages.reduce(reduce, emptyState());
  const key = (state) => bannersOf(state, { state: 'up', lostAt: null }).map((it) => it.key);
  assert.deepEqual(key(after(welcome(draft({ leaving: by('S12') })))), ['banner.handover_leaving']);
  const begun = [welcome(), step(11, 'begun')];
  assert.deepEqual(key(after(...begun)), ['banner.handover']);
  const half = after(...begun, step(12, 'signed', { side: 'coming' }));
  assert.deepEqual(key(half), ['banner.handover_coming']);
  assert.deepEqual(key(after(...begun, step(12, 'withdrawn'))), []);
  const complete = [step(13, 'signed', { side: 'leaving' }), step(14, 'completed')].reduce(reduce, half);
  assert.equal(complete.handover, null);
  assert.deepEqual(complete.book.map((it) => it.step), ['begun', 'signed', 'signed', 'completed']);
  assert.deepEqual(key(after(welcome(), step(3, 'begun'))), [], 'what was before this connection changes nothing');
});
