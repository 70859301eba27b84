// A wallboard that nobody touches comes back by itself, and a tab that was frozen is current at once:  node heal.mjs [TIMES]
//
// TIMES (100) of each: the line is cut; the line goes dead without a word; the daemon is killed and starts again; it is stopped and
// starts again; another version of the page is served after a restart. Two wallboards look on: one with the page's worker, and one
// without, as on a floor without TLS. Ends with `N passed, N failed`; the walk plays a few of each (run.mjs).

import assert from 'node:assert/strict';
import { setTimeout as pass } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Daemon, PhoneSystem } from './floor.mjs';
import { Line } from './line.mjs';
import { Console, launch } from './pages.mjs';
import { plan } from './plan.mjs';

/** How long a wallboard may take; from a dead line it first has to find out. */
const HEALS_WITHIN_MS = 20_000;
/** A tab that wakes shows what is so within a second; a machine that builds beside it is given the benefit. */
const CURRENT_WITHIN_MS = 2_000;
const AIM_MS = 1_000;
/** From the last word of a line that went dead to a page that says so. */
const STALE_WITHIN_MS = 20_000;

const CUTS = {
  'the line is cut': async ({ line }) => { await line.cut(); await line.mend(); },
  'the line goes dead without a word': async ({ line, walls }) => {
    line.die();
    await Promise.all(walls.map((wall) => wall.page.locator('body[data-stale]').waitFor({ state: 'attached', timeout: STALE_WITHIN_MS })));
    await line.cut();
    await line.mend();
  },
  'the daemon is killed': async ({ daemon, line }) => { await daemon.kill(); await again(daemon, line); },
  'the daemon is started again': async ({ daemon, line }) => { await daemon.end(); await again(daemon, line); },
  'another version of the page': async ({ daemon, line }) => { await daemon.end(); line.renew(); await again(daemon, line); },
};

async function again(daemon, line) {
  await daemon.start();
  line.target = Number(new URL(daemon.url).port);
}

/** Plays each cut so many times; `step` is the walk's own. */
export async function healSteps(step, browser, times) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url));
  const { token } = daemon.letIn('Wall', 'W01', 'viewer');
  let waiting = 1;
  phones.tell({ waiting, signed_in: 40 });
  await daemon.start();
  const line = await Line.to(daemon.url);
  const walls = [];
  // Never so many that something is asked.
  const another = () => phones.tell({ waiting: waiting = waiting % 4 + 1 });
  const isCurrent = (wall) => wall.page.waitForFunction(([version, depth]) => document.body?.matches('[data-link=up]:not([data-stale])')
    && document.documentElement.dataset.page === version && document.querySelector('.depth')?.textContent === depth, [line.version, String(waiting)], { timeout: HEALS_WITHIN_MS });
  try {
    await step('two wallboards, with the page\'s worker and without', async () => {
      for (const worker of [true, false]) walls.push(await Console.open(browser, line.url, { kind: 'wall', token, worker }));
      await Promise.all(walls.map(isCurrent));
      await walls[0].page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    });
    for (const [name, cut] of Object.entries(CUTS)) {
      await step(`the wall heals itself, ${times} of ${times}: ${name}`, async () => {
        const took = [];
        for (let time = 1; time <= times; time += 1) {
          await cut({ line, daemon, walls });
          const mended = Date.now();
          another();
          await Promise.all(walls.map((wall) => isCurrent(wall).catch(async (error) => {
            throw new Error(`time ${time} of ${times}, at ${wall.page.url()}: ${await wall.page.locator('body').innerText().catch(() => 'no page')}`, { cause: error });
          })));
          took.push(Date.now() - mended);
        }
        took.sort((a, b) => a - b);
        return `${took.length} of ${times}; median ${took[took.length >> 1]} ms, longest ${took.at(-1)} ms`;
      });
    }
    await step(`a frozen tab is current at once, ${times} of ${times}`, async () => {
      const took = [];
      const [{ page, context }] = walls;
      const session = await context.newCDPSession(page);
      for (let time = 1; time <= times; time += 1) {
        await session.send('Page.setWebLifecycleState', { state: 'frozen' });
        another();
        await pass(500);
        const woken = Date.now();
        await session.send('Page.setWebLifecycleState', { state: 'active' });
        await isCurrent(walls[0]);
        took.push(Date.now() - woken);
      }
      took.sort((a, b) => a - b);
      assert.ok(took.at(-1) <= CURRENT_WITHIN_MS, `took up to ${took.at(-1)} ms`);
      return `median ${took[took.length >> 1]} ms, longest ${took.at(-1)} ms (aim ${AIM_MS})`;
    });
    await step('no wallboard had an error of its own', async () => {
      for (const wall of walls) assert.deepEqual(wall.faults.filter((fault) => !/ERR_|WebSocket connection|Failed to (load|fetch)/.test(fault)), []);
    });
  } finally {
    await Promise.all(walls.map((wall) => wall.close().catch(() => {})));
    await line.cut();
    phones.close();
    await daemon.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const times = Number(process.argv[2] ?? 100);
  let [passed, failed] = [0, 0];
  const browser = await launch();
  await healSteps(async (name, act) => {
    try {
      const said = await act();
      passed += 1;
      console.log(`ok    ${name}${said ? `  (${said})` : ''}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}\n      ${String(error.stack ?? error)}`);
    }
  }, browser, times);
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
