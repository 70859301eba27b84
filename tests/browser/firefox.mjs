// A shorter walk through the console page in Firefox, as Debian ships it:  node firefox.mjs
//
// What browsers do differently is what this is about: letters and rules of style, the pulse of the socket, what a page keeps, what
// happens to it without a network, and push. FIREFOX: the browser. Ends with `N passed, N failed`.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { firefox } from 'playwright-for-firefox';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Makers, firefoxPushSteps } from './firefoxpush.mjs';
import { Line } from './line.mjs';
import { Console } from './pages.mjs';
import { crowd, plan } from './plan.mjs';

const LOCALES = ['en-GB', 'zh-CN', 'zh-TW'];
/** From the cut to a page that says so; the aim is two seconds, and looking takes its time as well. */
const STALE_WITHIN_MS = 2_500;

mkdirSync(output, { recursive: true });
const began = Date.now();
let [passed, failed] = [0, 0];
const open = {};

/** Later steps build on earlier ones, so the first that fails is the last. */
async function step(name, act) {
  if (failed > 0) return;
  try {
    const said = await act();
    passed += 1;
    console.log(`ok    Firefox: ${name}${said ? `  (${said})` : ''}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  Firefox: ${name}\n      ${String(error.stack ?? error).replaceAll('\n', '\n      ')}`);
    await Promise.all(Object.entries(open).map(([who, it]) => it.page.screenshot({ path: join(output, `firefox-failed-${who}.png`) }).catch(() => {})));
  }
}

const seen = (it) => it.page.locator('.card .card-head').first().waitFor();
const shot = (it, name) => it.page.screenshot({ path: join(output, `firefox-${name}.png`) });
/** The browser's own words about a line that is not there are no fault of the page. */
const faults = (it) => it.faults.filter((fault) => !/NetworkError|can.t establish a connection|connection to .* was interrupted|operation is insecure|blocked an inline style/.test(fault));

async function looksRight(it, what) {
  assert.deepEqual(await it.violations(), [], what);
  assert.ok(await it.overhang() <= 0, `${what} must be scrolled sideways`);
}

