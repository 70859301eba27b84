// Cards that stand open and press nobody: of people who were to go back and are called again, so that two opposite ones are open; and of a
// queue that is paused and calm.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

/** People are free soon after they were to go back, and an ask goes up later than they are called again. */
const soonFree = (text) => text.replace('settle_within = "10m"', 'settle_within = "2s"').replace('respond_within = "6s"', 'respond_within = "12s"');

/** Counts in the page how often it was heard that something goes up: no other figure has that tone. */
function noteUps() {
  globalThis.ups = 0;
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...at) {
    if (this.frequency.value === 1175) globalThis.ups += 1;
    return start.apply(this, at);
  };
}

export async function againSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(soonFree(plan(phones.url)));
  const [li, ana, chen] = [['Li Wei', 'S12', 'supervisor'], ['Ana Reis', 'S13', 'supervisor'], ['Chen Jie', 'L01', 'shift_leader']].map((who) => daemon.letIn(...who));
  const done = async (id) => {
    const reply = await fetch(`${daemon.url}api/v1/instructions/${id}/done`, { method: 'POST', headers: { authorization: `Bearer ${li.token}`, 'content-type': 'application/json' }, body: '{}' });
    assert.equal(reply.status, 200);
  };
  const open = {};
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  try {
    await daemon.start();

    await step('who is to go back and is called again meanwhile: the older card says so, stands behind the newer one, and rings nobody', async () => {
      open.li = await Console.open(browser, daemon.url, { token: li.token });
      open.ana = await Console.open(browser, daemon.url, { token: ana.token, kind: 'phone', locale: 'zh-CN', theme: 'light' });
      open.chen = await Console.open(browser, daemon.url, { token: chen.token, note: noteUps });
      open.wall = await Console.open(browser, daemon.url, { kind: 'wall_small', locale: 'zh-TW', token: chen.token });
      for (const it of Object.values(open)) await it.linked();
      await open.chen.tap('sound-on');
      phones.tell({ waiting: 8, longest_wait_s: 41 });
      await open.li.arrival(1);
      // They come at once, and it is calm before the next step is due.
      await done(1);
      phones.tell({ waiting: 1, longest_wait_s: 4, signed_in: 50 });
      await open.li.gone(1);
      await open.li.page.locator('.card[data-pull="back"]').waitFor();
      const back = await open.li.page.locator('.card[data-pull="back"]').getAttribute('data-id');
      phones.tell({ waiting: 8, longest_wait_s: 41 });
      const newer = String(Number(back) + 1);
      await open.li.arrival(newer);
      // Before it goes up itself.
      await open.li.tap(`${newer}-take-300`);
      await open.li.page.locator(`.card[data-id="${back}"][data-state="rests"][data-small]`, { hasText: /E01, E02, E03,? .*E04 asked for again since: Experts for Hotline, \d\d:\d\d\. Who has not gone stays\./ }).waitFor();
      await open.ana.card(back).getByText(/E04 此后又被请求：热线，机动专家组，\d\d:\d\d。尚未离开者留下。/).waitFor();
      await open.wall.card(back).getByText(/E04 此後又被請求：熱線，機動專家組，\d\d:\d\d。尚未離開者留下。/).waitFor();
      for (const it of Object.values(open)) {
        assert.deepEqual(await it.page.locator('#asks .cards:not(.to-decide) > .card:not([data-state="gone"])').evaluateAll((cards) => cards.map((card) => card.dataset.id)), [newer, back]);
      }
      assert.equal(await open.li.page.locator('#asks-title').textContent(), 'One thing to do');
      assert.match(await open.li.page.title(), /^\(1\) /);
      assert.deepEqual(await open.ana.smallTargets(), []);
      for (const it of [open.li, open.ana, open.wall]) assert.deepEqual(await it.violations(), []);
      await open.li.page.screenshot({ path: join(output, 'again.png') });
      await open.ana.page.screenshot({ path: join(output, 'again-phone-zh-CN.png') });
      await open.wall.page.screenshot({ path: join(output, 'again-wall-zh-TW.png') });
      // It goes up all the same, in the log; on the page nothing climbs and nothing sounds.
      await open.chen.page.locator('.entry', { hasText: 'Passed to the Shift leader: Sign out 4' }).waitFor();
      assert.equal(await open.chen.page.evaluate(() => globalThis.ups), 0);
      assert.equal(await open.li.page.locator(`.card[data-id="${back}"] :is(.fuse, .flag, .goes-up, .count)`).count(), 0);
    });

    await step('the older card is answered all the same: who has gone back, and no more', async () => {
      const back = await open.li.page.locator('.card[data-state="rests"]').getAttribute('data-id');
      const newer = String(Number(back) + 1);
      await done(newer);
      await open.li.gone(newer);
      await open.li.page.locator('.card[data-state="rests"]', { hasText: 'asked for again since' }).waitFor();
      await open.li.tap(`${back}-open`);
      assert.deepEqual(await open.li.card(back).locator('button').evaluateAll((all) => all.map((it) => it.dataset.k)), [`${back}-all`, `${back}-done`]);
      await open.li.card(back).locator('.rest-words', { hasText: 'Who has not gone stays.' }).waitFor();
      await open.li.page.screenshot({ path: join(output, 'again-in-hand.png') });
      // Who takes the shift over sees both, and which of them stands.
      await open.chen.tap('sign');
      await open.chen.page.locator(`.matter[data-key="instruction-${back}"]`, { hasText: 'asked for again since: Experts for Hotline' }).waitFor();
      assert.deepEqual(await open.chen.violations(), []);
      await open.chen.page.screenshot({ path: join(output, 'again-handover.png') });
      await open.chen.tap('handover-close');
      assert.deepEqual(await open.li.violations(), []);
      await open.li.tap(`${back}-all`);
      await open.ana.gone(back);
      await open.li.page.locator('.step[data-look="on"]', { hasText: 'E01 E02 E03 E04' }).waitFor();
    });

    await step('a pause keeps an ask open on a calm queue: nobody is told to act now, and it is not hidden; where many wait again it presses', async () => {
      const asked = await open.li.page.locator('.card', { hasText: 'Outbound' }).getAttribute('data-id');
      await open.li.page.locator('.queue[data-mood="ask"]').waitFor();
      await open.chen.tap('orders');
      await open.chen.tap('minutes-30');
      await open.chen.page.locator('dialog.drawer[open] input[type=text]').first().fill('Fire drill');
      await open.chen.tap('pause');
      await open.chen.tap('pause');
      await open.li.banner('warn', 'Fire drill').waitFor();
      await open.chen.page.keyboard.press('Escape');
      assert.equal(await open.li.page.locator('.queue[data-mood="ask"]').count(), 1, 'more wait than the plan allows');
      phones.tell({ waiting: 2, longest_wait_s: 8 });
      await open.li.page.locator('.queue[data-mood="paused"] .do-line', { hasText: 'Still open: Sign in 2 · Outbound' }).waitFor();
      await open.li.page.locator(`.card[data-id="${asked}"][data-state="rests"]`, { hasText: /Paused until \d\d:\d\d, and calm: nobody need come now/ }).waitFor();
      await open.li.page.locator('#asks-title', { hasText: /Held back: (1 ask|2 asks) still open/ }).waitFor();
      await open.ana.page.locator('#asks-title', { hasText: /已暂停：仍有 [12] 项请求未了结/ }).waitFor();
      assert.equal(await open.li.page.getByText('Act now').count(), 0);
      for (const it of Object.values(open)) assert.deepEqual(await it.violations(), []);
      await open.li.page.screenshot({ path: join(output, 'held.png') });
      await open.ana.page.screenshot({ path: join(output, 'held-phone-zh-CN.png'), fullPage: true });
      phones.tell({ waiting: 8, longest_wait_s: 41 });
      await open.li.page.locator('.queue[data-mood="ask"]').waitFor();
    });

    await step('under the chart stands that a call was declined, and by whom; the surge is as old as its first call', async () => {
      const asked = await open.li.page.locator('.card', { hasText: 'Outbound' }).getAttribute('data-id');
      await open.li.tap(`${asked}-cannot`);
      await open.li.tap(`${asked}-nobody_free`);
      await open.li.gone(asked);
      await open.chen.page.locator('.effect', { hasText: /Outbound \d\d:\d\d: declined by Li Wei/ }).waitFor();
      const { queues } = await (await fetch(`${daemon.url}api/v1/queues`, { headers: { authorization: `Bearer ${li.token}` } })).json();
      const since = new Date(queues[0].surge_since).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' });
      await open.li.page.locator('.facts', { hasText: `Surge since${since}` }).waitFor();
      for (const it of Object.values(open)) assert.deepEqual(it.faults, []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
