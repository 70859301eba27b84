// One answer for several cards of one pool: whoever can send Outbound sends it to every queue that asks.

import { h, icon, renew } from '../dom.js';
import { TAKE_S, doneAsAsked } from './pieces.js';
import { fromWords } from '../reason.js';
import { askedFor, poolsOf, rests, takesBack } from '../store.js';

/** Open instructions that ask the same of the same pool, where there are at least two that press somebody: `{key, action, cards}`. Pure. */
export function groupsOf(open) {
  const groups = new Map();
  for (const it of open) {
    const pools = poolsOf(it).join('+');
    if (!pools || takesBack(it) || rests(it)) continue;
    const key = `${it.action}-${pools}`;
    groups.set(key, [...groups.get(key) ?? [], it]);
  }
  return [...groups].filter(([, cards]) => cards.length > 1).map(([key, cards]) => ({ key, action: cards[0].action, cards }));
}

export class Several {
  element = h('div', { class: 'several' });

  /**
   * `answerTo(id)`: the answer to an open instruction.
   * @param {import('../main.js').Page} page
   */
  render(page, groups, answerTo) {
    const { words } = page;
    renew(this.element, [page.look, groups.map(({ key, cards }) => [key, cards.map((it) => [it.id, askedFor(it), Boolean(it.seen_by)])])], () => groups.map(({ key, cards }) => {
      const people = cards.reduce((sum, it) => sum + askedFor(it), 0);
      const each = (act) => () => { for (const it of cards) act(answerTo(it.id), it); };
      const free = cards.some((it) => !it.seen_by);
      return h('section', { class: 'group', 'aria-label': fromWords(words, cards[0]) },
        h('p', {}, h('b', {}, fromWords(words, cards[0])), ' ', words.t('several.asks', { n: cards.length, people })),
        h('div', { class: 'group-acts' },
          free && h('span', { class: 'take-label' }, words.t('several.take')),
          free && TAKE_S.map((eta) => h('button', { type: 'button', 'data-k': `${key}-take-${eta}`, on: { click: each((answer, it) => !it.seen_by && answer?.take(eta)) } }, eta === 0 ? words.t('act.now') : words.t('act.minutes', { n: eta / 60 }))),
          h('button', { type: 'button', class: 'done', 'data-k': `${key}-all`, on: { click: each((answer, it) => answer?.later(doneAsAsked(it))) } }, icon('in_hand'), words.t('act.done', { n: people }))));
    }));
  }
}
