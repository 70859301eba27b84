// On the wall nobody scrolls: what does not fit is paged through. Queues in trouble stand on every page.

const TURN_MS = 10_000;
// As wall.css has them: how high and wide a tile is at least, and what stands between two.
const HIGH_REM = 2.8;
const WIDE_REM = 14.5;
const GAP_REM = 0.3;

/**
 * The names on a page: those that stay come first, at most half of the room is theirs; the others take turns. `{names, page, pages}`. Pure.
 * @param {string[]} names
 * @param {(name: string) => boolean} stays
 */
export function pageOf(names, room, stays, turn) {
  if (names.length <= room) return { names, page: 0, pages: 1 };
  const fixed = names.filter(stays).slice(0, Math.ceil(room / 2));
  const others = names.filter((name) => !fixed.includes(name));
  const each = Math.max(1, room - fixed.length);
  const pages = Math.ceil(others.length / each);
  const page = turn % pages;
  return { names: [...fixed, ...others.slice(page * each, (page + 1) * each)], page, pages };
}

export class WallPages {
  #room = 12;
  #turn = 0;
  #shown = { page: 0, pages: 1 };

  constructor(element, again) {
    new ResizeObserver(([{ contentRect: { width, height } }]) => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const fit = (space, each) => Math.max(1, Math.floor((space / rem + GAP_REM) / (each + GAP_REM)));
      const room = fit(width, WIDE_REM) * fit(height, HIGH_REM);
      if (room === this.#room) return;
      this.#room = room;
      again();
    }).observe(element);
    setInterval(() => { this.#turn += 1; again(); }, TURN_MS);
  }

  turn(names, stays) {
    this.#shown = pageOf(names, this.#room, stays, this.#turn);
    return this.#shown.names;
  }

  words(words) {
    const { page, pages } = this.#shown;
    return pages > 1 ? words.t('queues.page', { n: page + 1, of: pages }) : '';
  }
}
