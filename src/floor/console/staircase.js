// The ladder as a staircase: each step a tier, who stands on it, where the next clock has got to, or why it does not run.

import { h, icon, say, tick } from './dom.js';
import { askedFor, poolsOf, standingOf } from './store.js';
import { left } from './words.js';
import { whyNot } from './queue.js';

const PASSED_OVER = ['declined', 'refused', 'nobody_to_give', 'no_seat', 'reserved', 'resting', 'off_duty', 'protected', 'max_borrowed', 'max_moves_per_hour', 'nobody_stays'];

/** The steps of a queue, lowest first. Moves whose tier is not of the ladder in force stand before them. */
export function steps(queue) {
  const tiers = (queue.tiers ?? []).map((tier) => tier.tier);
  if (queue.next && !tiers.includes(queue.next.tier)) tiers.push(queue.next.tier);
  const strangers = (queue.moves ?? []).map((move) => move.tier).filter((tier) => !tiers.includes(tier));
  return [...new Set([...strangers, ...tiers])].map((tier) => {
    const moves = (queue.moves ?? []).filter((move) => move.tier === tier);
    const leaving = (queue.leaving ?? []).filter((move) => move.tier === tier);
    const known = (queue.tiers ?? []).find((it) => it.tier === tier);
    const code = standingOf(known)?.code;
    const mode = known?.mode ?? queue.mode ?? 'live';
    const next = queue.next?.tier === tier;
    let look = 'later';
    if (moves.length > 0 && moves.every((move) => move.shadow)) look = 'shadow';
    else if (moves.length > 0) look = moves.every((move) => move.settled) ? 'on' : 'coming';
    else if (leaving.length > 0 || code === 'signing_out') look = 'leaving';
    else if (code === 'approval') look = 'approval';
    else if (next) look = queue.next.due_at ? 'running' : 'next';
    else if (PASSED_OVER.includes(code)) look = 'passed_over';
    return { tier, mode, moves, leaving, next, look };
  });
}

export function staircase(page, queue) {
  const { words } = page;
  const all = steps(queue);
  const top = all.findLastIndex((step) => step.moves.length > 0);
  return [
    h('h3', { class: 'unseen' }, words.t('stairs.title')),
    h('ol', { class: 'stairs', vars: { '--steps': all.length } },
      all.map((step, i) => stepOf(page, queue, step, i, i === top))),
  ];
}

function stepOf(page, queue, step, i, here) {
  const { words, state } = page;
  const people = [...step.moves, ...step.leaving];
  const incident = step.moves.some((move) => state.known[move.instruction]?.reason?.code === 'incident');
  return h('li', { class: 'step', 'data-look': step.look, 'data-here': here, vars: { '--i': i } },
    here && h('span', { class: 'here' }, icon(step.look === 'shadow' ? 'shadow' : 'person'), h('span', {}, words.t(step.look === 'shadow' ? 'stairs.here_shadow' : 'stairs.here'))),
    h('div', { class: 'tread' },
      step.look === 'running' && rising(page, queue.next),
      h('div', { class: 'step-name' }, h('span', { class: 'step-no' }, i + 1), h('b', {}, words.name('tier', step.tier)), incident && icon('incident')),
      modeOf(words, step, people),
      h('div', { class: 'step-body' },
        people.map((move) => onStep(page, queue, move)),
        people.length === 0 && h('p', { class: 'step-why' }, stepWords(page, queue, step))),
      here && queue.release?.due_at && h('p', { class: 'step-release' }, icon('release'), words.t('stairs.release'), ' ',
        tick(h('b', { class: 'count' }), (element) => say(element, left(page.clock.until(queue.release.due_at)))))));
}

/** Whom a step would reach, before it is called. */
function modeOf(words, { mode, look }, people) {
  if (mode === 'shadow' && look !== 'shadow') return h('p', { class: 'step-mode' }, icon('shadow'), words.t('stairs.mode_shadow'));
  if (mode === 'approve' && look !== 'approval' && people.length === 0) return h('p', { class: 'step-mode' }, icon('lock'), words.t('stairs.mode_approve'));
  return null;
}

function onStep(page, queue, move) {
  const { words } = page;
  const leaving = (queue.leaving ?? []).includes(move);
  const status = move.shadow ? 'stairs.shadow' : leaving ? 'stairs.leaving' : move.settled ? 'stairs.on' : 'stairs.coming';
  const names = move.people ?? [];
  const seats = typeof move.seats === 'number' ? move.seats : askedFor(move);
  const may = page.mayAnswer && !leaving && !move.shadow;
  return h('div', { class: 'on-step' },
    h('p', { class: 'step-people' }, icon(move.shadow ? 'shadow' : leaving ? 'release' : move.settled ? 'in_hand' : 'clock'), h('b', {}, seats), ' ', words.t(status)),
    names.length > 0 ? h('p', { class: 'step-names' }, names.join(' ')) : poolsOf(move).length > 1 && h('p', { class: 'step-names' }, words.list(poolsOf(move).map((pool) => words.name('pool', pool)))),
    move.not_shown && h('p', { class: 'step-doubt' }, icon('unknown'), words.t('stairs.not_shown')),
    may && h('button', { type: 'button', class: 'quiet', 'data-k': `left-${move.instruction}`, on: { click: () => page.openLeft(move) } }, words.t('act.left')));
}

function stepWords(page, queue, step) {
  const { words, clock } = page;
  if (step.look !== 'running') return whyNot(page, queue, step.tier) ?? words.t(step.next ? 'standing.next' : 'standing.later');
  const count = tick(h('b', { class: 'count big' }), (element) => say(element, left(clock.until(queue.next.due_at))));
  return [count, h('span', {}, words.t('stairs.until'))];
}

/** The clock of the next tier as a level that rises in its step. */
function rising(page, next) {
  const from = Date.parse(next.since);
  const to = Date.parse(next.due_at);
  return tick(h('span', { class: 'rising', 'aria-hidden': 'true' }), (element) => {
    const part = to > from ? Math.min(1, Math.max(0, (page.clock.now() - from) / (to - from))) : 1;
    element.style.setProperty('--part', part.toFixed(3));
  });
}
