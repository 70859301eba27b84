// The page's texts as the page puts them together: its own, and those that the daemon words as well.

import { readFileSync } from 'node:fs';
import { fluentTexts } from '../../src/floor/console/texts.js';

const read = (path) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');

export const own = (language) => JSON.parse(read(`floor/console/${language}.json`));
/** The daemon's own sentences that are known by their English text. */
export const causes = (language) => read(`words/causes/${language}.ftl`);
export const shared = (language) => read(`words/${language}.ftl`);
export const table = (language) => ({ ...own(language), ...fluentTexts(language, shared(language)) });
