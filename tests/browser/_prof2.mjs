import { setTimeout as pass } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { Daemon, PhoneSystem } from './floor.mjs';
import { Console, launch } from './pages.mjs';
import { plan } from './plan.mjs';
const OVER_S = 10, QUEUES = 60, DEEPEST = 13;
const browser = await launch();
const phones = await new PhoneSystem().listen();
const queues = Array.from({ length: QUEUES }, (_, i) => `q${i}`);
const crowd = queues.map((queue) => `[queue.${queue}]\nladder = "day"\n`).join('');
const daemon = new Daemon(plan(phones.url).replace('[ladder.day]', `${crowd}\n[ladder.day]`));
const { token } = daemon.letIn('Visitor', 'V01', 'manager');
let seed = 1;
const chance = (n) => { seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31; return Math.floor((seed / 2 ** 31) * n); };
const depths = new Map(queues.map((queue, i) => [queue, i % (DEEPEST + 1)]));
let told = 0;
const beat = setInterval(() => { told += 1; for (const [queue, depth] of depths) { depths.set(queue, Math.min(DEEPEST, Math.max(0, depth + chance(3) - 1))); phones.tell({ waiting: depths.get(queue), longest_wait_s: told % 90, signed_in: 40 }, queue); } }, 500);
await daemon.start();
for (let run = 0; run < Number(process.argv[2] ?? 2); run++) for (const kind of (process.argv[3] ?? 'desk').split(',')) {
  const it = await Console.open(browser, daemon.url, { kind, token });
  await it.linked(); await pass(3000);
  const s = await it.context.newCDPSession(it.page);
  await s.send('Performance.enable', { timeDomain: 'threadTicks' });
  const count = async () => Object.fromEntries((await s.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  if (run === 0 && process.argv[4]) { await s.send('Profiler.enable'); await s.send('Profiler.setSamplingInterval', { interval: 200 }); await s.send('Profiler.start'); }
  const events = [];
  if (run === 0 && process.argv[4]) { s.on('Tracing.dataCollected', ({ value }) => events.push(...value)); await s.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline.invalidationTracking', 'disabled-by-default-blink.invalidation', 'disabled-by-default-devtools.timeline', 'blink', 'cc', 'toplevel'] } }).catch((e) => console.log(e.message)); }
  const b = await count(); await pass(OVER_S * 1000); const a = await count();
  const e = (m) => (a[m] - b[m]) / OVER_S * 100;
  console.log(kind, 'busy', e('TaskDuration').toFixed(2), 'script', e('ScriptDuration').toFixed(2), 'layout', e('LayoutDuration').toFixed(2), 'style', e('RecalcStyleDuration').toFixed(2), 'layouts/s', (e('LayoutCount')/100).toFixed(1), 'styles/s', (e('RecalcStyleCount')/100).toFixed(1), 'nodes', a.Nodes);
  if (run === 0 && process.argv[4]) {
    const { profile } = await s.send('Profiler.stop'); writeFileSync(process.argv[4] + '.cpuprofile', JSON.stringify(profile));
    const self = new Map(); const dt = profile.timeDeltas; const byId = new Map(profile.nodes.map((n) => [n.id, n]));
    profile.samples.forEach((id, i) => { const n = byId.get(id).callFrame; const k = `${n.functionName || '(anon)'} ${n.url.split('/').pop()}:${n.lineNumber + 1}`; self.set(k, (self.get(k) ?? 0) + dt[i]); });
    for (const [k, v] of [...self].sort((x, y) => y[1] - x[1]).slice(0, 30)) console.log('  ', (v / OVER_S / 1e4).toFixed(2) + '%', k);
    const done = new Promise((r) => s.once('Tracing.tracingComplete', r)); await s.send('Tracing.end').then(() => done).catch(() => {});
    const inv = new Map(); for (const ev of events) if (/Invalidat|ScheduleStyle/.test(ev.name)) { const d = ev.args.data ?? {}; const k = [ev.name, d.reason, d.extraData, d.nodeName, d.changedClass, d.changedAttribute, d.invalidatedSelectorId].filter(Boolean).join(' | '); inv.set(k, (inv.get(k) ?? 0) + 1); } for (const [k, n] of [...inv].sort((x, y) => y[1] - x[1]).slice(0, 45)) console.log('  I', n, k); const sum = new Map(); for (const ev of events) if (ev.ph === 'X') { const k = ev.name + ' ' + ev.cat; const o = sum.get(k) ?? [0, 0]; o[0] += ev.tdur ?? 0; o[1]++; sum.set(k, o); }
    for (const [k, [v, n]] of [...sum].sort((x, y) => y[1][0] - x[1][0]).slice(0, 40)) console.log('  T', (v / OVER_S / 1e4).toFixed(2) + '%', n, k);
  }
  await it.close();
}
clearInterval(beat); phones.close(); await browser.close(); await daemon.stop();
