// Why an instruction was given, how its number was computed, and what was answered, each in one sentence.

import { askedFor, poolsOf } from './store.js';
import { span } from './words.js';

/** So many people are told of; a whole floor's names would hide the rest of the card. */
const CHOSEN_SHOWN = 8;

export function reasonWords(words, reason) {
  if (!reason) return '';
  if (reason.code === 'all') return reason.all.map((each) => reasonWords(words, each)).join('; ');
  if (reason.code === 'severe') return words.t('reason.severe', { why: reasonWords(words, reason.why) });
  const share = reason.code.includes('_share_');
  const seconds = reason.threshold_s ?? reason.threshold;
  const measured = measuredWords(reason, share);
  // A mean and a share tell their own number.
  const now = measured === '–' || reason.judge ? '' : words.t('measured.now', { measured });
  return words.of('reason', reason.code, {
    waiting: reason.waiting ?? '–',
    threshold: share ? percent(reason.threshold) : reason.threshold_s === undefined ? seconds : span(seconds),
    measured,
    now,
    over: span(reason.over_s),
    for: judgedWords(words, reason),
    note: reason.note ?? '',
    until: reason.until ? words.time(reason.until) : '',
    by: reason.by?.name ? words.person(reason.by) : reason.by ?? '',
    pool: words.name('pool', reason.pool),
    stay: span(reason.max_stay_s),
  });
}

function measuredWords(reason, share) {
  if (reason.measured_s !== undefined) return span(reason.measured_s);
  if (reason.measured === undefined) return '–';
  return share ? percent(reason.measured) : round(reason.measured);
}

/** For how long a threshold was passed, and by which judgement; nothing where it was not to hold. */
function judgedWords(words, reason) {
  const mean = reason.mean_s === undefined ? round(reason.mean) : span(reason.mean_s);
  const judge = reason.judge ?? (reason.held_s === 0 ? 'now' : 'every');
  return words.of('judged', judge, { held: span(reason.held_s), mean, share: Math.round(reason.share * 100) });
}

/** "Sign in 3 · Outbound"; a step that draws on no pool and is named after what it asks for is not named again: "Overtime for 4". */
export function headlineWords(words, action, { n, from }) {
  const alone = isNamedAfter(words, action, from) && words.has(`headline.${action}_alone`);
  return words.of('headline', alone ? `${action}_alone` : action, { n, from });
}

/** What is asked, and of whom: `{verb, what}`; `verb` is empty where it would say the same twice. */
export function askedWords(words, it) {
  const verb = words.of('verb', it.action, { n: askedFor(it) });
  const what = fromWords(words, it);
  return isNamedAfter(words, it.action, what) ? { verb: '', what: verb } : { verb, what };
}

/** From whom: the pools by name, else the step. */
export function fromWords(words, it) {
  const pools = poolsOf(it ?? {}).map((pool) => words.name('pool', pool));
  return pools.length > 0 ? words.list(pools) : words.name('tier', it?.tier);
}

/** Whether a name says no more than what is asked: the plan's own word for it, and not a label that somebody chose. */
function isNamedAfter(words, action, name) {
  return words.has(`name.${action}`) && words.t(`name.${action}`) === name;
}

/** Who answered what; without a number it was done as asked. `what` names the instruction. */
export function answerWords(words, answer, instruction, what) {
  const n = answer.seats ?? answer.people?.length ?? askedFor(instruction ?? {});
  const key = answer.status === 'done' && n === 0 ? 'nobody' : answer.status;
  return words.of('answer', key, { by: words.who(answer.by), n, what });
}

/** Where a tier stands, or why nobody could be asked: `{code, …numbers}`. */
export function standingWords(words, standing) {
  const code = standing.code === 'off_duty' && standing.until ? 'off_duty_until' : standing.code;
  return words.of('standing', code, {
    seats: standing.physical_seats,
    queue: words.name('queue', standing.for_queue ?? standing.by_queue ?? standing.queue),
    n: standing.waiting_at_most ?? standing.max,
    until: standing.until ? words.time(standing.until) : '',
    since: standing.since ? words.time(standing.since) : '',
    span: span(standing.ends_within_s),
  });
}

/** Why nobody can see a queue; a phone system's own words are quoted as they came. */
export function lostWords(words, { lost, why, after_s: after }) {
  return words.has(`lost.${lost}`) ? words.t(`lost.${lost}`, { span: span(after) }) : words.cause(why) ?? null;
}

/** What the phones show in place of people who were said to be there; `null`: nothing like them. */
export function nearWords(words, near) {
  if (!near?.length) return null;
  return near.map((miss) => words.of('near', miss.instead, {
    person: miss.person,
    people: words.list(miss.people ?? []),
    queue: words.name('queue', miss.queue),
    n: miss.members ?? '',
  })).join('; ');
}

