// One queue: the depth as a huge number on a field of its mood, the half hour behind it, the staircase.

import { countdown, h, icon, mark, redraw, renew, say } from '../dom.js';
import { callsOf, trendOf } from '../chart/calls.js';
import { drawService, serviceOf } from '../service/service.js';
import { DepthChart } from '../chart/chart.js';
import { headline } from '../log.js';
import { staircase } from '../stairs/staircase.js';
import { whyNot } from './why.js';
import { floorOf, moodOf, realMoves, shadowOf, standingOf, untilOf, waits } from '../store.js';
import { span } from '../words.js';

const TREND_MS = 5 * 60_000;
const HALF_HOUR_MS = 30 * 60_000;

/** How a queue looks on this page: what is old is shown as nothing else. */
export function moodOn({ state, stale }, name) {
  return stale ? 'stale' : moodOf(state, name);
}

export class QueuePanel {
  constructor(name) {
    this.name = name;
    this.hero = h('div', { class: 'hero' });
    this.service = h('div', { class: 'service' });
    this.chartBox = h('figure', { class: 'chart' });
    this.effect = h('p', { class: 'effect' });
    this.stairs = h('div', { class: 'stairs-box' });
    this.count = h('div', { class: 'count-box' });
    this.element = h('article', { class: 'queue', 'data-queue': name }, this.hero, this.chartBox, this.stairs, this.count);
    this.chart = null;
    this.sizes = null;
  }

  /**
   * `tools`: buttons of the panel's head, with what they are drawn from.
   * @param {import('../main.js').Page} page
   */
  render(page, tools = null) {
    const { state, words } = page;
    const queue = state.queues[this.name];
    const mood = moodOn(page, this.name);
    mark(this.element, 'data-mood', mood);
    mark(this.element, 'data-shadow', shadowOf(queue) === 'all');
    mark(this.element, 'aria-label', words.name('queue', this.name));
    const open = floorOf(state).openOf.get(this.name) ?? [];
    const seen = still(queue);
    const again = (queue.tiers ?? []).map((tier) => untilOf(state, standingOf(tier) ?? {}));
    const floor = seatsOf(state, queue);
    const anew = renew(this.hero, [page.look, mood, seen, floor, again, open.map((it) => [it.id, waits(it), it.held]), tools?.from], () => hero(page, queue, mood, open, tools, this.service, floor));
    if (anew || page.numbers) this.#move(page, queue);
    drawService(this.service, page.look, words, queue.service);
    const named = (queue.moves ?? []).map((move) => state.known[move.instruction]);
    renew(this.stairs, [page.look, seen, again, open, named, page.role, page.stale], () => staircase(page, queue));
    const offer = page.mayOrder && realMoves(queue).length > 0;
    renew(this.count, [page.look, offer], () => offer && [
      h('button', { type: 'button', class: 'quiet', 'data-k': `count-${this.name}`, on: { click: () => page.openCount(this.name) } }, icon('person'), words.t('count.open')),
    ]);
    // From then on it moves by itself, once a second.
    if (!this.chart) this.draw(page);
    if (page.wall && !this.sizes) {
      // Letters that are loaded later, and words that change, change the size of what they stand in.
      this.sizes = new ResizeObserver(() => this.#fit());
      for (const part of [this.element, this.hero, this.stairs]) this.sizes.observe(part);
    }
  }

  /** On the wall nobody scrolls: where the steps do not fit, all is said in fewer and smaller words, until they do. */
  #fit() {
    for (const tight of [null, '1', '2', '3', '4', '5']) {
      mark(this.element, 'data-tight', tight);
      if (this.#isWhole()) return;
    }
  }

  /** Whether every step stands within the panel: a box that has the room that is left ends with it, whatever stands out of it. */
  #isWhole() {
    const { bottom } = this.element.getBoundingClientRect();
    const treads = [...this.stairs.querySelectorAll('.tread')];
    return [this.hero, ...treads, this.stairs].every((it) => it.getBoundingClientRect().bottom <= bottom + 1) && treads.every((it) => it.scrollHeight <= it.clientHeight + 1);
  }

