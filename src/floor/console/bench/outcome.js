// What a day comes to: drawn, in sentences, counted, and decision by decision.

import { h, icon, say } from '../dom.js';
import { headlineWords, reasonWords } from '../reason.js';
import { besides, linesOf } from './draft.js';
import { drawn } from './drawing.js';

const DIFFERENCES = 12;
/** What is looked at while a slider moves, by the table's rows. */
const FACTS = [['given_up_uncalled', 'bench.fact_given_up_uncalled'], ['moves', 'bench.fact_moves'], ['short_stays', 'bench.fact_short_stays'], ['asks', 'bench.fact_asks']];

export class Outcome {
  #reply = null;
  #all = false;

  constructor(box) {
    this.box = box;
    this.gist = h('p', { class: 'gist', role: 'status' });
    this.facts = h('ul', { class: 'facts' });
    this.drawings = h('div', { class: 'drawings' });
    this.rest = h('div', { class: 'rest' });
    new ResizeObserver(() => this.again?.()).observe(this.drawings);
  }

  build(words) {
    this.box.replaceChildren(h('header', {}, h('h2', { id: 'outcome-title' }, words.t('bench.result')), this.busy = h('span', { class: 'busy' })), h('div', { class: 'at-once' }, this.gist, this.facts), this.drawings, this.rest);
  }

  /** A change is on its way; the last result stays until the next is there. */
  working(words, is) {
    say(this.busy, is ? words.t('bench.working') : '');
    this.box.toggleAttribute('data-working', is);
  }

  /** Nothing was replayed: what an earlier plan or another day came to is no answer. */
  fail(why) {
    this.#reply = null;
    this.facts.replaceChildren();
    this.again = null;
    this.gist.replaceChildren(icon('cross'), why);
    this.drawings.replaceChildren();
    this.rest.replaceChildren();
  }

