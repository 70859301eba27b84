// Sentences of the daemon's own that reach the page in English (why a phone system cannot be seen, why somebody was not let in): known by their
// English text, said in the reader's language. The tables are the daemon's (`words/causes/*.ftl`), and so is the way (`words/causes.rs`).

import { fluentTexts } from './texts.js';

/** How deep causes stand in causes. */
const DEPTH = 4;

/**
 * Says a cause in a language; one that is not known stays as it was written.
 * @param {string} english the table of the English texts
 * @param {string} own that of the reader's language
 * @returns {(said: string) => string}
 */
export function causesOf(language, english, own) {
  const texts = fluentTexts(language, own);
  const length = ({ literals }) => literals.reduce((sum, literal) => sum + literal.length, 0);
  // Those that say most first, so that no gap takes what another text says.
  const known = english.split('\n').map(read).filter((it) => it !== null).sort((a, b) => length(b) - length(a));
  const say = (said, depth) => {
    for (const it of depth > 0 ? known : []) {
      const gaps = takenApart(it, said);
      if (gaps) return texts[`cause.${it.key}`]?.(Object.fromEntries(it.gaps.map((name, i) => [name, say(gaps[i], depth - 1)]))) ?? said;
    }
    return said;
  };
  return (said) => say(said, DEPTH);
}

/** A line of the table: `cause-key = text { $gap } text`. */
export function read(line) {
  const [, key, text] = /^cause-(\S+) = (.*)$/.exec(line) ?? [];
  if (text === undefined) return null;
  const [first, ...rest] = text.split('{ $');
  const parts = rest.map((part) => part.split(' }'));
  return { key, literals: [first, ...parts.map(([, ...literal]) => literal.join(' }'))], gaps: parts.map(([gap]) => gap) };
}

/** What stands in the gaps of a text, if `said` is this text. */
function takenApart({ literals, gaps }, said) {
  const [first, ...rest] = literals;
  if (!said.startsWith(first)) return null;
  let left = said.slice(first.length);
  if (gaps.length === 0) return left === '' ? [] : null;
  const found = [];
  for (const literal of rest.slice(0, -1)) {
    const at = left.indexOf(literal);
    if (at < 0) return null;
    found.push(left.slice(0, at));
    left = left.slice(at + literal.length);
  }
  const last = rest.at(-1);
  if (!left.endsWith(last)) return null;
  found.push(left.slice(0, left.length - last.length));
  return found.every((gap) => gap !== '') ? found : null;
}
