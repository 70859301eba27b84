// Whose word does not count any more, since somebody else has said otherwise after them: they are told, until they have read it.

import { h, icon, renew } from '../dom.js';
import { peopleOf, seatsOf } from './ended.js';
import { aboutWords } from './pieces.js';
import { takesBack } from '../store.js';

/** What one can say to an instruction that somebody else may overrule. */
const WORDS = ['seen', 'done', 'declined'];
/** The statuses as the page words what somebody sent. */
const SENT = { seen: 'seen', done: 'done', declined: 'decline' };

const found = new WeakMap();

/**
 * Every word of this person's that another's has taken the place of, the oldest first: `{id, mine, theirs, people?}`; `people`: who were
 * taken to stand elsewhere. Whoever says more afterwards has the last word again. Pure.
 * @param {import('../store.js').State} state
 */
export function overruledOf(state) {
  const me = state.you?.staff_no;
  if (me == null) return [];
  // What was said does not change: it is gone through once.
  const known = found.get(state.book);
  if (known?.me === me) return known.all;
  const all = fold(state, me);
  found.set(state.book, { me, all });
  return all;
}

function fold(state, me) {
  const mine = new Map();
  const over = new Map();
  for (const entry of state.book) {
    if (entry.kind === 'instruction') wentBack(state, mine, entry);
    if (entry.kind !== 'answer' || entry.by == null) continue;
    if (entry.status === 'left' && mine.has(entry.id)) mine.set(entry.id, less(state, mine.get(entry.id), entry));
    if (entry.by.staff_no === me) {
      over.delete(entry.id);
      if (WORDS.includes(entry.status)) mine.set(entry.id, entry);
    } else if (entry.status === 'done' || entry.status === 'declined') {
      const before = mine.get(entry.id);
      if (before && contradicts(state, before, entry)) over.set(entry.id, { id: entry.id, mine: before.said ?? before, theirs: entry });
      else over.delete(entry.id);
      for (const it of takenFrom(state, mine, entry)) over.set(it.id, it);
    }
  }
  return [...over.values()].sort((a, b) => a.theirs.seq - b.theirs.seq);
}

/** Whose people were told to go back has nothing to lose by what is said of them afterwards. */
function wentBack(state, mine, { id }) {
  const it = state.known[id];
  if (it && takesBack(it) && it.of != null) mine.delete(it.of);
}

/** What is left of a word by which people are there, when some of them have left; `said`: as it was said. */
function less(state, one, { seats, people }) {
  const gone = people ?? [];
  const there = (one.people ?? state.known[one.id]?.people ?? []).filter((person) => !gone.includes(person));
  return { ...one, said: one.said ?? one, seats: Math.max(0, seatsOf(state, one) - (seats ?? gone.length)), ...(gone.length > 0 && { people: there }) };
}

/** Whether the second word says another thing than the first. Who does what somebody has taken says none. */
function contradicts(state, one, other) {
  if (other.status !== one.status) return !(one.status === 'seen' && other.status === 'done' && seatsOf(state, other) > 0);
  if (one.status !== 'done') return false;
  const [mine, theirs] = [one, other].map((it) => peopleOf(state, it));
  return seatsOf(state, one) !== seatsOf(state, other) || (mine !== null && theirs !== null && mine !== theirs);
}

/** People of moves that this person has said are there, and whom another's "done" takes for one of theirs. */
function takenFrom(state, mine, theirs) {
  return [...mine.values()].filter((it) => it.status === 'done' && it.id !== theirs.id).flatMap((it) => {
    const there = it.people ?? state.known[it.id]?.people ?? [];
    const people = (theirs.people ?? []).filter((person) => there.includes(person));
    return people.length > 0 ? [{ id: it.id, mine: it.said ?? it, theirs, people }] : [];
  });
}

export class Overruled {
  element = h('div', { class: 'overruled' });

  /** @param {import('../main.js').Page} page */
  render(page) {
    const { state, words } = page;
    const all = page.mayAnswer ? overruledOf(state).filter(({ theirs }) => theirs.seq > page.readUpTo) : [];
    const known = all.map((it) => [state.known[it.id], state.known[it.theirs.id]]);
    renew(this.element, [page.look, all, known], () => all.length > 0 && h('section', { class: 'again', 'aria-label': words.t('overruled.title') },
      h('h3', {}, icon('ask'), words.t('overruled.title')),
      h('ul', {}, all.map((it) => h('li', {}, lines(words, state, it).map((line, i) => h('p', {}, i === 0 ? h('b', {}, line) : line))))),
      h('div', { class: 'settle' }, h('button', { type: 'button', 'data-k': 'overruled-read', on: { click: () => page.haveRead(all.at(-1).theirs.seq) } }, words.t('overruled.read')))));
  }
}

/** What it was about, what this person had said, and who has said what since. */
export function lines(words, state, { id, mine, theirs, people }) {
  const about = (of) => aboutWords({ words, state }, of);
  const values = (answer) => ({ by: words.person(answer.by), what: sentence(words, state, answer), time: words.time(answer.at, true) });
  return [
    about(id),
    words.t('overruled.mine', values(mine)),
    people ? words.t('overruled.taken', { ...values(theirs), people: words.list(people), about: about(theirs.id) }) : [words.t('again.they_said', values(theirs)), words.said(theirs.note)].filter(Boolean).join(' '),
  ];
}

function sentence(words, state, answer) {
  return words.of('sent', SENT[answer.status], { n: seatsOf(state, answer) });
}
