// The hand-over of a shift: what it was, what is open and whose it is now, what should be known, and both signatures.

import { h, icon, innermostFirst, renew } from '../dom.js';
import { againWords } from '../cards/cards.js';
import { refusalWords } from '../reason.js';
import { openInstructions } from '../store.js';
import { drewUp, inWords, itemWords, mayTakeOver, maySign, summaryLines, unresolved } from './shift.js';

const AGAIN_MS = 10_000;
const LATER_MS = 200;
const SIDES = ['leaving', 'coming'];

export class HandoverView {
  #call;
  #page = null;
  #shift = null;
  #error = null;
  #busy = false;
  #sure = null;
  #settling = null;
  #due = null;
  #known = null;
  #asked = 0;
  #draft = { note: '', how: '', staff_no: '', name: '' };

  /** `call(path, body?)` asks over HTTP. */
  constructor(call) {
    this.#call = call;
    this.dialog = h('dialog', { class: 'sheet handover', 'aria-labelledby': 'handover-title', on: { close: () => clearTimeout(this.#due) } });
    innermostFirst(this.dialog, () => this.#fold());
    document.body.append(this.dialog);
  }

  open(page) {
    this.#page = page;
    this.#shift = this.#error = this.#sure = this.#settling = null;
    this.dialog.showModal();
    this.#read();
  }

  /** Takes back a tap that asks for a second one, or closes the form that is open; whether there was either. */
  #fold() {
    if (this.#sure !== null) this.#sure = null;
    else if (this.#settling !== null) this.#settling = null;
    else return false;
    this.#page.changed();
    return true;
  }

  /** While it is open: read again where the floor was told something, and now and then. */
  render(page) {
    if (!this.dialog.open) return;
    this.#page = page;
    if (page.state.seq !== this.#known) {
      this.#known = page.state.seq;
      this.#again(LATER_MS);
    }
    const { staff_no: staffNo, name } = this.#draft;
    const taken = openInstructions(page.state).map(({ id, seen_by: by, again }) => [id, by, again]);
    renew(this.dialog, [page.look, page.mayAnswer, taken, this.#steady(), this.#error?.code, this.#error?.message, this.#busy, this.#sure, this.#settling, this.#shift?.unproven && [staffNo, name]], () => this.#draw(page));
  }

  /** What has been read, less what moves by itself while nothing has happened. */
  #steady() {
    if (!this.#shift || this.#shift.handover) return this.#shift;
    const { to: _, ...summary } = this.#shift.summary;
    return { ...this.#shift, digest: null, summary };
  }

  #again(ms) {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.dialog.open && this.#read(), ms);
  }

  async #read() {
    const mine = (this.#asked += 1);
    try {
      const shift = await this.#call('shift');
      if (mine === this.#asked) this.#shift = shift;
    } catch (error) {
      if (mine === this.#asked) this.#error = error;
    }
    this.#again(AGAIN_MS);
    this.#page.changed();
  }

  async #do(verb, body = {}) {
    this.#busy = true;
    this.#error = this.#sure = null;
    this.#page.changed();
    const said = this.#shift?.unproven ? { staff_no: this.#draft.staff_no.trim(), name: this.#draft.name.trim() } : {};
    try {
      await this.#call(`shift/${verb}`, { ...said, ...body });
      if (verb === 'note') this.#draft.note = '';
      if (verb === 'settle') this.#settling = null;
      if (verb === 'settle') this.#draft.how = '';
    } catch (error) {
      this.#error = error;
    }
    this.#busy = false;
    await this.#read();
  }

  /** Who would sign: the token's person, or who they say they are. */
  #staffNo(page) {
    return this.#shift?.unproven ? this.#draft.staff_no : page.state.you?.staff_no;
  }

  #draw(page) {
    const { words } = page;
    const shift = this.#shift;
    const error = this.#error && h('p', { class: 'flag', role: 'alert' }, icon('cross'), refusalWords(words, inWords(words, page.state, this.#error)));
    const head = h('header', {}, h('h2', { id: 'handover-title' }, icon('sign'), words.t('handover.title')),
      h('button', { type: 'button', class: 'quiet', 'data-k': 'handover-close', on: { click: () => this.dialog.close() } }, words.t('orders.close')));
    if (!shift) return [head, error ?? h('p', { class: 'none' }, words.t('log.loading'))];
    const { handover, summary, last } = shift;
    return [
      head,
      h('p', { class: 'hint' }, words.t('handover.range', { from: `${words.day(summary.from)} ${words.time(summary.from)}`, to: `${words.day(summary.to)} ${words.time(summary.to)}` })),
      !handover && last && h('p', { class: 'taken', role: 'status' }, icon('in_hand'), words.t('handover.last', { leaving: words.person(last.leaving.by), coming: words.person(last.coming.by), at: `${words.day(last.at)} ${words.time(last.at)}` })),
      error,
      page.mayAnswer && shift.unproven && this.#whoAmI(words),
      this.#begin(page, handover),
      ...this.#matters(page),
      ...this.#summary(words, summary),
      ...handover ? [this.#notes(page, handover), this.#signatures(page, handover)] : [],
    ];
  }

  #whoAmI(words) {
    return h('section', {}, h('h3', {}, words.t('handover.who_are_you')), h('p', { class: 'hint' }, words.t('handover.who_hint')),
      h('div', { class: 'lines' }, this.#line('staff_no', words.t('handover.staff_no')), this.#line('name', words.t('handover.name'))));
  }

  #begin(page, handover) {
    const { words } = page;
    if (handover) return h('p', { class: 'standing-words' }, words.t('handover.drawn_up', { by: words.person(handover.begun.by), at: words.time(handover.begun.at) }));
    return h('p', {}, words.t('handover.nothing'), ' ', page.mayAnswer && this.#button('handover-begin', words.t('handover.begin'), () => this.#do('begin'), 'done'));
  }

  #matters(page) {
    const { words } = page;
    const { handover, open } = this.#shift;
    const items = handover?.items ?? open;
    const left = unresolved(handover);
    const take = page.mayAnswer && mayTakeOver(handover, this.#staffNo(page));
    return [h('section', {}, h('h3', {}, words.t('handover.open', { n: handover ? left.length : items.length })),
      items.length === 0 ? h('p', { class: 'none' }, words.t('handover.none_open')) : h('ul', { class: 'matters' }, items.map((item) => this.#matter(page, item, take))),
      take && left.length > 1 && this.#take('take-all', words.t('handover.take_all'), words, () => this.#do('take_over')))];
  }

  #matter(page, item, take) {
    const { words } = page;
    const { handover } = this.#shift;
    const who = item.who && `${words.who(item.who.by)} ${words.time(item.who.at)}`;
    const acts = handover && page.mayAnswer && item.standing === 'open';
    return h('li', { class: 'matter', 'data-key': item.key, 'data-standing': handover ? item.standing : 'open' },
      h('p', {}, icon(item.standing === 'open' ? 'ask' : 'in_hand'), h('span', {}, itemWords(words, item, page.state))),
      this.#callsSince(page, item).map((text) => h('p', { class: 'hint' }, text)),
      handover && item.standing !== 'open' && h('p', { class: 'matter-who' }, words.t(`standing_of.${item.standing}`, { who: who ?? '' }), item.how && h('span', { class: 'more' }, item.how)),
      acts && this.#settling !== item.key && h('div', { class: 'settle' },
        take && this.#take(`take-${item.key}`, words.t('handover.take'), words, () => this.#do('take_over', { items: [item.key] })),
        this.#button(`settle-${item.key}`, words.t('handover.settled'), () => { this.#settling = item.key; this.#page.changed(); })),
      acts && this.#settling === item.key && h('form', { class: 'form', on: { submit: (event) => { event.preventDefault(); this.#do('settle', { item: item.key, note: this.#draft.how }); } } },
        this.#line('how', words.t('handover.how'), true),
        h('div', { class: 'settle' }, h('button', { type: 'submit', class: 'done', 'data-k': 'how-send', disabled: this.#busy }, words.t('form.send')),
          this.#button('how-back', words.t('act.back'), () => { this.#settling = null; this.#page.changed(); }, 'quiet'))));
  }

  /** Whose people have been asked for again since is no second thing to see to. */
  #callsSince(page, { key }) {
    const instruction = openInstructions(page.state).find(({ id }) => key === `instruction-${id}`);
    return instruction ? againWords(page.words, instruction) : [];
  }

  #notes(page, handover) {
    const { words } = page;
    return h('section', {}, h('h3', {}, words.t('handover.notes')),
      handover.notes.length > 0 && h('ul', { class: 'notes' }, handover.notes.map(({ said, note }) => h('li', {}, h('time', {}, words.time(said.at)), ' ', h('b', {}, words.person(said.by)), ' ', note))),
      page.mayAnswer && h('form', { class: 'lines', on: { submit: (event) => { event.preventDefault(); this.#do('note', { note: this.#draft.note }); } } },
        this.#line('note', words.t('handover.note'), true), h('button', { type: 'submit', 'data-k': 'note-add', disabled: this.#busy }, words.t('handover.add'))));
  }

  #signatures(page, handover) {
    const { words } = page;
    return h('section', { class: 'signatures' }, h('h3', {}, words.t('handover.signatures')),
      h('div', { class: 'sides' }, SIDES.map((side) => {
        const signed = handover[side];
        const may = maySign(handover, side, this.#staffNo(page));
        return h('div', { class: 'side', 'data-side': side, 'data-signed': signed ? '' : null }, h('h4', {}, words.t(`handover.${side}`)),
          signed
            ? h('p', { class: 'signed' }, icon('sign'), h('span', {}, `${words.who(signed.by)} `, h('time', {}, words.time(signed.at, true)), signed.unproven && h('small', {}, ` ${words.t('handover.unproven')}`)))
            : page.mayAnswer && (may === true ? this.#sign(words, side) : h('p', { class: 'hint' }, words.t(may))));
      })),
      page.mayAnswer && this.#twice('withdraw', words.t('handover.withdraw'), words, () => this.#do('withdraw', { note: words.t('handover.set_aside') }), 'quiet'));
  }

  #sign(words, side) {
    return this.#twice(`sign-${side}`, words.t(`handover.sign_${side}`), words, () => this.#do('sign', { as: side, digest: this.#shift.digest }), 'done');
  }

  #summary(words, summary) {
    const sections = summaryLines(words, summary);
    if (sections.length === 0) return [h('p', { class: 'none' }, words.t('shift.quiet'))];
    return sections.map(({ key, lines }) => h('section', {}, h('h3', {}, words.t(`shift.${key}`)), h('ul', { class: 'told' }, lines.map((line) => h('li', {}, line)))));
  }

  /** Whoever draws a hand-over up mostly leaves, and can no more once they have taken something over: they are told so first. */
  #take(key, text, words, act) {
    return drewUp(this.#shift.handover, this.#staffNo(this.#page)) ? this.#twice(key, text, words, act, '', words.t('handover.take_sure')) : this.#button(key, text, act);
  }

  /** The first tap asks, the second one does it. */
  #twice(key, text, words, act, look, ask = words.t('orders.sure', { what: text })) {
    const sure = this.#sure === key;
    return this.#button(key, sure ? ask : text, () => {
      if (sure) act();
      else this.#sure = key;
      this.#page.changed();
    }, sure ? 'sure' : look);
  }

  #button(key, text, act, look = '') {
    return h('button', { type: 'button', class: look, 'data-k': key, disabled: this.#busy, on: { click: act } }, text);
  }

  #line(field, name, needed = false) {
    return h('input', {
      type: 'text', maxlength: 500, 'data-k': `handover-${field}`, value: this.#draft[field], placeholder: name, 'aria-label': name, required: needed,
      on: { input: ({ target }) => { this.#draft[field] = target.value; if (field === 'staff_no') this.#page.changed(); } },
    });
  }
}
