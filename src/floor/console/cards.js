// What is asked of the floor now: a card for each open instruction, and the answer to it.

import { h, icon, renew, say, tick } from './dom.js';
import { Answer, named } from './answer.js';
import { answerForm } from './forms.js';
import { approvalsOf, askedFor, doubtsOf, openInstructions, poolsOf, summary, takesBack } from './store.js';
import { answerWords, chosenWords, reasonWords, refusalWords, requiredWords } from './reason.js';
import { left } from './words.js';

const TAKE_S = [0, 120, 300, 600];
const AFTERGLOW_MS = 4_000;
export const SIGNS = { sign_in: 'up', sign_out: 'release', stand_down: 'release', extend_shift: 'clock', overtime: 'bell', call_in: 'bell' };

export class Cards {
  #root;
  #cards = new Map();
  #list = h('ol', { class: 'cards' });
  #head = h('div', { class: 'asks-head' });
  #answers = new Map();

  constructor(root) {
    this.#root = root;
    root.append(this.#head, this.#list);
  }

  render(page) {
    const { state, words } = page;
    const open = openInstructions(state);
    const { asks, people } = summary(state);
    const approvals = approvalsOf(state).length;
    const doubts = doubtsOf(state).length;
    const decide = (page.mayOrder ? approvals : 0) + (page.mayAnswer ? doubts : 0);
    this.#root.dataset.open = asks + approvals + doubts;
    const idle = idleOf(page);
    renew(this.#head, JSON.stringify([page.look, asks, people, decide, idle]), () => head(words, asks, people, decide, idle));
    this.#retire(page, new Set(open.map((it) => it.id)));
    open.forEach((instruction) => this.#show(page, instruction));
    const order = open.map((it) => this.#cards.get(it.id).element);
    const held = this.#list.contains(document.activeElement);
    if (!held && order.some((element, i) => this.#list.children[i] !== element)) this.#list.prepend(...order);
  }

  /** Sends every answer that is still in its moment of grace. */
  flush() {
    for (const answer of this.#answers.values()) answer.flush();
  }

  #show(page, instruction) {
    const { id } = instruction;
    if (!this.#answers.has(id)) this.#answers.set(id, new Answer(instruction, page.ask, page.changed));
    let card = this.#cards.get(id);
    if (!card || card.gone) {
      card?.element.remove();
      card = { element: h('li', { class: 'card', 'data-id': id }), gone: false };
      this.#cards.set(id, card);
      this.#list.append(card.element);
    }
    const answer = this.#answers.get(id);
    const { element } = card;
    element.dataset.state = stateOf(instruction);
    element.dataset.pull = takesBack(instruction) ? 'back' : 'up';
    const { form, grace, sending, error, draft } = answer;
    const flow = [form, grace?.endsAt, sending, error, draft.seats, draft.left, [...draft.people], [...draft.gone]];
    const signature = JSON.stringify([page.look, page.mayAnswer, page.link.state, instruction, flow]);
    renew(element, signature, () => cardOf(page, instruction, answer));
  }

  /** A card that was answered stays a moment, with who answered it, so that nothing jumps under a finger. */
  #retire(page, open) {
    for (const [id, card] of this.#cards) {
      if (open.has(id) || card.gone) continue;
      card.gone = true;
      const { words, state } = page;
      const { last } = state.known[id] ?? {};
      const text = last ? answerWords(words, last, state.known[id], what(words, state.known[id])) : words.t('card.closed');
      card.element.dataset.state = 'gone';
      renew(card.element, `gone ${id}`, () => h('p', { class: 'card-gone' }, icon('in_hand'), text));
      setTimeout(() => {
        card.element.remove();
        if (this.#cards.get(id) === card) this.#cards.delete(id);
        this.#answers.delete(id);
      }, AFTERGLOW_MS);
    }
  }
}

function stateOf(instruction) {
  if (instruction.unanswered) return 'unanswered';
  return instruction.seen_by ? 'taken' : 'new';
}

/** Why nothing is asked: only a queue that is seen and not held back gives the all-clear. */
function idleOf({ state, link }) {
  const queues = Object.values(state.queues);
  if (!state.whole || link.state !== 'up') return 'unknown';
  if (queues.some((queue) => queue.blind)) return 'blind';
  if (queues.some((queue) => queue.approval)) return 'approval';
  if (queues.some((queue) => queue.paused)) return 'paused';
  return 'calm';
}

function head(words, asks, people, decide, idle) {
  if (asks === 0 && decide > 0) return h('h2', { id: 'asks-title' }, words.t('asks.decide', { n: decide }));
  if (asks === 0) {
    return [
      h('h2', { id: 'asks-title', class: 'idle', 'data-idle': idle }, icon(idle), words.t(`idle.${idle}`)),
      h('p', { class: 'idle-words' }, words.t(`idle_more.${idle}`)),
    ];
  }
  const title = asks === 1 ? words.t('asks.title') : words.t('asks.summary', { people, asks });
  return h('h2', { id: 'asks-title' }, title, decide > 0 && ` · ${words.t('asks.decide', { n: decide })}`);
}

function cardOf(page, instruction, answer) {
  const { words } = page;
  const people = instruction.people ?? [];
  return [
    h('div', { class: 'card-head' },
      h('span', { class: 'card-count' }, icon(SIGNS[instruction.action] ?? 'up'), h('b', {}, askedFor(instruction))),
      h('div', { class: 'card-what' },
        h('p', { class: 'verb' }, words.of('verb', instruction.action, { n: askedFor(instruction) })),
        h('h3', {}, what(words, instruction)),
        h('p', { class: 'for' }, words.t('card.for', { queue: words.name('queue', instruction.queue) }), shortOf(words, instruction)))),
    people.length > 0 && h('ul', { class: 'people' }, people.map((person) => h('li', {}, person))),
    h('p', { class: 'why' }, reasonWords(words, instruction.reason)),
    instruction.by && instruction.reason?.code !== 'order' && h('p', { class: 'taken' }, icon('in_hand'), words.t('card.approved', { by: instruction.by.name })),
    instruction.chosen?.length > 0 && h('p', { class: 'required' }, chosenWords(words, instruction)),
    instruction.computed && h('p', { class: 'required' }, requiredWords(words, instruction.computed)),
    instruction.unlogged && h('p', { class: 'flag' }, icon('disk'), words.t('card.unlogged')),
    standing(page, instruction),
    page.mayAnswer && answering(page, instruction, answer),
  ];
}

export function what(words, instruction) {
  const pools = poolsOf(instruction ?? {}).map((pool) => words.name('pool', pool));
  return pools.length > 0 ? words.list(pools) : words.name('tier', instruction?.tier);
}

function shortOf(words, { seats }) {
  return seats?.min != null && seats.ask < seats.min ? ` · ${words.t('card.short', { min: seats.min })}` : null;
}

/** Who has it, and how long until it goes a level up. */
function standing(page, instruction) {
  const { words, clock, state } = page;
  const taken = instruction.seen_by;
  const there = taken && instruction.eta_s > 0 && instruction.seen_at ? Date.parse(instruction.seen_at) + instruction.eta_s * 1000 : null;
  const parts = [];
  if (taken) parts.push(h('p', { class: 'taken' }, icon('in_hand'), there ? words.t('card.taken_eta', { by: taken.name, time: words.time(there) }) : words.t('card.taken', { by: taken.name })));
  if (instruction.unanswered) {
    parts.push(h('p', { class: 'flag' }, icon('ask'), words.t('card.unanswered')));
  } else if (instruction.respond_by) {
    const from = Date.parse(instruction.at);
    const to = Date.parse(instruction.respond_by);
    const next = state.chain[(instruction.level ?? 0) + 1]?.role;
    const text = next ? words.t('card.goes_to', { role: words.name('role', next) }) : words.t('card.goes_up');
    parts.push(h('p', { class: 'goes-up' }, icon('clock'), h('span', {}, text),
      tick(h('b', { class: 'count' }), (element) => say(element, left(clock.until(instruction.respond_by))))));
    parts.push(tick(h('span', { class: 'fuse', 'aria-hidden': 'true' }), (element) => {
      const part = Math.min(1, Math.max(0, (to - clock.now()) / Math.max(1, to - from)));
      element.style.setProperty('--part', part.toFixed(3));
    }));
  }
  return parts.length > 0 && h('div', { class: 'standing' }, parts);
}

function answering(page, instruction, answer) {
  const { words } = page;
  if (answer.grace) return grace(page, answer);
  if (answer.sending) {
    return h('p', { class: 'sending' }, icon('clock'), words.t(page.link.state === 'up' ? 'act.sending' : 'act.sending_later'));
  }
  const key = (name) => `${instruction.id}-${name}`;
  const button = (name, text, act, look = '') => h('button', { type: 'button', class: look, 'data-k': key(name), on: { click: act } }, text);
  const mine = instruction.seen_by?.staff_no === page.state.you?.staff_no && instruction.seen_by;
  const standDown = instruction.action === 'stand_down';
  const take = () => h('div', { class: 'take', role: 'group', 'aria-label': words.t('act.take') },
    h('span', { class: 'take-label' }, words.t('act.take')),
    TAKE_S.map((eta) => button(`take-${eta}`, eta === 0 ? words.t('act.now') : words.t('act.minutes', { n: eta / 60 }), () => answer.take(eta), 'take-button')));
  if (answer.form) {
    return h('div', { class: 'answer' },
      answer.form === 'take' ? take() : answerForm(page, instruction, answer),
      button('back', words.t('act.back'), () => answer.open(answer.form), 'quiet'));
  }
  return h('div', { class: 'answer' },
    trouble(words, answer),
    !standDown && !instruction.seen_by && take(),
    h('div', { class: 'settle' },
      h('button', { type: 'button', class: 'done', 'data-k': key('all'), on: { click: () => answer.later(doneAsAsked(instruction)) } }, icon('in_hand'), words.t(standDown ? 'act.back_done' : 'act.done', { n: askedFor(instruction) })),
      !standDown && button('done', words.t('act.other'), () => answer.open('done')),
      !standDown && button('cannot', words.t(instruction.action === 'sign_out' ? 'act.keep' : 'act.cannot'), () => answer.open('cannot'))),
    !standDown && h('div', { class: 'rest' },
      instruction.seen_by && button('take', words.t(mine ? 'act.change' : 'act.take_over'), () => answer.open('take'), 'quiet'),
      !takesBack(instruction) && button('left', words.t('act.left'), () => answer.open('left'), 'quiet'),
      button('up', words.t('act.up'), () => answer.open('up'), 'quiet')));
}

/** Why the last answer was not taken. */
export function trouble(words, { error }) {
  return error && h('p', { class: 'flag', role: 'alert' }, icon('cross'), refusalWords(words, error));
}

export function doneAsAsked(instruction) {
  return named(instruction) ? { type: 'done', people: instruction.people, seats: instruction.people.length } : { type: 'done', seats: askedFor(instruction) };
}

export function grace(page, answer) {
  const { words } = page;
  const { message, endsAt } = answer.grace;
  const text = words.of('sent', message.type, { n: message.seats ?? message.people?.length ?? 0 });
  const aside = message.reason ?? message.note;
  return h('div', { class: 'grace', role: 'status' },
    h('p', {}, h('b', {}, text), aside && h('span', {}, aside)),
    tick(h('span', { class: 'count' }), (element) => say(element, words.t('act.in', { n: Math.max(0, Math.ceil((endsAt - Date.now()) / 1000)) }))),
    h('button', { type: 'button', class: 'undo', 'data-k': `${answer.id}-undo`, on: { click: () => answer.undo() } }, words.t('act.undo')));
}
