// Why an instruction was given, in one sentence.

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

// Nobody was signed in to divide by: no mean.
function round(mean) {
  return mean === undefined ? '–' : Number(mean.toFixed(2));
}
