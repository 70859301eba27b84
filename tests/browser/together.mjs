// Two who answer one card: without a link, in the same moment, against each other; and what is missing is said.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

/** A page that for a while hears replies alone, and nothing of what others do: as if their words were still on the way. */
async function deafTo(context) {
  const late = { deaf: false, kept: [], hear: () => {} };
  await context.routeWebSocket(/\/floor$/, (near) => {
    const far = near.connectToServer();
    late.hear = () => { for (const frame of late.kept.splice(0)) near.send(frame); };
    far.onMessage((frame) => (late.deaf && JSON.parse(frame).ref === undefined ? late.kept.push(frame) : near.send(frame)));
  });
  return late;
}

export async function togetherSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url));
  const [li, ana] = [['Li Wei', 'S12', 'supervisor'], ['Ana Reis', 'S13', 'supervisor']].map((who) => daemon.letIn(...who));
  const open = {};
  let late;
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  try {
    await daemon.start();

    await step('what was said without a link is looked at again before it counts: somebody else had a word since', async () => {
      open.li = await Console.open(browser, daemon.url, { token: li.token });
      open.ana = await Console.open(browser, daemon.url, { token: null, kind: 'phone' });
      late = await deafTo(open.ana.context);
      await open.ana.page.reload();
      await open.ana.enter(ana.token);
      await open.li.linked();
      phones.tell({ waiting: 12, longest_wait_s: 41 });
      await open.li.arrival(1);
      // Whatever is told while a finger is down, the tap is theirs.
      await open.li.press('1-cannot');
      await open.li.context.setOffline(true);
      await open.li.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      await open.li.lift();
      await open.li.tap('1-on_break');
      await open.li.card(1).locator('.sending', { hasText: 'when the connection is back' }).waitFor();
      await open.ana.tap('1-all');
      await open.ana.gone(1);
      await open.li.context.setOffline(false);
      await open.li.card(1).locator('.again', { hasText: 'Ana Reis' }).waitFor();
      assert.deepEqual(await open.li.violations(), []);
      await open.li.tap('1-drop');
      await open.li.page.locator('.step[data-look="on"]', { hasText: 'E01 E02 E03 E04' }).waitFor();
    });

    await step('a word against another\'s that is still on its way asks for a second yes, and counts with it', async () => {
      await open.ana.arrival(2);
      late.deaf = true;
      await open.li.tap('2-done');
      await open.li.card(2).locator('.form-title', { hasText: 'How many have moved?' }).waitFor();
      await open.li.tap('2-send');
      await open.li.gone(2);
      await open.ana.tap('2-cannot');
      await open.ana.tap('2-no_seat');
      await open.ana.card(2).locator('.again', { hasText: 'Li Wei' }).waitFor();
      late.deaf = false;
      late.hear();
      await open.ana.card(2).locator('.again', { hasText: 'Li Wei' }).waitFor();
      assert.deepEqual(await open.ana.violations(), []);
      assert.equal(await open.li.page.locator('.entry', { hasText: 'Ana Reis (S13) cannot' }).count(), 0, 'it has not counted yet');
      await open.ana.tap('2-insist');
      await open.li.entry('Ana Reis (S13) cannot');
      await open.li.page.locator('.step[data-look="passed_over"]', { hasText: 'Outbound' }).waitFor();
    });

    await step('whose word was overruled is told by whom and what, also after the page was opened anew, until they have read it', async () => {
      const told = open.li.page.locator('.overruled', { hasText: /Sign in 3 · Outbound for Hotline.*You had said at .*: Done with 3\..*Ana Reis said at .*: Cannot\. No free seat/s });
      await told.waitFor();
      assert.equal(await open.ana.page.locator('.overruled section').count(), 0, 'nobody is told of their own word');
      assert.deepEqual(await open.li.violations(), []);
      await open.li.page.screenshot({ path: join(output, 'overruled.png') });
      await open.li.page.reload();
      await open.li.linked();
      await told.waitFor();
      await open.li.tap('overruled-read');
      await told.waitFor({ state: 'detached' });
      await open.li.page.reload();
      await open.li.linked();
      await open.li.entry('Ana Reis (S13) cannot');
      assert.equal(await told.count(), 0, 'it has been read');
    });

    await step('done without a link, while somebody else says that it cannot be: asked again, and nothing is overruled unasked', async () => {
      await open.ana.arrival(3);
      await open.ana.context.setOffline(true);
      await open.ana.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      await open.ana.tap('3-all');
      await open.ana.card(3).locator('.sending', { hasText: 'when the connection is back' }).waitFor();
      await open.ana.card(3).locator('.grace', { hasText: 'Done with 3' }).waitFor();
      assert.deepEqual(await open.ana.smallTargets(), []);
      await open.ana.tap('3-undo');
      await open.ana.card(3).locator('.sending').waitFor({ state: 'detached' });
      await open.ana.tap('3-all');
      await open.ana.card(3).locator('.sending', { hasText: 'when the connection is back' }).waitFor();
      await open.li.tap('3-cannot');
      await open.li.tap('3-nobody_free');
      await open.li.gone(3);
      await open.ana.context.setOffline(false);
      await open.ana.card(3).locator('.again', { hasText: 'Li Wei' }).waitFor();
      await open.ana.tap('3-drop');
      await open.ana.gone(3);
      assert.equal(await open.li.page.locator('.entry', { hasText: 'Ana Reis (S13) done' }).filter({ hasText: 'Quality' }).count(), 0, 'it has not counted');
    });

    await step('somebody left, and nobody is ticked: it says what is missing; Escape takes back first, then closes, and sends nothing', async () => {
      const { page } = open.li;
      const dialog = page.locator('dialog.drawer[open]');
      await open.li.tap('left-1');
      await open.li.tap('1-unwell');
      await dialog.locator('[role=alert]', { hasText: 'Tick who' }).waitFor();
      await page.locator('[data-k="1-who-E04"]').check();
      await open.li.tap('1-unwell');
      await dialog.locator('.grace').waitFor();
      await page.keyboard.press('Escape');
      await dialog.locator('.grace').waitFor({ state: 'detached' });
      assert.ok(await dialog.isVisible(), 'what waited is taken back first');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await page.locator('.entry', { hasText: 'left' }).count(), 0);
      for (const it of Object.values(open)) assert.deepEqual(it.faults, []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
