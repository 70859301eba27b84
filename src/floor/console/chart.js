// The last half hour of depth, as steps, with the thresholds of the plan as lines. Drawn by uPlot.

import uPlot from './vendor/uplot/uPlot.esm.js';
import { h, say } from './dom.js';

const SPAN_S = 30 * 60;
const DRAW_EVERY_MS = 1_000;

export class DepthChart {
  #box;
  #plot = null;
  #look = '';
  #drawn = 0;
  #lines = [];

  constructor(box) {
    this.#box = box;
    this.caption = h('figcaption');
    this.frame = h('div', { class: 'plot', role: 'img' });
    box.append(this.caption, this.frame);
    this.watch = new ResizeObserver(() => this.#resize());
    this.watch.observe(this.frame);
  }

  render(page, queue, points) {
    const { words, clock } = page;
    say(this.caption, words.t('chart.title'));
    const look = [page.look, page.theme].join();
    if (look !== this.#look) this.#plot = this.#plot?.destroy() ?? null;
    this.#look = look;
    this.#lines = queue.lines ?? [];
    const now = performance.now();
    if (this.#plot && now - this.#drawn < DRAW_EVERY_MS) return;
    this.#drawn = now;
    const end = clock.now() / 1000;
    const data = [points.map(([t]) => t / 1000), points.map(([, waiting]) => waiting)];
    if (points.length > 0 && !queue.blind) {
      data[0].push(Math.max(end, data[0].at(-1) + 0.001));
      data[1].push(points.at(-1)[1]);
    }
    const most = Math.max(0, ...data[1].filter((depth) => depth !== null));
    this.frame.setAttribute('aria-label', words.t('chart.words', { most, lines: words.list(this.#lines.map(String)) }));
    this.range = [end - SPAN_S, end];
    this.top = Math.max(most, ...this.#lines, 5) * 1.15 + 1;
    if (!this.#plot) this.#make(words, data);
    else this.#plot.setData(data);
  }

  remove() {
    this.watch.disconnect();
    this.#plot?.destroy();
  }

  #make(words, data) {
    const css = getComputedStyle(this.#box);
    const colour = (name) => css.getPropertyValue(name).trim();
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = `${Math.round(rem * 0.8)}px ${css.fontFamily}`;
    const axis = { stroke: colour('--soft'), font, ticks: { show: false } };
    const { width, height } = this.#size();
    this.#plot = new uPlot({
      width,
      height,
      cursor: { show: false },
      legend: { show: false },
      padding: [rem * 0.5, rem * 1.6, 0, 0],
      scales: { x: { time: true, range: () => this.range }, y: { range: () => [0, this.top] } },
      axes: [
        { ...axis, grid: { show: false }, space: rem * 5, size: rem * 1.8, values: (_, ticks) => ticks.map((t) => words.time(t * 1000)) },
        { ...axis, size: rem * 2.4, space: rem * 2.6, grid: { stroke: colour('--hair'), width: 1 }, values: (_, ticks) => ticks.map((n) => (Number.isInteger(n) ? n : '')) },
      ],
      series: [{}, { stroke: colour('--ink'), width: Math.max(2, rem / 7), fill: colour('--wash'), paths: uPlot.paths.stepped({ align: 1, alignGaps: 1 }), points: { show: false }, spanGaps: false }],
      hooks: { draw: [(plot) => this.#drawLines(plot, colour, font)] },
    }, data, this.frame);
  }

  #drawLines(plot, colour, font) {
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.font = font.replace(/^(\d+)px/, (_, px) => `bold ${px * ratio}px`);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    // Labels of lines that are close stand above one another.
    const room = Number(/([\d.]+)px/.exec(ctx.font)?.[1] ?? 0);
    let lowest = Infinity;
    this.#lines.forEach((line, i) => {
      const y = Math.round(plot.valToPos(line, 'y', true));
      const beside = Math.min(y, lowest - room);
      lowest = beside;
      ctx.strokeStyle = ctx.fillStyle = colour(i === 0 ? '--line-low' : '--line-high');
      ctx.lineWidth = 2 * ratio;
      ctx.setLineDash(i === 0 ? [6 * ratio, 5 * ratio] : []);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillText(String(line), bbox.left + bbox.width + 5 * ratio, beside);
    });
    ctx.restore();
  }

  #size() {
    return { width: Math.max(120, this.frame.clientWidth), height: Math.max(80, this.frame.clientHeight) };
  }

  #resize() {
    this.#plot?.setSize(this.#size());
  }
}
