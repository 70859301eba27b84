// What is asked of the floor now: a card for each open instruction, and the answer to it.

import { arrange, countdown, h, icon, mark, renew, say, tick } from '../dom.js';
import { Answer, leaveAll, passedUpBy } from './answer.js';
import { endOf, mayStillSay } from './ended.js';
import { Hand, TAKEN_MS } from './hand.js';
import { AFTERGLOW_MS, settle } from './over.js';
import { passed } from '../clock.js';
import { Several, groupsOf } from './several.js';
import { answerForm } from './forms.js';
import { SIGNS, TAKE_S, aboutWords, doneAsAsked, endWords, grace, question, sending, sentWords, trouble, why } from './pieces.js';
import { sounds } from '../alarms.js';
import { approvalsOf, askedFor, firstOut, haveCome, moodOf, standingOf, doubtsOf, openInstructions, queuesOf, rests, shadowOf, stageOf, summary, takesBack, untilOf, waits } from '../store.js';
import { answerWords, askedWords, chosenWords, fromWords, requiredWords } from '../reason.js';

/** Why nobody can be asked for a step, whatever its clock says. */
const SHORT = ['nobody_to_give', 'no_seat', 'reserved', 'resting', 'off_duty', 'protected', 'max_borrowed', 'max_moves_per_hour', 'nobody_stays'];
/** So many cards are shown in full; where there are more, only the one in hand is. */
const FULL = 2;
/** A promise is as good as kept for so long after its time, as the plan has it where it says nothing else. */
const LATE_MARGIN_MS = 60_000;

export class Cards {
  #root;
  #cards = new Map();
  #list = h('ol', { class: 'cards' });
  #head = h('div', { class: 'asks-head' });
  #several = new Several();
  /** @type {Map<number, Answer>} */
  #answers = new Map();
  #hand = new Hand();
  /** Whether this person works by keys, and must see which card they are for. */
  #byKeys = false;
  #page = null;
  #first = new Set();
  /** Cards that one answer serves together with others. */
  #grouped = new Set();
  #inHand = null;

