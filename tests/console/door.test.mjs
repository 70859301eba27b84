// Coming in by a link: the code leaves the address before anything else, and is asked for once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeIn, comeByLink, inFours } from '../../src/floor/console/door/code.js';

const CODE = '00112233445566778899aabbccddeeff';

test('only a whole code in the fragment is one', () => {
  assert.equal(codeIn(`#code=${CODE}`), CODE);
  for (const other of ['', '#', '#code=', `#code=${CODE}0`, `#code=${CODE.slice(1)}`, `#x&code=${CODE}`, `?code=${CODE}`]) assert.equal(codeIn(other), null, other);
});

test('the code leaves the address whatever comes of it, and goes by POST', async () => {
  const address = { hash: `#code=${CODE}`, pathname: '/floor/', search: '?x=1' };
  const left = [];
  const history = { replaceState: (...to) => left.push(to[2]) };
  const asked = [];
  const good = await comeByLink(address, history, async (path, body) => { asked.push([path, body]); return { token: 'surged_x' }; });
  assert.deepEqual(good, { token: 'surged_x' });
  assert.deepEqual(asked, [['access/login', { code: CODE }]]);
  const bad = await comeByLink(address, history, async () => { throw Object.assign(new Error(''), { code: 'not_let_in' }); });
  assert.deepEqual(bad, { fault: 'not_let_in' });
  assert.deepEqual(left, ['/floor/?x=1', '/floor/?x=1']);
  assert.equal(await comeByLink({ hash: '#log', pathname: '/', search: '' }, history, () => assert.fail('nothing to ask')), null);
});

test("a wall's code is read aloud in fours", () => {
  assert.equal(inFours('K7QX3MPT'), 'K7QX 3MPT');
});
