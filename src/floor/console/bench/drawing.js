// A recorded day: how many waited, and below it when each step was called, as written and changed.

import { svg } from '../dom.js';
import { stepPath } from '../chart/chart.js';

const HEIGHT = 13;
const LANE = 2.2;
/** Hours between two labels, and how wide a label may be, in letters' heights. */
const EVERY_MIN = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];
const LABEL = 4;

/** The steps that either plan called, in the order of the first call. */
export function lanesOf(called) {
  const bars = called.flat().sort((one, other) => one.from - other.from);
  return [...new Set(bars.map((bar) => bar.tier))];
}

/** So many minutes between two labels that there is room for each. */
export function labelEvery(span, width, rem) {
  const fits = (minutes) => (minutes * 60_000 / span) * width >= LABEL * rem;
  return EVERY_MIN.find(fits) ?? EVERY_MIN.at(-1);
}

/** The times of the labels: whole hours of the zone's clock where labels are hours apart. */
export function labelsAt(from, to, minutes, offset) {
  const step = minutes * 60_000;
  const first = Math.ceil((from + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, n) => first + n * step);
}

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
export function offsetOf(zone, at) {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone ?? 'UTC', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(at);
  const of = (type) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')) - Math.floor(at / 60_000) * 60_000;
}

/** Draws one queue. `words`, the queue of the reply, the times it is about, the lines of the ladder, and how wide the page is. */
export function drawn({ words, queue, from, to, lines, width, rem }) {
  const lanes = lanesOf(queue.called);
  const names = lanes.map((tier) => words.name('tier', tier));
  const left = Math.min(width * 0.28, Math.max(3.2 * rem, ...names.map((name) => (/[⺀-鿿]/.test(name) ? 1 : 0.62) * name.length * rem * 0.82 + rem)));
  const right = width - 1.6 * rem;
  const [top, floor] = [rem * 0.8, HEIGHT * rem];
  const height = floor + rem * 1.9 + lanes.length * LANE * rem;
  const most = queue.depth.reduce((deepest, [, depth]) => Math.max(deepest, depth), 0);
  const scale = Math.max(most, 6, ...lines.written, ...lines.changed) * 1.1;
  const x = (at) => left + Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from))) * (right - left);
  const y = (depth) => top + (floor - top) * (1 - depth / scale);
  const path = stepPath([...queue.depth, [to, queue.depth.at(-1)?.[1] ?? 0]], { x, y, floor });
  const words_ = words.t('bench.chart_words', { queue: words.name('queue', queue.queue), most });
  return svg('svg', { class: 'day-drawing', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': words_ },
    queue.blind.map(([begin, end]) => titled(words.t('bench.nobody_sees'), svg('rect', { class: 'day-blind', x: x(begin), y: top, width: Math.max(1, x(end ?? to) - x(begin)), height: floor - top }))),
    depths(scale, y, left, right, rem),
    labelsAt(from, to, labelEvery(to - from, right - left, rem), offsetOf(words.zone, from)).flatMap((at) => [
      svg('line', { class: 'day-hour', x1: x(at), x2: x(at), y1: top, y2: height }),
      text(words.time(at), { class: 'day-label', x: x(at), y: floor + rem * 1.2, 'text-anchor': 'middle' }),
    ]),
    svg('path', { class: 'plot-area', d: path.area }),
    svg('path', { class: 'plot-line', d: path.line }),
    lines.written.map((line) => threshold(line, 'day-written', { left, right, y, rem })),
    lines.changed.map((line) => threshold(line, 'day-changed', { left, right, y, rem })),
    lanes.map((tier, n) => lane(words, queue.called, tier, { top: floor + rem * 1.9 + n * LANE * rem, left, x, to, rem })));
}

function depths(scale, y, left, right, rem) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((it) => scale / it <= 7) ?? 1_000;
  return Array.from({ length: Math.floor(scale / step) + 1 }, (_, n) => n * step).flatMap((depth) => [
    svg('line', { class: 'plot-grid', x1: left, x2: right, y1: y(depth), y2: y(depth) }),
    text(depth, { class: 'day-label', x: left - rem * 0.4, y: y(depth), 'text-anchor': 'end', 'dominant-baseline': 'middle' }),
  ]);
}

function threshold(line, kind, { left, right, y, rem }) {
  return svg('g', { class: kind },
    svg('line', { x1: left, x2: right, y1: y(line), y2: y(line) }),
    text(line, { x: right + rem * 0.25, y: y(line), 'dominant-baseline': 'middle' }));
}

/** A step's calls: above as written, below as changed. */
function lane(words, called, tier, { top, left, x, to, rem }) {
  const name = words.name('tier', tier);
  const bar = (side) => (it) => titled(
    `${words.t(side === 0 ? 'bench.as_written' : 'bench.changed')} · ${name} ${it.seats} · ${words.time(it.from, true)}–${it.to === null ? '' : words.time(it.to, true)}`,
    svg('rect', { class: side === 0 ? 'bar-written' : 'bar-changed', x: x(it.from), y: top + side * rem * 0.85, width: Math.max(2, x(it.to ?? to) - x(it.from)), height: rem * 0.7, rx: 2 }));
  return svg('g', {},
    text(name, { class: 'day-lane', x: left - rem * 0.4, y: top + rem * 0.8, 'text-anchor': 'end', 'dominant-baseline': 'middle' }),
    called.flatMap((bars, side) => bars.filter((it) => it.tier === tier).map(bar(side))));
}

function titled(words, element) {
  element.append(text(words, {}, 'title'));
  return element;
}

function text(words, attributes, tag = 'text') {
  const element = svg(tag, attributes);
  element.textContent = String(words);
  return element;
}
