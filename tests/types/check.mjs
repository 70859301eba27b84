// The page's modules against the message schema: `tsc --checkJs` over all of them.   npm install && node check.mjs
//
// The types are made from the snapshot of the schema at every run, so there is no copy that could be stale.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { declarations, schema } from './schema.mjs';

const ts = createRequire(new URL('../browser/package.json', import.meta.url))('typescript');
const page = fileURLToPath(new URL('../../src/floor/console/', import.meta.url));
const made = fileURLToPath(new URL('../output/', import.meta.url));

mkdirSync(made, { recursive: true });
const wire = `${made}wire.d.ts`;
writeFileSync(wire, declarations(schema()));

const options = { allowJs: true, checkJs: true, noEmit: true, strict: false, noImplicitThis: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'], types: [] };
const modules = readdirSync(page, { recursive: true }).filter((name) => name.endsWith('.js') && !name.startsWith('vendor/') && !['worker.js', 'push/pocket.js'].includes(name)).map((name) => page + name);
// What others wrote is imported, not judged.
const faults = (files) => ts.getPreEmitDiagnostics(ts.createProgram([wire, ...files], options)).filter(({ file }) => !file?.fileName.includes('/vendor/'));

// The check itself must be able to find something.
const wrong = `${made}wrong.js`;
writeFileSync(wrong, `/** @param {import('${page}store.js').State} state */\nexport const depth = (state) => state.queues.inbound.waitng;\n`);
assert.equal(faults([wrong]).filter(({ code }) => code === 2551 || code === 2339).length, 1, 'a field that no message has must be found');

const found = faults(modules);
if (found.length > 0) process.stdout.write(ts.formatDiagnostics(found, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => page, getNewLine: () => '\n' }));
console.log(`${modules.length} modules, ${found.length} faults`);
process.exitCode = found.length > 0 ? 1 : 0;