  /** What moves with every reading is set as text: nothing is built anew, and little is laid out. */
  #move({ words, stale, state, clock }, queue) {
    const [depth, unit, longest] = ['.hero-depth', '.depth-unit', '.longest'].map((name) => this.hero.querySelector(name));
    const text = queue.waiting == null ? '–' : String(queue.waiting);
    mark(depth, 'data-digits', text.length);
    say(depth.firstElementChild, text);
    say(unit, queue.blind || stale ? words.t('queue.last_seen') : words.t('queue.waiting', { n: queue.waiting ?? 0 }));
    say(longest, queue.longest_wait_s == null ? '–' : span(queue.longest_wait_s));
    const trend = stale || queue.blind ? null : trendOf(state.history[this.name] ?? [], clock.now(), TREND_MS);
    const element = this.hero.querySelector('.trend');
    mark(element, 'hidden', trend === null);
    if (trend === null) return;
    redraw(element.firstElementChild, trend > 0 ? 'rise' : trend < 0 ? 'fall' : 'level');
    say(element.lastElementChild, words.t(trend > 0 ? 'trend.up' : trend < 0 ? 'trend.down' : 'trend.same', { n: Math.abs(trend) }));
  }

  /**
   * What moves by itself: the chart, and what the calls have brought.
   * @param {import('../main.js').Page} page
   */
  draw(page) {
    const { state, words, clock } = page;
    const queue = state.queues[this.name];
    if (!queue) return;
    if (!this.chart) {
      this.chart = new DepthChart(this.chartBox);
      this.chartBox.append(this.effect);
    }
    this.chart.render(page, queue, state.history[this.name] ?? []);
    const calls = callsOf(state, this.name, clock.now() - HALF_HOUR_MS, clock.now());
    say(this.effect, calls.slice(-2).map((call) => effectWords(words, call)).join(' · '));
  }

  remove() {
    this.chart?.remove();
    this.sizes?.disconnect();
    this.element.remove();
  }
}

/** A queue without what moves with every reading: what the page is built from. Where nothing is known stays to be seen. */
export function still({ waiting, longest_wait_s: _, longest_wait_since: __, vouched_at: ___, service, tiers, ...queue }) {
  const above = (queue.lines ?? []).filter((line) => waiting > line).length;
  return { ...queue, known: waiting != null, above, served: serviceOf(service) !== null, tiers: (tiers ?? []).map(({ held_s: ____, ...tier }) => tier) };
}

/** "Experts 9:33, 4 came: 18 to 9 in 4 min": what happened after people came; where nobody did, what became of the call, and nothing is put down to them. */
export function effectWords(words, { at, tier, came, fate, before, after, took_s: took }) {
  const values = { tier: words.name('tier', tier), time: words.time(at), came, before, after, n: Math.max(1, Math.round((took ?? 0) / 60)) };
  if (came === 0 && (fate || after !== null)) {
    const what = words.t(`fate.${fate?.code ?? 'nobody'}`, { ...values, by: words.person(fate?.by) });
    return after === null ? what : words.t('effect.then', { ...values, what });
  }
  if (after === null && came > 0) return words.t('effect.came', values);
  if (after === null || came === null) return words.t('effect.unknown', values);
  if (before === 0 && after === 0) return words.t('effect.calm', values);
  return words.t(after > before ? 'effect.more' : after < before ? 'effect.less' : 'effect.none', values);
}

/** @param {import('../main.js').Page} page */
function hero(page, queue, mood, open, tools, service, floor) {
  const { words } = page;
  return [
    h('div', { class: 'hero-head' },
      h('h2', {}, words.name('queue', queue.queue)),
      queue.ladder && h('span', { class: 'ladder-name' }, words.t('queue.ladder', { ladder: words.name('ladder', queue.ladder) })),
      shadowOf(queue) === 'all' && h('span', { class: 'tag' }, icon('shadow'), words.t('shadow.tag')),
      tools?.build()),
    h('div', { class: 'hero-depth' },
      h('span', { class: 'depth' }),
      h('span', { class: 'depth-unit' }),
      h('span', { class: 'trend', hidden: true }, icon('level'), h('span'))),
    h('div', { class: 'hero-words' },
      h('p', { class: 'mood' }, icon(mood), h('span', {}, words.t(`mood.${mood}`))),
      !page.stale && doLine(words, queue, mood, open),
      nextLine(page, queue, mood, open)),
    h('dl', { class: 'facts' },
      fact(words.t('fact.longest'), h('span', { class: 'longest' })),
      fact(words.t('fact.signed_in'), queue.signed_in ?? '–', floor && h('dd', { class: 'seats' }, words.t(floor.key, floor))),
      queue.surge_since && fact(words.t('fact.since'), words.time(queue.surge_since)),
      !queue.blind && !page.stale && serviceOf(queue.service) && service),
  ];
}

