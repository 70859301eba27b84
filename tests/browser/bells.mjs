// What is heard, and what is not: sound that is offered at the door and stays, an ask, silence for what somebody has answered, a quiet
// queue, a wallboard whose browser lets it.

import assert from 'node:assert/strict';
import { Daemon, PATIENCE_MS, PhoneSystem } from './floor.mjs';
import { Console, launch } from './pages.mjs';
import { plan } from './plan.mjs';

/** Tones of the figure that asks for people, and of the one that sends them back. */
const ASK = 3;
const CALM = 2;

/** Counts in the page what would be heard and felt. A browser without a screen keeps none awake, so that the wish is counted. */
function noteSounds() {
  globalThis.heard = { tones: 0, shakes: 0, awake: 0 };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...at) {
    globalThis.heard.tones += 1;
    return start.apply(this, at);
  };
  navigator.vibrate = () => Boolean(globalThis.heard.shakes += 1);
  Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => { globalThis.heard.awake += 1; } } });
}

const heard = ({ page }) => page.evaluate(() => globalThis.heard);

/**
 * What a page is that nobody has touched. Playwright's own questions to a page count as a touch of it (it asks with `userGesture`), after which
 * a browser lets it sound: whether it then rings would be a matter of who comes first.
 */
async function untouched(it) {
  const session = await it.context.newCDPSession(it.page);
  const ask = async (expression) => (await session.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  return {
    heard: () => ask('globalThis.heard'),
    async until(expression) {
      for (const end = Date.now() + PATIENCE_MS; !await ask(`Boolean(${expression})`);) {
        assert.ok(Date.now() < end, `never came: ${expression}`);
        await new Promise((next) => setTimeout(next, 50));
      }
    },
  };
}

/** Waits until so many tones more were heard than `before`; there may not be more. */
async function hears({ page }, before, more, what) {
  await page.waitForFunction((tones) => globalThis.heard.tones >= tones, before.tones + more);
  assert.equal((await page.evaluate(() => globalThis.heard)).tones, before.tones + more, what);
}

export async function bellSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url));
  const [li, ana, viewer] = [['Li Wei', 'S12', 'supervisor'], ['Ana Reis', 'S13', 'supervisor'], ['Visitor', 'V01', 'viewer']].map((who) => daemon.letIn(...who));
  const open = {};
  let kiosk;
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  try {
    await daemon.start();

    await step('sound is offered at the first entry; chosen once, it stays over a reload', async () => {
      open.li = await Console.open(browser, daemon.url, { token: li.token, note: noteSounds });
      await open.li.linked();
      assert.deepEqual(await heard(open.li), { tones: 0, shakes: 0, awake: 0 });
      await open.li.tap('sound-on');
      await open.li.page.locator('[data-k="bell"][aria-pressed="true"]').waitFor();
      await open.li.page.locator('[data-k="sound-on"]').waitFor({ state: 'detached' });
      const { tones, awake } = await heard(open.li);
      assert.ok(tones === ASK && awake > 0, 'it is heard at once, and the screen stays on');
      await open.li.page.reload();
      await open.li.linked();
      assert.equal(await open.li.page.locator('[data-k="sound-on"]').count(), 0, 'nobody is asked twice');
      // A browser lets a page sound only after a touch.
      await open.li.page.mouse.click(5, 300);
      await open.li.page.locator('[data-k="bell"][aria-pressed="true"]').waitFor();
    });

    await step('an ask rings and shakes; of the time without a link nothing rings that somebody has taken', async () => {
      open.ana = await Console.open(browser, daemon.url, { token: ana.token, kind: 'phone' });
      await open.ana.linked();
      let before = await heard(open.li);
      phones.tell({ waiting: 12, longest_wait_s: 41 });
      await open.li.arrival(1);
      await hears(open.li, before, ASK, 'the first card');
      assert.equal((await heard(open.li)).shakes, before.shakes + 1);
      await open.li.tap('1-all');
      await open.ana.gone(1);
      await open.li.context.setOffline(true);
      await open.li.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      await open.ana.arrival(2);
      await open.ana.tap('2-take-300');
      await open.ana.page.locator('.card[data-id="2"][data-state="taken"]').waitFor();
      before = await heard(open.li);
      await open.li.context.setOffline(false);
      await open.li.page.locator('.card[data-id="2"][data-state="taken"]').waitFor();
      await open.ana.tap('2-all');
      await open.li.arrival(3);
      await hears(open.li, before, ASK, 'the third card, and nothing for the second');
    });

    await step('a quiet queue is silent; what sends people back has a sound of its own', async () => {
      const before = await heard(open.li);
      await open.ana.tap('3-quiet');
      await open.ana.tap('quiet_known');
      await open.li.banner('note', 'no sound until').waitFor();
      await open.li.tap('3-all');
      await open.li.arrival(4);
      await open.li.tap('4-all');
      await open.ana.gone(4);
      await open.li.tap('quiet-over-inbound');
      await open.li.banner('note', 'no sound until').waitFor({ state: 'detached' });
      phones.tell({ waiting: 1, longest_wait_s: 3 });
      await open.li.arrival(5);
      await hears(open.li, before, CALM, 'the way back, and nothing of the quiet time');
    });

    await step('a wallboard rings where its browser lets it, and says nothing where it does not', async () => {
      kiosk = await launch('--autoplay-policy=no-user-gesture-required');
      open.rings = await Console.open(kiosk, daemon.url, { kind: 'wall', token: viewer.token, note: noteSounds });
      open.silent = await Console.open(browser, daemon.url, { kind: 'wall', token: viewer.token, note: noteSounds });
      const silent = await untouched(open.silent);
      await silent.until(`document.querySelector('body[data-link=up] :is(.depth, .tile-depth)')`);
      await open.rings.linked();
      const before = await heard(open.rings);
      await open.li.tap('5-all');
      await open.rings.arrival(6);
      await hears(open.rings, before, CALM, 'the next way back');
      await silent.until(`document.querySelector('.card[data-id="6"]')`);
      const { tones, awake } = await silent.heard();
      assert.deepEqual([tones, awake > 0], [0, true]);
      for (const it of Object.values(open)) assert.deepEqual(it.faults, []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    await kiosk?.close();
    phones.close();
    await daemon.stop();
  }
}
