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
};

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
