// The pictures of the README and the documents:  node screenshots.mjs [console phone wall handover bench]
//
// Desk, phone and wall from `surged demo` in the middle of a surge; a hand-over that one has signed; the operator's bench with a threshold
// that was moved. A picture is small enough as the browser writes it; where pngquant is installed it becomes smaller still.

import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shipped } from './bench.mjs';
import { Daemon, PhoneSystem, demo, root } from './floor.mjs';
import { Console, launch } from './pages.mjs';
import { plan } from './plan.mjs';

const SPEED = 10;
const SURGE_WITHIN_MS = 300_000;
const SURGING = { console: { kind: 'desk', theme: 'dark' }, phone: { kind: 'phone', theme: 'light' }, wall: { kind: 'wall', theme: 'dark' } };
const images = join(root, 'docs', 'images');
const asked = process.argv.slice(2);
const wanted = (name) => asked.length === 0 || asked.includes(name);

async function keep(name, { page }) {
  const path = join(images, `${name}.png`);
  // A card that has just come is still on its way in.
  await page.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished.catch(() => {}))));
  await page.screenshot({ path });
  spawnSync('pngquant', ['--force', '--skip-if-larger', '--output', path, path]);
  console.log(`${path}  ${Math.round(statSync(path).size / 1024)} kB`);
}

async function surging(browser) {
  const names = Object.keys(SURGING).filter(wanted);
  if (names.length === 0) return;
  const floor = await demo(SPEED);
  try {
    const consoles = await Promise.all(names.map((name) => Console.open(browser, floor.url, SURGING[name])));
    for (const it of consoles) await it.linked();
    // Two steps are taken, and somebody is asked for the third.
    await consoles[0].page.waitForFunction(
      () => document.querySelectorAll('.step[data-look="on"]').length >= 2 && document.querySelector('.card[data-state="new"]:not([data-pull="back"])'),
      null,
      { timeout: SURGE_WITHIN_MS },
    );
    await Promise.all(consoles.map((it, i) => keep(names[i], it)));
  } finally {
    floor.stop();
  }
}

/** The end of a shift in which people were called: one leaves, and has signed. */
async function handover(browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const chen = daemon.letIn('Chen Jie', 'L01', 'shift_leader');
  const say = (who, path, body) => fetch(`${daemon.url}api/v1/${path}`, { method: 'POST', headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  phones.tell({ waiting: 3, longest_wait_s: 12, signed_in: 46, answered: 100, answered_in_target: 90, abandoned: 5 });
  try {
    await daemon.start();
    const it = await Console.open(browser, daemon.url, { token: li.token });
    await it.linked();
    phones.tell({ waiting: 8, longest_wait_s: 41 });
    await it.tap('1-all');
    await it.gone(1);
    phones.tell({ waiting: 8, signed_in: 50, answered: 130, answered_in_target: 104, abandoned: 9 });
    await it.card(2).waitFor();
    await it.tap('2-take-300');
    await say(chen, 'queues/inbound/pause', { for_s: 3_600, reason: 'Line test' });
    await it.tap('sign');
    await it.tap('handover-begin');
    await it.page.locator('[data-k="handover-note"]').fill('The line test runs until the hour is full');
    await it.tap('note-add');
    await it.page.locator('.notes', { hasText: 'The line test' }).waitFor();
    await it.tap('sign-leaving');
    await it.tap('sign-leaving');
    await it.page.locator('.side[data-side="leaving"][data-signed]').waitFor();
    await it.page.locator('.sheet[open]').evaluate((sheet) => sheet.scrollTo(0, sheet.scrollHeight));
    await keep('handover', it);
  } finally {
    phones.close();
    await daemon.stop();
  }
}

/** The sample day, with the experts called after three minutes in place of five. */
async function bench(browser) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(shipped(phones.url));
  const { token } = daemon.letIn('Wu Min', 'O01', 'operator');
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 8 });
  try {
    await daemon.start();
    const it = await Console.open(browser, daemon.url, { token });
    await it.page.goto(`${daemon.url}bench`);
    const settled = () => it.page.locator('.outcome-of-day:not([data-working]) .measures').waitFor();
    await settled();
    const field = it.page.locator(`.threshold input[type=text][data-k='text ${JSON.stringify(['ladder', 'day', 'tier', 0, 'when', 'for'])}']`);
    await field.fill('3m');
    await field.press('Enter');
    await it.page.locator('.differences li').first().waitFor();
    await settled();
    await it.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
    await keep('bench', it);
  } finally {
    phones.close();
    await daemon.stop();
  }
}

mkdirSync(images, { recursive: true });
const browser = await launch();
try {
  await surging(browser);
  if (wanted('handover')) await handover(browser);
  if (wanted('bench')) await bench(browser);
} finally {
  await browser.close();
}
