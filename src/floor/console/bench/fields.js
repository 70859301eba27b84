// The thresholds of the plan that runs: a slider and a field each, with the plan's own value marked.

import { h, icon, mark, say } from '../dom.js';
import { keyOf, numberOf, reach, typed, valueOf } from './draft.js';

/** The thresholds, built once for an offer and kept up to date in place, so that nothing moves under a hand. */
export class Fields {
  #fields = new Map();
  #folds = [];

  /** `changed()` is called after every change. */
  constructor(box, changed) {
    this.box = box;
    this.changed = changed;
  }

  build(words, groups, draft) {
    this.#fields.clear();
    this.#folds = [];
    const back = h('button', { type: 'button', class: 'quiet', 'data-k': 'back', on: { click: () => { draft.clear(); this.render(words, draft); this.changed(); } } }, words.t('bench.put_all_back'));
    const ladders = [...new Set(groups.filter((it) => it.ladder).map((it) => it.ladder))];
    this.back = back;
    this.box.replaceChildren(
      h('header', {}, h('h2', { id: 'thresholds-title' }, words.t('bench.thresholds')), back),
      this.general = h('div', { class: 'refused', role: 'alert' }),
      ...ladders.map((ladder, n) => this.#fold(words, draft, words.t('bench.ladder', { ladder: words.name('ladder', ladder) }), groups.filter((it) => it.ladder === ladder), n === 0, ladder)),
      this.#fold(words, draft, words.t('bench.pools'), groups.filter((it) => it.kind === 'pool'), false, null));
    this.render(words, draft);
  }

  #fold(words, draft, title, groups, open, ladder) {
    const aside = h('small');
    const fold = h('details', { class: 'fold-of', open }, h('summary', { 'data-k': `fold-${ladder ?? 'pools'}` }, h('span', {}, title), aside),
      groups.map((group) => h('fieldset', {}, h('legend', {}, titleOf(words, group)), group.thresholds.map((it) => this.#field(words, draft, it)))));
    this.#folds.push({ fold, aside, ladder });
    return fold;
  }

  #field(words, draft, threshold) {
    const key = keyOf(threshold.key);
    const label = words.t(`bench.knob_${threshold.name}`);
    const range = reach(threshold);
    const written = threshold.written ?? threshold.usual ?? null;
    const set = (value) => {
      draft.set(threshold, value);
      this.render(words, draft, key);
      this.changed();
    };
    const type = () => {
      const value = typed(threshold.kind, field.text.value, draft.value(threshold), written);
      // As what it was taken for is seen at once.
      field.text.value = String(value);
      set(value);
    };
    const field = {
      threshold,
      text: h('input', { type: 'text', inputmode: threshold.kind === 'span' ? 'text' : 'decimal', 'data-k': `text ${key}`, 'aria-label': label, autocomplete: 'off', spellcheck: 'false', maxlength: 16, placeholder: words.t('bench.unset'), on: { change: type } }),
      slider: h('input', { type: 'range', 'data-k': `slide ${key}`, 'aria-label': label, ...range, on: { input: () => set(valueOf(threshold.kind, Number(field.slider.value))) } }),
      back: h('button', { type: 'button', class: 'quiet', title: words.t('bench.put_back'), 'aria-label': `${words.t('bench.put_back')}: ${label}`, on: { click: () => { draft.clear(threshold.key); this.render(words, draft); this.changed(); } } }, icon('undo')),
      fault: h('p', { class: 'flag', role: 'alert' }),
    };
    const at = numberOf(threshold.kind, written);
    field.row = h('div', { class: 'threshold' },
      h('span', { class: 'threshold-name' }, label, h('small', {}, words.t('bench.now', { value: written ?? words.t('bench.unset') }))),
      h('span', { class: 'slide', vars: at === null ? {} : { '--at': String(Math.min(1, (at - range.min) / (range.max - range.min))) }, 'data-marked': at !== null }, field.slider),
      field.text, field.back, field.fault);
    this.#fields.set(key, field);
    return field.row;
  }

  /** Shows what holds now; the one that is being moved keeps what was typed into it. */
  render(words, draft, moving = null) {
    for (const [key, field] of this.#fields) {
      const value = draft.value(field.threshold);
      const shown = value === null ? '' : String(value);
      const held = key === moving ? document.activeElement : null;
      if (held !== field.text && field.text.value !== shown) field.text.value = shown;
      const number = numberOf(field.threshold.kind, value);
      if (held !== field.slider && number !== null) field.slider.value = String(number);
      mark(field.slider, 'aria-valuetext', shown || words.t('bench.unset'));
      const changed = draft.has(field.threshold.key);
      mark(field.row, 'data-changed', changed);
      field.back.hidden = !changed;
    }
    this.back.hidden = draft.size === 0;
  }

  /** What the plan's reader says, at the fields that it is about. */
  refuse(words, faults) {
    const told = (it) => [it.message, it.help].filter(Boolean).join('; ');
    const general = faults.filter((it) => !it.key || !this.#fields.has(keyOf(it.key)));
    for (const [key, field] of this.#fields) {
      const ours = faults.filter((it) => it.key && keyOf(it.key) === key);
      say(field.fault, ours.map(told).join(' '));
      mark(field.text, 'aria-invalid', ours.length > 0 ? 'true' : null);
    }
    this.general.replaceChildren(...(general.length > 0 ? [h('p', { class: 'flag' }, icon('cross'), words.t('bench.refused')), ...general.map((it) => h('p', {}, told(it)))] : []));
  }

  /** Marks the ladders that rule at no time of the day. */
  inForce(words, ladders) {
    for (const { fold, aside, ladder } of this.#folds) {
      const idle = ladder !== null && !ladders.includes(ladder);
      mark(fold, 'data-idle', idle);
      say(aside, idle ? words.t('bench.not_in_force') : '');
    }
  }
}

function titleOf(words, group) {
  if (group.kind === 'tier') return words.name('tier', group.tier);
  if (group.kind === 'pool') return words.name('pool', group.pool);
  return words.t(group.kind === 'release' ? 'bench.release' : 'bench.of_ladder');
}
