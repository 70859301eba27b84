// What the browser keeps: choices (for good), the token (for this tab, or for good if asked), where the list had got to.

const CHOICES = 'surged.choices';
const TOKEN = 'surged.token';
const BOOK = 'surged.book';

export function choices() {
  return { language: null, theme: null, sound: null, ...read(localStorage, CHOICES) };
}

export function keepChoices(value) {
  write(localStorage, CHOICES, value);
}

export function token() {
  return read(sessionStorage, TOKEN) ?? read(localStorage, TOKEN) ?? '';
}

export function keepToken(value, remember) {
  forgetToken();
  write(remember ? localStorage : sessionStorage, TOKEN, value);
}

export function forgetToken() {
  for (const store of [sessionStorage, localStorage]) store.removeItem(TOKEN);
}

export function book() {
  return read(sessionStorage, BOOK);
}

export function keepBook(value) {
  write(sessionStorage, BOOK, value);
}

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

/** A full or forbidden store loses a choice, never the page. */
function write(store, key, value) {
  try {
    store.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: the choice holds until the page is closed.
  }
}
