// The ladder as a staircase: each step a tier, who stands on it, where the next clock has got to, or why it does not run.

import { passed } from '../clock.js';
import { countdown, h, icon, tick } from '../dom.js';
import { haveCome, poolsOf, stageOf, standingOf } from '../store.js';
import { whyNot } from '../queue/why.js';

const PASSED_OVER = ['declined', 'refused', 'nobody_to_give', 'no_seat', 'reserved', 'resting', 'off_duty', 'protected', 'max_borrowed', 'max_moves_per_hour', 'nobody_stays'];

/** Stages at which nobody has said or shown that people are on the phones. */
const NOT_THERE = ['asked', 'unanswered', 'late', 'seen', 'coming', 'answered'];

/** The steps of a queue, lowest first. Moves whose tier is not of the ladder in force stand before them. */
export function steps(state, queue) {
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
    else if (moves.length > 0) look = lookOf(moves.map((move) => stageOf(state, queue, move).code));
    else if (leaving.length > 0 || code === 'signing_out') look = 'leaving';
    else if (code === 'approval') look = 'approval';
    else if (next) look = queue.next.due_at ? 'running' : 'next';
    else if (PASSED_OVER.includes(code)) look = 'passed_over';
    return { tier, mode, moves, leaving, next, look, reserve: mayCome(queue, known, code) ? { n: known.can_come, of: known.of } : null };
  });
}

/** Whether it is told who is left to be asked: not where a step draws on no pool, is passed over, which says why, or would find no seat. */
function mayCome(queue, known, code) {
  return known?.of != null && !PASSED_OVER.includes(code) && queue.free_seats !== 0;
}

/** Nobody is shown as coming before somebody has seen that they are asked for. */
function lookOf(codes) {
  if (codes.some((code) => ['asked', 'unanswered', 'late'].includes(code))) return 'asked';
  return codes.some((code) => NOT_THERE.includes(code)) ? 'coming' : 'on';
}

/** @param {import('../main.js').Page} page */
export function staircase(page, queue) {
  const { words, state } = page;
  const all = steps(state, queue);
  const top = all.findLastIndex((step) => step.moves.length > 0);
  return [
    h('h3', { class: 'unseen' }, words.t('stairs.title')),
    h('ol', { class: 'stairs', vars: { '--steps': all.length } },
      all.map((step, i) => stepOf(page, queue, step, i, i === top))),
  ];
}

/** @param {import('../main.js').Page} page */
function stepOf(page, queue, step, i, here) {
  const { words, state } = page;
  const people = [...step.moves, ...step.leaving];
  const incident = step.moves.some((move) => state.known[move.instruction]?.reason?.code === 'incident');
  return h('li', { class: 'step', 'data-look': step.look, 'data-here': here, vars: { '--i': i } },
    here && h('span', { class: 'here' }, icon(step.look === 'shadow' ? 'shadow' : 'person'), h('span', {}, words.t(step.look === 'shadow' ? 'stairs.here_shadow' : 'stairs.here'))),
    h('div', { class: 'tread' },
      step.look === 'running' && !page.stale && rising(page, queue.next),
      h('div', { class: 'step-name' }, h('span', { class: 'step-no' }, i + 1), h('b', {}, words.name('tier', step.tier)), incident && icon('incident')),
      modeOf(words, step, people),
      h('div', { class: 'step-body' },
        people.map((move) => onStep(page, queue, move)),
        people.length === 0 && h('p', { class: 'step-why' }, stepWords(page, queue, step)),
        !page.stale && reserveOf(words, step)),
      here && queue.release?.due_at && h('p', { class: 'step-release' }, icon('release'), words.t('stairs.release'), ' ',
        countdown(page.clock, queue.release.due_at))));
}

/** Who is left to be asked. */
function reserveOf(words, { reserve, moves, leaving }) {
  if (!reserve) return null;
  const called = moves.length + leaving.length > 0;
  if (called && reserve.n === 0) return null;
  return h('p', { class: 'step-reserve' }, words.t(called ? 'stairs.reserve_more' : 'stairs.reserve', reserve));
}

