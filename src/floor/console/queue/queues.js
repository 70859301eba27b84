// All queues. Few stand as panels; where there are many, the worst do and the others are one-line tiles, the worst first.

import { arrange, h, icon, mark, renew, say } from '../dom.js';
import { QueuePanel } from './queue.js';
import { Tile } from './tile.js';
import { WallPages } from './wall.js';
import { floorOf, inTrouble, queuesOf, troublesRank } from '../store.js';
import { heldRank, worstFirst } from './order.js';

/** Up to so many are shown whole, in the order of their priority. */
const FEW = 4;
/** Of many, so many calm ones are shown before "+16 more". */
const CALM_SHOWN = 24;

/**
 * What of the queues is shown, and how: `{panels, tiles, more}` by name; `stood`: how they stood before. Pure.
 * @param {import('../store.js').State} state
 * @param {{ filter?: string, mine?: boolean, starred?: Set<string>, opened?: Set<string>, all?: boolean, stood?: Map<string, number>, nameOf?: (queue: string) => string, me?: string | null }} view
 */
export function arrangement(state, { filter = '', mine = false, starred = new Set(), opened = new Set(), all = false, stood = new Map(), nameOf = (queue) => queue, me = null } = {}) {
  const names = queuesOf(state).map(({ queue }) => queue);
  if (names.length <= FEW) return { panels: names, tiles: [], more: 0, of: names.length, troubled: names.filter((name) => inTrouble(state, name)).length };
  const { openOf } = floorOf(state);
  const isMine = (name) => starred.has(name) || (openOf.get(name) ?? []).some((it) => it.seen_by?.staff_no === me);
  const sought = filter.trim().toLowerCase();
  const sorted = worstFirst(state, stood)
    .filter((name) => !mine || isMine(name))
    .filter((name) => !sought || name.toLowerCase().includes(sought) || nameOf(name).toLowerCase().includes(sought));
  const worst = sorted.find((name) => inTrouble(state, name)) ?? null;
  const panels = sorted.filter((name) => name === worst || opened.has(name));
  const rest = sorted.filter((name) => !panels.includes(name));
  const troubles = (name) => troublesRank(heldRank(state, name, stood));
  const troubled = rest.filter(troubles);
  const calm = rest.filter((name) => !troubles(name));
  const shown = all || sought ? calm : calm.slice(0, CALM_SHOWN);
  return { panels, tiles: [...troubled, ...shown], more: calm.length - shown.length, of: names.length, troubled: names.filter((name) => inTrouble(state, name)).length };
}

export class QueueViews {
  #root;
  #panels = new Map();
  #tiles = new Map();
  #bar = h('div', { class: 'queues-bar' });
  #full = h('div', { class: 'panels' });
  #rows = h('ol', { class: 'tiles' });
  #more = h('div', { class: 'tiles-more' });
  #sum = h('b');
  #view = { filter: '', mine: false, opened: new Set(), all: false };
  #page = null;
  #pages;

