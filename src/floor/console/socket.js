// The link to the floor socket: hello, resume, the pulse, and coming back.
//
//   connecting ──welcome──► up ──no pulse──► silent ──long──┐
//        ▲                   ▲ └────pulse─────┘             │
//        │                   └──close──► waiting ◄──────────┘
//        └──────────back-off─────────────┘       4401 ──► refused (a token is needed; `start` again)
//
// What was asked of the server is kept until it replies. What could not leave at once, or was not replied to before the link went,
// is looked at again (`recheck`) once all that was said meanwhile has been heard: only what still fits goes out. The state of a new
// connection comes before what was missed, so the server is asked for a sign of life, which comes behind both.

/** Where nothing was heard for so long, the server is asked for a sign of life. */
const PING_AFTER_MS = 700;
/** Where that does not come, the page says that it may be old: within 2 s of the last word. */
const SILENT_AFTER_MS = 1_600;
const ANSWER_WITHIN_MS = 600;
const GIVE_UP_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 250;
const WELCOME_WITHIN_MS = 8_000;
const BACK_OFF_MS = [250, 500, 1_000, 2_000, 4_000];
const OUTBOX_LIMIT = 32;
/** So much of what has been is asked for by a page that has seen nothing yet. */
const LAST_MESSAGES = 300;

/**
 * What was asked and not yet replied to: `by`: who asked it; `seq`: the last number seen when it was asked; `epoch`: of which duty log; `keep`: whether it waits for a
 * link, or is refused without one.
 * @typedef {{ message: any, by: string | null, seq: number | null, epoch: number, at: number, held: boolean, keep: boolean, way: { recall: (() => void) | null }, resolve: (ok: any) => void, reject: (error: any) => void }} Kept
 */

export class FloorSocket extends EventTarget {
  /**
   * `token()` and `since()` are asked at every connection, `who()` and `epoch()` at everything that is asked; `recheck(kept)` says why something kept must
   * not go out as it is, or nothing.
   * Events: `message` (detail: the message), `link` (detail: the link's state).
   */
  constructor(url, { token, since, who = () => null, epoch = () => 0, recheck = (_) => null }) {
    super();
    this.url = url;
    this.token = token;
    this.since = since;
    this.who = who;
    this.epoch = epoch;
    this.recheck = recheck;
    this.link = { state: 'connecting', lostAt: null, code: null };
    /** @type {Map<string, Kept>} */
    this.outbox = new Map();
    this.tries = 0;
    this.trusted = null;
    this.nextRef = 1;
    this.session = Math.random().toString(36).slice(2, 8);
    /** A state must come before what was missed can have been heard. */
    this.fresh = true;
    /** Whether all that was said while nobody listened here has been heard; `catchUp`: the ping whose reply comes behind it. */
    this.caughtUp = false;
    this.catchUp = 0;
    this.ws = null;
    this.heard = 0;
    this.asked = 0;
  }

  start() {
    clearTimeout(this.retry);
    this.#drop();
    this.#say('connecting');
    let ws;
    try {
      ws = new WebSocket(this.url, 'surged.v1');
    } catch {
      this.#comeBack(null);
      return;
    }
    this.ws = ws;
    this.heard = Date.now();
    this.alarm = setTimeout(() => this.#lost(ws, null), WELCOME_WITHIN_MS);
    ws.onopen = () => {
      const since = this.since();
      const resume = since === null ? { last: LAST_MESSAGES } : { since };
      ws.send(JSON.stringify({ type: 'hello', token: this.token() ?? '', changes: true, ...resume }));
    };
    ws.onmessage = ({ data }) => this.#hear(ws, data);
    ws.onclose = ({ code }) => this.#lost(ws, code);
  }

  /**
   * Sends a message; resolves with the server's `ok`, rejects with `{code, message, with?, asked?}` of its `error` or `conflict`, or of
   * the second look at what was kept. Outlives a lost connection. `way.recall` takes it back, and is there only while it has not left.
   */
  ask(message, way = { recall: null }) {
    return this.#ask(message, way, true);
  }

  /** The same for what must not be said without seeing how it stands: refused where there is no link (`unsent`), or none any more (`no_reply`). */
  askNow(message) {
    return this.#ask(message, { recall: null }, false);
  }

  #ask(message, way, keep) {
    if (this.outbox.size >= OUTBOX_LIMIT) return Promise.reject(Object.assign(new Error('too much'), { code: 'too_much' }));
    const ref = `${this.session}-${this.nextRef++}`;
    const now = this.link.state === 'up' && this.caughtUp;
    if (!now && !keep) return Promise.reject(Object.assign(new Error(''), { code: 'unsent' }));
    return new Promise((resolve, reject) => {
      this.outbox.set(ref, { message: { ...message, ref }, by: this.who(), seq: this.since(), epoch: this.epoch(), at: Date.now(), held: !now, keep, way, resolve, reject });
      if (now) this.#send({ ...message, ref });
      else way.recall = () => this.#refuse(ref, { code: 'recalled' });
    });
  }

