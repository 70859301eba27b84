// Who has the floor open and may answer: without them what is asked here reaches nobody.

import { h, icon, renew } from '../dom.js';

const LEADERS = ['shift_leader', 'manager'];

/**
 * `{code, names, leaders, more}`: nobody at all, nobody of the first level, or some. Nothing before it was told. Pure.
 * @param {import('../store.js').State} state
 */
export function listenersOf(state) {
  if (!state.listening) return null;
  const { people, more } = state.listening;
  const first = people.filter(({ role }) => !LEADERS.includes(role));
  const leaders = people.filter(({ role }) => LEADERS.includes(role));
  const code = people.length === 0 ? 'nobody' : first.length === 0 ? 'leaders' : 'some';
  return { code, names: first.map(({ name }) => name), leaders: leaders.map(({ name, role }) => ({ name, role })), more };
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
      const named = [...here.names, ...here.leaders.map(({ name, role }) => `${name} (${words.name('role', role)})`)];
      const list = here.more > 0 ? [...named, words.t('listening.more', { n: here.more })] : named;
      return h('p', { class: here.code === 'nobody' ? 'flag' : 'here-are' }, icon(here.code === 'nobody' ? 'bell_off' : 'person'),
        h('span', {}, here.code === 'nobody' ? words.t('listening.nobody') : words.t(`listening.${here.code}`, { people: words.list(list) })));
    });
  }
}
