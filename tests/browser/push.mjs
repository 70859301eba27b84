// Into the pocket, in a real Chromium: Settings, a subscription, a call, an answer from the notification.
//
// What is not real: a maker's push service cannot be reached from a test, so `PushManager.subscribe` and `getSubscription` give a subscription of
// the test's own, with keys of the test's own, at a push service of the test's own. What that service was sent it checks and opens, and hands
// to the service worker by the browser's debugging port, as the browser does with what comes from its maker. There is no desktop to click
// on: the click is dispatched in the worker. All else is as it is: the page, the worker, its storage, the daemon, TLS. Firefox, whose push
// can be pointed at a service of the test's own, subscribes and opens what is sealed by itself (firefoxpush.mjs).

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon, PATIENCE_MS, PhoneSystem, output } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';
import { PushService } from './pushservice.mjs';

const LOCALES = { en: 'en-GB', 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-TW' };

/** In place of the browser's way to its maker: what it would have got there. Kept over a reload, as a browser does. */
function ownSubscription({ endpoint, keys }) {
  const KEY = 'test.subscription';
  const made = () => {
    const key = localStorage.getItem(KEY);
    if (!key) return null;
    const bytes = Uint8Array.from(atob(key.replace(/-/g, '+').replace(/_/g, '/')), (it) => it.charCodeAt(0));
    return { endpoint, options: { userVisibleOnly: true, applicationServerKey: bytes.buffer }, toJSON: () => ({ endpoint, expirationTime: null, keys }), unsubscribe: async () => { localStorage.removeItem(KEY); return true; } };
  };
  PushManager.prototype.subscribe = async (options) => {
    if (globalThis.noPushService) throw new DOMException('Registration failed - push service error', 'AbortError');
    localStorage.setItem(KEY, options.applicationServerKey);
    return made();
  };
  PushManager.prototype.getSubscription = async () => made();
}

/**
 * Chromium forgets a notification of which it is asked while it is putting it up: it stands in its list and not on the screen yet. The test
 * looks all the time, so that looking and putting up take turns.
 */
function takeTurns() {
  const show = registration.showNotification.bind(registration);
  let turn = Promise.resolve();
  const next = (act) => (turn = turn.then(act, act));
  Object.defineProperty(registration, 'showNotification', { value: (...args) => next(() => show(...args)) });
  globalThis.looked = () => next(() => registration.getNotifications());
}

/** A browser's service worker, as the test reaches it. */
class Worker {
  static async of({ context, page }, origin) {
    const cdp = await context.newCDPSession(page);
    const known = new Promise((resolve) => cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations.length > 0 && resolve(registrations.at(-1).registrationId)));
    await cdp.send('ServiceWorker.enable');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const [worker] = context.serviceWorkers();
    await worker.evaluate(takeTurns);
    return Object.assign(new Worker(), { cdp, origin, registrationId: await known, worker });
  }

  deliver({ said }) {
    return this.cdp.send('ServiceWorker.deliverPushMessage', { origin: this.origin, registrationId: this.registrationId, data: JSON.stringify(said) });
  }

  /** The one notification there is, once it is so. */
  async shows(what, is) {
    const look = () => this.worker.evaluate(async () => (await looked()).map(({ title, body, tag, silent, actions }) => ({ title, body, tag, silent, actions: actions.map(({ action }) => action) })));
    let shown;
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      shown = await look();
      if (shown.length === 1 && is(shown[0])) return shown[0];
      await this.worker.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 20); }));
    }
    throw new Error(`${what} is not shown; shown: ${JSON.stringify(shown)}`);
  }

  /** A finger is on it already, whatever becomes of it before the click. */
  hold() {
    return this.worker.evaluate(async () => { [globalThis.held] = await registration.getNotifications(); });
  }

  /** A click on it, or on one of its buttons. An event that is not the browser's own may not be waited for: the test does. */
  click(action = '') {
    return this.worker.evaluate(async (button) => {
      const notification = globalThis.held ?? (await registration.getNotifications())[0];
      globalThis.held = undefined;
      const event = new NotificationEvent('notificationclick', { notification, action: button });
      let done;
      Object.defineProperty(event, 'waitUntil', { value: (it) => { done = it; } });
      dispatchEvent(event);
      // A window is opened or focused only where a person has clicked.
      await done.catch((fault) => { if (fault.name !== 'InvalidAccessError') throw fault; });
    }, action);
  }

  /** What is kept on the device for its owner. */
  kept() {
    return this.worker.evaluate(() => mine());
  }
}

