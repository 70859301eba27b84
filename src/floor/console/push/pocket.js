// In the pocket: what the service worker does when surged calls while the page is closed.
//
//   push ──► notification ──a button──► POST api/v1/instructions/…, or api/v1/queues/…/approve ──► what became of it, quietly, in its place
//                          └─the rest──► the page, at that card
//
// One notification a card (its tag): a newer step takes an older one's place, and an answer, whoever gave it, ends it. What is said
// comes from surged in the reader's language; the buttons' words are the page's own. The token is kept where a worker can read it, since it
// answers where no page is open.

const BASE = 'surged';
const SHELF = 'pocket';
/** What a button says to surged. The others open the page: why not is asked there. */
const SAYS = { done: 'done', back_done: 'done', take: 'seen', yes: 'approve' };
const BUTTONS = { yes: 'approval.yes', no: 'approval.no', done: 'act.done', back_done: 'act.back_done', take: 'pocket.take', cannot: 'act.cannot', keep: 'act.keep', again: 'pocket.again', insist: 'again.insist', drop: 'again.drop' };

addEventListener('push', (event) => event.waitUntil(called(letterOf(event))));
addEventListener('notificationclick', (event) => {
  const { data } = event.notification;
  event.notification.close();
  event.waitUntil(tapped(data ?? {}, event.action));
});
addEventListener('pushsubscriptionchange', (event) => event.waitUntil(moved(event)));

/** Something that cannot be read calls all the same: whoever looks finds it on the page. */
function letterOf({ data }) {
  try {
    return data.json();
  } catch {
    return { kind: 'ask', title: 'surged', body: '', acts: [] };
  }
}

async function called(letter) {
  if (letter.kind === 'over') return over(letter);
  if (letter.kind === 'hello') return show(letter, { quiet: true });
  return show(letter, { acts: letter.acts });
}

/** Somebody has answered, or nobody need: what calls here ends. A browser wants something to be seen of every call, unless a page is. */
async function over(letter) {
  const pages = await clients.matchAll({ type: 'window' });
  if (!pages.some((page) => page.visibilityState === 'visible')) return show({ ...letter, body: '' }, { quiet: true });
  for (const it of await registration.getNotifications({ tag: tagOf(letter) })) it.close();
}

/** As the page tags its own of the same card. */
function tagOf({ id, yes }) {
  if (yes) return `surged-yes-${yes.queue}-${yes.tier}`;
  return id === undefined ? 'surged' : `surged-${id}`;
}

/** The page's address of a card: an instruction's number, or the queue and the tier that waits for a yes. */
function placeOf({ id, yes }) {
  return yes ? `yes=${encodeURIComponent(yes.queue)}/${encodeURIComponent(yes.tier)}` : `card=${id}`;
}

/** What a button asks of surged, and with which words. */
function saidBy({ id, yes }, act, sure) {
  if (yes) return [`api/v1/queues/${encodeURIComponent(yes.queue)}/${SAYS[act]}`, { tier: yes.tier }];
  return [`api/v1/instructions/${id}/${SAYS[act]}`, sure ? { sure: true } : {}];
}

async function show(letter, { acts = [], quiet = false } = {}) {
  const t = await wordsOf(letter.lang);
  const shown = acts.slice(0, globalThis.Notification?.maxActions ?? 2);
  await registration.showNotification(letter.title, {
    body: letter.body,
    tag: tagOf(letter),
    icon: 'icon-192.png',
    lang: letter.lang,
    data: letter,
    renotify: !quiet,
    silent: quiet,
    requireInteraction: !quiet,
    actions: shown.map((action) => ({ action, title: t(BUTTONS[action], { n: letter.n }) })),
    ...(!quiet && { vibrate: [200, 100, 200] }),
  });
}

async function tapped(letter, action) {
  if (action === 'drop') return undefined;
  const act = ['again', 'insist'].includes(action) ? letter.act : action;
  if (!SAYS[act]) return open(letter, action);
  return answer(letter, act, action === 'insist');
}

/** Brings the page up at the card; a page that is open already is taken. */
async function open({ id, yes }, act) {
  const pages = await clients.matchAll({ type: 'window' });
  const page = pages.find(({ url }) => !new URL(url).pathname.replace(/\/$/, '').endsWith('/wall'));
  const about = id !== undefined || yes;
  if (!page) return clients.openWindow(about ? `./#${placeOf({ id, yes })}${act ? `&act=${act}` : ''}` : './');
  if (about) page.postMessage(yes ? { yes, act } : { card: id, act });
  return page.focus();
}

/** Says it, and shows what became of it. Said twice it counts once: surged knows what is answered. */
async function answer(letter, act, sure) {
  const t = await wordsOf(letter.lang);
  const { token } = await mine();
  const say = (key, values, acts) => show({ ...letter, act, title: t(key, values), body: letter.title }, { acts, quiet: !acts });
  const [path, body] = saidBy(letter, act, sure);
  let reply;
  try {
    reply = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
  } catch {
    return say('pocket.failed', {}, ['again']);
  }
  if (reply.ok) return say('pocket.taken');
  const said = await reply.json().catch(() => ({}));
  const by = said.with?.by?.name ?? said.by?.name ?? '–';
  switch (said.code) {
    case 'conflict': return say('pocket.conflict', { by }, ['insist', 'drop']);
    case 'closed': case 'no_such_instruction': case 'nothing_to_approve': return say('pocket.closed');
    case 'not_let_in': case 'not_allowed': case 'not_your_queue': return say('pocket.not_let_in', {}, []);
    default: return say('pocket.failed', {}, ['again']);
  }
}

/** The browser has another address at its push service: surged must know it. */
async function moved({ oldSubscription, newSubscription }) {
  const { token, language } = await mine();
  const subscription = newSubscription ?? await registration.pushManager.subscribe(oldSubscription.options);
  const { endpoint, keys } = subscription.toJSON();
  await fetch('api/v1/push/subscribe', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ endpoint, ...keys, language }),
  });
}

/** The texts of a language, as the page has them; without them a key is its own. */
async function wordsOf(language = 'en') {
  const table = await served(new Request(`${language}.json`)).then((reply) => reply.json()).catch(() => ({}));
  return (key, values = {}) => (table[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Whose device this is: `{token, language}`, as the page has said. */
function mine() {
  return onShelf('readonly', (shelf) => shelf.get('me')).then((me) => me ?? {}, () => ({}));
}

/** Keeps it, or forgets it with `null`. */
function keepMine(me) {
  return onShelf('readwrite', (shelf) => (me ? shelf.put(me, 'me') : shelf.delete('me')));
}

function onShelf(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(BASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(SHELF);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const base = opening.result;
      const change = base.transaction(SHELF, mode);
      const asked = work(change.objectStore(SHELF));
      change.oncomplete = () => { base.close(); resolve(asked.result); };
      change.onerror = change.onabort = () => { base.close(); reject(change.error); };
    };
  });
}
