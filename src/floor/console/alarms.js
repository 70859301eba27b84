// Which words of the daemon call somebody. What needs no answer is no alarm: it stands in the list of today, and stays silent.

/**
 * What each notice is to a person: `act`: somebody must do something now; `know`: it is written down. Every code of the wire is here.
 * @type {Record<string, 'act' | 'know'>}
 */
export const NOTICES = {
  feed_lost: 'act',
  feed_back: 'know',
  blind_long: 'act',
  tier_skipped: 'know',
  seats_exhausted: 'know',
  passed_up: 'act',
  nobody_listening: 'act',
  incident: 'know',
  incident_over: 'know',
  paused: 'know',
  resumed: 'know',
  ladder_changed: 'know',
  config_changed: 'know',
  config_refused: 'know',
  journal_failing: 'act',
  approval_asked: 'act',
  approval_lapsed: 'know',
  approved: 'know',
  approval_refused: 'know',
  not_shown: 'act',
  counted: 'know',
  incident_ends: 'act',
  gone: 'act',
  taken_as_left: 'know',
  only_moves_counted: 'know',
  quieted: 'know',
  quiet_over: 'know',
};

/** Actions that reach beyond the house, and reasons that no calm explains: what the plan wants to be heard whatever anybody has silenced. */
const LOUD_ACTIONS = ['overtime', 'call_in', 'extend_shift'];
const LOUD_REASONS = ['severe', 'incident'];

/**
 * Whether an open instruction may sound: not where its people have been asked for again since, or its queue is paused and calm; and not on
 * a queue that somebody has made quiet, unless it must be heard all the same. What has gone up the chain of command was not heard where it
 * was quiet, and calls whoever has it now.
 * @param {any} instruction
 * @param {any} queue
 */
export function sounds(instruction, queue) {
  if (instruction.again || instruction.held) return false;
  if (!queue?.quiet) return true;
  return instruction.unanswered === true || (instruction.level ?? 0) > 0 || LOUD_ACTIONS.includes(instruction.action) || LOUD_REASONS.includes(instruction.reason?.code);
}

/** So many asks in ten minutes a person bears on average, and at the peak (ISA-18.2, EEMUA 191). */
export const BORNE = { mean: 2, peak: 10 };

/** Whether a person was asked more than they can bear. */
export function isTooMuch({ mean, peak }) {
  return mean > BORNE.mean || peak > BORNE.peak;
}

const LEADERS = ['shift_leader', 'manager'];

/**
 * Whether a notice calls this person. What goes up calls the level that has it now; a yes is asked of leaders; who only reads is
 * called by nothing.
 * @param {any} notice
 * @param {string | null} role
 */
export function calls(notice, role) {
  if (NOTICES[notice.code] !== 'act' || role === null || role === 'viewer' || role === 'operator') return false;
  switch (notice.code) {
    case 'passed_up': return notice.role === role;
    case 'approval_asked': return LEADERS.includes(role);
    case 'journal_failing': return notice.failing !== false;
    default: return true;
  }
}
