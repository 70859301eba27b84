// One card for every key and tap, and what was said can be taken back wherever its card stands by then. What ends a card under somebody's
// hand is said as it was: what agrees with them closes quietly, what contradicts asks.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

/** Nothing is called but by hand, nothing goes up, nobody is sent back. */
const byHand = (text) => text.replace('respond_within = "6s"', 'respond_within = "10m"').replaceAll(/waiting_above = \d+/g, 'waiting_above = 500').replace('waiting_at_most = 5, for = "2s"', 'waiting_at_most = 0, for = "60m"');
/** Past the moment in which an answer can be taken back. */
const GRACE_MS = 5_500;

export async function handsSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(byHand(plan(phones.url, { many: 3 })));
  const [li, ana, chen] = [['Li Wei', 'S12', 'supervisor'], ['Ana Reis', 'S13', 'supervisor'], ['Chen Jie', 'L01', 'shift_leader']].map((who) => daemon.letIn(...who));
  const open = {};
  const api = async (who, path, body) => {
    const reply = await fetch(`${daemon.url}api/v1/${path}`, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    assert.equal(reply.status, 200, path);
    return reply.json();
  };
  const asked = async () => (await api(chen, 'instructions')).instructions;
  /** Chen calls a step by hand; its card is on Li's page. */
  const call = async (tier, queue = 'inbound') => {
    await api(chen, `queues/${queue}/call`, { tier });
    const id = Math.max(...(await asked()).map((it) => it.id));
    await open.li.arrival(id);
    return id;
  };
  const decline = async (...ids) => {
    for (const id of ids) await api(chen, `instructions/${id}/decline`, { reason: 'Over', sure: true });
    for (const id of ids) await open.li.card(id).waitFor({ state: 'detached' });
  };
  const taken = async () => (await asked()).filter((it) => it.seen_by).map((it) => [it.id, it.eta_s]);
  /** How many answers the duty log has. */
  const answers = () => daemon.log('show').split('\n').filter((line) => /answered by/.test(line)).length;
  const passes = (ms) => new Promise((next) => setTimeout(next, ms));
  const on = (...people) => ({ agents: ['B1', ...people].map((person) => ({ person, state: 'busy' })) });
  for (const queue of ['inbound', 'q01', 'q02', 'q03']) phones.tell({ waiting: 9, longest_wait_s: 60, signed_in: 8 }, queue);
  try {
    await daemon.start();
    open.li = await Console.open(browser, daemon.url, { token: li.token });
    open.ana = await Console.open(browser, daemon.url, { token: ana.token, kind: 'phone', locale: 'zh-CN', theme: 'light' });
    for (const it of Object.values(open)) await it.linked();
    const { keyboard } = open.li.page;

    await step('a key that is held down answers one card, once; another key a moment later corrects that very card', async () => {
      const ids = [await call('outbound'), await call('quality'), await call('back_office')];
      await passes(1_600);
      await keyboard.down('2');
      for (let i = 0; i < 12; i += 1) {
        await keyboard.down('2');
        await passes(33);
      }
      await keyboard.up('2');
      await open.li.card(ids[0]).getByText(/Li Wei has it, there by/).waitFor();
      await passes(500);
      assert.deepEqual(await taken(), [[ids[0], 120]]);
      assert.equal(answers(), 1);
      await open.li.page.locator(`.card[data-id="${ids[0]}"][data-hand]:not([data-small])`).waitFor();
      await keyboard.press('3');
      await open.ana.card(ids[0]).first().waitFor();
      for (const until = Date.now() + 5_000; (await taken())[0][1] !== 300 && Date.now() < until;) await passes(50);
      assert.deepEqual(await taken(), [[ids[0], 300]]);
      assert.deepEqual(await open.li.violations(), []);
      await open.li.page.screenshot({ path: join(output, 'hands-held.png') });
      // After a while the hand is free for what comes first.
      await open.li.page.locator(`.card[data-id="${ids[1]}"][data-hand]:not([data-small])`).waitFor();
      await decline(...ids);
    });

    await step('in a form that a key has opened letters are its text, and answer nothing', async () => {
      const id = await call('outbound');
      await passes(1_600);
      await keyboard.press('c');
      await keyboard.type('Nobody', { delay: 20 });
      const line = open.li.page.locator(`[data-k="${id}-reason"]`);
      assert.equal(await line.inputValue(), 'Nobody');
      // Neither do they where the caret has left its line.
      await line.blur();
      await keyboard.type('d1c');
      assert.deepEqual([await line.inputValue(), await open.li.page.locator('.grace, .sending').count(), await taken()], ['Nobody', 0, []]);
      await keyboard.press('Escape');
      await line.waitFor({ state: 'detached' });
      await decline(id);
    });

    await step('what was said by a key is taken back by U, though another card stands first by then', async () => {
      const meant = await call('outbound');
      await passes(1_600);
      await keyboard.press('d');
      await open.li.card(meant).locator('.grace').waitFor();
      const newer = await call('quality', 'q03');
      await keyboard.press('u');
      await open.li.card(meant).locator('.grace').waitFor({ state: 'detached' });
      await passes(GRACE_MS);
      assert.equal((await asked()).length, 2, 'nothing has gone out');
      // What was taken back is corrected by the next key.
      await keyboard.press('c');
      await open.li.card(meant).locator('.form').waitFor();
      await keyboard.press('Escape');
      await decline(meant, newer);
    });

    await step('a key is for the card that stood first as far as anybody can have seen', async () => {
      const meant = await call('outbound');
      await passes(1_600);
      const newer = await call('quality', 'q03');
      await keyboard.press('2');
      await open.li.card(meant).getByText(/Li Wei has it/).waitFor();
      assert.deepEqual(await taken(), [[meant, 120]]);
      await decline(meant, newer);
    });

    await step('one answer for several cards waits its five seconds as one: it shows, one Undo takes all of it back, and so does U', async () => {
      const ids = [await call('outbound'), await call('outbound', 'q01'), await call('outbound', 'q02')];
      const before = answers();
      const key = 'sign_in-outbound';
      for (const it of [open.ana, open.li]) await it.page.locator(`[data-k="${key}-all"]`).waitFor();
      await open.ana.tap(`${key}-all`);
      await open.ana.page.locator('.group .grace', { hasText: /完成，\d+ 人/ }).waitFor();
      assert.equal(await open.ana.page.locator('.undo').count(), 1, 'one for all of it');
      assert.equal(await open.ana.page.locator(`[data-k="${key}-all"]`).count(), 0, 'it cannot be said twice');
      assert.deepEqual(await open.ana.violations(), []);
      assert.deepEqual(await open.ana.smallTargets(), []);
      await open.ana.page.screenshot({ path: join(output, 'hands-several-phone-zh-CN.png') });
      await open.ana.tap(`${key}-undo`);
      await open.ana.page.locator(`[data-k="${key}-all"]`).waitFor();
      await open.li.tap(`${key}-all`);
      await open.li.page.locator('.group .grace', { hasText: /Done with \d+/ }).waitFor();
      await open.li.page.screenshot({ path: join(output, 'hands-several.png') });
      await keyboard.press('u');
      await open.li.page.locator(`[data-k="${key}-all"]`).waitFor();
      await passes(GRACE_MS);
      assert.equal(answers(), before, 'nothing has gone out');
      // What was said of one by itself is not said over.
      await open.li.tap(`${ids[0]}-open`);
      await open.li.tap(`${ids[0]}-cannot`);
      await open.li.tap(`${ids[0]}-on_break`);
      await open.li.tap(`${key}-all`);
      await open.li.card(ids[0]).locator('.grace', { hasText: 'Cannot' }).waitFor();
      for (const id of ids) await open.li.gone(id);
      await open.li.entry('Li Wei (S12) cannot');
      assert.equal(answers(), before + 3);
      for (const id of ids) await open.li.card(id).waitFor({ state: 'detached' });
    });

    await step('released under somebody\'s five seconds: the card says that they were sent back, and by whom; nothing is offered that would be refused', async () => {
      const id = await call('quality');
      await open.li.tap(`${id}-take-300`);
      await open.ana.page.locator(`.card[data-id="${id}"][data-state="taken"]`).waitFor();
      await open.ana.tap(`${id}-all`);
      await open.li.tap(`${id}-all`);
      await api(chen, 'queues/inbound/release', { instruction: id });
      for (const [it, why] of [[open.li, /Sign in \d · Quality for Hotline.*Sent back at \d\d:\d\d:\d\d: Ordered by Chen Jie\..*Yours has not counted: Done with/s], [open.ana, /已于 \d\d:\d\d:\d\d 请其返回：由 Chen Jie 下达。/]]) {
        await it.card(id).locator('.again').waitFor();
        assert.match(await it.card(id).textContent(), why);
        assert.deepEqual(await it.card(id).locator('button').evaluateAll((all) => all.map((button) => button.dataset.k)), [`${id}-drop`]);
        assert.deepEqual(await it.violations(), []);
      }
      await open.li.page.screenshot({ path: join(output, 'hands-released.png') });
      await open.ana.page.screenshot({ path: join(output, 'hands-released-phone-zh-CN.png') });
      for (const it of [open.li, open.ana]) await it.tap(`${id}-drop`);
      const back = (await asked()).find((it) => it.of === id).id;
      await api(li, `instructions/${back}/done`, {});
    });

    await step('called off under somebody\'s five seconds: that is said; who has come all the same is put back, and "cannot" is no dispute', async () => {
      const id = await call('back_office');
      await open.ana.arrival(id);
      await open.li.tap(`${id}-all`);
      await open.ana.tap(`${id}-cannot`);
      await open.ana.tap(`${id}-on_break`);
      await api(chen, 'queues/inbound/release', { instruction: id });
      await open.li.card(id).locator('.again', { hasText: /Called off at .*: Ordered by Chen Jie/ }).waitFor();
      await open.ana.card(id).locator('.card-met', { hasText: '您的回应无需再发送：无法做到' }).waitFor();
      assert.equal(await open.ana.page.locator('.cards .again').count(), 0);
      await open.li.page.screenshot({ path: join(output, 'hands-called-off.png') });
      await open.li.tap(`${id}-insist`);
      await open.li.entry(/Li Wei \(S12\): done with \d · .*Back office/);
      await open.li.page.locator('.step[data-look="on"]', { hasText: 'Back office' }).waitFor();
      for (const it of (await asked()).map((one) => one.id)) await api(li, `instructions/${it}/done`, { sure: true });
    });

    await step('what the phones show, a colleague says alike, or one has said on another page closes quietly, and is not written twice', async () => {
      phones.tell(on(), 'q01');
      const id = await call('expert', 'q01');
      const before = answers();
      await open.ana.arrival(id);
      await open.li.tap(`${id}-all`);
      await open.ana.tap(`${id}-all`);
      phones.tell({ ...on('E01', 'E02', 'E03', 'E04'), signed_in: 12 }, 'q01');
      await open.li.card(id).getByText('The phones show it: Experts').waitFor();
      await open.li.card(id).locator('.card-met', { hasText: 'Yours need not be sent any more: Done with 4.' }).waitFor();
      await open.li.page.screenshot({ path: join(output, 'hands-shown.png') });
      await open.ana.card(id).getByText('电话系统已确认').waitFor();
      await open.ana.page.screenshot({ path: join(output, 'hands-shown-phone-zh-CN.png') });
      for (const it of [open.li, open.ana]) {
        assert.equal(await it.page.locator('.cards .again').count(), 0);
        await it.card(id).waitFor({ state: 'detached' });
      }
      assert.equal(answers(), before);
      // Li's own phone, and Ana.
      const next = await call('outbound', 'q03');
      open.own = await Console.open(browser, daemon.url, { token: li.token, kind: 'phone' });
      await open.own.arrival(next);
      await open.ana.arrival(next);
      await open.li.tap(`${next}-all`);
      await passes(400);
      await open.own.tap(`${next}-all`);
      await passes(400);
      await open.ana.tap(`${next}-all`);
      for (const it of [open.own, open.ana]) await it.card(next).locator('.card-met').waitFor();
      assert.match(await open.own.card(next).textContent(), /Li Wei \(S12\): done with \d · Outbound/);
      for (const it of [open.own, open.ana]) {
        assert.equal(await it.page.locator('.cards .again').count(), 0);
        await it.card(next).waitFor({ state: 'detached' });
      }
      assert.equal(answers(), before + 1);
    });

    await step('what contradicts is asked about, by name, also where it is one\'s own word on another page', async () => {
      const id = await call('quality', 'q02');
      for (const it of [open.own, open.ana]) await it.arrival(id);
      await open.li.tap(`${id}-all`);
      await passes(300);
      await open.own.tap(`${id}-done`);
      await open.own.tap(`${id}-less`);
      await open.own.tap(`${id}-send`);
      await open.ana.tap(`${id}-cannot`);
      await open.ana.tap(`${id}-no_seat`);
      await open.own.card(id).locator('.again', { hasText: /You said on another page at .*: Done with \d\..*Yours has not counted: Done with \d/s }).waitFor();
      await open.ana.card(id).locator('.again', { hasText: /Li Wei 已于 .* 回应：完成/ }).waitFor();
      assert.equal(await open.ana.page.locator(`[data-k="${id}-insist"]`).count(), 1);
      await open.own.page.screenshot({ path: join(output, 'hands-own.png') });
      for (const it of [open.own, open.ana]) await it.tap(`${id}-drop`);
      for (const it of Object.values(open)) assert.deepEqual(it.faults, []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
