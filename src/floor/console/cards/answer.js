// One person's answer to one instruction, from the tap to the server's word.
//
//   idle ──tap──► form (done | cannot | left | up) ──► grace ──5 s──► sending ──ok──► idle
//     └──────────tap──────────────────────────────────┘  │ └─undo─► idle  ├─error────► idle, with words
//                                                        │                └─conflict, overtaken, late─┐
//                                                        └─another answered meanwhile─► question ◄────┘
//                                                                          idle ◄─drop──┘ └─insist─► sending

import { askedFor } from '../store.js';

export const GRACE_MS = 5_000;
const TELL_EVERY_MS = 4_000;

/** What makes a person look again before their answer counts. */
const ASKS_AGAIN = ['conflict', 'overtaken', 'late'];

/** What was said on this page and can still be taken back, as it was said. */
const unsent = new Set();

/** What was said last of all that can still be taken back, on whatever card, with all that the same tap has said; nothing where nothing waits. */
export function lastSaid() {
  const waiting = [...unsent].filter((it) => it.waits);
  const last = waiting.at(-1);
  return waiting.filter((it) => it === last || (it.together !== null && it.together === last.together));
}

export class Answer {
  #changed;
  #ask;
  #timer = null;
  #begin;
  #begun = 0;
  #upBy = null;
  #leftSince = null;

