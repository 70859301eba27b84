// What the page tells beside the number: trend, since when, what calls brought, how much is asked, the day behind; what a shadow would
// have done; that it can be installed. And what the demo says to a stranger at its terminal.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Daemon, PhoneSystem, demo, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

/** A tab shows so many letters at best. */
const TITLE = 40;
/** From the start of a demo that is played to its first card. */
const FIRST_CARD_MS = 30_000;
const SURGE_MS = 120_000;

/** A demo that plays by itself, from its first surge until all are back. */
export async function demoSteps(step, browser) {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address();
  const floor = await demo(60, `127.0.0.1:${port}`);
  let it;
  try {
    await step('the demo says that its port is in use, and where its console is instead', async () => {
      await floor.says(`127.0.0.1:${port} is in use by another program`);
      assert.ok(!floor.url.endsWith(`:${port}/`));
    });

    await step('beside the number: the trend, since when, calls on the chart, what they brought, who is here, how much is asked', async () => {
      it = await Console.open(browser, floor.url);
      await it.linked();
      const { page } = it;
      page.setDefaultTimeout(SURGE_MS);
      await page.locator('.trend:not([hidden])', { hasText: /up \d+ in 5 min/ }).waitFor();
      await page.locator('.facts', { hasText: /Surge since\d\d:\d\d/ }).waitFor();
      await page.locator('.plot-call-label', { hasText: 'Experts' }).waitFor({ state: 'attached' });
      await page.locator('.effect', { hasText: /Experts \d\d:\d\d, 4 came: \d+/ }).waitFor();
      await page.locator('.listening', { hasText: 'Simulated supervisor' }).waitFor();
      await page.locator('.asks-load', { hasText: /in 10 min: .* on average/ }).waitFor();
      const title = await page.title();
      assert.ok(title.length <= TITLE, title);
      await page.screenshot({ path: join(output, 'tells.png') });
    });

    await step('a calm day has a face: surges, the peak, who was moved, and that all are back', async () => {
      await it.page.locator('.day-facts', { hasText: /1 surge this shift.*waited at most.*all are back/s }).waitFor();
      await it.page.screenshot({ path: join(output, 'calm-day.png') });
      assert.deepEqual(await it.violations(), []);
      assert.deepEqual(it.faults, []);
    });

    await step('Ctrl-C ends the demo with what has been: the peak, who came, whether all are back', async () => {
      await it.close();
      const said = await floor.end();
      assert.match(said.join('\n'), /At most \d+ waited\. \d+ people came \(expert 4, .*\); (all are back|\d+ are back, \d+ are still out)\.\s*$/);
      // One name of whoever answered, here as on the page.
      assert.ok(said.some((line) => line.includes('Simulated supervisor (supervisor)')), said.slice(0, 30).join('\n'));
    });
  } finally {
    floor.stop();
    taken.close();
  }
}

/** At play, as the README has it, without any other word. */
export async function firstCardSteps(step, browser) {
  const began = Date.now();
  const floor = await demo(null, '127.0.0.1:0', '--play');
  let it;
  try {
    await step('who plays has the first card within half a minute', async () => {
      it = await Console.open(browser, floor.url);
      await it.linked();
      const at = await it.arrival(1);
      assert.ok(at - began <= FIRST_CARD_MS, `${at - began} ms`);
      return `${((at - began) / 1000).toFixed(1)} s after the start`;
    });
  } finally {
    await it?.close();
    floor.stop();
  }
}

export async function tellSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url, { mode: 'shadow' }));
  const chen = daemon.letIn('Chen Jie', 'L01', 'shift_leader');
  let it;
  phones.tell({ waiting: 12, longest_wait_s: 40, signed_in: 46 });
  try {
    await daemon.start();

    await step('shadow gives its proof: what it would have called, and what the floor called', async () => {
      it = await Console.open(browser, daemon.url, { token: chen.token, worker: true });
      await it.linked();
      await it.page.locator('.proof', { hasText: /would have called [1-9]/ }).waitFor();
      await it.tap('orders');
      // What stands in shadow alone has called nobody: it can be called by hand like any other step.
      await it.tap('call-expert');
      await it.tap('call-expert');
      await it.page.keyboard.press('Escape');
      await it.page.locator('.card', { hasText: 'Experts' }).locator('[data-k$="-all"]').click();
      await it.page.locator('.proof', { hasText: /by hand 1 was called/ }).waitFor();
    });

    await step('the page can be installed', async () => {
      const session = await it.context.newCDPSession(it.page);
      await it.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      // That nobody looks on in private is the test's own doing.
      const { installabilityErrors: faults } = await session.send('Page.getInstallabilityErrors');
      assert.deepEqual(faults.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
    });

    await step('on a phone and a tablet every sheet and drawer is for fingers, and nothing must be scrolled sideways', async () => {
      for (const [kind, locale] of [['phone', 'en-GB'], ['phone', 'zh-TW'], ['tablet', 'zh-CN']]) {
        const held = await Console.open(browser, daemon.url, { kind, locale, token: chen.token });
        await held.linked();
        for (const key of ['orders', 'gear', 'sign', 'log-all']) {
          await held.tap(key);
          await held.page.locator('dialog[open] button').nth(1).waitFor();
          assert.deepEqual(await held.smallTargets(), [], `${key}, ${kind}, ${locale}`);
          assert.ok(await held.overhang() <= 0, `${key}, ${kind}, ${locale}`);
          assert.deepEqual(await held.violations(), [], `${key}, ${kind}, ${locale}`);
          await held.page.screenshot({ path: join(output, `held-${key}-${kind}-${locale}.png`) });
          await held.page.keyboard.press('Escape');
          await held.page.locator('dialog[open]').waitFor({ state: 'detached' });
        }
        await held.close();
      }
    });

    await step('the sheet on paper opens from Settings, with the plan, who is out and whom to tell', async () => {
      await it.tap('gear');
      const [sheet] = await Promise.all([it.context.waitForEvent('page'), it.tap('paper')]);
      await sheet.locator('h1').waitFor();
      const text = await sheet.locator('body').innerText();
      for (const word of ['Hotline', 'Experts', 'Back office', 'Shift leader']) assert.ok(text.includes(word), `${word} in\n${text}`);
      await sheet.close();
      assert.deepEqual(it.faults, []);
    });
  } finally {
    await it?.close();
    phones.close();
    await daemon.stop();
  }
}
