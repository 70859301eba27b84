// Which card the keys are for: the one in hand. A person takes a card in hand by going to it, by a tap on it, or by answering it, and
// holds it until it is answered or gone; a hand that holds none has the first. Pure, but for what it remembers: every time is given.

/** So long a person needs to see that another card is in hand than before. What is typed sooner was meant for that one. */
export const SEE_MS = 1_500;
/** Who has said "I take it" may want to say it otherwise; after that the hand is free for what comes first. */
export const TAKEN_MS = 10_000;
const REMEMBERED = 8;

export class Hand {
  #held = null;
  #until = Infinity;
  /** What was in hand, and since when; `own`: by this person's will. */
  #was = [];

  /** Takes a card in hand, for a while or until it is answered or gone. */
  take(id, now, forMs = Infinity) {
    this.#held = id;
    this.#until = now + forMs;
    if (this.#was.at(-1)?.id !== id || !this.#was.at(-1).own) this.#pass(id, now, true);
  }

  /** The card in hand, of those that are open; `first`: which has it while this person holds none. */
  of(open, first, now) {
    if (!open.includes(this.#held) || now >= this.#until) this.#held = null;
    const id = this.#held ?? first ?? null;
    if ((this.#was.at(-1)?.id ?? null) !== id) this.#pass(id, now, false);
    return id;
  }

  /** Whether this person holds it, and not the hand what comes first. */
  holds(id) {
    return this.#held === id;
  }

  /** The card that somebody means who presses a key now: what was in hand as far as they can have seen. It may be gone by now. */
  meant(now) {
    const last = this.#was.at(-1);
    if (!last || last.own || now - last.at >= SEE_MS) return last?.id ?? null;
    const before = this.#was.slice(0, -1).findLast((it) => it.own || it.at <= now - SEE_MS);
    return before?.id ?? last.id;
  }

  #pass(id, at, own) {
    this.#was = [...this.#was, { id, at, own }].slice(-REMEMBERED);
  }
}
