// Sixty queues: what is shown, in which order, what is asked together; the chart and what a call has brought.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitting } from '../../src/floor/console/bar/bar.js';
import { dayOf } from '../../src/floor/console/calm/calm.js';
import { callsOf, trendOf } from '../../src/floor/console/chart/calls.js';
import { stepPath } from '../../src/floor/console/chart/chart.js';
import { passed } from '../../src/floor/console/clock.js';
import { effectWords, still } from '../../src/floor/console/queue/queue.js';
import { alike } from '../../src/floor/console/alike.js';
import { rising } from '../../src/floor/console/dom.js';
import { act } from '../../src/floor/console/keys/keys.js';
import { arrangement } from '../../src/floor/console/queue/queues.js';
import { Order } from '../../src/floor/console/queue/order.js';
import { pageOf } from '../../src/floor/console/queue/wall.js';
import { isAtTop, promiseOf } from '../../src/floor/console/cards/cards.js';
import { isAnother } from '../../src/floor/console/cards/pieces.js';
import { groupsOf } from '../../src/floor/console/cards/several.js';
import { emptyState, inTrouble, openInstructions, queuesByTrouble, rankOf, reduce } from '../../src/floor/console/store.js';
import { Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const words = new Words('en', table('en'), { zone: 'UTC' });
const AT = '2026-11-21T06:00:00.000Z';
const T = Date.parse(AT);
const MIN = 60_000;
const queue = (name, more = {}) => ({ queue: name, priority: 0, mode: 'live', waiting: 2, blind: false, moves: [], leaving: [], lines: [5, 10], tiers: [], ...more });
const ask = (id, name, more = {}) => ({ id, at: AT, queue: name, action: 'sign_in', tier: 'outbound', pool: 'outbound', seats: { min: 2, max: 3, ask: 3 }, people: [], ...more });
const names = Array.from({ length: 60 }, (_, i) => `q${String(i).padStart(2, '0')}`);
const floor = (queues = {}, open = []) => ({
  ...emptyState(),
  whole: true,
  queues: Object.fromEntries(names.map((name, i) => [name, queue(name, { priority: i, ...queues[name] })])),
  open: Object.fromEntries(open.map((it) => [it.id, it])),
});

test('the worst comes first: what is asked and how far up it is, then priority, then depth', () => {
  const state = floor({ q07: { waiting: 30 }, q09: { waiting: 7 }, q11: { blind: true } }, [ask(1, 'q03'), ask(2, 'q05'), ask(3, 'q01', { unanswered: true }), ask(4, 'q02', { seen_by: { name: 'Li', staff_no: 'S' } })]);
  assert.deepEqual(queuesByTrouble(state).slice(0, 8).map((it) => it.queue), ['q01', 'q05', 'q03', 'q11', 'q09', 'q07', 'q02', 'q59']);
  assert.equal(inTrouble(state, 'q02'), true);
  assert.equal(inTrouble(state, 'q59'), false);
});

test('of sixty the worst is whole, trouble is never folded away, calm ones are counted', () => {
  const trouble = Object.fromEntries(names.slice(0, 30).map((name) => [name, { waiting: 9 }]));
  const { panels, tiles, more, troubled } = arrangement(floor(trouble, [ask(1, 'q03')]));
  assert.deepEqual(panels, ['q03']);
  assert.equal(troubled, 30);
  assert.ok(names.slice(0, 30).every((name) => name === 'q03' || tiles.includes(name)));
  assert.equal(tiles.length + more, 59);
  assert.equal(more, 6);
});

test('what is in the same trouble does not hop with every reading; what is worse stands first at once', () => {
  const same = { ...floor(), queues: Object.fromEntries(names.map((name) => [name, queue(name, { waiting: name === 'q40' ? 5 : 1 })])) };
  assert.equal(arrangement(same).tiles[0], 'q40', 'put in order anew, the deepest comes first');
  const stood = new Map(names.map((name) => [name, rankOf(same, name)]));
  const kept = arrangement(same, { stood }).tiles;
  assert.deepEqual(kept, names.slice(0, 24), 'until then it stays where it stood');
  const worse = { ...same, open: { 1: ask(1, 'q50') }, queues: { ...same.queues, q45: queue('q45', { waiting: 9 }) } };
  const { panels, tiles } = arrangement(worse, { stood });
  assert.deepEqual([...panels, tiles[0], tiles[1]], ['q50', 'q45', 'q00']);
  // What is better by now keeps its place until they are put in order anew; it is whole no more, and counts as calm.
  const order = new Order();
  const since = order.stood(worse, 0);
  assert.deepEqual([...since.keys()].slice(0, 2), ['q50', 'q45']);
  const better = arrangement(same, { stood: order.stood(same, 4_999) });
  assert.deepEqual([better.panels, better.tiles.slice(0, 3), better.troubled], [[], ['q50', 'q45', 'q40'], 0]);
  assert.deepEqual(arrangement(same, { stood: order.stood(same, 5_000) }).tiles.slice(0, 2), ['q40', 'q00']);
});

test('the longest rising row is what need not move', () => {
  const row = (numbers) => [...rising(numbers)].map((i) => numbers[i]).sort((a, b) => a - b);
  assert.deepEqual(row([0, 1, 2, 3]), [0, 1, 2, 3]);
  assert.deepEqual(row([1, 2, 3, 0]), [1, 2, 3], 'one that goes from the first to the last place is one move');
  assert.deepEqual(row([3, 0, 1, 2]), [0, 1, 2]);
  assert.deepEqual(row([-1, 2, -1, 0, 1]), [0, 1], 'what is new stands in no row');
  assert.deepEqual(row([3, 2, 1, 0]).length, 1);
  assert.deepEqual(row([]), []);
});

test('filter, mine, opened and all', () => {
  const state = floor({}, [ask(1, 'q03', { seen_by: { name: 'Li', staff_no: 'S12' } })]);
  assert.deepEqual(arrangement(state, { filter: ' Q4', nameOf: (name) => name }).tiles.length, 10);
  assert.deepEqual(arrangement(state, { filter: 'harbour', nameOf: (name) => (name === 'q33' ? 'Harbour branch' : name) }).tiles, ['q33']);
  const mine = arrangement(state, { mine: true, starred: new Set(['q20']), me: 'S12' });
  assert.deepEqual([...mine.panels, ...mine.tiles], ['q03', 'q20']);
  assert.deepEqual(arrangement(state, { opened: new Set(['q50']) }).panels, ['q03', 'q50']);
  assert.equal(arrangement(state, { all: true }).more, 0);
  const few = { ...emptyState(), queues: { a: queue('a'), b: queue('b', { priority: 5 }) } };
  assert.deepEqual(arrangement(few).panels, ['b', 'a']);
});

test('the wall pages through all, and what is in trouble stands on every page', () => {
  const bad = (name) => name === 'q00' || name === 'q01';
  const seen = new Set();
  for (let turn = 0; turn < 10; turn += 1) {
    const { names: shown, pages } = pageOf(names, 12, bad, turn);
    assert.equal(pages, 6);
    assert.ok(shown.length <= 12);
    assert.deepEqual(shown.slice(0, 2), ['q00', 'q01']);
    shown.forEach((name) => seen.add(name));
  }
  assert.equal(seen.size, 60);
  assert.equal(pageOf(names, 6, () => true, 0).names.length, 6, 'nothing but trouble still turns');
  assert.deepEqual(pageOf(['a'], 6, () => false, 3), { names: ['a'], page: 0, pages: 1 });
});

test('cards come by urgency, then by priority, then by the time left', () => {
  const by = { name: 'Li', staff_no: 'S' };
  const due = (minutes) => ({ respond_by: new Date(T + minutes * MIN).toISOString() });
  const open = [ask(1, 'q01', due(1)), ask(2, 'q02', due(5)), ask(3, 'q02', due(2)), ask(4, 'q59', { seen_by: by }), ask(5, 'q00', { unanswered: true }), ask(6, 'q58', { action: 'sign_out' })];
  assert.deepEqual(openInstructions(floor({}, open)).map((it) => it.id), [5, 3, 2, 1, 6, 4]);
});

test('cards that ask the same of one pool are one group; what takes people back is in none', () => {
  const groups = groupsOf([ask(1, 'a'), ask(2, 'b'), ask(3, 'c', { pool: 'quality' }), ask(4, 'd', { action: 'sign_out' }), ask(5, 'e', { action: 'sign_out' }), ask(6, 'f', { action: 'overtime', pool: undefined }), ask(7, 'g', { action: 'overtime', pool: undefined })]);
  assert.deepEqual(groups.map((it) => it.cards.map(({ id }) => id)), [[1, 2]]);
});

test('keys answer the card in hand, and nothing while an answer waits', () => {
  const did = [];
  const held = [];
  const answer = { grace: null, sending: false, question: null, take: (eta) => did.push(eta), later: (message) => did.push(message), open: (form) => did.push(form) };
  const cards = { inHand: () => ({ instruction: ask(1, 'a'), answer }), step: (by) => did.push(by), hold: (...what) => held.push(what), write: (id) => did.push(['write', id]) };
  const press = (key) => act(key, cards, (what) => did.push(what));
  for (const key of ['1', '4', 'd', 'c', 'j', 'k', '?', '/']) assert.equal(press(key), true, key);
  assert.deepEqual(did.splice(0), [0, 600, { type: 'done', seats: 3 }, 'cannot', ['write', 1], 1, -1, 'list', 'filter']);
  assert.deepEqual(held, [[1, true], [1, true], [1, false], [1, false]], 'and hold it');
  for (const key of ['5', 'x', 'enter', 'u']) assert.equal(press(key), false, key);
  answer.form = 'cannot';
  for (const key of ['1', '4', 'd', 'c']) assert.equal(press(key), false, `${key} is a letter of what is written in an open form`);
  answer.form = null;
  answer.grace = {};
  assert.equal(press('d'), false);
  assert.deepEqual(did, []);
});

test('a call is marked with what happened after people came for it, as far as the next one', () => {
  const at = (minutes) => new Date(T + minutes * MIN).toISOString();
  const came = (seats, minutes) => ({ done: { by: null, at: at(minutes), seats }, last: { status: 'done' } });
  const state = floor({ q00: { moves: [{ instruction: 2, tier: 'quality', issued: at(10), shadow: false }] } });
  state.known = { 1: ask(1, 'q00', came(3, 2)), 3: ask(3, 'q00', { action: 'sign_out' }), 4: ask(4, 'q01') };
  state.history = { q00: [[T - MIN, 12], [T + MIN, 18], [T + 4 * MIN, 9], [T + 12 * MIN, 9], [T + 13 * MIN, null]] };
  const calls = callsOf(state, 'q00', T - 30 * MIN, T + 20 * MIN);
  assert.deepEqual(calls.map(({ at: _, ...it }) => it), [{ tier: 'outbound', came: 3, fate: null, before: 18, after: 9, took_s: 480 }, { tier: 'quality', came: 0, fate: null, before: 9, after: null, took_s: null }]);
  // A dip on the way is not what came of it: what waits by now is.
  state.history.q00 = [[T - MIN, 19], [T + MIN, 18], [T + 7 * MIN, 47]];
  const [{ before, after, took_s }] = callsOf(state, 'q00', T - 30 * MIN, T + 7 * MIN);
  assert.deepEqual([before, after, took_s], [18, 47, 300]);
  assert.equal(callsOf(state, 'q00', T - 30 * MIN, T + 2.5 * MIN)[0].after, null, 'too soon to tell');
  assert.deepEqual(callsOf(state, 'q00', T + MIN, T + 5 * MIN), []);
});

test('nothing is put down to a call for which nobody came', () => {
  const state = floor({ q00: { moves: [{ instruction: 1, tier: 'outbound', issued: AT, shadow: false }] } });
  state.history.q00 = [[T - MIN, 18], [T + 3 * MIN, 9]];
  const said = (known, move = {}) => {
    state.known = known;
    Object.assign(state.queues.q00.moves[0], { shown: 0, answered: false }, move);
    return effectWords(words, callsOf(state, 'q00', T - MIN, T + 4 * MIN)[0]);
  };
  const nobody = 'Outbound 06:00: nobody said that they came; 18 waited then, and 4 min later 9';
  assert.equal(said({}), nobody);
  assert.equal(said({ 1: ask(1, 'q00', { last: { status: 'seen' }, seen_by: { name: 'Li', staff_no: 'S' } }) }), 'Outbound 06:00: Li has it; 18 waited then, and 4 min later 9');
  assert.equal(said({ 1: ask(1, 'q00', { last: { status: 'confirmed' }, confirmed: AT }) }), 'Outbound 06:00, 3 came: 18 to 9 in 4 min');
  state.history.q00 = [[T - MIN, 0]];
  assert.equal(said({ 1: ask(1, 'q00', { last: { status: 'confirmed' }, confirmed: AT }) }), 'Outbound 06:00, 3 came when nobody waited any more');
  state.history.q00 = [[T - MIN, 18], [T + 3 * MIN, 9]];
  // Some are shown, or somebody answered whom this page has not heard: neither is claimed.
  assert.equal(said({}, { shown: 2 }), 'Outbound 06:00: called');
  assert.equal(said({}, { answered: true }), 'Outbound 06:00: called');
});

test('under the chart stands what became of a call by which nobody came, in every language, and no "called" alone', () => {
  const state = floor();
  const li = { name: 'Li', staff_no: 'S12' };
  const said = (known, after = 2, language = 'en') => {
    state.known = known;
    return effectWords(new Words(language, table(language), { zone: 'UTC' }), callsOf(state, 'q00', T - MIN, T + after * MIN)[0]);
  };
  state.history.q00 = [[T - MIN, 18], [T + 3 * MIN, 9]];
  const declined = { 1: ask(1, 'q00', { last: { status: 'declined', by: li }, closed: true }) };
  assert.equal(said(declined, 0.5), 'Outbound 06:00: declined by Li', 'however soon after');
  assert.equal(said(declined, 4), 'Outbound 06:00: declined by Li; 18 waited then, and 4 min later 9');
  assert.equal(said(declined, 0.5, 'zh-Hans'), '外呼组 06:00：Li 已谢绝');
  assert.equal(said(declined, 4, 'zh-Hant'), '外呼組 06:00：Li 已婉拒；當時 18 人等候，4 分鐘後 9 人');
  assert.equal(said({ 1: ask(1, 'q00', { last: { status: 'done' }, done: { by: li, at: AT, seats: 0 }, closed: true }) }, 0.5), 'Outbound 06:00: nobody came, says Li');
  assert.equal(said({ 1: ask(1, 'q00'), 2: ask(2, 'q00', { action: 'stand_down', of: 1 }) }, 0.5), 'Outbound 06:00: no longer needed, nobody had answered');
  assert.equal(said({ 1: ask(1, 'q00', { unanswered: true }) }, 0.5), 'Outbound 06:00: nobody answered');
  assert.equal(said({ 1: ask(1, 'q00') }, 0.5), 'Outbound 06:00: called', 'it is open still');
  assert.equal(said({ 1: ask(1, 'q00', { last: { status: 'done' }, done: { by: li, at: AT, seats: 3 } }) }, 0.5), 'Outbound 06:00, 3 came', 'too soon to tell what they brought');
  const late = { 1: ask(1, 'q00', { last: { status: 'done' }, done: { by: li, at: AT, seats: 3 } }), 2: ask(2, 'q00', { action: 'stand_down', of: 1 }) };
  assert.equal(said(late, 4), 'Outbound 06:00, 3 came: 18 to 9 in 4 min', 'they had come');
});

test('a promise is kept for a moment after its time, until it goes up', () => {
  const promise = (it) => promiseOf({ seen_at: AT, eta_s: 0, ...it });
  assert.deepEqual(promise({}), { there: T, brokenAt: T + MIN });
  assert.deepEqual(promise({ eta_s: 300, respond_by: new Date(T + 7 * MIN).toISOString() }), { there: T + 5 * MIN, brokenAt: T + 7 * MIN });
  // It has gone up already.
  assert.deepEqual(promise({ broken: true, respond_by: new Date(T + 9 * MIN).toISOString() }), { there: T, brokenAt: T });
});

test('the trend is known only where both ends are', () => {
  assert.equal(trendOf([[T, 3], [T + 6 * MIN, 9]], T + 7 * MIN, 5 * MIN), 6);
  assert.equal(trendOf([[T + 6 * MIN, 9]], T + 7 * MIN, 5 * MIN), null);
  assert.equal(trendOf([[T, null], [T + 6 * MIN, 9]], T + 7 * MIN, 5 * MIN), null);
});

test('the chart draws steps, nothing over a hole, and no peak is lost within a pixel', () => {
  const field = { x: (at) => at, y: (depth) => 100 - depth, floor: 100 };
  assert.deepEqual(stepPath([[0, 3], [10, 7], [20, null], [30, 4], [40, 4]], field), { line: 'M0 97H10V93H20M30 96H40', area: 'M0 97H10V93H20V100H0ZM30 96H40V100H30Z' });
  assert.equal(stepPath([[0, 1], [10, 2], [10.1, 9], [10.2, 3], [20, 3]], field).line, 'M0 99H10V91H10V97H20');
  assert.deepEqual(stepPath([], field), { line: '', area: '' });
});

test('what says the same is not drawn again', () => {
  const one = { a: [1, { b: null }], c: new Set(['x']) };
  assert.equal(alike(one, { a: [1, { b: null }], c: new Set(['x']) }), true);
  for (const other of [{ a: [1, { b: 0 }], c: new Set(['x']) }, { a: [1, { b: null }], c: new Set(['y']) }, { a: [1] }, null, [one]]) assert.equal(alike(one, other), false);
  assert.equal(alike([undefined], [null]), false);
});

test('a calm day says how many surges, the peak, who was moved, and whether all are back', () => {
  const summary = { surges: [{ peak: 18 }, { peak: 41 }], moved: [{ seats: 4 }, { seats: 3 }] };
  assert.deepEqual(dayOf(summary, floor()), { surges: 2, peak: 41, people: 7, out: 0, shadow: [] });
  const out = floor({ q00: { moves: [{ instruction: 1, seats: 3, shadow: false }, { instruction: 2, seats: 9, shadow: true }] } });
  assert.equal(dayOf(summary, out).out, 3);
  assert.equal(dayOf({ surges: [], moved: [] }, floor()).peak, 0);
});

test('a reading that only moves numbers builds nothing anew; one that passes a line, a move or a blindness does', () => {
  const queue = { queue: 'a', waiting: 6, longest_wait_s: 9, vouched_at: '1', lines: [5, 10], blind: false, moves: [], tiers: [{ tier: 'x', held_s: 1, standing: 'running' }] };
  const same = (more) => alike(still(queue), still({ ...queue, ...more }));
  assert.equal(same({ waiting: 9, longest_wait_s: 30, vouched_at: '2', tiers: [{ tier: 'x', held_s: 7, standing: 'running' }] }), true);
  for (const other of [{ waiting: 11 }, { waiting: 5 }, { waiting: null }, { blind: true }, { moves: [{ instruction: 1 }] }, { tiers: [{ tier: 'x', held_s: 1, standing: 'on_stack' }] }]) assert.equal(same(other), false, JSON.stringify(other));
});

test('a state that says the same of what is open leaves it the same object, so that nothing is drawn for it', () => {
  const open = { id: 1, at: '2026-11-21T06:00:00.000Z', queue: 'a', action: 'sign_in', seats: { ask: 2 }, seen_by: null };
  const told = (waiting) => ({ type: 'state', whole: false, queues: [{ queue: 'a', waiting }], instructions: [{ ...open }] });
  const one = [{ ...told(5), whole: true }, told(6)].reduce(reduce, emptyState());
  const two = reduce(one, told(7));
  assert.equal(two.open, one.open);
  assert.equal(two.known, one.known);
  assert.notEqual(reduce(two, { ...told(7), instructions: [] }).open, two.open);
});

test('how much of a time has passed is between nothing and all of it', () => {
  const at = (now) => passed({ now: () => now }, 100, 200);
  assert.deepEqual([50, 100, 150, 200, 900].map(at), [0, 0, 0.5, 1, 1]);
  assert.equal(passed({ now: () => 1 }, 5, 5), 1);
});

test('the bar counts what does not fit on it', () => {
  assert.equal(fitting([100, 120, 90], 330, 10, 40), 3, 'all fit, and no word of more is needed');
  assert.equal(fitting([100, 120, 90], 329, 10, 40), 2);
  assert.equal(fitting([100, 120, 90], 279, 10, 40), 1, 'the word of how many more must fit as well');
  assert.equal(fitting([100, 120, 90], 330, 10, 40, 57), 2);
  assert.equal(fitting([100], 60, 10, 40), 0);
  assert.equal(fitting([], 60, 10, 40), 0);
});

test('at the end of the chain of command nothing goes further up', () => {
  const chain = ['supervisor', 'shift_leader', 'manager'].map((role) => ({ role }));
  assert.deepEqual([0, 1, 2].map((level) => isAtTop({ chain }, { level })), [false, false, true]);
  assert.equal(isAtTop({ chain }, {}), false, 'nobody has passed it up yet');
  assert.equal(isAtTop({ chain }, { level: 1, unanswered: true }), true);
  assert.equal(isAtTop({ chain: [] }, { level: 0 }), false, 'the chain is not known yet');
});

test('a card tells how many wait now only where that is clearly another number', () => {
  assert.deepEqual([[12, 1], [12, 8], [12, 9], [12, 16], [3, 5], [3, 6], [40, 31], [40, 29]].map(([then, now]) => isAnother(then, now)), [true, true, false, true, false, true, false, true]);
  assert.equal(isAnother(12, null), false, 'nobody can see');
  assert.equal(isAnother(undefined, 12), false);
});
