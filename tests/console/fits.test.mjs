// What stands beside what, and how much room it has: numbers beside a chart, tiles on the wall.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { apart } from '../../src/floor/console/chart/chart.js';
import { tileHeight } from '../../src/floor/console/queue/wall.js';

test('numbers beside a chart stand apart, the lowest first, and none above its top', () => {
  assert.deepEqual(apart([], 10, 5), []);
  assert.deepEqual(apart([80, 40], 10, 5), [80, 40], 'each beside its line where there is room');
  assert.deepEqual(apart([80, 78, 40], 10, 5), [80, 70, 40]);
  assert.deepEqual(apart([30, 12, 11], 10, 5), [30, 15, 5], 'what is pushed out at the top pushes back');
  assert.deepEqual(apart([30, 29, 28, 27, 8], 10, 5), [30, null, null, 20, 8], 'where there is no room for all: the first, and the highest');
  for (const ys of [[90, 89, 88, 87, 86, 85], [90, 50, 7, 6, 5], [9, 8, 7]]) {
    const places = apart(ys, 10, 5).filter((it) => it !== null);
    assert.ok(places.every((it, i) => it >= 5 && it <= ys[0] && (i === 0 || places[i - 1] - it >= 10)), `${ys}: ${places}`);
  }
});

test('tiles are as high as the highest name of all of them, on whatever page it stands', () => {
  const heights = new Map([['a', 1.1], ['b', 3.3], ['gone', 9]]);
  assert.equal(tileHeight(['a'], heights), 2.8);
  assert.equal(tileHeight(['a', 'b', 'not seen yet'], heights), 3.9);
});

test('no letters are smaller than the text size that the reader has set in their browser', () => {
  for (const file of ['console.css', 'wall.css']) {
    const root = readFileSync(new URL(`../../src/floor/console/${file}`, import.meta.url), 'utf8').match(/:root(?:\.wall)? \{[^}]*?font(?:-size)?: ([^;]+);/)[1];
    assert.match(root, /max\(1rem, /, file);
  }
});
