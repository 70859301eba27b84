// One person's answer to one instruction, from the tap to the server's word.
//
//   idle ──tap──► form (done | cannot | left | up) ──► grace ──5 s──► sending ──ok──► idle
//     └──────────tap──────────────────────────────────┘  └─undo─► idle     └─error─► idle, with words

import { askedFor } from './store.js';

export const GRACE_MS = 5_000;

export class Answer {
  #changed;
  #ask;
  #timer = null;

  /** `subject`: what the answer is to, where that is no instruction. `ask(message)` sends and resolves with the server's word; `changed()` is called after every step. */
  constructor(instruction, ask, changed) {
    this.id = instruction.id;
    this.subject = instruction.subject ?? { instruction: instruction.id };
    this.#ask = ask;
    this.#changed = changed;
    this.form = null;
    this.grace = null;
    this.sending = false;
    this.error = null;
    const people = instruction.people ?? [];
    this.draft = { seats: askedFor(instruction), people: new Set(people), gone: new Set(), left: 1, note: '', reason: '' };
  }

  open(form) {
    this.form = this.form === form ? null : form;
    this.error = null;
    this.#changed();
  }

  /** "I take it" goes at once: it can be said again, and nothing is settled by it. */
  take(eta) {
    this.form = null;
    return this.#send({ type: 'seen', instruction: this.id, eta_s: eta });
  }

  /** What was tapped leaves only after a moment in which it can be taken back. */
  later(message) {
    clearTimeout(this.#timer);
    this.form = null;
    this.error = null;
    this.grace = { message: { ...message, ...this.subject }, endsAt: Date.now() + GRACE_MS };
    this.#timer = setTimeout(() => this.flush(), GRACE_MS);
    this.#changed();
  }

  undo() {
    clearTimeout(this.#timer);
    this.grace = null;
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
    this.error = null;
    this.#changed();
    try {
      await this.#ask(message);
    } catch (error) {
      this.error = { code: error.code ?? 'unknown', message: error.message, ...(error.said && { said: error.said }) };
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
