// Building and renewing pieces of the page. No markup from strings: what came over the wire is only ever text.

import { alike } from './alike.js';
import { left } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';

/** An element: `on` holds listeners, `vars` CSS custom properties, the rest attributes; `false` and `null` leave out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value == null) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === 'vars') for (const [key, it] of Object.entries(value)) element.style.setProperty(key, it);
    else if (name === 'value' && tag !== 'option') element.value = value;
    else if (name === 'checked') element.checked = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== false && child != null));
  return element;
}

/** A piece of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null && value !== false) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== false && child != null));
  return element;
}

const drawn = new WeakMap();

/** Renews the children of `parent` only where what it is drawn `from` changed; focus and caret stay where they were (by `data-k`). */
export function renew(parent, from, build) {
  if (drawn.has(parent) && alike(drawn.get(parent), from)) return false;
  drawn.set(parent, from);
  const active = /** @type {HTMLElement} */ (document.activeElement);
  const key = parent.contains(active) ? active.dataset.k : undefined;
  // Whoever has selected what they typed is about to write over it.
  const caret = key && active instanceof HTMLInputElement && active.selectionStart !== null ? [active.selectionStart, active.selectionEnd] : null;
  parent.replaceChildren(...[build()].flat(Infinity).filter(Boolean));
  if (key) {
    const again = parent.querySelector(`[data-k="${CSS.escape(key)}"]`);
    refocus(again ?? parent.querySelector('.form [data-k], .undo') ?? parent);
    if (again && caret !== null && again.type === 'text') again.setSelectionRange(caret[0], caret[1]);
  }
  return true;
}

/** Focus stays nearby where what had it is gone: never on a button that a second press of the same key would fire. */
function refocus(element) {
  if (!element.hasAttribute('data-k')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

const shows = new WeakMap();
const unseen = new WeakSet();
/** What is scrolled out of sight need not be drawn every second. */
const sight = globalThis.IntersectionObserver && new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      unseen.delete(target);
      shows.get(target)?.();
    } else unseen.add(target);
  }
});

/** Has `show` called whenever the element comes into sight; what only moves need not be drawn on it before. */
export function whenSeen(element, show) {
  shows.set(element, show);
  sight?.observe(element);
}

/** Whether an element is in sight, as far as that is known. */
export function isSeen(element) {
  return !unseen.has(element);
}

/** Has `update(element)` called now, and at every tick of the page while the element is in sight on it; of a `number` also whenever numbers are drawn. */
export function tick(element, update, of = 'clock') {
  element.dataset.tick = of;
  whenSeen(element, () => update(element));
  update(element);
  return element;
}

/** A clock that counts down to a moment of the floor's. */
export function countdown(clock, to, look = 'count') {
  return tick(h('b', { class: look }), (element) => say(element, left(clock.until(to))));
}

export function tickAll(which = '[data-tick]') {
  for (const element of document.querySelectorAll(which)) if (isSeen(element)) shows.get(element)?.();
}

