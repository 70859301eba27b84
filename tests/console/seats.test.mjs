// The floor's own count on the page: its seats, who is left to be asked, and who is taken to be there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf, countMessage } from '../../src/floor/console/count/count.js';
import { seatsOf } from '../../src/floor/console/queue/queue.js';
import { peopleWords, steps } from '../../src/floor/console/stairs/staircase.js';
import { emptyState } from '../../src/floor/console/store.js';
import { LANGUAGES, Words } from '../../src/floor/console/words.js';
import { table } from './tables.mjs';

const AT = '2026-11-21T06:00:00.000Z';
const words = (language) => new Words(language, table(language), { zone: 'UTC' });
const tier = (more = {}) => ({ tier: 'expert', mode: 'live', held_s: 0, can_come: 4, of: 4, standing: 'not_met', ...more });
const queue = (more = {}) => ({ queue: 'inbound', priority: 0, mode: 'live', waiting: 3, blind: false, signed_in: 46, physical_seats: 60, free_seats: 14, seats_known: true, moves: [], leaving: [], lines: [5], tiers: [tier()], ...more });
const floor = (...queues) => ({ ...emptyState(), queues: Object.fromEntries(queues.map((it, i) => [`queue${i}`, it])) });
const move = (more = {}) => ({ instruction: 3, action: 'sign_in', tier: 'expert', pool: 'expert', seats: 4, people: ['E01', 'E02', 'E03', 'E04'], issued: AT, settled: true, answered: true, shadow: false, not_shown: false, ...more });

test('the seats are the floor\'s: as the daemon counts them, never a queue\'s people over all seats', () => {
  const said = (it, ...others) => { const seats = seatsOf(floor(it, ...others), it); return seats && words('en').t(seats.key, seats); };
  assert.equal(said(queue()), 'Floor: 14 of 60 seats free');
  assert.equal(said(queue({ free_seats: 0 }), queue({ free_seats: 0 })), 'Floor: no seat free of 60');
  assert.equal(said(queue(), queue({ seats_known: false })), 'Floor: at most 14 of 60 seats free', 'whom one phone system does not tell sits somewhere');
  assert.equal(said(queue({ physical_seats: null, free_seats: null })), null);
  for (const language of LANGUAGES) assert.match(words(language).t('fact.seats', { n: 14, of: 60 }), /14.*60|60.*14/);
});

test('a step says who can come only where they would find a seat and nothing keeps it', () => {
  const reserve = (its, more) => steps(emptyState(), queue({ tiers: [tier(its)], ...more }))[0].reserve;
  assert.deepEqual(reserve(), { n: 4, of: 4 });
  assert.equal(reserve({ standing: 'no_seat', physical_seats: 60 }, { next: { tier: 'expert', since: null, due_at: null } }), null, 'the step that comes next and finds no seat');
  assert.equal(reserve({}, { free_seats: 0, moves: [move()] }), null, 'nor of a step that is called already');
  assert.deepEqual(reserve({}, { free_seats: null, physical_seats: null }), { n: 4, of: 4 }, 'where no seats are counted');
  assert.equal(reserve({ of: undefined, can_come: undefined }), null);
});

test('the count of the floor says how many of how many, and takes nobody to be there whom the phones do not show any more', () => {
  const stage = { code: 'said', by: { name: 'Li Wei', staff_no: 'S12' }, n: 3, of: 4 };
  assert.equal(peopleWords(words('en'), stage), '3 of 4 on the phones, says Li Wei');
  assert.equal(peopleWords(words('zh-Hans'), stage), '3 / 4 Li Wei 报告已在接听');
  assert.match(peopleWords(words('en'), { code: 'not_shown', n: 1, of: 4 }), /^4 said to be there/);
  const draft = { moves: new Map(), extra: new Map() };
  const counted = queue({ moves: [move({ missing: ['E03', 'E04'] })] });
  const message = countMessage(counted, draft);
  assert.deepEqual(message.moves, [{ instruction: 3, seats: 2, people: ['E01', 'E02'] }]);
  assert.deepEqual(changesOf(counted, message).map(({ before, after, missing }) => [before, after, missing]), [[4, 2, ['E03', 'E04']]]);
  // What somebody has ticked stays, whatever the phones show since.
  draft.moves.set(3, { as: JSON.stringify([4, counted.moves[0].people]), gone: [], asIs: false, seats: 4, people: new Set(['E01', 'E03']) });
  assert.deepEqual(countMessage(counted, draft).moves[0].people, ['E01', 'E03']);
});
