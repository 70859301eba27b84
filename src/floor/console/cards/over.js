// A card whose question is over while something was said on it that has not counted: it stays until that has been read.

import { h, icon } from '../dom.js';
import { agrees } from './ended.js';
import { headline } from '../log.js';
import { endWords, question, sending, sentWords, trouble } from './pieces.js';

/** So long a card stays that is over and asks nothing: nothing jumps under a finger, and it says how it ended. */
export const AFTERGLOW_MS = 4_000;

/**
 * What was said on a card that is over, and is not sent unseen: where it ended as this person said, it need not be sent, and is given
 * back; else it is asked about. `end`: as `endOf` or `endOfYes` has it.
 * @param {import('../store.js').State} state
 * @param {import('./answer.js').Answer} answer
 */
export function settle(state, answer, end) {
  const message = answer.grace?.message ?? (answer.question?.code === 'overtaken' ? answer.question.message : null);
  if (!message) return null;
  if (agrees(state, message, end)) {
    if (answer.grace) answer.undo();
    else answer.drop();
    return message;
  }
  answer.overtaken(end);
  // How it ended may be heard later than that it did.
  if (end) answer.question = { ...answer.question, with: end };
  return null;
}

/** Whether a card that nothing is asked on any more must stay until somebody has read it. */
export function staysOver(answer) {
  return answer.sending || answer.question !== null || answer.error !== null;
}

/**
 * What such a card says: what it was about (`it`: an approval or a move), and what became of what was said on it (`met`: what need not be
 * sent, since it ended so). Nothing can be said on it again.
 * @param {import('../main.js').Page} page
 */
export function overCard(page, it, answer, { end, met }) {
  const { words } = page;
  return [
    h('p', { class: 'card-gone' }, icon('note'), words.t('item.instruction', { what: headline(words, it), queue: words.name('queue', it.queue) })),
    answer.question ? question(page, answer, { insist: false })
      : answer.sending ? sending(page, answer)
        : answer.error ? [trouble(words, answer), h('button', { type: 'button', 'data-k': `${answer.id}-drop`, on: { click: () => answer.drop() } }, words.t('again.drop'))]
          : met && h('p', { class: 'card-met' }, endWords(page, it.instruction, end), ' ', words.t('again.as_said', { what: sentWords(words, met) })),
  ];
}
