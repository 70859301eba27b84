// What must not be overlooked: the link, the feed and its clock, the duty log, pauses, incidents, a demonstration, nobody listening.

import { h, icon, renew, say, tick } from '../dom.js';
import { isDeaf, queuesOf, shadowOf, uncounted } from '../store.js';
import { span } from '../words.js';

/** The banners that a state calls for, worst first: `{key, weight, sign, values, since?}`. Pure. */
export function bannersOf(state, link) {
  const all = [];
  if (link.state === 'silent') all.push({ key: 'banner.link_silent', weight: 'bad', sign: 'link', lostAt: link.lostAt });
  if (link.state === 'waiting' || link.state === 'connecting') {
    if (link.lostAt != null) all.push({ key: 'banner.link_lost', weight: 'bad', sign: 'link', lostAt: link.lostAt });
    else if (link.state === 'waiting') all.push({ key: 'banner.link_never', weight: 'bad', sign: 'link' });
  }
  if (state.forgot) all.push({ key: 'banner.forgot', weight: 'bad', sign: 'person', ...countOf(queuesOf(state)) });
  if (state.journalFailing) all.push({ key: 'banner.journal', weight: 'bad', sign: 'disk' });
  if (isDeaf(state)) all.push({ key: 'banner.deaf', weight: 'bad', sign: 'bell_off' });
  for (const queue of queuesOf(state)) {
    if (queue.blind) all.push({ key: queue.blind_since ? 'banner.blind_since' : 'banner.blind', weight: 'bad', sign: 'blind', queue: queue.queue, since: queue.blind_since });
  }
  for (const queue of queuesOf(state)) {
    if (queue.incident) all.push({ key: 'banner.incident', weight: 'warn', sign: 'incident', queue: queue.queue, ...queue.incident });
    if (queue.paused) all.push({ key: 'banner.paused', weight: 'warn', sign: 'paused', queue: queue.queue, ...queue.paused });
  }
  for (const queue of queuesOf(state)) {
    if (queue.quiet) all.push({ key: 'banner.quiet', weight: 'note', sign: 'bell_off', queue: queue.queue, quiet: queue.queue, ...queue.quiet });
  }
  for (const queue of uncounted(state)) all.push({ key: 'banner.count', weight: 'warn', sign: 'person', queue: queue.queue, blind: state.outages[queue.queue].blind_s, count: queue.queue });
  for (const queue of queuesOf(state)) {
    const dark = shadowOf(queue);
    if (dark === 'all') all.push({ key: 'banner.shadow', weight: 'shadow', sign: 'shadow', queue: queue.queue });
    else if (dark) all.push({ key: 'banner.shadow_tiers', weight: 'shadow', sign: 'shadow', queue: queue.queue, tiers: dark });
  }
  if (state.handover) all.push(handedOver(state.handover));
  for (const [feed, apart] of Object.entries(state.clocks)) {
    all.push({ key: apart < 0 ? 'banner.clock_ahead' : 'banner.clock_behind', weight: 'note', sign: 'ask', feed, apart: Math.abs(apart) });
  }
  if (state.configRefused) all.push({ key: 'banner.config', weight: 'warn', sign: 'ask' });
  if (state.speed !== 1) all.push({ key: state.speed === 0 ? 'banner.demo_waits' : 'banner.demo', weight: 'note', sign: 'fast', speed: state.speed });
  return all;
}

/** Of one queue the floor can be counted from here; of several each is, from its own menu. */
function countOf(queues) {
  return queues.length === 1 ? { queue: queues[0].queue, count: queues[0].queue } : {};
}

/** How far the hand-over has got that is drawn up. */
function handedOver({ begun, leaving, coming }) {
  const key = leaving ? 'banner.handover_leaving' : coming ? 'banner.handover_coming' : 'banner.handover';
  return { key, weight: 'note', sign: 'sign', by: (leaving ?? coming ?? begun).by };
}

export class Banners {
  constructor(root) {
    this.root = root;
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const all = bannersOf(page.state, page.link);
    if (page.mayAnswer && page.choices.sound === null && page.link.state === 'up') all.push({ key: 'banner.sound', weight: 'note', sign: 'bell_off', sound: true });
    if (page.newer) all.push({ key: 'banner.newer', weight: 'note', sign: 'note' });
    renew(this.root, [page.look, page.mayOrder, page.mayAnswer, all], () => all.map((it) => banner(page, it)));
  }
}

/** @param {import('../main.js').Page} page */
function banner(page, it) {
  const { words } = page;
  const values = {
    queue: words.name('queue', it.queue),
    since: words.time(it.since, true),
    until: words.time(it.until),
    reason: words.said(it.reason ?? ''),
    note: it.note ?? '',
    by: words.person(it.by),
    speed: it.speed ?? '',
    blind: span(it.blind),
    feed: it.feed ?? '',
    apart: span(it.apart),
    tiers: words.list((it.tiers ?? []).map((tier) => words.name('tier', tier))),
  };
  return h('p', { class: 'banner', 'data-weight': it.weight },
    icon(it.sign), h('span', {}, words.t(it.key, values)),
    it.count && page.mayOrder && h('button', { type: 'button', 'data-k': `count-after-${it.count}`, on: { click: () => page.openCount(it.count) } }, words.t('count.open')),
    it.quiet && page.mayAnswer && h('button', { type: 'button', 'data-k': `quiet-over-${it.quiet}`, on: { click: () => page.ask({ type: 'quiet_over', queue: it.quiet }).catch(() => {}) } }, words.t('quiet.over')),
    it.sound && [
      h('button', { type: 'button', 'data-k': 'sound-on', on: { click: () => page.sound(true) } }, words.t('sound.turn_on')),
      h('button', { type: 'button', class: 'quiet', 'data-k': 'sound-off', on: { click: () => page.sound(false) } }, words.t('sound.stay_off')),
    ],
    it.lostAt != null && tick(h('b', { class: 'count' }), (element) => say(element, span((Date.now() - it.lostAt) / 1000))));
}
