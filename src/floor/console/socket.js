// The link to the floor socket: hello, resume, pings, and coming back.
//
//   connecting ──welcome──► up ──close / silence──► waiting ──back-off──► connecting
//        └──4401──► refused (a token is needed; `start` again)
//
// What was asked of the server is kept until it replies, and asked again after a reconnect.

const PING_EVERY_MS = 8_000;
const SILENT_AFTER_MS = 20_000;
const WELCOME_WITHIN_MS = 8_000;
const BACK_OFF_MS = [300, 800, 1_500, 3_000, 5_000, 8_000];
const OUTBOX_LIMIT = 32;
/** So much of what has been is asked for by a page that has seen nothing yet. */
const LAST_MESSAGES = 300;

export class FloorSocket extends EventTarget {
  /** `token()` and `since()` are asked at every connection. Events: `message` (detail: the message), `link` (detail: the link's state). */
  constructor(url, { token, since }) {
    super();
    this.url = url;
    this.token = token;
    this.since = since;
    this.link = { state: 'connecting', since: Date.now(), code: null };
    this.outbox = new Map();
    this.tries = 0;
    this.trusted = null;
    this.nextRef = 1;
    this.session = Math.random().toString(36).slice(2, 8);
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
      const hello = { type: 'hello', token: this.token() ?? '' };
      const since = this.since();
      if (since === null) hello.last = LAST_MESSAGES;
      else hello.since = since;
      ws.send(JSON.stringify(hello));
    };
    ws.onmessage = ({ data }) => this.#hear(ws, data);
    ws.onclose = ({ code }) => this.#lost(ws, code);
  }

  /** Sends a message; resolves with the server's `ok`, rejects with its `error` or `conflict`. Outlives a lost connection. */
  ask(message) {
    if (this.outbox.size >= OUTBOX_LIMIT) return Promise.reject(Object.assign(new Error('too much'), { code: 'too_much' }));
    const ref = `${this.session}-${this.nextRef++}`;
    return new Promise((resolve, reject) => {
      this.outbox.set(ref, { message: { ...message, ref }, resolve, reject });
      if (this.link.state === 'up') this.#send({ ...message, ref });
    });
  }

  /** To be called when the tab wakes or the network comes back: a dead connection is found out at once. */
  wake() {
    if (this.link.state === 'refused') return;
    if (this.link.state === 'waiting') {
      this.start();
    } else if (this.link.state === 'up') {
      const ws = this.ws;
      const heard = this.heard;
      this.#send({ type: 'ping', ref: 'wake' });
      setTimeout(() => {
        if (this.ws === ws && this.heard === heard) this.#lost(ws, null);
      }, 3_000);
    }
  }

  #hear(ws, data) {
    if (ws !== this.ws) return;
    this.heard = Date.now();
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    const first = message.type === 'welcome' && this.link.state !== 'up';
    if (first) this.#welcomed();
    const asked = message.ref !== undefined && this.outbox.get(message.ref);
    if (asked && ['ok', 'error', 'conflict'].includes(message.type)) {
      this.outbox.delete(message.ref);
      if (message.type === 'ok') asked.resolve(message);
      else asked.reject(Object.assign(new Error(message.message ?? ''), { code: message.code, said: message }));
    }
    this.dispatchEvent(new CustomEvent('message', { detail: message }));
    if (first) for (const { message: kept } of this.outbox.values()) this.#send(kept);
  }

  #welcomed() {
    clearTimeout(this.alarm);
    this.tries = 0;
    this.trusted = this.token();
    this.#say('up');
    clearInterval(this.pulse);
    this.pulse = setInterval(() => {
      if (Date.now() - this.heard > SILENT_AFTER_MS) this.#lost(this.ws, null);
      else this.#send({ type: 'ping', ref: 'pulse' });
    }, PING_EVERY_MS);
  }

  #lost(ws, code) {
    if (ws !== this.ws) return;
    this.#drop();
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
    if (ws) {
      ws.onopen = ws.onmessage = ws.onclose = null;
      ws.close();
    }
  }

  #send(message) {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message));
  }

  /** `lostAt` stays that of the first loss until the link is up again. */
  #say(state, code = null) {
    const lostAt = state === 'up' ? null : this.link.lostAt ?? (this.link.state === 'up' ? Date.now() : null);
    this.link = { state, code, lostAt };
    this.dispatchEvent(new CustomEvent('link', { detail: this.link }));
  }
}
