// Why a tier is not called now.

import { standingWords } from '../reason.js';
import { standingOf, untilOf } from '../store.js';

/**
 * Why a tier is not called now, in words.
 * @param {import('../main.js').Page} page
 */
export function whyNot(page, queue, name) {
  const { words, state } = page;
  const standing = standingOf((queue.tiers ?? []).find((tier) => tier.tier === name));
  if (!standing) return null;
  switch (standing.code) {
    case 'unsettled': {
      const tier = state.known[standing.instruction]?.tier ?? queue.moves?.find((move) => move.instruction === standing.instruction)?.tier;
      return words.t(tier ? 'standing.unsettled' : 'standing.unsettled_any', { tier: words.name('tier', tier) });
    }
    case 'not_met': return words.t(standing.unknown ? 'standing.not_known' : 'standing.not_met');
    case 'running': return null;
    case 'nobody_to_give': {
      const until = untilOf(state, standing);
      return until ? words.t('standing.nobody_to_give_until', { until: words.time(until) }) : standingWords(words, standing);
    }
    default: return standingWords(words, standing);
  }
}