const originOf = (daemon) => daemon.url.replace(/\/$/, '');

/** A phone that may be called, with the page open. */
async function phoneOf(browser, daemon, service, options) {
  const opened = await Console.open(browser, 'about:blank', { kind: 'phone', worker: true, ...options });
  await opened.context.grantPermissions(['notifications'], { origin: originOf(daemon) });
  await opened.context.addInitScript(ownSubscription, service.subscription);
  await opened.page.goto(daemon.url);
  await opened.linked();
  return opened;
}

export async function pushSteps(step, browser) {
  await supervisorSteps(step, browser);
  await leaderSteps(step, browser);
}

async function supervisorSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const service = await new PushService().listen();
  const daemon = new Daemon(plan(phones.url) + service.settings);
  const tokens = { li: daemon.letIn('Li Wei', 'S12', 'supervisor'), ana: daemon.letIn('Ana Reis', 'S13', 'supervisor') };
  let li;
  let ana;
  let worker;
  const bearer = { authorization: `Bearer ${tokens.ana.token}`, 'content-type': 'application/json' };
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 46 });
  try {
    await daemon.start();
    const openPhone = (options) => phoneOf(browser, daemon, service, { token: tokens.li.token, ...options });

    await step('push: Settings says in three languages, at desk and phone, how it stands and where it cannot be', async () => {
      for (const [language, locale] of Object.entries(LOCALES)) {
        for (const kind of ['desk', 'phone']) {
          const looked = await openPhone({ kind, locale });
          await looked.tap('gear');
          const button = looked.page.locator('[data-k="push-on"]');
          await button.waitFor();
          await button.scrollIntoViewIfNeeded();
          assert.deepEqual(await looked.violations(), [], `${language} ${kind}`);
          assert.ok(await looked.overhang() <= 0, `${language} ${kind} must be scrolled sideways`);
          if (kind === 'phone') assert.deepEqual(await looked.smallTargets(), []);
          await looked.page.screenshot({ path: join(output, `push-${language}-${kind}.png`) });
          await looked.close();
        }
      }
    });

    await step("push: a browser's service that cannot be reached is said, and nothing is kept", async () => {
      li = await openPhone();
      await li.page.evaluate(() => { globalThis.noPushService = true; });
      await li.tap('gear');
      await li.tap('push-on');
      await li.page.locator('[role=alert]', { hasText: 'cannot be reached from here: Registration failed' }).waitFor();
      await li.page.evaluate(() => { globalThis.noPushService = false; });
    });

    await step('push: a phone is called from now on, and greeted at once', async () => {
      await li.tap('push-on');
      const hello = await service.next();
      assert.deepEqual([hello.said.kind, hello.topic], ['hello', 'hello']);
      await li.page.locator('.taken', { hasText: 'This device is called' }).waitFor();
      await li.page.screenshot({ path: join(output, 'push-called-phone.png') });
      worker = await Worker.of(li, originOf(daemon));
      await worker.deliver(hello);
      await worker.shows('the greeting', (it) => it.title === 'This device is called from now on');
      assert.deepEqual(await worker.kept(), { token: tokens.li.token, language: 'en' });
    });

    await step('push: it stays so over a reload', async () => {
      await li.page.reload();
      await li.linked();
      await li.tap('gear');
      await li.page.locator('[data-k="push-off"]').waitFor();
      await li.page.keyboard.press('Escape');
      const { browsers } = await (await fetch(`${daemon.url}api/v1/push`, { headers: { authorization: `Bearer ${tokens.li.token}` } })).json();
      assert.equal(browsers.length, 1);
    });

    await step('push: an ask comes with its buttons; done counts, and the call ends', async () => {
      // Closed, as when somebody has it in their pocket: an open page takes away what is answered, its own answer's word as well.
      await li.page.goto('about:blank');
      phones.tell({ waiting: 9 });
      ana = await Console.open(browser, daemon.url, { token: tokens.ana.token });
      await ana.linked();
      const ask = await service.next();
      const { id } = ask.said;
      assert.deepEqual([ask.said.kind, ask.topic, ask.urgency], ['ask', `i${id}`, 'high']);
      assert.ok(ask.ttl > 0 && ask.ttl <= 600, ask.ttl);
      await worker.deliver(ask);
      const shown = await worker.shows('the ask', (it) => it.tag === `surged-${id}`);
      assert.match(shown.title, /^Sign in 4 · Experts$/);
      assert.match(shown.body, /^Hotline · .*waiting/);
      assert.deepEqual(shown.actions, ['done', 'take', 'cannot'].slice(0, await worker.worker.evaluate(() => Notification.maxActions)));
      await ana.card(id).waitFor();
      await worker.click('done');
      await worker.shows('that it was taken', (it) => it.title === 'Sent, and taken' && it.silent);
      await ana.gone(id);
      // What was waiting of other steps may come before it.
      let over;
      do over = await service.next(); while (over.said.id !== id);
      assert.deepEqual([over.said.kind, over.topic], ['over', `i${id}`], 'the same topic');
      assert.match(over.said.title, /^Li Wei .*: done with 4/);
    });

    /** The next call about a card that is not among these. */
    const nextAsk = async (...known) => {
      for (;;) {
        const call = await service.next();
        if (call.said.kind === 'ask' && !known.includes(call.said.id)) return call;
      }
    };
    const closeAll = () => worker.worker.evaluate(async () => { for (const it of await registration.getNotifications()) it.close(); });
    let second;

    await step('push: what somebody else has answered is told in its place, and counts no second time', async () => {
      // The phones show the experts: the next step is asked.
      phones.tell({ waiting: 9, signed_in: 50 });
      second = await nextAsk();
      await closeAll();
      await worker.deliver(second);
      await worker.shows('the second ask', (it) => it.tag === `surged-${second.said.id}` && !it.silent);
      await worker.hold();
      const done = await fetch(`${daemon.url}api/v1/instructions/${second.said.id}/done`, { method: 'POST', headers: bearer, body: '{}' });
      assert.equal(done.status, 200);
      await worker.click('take');
      const told = await worker.shows('that it did not count', (it) => it.tag === `surged-${second.said.id}` && it.title !== second.said.title);
      assert.equal(told.title, 'No longer open: nothing was sent');
      let over;
      do over = await service.next(); while (over.said.id !== second.said.id || over.said.kind !== 'over');
      return told.title;
    });

    await step('push: cannot brings up the page at the card, where it asks why', async () => {
      phones.tell({ waiting: 9, signed_in: 50 + second.said.n });
      const third = await nextAsk(second.said.id);
      const { id } = third.said;
      await closeAll();
      await worker.deliver(third);
      await worker.shows('the third ask', (it) => it.tag === `surged-${id}`);
      await li.page.goto(daemon.url);
      await li.card(id).waitFor();
      await worker.click('cannot');
      await li.card(id).locator('form').waitFor();
      // Where no page is open the notification opens one, at this address.
      await li.page.goto('about:blank');
      await li.page.goto(`${daemon.url}#card=${id}&act=cannot`);
      await li.card(id).locator('form').waitFor();
      assert.equal(new URL(li.page.url()).hash, '');
    });

    await step('push: who forgets their token here is called here no more, and nothing is kept', async () => {
      await li.page.keyboard.press('Escape');
      await li.tap('gear');
      await Promise.all([li.page.waitForEvent('load'), li.page.locator('button', { hasText: 'Forget my token' }).click()]);
      // The test's page has its token at once again: whoever comes next is not called for that.
      await li.linked();
      await li.tap('gear');
      await li.page.locator('[data-k="push-on"]').waitFor();
      assert.deepEqual(await worker.kept(), {});
      const { browsers } = await (await fetch(`${daemon.url}api/v1/push`, { headers: { authorization: `Bearer ${tokens.li.token}` } })).json();
      assert.deepEqual(browsers, []);
      // An empty page has no storage to put a token in.
      assert.deepEqual(li.faults.filter((fault) => !fault.includes("'sessionStorage'")), []);
    });
  } finally {
    await li?.close();
    await ana?.close();
    phones.close();
    await daemon.stop();
    service.close();
  }
}

