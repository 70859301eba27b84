// Who lets whom in: a code for a second device of one's own, and wallboards by the code on their screen.

import { h, icon } from '../dom.js';
import { inFours } from './code.js';

const AGAIN_MS = 2_000;
const NEW_CODE_MS = 9 * 60_000;

/** The part of Settings with which somebody lets a device in. `ask(path, body)` asks the daemon; `again()` draws it anew. */
export class Devices {
  #ask;
  #link = null;
  #fault = null;
  #wall = null;

  constructor(ask) {
    this.#ask = ask;
  }

  /** @param {import('../main.js').Page} page */
  draw(page, again) {
    const { words } = page;
    return [
      h('section', {}, h('h3', {}, words.t('device.title')),
        h('p', { class: 'hint' }, words.t('device.hint')),
        h('button', { type: 'button', 'data-k': 'device', on: { click: () => this.#make(again) } }, words.t('device.make')),
        this.#fault && h('p', { class: 'flag', role: 'alert' }, icon('cross'), words.t(this.#fault === 'no_tokens' ? 'device.no_tokens' : this.#fault === 'too_many_devices' ? 'device.too_many' : 'device.failed')),
        this.#link && h('div', { class: 'device-code' },
          h('img', { src: `data:image/svg+xml;base64,${btoa(this.#link.qr)}`, alt: words.t('device.qr'), width: 240, height: 240 }),
          h('p', {}, words.t('device.until', { time: words.time(this.#link.expires) })),
          h('input', { type: 'text', readonly: true, value: this.#link.link, 'aria-label': words.t('device.link'), on: { focus: ({ target }) => target.select() } }))),
      page.mayOrder && h('section', {}, h('h3', {}, words.t('wall_door.title')),
        h('p', { class: 'hint' }, words.t('wall_door.hint')),
        this.#wallForm(page, again)),
    ];
  }

  /** What was shown once is not shown again. */
  forget() {
    this.#link = this.#fault = this.#wall = null;
  }

  #wallForm({ words }, again) {
    const input = h('input', { type: 'text', 'data-k': 'wall-code', autocomplete: 'off', autocapitalize: 'characters', maxlength: 20, required: true, 'aria-label': words.t('wall_door.code'), placeholder: words.t('wall_door.code') });
    const submit = async (event) => {
      event.preventDefault();
      this.#wall = await this.#ask('access/let_wall_in', { code: input.value }).then(() => 'in', () => 'no');
      again();
    };
    return h('form', { class: 'form', on: { submit } }, input,
      h('button', { type: 'submit', 'data-k': 'wall-let-in' }, words.t('wall_door.let_in')),
      this.#wall && h('p', { class: this.#wall === 'in' ? 'taken' : 'flag', role: 'alert' }, icon(this.#wall === 'in' ? 'in_hand' : 'cross'), words.t(this.#wall === 'in' ? 'wall_door.is_in' : 'wall_door.no_such')));
  }

  async #make(again) {
    this.#fault = null;
    try {
      this.#link = await this.#ask('access/link', { page: location.origin + location.pathname });
    } catch (fault) {
      this.#link = null;
      this.#fault = fault.code;
    }
    again();
  }
}

/** What a wallboard shows that nobody has let in yet; `letIn(token)` is called once somebody has. */
export class WallDoor {
  #ask;
  #letIn;
  #secret = null;
  #timer = null;
  #since = 0;

  constructor(ask, letIn) {
    this.#ask = ask;
    this.#letIn = letIn;
    this.dialog = h('dialog', { class: 'token wall-door', 'aria-labelledby': 'wall-door-title', on: { cancel: (event) => event.preventDefault() } });
    document.body.append(this.dialog);
  }

  /** @param {import('../main.js').Page} page */
  async open(page) {
    if (this.dialog.open) return;
    this.dialog.showModal();
    await this.#show(page);
    this.#timer = setInterval(() => this.#look(page), AGAIN_MS);
  }

  close() {
    clearInterval(this.#timer);
    this.dialog.close();
  }

  render() {}

  async #show({ words }) {
    let code = '';
    try {
      const made = await this.#ask('access/wall', {});
      this.#secret = made.secret;
      code = inFours(made.code);
    } catch {
      this.#secret = null;
    }
    this.#since = Date.now();
    this.dialog.replaceChildren(
      h('h2', { id: 'wall-door-title' }, icon('lock'), words.t('token.title')),
      h('p', { class: 'wall-code' }, code || '–'),
      h('p', {}, words.t(code ? 'wall_door.ask' : 'device.failed')));
  }

  async #look(page) {
    if (this.#secret === null || Date.now() - this.#since > NEW_CODE_MS) return this.#show(page);
    try {
      const { token } = await this.#ask('access/claim', { secret: this.#secret });
      if (!token) return undefined;
      this.close();
      return this.#letIn(token);
    } catch (fault) {
      // Without a link it goes on asking; a code that is not known any more is replaced.
      return fault.code === 'no_such_wall' ? this.#show(page) : undefined;
    }
  }
}
