// What is written is whole: no step, tile or chart has its words reach outside of the box that clips them, whatever the number of queues,
// however long their names, and however many steps are called.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';

const VIEWS = ['wall_small', 'wall', 'desk', 'phone'].flatMap((kind) => ['en-GB', 'zh-CN'].map((locale) => ({ kind, locale })));
const STEPS = 6;
/** A queue's and a step's name, `i` tells them apart. */
const NAMES = {
  short: { queue: (i) => [`Line ${i}`, `热线${i}`], tier: (i) => [`Group ${i}`, `${i}组`] },
  long: {
    queue: (i) => [['Business customers hotline', 'Complaints and refunds of business customers', 'Wholesale and Interconnection'][i % 3], ['企业客户综合服务热线（华东）', '信用卡挂失与争议交易处理专线', '国际漫游'][i % 3]],
    tier: (i) => [['Business customers experts', 'Back office of the wholesale department', 'Quality'][i % 3], ['企业客户综合服务机动专家组（华东）', '后台', '争议交易质检与投诉处理组'][i % 3]],
  },
};
/** Where each step is due: the numbers beside the chart have up to four digits. */
const LINES = [5, 40, 120, 400, 900, 1100];
const TROUBLED = 2;

const nameOf = (i) => `line${i}`;
const labels = ([en, zh]) => `label = { en = "${en}", zh-Hans = "${zh}" }`;

/** A floor of so many queues, of whose steps each draws on people enough of its own. */
function floorPlan(feed, count, names) {
  const queues = Array.from({ length: count }, (_, i) => `[queue.${nameOf(i)}]\nladder = "day"\npriority = ${count - i}\ntarget = { answered = 0.9, within = "20s" }\n${labels(NAMES[names].queue(i))}\n`);
  const tiers = LINES.map((line, i) => `[[ladder.day.tier]]\nname = "group${i}"\npool = "group${i}"\nseats = { min = 2, max = 3 }\nwhen = { waiting_above = ${line}, for = "0s" }\n${labels(NAMES[names].tier(i))}\n`);
  const pools = LINES.map((_, i) => `[pool.group${i}]\nsize = 60\n${labels(NAMES[names].tier(i))}\n`);
  return `
time_zone = "Asia/Shanghai"
[feed.hotline]
kind = "json"
url = "${feed}"
stale_after = "8s"
[floor]
listen = "127.0.0.1:0"
physical_seats = 200
[journal]
path = "surged.db"
[[chain]]
role = "supervisor"
respond_within = "10m"
[[chain]]
role = "shift_leader"
respond_within = "10m"
${pools.join('')}${queues.join('')}
[ladder.day]
settle_within = "10m"
${tiers.join('')}
[ladder.day.release]
when = { waiting_at_most = 2, for = "10m" }
`;
}

/**
 * Words of the queues that reach outside of the box that clips them, by the ink of their letters; on a wall outside of the window as well.
 * Runs in the page.
 */
export function cutWords(wall) {
  const pen = document.createElement('canvas').getContext('2d');
  const LOOSE_PX = 0.6;
  const clips = (element) => /hidden|clip/.test(getComputedStyle(element).overflow) || /paint|strict|content/.test(getComputedStyle(element).contain);
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflow);
  const everywhere = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  const boxes = new Map();
  /** All that clips what stands in an element, the smallest box of it; what can be scrolled to is not cut. */
  const boxOf = (element) => {
    if (!boxes.has(element)) {
      const around = element.parentElement ? boxOf(element.parentElement) : wall ? { left: 0, top: 0, right: innerWidth, bottom: innerHeight } : everywhere;
      const own = element.getBoundingClientRect();
      boxes.set(element, scrolls(element) && !wall ? everywhere : element !== document.body && element !== document.documentElement && clips(element)
        ? { left: Math.max(around.left, own.left), top: Math.max(around.top, own.top), right: Math.min(around.right, own.right), bottom: Math.min(around.bottom, own.bottom) }
        : around);
    }
    return boxes.get(element);
  };
  const found = [];
  for (const root of document.querySelectorAll('.queue, .tile')) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      const parent = text.parentElement;
      if (!text.data.trim() || parent.closest('.unseen')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const style = getComputedStyle(parent);
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const ink = pen.measureText(text.data);
      const box = boxOf(parent);
      const outside = [...range.getClientRects()].filter(({ width, height }) => width > 0.5 && height > 0.5).flatMap((rect) => {
        const base = rect.top + ink.fontBoundingBoxAscent;
        const [top, bottom] = [base - ink.actualBoundingBoxAscent, base + ink.actualBoundingBoxDescent];
        const by = { top: box.top - top, bottom: bottom - box.bottom, left: box.left - rect.left, right: rect.right - box.right };
        return Object.entries(by).filter(([, px]) => px > LOOSE_PX).map(([side, px]) => `${side} ${px.toFixed(1)} px`);
      });
      if (outside.length > 0) found.push(`${root.dataset.queue} ${parent.className?.baseVal ?? parent.className} "${text.data}": ${[...new Set(outside)].join(', ')}`);
    }
  }
  return found;
}

