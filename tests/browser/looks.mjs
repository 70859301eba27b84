// What strangers tripped over: the wall of two queues, the sheet on a phone, an address without a token, the demo that one plays.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, demo, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';

const LOCALES = ['en-GB', 'zh-CN', 'zh-TW'];
/** The smallest letters that are read at three metres on a wall of 1366x768. */
const LEAST_PX = 15;

/** Words of the steps that cannot be read: cut by their step, on a wall beyond the window, or too small. */
export function unread([least, wall]) {
  const [low, wide] = [wall ? innerHeight : Infinity, innerWidth];
  const cut = (tread) => {
    const box = tread.getBoundingClientRect();
    const texts = document.createTreeWalker(tread, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
      const { currentNode: text } = texts;
      const range = document.createRange();
      range.selectNodeContents(text);
      const parts = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
      const size = parseFloat(getComputedStyle(text.parentElement).fontSize);
      const outside = parts.some((it) => it.bottom > Math.min(box.bottom, low) + 1 || it.right > Math.min(box.right, wide) + 1 || it.top < box.top - 1 || it.left < box.left - 1);
      if (parts.length > 0 && text.data.trim() && (outside || size < least)) found.push(`${text.data} (${size} px${outside ? ', cut' : ''})`);
    }
    return found;
  };
  return [...document.querySelectorAll('.tread')].flatMap(cut);
}

/** `surged demo --play`: nobody answers for whoever plays, and nothing happens meanwhile. */
export async function playSteps(step, browser) {
  const floor = await demo(60, '127.0.0.1:0', '--play');
  let it;
  const clock = () => it.page.locator('.clock').textContent();
  const stands = () => it.banner('note', 'time stands still until you have answered').waitFor();
  try {
    await step('at play a card waits for as long as somebody reads: time stands still, and nobody else is here', async () => {
      it = await Console.open(browser, floor.url);
      await it.linked();
      await it.card(1).waitFor();
      await stands();
      await it.page.locator('.listening', { hasText: /^Here: Local user$/ }).waitFor();
      const chinese = await Console.open(browser, floor.url, { locale: 'zh-CN', kind: 'phone' });
      await chinese.linked();
      await chinese.page.locator('.listening', { hasText: /^在线：本机用户$/ }).waitFor();
      // What was on its way when time stood still has come by now.
      const [at, depth] = [await clock(), await it.depth()];
      await chinese.page.screenshot({ path: join(output, 'play-phone-zh-CN.png') });
      await chinese.close();
      assert.deepEqual([await clock(), await it.depth(), await it.page.locator('.card').count()], [at, depth, 1]);
    });

    await step('who takes it has the time that they promised; then it is waited for again, and "now" is no broken word', async () => {
      await it.tap('1-take-120');
      await it.banner('note', 'time runs 60 times faster').waitFor();
      await stands();
      assert.match(await it.card(1).textContent(), /Local user has it, there by/);
      await it.tap('1-take');
      await it.tap('1-take-0');
      await it.card(1).getByText('Local user has it, going now').waitFor();
      await stands();
      assert.equal(await it.card(1).locator('[data-late]').count(), 0);
      await it.page.screenshot({ path: join(output, 'play.png') });
    });

    await step('nothing is put down to a call before somebody has come; the play goes on with the next card', async () => {
      await it.tap('1-all');
      await it.gone(1);
      await it.card(2).waitFor();
      await stands();
      await it.page.locator('.effect', { hasText: /Experts \d\d:\d\d, 4 came: \d+ to \d+ in \d+ min|4 came: \d+, and as many/ }).waitFor();
      assert.deepEqual(it.faults, []);
    });
  } finally {
    await it?.close();
    floor.stop();
  }
}