/** Whom a step would reach, before it is called. */
function modeOf(words, { mode, look }, people) {
  if (mode === 'shadow' && look !== 'shadow') return h('p', { class: 'step-mode' }, icon('shadow'), words.t('stairs.mode_shadow'));
  if (mode === 'approve' && look !== 'approval' && people.length === 0) return h('p', { class: 'step-mode' }, icon('lock'), words.t('stairs.mode_approve'));
  return null;
}

const STAGE_SIGNS = { shadow: 'shadow', leaving: 'release', not_shown: 'unknown', on: 'in_hand', said: 'in_hand', settled: 'in_hand', seen: 'clock', coming: 'clock', late: 'ask', answered: 'clock', unanswered: 'ask', asked: 'ask' };

/** "of 4 on the phones": what is known of the people of a move, behind how many they are, and from whom. */
export function stageWords(words, { code, by = null, at = null, n, of }) {
  const part = code !== 'not_shown' && n < of ? `${words.t('stage.part', { of })} ` : '';
  const known = code === 'not_shown' && n === null ? 'not_shown_any' : code;
  return part + words.t(`stage.${known}`, { by: words.person(by), time: at ? words.time(at) : '', n: n ?? '' });
}

/** "3 of 4 on the phones": the same in one sentence. */
export function peopleWords(words, stage) {
  return `${stage.code === 'not_shown' ? stage.of : stage.n} ${stageWords(words, stage)}`;
}

/** For how long people of a move stay: held there by hand until then, and away from their own place no longer than until then. */
export function stays(words, { hold_until: held, stay_until: most }) {
  return [
    held && { sign: 'lock', text: words.t('stage.held', { time: words.time(held) }) },
    most && { sign: 'clock', text: words.t('stage.at_most', { time: words.time(most) }) },
  ].filter(Boolean);
}

/** @param {import('../main.js').Page} page */
function onStep(page, queue, move) {
  const { words, state } = page;
  const stage = stageOf(state, queue, move);
  const names = move.people ?? [];
  const may = page.mayAnswer && haveCome(stage);
  return h('div', { class: 'on-step', 'data-stage': stage.code },
    h('p', { class: 'step-people' }, icon(STAGE_SIGNS[stage.code]), h('b', {}, stage.code === 'not_shown' ? stage.of : stage.n), ' ', h('span', {}, stageWords(words, stage))),
    names.length > 0 ? h('p', { class: 'step-names' }, names.join(' ')) : poolsOf(move).length > 1 && h('p', { class: 'step-names' }, words.list(poolsOf(move).map((pool) => words.name('pool', pool)))),
    move.missing?.length > 0 && h('p', { class: 'step-doubt' }, icon('unknown'), words.t('stage.missing', { people: words.list(move.missing) })),
    stays(words, move).map(({ sign, text }) => h('p', {}, icon(sign), ' ', text)),
    may && h('button', { type: 'button', class: 'quiet', 'data-k': `left-${move.instruction}`, on: { click: () => page.openLeft(move) } }, words.t('act.left')));
}

/** @param {import('../main.js').Page} page */
function stepWords(page, queue, step) {
  const { words, clock } = page;
  if (page.stale || step.look !== 'running') return whyNot(page, queue, step.tier) ?? words.t(step.next ? 'standing.next' : 'standing.later');
  return [countdown(clock, queue.next.due_at, 'count big'), h('span', {}, words.t('stairs.until'))];
}

/**
 * The clock of the next tier as a level that rises in its step.
 * @param {import('../main.js').Page} page
 */
function rising(page, next) {
  const from = Date.parse(next.since);
  const to = Date.parse(next.due_at);
  return tick(h('span', { class: 'rising', 'aria-hidden': 'true' }), (element) => element.style.setProperty('--part', passed(page.clock, from, to).toFixed(3)));
}
