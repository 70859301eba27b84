// The line between a browser and the daemon, which can be cut, go dead without a word, and bring another version of the page: for
// every browser alike, where a browser itself can only be taken off the net whole, or not at all.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const MARK = /data-page="([0-9a-f]+)"/;

export class Line {
  #pairs = new Set();
  #server = null;
  #dead = false;
  #mark;
  #shown;

  /** `url`: the daemon's; what goes over this line has `this.url`. */
  static async to(url) {
    const line = new Line();
    const page = await (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).text();
    line.#mark = line.#shown = MARK.exec(page)[1];
    line.target = Number(new URL(url).port);
    await line.mend();
    line.url = `http://127.0.0.1:${line.port}/`;
    return line;
  }

  /** The mark of the page that this line brings. */
  get version() {
    return this.#shown;
  }

  /** From now on the page is another one, as after a new version of the program. */
  renew() {
    const next = (BigInt(`0x${this.#shown}`) + 1n) % 16n ** BigInt(this.#mark.length);
    this.#shown = next.toString(16).padStart(this.#mark.length, '0');
  }

  /** Every connection breaks, and none is let in. */
  async cut() {
    const server = this.#server;
    this.#server = null;
    const closed = server && once(server, 'close');
    server?.close();
    for (const pair of this.#pairs) pair.forEach((socket) => socket.resetAndDestroy());
    this.#pairs.clear();
    await closed;
  }

  /** Nothing comes through any more, and nobody is told. */
  die() {
    this.#dead = true;
  }

  async mend() {
    this.#dead = false;
    if (this.#server) return;
    this.#server = createServer((near) => this.#join(near)).listen(this.port ?? 0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  #join(near) {
    const far = connect(this.target, '127.0.0.1');
    const pair = [near, far];
    this.#pairs.add(pair);
    near.on('data', (data) => this.#dead || far.write(asked(data, this.#mark, this.#shown)));
    far.on('data', (data) => this.#dead || near.write(given(data, this.#mark, this.#shown)));
    const over = () => {
      this.#pairs.delete(pair);
      pair.forEach((socket) => socket.destroy());
    };
    for (const socket of pair) socket.on('error', over).on('close', () => this.#dead || over());
  }
}

/** What the browser asks: the page unpacked, so that its mark can be read; a version that is no more is known to nobody. */
function asked(data, mark, shown) {
  const text = data.toString('latin1');
  if (!/^(GET|POST) /.test(text)) return data;
  const version = (it) => (it === shown ? mark : it === mark ? '0'.repeat(mark.length) : it);
  return Buffer.from(text.replace(/^accept-encoding:.*\r\n/im, '').replace(/(?<=^if-none-match: ?")[0-9a-f]+/im, version), 'latin1');
}

function given(data, mark, shown) {
  const text = data.toString('latin1');
  return mark !== shown && text.includes(mark) ? Buffer.from(text.replaceAll(mark, shown), 'latin1') : data;
}
