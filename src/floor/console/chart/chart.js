// The last half hour of depth, as steps, with the thresholds of the plan as lines and the calls as marks. A plain drawing.

import { alike } from '../alike.js';
import { h, mark, say, svg } from '../dom.js';
import { callsOf } from './calls.js';

const SPAN_MS = 30 * 60_000;
const TICK_MS = 5 * 60_000;
/** How wide a digit of the drawing is, and how high its line, in rem. */
const DIGIT_REM = 0.53;
const LINE_REM = 0.85;
/** What stands above and below the field: heads of calls, times. */
const ABOVE_REM = 1.1;
const BELOW_REM = 1.6;
/** What is lower is no drawing: its numbers would stand on one another. */
const LEAST_REM = 4;
/** By so many pixels the field moves at a time: letters are laid out anew with every move. */
const STEP_PX = 4;

export class DepthChart {
  #from = null;
  #path = null;
  #seen = false;
  #width = 0;
  #height = 0;
  #rem = 16;

  constructor(box) {
    this.caption = h('figcaption');
    this.frame = h('div', { class: 'plot' });
    this.area = svg('path', { class: 'plot-area' });
    this.line = svg('path', { class: 'plot-line' });
    this.back = svg('g');
    this.front = svg('g');
    this.drawing = svg('svg', { class: 'plot-drawing', 'aria-hidden': 'true' }, this.back, this.area, this.line, this.front);
    this.frame.append(this.drawing);
    box.append(this.caption, this.frame);
    this.watch = new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#height = contentRect.height;
      this.#rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      this.drawing.setAttribute('viewBox', `0 0 ${this.#width} ${this.#height}`);
      this.again?.();
    });
    this.watch.observe(this.frame);
    // What is scrolled out of sight is drawn when it comes into it.
    this.sight = new IntersectionObserver((entries) => {
      this.#seen = entries.at(-1).isIntersecting;
      this.again?.();
    });
    this.sight.observe(this.frame);
  }

  /** @param {import('../main.js').Page} page */
  render(page, queue, points) {
    this.again = () => this.render(page, queue, points);
    const { words, clock, state } = page;
    say(this.caption, words.t('chart.title'));
    const now = clock.now();
    const lines = queue.lines ?? [];
    const most = points.reduce((top, [, depth]) => Math.max(top, depth ?? 0), 0);
    mark(this.frame, 'role', 'img');
    mark(this.frame, 'aria-label', words.t('chart.words', { most, lines: words.list(lines.map(String)) }));
    // Told also where there is no room to draw.
    const small = this.#height < this.#rem * LEAST_REM || this.#width < this.#rem * LEAST_REM * 2;
    mark(this.drawing, 'data-small', small);
    if (!this.#seen || small) return;
    const top = Math.max(most, ...lines, 5) * 1.15 + 1;
    const step = stepOf(top, this.#height / this.#rem);
    const field = this.#field(now, top, [Math.floor(top / step) * step, ...lines]);
    const calls = callsOf(state, queue.queue, field.end - SPAN_MS, now);
    // The line grows by the pixel; what stands behind and before it is drawn anew where it stands elsewhere by then, or is another.
    const pixel = Math.round(now / SPAN_MS * (field.right - field.left));
    const held = queue.blind || page.stale;
    const path = [this.#width, this.#height, top, pixel, held, points];
    if (!alike(path, this.#path)) {
      this.#path = path;
      const { line, area } = stepPath(held ? points : [...points, ...points.slice(-1).map(([, depth]) => [now, depth])], field);
      this.line.setAttribute('d', line);
      this.area.setAttribute('d', area);
    }
    const from = [page.look, this.#width, this.#height, top, lines, field.end, calls.map(({ at, tier }) => [at, tier])];
    if (alike(from, this.#from)) return;
    this.#from = from;
    this.back.replaceChildren(...this.#axes(words, field, top, step));
    this.front.replaceChildren(...this.#thresholds(lines, field), ...this.#calls(words, calls, field));
  }

  remove() {
    this.watch.disconnect();
    this.sight.disconnect();
  }

  /** Where a time and a depth stand in the drawing, which ends a moment after now; the numbers at its sides have the room that they need. */
  #field(now, top, [highest, ...lines]) {
    const rem = this.#rem;
    const [bottom, above] = [rem * BELOW_REM, rem * ABOVE_REM];
    const left = rem * Math.max(2.2, 0.55 + DIGIT_REM * String(highest).length);
    const right = rem * Math.max(1.7, 0.4 + DIGIT_REM * Math.max(...lines.map((line) => String(line).length)));
    const [width, height] = [Math.max(1, this.#width - left - right), Math.max(1, this.#height - bottom - above)];
    const step = SPAN_MS / width * STEP_PX;
    const end = Math.ceil(now / step) * step;
    return {
      end,
      left,
      right: left + width,
      floor: above + height,
      ceiling: above,
      x: (at) => left + Math.max(0, (at - end + SPAN_MS) / SPAN_MS) * width,
      y: (depth) => above + height * (1 - depth / top),
    };
  }

  #axes(words, field, top, step) {
    const { end } = field;
    const parts = [];
    for (let n = 0; n <= top; n += step) {
      const y = Math.round(field.y(n)) + 0.5;
      parts.push(svg('line', { class: 'plot-grid', x1: field.left, x2: field.right, y1: y, y2: y }), text(n, { class: 'plot-label', x: field.left - this.#rem * 0.45, y, 'text-anchor': 'end', 'dominant-baseline': 'middle' }));
    }
    const every = (field.right - field.left) / (SPAN_MS / TICK_MS) < this.#rem * 4 ? TICK_MS * 2 : TICK_MS;
    for (let at = Math.ceil((end - SPAN_MS) / every) * every; at <= end; at += every) {
      parts.push(text(words.time(at), { class: 'plot-label', x: field.x(at), y: field.floor + this.#rem * 1.1, 'text-anchor': 'middle' }));
    }
    return parts;
  }

  /** The numbers of lines that are close stand above one another. */
  #thresholds(lines, field) {
    const ys = lines.map((line) => Math.round(field.y(line)) + 0.5);
    const places = apart(ys, this.#rem * LINE_REM, this.#rem * LINE_REM / 2);
    return lines.flatMap((line, i) => [
      svg('line', { class: 'plot-threshold', 'data-first': i === 0 ? '' : null, x1: field.left, x2: field.right, y1: ys[i], y2: ys[i] }),
      places[i] !== null && text(line, { class: 'plot-threshold-label', 'data-first': i === 0 ? '' : null, x: field.right + this.#rem * 0.3, y: places[i], 'dominant-baseline': 'middle' }),
    ].filter(Boolean));
  }

  /** A name stands beside its mark where there is room for it until the next one. */
  #calls(words, calls, field) {
    return calls.flatMap((call, i) => {
      const x = Math.round(field.x(call.at)) + 0.5;
      const name = words.name('tier', call.tier);
      const next = calls[i + 1] ? field.x(calls[i + 1].at) : field.right;
      const room = next - x > (/[⺀-鿿]/.test(name) ? 0.85 : 0.5) * name.length * this.#rem;
      return [
        svg('line', { class: 'plot-call', x1: x, x2: x, y1: field.ceiling, y2: field.floor }),
        svg('path', { class: 'plot-call-head', d: `M${x - 5} ${field.ceiling}h10l-5 7z` }),
        room && text(name, { class: 'plot-call-label', x: x + 8, y: field.ceiling + 1, 'dominant-baseline': 'middle' }),
      ].filter(Boolean);
    });
  }
}

/** By how much the lines of the grid are apart, in a drawing so many rem high. */
function stepOf(top, high) {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000].find((it) => (high - ABOVE_REM - BELOW_REM) / (top / it) >= 1.8) ?? 5_000;
}

/**
 * Where numbers stand beside their lines, the lowest line first: no two on one another, none above `top`. Where there is no room for all,
 * the first keeps its own, and of the others those that are highest. Pure.
 * @param {number[]} ys
 * @returns {(number | null)[]}
 */
export function apart(ys, gap, top) {
  const room = Math.max(1, Math.floor((ys[0] - top) / gap + 1e-6) + 1);
  const shown = ys.map((_, i) => i === 0 || ys.length - i < room);
  let last = Infinity;
  const places = ys.map((y, i) => (shown[i] ? (last = Math.min(y, last - gap)) : null));
  // What was pushed out of the drawing pushes back.
  let above = top - gap;
  for (let i = places.length - 1; i >= 0; i -= 1) if (places[i] !== null) above = places[i] = Math.max(places[i], above + gap);
  return places;
}

function text(words, attributes) {
  const element = svg('text', attributes);
  element.textContent = String(words);
  return element;
}

/**
 * Depth as steps, `{line, area}` as path data; nothing is drawn over a hole. Within one pixel the most is shown, then the last.
 * @param {(number | null)[][]} points
 */
export function stepPath(points, { x, y, floor }) {
  let line = '';
  let area = '';
  let began = null;
  let last = null;
  const to = (at, depth) => {
    const height = Math.round(y(depth) * 10) / 10;
    const step = began === null ? `M${at} ${height}` : height === last ? '' : `H${at}V${height}`;
    began ??= at;
    last = height;
    line += step;
    area += step;
  };
  const close = (at) => {
    if (began === null) return;
    line += `H${at}`;
    area += `H${at}V${floor}H${began}Z`;
    began = null;
  };
  for (let i = 0; i < points.length; i += 1) {
    const at = Math.round(x(points[i][0]));
    let depth = points[i][1];
    let most = depth;
    while (depth !== null && i + 1 < points.length && points[i + 1][1] !== null && Math.round(x(points[i + 1][0])) === at) {
      i += 1;
      depth = points[i][1];
      most = Math.max(most, depth);
    }
    if (depth === null) {
      close(at);
      continue;
    }
    if (most !== depth) to(at, most);
    to(at, depth);
    if (i === points.length - 1) close(at);
  }
  return { line, area };
}