/**
 * The seats of the floor as the daemon counts them, which are all queues' and no queue's own: `{key, n, of}`, or nothing where none are
 * configured. Where a phone system does not tell who is signed in, more may be taken than is known. Pure.
 * @param {import('../store.js').State} state
 */
export function seatsOf(state, { physical_seats: of, free_seats: n }) {
  if (of == null || n == null) return null;
  if (n === 0) return { key: 'fact.seats_none', n, of };
  return { key: Object.values(state.queues).every((it) => it.seats_known) ? 'fact.seats' : 'fact.seats_at_most', n, of };
}

function fact(name, value, more = null) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value), more);
}

/** What to do now, for who stands too far away to read a card. */
export function doLine(words, queue, mood, open) {
  if (mood === 'approval') return h('p', { class: 'do-line' }, words.t('queue.approval', { what: headline(words, queue.approval) }));
  const waiting = open.filter(waits);
  const [first, ...others] = waiting.length > 0 ? waiting : open.filter((it) => it.held);
  if (!first) return null;
  const what = headline(words, first);
  return h('p', { class: 'do-line' }, first.held ? words.t('queue.held', { what }) : what, others.length > 0 && h('span', {}, ' ', words.t('queue.more', { n: others.length })));
}

/**
 * What comes next, in one sentence, with its clock.
 * @param {import('../main.js').Page} page
 */
export function nextLine(page, queue, mood, open) {
  const { words } = page;
  const line = (key, values = {}) => h('p', { class: 'next-line' }, words.t(key, values));
  if (mood === 'stale') return line('next.stale', { time: words.time(page.heardAt, true) });
  if (mood === 'blind') return line(queue.blind_since ? 'next.blind_since' : 'next.blind', { time: words.time(queue.blind_since, true) });
  if (queue.paused) return line('next.paused', { until: words.time(queue.paused.until), reason: queue.paused.reason });
  if (queue.waiting == null) return line('next.unknown');
  if (queue.approval) return line(queue.approval.granted ? 'next.granted' : 'next.approval', { by: words.person(queue.approval.granted), tier: words.name('tier', queue.approval.tier), time: words.time(queue.approval.since, true) });
  if (queue.next?.due_at) return counting(page, queue.next.due_at, words.t(nextKey(queue), { tier: words.name('tier', queue.next.tier) }));
  if (queue.release?.due_at) return counting(page, queue.release.due_at, words.t((queue.moves ?? []).at(-1)?.shadow ? 'next.release_shadow' : 'next.release'));
  if (mood === 'incident') return line('next.incident', { until: words.time(queue.incident.until), note: queue.incident.note });
  // Beside a red "Act now" nobody must read that nothing is needed: that the next step's line is not reached goes without saying.
  const why = queue.next && standingOf((queue.tiers ?? []).find((tier) => tier.tier === queue.next.tier))?.code !== 'not_met' ? whyNot(page, queue, queue.next.tier) : null;
  if (open.length > 0 || (queue.moves ?? []).length > 0) {
    return queue.next ? h('p', { class: 'next-line' }, words.t('next.then', { tier: words.name('tier', queue.next.tier) }), why && ` · ${why}`) : line('next.none');
  }
  const threshold = queue.lines?.[0];
  if (queue.next && threshold !== undefined) return line('next.above', { tier: words.name('tier', queue.next.tier), n: threshold });
  return queue.next ? line('next.then', { tier: words.name('tier', queue.next.tier) }) : line('next.none');
}

function nextKey(queue) {
  switch (queue.tiers?.find((tier) => tier.tier === queue.next.tier)?.mode ?? queue.mode) {
    case 'shadow': return 'next.tier_shadow';
    case 'approve': return 'next.tier_approve';
    default: return 'next.tier';
  }
}

/** @param {import('../main.js').Page} page */
function counting(page, due, text) {
  return h('p', { class: 'next-line' }, h('span', {}, text), countdown(page.clock, due));
}
