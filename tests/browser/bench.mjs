// The operator's bench: a recorded day, a threshold that is moved, what it comes to, and the plan's file that it gives.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output, root } from './floor.mjs';
import { Console } from './pages.mjs';

const LOOKS = [['desk', 'dark'], ['phone', 'light']];
const LOCALES = ['en-GB', 'zh-CN', 'zh-TW'];
const FOR = JSON.stringify(['ladder', 'day', 'tier', 0, 'when', 'for']);
const MIN = JSON.stringify(['ladder', 'day', 'tier', 1, 'seats', 'min']);

/** The plan as it is shipped, over a phone system of ours. */
export function shipped(feed) {
  return readFileSync(join(root, 'config', 'surged.toml'), 'utf8')
    .replace(/^kind = "asterisk-ami"[^]*?(?=^stale_after)/m, `kind = "json"\nurl = "${feed}"\n`)
    .replace('listen = "127.0.0.1:8470"', 'listen = "127.0.0.1:0"');
}

/** Each piece takes the place of the line that its comment names. */
function pasted(plan, copied) {
  const lines = plan.split('\n');
  for (const piece of copied.trim().split('\n\n')) {
    const [, line, key] = /^# line (\d+),.*\n([^]*)$/.exec(piece);
    lines[line - 1] = key;
  }
  return lines.join('\n');
}