  /** Says something that needs no reply, and is worth nothing later. */
  say(message) {
    if (this.link.state === 'up') this.#send(message);
  }

  /** To be called when the tab wakes or the network comes or goes: a dead connection is found out at once. */
  wake() {
    if (this.link.state === 'refused') return;
    if (this.link.state === 'waiting') this.start();
    else this.#look(true);
  }

  #hear(ws, data) {
    if (ws !== this.ws) return;
    this.heard = Date.now();
    this.asked = 0;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (message.type === 'welcome' && this.link.state !== 'up') this.#welcomed();
    else if (this.link.state === 'silent') this.#again();
    for (const one of message.type === 'together' ? message.messages ?? [] : [message]) this.#take(one);
  }

  #take(message) {
    this.#replied(message);
    this.dispatchEvent(new CustomEvent('message', { detail: message }));
    if (message.type === 'state' && this.fresh) this.#catchUp();
    if (message.type === 'pong' && message.ref === `caught-up-${this.catchUp}`) this.#release();
  }

  #replied(message) {
    const asked = message.ref !== undefined && this.outbox.get(message.ref);
    if (!asked || !['ok', 'error', 'conflict'].includes(message.type)) return;
    this.outbox.delete(message.ref);
    if (message.type === 'ok') asked.resolve(message);
    else asked.reject(Object.assign(new Error(message.message ?? ''), { code: message.type === 'conflict' ? 'conflict' : message.code, with: message.with, said: message, asked: asked.message }));
  }

  #welcomed() {
    clearTimeout(this.alarm);
    this.tries = 0;
    this.trusted = this.token();
    this.fresh = true;
    this.caughtUp = false;
    this.#say('up');
    clearInterval(this.pulse);
    this.pulse = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Looks whether the link has its pulse. A page that was frozen asks before it judges: its own timers stood still as well. */
  #look(woken = false) {
    if (!this.ws || (this.link.state !== 'up' && this.link.state !== 'silent')) return;
    const now = Date.now();
    const silence = now - this.heard;
    if (!this.asked && (silence >= PING_AFTER_MS || woken)) {
      this.asked = now;
      this.#send({ type: 'ping', ref: 'pulse' });
    }
    const waited = this.asked ? now - this.asked : 0;
    if (silence >= SILENT_AFTER_MS && (waited >= ANSWER_WITHIN_MS || woken) && this.link.state === 'up') this.#say('silent', null, this.heard);
    if (waited >= GIVE_UP_AFTER_MS) this.#lost(this.ws, null);
  }

  /** The pulse is back on the same connection. */
  #again() {
    this.#say('up');
    this.#catchUp();
  }

  #catchUp() {
    this.fresh = false;
    this.caughtUp = false;
    this.catchUp += 1;
    this.#send({ type: 'ping', ref: `caught-up-${this.catchUp}` });
  }

  /** What was kept goes out now, but for what has been overtaken meanwhile. */
  #release() {
    if (this.link.state !== 'up') return;
    this.caughtUp = true;
    for (const [ref, kept] of this.outbox) {
      if (!kept.held) continue;
      const why = this.recheck(kept);
      if (why) {
        this.#refuse(ref, why);
      } else {
        kept.held = false;
        kept.way.recall = null;
        this.#send(kept.message);
      }
    }
  }

  /** What was kept does not go out, and `why`. */
  #refuse(ref, why) {
    const kept = this.outbox.get(ref);
    this.outbox.delete(ref);
    kept.way.recall = null;
    kept.reject(Object.assign(new Error(''), why, { asked: kept.message }));
  }

  #lost(ws, code) {
    if (ws !== this.ws) return;
    this.#drop();
    for (const [ref, kept] of this.outbox) {
      kept.held = true;
      if (!kept.keep) this.#refuse(ref, { code: 'no_reply' });
    }
    // Who was let in with this very token a moment ago was more likely asleep at the hello than thrown out: asked again first.
    if (code === 4401 && this.trusted !== this.token()) this.#say('refused', code);
    else this.#comeBack(code);
    if (code === 4401) this.trusted = null;
  }

  #comeBack(code) {
    this.#say('waiting', code);
    const step = BACK_OFF_MS[Math.min(this.tries, BACK_OFF_MS.length - 1)];
    this.tries += 1;
    this.retry = setTimeout(() => this.start(), step * (0.75 + Math.random() / 2));
  }

  #drop() {
    clearTimeout(this.alarm);
    clearInterval(this.pulse);
    const ws = this.ws;
    this.ws = null;
    this.asked = 0;
    if (ws) {
      ws.onopen = ws.onmessage = ws.onclose = null;
      ws.close();
    }
  }

  #send(message) {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message));
  }

  /** `lostAt` stays that of the first loss until the link is up again. */
  #say(state, code = null, since = Date.now()) {
    const lost = this.link.lostAt ?? (['up', 'silent'].includes(this.link.state) ? since : null);
    this.link = { state, code, lostAt: state === 'up' ? null : lost };
    this.dispatchEvent(new CustomEvent('link', { detail: this.link }));
  }
}
