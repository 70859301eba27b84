// What is said and ordered without a link: orders are refused in words and given once, an answer is never another person's.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

export async function blindSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url));
  const [li, ana, chen] = [['Li Wei', 'S12', 'supervisor'], ['Ana Reis', 'S13', 'supervisor'], ['Chen Jie', 'L01', 'shift_leader']].map((who) => daemon.letIn(...who));
  const log = async (kind) => (await (await fetch(`${daemon.url}api/v1/log?kind=${kind}&limit=50`, { headers: { authorization: `Bearer ${chen.token}` } })).json()).records;
  const open = {};
  const cut = async (it) => {
    await it.context.setOffline(true);
    await it.page.locator('body[data-stale]').waitFor({ state: 'attached' });
  };
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  try {
    await daemon.start();

    await step('an order by hand without a link is refused in words, however often it is tapped; with it, it is given once', async () => {
      open.chen = await Console.open(browser, daemon.url, { token: chen.token });
      await open.chen.linked();
      // Never opened before, and there all the same: it was loaded ahead.
      await open.chen.page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/orders.js')));
      await cut(open.chen);
      await open.chen.tap('orders');
      for (let tap = 0; tap < 3; tap += 1) {
        await open.chen.tap('number');
        await open.chen.page.locator('[data-k="number"].sure').waitFor();
        await open.chen.tap('number');
        await open.chen.page.locator('.drawer[open] .flag', { hasText: 'No connection: nothing was ordered.' }).waitFor();
      }
      assert.deepEqual(await open.chen.violations(), []);
      await open.chen.page.screenshot({ path: join(output, 'order-without-link.png') });
      await open.chen.context.setOffline(false);
      await open.chen.page.locator('body:not([data-stale])').waitFor({ state: 'attached' });
      await open.chen.tap('number');
      await open.chen.tap('number');
      await open.chen.page.locator('.drawer[open] .taken').waitFor();
      await open.chen.arrival(1);
      assert.equal((await log('instruct')).length, 1);
      await open.chen.tap('close');
    });

    await step('an answer that waits for a link is nobody else\'s: who logs in after is told that it has not gone out', async () => {
      open.li = await Console.open(browser, daemon.url, { token: null });
      await open.li.enter(li.token);
      await open.li.card(1).waitFor();
      await cut(open.li);
      await open.li.tap('1-all');
      await open.li.card(1).locator('.sending', { hasText: 'when the connection is back' }).waitFor();
      await open.chen.page.locator('.listening', { hasText: 'Li Wei' }).waitFor();
      daemon.revoke(li);
      // Until the daemon has seen to it the page is still Li's.
      await open.chen.page.locator('.listening:not(:has-text("Li Wei"))').waitFor();
      await open.li.context.setOffline(false);
      await open.li.page.locator('dialog.token input[type=password]').waitFor();
      await open.li.enter(ana.token);
      await open.li.card(1).locator('.flag', { hasText: 'Said here by somebody else' }).waitFor();
      assert.deepEqual((await log('answered')).filter((it) => it.status === 'done'), []);
      await open.li.page.screenshot({ path: join(output, 'said-by-another.png') });
      await open.li.tap('1-all');
      await open.chen.gone(1);
      const [last] = await log('answered');
      assert.match(JSON.stringify(last), /Ana Reis/);
      for (const it of Object.values(open)) assert.deepEqual(it.faults.filter((fault) => !/401|4401/.test(fault)), []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