  constructor(root) {
    this.#root = root;
    this.#pages = new WallPages(this.#rows, () => this.#page && this.render(this.#page));
    root.append(this.#bar, this.#full, this.#rows, this.#more);
  }

  /** @param {import('../main.js').Page} page */
  render(page) {
    this.#page = page;
    const { state, words, choices } = page;
    const starred = new Set(choices.mine ?? []);
    const shown = arrangement(state, { ...this.#view, starred, stood: page.stood, nameOf: (queue) => words.name('queue', queue), me: state.you?.staff_no ?? null, all: this.#view.all || page.wall });
    const many = shown.of > FEW;
    mark(this.#root, 'data-count', shown.of);
    mark(this.#root, 'data-dense', shown.of > 2 && !many);
    mark(this.#root, 'data-many', many);
    renew(this.#bar, [page.look, many, this.#view.mine, starred.size > 0], () => many && !page.wall && this.#tools(page));
    say(this.#sum, words.t('queues.sum', { n: shown.troubled, of: shown.of }));
    this.#place(this.#panels, this.#full, shown.panels, (name) => new QueuePanel(name), (panel) => panel.render(page, many && !page.wall ? this.#panelTools(page, panel.name, shown.panels[0] === panel.name, starred) : null));
    const tiles = page.wall && many ? this.#pages.turn(shown.tiles, (name) => inTrouble(state, name)) : shown.tiles;
    this.#place(this.#tiles, this.#rows, tiles, (name) => new Tile(name, () => this.#open(name), this.#pages), (tile) => tile.render(page));
    renew(this.#more, [page.look, shown.more, page.wall && many && this.#pages.words(words), shown.of === 0, shown.panels.length + shown.tiles.length === 0], () => [
      shown.more > 0 && h('button', { type: 'button', 'data-k': 'queues-more', on: { click: () => { this.#view.all = true; page.changed(); } } }, words.t('queues.more', { n: shown.more })),
      page.wall && many && this.#pages.words(words) && h('p', { class: 'wall-page' }, this.#pages.words(words)),
      shown.of > 0 && shown.panels.length + shown.tiles.length === 0 && h('p', { class: 'none' }, words.t('queues.none_found')),
      shown.of === 0 && h('p', { class: 'waiting-for' }, words.t('queue.none')),
    ]);
  }

  /**
   * What moves by itself on the panels.
   * @param {import('../main.js').Page} page
   */
  draw(page) {
    for (const panel of this.#panels.values()) panel.draw(page);
  }

  #open(name) {
    this.#view.opened.add(name);
    this.#page.changed();
    requestAnimationFrame(() => requestAnimationFrame(() => this.#panels.get(name)?.element.scrollIntoView({ block: 'nearest' })));
  }

  /** @param {import('../main.js').Page} page */
  #tools(page) {
    const { words, choices } = page;
    const { mine } = this.#view;
    return [
      h('p', { class: 'queues-sum' }, this.#sum),
      h('input', { type: 'text', class: 'queues-filter', 'data-k': 'queues-filter', value: this.#view.filter, maxlength: 60, placeholder: words.t('queues.filter'), 'aria-label': words.t('queues.filter'), on: { input: ({ target }) => { this.#view.filter = target.value; page.changed(); } } }),
      h('button', { type: 'button', 'data-k': 'queues-mine', 'aria-pressed': String(mine), title: (choices.mine ?? []).length === 0 ? words.t('queues.mine_hint') : null, on: { click: () => { this.#view.mine = !this.#view.mine; page.changed(); } } }, icon('star'), words.t('queues.mine')),
    ];
  }

  /** @param {import('../main.js').Page} page */
  #panelTools(page, name, first, starred) {
    const { words } = page;
    const mine = starred.has(name);
    return {
      from: [mine, first],
      build: () => h('span', { class: 'hero-tools' },
        h('button', { type: 'button', class: 'quiet', 'data-k': `star-${name}`, 'aria-pressed': String(mine), 'aria-label': words.t('queues.star'), title: words.t('queues.star'), on: { click: () => page.star(name) } }, icon('star')),
        this.#view.opened.has(name) && !first && h('button', { type: 'button', class: 'quiet', 'data-k': `fold-${name}`, on: { click: () => { this.#view.opened.delete(name); page.changed(); } } }, words.t('queues.fold'))),
    };
  }

  /** Has one view a name in `parent`, in their order; nothing moves under a finger or away from the keyboard. */
  #place(views, parent, names, make, render) {
    const wanted = new Set(names);
    for (const [name, view] of views) {
      if (wanted.has(name)) continue;
      view.remove();
      views.delete(name);
    }
    for (const name of names) {
      if (!views.has(name)) {
        const view = make(name);
        views.set(name, view);
        parent.append(view.element);
      }
      render(views.get(name));
    }
    const order = names.map((name) => views.get(name).element);
    const held = parent.contains(document.activeElement);
    if (!held) arrange(parent, order);
  }
}
