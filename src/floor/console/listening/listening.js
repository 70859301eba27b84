// Who has the floor open and may answer: without them what is asked here reaches nobody.

import { h, icon, renew } from '../dom.js';

const LEADERS = ['shift_leader', 'manager'];
/** Whoever sits at this machine, where nobody needs a token: a manager by what they may do, and as likely a supervisor. */
const LOCAL = 'local';

/**
 * `{code, first, leaders, more}`: nobody at all, nobody of the first level, or some. Nothing before it was told. Pure.
 * @param {import('../store.js').State} state
 */
export function listenersOf(state) {
  if (!state.listening) return null;
  const { people, more } = state.listening;
  const leads = ({ role, staff_no: number }) => LEADERS.includes(role) && number !== LOCAL;
  const first = people.filter((it) => !leads(it));
  const leaders = people.filter(leads);
  const code = people.length === 0 ? 'nobody' : first.length === 0 ? 'leaders' : 'some';
  return { code, first, leaders, more };
}

export class Listening {
  element = h('div', { class: 'listening' });

  constructor(after) {
    after.after(this.element);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words } = page;
    const here = page.stale ? null : listenersOf(state);
    renew(this.element, [page.look, here], () => {
      if (!here) return null;
      const named = [...here.first.map((it) => words.person(it)), ...here.leaders.map((it) => `${words.person(it)} (${words.name('role', it.role)})`)];
      const list = here.more > 0 ? [...named, words.t('listening.more', { n: here.more })] : named;
      return h('p', { class: here.code === 'nobody' ? 'flag' : 'here-are' }, icon(here.code === 'nobody' ? 'bell_off' : 'person'),
        h('span', {}, here.code === 'nobody' ? words.t('listening.nobody') : words.t(`listening.${here.code}`, { people: words.list(list) })));
    });
  }
}
