// node _ab.mjs PAIRS KIND : A = files in /tmp/A in place of the daemon's
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { Daemon, PhoneSystem, demo } from './floor.mjs';
import { Console, launch } from './pages.mjs';
import { plan } from './plan.mjs';
const [PAIRS, KIND, WHAT] = [Number(process.argv[2] ?? 3), process.argv[3] ?? 'desk', process.argv[4] ?? 'floor'];
const OVER_S = 8, QUEUES = 60, DEEPEST = 13;
const browser = await launch();
let url, token, stop;
if (WHAT === 'demo') { const d = await demo(60); url = d.url; stop = d.stop; } else {
const phones = await new PhoneSystem().listen();
const queues = Array.from({ length: QUEUES }, (_, i) => `q${i}`);
const crowd = queues.map((queue) => `[queue.${queue}]\nladder = "day"\n`).join('');
const daemon = new Daemon(plan(phones.url).replace('[ladder.day]', `${crowd}\n[ladder.day]`));
token = daemon.letIn('Visitor', 'V01', 'manager').token;
let seed = 1; const chance = (n) => { seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31; return Math.floor((seed / 2 ** 31) * n); };
const depths = new Map(queues.map((queue, i) => [queue, i % (DEEPEST + 1)])); let told = 0;
const beat = setInterval(() => { told += 1; for (const [queue, depth] of depths) { depths.set(queue, Math.min(DEEPEST, Math.max(0, depth + chance(3) - 1))); phones.tell({ waiting: depths.get(queue), longest_wait_s: told % 90, signed_in: 40 }, queue); } }, 500);
await daemon.start(); url = daemon.url; stop = async () => { clearInterval(beat); phones.close(); await daemon.stop(); }; }
const rows = { A: [], B: [] };
const open = {};
for (const v of ['A', 'B']) {
  const it = await Console.open(browser, 'about:blank', { kind: KIND, token });
  if (v === 'A') for (const f of readdirSync('/tmp/A')) await it.context.route(`**/${f}`, (r) => r.fulfill({ body: readFileSync(`/tmp/A/${f}`, 'utf8'), contentType: f.endsWith('.css') ? 'text/css' : 'text/javascript' }));
  await it.page.goto(KIND.startsWith('wall') ? `${url}wall` : url); await it.linked();
  open[v] = it; it.s = await it.context.newCDPSession(it.page); await it.s.send('Performance.enable', { timeDomain: 'threadTicks' });
}
await pass(3000);
const count = async (it) => Object.fromEntries((await it.s.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
for (let p = 0; p < PAIRS; p++) {
  const before = { A: await count(open.A), B: await count(open.B) }; await pass(OVER_S * 1000); const after = { A: await count(open.A), B: await count(open.B) };
  for (const v of ['A', 'B']) rows[v].push(['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'].map((m) => (after[v][m] - before[v][m]) / OVER_S * 100));
}
const med = (l) => l.sort((a, b) => a - b)[l.length >> 1].toFixed(2);
for (const v of ['A', 'B']) console.log(KIND, WHAT, v, ['busy', 'script', 'layout', 'style'].map((n, i) => `${n} ${med(rows[v].map((r) => r[i]))}`).join(' '), 'least', Math.min(...rows[v].map((r) => r[0])).toFixed(2));
await browser.close(); await stop();
