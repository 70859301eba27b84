// How much of a browser's main thread the page takes under load:  node load.mjs
//
//   the demo, 60 times faster than real time
//   sixty queues, each with two readings a second that differ by one caller at most, more than half of them in trouble
//   sixty queues that jump to anything at every reading, worse than any floor
//
// Counts what the browser did over ten seconds; ends with 1 where the page takes more of the thread than it may.

import { setTimeout as pass } from 'node:timers/promises';
import { Daemon, PhoneSystem, demo } from './floor.mjs';
import { Console, launch } from './pages.mjs';
import { plan } from './plan.mjs';

const OVER_S = 10;
const QUEUES = 60;
/** The deepest that a queue becomes: most are above the plan's first line for a while. */
const DEEPEST = 13;
/** Most of the thread that each load may take; the aim for sixty queues is 0.03 on a machine that does nothing else. */
const MOST = { demo: 0.5, floor: 0.08, wild: 0.2 };
/** What a page may weigh over the wire, everything that is loaded before somebody opens a dialog. */
const MOST_KB = 120;
/** A release packs so much better than the program of the tests. */
const RELEASE = 0.93;

const browser = await launch();

async function measure(name, url, token, most) {
  for (const kind of ['desk', 'phone', 'wall']) {
    const it = await Console.open(browser, url, { kind, token });
    await it.linked();
    const session = await it.context.newCDPSession(it.page);
    // What the page itself takes, not for how long others kept the processor from it.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const count = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((metric) => [metric.name, metric.value]));
    const before = await count();
    await pass(OVER_S * 1000);
    const after = await count();
    const each = (metric) => ((after[metric] - before[metric]) / OVER_S);
    const busy = each('TaskDuration');
    console.log(`${name}, ${kind}: ${(busy * 100).toFixed(1)} % of the main thread (script ${(each('ScriptDuration') * 100).toFixed(1)}, layout ${(each('LayoutDuration') * 100).toFixed(1)}, style ${(each('RecalcStyleDuration') * 100).toFixed(1)}), ${each('LayoutCount').toFixed(0)} layouts a second, ${after.Nodes} nodes, ${(after.JSHeapUsedSize / 2 ** 20).toFixed(1)} MiB`);
    if (busy > most) process.exitCode = 1;
    await it.close();
  }
}

/** What the first visit brings over the wire, packed, with its letters and one language. */
async function weigh(url) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(url);
  await page.locator('body[data-link=up] :is(.depth, .tile-depth)').first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await pass(1_000);
  await context.close();
  const kilobytes = (bytes / 1000) * (/debug/.test(process.env.SURGED ?? 'debug') ? RELEASE : 1);
  console.log(`the page weighs ${kilobytes.toFixed(1)} kB over the wire, as a release packs it`);
  if (kilobytes > MOST_KB) process.exitCode = 1;
}

const fast = await demo(60);
try {
  await weigh(fast.url);
  await measure('demo 60x', fast.url, undefined, MOST.demo);
} finally {
  fast.stop();
}

const phones = await new PhoneSystem().listen();
const queues = Array.from({ length: QUEUES }, (_, i) => `q${i}`);
const crowd = queues.map((queue) => `[queue.${queue}]\nladder = "day"\n`).join('');
const daemon = new Daemon(plan(phones.url).replace('[ladder.day]', `${crowd}\n[ladder.day]`));
const { token } = daemon.letIn('Visitor', 'V01', 'manager');
// The same chances at every run, and no rhythm that the page's own second could fall in with.
let seed = 1;
const chance = (n) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((seed / 2 ** 31) * n);
};
const depths = new Map(queues.map((queue, i) => [queue, i % (DEEPEST + 1)]));
let wild = false;
let told = 0;
const beat = setInterval(() => {
  told += 1;
  for (const [queue, depth] of depths) {
    depths.set(queue, wild ? chance(DEEPEST + 1) : Math.min(DEEPEST, Math.max(0, depth + chance(3) - 1)));
    phones.tell({ waiting: depths.get(queue), longest_wait_s: told % 90, signed_in: 40 }, queue);
  }
}, 500);
try {
  await daemon.start();
  await measure(`${QUEUES} queues`, daemon.url, token, MOST.floor);
  wild = true;
  await measure(`${QUEUES} queues that jump`, daemon.url, token, MOST.wild);
} finally {
  clearInterval(beat);
  phones.close();
  await browser.close();
  await daemon.stop();
}
