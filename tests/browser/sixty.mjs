// A floor of sixty queues: the worst is in sight everywhere, everything can be found, one answer serves several cards, the wall heals.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { crowd, plan } from './plan.mjs';

const CUTS = 2;
const LOCALES = ['en-GB', 'zh-CN', 'zh-TW'];

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether an element is whole within the window, without scrolling, once the page has come to rest. */
async function inSight(locator) {
  const whole = () => locator.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
  });
  for (const until = Date.now() + 5_000; Date.now() < until;) {
    if (await whole()) return true;
    await locator.page().evaluate(() => new Promise(requestAnimationFrame));
  }
  return false;
}

export async function sixtySteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const queues = crowd(59);
  const daemon = new Daemon(plan(phones.url, { many: queues.length, listen: `127.0.0.1:${await freePort()}` }));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const chen = daemon.letIn('Chen Jie', 'L01', 'shift_leader');
  const viewer = daemon.letIn('Visitor', 'V01', 'viewer');
  const open = {};
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 3 });
  queues.forEach(({ queue }, i) => phones.tell({ waiting: i % 5, longest_wait_s: 5 + i, signed_in: 0 }, queue));
  try {
    await daemon.start();

    await step('sixty queues, all calm: a line each, the rest counted', async () => {
      open.desk = await Console.open(browser, daemon.url, { token: li.token });
      await open.desk.linked();
      await open.desk.page.waitForFunction(() => document.querySelectorAll('.tile').length === 24);
      await open.desk.page.locator('[data-k="queues-more"]', { hasText: '+36 more' }).click();
      await open.desk.page.locator('.tile').nth(59).waitFor();
      // The bar has room for a few, and counts the others.
      const shown = await open.desk.page.locator('.glance li:not([data-out], .glance-more)').count();
      assert.ok(shown > 0);
      await open.desk.page.locator('.glance-more b', { hasText: new RegExp(`^\\+${60 - shown}$`) }).waitFor();
      assert.deepEqual(await open.desk.violations(), []);
    });

    await step('the worst of sixty is in sight without scrolling on desk, laptop, phone and both walls', async () => {
      phones.tell({ waiting: 18, longest_wait_s: 90 }, 'q07');
      phones.tell({ waiting: 9, longest_wait_s: 40 }, 'q15');
      phones.tell({ waiting: 8, longest_wait_s: 30 }, 'q31');
      await open.desk.page.locator('.card').nth(2).waitFor();
      for (const kind of ['desk', 'laptop', 'wall', 'wall_small', 'tablet', 'phone']) {
        for (const locale of kind === 'wall_small' ? ['en-GB'] : LOCALES) {
          const it = await Console.open(browser, daemon.url, { kind, locale, token: kind.startsWith('wall') ? viewer.token : li.token });
          await it.linked();
          await it.page.locator('.queue[data-mood="ask"]').first().waitFor();
          if (kind !== 'phone' && kind !== 'tablet') assert.ok(await inSight(it.page.locator('.panels .hero').first()), `${kind}, ${locale}: the worst queue`);
          assert.ok(await inSight(it.page.locator('.card .card-head').first()), `${kind}, ${locale}: the first card`);
          assert.ok(await it.overhang() <= 0, `${kind} in ${locale} must be scrolled sideways`);
          if (locale !== 'zh-TW') assert.deepEqual(await it.violations(), [], `${kind}, ${locale}`);
          await it.page.screenshot({ path: join(output, `sixty-${kind}-${locale}.png`) });
          await it.close();
        }
      }
    });

    await step('one more page of the wall, and another: every queue has its turn, no name is cut', async () => {
      const wall = await Console.open(browser, daemon.url, { kind: 'wall_small', token: viewer.token });
      await wall.linked();
      const seen = new Set();
      for (let turn = 0; seen.size < 60 && turn < 12; turn += 1) {
        const said = await wall.page.locator('.wall-page').textContent();
        for (const name of await wall.page.locator('[data-queue]').evaluateAll((all) => all.map((it) => it.dataset.queue))) seen.add(name);
        const cut = await wall.page.locator('.tile-name').evaluateAll((all) => all.filter((it) => {
          const [name, tile] = [it.getBoundingClientRect(), it.closest('.tile').getBoundingClientRect()];
          return it.scrollWidth > it.clientWidth + 1 || name.top < tile.top - 1 || name.bottom > tile.bottom + 1;
        }).length);
        assert.equal(cut, 0);
        await wall.page.waitForFunction((before) => document.querySelector('.wall-page')?.textContent !== before, said);
      }
      assert.equal(seen.size, 60);
      open.wall = wall;
    });

    await step('found by name, kept as mine, opened whole', async () => {
      const { page } = open.desk;
      await page.keyboard.press('/');
      await page.keyboard.type('Branch 42');
      await page.locator('.tile[data-queue="q42"]').waitFor();
      await page.waitForFunction(() => document.querySelectorAll('.tile').length === 1);
      await open.desk.tap('open-q42');
      await page.locator('.queue[data-queue="q42"]').waitFor();
      await open.desk.tap('star-q42');
      await page.locator('.queues-filter').fill('');
      // Else what stands here would be the filter's doing, not that of "mine".
      await page.waitForFunction(() => document.querySelectorAll('.queues [data-queue]').length === 60);
      await open.desk.tap('queues-mine');
      await page.waitForFunction(() => [...document.querySelectorAll('.queues [data-queue]')].map((it) => it.dataset.queue).join() === 'q42');
      await open.desk.tap('queues-mine');
      await page.locator('[data-queue="q07"]').waitFor();
    });

    await step('one answer for several cards of one pool, and the keyboard for the rest', async () => {
      const { page } = open.desk;
      const group = page.locator('.group').first();
      await group.waitFor();
      assert.deepEqual(await open.desk.violations(), []);
      await group.getByRole('button', { name: '5 min' }).click();
      await page.waitForFunction(() => [...document.querySelectorAll('.group')].every((it) => !it.querySelector('.take-label')) && document.querySelectorAll('.card[data-state="taken"]').length >= 2);
      await page.evaluate(() => document.activeElement?.blur());
      await page.keyboard.press('?');
      await page.locator('dialog[open] kbd').first().waitFor();
      assert.deepEqual(await open.desk.violations(), []);
      await page.keyboard.press('Escape');
      const first = await page.locator('.card:not([data-small])').first().getAttribute('data-id');
      await page.keyboard.press('j');
      await page.waitForFunction((before) => document.querySelector('.card:not([data-small])')?.dataset.id !== before, first);
      const id = await page.locator('.card:not([data-small])').first().getAttribute('data-id');
      await page.evaluate(() => document.activeElement?.blur());
      await page.keyboard.press('d');
      await page.locator(`.card[data-id="${id}"] .grace`).waitFor();
      await page.keyboard.press('u');
      await page.locator(`.card[data-id="${id}"] .grace`).waitFor({ state: 'detached' });
    });

    await step('the title and the orders stay short: what is asked, the worst, and one queue at a time', async () => {
      open.chen = await Console.open(browser, daemon.url, { kind: 'laptop', token: chen.token });
      await open.chen.linked();
      await open.chen.card(1).waitFor();
      const title = await open.chen.page.title();
      assert.match(title, /^\(\d+\) \d+ Branch \d+ \+\d+$/);
      await open.chen.tap('orders');
      const drawer = open.chen.page.locator('dialog.drawer[open]');
      await drawer.locator('[data-k="of-queue"]').waitFor();
      assert.equal(await drawer.locator('[data-k="of-queue"] option').count(), 60);
      assert.ok(await drawer.locator('button').count() <= 30, 'of one queue alone');
      await drawer.locator('[data-k="of-queue"]').selectOption('q42');
      await drawer.locator('[data-k="call-expert"]').waitFor();
      await open.chen.page.keyboard.press('Escape');
      return title;
    });

    await step(`the wall comes back by itself after each of ${CUTS} cuts`, async () => {
      const { page } = open.wall;
      for (let cut = 0; cut < CUTS; cut += 1) {
        await daemon.kill();
        await page.locator('body[data-stale]').waitFor({ state: 'attached' });
        await daemon.start();
        await page.locator('body[data-link=up]:not([data-stale])').waitFor({ state: 'attached' });
      }
    });

    await step('no page of the sixty had an error of its own', async () => {
      for (const it of Object.values(open)) assert.deepEqual(it.faults.filter((fault) => !/ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|WebSocket connection/.test(fault)), []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
