// Keeps the page itself, so that it opens where the daemon or the network is down and says so, in place of a browser's error.
//
// Whatever the daemon serves comes first; the copy is for when it does not answer. Nothing but the page's own files is kept: never
// what the floor is told, never a token. Calls by push are another matter (push/pocket.js): there the token is kept if its owner wants that.

importScripts('push/pocket.js');

const COPY = 'surged-page';
const NOT_OURS = /\/(floor|api|metrics|livez|healthz|readyz|paper|report)(\/|$|\?)/;

addEventListener('install', (event) => event.waitUntil(skipWaiting()));
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && isOurs(request.url)) event.respondWith(served(request));
});
// What a page loaded before this one was there to keep it.
addEventListener('message', (event) => event.waitUntil('me' in event.data ? keepMine(event.data.me) : caches.open(COPY).then((copies) => copies.addAll(event.data.filter(isOurs)))));

function isOurs(address) {
  const { origin, pathname } = new URL(address);
  return origin === location.origin && !NOT_OURS.test(pathname.slice(new URL(registration.scope).pathname.length - 1));
}

async function served(request) {
  const copies = await caches.open(COPY);
  try {
    const reply = await fetch(request);
    if (reply.ok) await copies.put(request, reply.clone());
    return reply;
  } catch (fault) {
    const copy = await copies.match(request);
    if (copy) return copy;
    throw fault;
  }
}