/** A plan that asks first: the leader's phone is rung, with the page closed there. */
async function leaderSteps(step, browser) {
  const phones = await new PhoneSystem().listen();
  const service = await new PushService().listen();
  const daemon = new Daemon(plan(phones.url, { mode: 'approve' }) + service.settings);
  const tokens = { li: daemon.letIn('Li Wei', 'S12', 'supervisor'), chen: daemon.letIn('Chen Jie', 'L01', 'shift_leader') };
  const open = {};
  let worker;
  /** The next call for a yes to this tier. */
  const nextYes = async (tier) => {
    for (;;) {
      const call = await service.next();
      if (call.said.kind === 'ask' && call.said.yes?.tier === tier) return call;
    }
  };
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 46 });
  try {
    await daemon.start();

    await step('push: a leader whose yes is needed is rung; a tap says yes, and the call goes out', async () => {
      open.li = await Console.open(browser, daemon.url, { token: tokens.li.token });
      open.chen = await phoneOf(browser, daemon, service, { token: tokens.chen.token });
      await open.chen.tap('gear');
      await open.chen.tap('push-on');
      await open.chen.page.locator('.taken', { hasText: 'This device is called' }).waitFor();
      worker = await Worker.of(open.chen, originOf(daemon));
      await open.chen.page.goto('about:blank');
      phones.tell({ waiting: 9, longest_wait_s: 41 });
      const ask = await nextYes('expert');
      assert.match(ask.topic, /^[\w-]{1,32}$/);
      await worker.deliver(ask);
      const shown = await worker.shows('the ask for a yes', (it) => it.tag === 'surged-yes-inbound-expert' && !it.silent);
      assert.deepEqual([shown.title, shown.actions], ['Hotline: a yes is asked for Experts', ['yes', 'no']]);
      assert.match(shown.body, /^Sign in 4 · Experts · .*waiting/);
      await worker.click('yes');
      await worker.shows('that it was taken', (it) => it.title === 'Sent, and taken' && it.silent);
      await open.li.card(1).getByText('Yes from Chen Jie').waitFor();
      const over = await service.next();
      assert.deepEqual([over.said.kind, over.topic], ['over', ask.topic], 'the same topic');
      assert.match(over.said.title, /Chen Jie.* says yes to Experts/);
      return shown.title;
    });

    await step('push: no opens the page at what waits for a yes, where it asks why', async () => {
      await open.li.tap('1-all');
      await open.li.gone(1);
      phones.tell({ waiting: 9, signed_in: 50 });
      const { queue, tier } = (await nextYes('outbound')).said.yes;
      await open.chen.page.goto(`${daemon.url}#yes=${queue}/${tier}&act=no`);
      await open.chen.approval(`${queue}-${tier}`, 'approval').locator('form').waitFor();
      assert.equal(new URL(open.chen.page.url()).hash, '');
      await open.chen.page.screenshot({ path: join(output, 'push-no-phone.png') });
    });
  } finally {
    for (const it of Object.values(open)) await it.close();
    phones.close();
    await daemon.stop();
    service.close();
  }
}
