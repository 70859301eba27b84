// One answer for several cards of one pool: whoever can send Outbound sends it to every queue that asks.

import { h, icon, renew } from '../dom.js';
import { TAKE_S, doneAsAsked, waiting } from './pieces.js';
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

/**
 * What one tap has said of several and can still be taken back, as one message for all of their people; `null`: nothing. `said`: the
 * answers. Pure.
 */
export function togetherOf(answers) {
  const said = answers.filter((it) => it?.waits && it.together !== null);
  if (said.length === 0) return null;
  const messages = said.map((it) => it.grace?.message ?? it.way.message);
  const seats = messages.reduce((sum, message) => sum + (message.seats ?? message.people?.length ?? 0), 0);
  return { said, message: { type: messages[0].type, seats }, endsAt: said[0].grace?.endsAt ?? null };
}

/** Whether a card is still to be answered: what somebody has said on it by itself is not said over. */
function isFree(answer) {
  return answer !== undefined && !answer.waits && !answer.sending && !answer.question;
}

export class Several {
  element = h('div', { class: 'several' });

  /**
   * `answerTo(id)`: the answer to an open instruction.
   * @param {import('../main.js').Page} page
   */
  render(page, groups, answerTo) {
    const { words } = page;
    const all = groups.map(({ key, cards }) => ({ key, cards, together: togetherOf(cards.map((it) => answerTo(it.id))), free: cards.filter((it) => isFree(answerTo(it.id))) }));
    const faces = all.map(({ key, cards, together, free }) => [key, cards.map((it) => [it.id, askedFor(it), Boolean(it.seen_by)]), together?.message, together?.endsAt, together?.said.length, free.map(({ id }) => id)]);
    renew(this.element, [page.look, faces], () => all.map(({ key, cards, together, free }) => {
      const people = (some) => some.reduce((sum, it) => sum + askedFor(it), 0);
      return h('section', { class: 'group', 'aria-label': fromWords(words, cards[0]) },
        h('p', {}, h('b', {}, fromWords(words, cards[0])), ' ', words.t('several.asks', { n: cards.length, people: people(cards) })),
        together
          ? waiting(page, { ...together, key, undo: () => together.said.forEach((it) => it.undo()) })
          : free.length > 0 && acts(words, key, free, people(free), answerTo));
    }));
  }
}

/** What can be said of all that are still to be answered, in one tap. */
function acts(words, key, cards, people, answerTo) {
  const each = (act) => () => {
    const together = {};
    for (const it of cards) act(answerTo(it.id), it, together);
  };
  const mayTake = cards.some((it) => !it.seen_by);
  return h('div', { class: 'group-acts' },
    mayTake && h('span', { class: 'take-label' }, words.t('several.take')),
    mayTake && TAKE_S.map((eta) => h('button', { type: 'button', 'data-k': `${key}-take-${eta}`, on: { click: each((answer, it, together) => !it.seen_by && answer?.take(eta, together)) } }, eta === 0 ? words.t('act.now') : words.t('act.minutes', { n: eta / 60 }))),
    h('button', { type: 'button', class: 'done', 'data-k': `${key}-all`, on: { click: each((answer, it, together) => answer?.later(doneAsAsked(it), together)) } }, icon('in_hand'), words.t('act.done', { n: people })));
}
