// From the schema of the messages, as the daemon's own test keeps it, to types for `tsc`. `node schema.mjs` prints them.

import { readFileSync } from 'node:fs';

const SNAPSHOT = new URL('../floor/snapshots/floor__golden__schema_of_the_messages.snap', import.meta.url);
const PLAIN = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null', array: 'any[]', object: 'Record<string, any>' };

export function schema() {
  const text = readFileSync(SNAPSHOT, 'utf8');
  return JSON.parse(text.slice(text.indexOf('\n{')));
}

/** All definitions of a schema as one namespace `Wire`. */
export function declarations({ $defs }) {
  const types = Object.entries($defs).map(([name, it]) => `  type ${name} = ${typeOf(it)};`);
  return `declare namespace Wire {\n${types.join('\n')}\n}\n`;
}

/** What stands beside one another in a schema holds together: it is an intersection. */
function typeOf(it) {
  if (it === true) return 'any';
  const parts = [];
  if (it.$ref) parts.push(it.$ref.split('/').at(-1));
  for (const either of [it.oneOf, it.anyOf]) if (either) parts.push(`(${either.map(typeOf).join(' | ')})`);
  for (const both of it.allOf ?? []) parts.push(typeOf(both));
  if (it.const !== undefined) parts.push(JSON.stringify(it.const));
  else if (it.enum) parts.push(`(${it.enum.map((value) => JSON.stringify(value)).join(' | ')})`);
  else if (it.properties) parts.push(objectOf(it));
  else if (it.prefixItems) parts.push(`[${it.prefixItems.map(typeOf).join(', ')}]`);
  else if (it.items) parts.push(nullable(it, `(${typeOf(it.items)})[]`));
  else if (typeof it.additionalProperties === 'object') parts.push(nullable(it, `Record<string, ${typeOf(it.additionalProperties)}>`));
  else if (it.type && !(it.type === 'object' && parts.length > 0)) parts.push(`(${[it.type].flat().map((type) => PLAIN[type]).join(' | ')})`);
  return parts.length > 0 ? parts.join(' & ') : 'any';
}

function nullable({ type }, text) {
  return [type].flat().includes('null') ? `(${text} | null)` : text;
}

function objectOf({ properties, required = [] }) {
  return `{ ${Object.entries(properties).map(([name, it]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(it)}`).join('; ')} }`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.stdout.write(declarations(schema()));
