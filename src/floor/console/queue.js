// One queue: the depth as a huge number on a field of its mood, the half hour behind it, the staircase.

import { h, icon, renew, say, tick } from './dom.js';
import { DepthChart } from './chart.js';
import { headline } from './log.js';
import { staircase } from './staircase.js';
import { standingWords } from './reason.js';
import { moodOf, openInstructions, queuesOf, realMoves, shadowOf, standingOf } from './store.js';
import { left, span } from './words.js';

export class QueueViews {
  #root;
  #panels = new Map();

  constructor(root) {
    this.#root = root;
  }

  render(page) {
    const names = queuesOf(page.state).map((queue) => queue.queue);
    this.#root.dataset.count = names.length;
    this.#root.toggleAttribute('data-dense', names.length > 2);
    this.#root.toggleAttribute('data-many', names.length > 4);
    this.#root.toggleAttribute('data-crowd', names.length > 12);
    for (const [name, panel] of this.#panels) {
      if (names.includes(name)) continue;
      panel.remove();
      this.#panels.delete(name);
    }
    for (const name of names) {
      if (!this.#panels.has(name)) {
        const panel = new QueuePanel(name);
        this.#panels.set(name, panel);
        this.#root.append(panel.element);
      }
      this.#panels.get(name).render(page);
    }
    const order = names.map((name) => this.#panels.get(name).element);
    if (order.some((element, i) => this.#root.children[i] !== element)) this.#root.prepend(...order);
    if (names.length > 0) this.#root.querySelector(':scope > .waiting-for')?.remove();
    else renew(this.#root, page.words.language, () => h('p', { class: 'waiting-for' }, page.words.t('queue.none')));
  }
}

class QueuePanel {
  constructor(name) {
    this.name = name;
    this.hero = h('div', { class: 'hero' });
    this.chartBox = h('figure', { class: 'chart' });
    this.stairs = h('div', { class: 'stairs-box' });
    this.count = h('div', { class: 'count-box' });
    this.element = h('article', { class: 'queue' }, this.hero, this.chartBox, this.stairs, this.count);
    this.chart = null;
  }

  render(page) {
    const { state, words } = page;
    const queue = state.queues[this.name];
    const mood = moodOf(state, this.name);
    this.element.dataset.mood = mood;
    this.element.toggleAttribute('data-shadow', shadowOf(queue) === 'all');
    this.element.setAttribute('aria-label', words.name('queue', this.name));
    const open = openInstructions(state).filter((it) => it.queue === this.name);
    const seen = { ...queue, recent: null };
    renew(this.hero, JSON.stringify([page.look, mood, seen, open.length]), () => hero(page, queue, mood, open));
    renew(this.stairs, JSON.stringify([page.look, seen, open, page.role]), () => staircase(page, queue));
    const offer = page.mayOrder && realMoves(queue).length > 0;
    renew(this.count, JSON.stringify([page.look, offer]), () => offer && [
      h('button', { type: 'button', class: 'quiet', 'data-k': `count-${this.name}`, on: { click: () => page.openCount(this.name) } }, icon('person'), words.t('count.open')),
    ]);
    this.chart ??= new DepthChart(this.chartBox);
    // A chart below the fold is drawn when it comes into sight.
    if (this.element.checkVisibility?.({ contentVisibilityAuto: true }) ?? true) this.chart.render(page, queue, state.history[this.name] ?? []);
  }

  remove() {
    this.chart?.remove();
    this.element.remove();
  }
}

function hero(page, queue, mood, open) {
  const { words } = page;
  const depth = queue.waiting == null ? '–' : String(queue.waiting);
  return [
    h('div', { class: 'hero-head' },
      h('h2', {}, words.name('queue', queue.queue)),
      queue.ladder && h('span', { class: 'ladder-name' }, words.t('queue.ladder', { ladder: words.name('ladder', queue.ladder) })),
      shadowOf(queue) === 'all' && h('span', { class: 'tag' }, icon('shadow'), words.t('shadow.tag'))),
    h('div', { class: 'hero-depth', 'data-digits': depth.length },
      h('span', { class: 'depth' }, depth),
      h('span', { class: 'depth-unit' }, queue.blind ? words.t('queue.last_seen') : words.t('queue.waiting', { n: queue.waiting ?? 0 }))),
    h('div', { class: 'hero-words' },
      h('p', { class: 'mood' }, icon(mood), h('span', {}, words.t(`mood.${mood}`))),
      doLine(words, queue, mood, open),
      nextLine(page, queue, mood, open)),
    h('dl', { class: 'facts' },
      fact(words.t('fact.longest'), queue.longest_wait_s == null ? '–' : span(queue.longest_wait_s)),
      fact(words.t('fact.signed_in'), seats(words, queue))),
  ];
}

function seats(words, queue) {
  const signedIn = queue.signed_in ?? '–';
  if (queue.physical_seats == null) return String(signedIn);
  return [String(signedIn), h('small', {}, ` / ${queue.physical_seats}`)];
}

function fact(name, value) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

/** What to do now, for who stands too far away to read a card. */
function doLine(words, queue, mood, open) {
  if (mood === 'approval') return h('p', { class: 'do-line' }, words.t('queue.approval', { what: headline(words, queue.approval) }));
  const [first, ...others] = open.filter((it) => !it.seen_by || it.unanswered);
  if (!first) return null;
  return h('p', { class: 'do-line' }, headline(words, first), others.length > 0 && h('span', {}, ' ', words.t('queue.more', { n: others.length })));
}

/** What comes next, in one sentence, with its clock. */
function nextLine(page, queue, mood, open) {
  const { words, clock } = page;
  const line = (key, values = {}) => h('p', { class: 'next-line' }, words.t(key, values));
  if (mood === 'blind') return line(queue.blind_since ? 'next.blind_since' : 'next.blind', { time: words.time(queue.blind_since, true) });
  if (queue.paused) return line('next.paused', { until: words.time(queue.paused.until), reason: queue.paused.reason });
  if (queue.waiting == null) return line('next.unknown');
  if (queue.approval) return line(queue.approval.granted ? 'next.granted' : 'next.approval', { by: queue.approval.granted?.name, tier: words.name('tier', queue.approval.tier), time: words.time(queue.approval.since, true) });
  if (queue.next?.due_at) return counting(page, queue.next.due_at, words.t(nextKey(queue), { tier: words.name('tier', queue.next.tier) }));
  if (queue.release?.due_at) return counting(page, queue.release.due_at, words.t((queue.moves ?? []).at(-1)?.shadow ? 'next.release_shadow' : 'next.release'));
  const why = queue.next ? whyNot(page, queue, queue.next.tier) : null;
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

function counting(page, due, text) {
  const time = tick(h('b', { class: 'count' }), (element) => say(element, left(page.clock.until(due))));
  return h('p', { class: 'next-line' }, h('span', {}, text), time);
}

/** Why a tier is not called now, in words. */
export function whyNot(page, queue, name) {
  const { words, state } = page;
  const standing = standingOf((queue.tiers ?? []).find((tier) => tier.tier === name));
  if (!standing) return null;
  switch (standing.code) {
    case 'unsettled': {
      const tier = state.known[standing.instruction]?.tier ?? queue.moves?.find((move) => move.instruction === standing.instruction)?.tier;
      return words.t(tier ? 'standing.unsettled' : 'standing.unsettled_any', { tier: words.name('tier', tier) });
    }
    case 'not_met': return words.t(standing.unknown ? 'standing.not_known' : 'standing.not_met');
    case 'running': return null;
    default: return standingWords(words, standing);
  }
}
