// The shipped plan, all six steps of it, on one queue: on every wall and page its steps are whole, and on a wall large enough.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { shipped } from './bench.mjs';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { unread } from './looks.mjs';
import { Console } from './pages.mjs';

const LOCALES = ['en-GB', 'zh-CN', 'zh-TW'];
const KINDS = ['wall_small', 'wall', 'desk', 'laptop', 'tablet', 'phone'];
/** The smallest letters of the steps that are read at three metres on a small wall; at a desk any that can be read. */
const LEAST_PX = { wall_small: 17, wall: 19 };

/** Every step is called within seconds, whatever the time of day; people go back after minutes as ever. */
const quick = (plan) => plan.slice(0, plan.indexOf('[[calendar]]')).replace(/(?<=waiting_above = \d+, for = )"5m"/g, '"1s"');

export async function sixSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(quick(shipped(phones.url)));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const ask = async (path, body) => {
    const reply = await fetch(`${daemon.url}api/v1/${path}`, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${li.token}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    assert.ok(reply.ok, `${path}: ${reply.status}`);
    return reply.json();
  };
  const say = (id, verb, body = {}) => ask(`instructions/${id}/${verb}`, body);
  let desk;
  phones.tell({ waiting: 14, longest_wait_s: 205, signed_in: 46, answered: 100, answered_in_target: 61, abandoned: 22 });

  /** How it looks everywhere, with what is wrong with any of it; `locales`: in which languages beyond the small wall, which is looked at in all. */
  async function seen(moment, wanted, locales) {
    const wrong = [];
    for (const kind of KINDS) {
      for (const locale of kind === 'wall_small' ? LOCALES : locales) {
        const it = await Console.open(browser, daemon.url, { kind, locale, token: li.token });
        await it.linked();
        await it.page.locator(wanted).first().waitFor();
        await it.page.evaluate(() => document.fonts.ready);
        await it.page.evaluate(() => Promise.all(document.getAnimations().map((its) => its.finished.catch(() => {}))));
        await it.page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
        await it.page.screenshot({ path: join(output, `six-${moment}-${kind}-${locale}.png`) });
        const found = await it.page.evaluate(unread, [LEAST_PX[kind] ?? 0, kind.startsWith('wall')]);
        if (found.length > 0) wrong.push(`${kind}, ${locale}: ${found.join(' · ')}`);
        if (await it.overhang() > 0) wrong.push(`${kind}, ${locale}: must be scrolled sideways`);
        await it.close();
      }
    }
    assert.deepEqual(wrong, []);
  }

  try {
    await daemon.start();
    desk = await Console.open(browser, daemon.url, { token: li.token });

    await step('six steps: the first is asked, five are still to come', async () => {
      await desk.arrival(1);
      await seen('first', '.step[data-look="asked"]', ['zh-TW']);
    });

    await step('six steps: four have come, one on the way, the last asked', async () => {
      for (const id of [1, 2, 3, 4]) {
        await desk.arrival(id);
        await say(id, 'done');
      }
      await desk.arrival(5);
      await say(5, 'seen', { eta_s: 600 });
      phones.tell({ waiting: 31, longest_wait_s: 418 });
      await seen('fifth', '.step[data-look="coming"]', ['en-GB']);
      await say(5, 'done');
      await desk.arrival(6);
      await seen('last', '.step:nth-child(6)[data-look="asked"]', LOCALES);
    });

    await step('six steps: calm, and the way back is counted down to', async () => {
      await say(6, 'done');
      await desk.page.locator('.step:nth-child(6)[data-look="on"]').waitFor();
      phones.tell({ waiting: 2, longest_wait_s: 9 });
      await seen('back', '.step-release', ['zh-CN']);
      assert.deepEqual(desk.faults, []);
    });
  } finally {
    await desk?.close();
    phones.close();
    await daemon.stop();
  }
}
