// Push in Firefox, from end to end: the browser itself subscribes, is told by its push service, opens what is sealed and shows it.
//
// Firefox asks its maker's service over one socket; a preference points it at this one instead. Nothing of the browser or the page is
// replaced. What cannot be played here is the click: no protocol reaches a notification of Firefox's, and push.mjs clicks in Chromium.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { Daemon, PATIENCE_MS, PhoneSystem } from './floor.mjs';
import { Console } from './pages.mjs';
import { plan } from './plan.mjs';
import { PushService } from './pushservice.mjs';

/** The half of a maker's service that speaks with its browsers. */
export class Makers {
  #server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  #browser = null;
  #told = 0;
  service = new PushService((path, body) => this.#tell(path.split('/').at(-1), body));

  async listen() {
    await Promise.all([this.service.listen(), once(this.#server, 'listening')]);
    this.#server.on('connection', (socket) => {
      this.#browser = socket;
      socket.on('message', (data) => this.#hear(JSON.parse(data)));
    });
    return this;
  }

  /** How Firefox is pointed here, and asks nobody whether it may. */
  get preferences() {
    return {
      'dom.push.connection.enabled': true,
      'dom.push.serverURL': `ws://127.0.0.1:${this.#server.address().port}/`,
      'dom.push.testing.allowInsecureServerURL': true,
      'permissions.default.desktop-notification': 1,
      // There is no desktop here that could show any.
      'alerts.useSystemBackend': false,
    };
  }

  close() {
    this.#browser?.terminate();
    this.#server.close();
    this.service.close();
  }

  #hear({ messageType, channelID, uaid }) {
    const say = (fields) => this.#browser.send(JSON.stringify({ messageType, status: 200, ...fields }));
    if (messageType === 'hello') say({ uaid: uaid ?? '0'.repeat(32), use_webpush: true, broadcasts: {} });
    if (messageType === 'register') say({ channelID, pushEndpoint: this.service.endpoint(channelID) });
    if (messageType === 'unregister') say({ channelID });
  }

  /** Sealed, as it came. */
  #tell(channelID, body) {
    this.#told += 1;
    this.#browser.send(JSON.stringify({ messageType: 'notification', channelID, version: String(this.#told), data: body.toString('base64url'), headers: { encoding: 'aes128gcm' } }));
  }
}

/** The notifications that Firefox shows for the page, once it is so. */
async function shows({ page }, what, is) {
  let shown = [];
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    shown = await page.evaluate(async () => (await (await navigator.serviceWorker.getRegistration()).getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })));
    if (is(shown)) return shown;
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 50); }));
  }
  throw new Error(`${what}; Firefox shows ${JSON.stringify(shown)}`);
}

export async function firefoxPushSteps(step, browser, makers, open) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url, { mode: 'approve' }) + makers.service.settings);
  const li = daemon.letIn('Li Wei', 'S12', 'supervisor');
  const chen = daemon.letIn('Chen Jie', 'L01', 'shift_leader');
  phones.tell({ waiting: 1, longest_wait_s: 5, signed_in: 46 });
  try {
    await daemon.start();

    await step('push: a device is called from now on, greeted by its own push service', async () => {
      open.chen = await Console.open(browser, daemon.url, { kind: 'phone', locale: 'zh-CN', theme: null, token: chen.token, worker: true });
      await open.chen.linked();
      await open.chen.tap('gear');
      await open.chen.tap('push-on');
      await open.chen.page.locator('.taken', { hasText: '此设备会收到呼叫' }).waitFor();
      await shows(open.chen, 'the greeting is not shown', (all) => all.some((it) => it.tag === 'surged'));
      await open.chen.page.keyboard.press('Escape');
    });

    await step('push: a leader is rung for a yes, in their language; what is answered elsewhere is taken away', async () => {
      phones.tell({ waiting: 9, longest_wait_s: 41 });
      const shown = await shows(open.chen, 'the ask for a yes is not shown', (all) => all.some((it) => it.tag === 'surged-yes-inbound-expert'));
      const ask = shown.find((it) => it.tag === 'surged-yes-inbound-expert');
      assert.match(ask.body, /签入.*9 人等待/);
      const yes = await fetch(`${daemon.url}api/v1/queues/inbound/approve`, { method: 'POST', headers: { authorization: `Bearer ${chen.token}`, 'content-type': 'application/json' }, body: '{"tier":"expert"}' });
      assert.equal(yes.status, 200);
      await shows(open.chen, 'the ask for a yes is not taken away', (all) => all.every((it) => it.tag !== 'surged-yes-inbound-expert'));
      return ask.title;
    });

    await step('push: a supervisor is rung for people, with the page closed', async () => {
      open.li = await Console.open(browser, daemon.url, { token: li.token, theme: null, worker: true });
      await open.li.linked();
      await open.li.tap('gear');
      await open.li.tap('push-on');
      await open.li.page.locator('.taken', { hasText: 'This device is called' }).waitFor();
      // An address of the same house that is no console: whoever is called is not looking at one.
      await open.li.page.goto(`${daemon.url}icon.svg`);
      phones.tell({ waiting: 9, signed_in: 50 });
      await fetch(`${daemon.url}api/v1/queues/inbound/call`, { method: 'POST', headers: { authorization: `Bearer ${chen.token}`, 'content-type': 'application/json' }, body: '{"tier":"outbound"}' });
      const shown = await shows(open.li, 'the ask for people is not shown', (all) => all.some((it) => /^Sign in \d+ · Outbound$/.test(it.title)));
      return shown.map((it) => it.title).join('; ');
    });
  } finally {
    await Promise.all(Object.values(open).map((it) => it.close().catch(() => {})));
    for (const who of Object.keys(open)) delete open[who];
    phones.close();
    await daemon.stop();
  }
}
