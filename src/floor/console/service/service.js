// Is it working? What became of the calls of the last half hour, against the aim.

import { h, mark, renew } from '../dom.js';
import { span } from '../words.js';

/**
 * The share of all calls that ended which was answered, in time where that is known, and whether that misses the aim. Pure.
 * `{share, aim, within, lost, minutes, misses}`, or nothing where nothing is known.
 * @param {Wire.ServiceState | null | undefined} service
 */
export function serviceOf(service) {
  if (!service) return null;
  const { answered, in_target: inTarget, abandoned, target } = service;
  const ended = answered + (abandoned ?? 0);
  // Without those who gave up, all that ended were answered: that is no share of anything.
  if (ended === 0 || (inTarget === null && abandoned === null)) return null;
  const timed = inTarget !== null && target !== null;
  const share = (timed ? inTarget : answered) / ended;
  const aim = timed ? target.answered : null;
  return { share, aim, within: timed ? target.within_s : null, lost: abandoned, minutes: Math.round(service.over_s / 60), misses: aim !== null && share < aim };
}

/** A share in whole per cent; what just misses the aim does not read as met. */
export function percent(share) {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

/** Draws it into a fact of the queue's head, which stays while its numbers move. */
export function drawService(element, look, words, service) {
  const it = serviceOf(service);
  mark(element, 'data-misses', it?.misses ?? false);
  renew(element, [look, it], () => it && [
    h('dt', {}, words.t(it.within === null ? 'fact.answered' : 'fact.in_target', { within: span(it.within), n: it.minutes })),
    h('dd', {}, percent(it.share), it.aim !== null && h('small', {}, ` / ${percent(it.aim)}`)),
    it.lost > 0 && h('dd', { class: 'lost' }, words.t('fact.gave_up', { n: it.lost })),
  ]);
}
