// Why an instruction was given, how its number was computed, and what was answered, each in one sentence.

import { askedFor } from './store.js';
import { span } from './words.js';

export function reasonWords(words, reason) {
  if (!reason) return '';
  const seconds = reason.threshold_s ?? reason.threshold;
  const mean = reason.mean_s === undefined ? round(reason.mean) : span(reason.mean_s);
  const judged = { held: span(reason.held_s), mean, share: Math.round(reason.share * 100) };
  return words.of('reason', reason.code, {
    waiting: reason.waiting ?? '–',
    threshold: reason.code === 'longest_wait_above' || reason.code === 'expected_wait_above' ? span(seconds) : seconds,
    held: reason.judge ? words.of('judged', reason.judge, judged) : judged.held,
    note: reason.note ?? '',
    until: reason.until ? words.time(reason.until) : '',
    by: reason.by?.name ?? reason.by ?? '',
  });
}

/** Who answered what; without a number it was done as asked. `what` names the instruction. */
export function answerWords(words, answer, instruction, what) {
  const n = answer.seats ?? answer.people?.length ?? askedFor(instruction ?? {});
  const key = answer.status === 'done' && n === 0 ? 'nobody' : answer.status;
  return words.of('answer', key, { by: who(answer.by), n, what });
}

function who(by) {
  if (!by?.name) return by?.staff_no ?? '–';
  return by.staff_no && by.staff_no !== by.name ? `${by.name} (${by.staff_no})` : by.name;
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
