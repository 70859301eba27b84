// Why an instruction was given, in one sentence.

import { span } from './words.js';

export function reasonWords(words, reason) {
  if (!reason) return '';
  const seconds = reason.threshold_s ?? reason.threshold;
  return words.of('reason', reason.code, {
    waiting: reason.waiting ?? '–',
    threshold: reason.code === 'longest_wait_above' || reason.code === 'expected_wait_above' ? span(seconds) : seconds,
    held: span(reason.held_s),
    note: reason.note ?? '',
    until: reason.until ? words.time(reason.until) : '',
    by: reason.by?.name ?? reason.by ?? '',
  });
}
