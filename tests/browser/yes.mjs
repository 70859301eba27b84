// Two leaders and one yes: who has lost the network, or is still in the moment in which a tap can be taken back, is told of the other's word
// before their own counts.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

export async function yesSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url, { mode: 'approve' }));
  const [chen, guo] = [['Chen Jie', 'L01', 'shift_leader'], ['Guo Min', 'L02', 'shift_leader']].map((who) => daemon.letIn(...who));
  const open = {};
  const over = (who, key) => open[who].page.locator(`.card[data-approval="${key}"][data-state="gone"]`);
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  try {
    await daemon.start();

    await step('a yes without a link, while another leader says no: asked about, and not sent', async () => {
      open.chen = await Console.open(browser, daemon.url, { token: chen.token });
      open.guo = await Console.open(browser, daemon.url, { token: guo.token, kind: 'phone' });
      await open.chen.linked();
      phones.tell({ waiting: 12, longest_wait_s: 41 });
      for (const it of Object.values(open)) await it.approval('inbound-expert', 'approval').waitFor();
      await open.guo.context.setOffline(true);
      await open.guo.page.locator('body[data-stale]').waitFor({ state: 'attached' });
      await open.guo.tap('yes-inbound-expert-yes');
      await open.guo.approval('inbound-expert', 'approval').locator('.sending', { hasText: 'when the connection is back' }).waitFor();
      await open.chen.tap('yes-inbound-expert-no');
      await open.chen.tap('yes-inbound-expert-enough_coming');
      await open.chen.approval('inbound-expert', 'approval').waitFor({ state: 'detached' });
      await open.guo.context.setOffline(false);
      await over('guo', 'inbound-expert').locator('.again', { hasText: /Chen Jie said at .*: no\..*has not counted: Yes/s }).waitFor();
      assert.deepEqual(await open.guo.violations(), []);
      assert.deepEqual(await open.guo.smallTargets(), []);
      await open.guo.page.screenshot({ path: join(output, 'yes-overtaken-phone.png') });
      assert.equal(await open.guo.page.locator('[data-k="yes-inbound-expert-insist"]').count(), 0, 'nothing waits for it any more');
      await open.guo.tap('yes-inbound-expert-drop');
      await over('guo', 'inbound-expert').waitFor({ state: 'detached' });
      assert.equal(await open.chen.page.locator('.entry', { hasText: 'Guo Min says yes' }).count(), 0, 'it was not sent');
    });

    await step('a no within its moment of grace, while another leader says yes: held back, and told', async () => {
      for (const it of Object.values(open)) await it.approval('inbound-outbound', 'approval').waitFor();
      await open.guo.tap('yes-inbound-outbound-yes');
      await open.chen.tap('yes-inbound-outbound-no');
      await open.chen.tap('yes-inbound-outbound-eases');
      await open.chen.page.locator('.card[data-approval="inbound-outbound"] .again', { hasText: /Guo Min said at .*: yes\./ }).waitFor();
      await open.chen.tap('yes-inbound-outbound-drop');
      await open.chen.arrival(1);
      await open.chen.page.locator('.card[data-approval="inbound-outbound"]').waitFor({ state: 'detached' });
      for (const it of Object.values(open)) assert.deepEqual(it.faults, []);
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