  render(words, reply, groups, draft) {
    this.#reply = reply;
    this.#all = false;
    const changed = reply.plans.length > 1;
    const head = reply.gist ?? words.t('bench.nothing_changed');
    this.gist.replaceChildren(h('strong', {}, head), ' ', h('span', {}, reply.period ?? ''), ' ', h('span', { class: 'who-answers' }, reply.answers));
    this.facts.replaceChildren(...FACTS.flatMap(([key, text]) => this.#fact(words, reply.rows.find((row) => row.key === key), text)));
    this.again = () => this.#draw(words, reply, linesOf(groups, reply.ladders, draft));
    this.again();
    this.rest.replaceChildren(...[
      changed && this.#differences(words, reply),
      this.#table(words, reply, changed),
      changed && this.#toml(words, reply),
      this.#decisions(words, reply, changed),
      h('p', { class: 'hint' }, reply.caveat),
    ].filter(Boolean));
  }

  #fact(words, row, text) {
    if (!row) return [];
    const [written, now = written] = row.values;
    return [h('li', { 'data-differs': now !== written }, h('strong', {}, now), ' ', h('span', {}, words.t(text)), now !== written && h('small', {}, words.t('bench.was', { value: written })))];
  }

  #draw(words, reply, lines) {
    const { paddingLeft, paddingRight } = getComputedStyle(this.drawings);
    const width = this.drawings.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    if (width < 40 || this.#reply !== reply) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const from = Date.parse(reply.plans[0].summary.from);
    const to = Date.parse(reply.plans[0].summary.to);
    const several = reply.queues.length > 1;
    this.drawings.replaceChildren(
      h('p', { class: 'legend' },
        h('span', { class: 'of-written' }, words.t('bench.as_written')),
        reply.plans.length > 1 && h('span', { class: 'of-changed' }, words.t('bench.changed')),
        reply.queues.some((queue) => queue.blind.length > 0) && h('span', { class: 'of-blind' }, words.t('bench.nobody_sees'))),
      ...reply.queues.map((queue) => h('figure', {},
        h('figcaption', {}, several ? `${words.t('bench.waiting')} · ${words.name('queue', queue.queue)}` : words.t('bench.waiting')),
        drawn({ words, queue, from, to, lines, width: Math.floor(width), rem }))));
  }

  #differences(words, reply) {
    if (reply.differ === 0) return h('section', {}, h('h3', {}, words.t('bench.differences')), h('p', {}, words.t('bench.same')));
    const shown = this.#all ? reply.differences : reply.differences.slice(0, DIFFERENCES);
    const left = reply.differ - shown.length;
    const section = h('section', { class: 'differences' }, h('h3', {}, words.t('bench.differences')),
      h('ol', {}, shown.map((it) => h('li', { 'data-how': it.how }, it.words))));
    if (left > 0) {
      section.append(shown.length < reply.differences.length
        ? h('button', { type: 'button', class: 'quiet', 'data-k': 'more', on: { click: () => { this.#all = true; section.replaceWith(this.#differences(words, reply)); } } }, words.t('bench.more', { n: left }))
        : h('p', { class: 'hint' }, words.t('bench.more', { n: left })));
    }
    return section;
  }

  #table(words, reply, changed) {
    const heads = [words.t('bench.measure'), words.t('bench.as_written'), changed && words.t('bench.changed')].filter(Boolean);
    return h('table', { class: 'measures' },
      h('thead', {}, h('tr', {}, heads.map((head, n) => h('th', { scope: 'col', class: n > 0 ? 'n' : null }, head)))),
      h('tbody', {}, reply.rows.map((row) => h('tr', { 'data-differs': changed && row.values[0] !== row.values[1] },
        h('th', { scope: 'row', class: row.part ? 'part' : null }, row.what), row.values.map((value) => h('td', { class: 'n' }, value ?? '–'))))));
  }

  #toml(words, reply) {
    const text = h('textarea', { class: 'toml', readonly: true, rows: Math.min(16, reply.toml.split('\n').length), spellcheck: 'false', 'aria-label': words.t('bench.copy') });
    text.value = reply.toml;
    const button = h('button', { type: 'button', class: 'done', 'data-k': 'copy', on: { click: () => copy() } }, words.t('bench.copy'));
    const copy = async () => {
      // Off this machine, and without TLS, a page has no clipboard: the text is marked, and the keyboard copies it.
      try {
        await navigator.clipboard.writeText(reply.toml);
      } catch {
        text.select();
        document.execCommand('copy');
      }
      say(button, words.t('bench.copied'));
    };
    return h('section', {}, h('p', { class: 'hint' }, words.t('bench.copy_hint')), text, button);
  }

  #decisions(words, reply, changed) {
    const rows = besides(reply.plans);
    if (rows.length === 0) return h('p', {}, words.t('bench.no_decisions'));
    const several = reply.queues.length > 1;
    const cell = (line) => h('td', {}, line && [h('span', {}, headline(words, line, several)), h('small', {}, reasonWords(words, line.reason))]);
    const left = Math.max(...reply.plans.map((plan) => plan.decided - plan.decisions.length));
    return h('section', { class: 'decisions' }, h('h3', {}, words.t('bench.decisions')),
      h('table', {},
        h('thead', {}, h('tr', {}, [words.t('bench.when'), words.t('bench.as_written'), changed && words.t('bench.changed')].filter(Boolean).map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', {}, rows.map(({ line, sides }) => h('tr', { 'data-differs': changed && sides[0]?.seats.ask !== sides[1]?.seats.ask },
          h('th', { scope: 'row' }, words.time(line.at, true)), cell(sides[0]), changed && cell(sides[1]))))),
      left > 0 && h('p', { class: 'hint' }, words.t('bench.more', { n: left })));
  }
}

function headline(words, line, several) {
  const what = headlineWords(words, line.action, { n: line.seats.ask, from: words.name('tier', line.tier) });
  return several ? `${words.name('queue', line.queue)}: ${what}` : what;
}
