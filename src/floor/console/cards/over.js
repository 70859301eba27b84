// A card whose question is over while something was said on it that has not counted: it stays until that has been read.

import { h, icon } from '../dom.js';
import { headline } from '../log.js';
import { question, sending, trouble } from './pieces.js';

/**
 * Whether a card that nothing is asked on any more must stay. What was in its moment of grace is not sent unseen: `theirs` is the word
 * that ended it, if anybody's did.
 */
export function staysOver(answer, theirs) {
  answer.overtaken(theirs);
  return answer.sending || answer.question !== null || answer.error !== null;
}

/**
 * What such a card says: what it was about (`it`: an approval or a move), and what became of what was said on it. Nothing can be said on it
 * again.
 * @param {import('../main.js').Page} page
 */
export function overCard(page, it, answer) {
  const { words } = page;
  return [
    h('p', { class: 'card-gone' }, icon('note'), words.t('item.instruction', { what: headline(words, it), queue: words.name('queue', it.queue) })),
    answer.question ? question(page, answer, { insist: false })
      : answer.sending ? sending(page, answer)
        : answer.error && [trouble(words, answer), h('button', { type: 'button', 'data-k': `${answer.id}-drop`, on: { click: () => answer.drop() } }, words.t('again.drop'))],
  ];
}