/** Once letters have come, what moves has come to rest, and what watches sizes has had its say. */
async function atRest(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const over = document.getAnimations().map((it) => it.finished.catch(() => {}));
    await Promise.race([Promise.all(over), new Promise((next) => setTimeout(next, 1_000))]);
    for (let i = 0; i < 3; i += 1) await new Promise((next) => requestAnimationFrame(next));
  });
}

/** What is scrolled out of sight is drawn when it comes into it. */
async function lookedAt(page) {
  for (const plot of await page.locator('.plot').all()) {
    await plot.scrollIntoViewIfNeeded();
    await page.evaluate(async () => { for (let i = 0; i < 3; i += 1) await new Promise((next) => requestAnimationFrame(next)); });
  }
}

export async function fitsSteps(step, browser) {
  for (const count of [1, 2, 20]) await step(`${count === 1 ? 'one queue' : `${count} queues`}, one to six steps, short and long names: no word is cut on walls, desk and phone`, () => whole(browser, count));
}

async function whole(browser, count) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(floorPlan(phones.url, count, 'short'));
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const chen = daemon.letIn('Chen Jie', 'L01', 'shift_leader');
  const call = async (path, body = null) => {
    const reply = await fetch(`${daemon.url}api/v1/${path}`, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${li.token}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    assert.ok(reply.ok, `${path}: ${reply.status}`);
    return reply.json();
  };
  const troubled = Array.from({ length: Math.min(count, TROUBLED) }, (_, i) => i);
  const pages = [];
  const wrong = [];
  const tell = (i, waiting) => phones.tell({ waiting, longest_wait_s: 205, signed_in: 3, answered: 100, answered_in_target: 61, abandoned: 22 }, nameOf(i));
  for (let i = 0; i < count; i += 1) tell(i, i % 4);
  try {
    await daemon.start();
    for (const view of VIEWS) {
      const it = await Console.open(browser, daemon.url, { ...view, token: view.kind === 'desk' ? chen.token : li.token });
      pages.push({ ...view, it });
      await it.linked();
    }
    let names = 'short';
    for (let steps = 1; steps <= STEPS; steps += 1) {
      for (const i of troubled) tell(i, LINES[steps - 1] + 34);
      await Promise.all(pages.map(({ it }) => it.page.waitForFunction(([n, of]) => document.querySelectorAll('.panels .step:not([data-look="later"], [data-look="next"], [data-look="running"])').length >= n * of, [steps, count === 20 ? 1 : troubled.length])));
      for (const again of [false, true]) {
        if (again) {
          names = names === 'short' ? 'long' : 'short';
          daemon.replan(floorPlan(phones.url, count, names));
          await Promise.all(pages.map(({ it, locale }) => it.page.locator('.queue h2, .tile-name', { hasText: NAMES[names].queue(0)[locale === 'zh-CN' ? 1 : 0] }).first().waitFor()));
        }
        for (const { it, kind, locale } of pages) {
          await atRest(it.page);
          if (!kind.startsWith('wall')) await lookedAt(it.page);
          const cut = await it.page.evaluate(cutWords, kind.startsWith('wall'));
          if (process.env.FITS_SHOTS || cut.length > 0) await it.page.screenshot({ path: join(output, `fits-${count}-${names}-${steps}-${kind}-${locale}.png`) });
          if (cut.length > 0) wrong.push(`${kind}, ${locale}, ${names} names, ${steps} steps:\n  ${cut.join('\n  ')}`);
        }
      }
      const open = await call('instructions?since=0');
      for (const one of open.instructions) if (one.tier === `group${steps - 1}`) await call(`instructions/${one.id}/done`, {});
    }
    assert.ok(wrong.length === 0, wrong.join('\n'));
    for (const { it } of pages) assert.deepEqual(it.faults, []);
  } finally {
    await Promise.all(pages.map(({ it }) => it.close().catch(() => {})));
    phones.close();
    await daemon.stop();
  }
}