export async function lookSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url, { cards: true }));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const chen = daemon.letIn('Chen Jie', 'L01', 'shift_leader');
  const open = {};
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46 });
  phones.tell({ waiting: 2, longest_wait_s: 12, signed_in: 20 }, 'cards');
  try {
    await daemon.start();

    await step('Escape closes the form of a card, from within and from anywhere', async () => {
      open.li = await Console.open(browser, daemon.url, { token: li.token });
      await open.li.linked();
      phones.tell({ waiting: 18, longest_wait_s: 95 });
      await open.li.card(1).waitFor();
      const form = open.li.page.locator('.card[data-id="1"] form');
      await open.li.tap('1-cannot');
      await form.locator('[data-k="1-reason"]').fill('half a word');
      await open.li.page.keyboard.press('Escape');
      await form.waitFor({ state: 'detached' });
      await open.li.tap('1-done');
      await form.waitFor();
      await open.li.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
      await open.li.page.keyboard.press('Escape');
      await form.waitFor({ state: 'detached' });
      assert.ok(await open.li.card(1).isVisible(), 'nothing was said by it');
    });

    await step('two queues on a small wall: every word of every step is whole and large enough', async () => {
      await open.li.tap('1-take-600');
      phones.tell({ waiting: 14, longest_wait_s: 80 }, 'cards');
      await open.li.page.locator('.queue[data-queue="cards"] .step[data-look="asked"]').first().waitFor();
      for (const [kind, locales] of [['wall_small', LOCALES], ['wall', ['en-GB']]]) {
        for (const locale of locales) {
          const it = await Console.open(browser, daemon.url, { kind, locale, token: chen.token });
          await it.linked();
          await it.page.locator('.queue').nth(1).waitFor();
          await it.page.evaluate(() => document.fonts.ready);
          await it.page.screenshot({ path: join(output, `two-${kind}-${locale}.png`) });
          assert.deepEqual(await it.page.evaluate(unread, [LEAST_PX, true]), [], `${kind}, ${locale}`);
          assert.ok(await it.overhang() <= 0, `${kind} in ${locale} must be scrolled sideways`);
          await it.close();
        }
      }
    });

    await step('the sheet fits on a phone in three languages', async () => {
      for (const language of ['en', 'zh-Hans', 'zh-Hant']) {
        const it = await Console.open(browser, daemon.url, { kind: 'phone', token: li.token });
        await it.linked();
        const sheet = await it.page.evaluate(async ([path, token]) => (await fetch(path, { headers: { authorization: `Bearer ${token}` } })).text(), [`paper?language=${language}`, li.token]);
        await it.page.setContent(sheet);
        await it.page.screenshot({ path: join(output, `paper-phone-${language}.png`), fullPage: true });
        const broken = await it.page.evaluate(() => [...document.querySelectorAll('td:first-child')].filter((cell) => {
          const words = document.createRange();
          words.selectNodeContents(cell);
          return !/\s/.test(cell.textContent) && words.getClientRects().length > 1;
        }).map((cell) => cell.textContent));
        assert.deepEqual(broken, [], `${language}: what a row is about is one word, and broken`);
        assert.ok(await it.overhang() <= 0, `${language}: ${await it.page.evaluate(() => document.documentElement.scrollWidth)} px wide`);
        await it.close();
      }
    });

    await step('an address that is opened without a token says what to do', async () => {
      for (const [path, locale, words] of [['report', 'en-GB', 'Sign in first'], ['paper', 'zh-CN', '请先登录']]) {
        const it = await Console.open(browser, daemon.url, { kind: 'phone', locale });
        await it.page.goto(`${daemon.url}${path}`);
        await it.page.locator('h1', { hasText: words }).waitFor();
        assert.ok(await it.overhang() <= 0);
        assert.deepEqual(await it.violations(), [], path);
        await it.page.screenshot({ path: join(output, `locked-${path}.png`) });
        await it.page.locator('a').click();
        await it.page.locator('dialog.token').waitFor();
        await it.close();
      }
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
  await playSteps(step, browser);
}