  /** `subject`: what the answer is to, where that is no instruction. `ask(message, way)` sends and resolves with the server's word, and sets `way.recall` while it can be taken back; `changed()` is called after every step; `begin()` tells the others that somebody is at it. */
  constructor(instruction, ask, changed, begin = () => {}) {
    this.id = instruction.id;
    this.subject = instruction.subject ?? { instruction: instruction.id };
    this.#ask = ask;
    this.#changed = () => {
      unsent[this.waits ? 'add' : 'delete'](this);
      changed();
    };
    this.#begin = begin;
    this.form = null;
    this.grace = null;
    this.sending = false;
    /** What is on its way; `recall()` takes it back while it has not left for want of a link. */
    this.way = { message: null, recall: null };
    this.error = null;
    /** One for all that were answered by one tap. */
    this.together = null;
    /** What was said, and why it is asked about again: `{message, code, with?}`. */
    this.question = null;
    const people = instruction.people ?? [];
    this.draft = { seats: askedFor(instruction), people: new Set(people), gone: new Set(), left: 1, note: '', reason: '' };
  }

  /** All that a card is drawn from. */
  get face() {
    const { form, grace, sending, mayRecall, error, question, draft } = this;
    return [form, grace?.endsAt, sending, mayRecall, error, question, draft.seats, draft.left, [...draft.people], [...draft.gone]];
  }

  get mayRecall() {
    return this.way.recall !== null;
  }

  /** Whether what was said can still be taken back. */
  get waits() {
    return this.grace !== null || this.mayRecall;
  }

  open(form) {
    this.form = this.form === form ? null : form;
    this.#leftSince = null;
    this.error = null;
    if (this.form) this.#tell();
    this.#changed();
  }

  /** "I take it" goes at once: it can be said again, and nothing is settled by it. */
  take(eta, together = null) {
    this.form = null;
    this.together = together;
    return this.#send({ type: 'seen', instruction: this.id, eta_s: eta });
  }

  /** What was tapped leaves only after a moment in which it can be taken back. */
  later(message, together = null) {
    clearTimeout(this.#timer);
    unsent.delete(this);
    this.form = null;
    this.together = together;
    this.error = this.question = null;
    this.grace = { message: { ...message, ...this.subject }, endsAt: Date.now() + GRACE_MS };
    this.#tell();
    this.#timer = setTimeout(() => this.flush(), GRACE_MS);
    this.#changed();
  }

  /** The others need not be told every tap. */
  #tell() {
    const now = Date.now();
    if (now - this.#begun < TELL_EVERY_MS) return;
    this.#begun = now;
    this.#begin();
  }

  /** Takes back what waits: for its moment to be over, or for a link. */
  undo() {
    clearTimeout(this.#timer);
    this.grace = null;
    this.way.recall?.();
    this.#changed();
  }

  /** Something cannot be sent as it stands; said in words of the page. */
  missing(code) {
    this.error = { code, message: '' };
    this.#changed();
  }

  /** Who else has passed it up last, where somebody has: whoever is about to do so reads that first, as nobody means two levels. */
  passedUp(theirs) {
    const isNew = theirs !== null && theirs.seq !== this.#upBy;
    this.#upBy = theirs?.seq ?? null;
    if (isNew && this.grace?.message.type === 'escalate') this.overtaken(theirs);
  }

  /**
   * Two who say within seconds that one has left mean the same one: what somebody else has said of it since this person is at it (`state` when
   * first asked, at every drawing) is read first.
   * @param {import('../store.js').State} state
   */
  leftToo(state) {
    this.#leftSince ??= state.seq ?? 0;
    if (this.grace?.message.type !== 'left') return;
    const theirs = othersAnswer(state, this.grace.message, this.#leftSince, 'left');
    if (theirs === null) return;
    this.#leftSince = state.seq;
    this.overtaken(theirs);
  }

  /** What it was an answer to is no more: nothing of it goes out. What was said and has not counted, or nothing. */
  leave() {
    const message = this.grace?.message ?? this.question?.message ?? (this.sending ? this.way.message : null);
    clearTimeout(this.#timer);
    this.form = this.grace = this.question = this.error = null;
    this.way.recall?.();
    this.#changed();
    return message;
  }

  /** Somebody else's word has closed it: what waits here must not contradict it unseen. Whether there was anything. */
  overtaken(by) {
    if (!this.grace) return false;
    clearTimeout(this.#timer);
    this.question = { message: this.grace.message, code: 'overtaken', with: by };
    this.grace = null;
    this.#changed();
    return true;
  }

  /** Says it all the same, now that the other's word has been read. */
  insist() {
    const { message, code } = this.question;
    this.question = null;
    const { ref: _, ...again } = message;
    // The other's word stood on the card in both: to be asked for a second yes once more would tell nothing new.
    return this.#send(code === 'conflict' || code === 'overtaken' ? { ...again, sure: true } : again);
  }

  drop() {
    this.question = this.error = null;
    this.#changed();
  }

  /** Sends what is in its moment of grace now; a page that is being closed must not swallow an answer. */
  flush() {
    if (!this.grace) return undefined;
    clearTimeout(this.#timer);
    const { message } = this.grace;
    this.grace = null;
    return this.#send(message);
  }

  async #send(message) {
    this.sending = true;
    this.way = { message, recall: null };
    this.error = this.question = null;
    const reply = this.#ask(message, this.way);
    this.#changed();
    try {
      await reply;
    } catch (error) {
      if (error.code === 'recalled') this.way.message = null;
      else if (ASKS_AGAIN.includes(error.code)) this.question = { message: error.asked ?? message, code: error.code, with: error.with, ...(error.said && { said: error.said }) };
      else this.error = { code: error.code ?? 'unknown', message: error.message, ...(error.said && { said: error.said }) };
    }
    this.sending = false;
    this.#changed();
  }
}

/** Whether everybody who is asked for is known by name; where only some are, only numbers can be told. */
export function named(instruction) {
  return (instruction.people ?? []).length > 0 && instruction.people.length >= askedFor(instruction);
}

/** The `done` of a draft: people where names are known, else seats. */
export function doneMessage(instruction, draft) {
  const byName = named(instruction);
  const message = { type: 'done', seats: byName ? draft.people.size : draft.seats };
  if (byName) message.people = instruction.people.filter((person) => draft.people.has(person));
  if (draft.note.trim()) message.note = draft.note.trim();
  return message;
}

/** The `left` of a draft, or nothing while nobody is picked. */
export function leftMessage(people, draft, reason) {
  if (people.length === 0) return { type: 'left', seats: draft.left, reason };
  const gone = people.filter((person) => draft.gone.has(person));
  return gone.length > 0 ? { type: 'left', people: gone, reason } : null;
}

/**
 * Why an answer that was kept while there was no link must not go out unseen: somebody else has had a word since, whatever it was and
 * whether or not it has closed the instruction; or it is long ago. And never as the word of whoever is logged in here by then. `{code, with?}`,
 * or nothing. `clock`: the time of the floor, in milliseconds, at `now` of this machine's.
 * @param {import('../store.js').State} state
 * @param {import('../socket.js').Kept} kept
 */
export function recheck(state, { message, by, seq, at, epoch }, now, clock = now) {
  if (by !== (state.you?.staff_no ?? null)) return { code: 'another_person' };
  // The same number, or the same step, is another question there.
  if (epoch !== state.epoch && (message.instruction !== undefined || isLeaders(message))) return { code: 'anew' };
  const theirs = isLeaders(message) ? leadersWord(state, message, seq) : othersAnswer(state, message, seq);
  if (theirs) return { code: 'overtaken', with: theirs };
  return now - at > LATE_MS && message.sure !== true ? { code: 'late', with: { at: new Date(clock - (now - at)).toISOString() } } : null;
}

/** Leaves all of these; what was said on them and has not counted. */
export function leaveAll(answers) {
  return answers.map((answer) => answer.leave()).filter((said) => said !== null);
}

/** Whether it is a leader's yes or no, to a step and not to an instruction. */
function isLeaders({ type }) {
  return type === 'approve' || type === 'refuse';
}

/**
 * What somebody else has answered to an instruction since, be it `status` alone: `{by, status, at, seats, people?}`, or nothing. That other
 * people have left than those of `message` is no word on them.
 * @param {import('../store.js').State} state
 */
export function othersAnswer(state, message, since, status = null) {
  const isAbout = (it) => it.kind === 'answer' && it.id === message.instruction && (status === null || it.status === status) && !areOthersGone(message, it);
  const theirs = state.book.findLast((it) => isAbout(it) && isNewer(it, since) && isOthers(state, it));
  return theirs ? { by: theirs.by, status: theirs.status, at: theirs.at, seats: theirs.seats, ...(theirs.people?.length > 0 && { people: theirs.people }) } : null;
}

/** Whether both say by name who has left, and nobody of the one is of the other. */
function areOthersGone({ type, people: mine }, { status, people: theirs }) {
  return type === 'left' && status === 'left' && mine?.length > 0 && theirs?.length > 0 && !mine.some((person) => theirs.includes(person));
}

/**
 * Who else has passed an instruction up last: `{how, by, status, at, note, seq}`, or nothing.
 * @param {import('../store.js').State} state
 */
export function passedUpBy(state, id) {
  const theirs = state.book.findLast((it) => it.kind === 'answer' && it.id === id && it.status === 'escalated' && isOthers(state, it));
  return theirs ? { how: 'said', by: theirs.by, status: theirs.status, at: theirs.at, note: theirs.note, seq: theirs.seq } : null;
}

/** A leader's yes or no, as a status. */
const LEADERS_WORDS = { approved: 'approved', approval_refused: 'refused' };

/**
 * What another leader has said to a tier that waits for a yes: `{by, status, at}`, or nothing. What was said to an earlier question (before
 * `since`, a time) or heard already (up to `seq`) is left aside.
 * @param {import('../store.js').State} state
 */
export function leadersWord(state, { queue, tier, since = null }, seq = null) {
  const toThis = (it) => it.queue === queue && it.tier === tier && (since === null || Date.parse(it.at) >= Date.parse(since));
  const theirs = state.book.findLast((it) => it.kind === 'notice' && it.code in LEADERS_WORDS && toThis(it) && isNewer(it, seq) && isOthers(state, it));
  return theirs ? { by: theirs.by, status: LEADERS_WORDS[theirs.code], at: theirs.at } : null;
}

function isNewer({ seq }, since) {
  return since === null || seq > since;
}

function isOthers(state, { by }) {
  return by != null && by.staff_no !== FEED && by.staff_no !== state.you?.staff_no;
}

/** The phone system's own staff number: what it shows is nobody's word. */
const FEED = 'feed';

/** After so long without a link a person may have thought better of it. */
const LATE_MS = 60_000;
