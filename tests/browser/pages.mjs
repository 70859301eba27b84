// Consoles in a browser, and what a person does with them.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './floor.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const SIZES = { desk: { width: 1440, height: 900 }, laptop: { width: 1366, height: 768 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 }, wall: { width: 1920, height: 1080 }, wall_small: { width: 1366, height: 768 } };

/** `more`: further switches of the browser. */
export function launch(...more) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...ARGS, ...more] });
}

/** Notes when each card first stood on the page, in milliseconds since 1970. */
function noteArrivals() {
  globalThis.arrivals = {};
  new MutationObserver(() => {
    for (const card of document.querySelectorAll('.card[data-id]')) globalThis.arrivals[card.dataset.id] ??= Date.now();
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-id'] });
}

export class Console {
  /** Opens a console: `kind` is desk, phone or wall; with a `token` it goes in by itself, without one it stands at the door; `note` runs in the page before it. */
  static async open(browser, url, { kind = 'desk', locale = 'en-GB', theme = 'dark', token = null, worker = false, note = null } = {}) {
    // What a worker fetches cannot be watched or replaced from here; the step that is about it lets it in.
    const context = await browser.newContext({ serviceWorkers: worker ? 'allow' : 'block', viewport: SIZES[kind], locale, colorScheme: theme, timezoneId: 'Europe/Lisbon', hasTouch: kind === 'phone' || kind === 'tablet', deviceScaleFactor: kind === 'phone' ? 2 : 1 });
    context.setDefaultTimeout(PATIENCE_MS);
    for (const script of [noteArrivals, note]) if (script) await context.addInitScript(script);
    if (token) await context.addInitScript((value) => sessionStorage.getItem('surged.token') ?? sessionStorage.setItem('surged.token', JSON.stringify(value)), token);
    const page = await context.newPage();
    const faults = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && !message.text().includes('ERR_INTERNET_DISCONNECTED') && faults.push(message.text()));
    await page.goto(kind.startsWith('wall') ? `${url}wall` : url);
    return new Console(context, page, faults);
  }

  constructor(context, page, faults) {
    Object.assign(this, { context, page, faults });
  }

  /** Puts a token in at the door, as a person does. */
  async enter(token) {
    await this.page.locator('dialog.token input[type=password]').fill(token);
    await this.page.locator('dialog.token button[type=submit]').click();
    await this.linked();
  }

  linked() {
    return this.page.locator('body[data-link=up] :is(.depth, .tile-depth)').first().waitFor();
  }

  card(id) {
    return this.page.locator(`.card[data-id="${id}"]`);
  }

  /** Waits for a card; resolves with when it came, in milliseconds since 1970. */
  async arrival(id) {
    await this.card(id).waitFor();
    return this.page.evaluate((key) => globalThis.arrivals[key], String(id));
  }

  /** The card of a tier that waits for a leader's yes: `key` is `queue-tier`. */
  approval(key, state) {
    return this.page.locator(`.card[data-approval="${key}"][data-state="${state}"]`);
  }

  /** Waits until a card is answered or gone. */
  gone(id) {
    return this.page.locator(`.card[data-id="${id}"]:not([data-state="gone"])`).waitFor({ state: 'detached' });
  }

  tap(key) {
    return this.page.locator(`[data-k="${key}"]`).click();
  }

  /** Presses the mouse on a button and holds it; `lift()` makes a tap of it. */
  async press(key) {
    const button = this.page.locator(`[data-k="${key}"]`);
    await button.scrollIntoViewIfNeeded();
    const box = await button.boundingBox();
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.page.mouse.down();
  }

  lift() {
    return this.page.mouse.up();
  }

  /** Waits until the list of today has an entry with these words. */
  entry(words) {
    return this.page.locator('.entry', { hasText: words }).first().waitFor();
  }

  banner(weight, words) {
    return this.page.locator(`.banner[data-weight="${weight}"]`, { hasText: words });
  }

  depth() {
    return this.page.locator('.depth').first().textContent();
  }

  async depthIs(waiting) {
    await this.page.locator('.depth', { hasText: new RegExp(`^${waiting}$`) }).first().waitFor();
  }

  /** Tab by Tab to a control, as somebody without a mouse. */
  async tabTo(key, most = 80) {
    for (let i = 0; i < most; i += 1) {
      const at = await this.page.evaluate(() => document.activeElement?.dataset?.k);
      if (at === key) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${key} is not reached with ${most} presses of Tab`);
  }

  /** What axe-core finds, one line a violation; and values that were never meant to be read. */
  async violations() {
    const unmeant = await this.page.evaluate(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = [];
      while (texts.nextNode()) if (/^\s*(null|undefined|NaN|false|true|\[object .*\])\s*$|\{\w+\}/.test(texts.currentNode.data)) found.push(`"${texts.currentNode.data}" in ${texts.currentNode.parentElement.className || texts.currentNode.parentElement.tagName}`);
      return found;
    });
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(async () => {
      // Colours are measured once everything has come to rest.
      const running = () => document.getAnimations().filter((it) => it.playState === 'running');
      while (running().length > 0) await Promise.all(running().map((it) => it.finished.catch(() => {})));
      const drawn = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
      await drawn();
      // To read this very program in may have kept a busy page from its pulse for so long that it says, rightly, that it is old.
      for (const until = Date.now() + 10_000; document.body.hasAttribute('data-stale') && Date.now() < until;) await drawn();
      return globalThis.axe.run(document, { resultTypes: ['violations'] });
    });
    return [...unmeant, ...violations.map((it) => `${it.id}: ${it.help} (${it.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')})`)];
  }

  /** Controls in sight that a finger would miss: less than 44 px high or wide; what they are within may be the target as well. */
  smallTargets() {
    return this.page.evaluate(() => [...document.querySelectorAll('button, input, select')].flatMap((it) => {
      const { width, height } = (it.closest('label') ?? it).getBoundingClientRect();
      return width > 0 && height > 0 && (width < 43.5 || height < 43.5) ? [`${it.dataset.k ?? it.textContent} ${Math.round(width)}x${Math.round(height)}`] : [];
    }));
  }

  /** How much wider the page is than its window: nothing may have to be scrolled sideways. */
  overhang() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  close() {
    return this.context.close();
  }
}