/** One queue: from the door to the last answer, with the line cut in between. */
async function oneQueue(browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const ana = daemon.letIn('Ana Reis', 'S13', 'supervisor');
  const viewer = daemon.letIn('Visitor', 'V01', 'viewer');
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  await daemon.start();
  const line = await Line.to(daemon.url);
  try {
    await step('the door: a wrong token is told so, a right one goes in', async () => {
      open.li = await Console.open(browser, line.url, { theme: null });
      const { page } = open.li;
      await page.locator('dialog.token input[type=password]').fill('surged_wrong');
      await page.locator('dialog.token button[type=submit]').click();
      await page.locator('dialog.token [role=alert]').waitFor();
      await open.li.enter(li.token);
      await open.li.depthIs(3);
    });
    await step('a colleague on a phone in Chinese, and a wallboard', async () => {
      open.ana = await Console.open(browser, daemon.url, { kind: 'phone', locale: 'zh-CN', theme: null, token: ana.token });
      open.wall = await Console.open(browser, daemon.url, { kind: 'wall', locale: 'zh-TW', theme: null, token: viewer.token });
      await Promise.all([open.ana.linked(), open.wall.linked()]);
      assert.equal(await open.ana.page.locator('#asks-title').textContent(), '无需处理');
      assert.equal(await open.wall.page.locator('button').count(), 0);
    });
    await step('a surge: the card comes to desk, phone and wall', async () => {
      phones.tell({ waiting: 8, longest_wait_s: 41 });
      await Promise.all([open.li, open.ana, open.wall].map((it) => it.arrival(1)));
      assert.match(await open.li.card(1).textContent(), /Sign in.*Experts.*for Hotline.*E01.*E04/s);
      for (const [who, it] of Object.entries(open)) await looksRight(it, who);
      assert.deepEqual(await open.ana.smallTargets(), []);
    });
    await step('undone in its moment, then taken, then done: the others see each', async () => {
      await open.ana.tap('1-all');
      await open.ana.tap('1-undo');
      await open.ana.page.locator('[data-k="1-all"]').waitFor();
      await open.li.tap('1-take-120');
      await open.ana.page.locator('.card[data-id="1"][data-state="taken"]', { hasText: 'Li Wei' }).waitFor();
      // Firefox lets a key press a button in the window alone that is in front.
      await open.li.page.bringToFront();
      await open.li.tabTo('1-all');
      await open.li.page.keyboard.press('Enter');
      await open.li.page.locator('[data-k="1-undo"]').waitFor();
      await Promise.all([open.li, open.ana, open.wall].map((it) => it.gone(1)));
    });
    await step('the line is cut: the whole page says so; back, it is as it stands now', async () => {
      await line.cut();
      const cut = Date.now();
      await open.li.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      const said = Date.now() - cut;
      assert.ok(said <= STALE_WITHIN_MS, `the page looked as if it were true for ${said} ms`);
      await open.li.banner('bad', 'No connection to surged').waitFor();
      await shot(open.li, 'stale');
      phones.tell({ waiting: 12, longest_wait_s: 95 });
      await open.ana.arrival(2);
      await line.mend();
      await open.li.arrival(2);
      await open.li.depthIs(12);
      await open.li.banner('bad', 'No connection').waitFor({ state: 'detached' });
      return `said so after ${said} ms`;
    });
    await step('a line that goes dead without a word is found out', async () => {
      line.die();
      await open.li.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      await line.cut();
      await line.mend();
      await open.li.page.locator('body[data-link=up]:not([data-stale])').waitFor({ state: 'attached' });
    });
    await step('an answer given without a line is sent when it is back', async () => {
      // Whatever is told while a finger is down, the tap is theirs.
      await open.li.press('2-all');
      await line.cut();
      await open.li.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      await open.li.lift();
      await open.li.page.locator('[data-k="2-undo"]').waitFor();
      await line.mend();
      await open.ana.gone(2);
      await open.ana.entry('Li Wei');
    });
    await step('another language at a tap, and back; nothing is lost by a reload', async () => {
      const { page } = open.li;
      await open.li.tap('gear');
      await page.getByRole('button', { name: '繁體中文' }).click();
      await page.locator('html[lang="zh-Hant"] .queue h2', { hasText: '熱線' }).waitFor();
      await page.getByRole('button', { name: 'English' }).click();
      await page.locator('html[lang="en"] .queue h2', { hasText: 'Hotline' }).waitFor();
      await page.keyboard.press('Escape');
      const before = await page.locator('.entry').count();
      await page.reload();
      await open.li.linked();
      await page.waitForFunction((many) => document.querySelectorAll('.entry').length >= many, before);
    });
    await step('the daemon is killed and starts again: the wallboard heals itself', async () => {
      await daemon.kill();
      await open.wall.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      // A wallboard looks for it under the same address.
      await daemon.start();
      line.target = Number(new URL(daemon.url).port);
      await open.li.page.locator('body[data-link=up]:not([data-stale])').waitFor({ state: 'attached' });
    });
    await step('no page had an error of its own', async () => {
      for (const it of Object.values(open)) assert.deepEqual(faults(it), []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    for (const who of Object.keys(open)) delete open[who];
    await line.cut();
    phones.close();
    await daemon.stop();
  }
}

/** Many queues, three of them in trouble: the worst is in sight, in each language and at each size. */
async function manyQueues(browser, many) {
  const phones = await new PhoneSystem().listen();
  const queues = crowd(many - 1);
  const daemon = new Daemon(plan(phones.url, { many: queues.length }));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 3 });
  queues.forEach(({ queue }, i) => phones.tell({ waiting: i % 5, longest_wait_s: 5 + i, signed_in: 0 }, queue));
  try {
    await daemon.start();
    for (const [queue, waiting] of [['q07', 18], ['q15', 9], ['q12', 8]]) phones.tell({ waiting, longest_wait_s: 90 }, queue);
    for (const [i, kind] of ['desk', 'laptop', 'tablet', 'phone', 'wall', 'wall_small'].entries()) {
      await step(`${many} queues, ${kind}`, async () => {
        const it = open[kind] = await Console.open(browser, daemon.url, { kind, locale: LOCALES[i % LOCALES.length], theme: null, token: li.token });
        await it.linked();
        await seen(it);
        await it.page.locator('.queue[data-mood="ask"]').first().waitFor();
        await looksRight(it, kind);
        if (kind === 'phone') assert.deepEqual(await it.smallTargets(), []);
        assert.ok(await it.page.locator('.card .card-head').first().evaluate((head) => head.getBoundingClientRect().bottom <= innerHeight), 'the first card is in sight');
        await shot(it, `${many}-${kind}`);
        assert.deepEqual(faults(it), []);
        await it.close();
        delete open[kind];
      });
    }
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}

const makers = await new Makers().listen();
// Colours are the browser's own here: dark, as the walls are. Nothing moves: Firefox holds a movement still in a window that is not in front.
const browser = await firefox.launch({ channel: 'moz-firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', firefoxUserPrefs: { 'layout.css.prefers-color-scheme.content-override': 0, 'ui.prefersReducedMotion': 1, ...makers.preferences } });
try {
  await oneQueue(browser);
  for (const many of [20, 60]) await manyQueues(browser, many);
  await firefoxPushSteps(step, browser, makers, open);
} finally {
  await browser.close();
  makers.close();
}
console.log(`${passed} passed, ${failed} failed  in ${Math.round((Date.now() - began) / 1000)} s, Firefox ${browser.version()}`);
process.exitCode = failed > 0 ? 1 : 0;
