// Being called while the page is closed: whether this browser can be, is, and is to be.
//
// The browser's push service is its maker's; surged knows only the address that it gives. What is kept on this device for it, the service
// worker keeps (pocket.js).

import { h, icon } from '../dom.js';

/** Why nothing can be done here, or how it stands. */
const STATES = ['off', 'insecure', 'unsupported', 'denied', 'no', 'yes'];

/** @typedef {{ token: () => string, ask: (path: string, body?: object) => Promise<any> }} Ways */

export class Push {
  #ways;
  #state = null;
  #said = null;
  #busy = false;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
  }

  /** Looks how it stands; then, where there is something new to see, `again()` draws it. */
  async look(again) {
    const before = this.#state;
    this.#state = await stateOf(this.#ways).catch(() => null);
    if (this.#state !== before && this.#state !== 'off') again();
  }

  /**
   * The part of Settings about it: nothing where the operator has not turned it on.
   * @param {import('../main.js').Page} page
   */
  draw(page, again, chosen) {
    const { words } = page;
    if (!page.mayAnswer || !STATES.includes(this.#state) || this.#state === 'off') return null;
    const state = this.#state;
    const act = async (what) => {
      this.#busy = true;
      again();
      this.#said = await what().catch((fault) => ({ key: 'push.failed', why: fault.message }));
      this.#busy = false;
      if (!this.#said.key?.startsWith('push.no_service')) chosen(await isCalled());
      await this.look(() => {});
      again();
    };
    return h('section', {}, h('h3', {}, words.t('push.title')),
      h('p', { class: 'hint' }, words.t('push.hint')),
      h('p', { class: 'hint' }, words.t('push.where_not')),
      state === 'yes' && h('p', { class: 'taken' }, icon('in_hand'), words.t('push.yes')),
      ['insecure', 'unsupported', 'denied'].includes(state) && h('p', { class: 'flag', 'data-push': state }, icon('cross'), words.t(`push.${state}`)),
      state === 'no' && h('button', { type: 'button', 'data-k': 'push-on', disabled: this.#busy, on: { click: () => act(() => subscribe(this.#ways, words.language)) } }, words.t('push.turn_on')),
      state === 'yes' && h('button', { type: 'button', 'data-k': 'push-off', disabled: this.#busy, on: { click: () => act(() => stop(this.#ways.ask)) } }, words.t('push.turn_off')),
      this.#said?.key && h('p', { class: 'flag', role: 'alert' }, icon('cross'), words.t(this.#said.key, this.#said)));
  }
}

/** @param {Ways} ways */
async function stateOf({ ask }) {
  const { key, browsers } = await ask('push');
  if (!key) return 'off';
  if (!globalThis.isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis)) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const subscription = await subscriptionHere();
  return subscription && browsers.some(({ endpoint }) => endpoint === subscription.endpoint) ? 'yes' : 'no';
}

async function subscriptionHere() {
  const registration = await navigator.serviceWorker.getRegistration();
  return registration?.pushManager.getSubscription() ?? null;
}

const isCalled = async () => (await subscriptionHere().catch(() => null)) !== null;

/**
 * Has this browser called from now on. Must follow a tap: a browser asks whether it may only then. Resolves with what a person must know.
 * @param {Ways} ways
 */
export async function subscribe({ token, ask }, language) {
  if (await Notification.requestPermission() !== 'granted') return { key: 'push.denied' };
  const { key } = await ask('push');
  const registration = await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  // One that was made under another key is of no use.
  if (before && !sameKey(before.options.applicationServerKey, key)) await before.unsubscribe();
  let subscription;
  try {
    subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (fault) {
    return { key: 'push.no_service', why: fault.message };
  }
  const { endpoint, keys } = subscription.toJSON();
  registration.active.postMessage({ me: { token: token(), language } });
  try {
    const { reached, service, why } = await ask('push/subscribe', { endpoint, ...keys, language });
    return reached ? {} : { key: 'push.unreached', service, why };
  } catch (fault) {
    await subscription.unsubscribe();
    return { key: 'push.failed', why: fault.message };
  }
}

/** Has it called no more, and forgets what was kept here for it. */
export async function stop(ask) {
  const subscription = await subscriptionHere();
  const registration = await navigator.serviceWorker?.getRegistration();
  registration?.active?.postMessage({ me: null });
  if (!subscription) return {};
  await ask('push/unsubscribe', { endpoint: subscription.endpoint }).catch(() => {});
  await subscription.unsubscribe();
  return {};
}

/**
 * A browser that is to be called stays so: after another key of surged's, or where surged has forgotten it.
 * @param {Ways} ways
 */
export async function stayCalled(ways, language) {
  if (await stateOf(ways) === 'no' && Notification.permission === 'granted') await subscribe(ways, language);
}

function sameKey(bytes, key) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes ?? []))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  return text === key;
}

/** The card that an address opened by a notification is about: `{card, act}` or `{yes: {queue, tier}, act}`; nothing where there is none. */
export function cardIn(hash) {
  const [, card, queue, tier, act = ''] = /^#(?:card=(\d{1,15})|yes=([^/&]+)\/([^/&]+))(?:&act=(\w+))?$/.exec(hash) ?? [];
  if (card !== undefined) return { card: Number(card), act };
  if (queue === undefined) return null;
  try {
    return { yes: { queue: decodeURIComponent(queue), tier: decodeURIComponent(tier) }, act };
  } catch {
    return null;
  }
}
