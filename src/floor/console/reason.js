// Why an instruction was given and what was answered, each in one sentence.

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