/** The words of a promise that was broken; `null`: nobody had promised. */
export function promiseWords(words, promise) {
  return promise ? words.t('promise.broken', { by: words.who(promise.by), at: words.time(promise.at) }) : null;
}

/** Refusals whose message is for whoever wrote the program: quoted, since no number says it, in the reader's language where that is known. */
const QUOTED = ['not_understood', 'unknown_type', 'too_long', 'log_unreadable'];

/**
 * Why a request was not taken: `{code, message, said}`, with the code's numbers in `said`.
 * @param {import('./words.js').Words} words
 * @param {{ code: string, message?: string, said?: any }} refused
 */
export function refusalWords(words, { code, message, said = {} }) {
  if (!words.has(`error.${code}`)) return message || words.t('error.unknown');
  const it = said ?? {};
  const seconds = it.what === 'eta' || it.what === 'hold';
  const values = {
    ...it,
    queue: words.name('queue', it.queue),
    tier: words.name('tier', it.tier),
    pool: it.pool == null ? '–' : words.name('pool', it.pool),
    ladder: words.name('ladder', it.ladder),
    queues: words.list((it.queues ?? []).map((queue) => words.name('queue', queue))),
    items: words.list(it.items ?? []),
    what: words.of('what', it.what),
    people: words.list(it.people ?? []),
    span: span(it.within_s),
    why: it.why ? standingWords(words, { ...it, code: it.why }) : '',
    came: seconds ? span(it.came) : it.came,
    limit: seconds ? span(it.limit) : it.limit,
  };
  if (it.with) {
    const { by, status, instruction, people } = it.with;
    // People stand by somebody's word, or by the books alone.
    const key = !people?.length ? 'error.conflict' : by ? 'error.conflict_people' : 'error.conflict_asked';
    return words.t(key, { by: words.who(by), status: words.of('status', status), instruction, people: words.list(people ?? []) });
  }
  const text = words.t(`error.${code}`, values);
  return QUOTED.includes(code) && message && message !== text ? `${text} (${words.cause(message)})` : text;
}

/** Why these people: whoever was asked least recently comes first. */
export function chosenWords(words, { chosen, at }) {
  const one = (it) => [
    it.person,
    it.asked_at ? words.t('chosen.last', { time: words.when(it.asked_at, at), n: it.times }) : words.t('chosen.never'),
    it.until && words.t('chosen.until', { time: words.when(it.until, at) }),
  ].filter(Boolean).join(' ');
  const shown = chosen.slice(0, CHOSEN_SHOWN).map(one);
  if (chosen.length > CHOSEN_SHOWN) shown.push('…');
  return `${words.t('chosen.why')} ${shown.join(' · ')}`;
}

/** What a count of the floor changed, move by move. */
export function countedWords(words, notice) {
  const sum = (parts) => parts.reduce((all, part) => all + part.seats, 0);
  const moves = (notice.moves ?? []).map((it) => words.t('count.changed', { tier: words.name('tier', it.tier), before: sum(it.before), after: sum(it.after) }));
  const found = (notice.found ?? []).map((it) => words.t('count.found', { n: it.part.seats, tier: words.name('tier', it.tier) }));
  return [...moves, ...found].join('; ') || words.t('count.same');
}

function percent(share) {
  return share == null ? '–' : `${Math.round(share * 1000) / 10} %`;
}

// Nobody was signed in to divide by: no mean.
function round(mean) {
  return mean === undefined ? '–' : Number(mean.toFixed(2));
}

/** What the seats required were computed from, each input with its origin; or what was missing. */
export function requiredWords(words, it) {
  const calls = it.calls_per_hour;
  const target = it.target;
  const parts = [
    it.required != null && words.t('required.needed', { n: it.required }),
    calls && words.t('required.calls', { n: calls.value, origin: words.of('origin', calls.origin) }),
    it.handle_time_s != null && words.t('required.handle', { span: span(it.handle_time_s) }),
    it.patience_s != null ? words.t('required.patience', { span: span(it.patience_s) }) : it.required != null && words.t('required.patient'),
    target && words.t('required.target', { share: Math.round(target.answered * 1000) / 10, span: span(target.within_s) }),
    it.signed_in != null && words.t('required.signed_in', { n: it.signed_in }),
    it.free_seats != null && words.t('required.free', { n: it.free_seats }),
    it.reachable === false && words.t('required.too_few'),
    it.missing?.length > 0 && words.t('required.fallback', { what: words.list(it.missing.map((what) => words.of('missing', what))) }),
  ];
  return parts.filter(Boolean).join(' · ');
}
