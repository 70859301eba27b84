// A shift and its hand-over in words and in choices. Pure.

import { changeWords, itemName } from '../log.js';
import { headlineWords } from '../reason.js';
import { span } from '../words.js';

/** What nobody answers for yet. */
export function unresolved(handover) {
  return (handover?.items ?? []).filter((item) => item.standing === 'open');
}

/** What this person may do now: `{side: 'leaving'|'coming'…}` as `true`, or the key of why not. */
export function maySign(handover, side, staffNo) {
  if (!handover) return 'handover.draw_up_first';
  const other = side === 'leaving' ? 'coming' : 'leaving';
  if (handover[side]) return 'handover.is_signed';
  if (same(handover[other]?.by.staff_no, staffNo)) return 'handover.two_people';
  if (side === 'leaving' && handover.items.some((item) => item.standing === 'taken_over' && same(item.who?.by.staff_no, staffNo))) return 'handover.took_over';
  if (handover[other] && unresolved(handover).length > 0) return 'handover.still_open';
  return true;
}

/** Whether this person may take something over: not after signing as the one who leaves. */
export function mayTakeOver(handover, staffNo) {
  return Boolean(handover) && !same(handover.leaving?.by.staff_no, staffNo);
}

/** Whether it was this person who drew it up. */
export function drewUp(handover, staffNo) {
  return same(handover?.begun?.by.staff_no, staffNo);
}

function same(one, other) {
  return one != null && other != null && one.trim().toLowerCase() === other.trim().toLowerCase();
}

const EXTRA = ['extend_shift', 'overtime', 'call_in'];

/**
 * An open matter in one line. `state`: how the floor stands, where that is known: somebody may have taken what is not done yet.
 * @param {import('../words.js').Words} words
 * @param {any} item
 * @param {import('../store.js').State | null} state
 */
export function itemWords(words, item, state = null) {
  const at = item.at ? words.time(item.at) : '–';
  const what = item.action ? headlineWords(words, item.action, { n: item.seats ?? '', from: words.name('tier', item.tier) }) : '';
  // Who stays longer, or comes from home, is at no other place than their own.
  const kind = item.kind === 'move' && EXTRA.includes(item.action) ? 'extra' : item.kind;
  const taken = item.kind === 'instruction' && item.standing === 'open' ? state?.open[item.instruction]?.seen_by : null;
  if (taken) return words.t('matter.taken', { queue: words.name('queue', item.queue), by: words.person(taken), what });
  return words.of('matter', kind, { queue: words.name('queue', item.queue), tier: words.name('tier', item.tier), n: item.seats ?? '', what, at, note: item.note ?? '' });
}

/** A refusal that names matters by their keys, with their names in the keys' place. */
export function inWords(words, state, error) {
  const items = error.said?.items;
  return items ? { ...error, said: { ...error.said, items: items.map((key) => itemName(words, state, key)) } } : error;
}

/** The summary as sections of lines: `{key, lines}`; what was not, is not shown. */
export function summaryLines(words, summary) {
  const until = (to) => (to ? words.time(to) : words.t('shift.goes_on'));
  const count = summary.instructions;
  const counted = ['done', 'shown', 'declined', 'stood_down', 'seen', 'unanswered'].filter((key) => count[key] > 0);
  const sections = [
    ['surges', summary.surges.map((it) => words.t('shift.surge', {
      queue: words.name('queue', it.queue),
      from: words.time(it.began),
      to: until(it.ended),
      peak: it.peak ?? '–',
      tiers: it.tiers.length > 0 ? words.list(it.tiers.map((tier) => `${words.name('tier', tier.tier)} ${tier.seats}`)) : '–',
    }))],
    ['moved', summary.moved.map((it) => movedLine(words, it))],
    ['asked', (summary.asked ?? []).map((it) => movedLine(words, it))],
    ['instructions', count.issued > 0 ? [
      words.t('shift.issued', { n: count.issued }),
      ...counted.map((key) => words.t(`shift.${key}`, { n: count[key] })),
    ] : []],
    ['blind', summary.blind.map((it) => words.t('shift.gap', { queue: words.name('queue', it.queue), from: words.time(it.from), to: until(it.to) }))],
    ['pauses', summary.pauses.map((it) => words.t('shift.span', { queue: words.name('queue', it.queue), from: words.time(it.from), to: until(it.to), by: words.person(it.by), note: it.note }))],
    ['incidents', summary.incidents.map((it) => words.t('shift.span', { queue: words.name('queue', it.queue), from: words.time(it.from), to: until(it.to), by: words.person(it.by), note: it.note }))],
    ['reloads', summary.reloads.map((it) => words.t(it.refused ? 'shift.refused' : 'shift.reloaded', { at: words.time(it.at), what: it.what.map((change) => changeWords(words, change)).join('; ') }))],
    ['daemon', summary.daemon.map((it) => words.t('shift.daemon_line', { at: words.time(it.at), what: words.of('shift', it.what) }))],
  ];
  return sections.filter(([, lines]) => lines.length > 0).map(([key, lines]) => ({ key, lines }));
}

/** Who was away for how long: a person, or the nameless of a pool. */
function movedLine(words, { person, pool, seats, time_s: time }) {
  return words.t(person ? 'shift.person' : 'shift.pool', { who: person ?? '', pool: pool ? words.name('pool', pool) : words.t('shift.no_pool'), n: seats, time: span(time) });
}