export async function benchSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const plan = shipped(phones.url);
  const daemon = new Daemon(plan);
  const operator = daemon.letIn('Wu Min', 'O01', 'operator');
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const open = [];
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 8 });
  const bench = async (options) => {
    const it = await Console.open(browser, daemon.url, options);
    open.push(it);
    await it.page.goto(`${daemon.url}bench`);
    return it;
  };
  /** Waits until the newest change has come to something. */
  const settled = (it) => it.page.waitForFunction(() => document.querySelector('.outcome-of-day:not([data-working]) .measures'));
  const field = (it, key) => it.page.locator(`.threshold input[type=text][data-k='text ${key}']`);
  const type = async (it, key, text) => {
    await field(it, key).fill(text);
    await field(it, key).press('Tab');
  };
  let desk;
  try {
    await daemon.start();

    await step('the bench is for operators: a supervisor is told so, who has no token is at the door', async () => {
      const other = await bench({ token: li.token });
      await other.page.locator('.gist', { hasText: 'for operators, shift leaders and managers' }).waitFor();
      desk = await bench({});
      await desk.page.locator('dialog.token input[type=password]').fill(operator.token);
      await desk.page.locator('dialog.token button[type=submit]').click();
      await settled(desk);
      assert.match(await desk.page.locator('.gist').textContent(), /Nothing is changed.*2 November 2026 08:55.*taken to be done 1:00 later/s);
      assert.equal(await desk.page.locator('.bar-written').count() > 2, true);
      assert.equal(await desk.page.locator('.bar-changed').count(), 0);
    });

    await step('a slider that is moved by the keyboard changes decisions, sentences and the drawing', async () => {
      const slider = desk.page.locator(`.threshold input[type=range][data-k='slide ${FOR}']`);
      await slider.focus();
      // Eight steps of a quarter of a minute: five minutes become three.
      for (let i = 0; i < 8; i += 1) await desk.page.keyboard.press('ArrowLeft');
      await desk.page.locator('.differences li', { hasText: /^Experts called 2:00 earlier on 2 November/ }).first().waitFor();
      await settled(desk);
      assert.equal(await field(desk, FOR).inputValue(), '3m');
      assert.equal(await desk.page.locator('.bar-changed').count() > 2, true);
      assert.match(await desk.page.locator('.threshold[data-changed]').textContent(), /For.*written: 5m/);
      const row = desk.page.locator('.measures tr', { hasText: 'while nobody was called' });
      const [written, changed] = (await row.locator('td').allTextContents()).map(Number);
      assert.ok(changed < written, `fewer give up before anybody is called: ${changed} of ${written}`);
      const fact = desk.page.locator('.facts li[data-differs]', { hasText: 'gave up with nobody called' });
      assert.match(await fact.textContent(), new RegExp(`^${changed} .*was ${written}$`));
    });

    await step('what the plan would refuse is said at the field, in the words of its reader', async () => {
      await type(desk, MIN, '9');
      const said = desk.page.locator(`.threshold:has([data-k='text ${MIN}']) .flag`);
      await desk.page.waitForFunction((key) => document.querySelector(`[data-k='text ${key}']`)?.getAttribute('aria-invalid') === 'true', MIN);
      assert.match(await said.textContent(), /min/);
      await desk.page.locator('.gist', { hasText: /^Refused: / }).waitFor();
      assert.equal(await desk.page.locator('.outcome-of-day :is(figure, table, .facts li)').count(), 0, 'no result of a plan or a day before');
      await desk.page.locator('[data-k=answers]').selectOption('5m');
      await desk.page.locator('.outcome-of-day:not([data-working]) .gist', { hasText: /^Refused: / }).waitFor();
      assert.equal(await desk.page.locator('.outcome-of-day table').count(), 0);
      await desk.page.locator('[data-k=answers]').selectOption('60s');
      await desk.page.screenshot({ path: join(output, 'bench-refused.png') });
      await type(desk, MIN, '2');
      await desk.page.waitForFunction((key) => !document.querySelector(`[data-k='text ${key}']`)?.hasAttribute('aria-invalid'), MIN);
      await settled(desk);
    });

    await step('what is copied and pasted into the plan is the plan that runs', async () => {
      const copied = await desk.page.locator('.toml').inputValue();
      assert.match(copied, /^# line \d+, \[\[ladder\.day\.tier\]\] of "expert"\nwhen = \{ waiting_above = 5, for = "3m" \} {4}# was /);
      await desk.tap('copy');
      await desk.page.locator('[data-k="copy"]', { hasText: 'Copied' }).waitFor();
      daemon.replan(pasted(plan, copied));
      for (const until = Date.now() + 20_000; ;) {
        await desk.page.reload();
        await settled(desk);
        if ((await field(desk, FOR).inputValue()) === '3m') break;
        assert.ok(Date.now() < until, 'the daemon runs the plan that was pasted');
      }
      assert.match(await desk.page.locator('.gist').textContent(), /Nothing is changed/);
      daemon.replan(plan);
      assert.deepEqual(desk.faults.filter((it) => !/401|422/.test(it)), []);
    });

    for (const locale of LOCALES) {
      await step(`the bench in ${locale}, at the desk and on a phone: nothing sideways, nothing too small, nothing against axe`, async () => {
        for (const [kind, theme] of LOOKS) {
          const it = await bench({ kind, theme, locale, token: operator.token });
          await settled(it);
          const now = await field(it, FOR).inputValue();
          await type(it, FOR, now === '3m' ? '4m' : '3m');
          await it.page.locator('.differences li').first().waitFor();
          await settled(it);
          await it.page.screenshot({ path: join(output, `bench-${kind}-${locale}.png`) });
          assert.ok(await it.overhang() <= 0, `${kind} ${locale} must be scrolled sideways`);
          assert.deepEqual(await it.violations(), [], `${kind} ${locale}`);
          assert.deepEqual(await it.smallTargets(), [], `${kind} ${locale}`);
          const shown = await it.page.locator('body').innerText();
          assert.doesNotMatch(shown, /bench\.|replay\.|\{ ?\$/, 'a text that has no words');
          assert.deepEqual(it.faults, []);
          if (kind === 'phone') await it.page.locator('.rest').screenshot({ path: join(output, `bench-${kind}-outcome-${locale}.png`) });
          await it.close();
        }
      });
    }

    await step('the console leads to it', async () => {
      const it = await Console.open(browser, daemon.url, { token: operator.token });
      open.push(it);
      await it.linked();
      await it.tap('gear');
      const [page] = await Promise.all([it.context.waitForEvent('page'), it.tap('bench')]);
      await page.locator('.measures').waitFor();
    });
  } finally {
    await Promise.all(open.map((it) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
