// On the wall nobody scrolls: what does not fit is paged through. Queues in trouble stand on every page.

const TURN_MS = 10_000;
// As wall.css has them: how high and wide a tile is at least, what stands around its name, and what stands between two.
const HIGH_REM = 2.8;
const AROUND_REM = 0.6;
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

/** How high each tile is, in rem: no name is cut, and none makes the others' pages jump, so all have the height of the highest name. Pure. */
export function tileHeight(names, heights) {
  return names.reduce((most, name) => Math.max(most, Math.ceil(((heights.get(name) ?? 0) + AROUND_REM) * 20) / 20), HIGH_REM);
}

export class WallPages {
  #element;
  #again;
  #size = { width: 0, height: 0 };
  #rem = 16;
  #room = 12;
  #each = HIGH_REM;
  #turn = 0;
  #shown = { page: 0, pages: 1 };
  #names = [];
  /** How high each name stood when it was last seen, in rem: those of other pages count as well. */
  #heights = new Map();

  constructor(element, again) {
    this.#element = element;
    this.#again = again;
    new ResizeObserver(([{ contentRect: { width, height } }]) => {
      this.#size = { width, height };
      this.#rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      this.#measure();
    }).observe(element);
    setInterval(() => { this.#turn += 1; again(); }, TURN_MS);
  }

  /** Names are as high as their letters, their language and the width that they have make them. */
  #tall = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) if (target.isConnected) this.#heights.set(/** @type {HTMLElement} */ (target).dataset.name, contentRect.height / this.#rem);
    this.#measure();
  });

  watch(element) {
    this.#tall.observe(element);
  }

  unwatch(element) {
    this.#tall.unobserve(element);
  }

  #measure() {
    const each = tileHeight(this.#names, this.#heights);
    if (each !== this.#each) this.#element.style.setProperty('--tile', `${each}rem`);
    this.#each = each;
    const fit = (space, one) => Math.max(1, Math.floor((space / this.#rem + GAP_REM) / (one + GAP_REM)));
    const room = fit(this.#size.width, WIDE_REM) * fit(this.#size.height, each);
    if (room === this.#room) return;
    this.#room = room;
    this.#again();
  }

  turn(names, stays) {
    this.#names = names;
    this.#shown = pageOf(names, this.#room, stays, this.#turn);
    return this.#shown.names;
  }

  words(words) {
    const { page, pages } = this.#shown;
    return pages > 1 ? words.t('queues.page', { n: page + 1, of: pages }) : '';
  }
}