/** Sets an attribute only where it differs: to set the same again makes the browser look at every rule that names it. `null` takes it away. */
export function mark(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else {
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Brings the children of `parent` into this order with as few moves as there can be: what moves is laid out anew. */
export function arrange(parent, order) {
  const places = new Map([...parent.children].map((element, i) => [element, i]));
  const stay = rising(order.map((element) => places.get(element) ?? -1));
  let next = null;
  for (let i = order.length - 1; i >= 0; i -= 1) {
    if (!stay.has(i)) parent.insertBefore(order[i], next);
    next = order[i];
  }
}

/** Where in `numbers` the longest of their rising rows stands; what is below nought is of none. */
export function rising(numbers) {
  /** The least end of a row of each length, and what stands before each number in its row. */
  const ends = [];
  const before = [];
  numbers.forEach((number, i) => {
    if (number < 0) return;
    let length = ends.findIndex((end) => numbers[end] >= number);
    if (length < 0) length = ends.length;
    before[i] = ends[length - 1];
    ends[length] = i;
  });
  const row = new Set();
  for (let i = ends.at(-1); i !== undefined; i = before[i]) row.add(i);
  return row;
}

/** Sets text only where it differs, so that screen readers and layout are left alone; the text itself stays the same piece of the page. */
export function say(element, text) {
  const only = element.firstChild;
  if (only instanceof Text && only === element.lastChild) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** Has Escape, and a phone's "back", close what is innermost in a dialog: `within()` closes that and says so; where there is nothing, the dialog closes. */
export function innermostFirst(dialog, within) {
  const first = (event) => { if (within()) event.preventDefault(); };
  // A writer of Chinese ends a choice of signs by the same key.
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && !event.isComposing && first(event));
  dialog.addEventListener('cancel', first);
}

const ICONS = {
  calm: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12.5l2.7 2.7L16 9.5',
  building: 'M12 3l9 9-9 9-9-9zM12 8v5M12 16v.2',
  ask: 'M12 3l10 18H2zM12 10v5M12 18v.2',
  in_hand: 'M4 12l5 5L20 6',
  release: 'M12 4v14M6 12l6 6 6-6',
  blind: 'M3 3l18 18M10.5 5.2A11 11 0 0 1 22 12a13 13 0 0 1-3 4M6.5 7A13 13 0 0 0 2 12c2 4 6 7 10 7a10 10 0 0 0 4.5-1',
  paused: 'M8 5v14M16 5v14',
  unknown: 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17.5v.2',
  ease: 'M20 12H5M11 6l-6 6 6 6',
  note: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5M12 7.8v.2',
  person: 'M12 4a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M5 21c0-5 3-7 7-7s7 2 7 7',
  clock: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3 2',
  up: 'M12 20V5M5 12l7-7 7 7',
  cross: 'M6 6l12 12M18 6L6 18',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21h4',
  bell_off: 'M6 17V11a6 6 0 0 1 9-5.2M18 11v6l1.5 2h-15M10 21h4M3 3l18 18',
  keys: 'M3 7h18v10H3zM7 10.5v.2M11 10.5v.2M15 10.5v.2M8 14h8',
  gear: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 5v4M6 15v4',
  orders: 'M5 4h14v16H5zM9 9h6M9 13h6',
  link: 'M3 3l18 18M8.5 16a5 5 0 0 1 7 0M5 12.5a10 10 0 0 1 4-2.5M13 9.6a10 10 0 0 1 6 2.9M12 20v.2',
  fast: 'M4 6l7 6-7 6zM13 6l7 6-7 6z',
  disk: 'M4 6c0-2 16-2 16 0v12c0 2-16 2-16 0zM4 6c0 2 16 2 16 0M12 11v4M12 17.5v.2',
  incident: 'M13 3L5 14h6l-1 7 8-11h-6z',
  approval: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9.3 9.2a2.8 2.8 0 1 1 4 2.6c-1 .5-1.3 1-1.3 2M12 17v.2',
  shadow: 'M17 14.5A7 7 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5a7 7 0 0 1-3 0',
  book: 'M12 6c-2.5-1.6-5.5-1.8-9-1v13c3.5-.8 6.5-.6 9 1c2.5-1.6 5.5-1.8 9-1V5c-3.5-.8-6.5-.6-9 1v13',
  sign: 'M4 20h16M5 15c3-8 6-11 8-9s-5 9-3 9 3-4 5-4 1 4 4 3',
  stale: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5M5 19L19 5',
  star: 'M12 3.5l2.6 5.6 6 .8-4.4 4.2 1.1 6.1L12 17.2l-5.3 3 1.1-6.1L3.4 9.9l6-.8z',
  rise: 'M4 18L20 6M12 6h8v8',
  fall: 'M4 6l16 12M12 18h8v-8',
  level: 'M4 12h16M15 7l5 5-5 5',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
  undo: 'M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 10h-2',
};

/** A drawn sign; decoration unless words stand beside it, so it is hidden from screen readers. */
export function icon(name) {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] ?? ICONS.unknown }));
}

/** Has a sign that stands on the page already show another. */
export function redraw(sign, name) {
  mark(sign.firstElementChild, 'd', ICONS[name] ?? ICONS.unknown);
}