  constructor(root) {
    this.#root = root;
    root.append(this.#head, this.#several.element, this.#list);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    this.#page = page;
    const { state, words } = page;
    const open = openInstructions(state);
    const sum = summary(state);
    const approvals = approvalsOf(state).length;
    const doubts = doubtsOf(state).length;
    const decide = (page.mayOrder ? approvals : 0) + (page.mayAnswer ? doubts : 0);
    mark(this.#root, 'data-open', sum.asks + approvals + doubts);
    const idle = { code: idleOf(page), until: spentUntil(state) };
    this.#first = firstOut(state, page.day);
    renew(this.#head, [page.look, sum, decide, idle], () => head(words, sum, decide, idle));
    const groups = page.mayAnswer ? groupsOf(open) : [];
    this.#grouped = new Set(groups.flatMap(({ cards }) => cards.map((it) => it.id)));
    this.#retire(page, new Set(open.map((it) => it.id)));
    this.#inHand = this.#hand.of(open.map((it) => it.id), open.find((it) => !it.again?.all)?.id, Date.now());
    open.forEach((it) => this.#show(page, it, it.again?.all ? !this.#hand.holds(it.id) : open.length > FULL && it.id !== this.#inHand));
    for (const it of open) mark(this.#cards.get(it.id).element, 'data-hand', this.#byKeys && open.length > 1 && it.id === this.#inHand);
    this.#several.render(page, groups, (id) => this.#answers.get(id));
    const order = open.map((it) => this.#cards.get(it.id).element);
    const held = this.#list.contains(document.activeElement);
    if (!held) arrange(this.#list, order);
  }

  /** Sends every answer that is still in its moment of grace. */
  flush() {
    for (const answer of this.#answers.values()) answer.flush();
  }

  /** Another duty log gives the same numbers to other instructions: every card goes, and what was said on one and has not counted is given back. */
  forget() {
    for (const { element } of this.#cards.values()) element.remove();
    const answers = [...this.#answers.values()];
    this.#cards.clear();
    this.#answers.clear();
    this.#hand = new Hand();
    this.#inHand = null;
    return leaveAll(answers);
  }

  /** Takes the next or an earlier card in hand. */
  step(by) {
    const open = openInstructions(this.#page.state);
    if (open.length === 0) return;
    const at = Math.max(0, open.findIndex((it) => it.id === (this.#focused(open) ?? this.#inHand)));
    this.#byKeys = true;
    this.#choose(open[Math.min(open.length - 1, Math.max(0, at + by))].id);
  }

  /**
   * The instruction that a key is for and the answer to it; nothing where nothing may be answered, or where the card that was meant is gone
   * or has been taken by somebody else this very moment.
   */
  inHand() {
    if (!this.#page?.mayAnswer) return null;
    const { state } = this.#page;
    const open = openInstructions(state);
    const id = this.#focused(open) ?? this.#hand.meant(Date.now());
    const instruction = open.find((it) => it.id === id);
    const answer = this.#answers.get(id);
    const isLost = id !== this.#inHand && instruction?.seen_by && instruction.seen_by.staff_no !== state.you?.staff_no && !answer?.form;
    return instruction && answer && !isLost ? { instruction, answer } : null;
  }

  /** Holds a card that is open: something is said on it. After "I take it" for a while alone. `byKeys`: nobody has touched it. */
  hold(id, isTaken = false, byKeys = true) {
    if (!this.#page.state.open[id]) return;
    this.#byKeys ||= byKeys;
    this.#hand.take(id, Date.now(), isTaken ? TAKEN_MS : Infinity);
    if (isTaken) setTimeout(() => this.#page.changed(), TAKEN_MS + 50);
    this.#page.changed();
  }

  /** The card in which the hand of somebody is who goes by Tab, by J or by K. */
  #focused(open) {
    const at = document.activeElement?.matches(':focus-visible') && /** @type {HTMLElement | null} */ (document.activeElement.closest('.card[data-id]'));
    return at ? open.find((it) => String(it.id) === at.dataset.id)?.id : undefined;
  }

  /** Leads whoever has opened a form by a key into it: into its line, where it has one. */
  write(id) {
    this.render(this.#page);
    const form = /** @type {HTMLElement | null} */ (this.#cards.get(id)?.element.querySelector('form'));
    (/** @type {HTMLElement | null} */ (form?.querySelector('input[type="text"]')) ?? form)?.focus();
  }

  /** Takes a card in hand that somebody was called to; `act`: what they want to say, where more must be asked first. */
  take(id, act) {
    this.#choose(id);
    const form = act === 'keep' ? 'cannot' : act;
    if (form === 'cannot' && this.#page.mayAnswer) this.#answers.get(id)?.open(form);
  }

  #choose(id) {
    this.#hand.take(id, Date.now());
    this.render(this.#page);
    const { element } = this.#cards.get(id);
    element.scrollIntoView({ block: 'nearest' });
    (element.querySelector('.answer [data-k]') ?? element.querySelector('[data-k]'))?.focus({ preventScroll: true });
  }

  /** @param {import('../main.js').Page} page */
  #show(page, instruction, compact) {
    const { id } = instruction;
    if (!this.#answers.has(id)) this.#answers.set(id, new Answer(instruction, page.ask, page.changed, () => page.say({ type: 'answering', instruction: id })));
    let card = this.#cards.get(id);
    if (!card || card.gone) {
      card?.element.remove();
      card = { element: h('li', { class: 'card', 'data-id': id, on: { click: (event) => this.#touched(id, event) } }), gone: false, met: null };
      this.#cards.set(id, card);
      this.#list.append(card.element);
    }
    const answer = this.#answers.get(id);
    // Of sixty cards that nobody is about to pass up it need not be looked for.
    if (answer.form === 'up' || answer.grace?.message.type === 'escalate') answer.passedUp(passedUpBy(page.state, id));
    if (answer.form === 'left' || answer.grace?.message.type === 'left') answer.leftToo(page.state);
    const { element } = card;
    // What waits in its moment is taken back on its card, but what one tap has said of several where that tap was.
    const shared = answer.waits && answer.together !== null && this.#grouped.has(id);
    const small = compact && !answer.form && !answer.question && (shared || !answer.waits);
    mark(element, 'data-state', stateOf(instruction));
    mark(element, 'data-pull', takesBack(instruction) ? 'back' : 'up');
    mark(element, 'data-small', small);
    const marks = { first: this.#first.has(id), shared, quiet: !rests(instruction) && !sounds(instruction, page.state.queues[instruction.queue]) };
    mark(element, 'data-quiet', marks.quiet);
    renew(element, [page.look, page.mayAnswer, page.link.state, small, marks, instruction, instruction.held && page.state.queues[instruction.queue]?.paused, page.state.answering[id], answer.face], () => (small ? smallCard(page, instruction, answer, marks, () => this.#choose(id)) : cardOf(page, instruction, answer, marks)));
  }

  /** Whoever taps what can be tapped on a card has it in hand. */
  #touched(id, { target }) {
    const key = target instanceof Element && /** @type {HTMLElement | null} */ (target.closest('[data-k]'))?.dataset.k;
    if (key) this.hold(id, key.includes('-take-'), false);
  }

  /**
   * A card that was answered stays a moment, with how it ended, so that nothing jumps under a finger.
   * @param {import('../main.js').Page} page
   */
  #retire(page, open) {
    for (const [id, card] of this.#cards) {
      if (open.has(id)) continue;
      const answer = this.#answers.get(id);
      const { words, state } = page;
      const end = endOf(state, id);
      if (!card.gone) {
        card.gone = true;
        card.element.dataset.state = 'gone';
        for (const name of ['data-small', 'data-hand']) card.element.removeAttribute(name);
        this.#fade(id, card, answer);
      }
      card.met = (answer && settle(state, answer, end)) ?? card.met;
      const asks = answer?.question;
      renew(card.element, ['gone', page.look, id, answer?.face, end, card.met, asks && mayStillSay(state, asks.message)], () => [
        h('p', { class: 'card-gone' }, icon(asks ? 'note' : 'in_hand'), asks ? aboutWords(page, id) : goneWords(page, id, end)),
        card.met && h('p', { class: 'card-met' }, words.t('again.as_said', { what: sentWords(words, card.met) })),
        asks && question(page, answer),
        answer?.error && trouble(words, answer),
      ]);
    }
  }

  /** What was said here and has not counted stays until it is read. */
  #fade(id, card, answer) {
    setTimeout(() => {
      if (answer?.question || answer?.sending) return this.#fade(id, card, answer);
      card.element.remove();
      if (this.#cards.get(id) === card) this.#cards.delete(id);
      if (this.#answers.get(id) === answer) this.#answers.delete(id);
    }, AFTERGLOW_MS);
  }
}

/**
 * How it ended, on a card that goes in a moment.
 * @param {import('../main.js').Page} page
 */
function goneWords(page, id, end) {
  const { words, state } = page;
  const status = end?.how === 'shown' ? 'confirmed' : end?.how === 'said' ? end.status : null;
  return status === null ? endWords(page, id, end) : answerWords(words, { ...end, status }, state.known[id], fromWords(words, state.known[id]));
}

function stateOf(instruction) {
  if (rests(instruction)) return 'rests';
  if (instruction.unanswered) return 'unanswered';
  return waits(instruction) ? 'new' : 'taken';
}

/** Why nothing is asked: only queues that are seen, not held back, and really asked for give the all-clear. */
export function idleOf({ state, link }) {
  const queues = queuesOf(state);
  if (!state.whole || link.state !== 'up') return 'unknown';
  if (queues.some((queue) => queue.blind)) return 'blind';
  if (queues.some((queue) => queue.approval)) return 'approval';
  if (queues.some((queue) => queue.paused)) return 'paused';
  if (queues.some((queue) => queue.incident)) return 'incident';
  if (queues.some((queue) => shadowOf(queue) === 'all')) return 'shadow';
  const high = queues.filter((queue) => moodOf(state, queue.queue) === 'building');
  // A step in shadow is logged and asked of nobody.
  if (high.some((queue) => queue.next && shadowOf(queue)?.includes(queue.next.tier))) return 'shadow';
  if (high.some((queue) => !queue.next || isShort(queue))) return 'spent';
  return high.length > 0 ? 'building' : 'calm';
}

/**
 * Where callers wait and no step can be called: when the first of them can be asked again, in milliseconds; `null`: nobody knows. Pure.
 * @param {import('../store.js').State} state
 */
export function spentUntil(state) {
  const tiers = queuesOf(state).filter((queue) => moodOf(state, queue.queue) === 'building' && (!queue.next || isShort(queue))).flatMap((queue) => queue.tiers ?? []);
  const times = tiers.map(standingOf).map((standing) => Date.parse((standing && untilOf(state, standing)) ?? '')).filter(Number.isFinite);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Nobody can be asked for the next step now, and it is not a matter of its clock. */
function isShort(queue) {
  const standing = standingOf((queue.tiers ?? []).find((tier) => tier.tier === queue.next.tier));
  return SHORT.includes(standing?.code);
}

function head(words, { asks, people, back, held }, decide, idle) {
  if (asks === 0 && decide > 0) return h('h2', { id: 'asks-title' }, words.t('asks.decide', { n: decide }));
  if (asks === 0) {
    return [
      h('h2', { id: 'asks-title', class: 'idle', 'data-idle': idle.code }, icon(idle.code), words.t(`idle.${idle.code}`)),
      h('p', { class: 'idle-words' }, idle.code === 'spent' && idle.until !== null ? words.t('idle_more.spent_until', { until: words.time(idle.until) }) : words.t(`idle_more.${idle.code}`)),
    ];
  }
  const title = held === asks ? words.t('asks.held', { n: held }) : asks === 1 ? words.t('asks.title') : words.t(back === 0 ? 'asks.summary' : people === 0 ? 'asks.summary_back' : 'asks.summary_both', { people, back, asks });
  return h('h2', { id: 'asks-title' }, title, decide > 0 && ` · ${words.t('asks.decide', { n: decide })}`);
}

/** @param {import('../main.js').Page} page */
function cardOf(page, instruction, answer, marks) {
  const { words } = page;
  const people = instruction.people ?? [];
  const asked = askedWords(words, instruction);
  return [
    h('div', { class: 'card-head' },
      h('span', { class: 'card-count' }, icon(SIGNS[instruction.action] ?? 'up'), h('b', {}, askedFor(instruction))),
      h('div', { class: 'card-what' },
        asked.verb && h('p', { class: 'verb' }, asked.verb),
        h('h3', {}, asked.what),
        h('p', { class: 'for' }, words.t('card.for', { queue: words.name('queue', instruction.queue) }), shortOf(words, instruction)))),
    (marks.first || marks.quiet) && h('p', { class: 'marks' }, markWords(words, marks).map((text) => h('span', { class: 'tag' }, text))),
    people.length > 0 && h('ul', { class: 'people' }, people.map((person) => h('li', {}, person))),
    why(page, instruction),
    restWords(page, instruction).map((text) => h('p', { class: 'rest-words' }, icon(instruction.again ? 'up' : 'paused'), h('b', {}, text))),
    instruction.by && instruction.reason?.code !== 'order' && h('p', { class: 'taken' }, icon('in_hand'), words.t('card.approved', { by: words.person(instruction.by) })),
    instruction.chosen?.length > 0 && h('p', { class: 'required' }, chosenWords(words, instruction)),
    instruction.computed && h('p', { class: 'required' }, requiredWords(words, instruction.computed)),
    instruction.unlogged && h('p', { class: 'flag' }, icon('disk'), words.t('card.unlogged')),
    standing(page, instruction),
    page.mayAnswer && answering(page, instruction, answer, marks),
  ];
}

/** What sets a card apart: it was the first of its surge, or somebody wants no sound of its queue. */
function markWords(words, { first, quiet }) {
  return [first && words.t('card.first'), quiet && words.t('quiet.tag')].filter(Boolean);
}

/**
 * One line a card where there are many; a tap takes it in hand.
 * @param {import('../main.js').Page} page
 */
function smallCard(page, instruction, answer, marks, choose) {
  const { words, clock } = page;
  const n = askedFor(instruction);
  const asked = askedWords(words, instruction);
  return h(page.wall ? 'div' : 'button', { type: page.wall ? null : 'button', class: 'card-line', 'data-k': `${instruction.id}-open`, on: { click: choose } },
    icon(answer.grace || answer.sending ? 'clock' : SIGNS[instruction.action] ?? 'up'), h('b', { class: 'line-count' }, n),
    h('span', { class: 'line-what' }, h('b', {}, asked.what), ' ', words.t('card.for', { queue: words.name('queue', instruction.queue) }),
      h('small', {}, ' ', smallWords(page, instruction, [onItsWay(words, answer), asked.verb, ...markWords(words, marks), ...restWords(page, instruction)]))),
    !rests(instruction) && !instruction.unanswered && instruction.respond_by && countdown(clock, instruction.respond_by));
}

/** What was said here and is not there yet. */
function onItsWay(words, { grace: waits, sending: goes, way }) {
  const message = waits?.message ?? (goes ? way.message : null);
  return message && sentWords(words, message);
}

/**
 * What is said small of a card in one line: what is asked, what sets it apart, and who is at it.
 * @param {import('../main.js').Page} page
 */
function smallWords({ words, state }, { id, seen_by: taken }, said) {
  const at = state.answering[id];
  return [...said, taken && words.t('card.taken', { by: words.person(taken) }), at && words.t('card.answering', { by: words.person(at.by) })].filter(Boolean).join(' · ');
}

/** Who of those that were to go back has been asked for again since, for which step of which queue, and what that means for them. */
export function againWords(words, { queue, again }) {
  return (again?.calls ?? []).map((call) => words.t(call.queue === queue ? 'card.again' : 'card.again_elsewhere', {
    who: call.people.length > 0 ? words.list(call.people) : words.t('card.again_some', { n: call.n }),
    tier: words.name('tier', call.tier),
    queue: words.name('queue', call.queue),
    time: words.time(call.at),
  }));
}

/**
 * Why an open instruction presses nobody.
 * @param {import('../main.js').Page} page
 */
function restWords({ words, state }, instruction) {
  const pause = state.queues[instruction.queue]?.paused;
  return instruction.held && pause ? [words.t('card.held', { until: words.time(pause.until) })] : againWords(words, instruction);
}

function shortOf(words, { seats }) {
  return seats?.min != null && seats.ask < seats.min ? ` · ${words.t('card.short', { min: seats.min })}` : null;
}

/**
 * Who has it, and how long until it goes a level up.
 * @param {import('../main.js').Page} page
 */
function standing(page, instruction) {
  const { words, state } = page;
  const taken = instruction.seen_by;
  const parts = [];
  const at = state.answering[instruction.id];
  if (at) parts.push(h('p', { class: 'at-card' }, icon('person'), words.t('card.answering', { by: words.person(at.by) })));
  if (taken) parts.push(instruction.eta_s != null && instruction.seen_at ? promise(page, instruction) : h('p', { class: 'taken' }, icon('in_hand'), words.t('card.taken', { by: words.person(taken) })));
  // What presses nobody climbs for nobody, however far up it is.
  if (!rests(instruction)) parts.push(...climb(page, instruction));
  return parts.length > 0 && h('div', { class: 'standing' }, parts);
}

/**
 * That nobody has answered at all, or to whom it goes next and when.
 * @param {import('../main.js').Page} page
 */
function climb({ words, clock, state }, instruction) {
  if (instruction.unanswered) return [h('p', { class: 'flag' }, icon('ask'), words.t('card.unanswered'))];
  if (!instruction.respond_by || isAtTop(state, instruction)) return [];
  const from = Date.parse(instruction.at);
  const to = Date.parse(instruction.respond_by);
  const next = state.chain[(instruction.level ?? 0) + 1]?.role;
  const text = next ? words.t('card.goes_to', { role: words.name('role', next) }) : words.t('card.goes_up');
  return [
    h('p', { class: 'goes-up' }, icon('clock'), h('span', {}, text), countdown(clock, instruction.respond_by)),
    h('span', { class: 'fuse', 'aria-hidden': 'true' }, tick(h('span'), (element) => { element.style.transform = `scaleX(${(1 - passed(clock, from, to)).toFixed(3)})`; })),
  ];
}

/** Whether anybody has said or seen that people of an instruction came: only those can have left. */
function anyCame(state, { id, queue: name }) {
  const queue = state.queues[name];
  const move = (queue?.moves ?? []).find((it) => it.instruction === id);
  return move !== undefined && haveCome(stageOf(state, queue, move));
}

/** Whether whoever has it now is the last of the chain of command: it goes no further up. Pure. */
export function isAtTop({ chain }, instruction) {
  return instruction.unanswered === true || (chain.length > 0 && (instruction.level ?? 0) >= chain.length - 1);
}

/** When people are to be there by somebody's word, and from when on that word is broken: what goes up in time goes up then. Pure. */
export function promiseOf({ seen_at: seen, eta_s: eta, respond_by: goesUp, broken }) {
  const there = Date.parse(seen) + eta * 1000;
  const margin = Date.parse(goesUp ?? '') - there;
  return { there, brokenAt: broken ? there : there + (margin > 0 ? margin : LATE_MARGIN_MS) };
}

/**
 * When people will be there, by whose word; and that it is past, once it is and a moment more.
 * @param {import('../main.js').Page} page
 */
function promise({ words, clock }, instruction) {
  const { there, brokenAt } = promiseOf(instruction);
  const [given, broken] = takesBack(instruction) ? ['card.taken_eta_back', 'card.late_back'] : ['card.taken_eta', 'card.late'];
  const text = h('span');
  return tick(h('p', { class: 'taken' }, icon('clock'), text), (line) => {
    const late = clock.now() > brokenAt;
    mark(line, 'data-late', late);
    say(text, words.t(late ? broken : instruction.eta_s === 0 ? 'card.taken_now' : given, { by: words.person(instruction.seen_by), time: words.time(there) }));
  });
}

/** @param {import('../main.js').Page} page */
function answering(page, instruction, answer, { shared }) {
  const { words } = page;
  if (answer.question) return question(page, answer);
  if (answer.grace) return grace(page, answer, !shared);
  if (answer.sending) return sending(page, answer, !shared);
  const key = (name) => `${instruction.id}-${name}`;
  const button = (name, text, act, look = '') => h('button', { type: 'button', class: look, 'data-k': key(name), on: { click: act } }, text);
  const mine = instruction.seen_by?.staff_no === page.state.you?.staff_no && instruction.seen_by;
  const standDown = instruction.action === 'stand_down';
  // Whose people are asked for again can be told who has gone back, and no more: nobody need see to it, and they are kept already.
  const isOpen = !standDown && !instruction.again;
  const taking = words.t(takesBack(instruction) ? 'act.take_back' : 'act.take');
  const take = () => h('div', { class: 'take', role: 'group', 'aria-label': taking },
    h('span', { class: 'take-label' }, taking),
    TAKE_S.map((eta) => button(`take-${eta}`, eta === 0 ? words.t('act.now') : words.t('act.minutes', { n: eta / 60 }), () => answer.take(eta), 'take-button')));
  if (answer.form) {
    return h('div', { class: 'answer' },
      answer.form === 'take' ? take() : answerForm(page, instruction, answer),
      button('back', words.t('act.back'), () => answer.open(answer.form), 'quiet'));
  }
  return h('div', { class: 'answer' },
    trouble(words, answer),
    isOpen && !instruction.seen_by && take(),
    h('div', { class: 'settle' },
      h('button', { type: 'button', class: 'done', 'data-k': key('all'), on: { click: () => answer.later(doneAsAsked(instruction)) } }, icon('in_hand'), words.t(standDown ? 'act.back_done' : 'act.done', { n: askedFor(instruction) })),
      !standDown && button('done', words.t('act.other'), () => answer.open('done')),
      isOpen && button('cannot', words.t(instruction.action === 'sign_out' ? 'act.keep' : 'act.cannot'), () => answer.open('cannot'))),
    isOpen && h('div', { class: 'rest' },
      instruction.seen_by && button('take', words.t(mine ? 'act.change' : 'act.take_over'), () => answer.open('take'), 'quiet'),
      !takesBack(instruction) && anyCame(page.state, instruction) && button('left', words.t('act.left'), () => answer.open('left'), 'quiet'),
      !isAtTop(page.state, instruction) && button('up', words.t('act.up'), () => answer.open('up'), 'quiet'),
      !page.state.queues[instruction.queue]?.quiet && button('quiet', words.t('quiet.open'), () => page.openQuiet(instruction.queue), 'quiet')));
}
