// The server's clock, as far as the page can tell: countdowns must not trust the tablet's own.

export class ServerClock {
  #base = Date.now();
  #at = performance.now();
  #speed = 1;

  /** Takes over a time of the server, RFC 3339, and how much faster than real time it runs: 1 but in a demonstration; 0: it stands still. */
  set(now, speed = this.#speed) {
    const told = Date.parse(now ?? '');
    const base = Number.isNaN(told) ? this.now() : told;
    this.#base = base;
    this.#at = performance.now();
    this.#speed = speed >= 0 ? speed : 1;
  }

  /** Milliseconds since 1970, by the server. */
  now() {
    return this.#base + (performance.now() - this.#at) * this.#speed;
  }

  /** Seconds until a time of the server; negative once it is past. */
  until(time) {
    return (Date.parse(time) - this.now()) / 1000;
  }
}

/** How much of the time between two moments of the server has passed, 0 to 1. */
export function passed(clock, from, to) {
  return to > from ? Math.min(1, Math.max(0, (clock.now() - from) / (to - from))) : 1;
}
