// The texts that the daemon words as well (reasons, refusals, notices): one table a language, read by Fluent here as there.

import { FluentBundle, FluentNumber, FluentResource } from './vendor/fluent/index.js';

/** A table's texts as functions of their values, by the page's keys: `reason-order` of the table is `reason.order`. */
export function fluentTexts(language, source) {
  const bundle = new FluentBundle(language, { useIsolating: false });
  const resource = new FluentResource(source);
  bundle.addResource(resource);
  return Object.fromEntries(resource.body.map(({ id, value }) => {
    const names = new Set();
    named(value, names);
    // What nobody gives is empty, as in the page's own texts.
    const given = (values) => Object.fromEntries([...names].map((name) => [name, plain(values[name] ?? '')]));
    return [id.replace('-', '.'), (values) => bundle.formatPattern(value, given(values), [])];
  }));
}

/** The values that a pattern names, wherever within it. */
function named(part, names) {
  if (typeof part !== 'object' || part === null) return;
  if (part.type === 'var') names.add(part.name);
  else for (const within of Object.values(part)) named(within, names);
}

// Whole numbers choose the form that fits them, and are written without separators, as the daemon writes them.
function plain(value) {
  return Number.isInteger(value) ? new FluentNumber(value, { useGrouping: false }) : String(value);
}
