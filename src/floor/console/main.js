// The console page: joins the link, the state and the views. One way only:
//
//   floor socket ──message──► reduce ──state──► views        tap ──► ask ──► floor socket
//
// `/wall` is the same page without anything to touch.

import { Anew } from './cards/anew.js';
import { Approvals } from './cards/approvals.js';
import { Overruled, lines as overruledLines, overruledOf } from './cards/overruled.js';
import { recheck } from './cards/answer.js';
import { NOTICES, calls, sounds } from './alarms.js';
import { call, report, sheet } from './api.js';
import { grown } from './changes.js';
import { Banners } from './banners/banners.js';
import { Bar } from './bar/bar.js';
import { Bell } from './bell.js';
import { CalmDay } from './calm/calm.js';
import { Cards } from './cards/cards.js';
import { ServerClock } from './clock.js';
import { comeByLink } from './door/code.js';
import { TokenPrompt } from './door/prompt.js';
import { Doubts } from './cards/doubts.js';
import { mark, say, tickAll } from './dom.js';
import { isPressed, watchFinger } from './finger.js';
import * as keep from './keep.js';
import { Keys } from './keys/keys.js';
import { DutyList, headline } from './log.js';
import { Order } from './queue/order.js';
import { QueueViews } from './queue/queues.js';
import { reasonWords } from './reason.js';
import { FloorSocket } from './socket.js';
import { approvalsOf, emptyState, inTrouble, keepsake, openInstructions, queuesByTrouble, queuesOf, reduce, rests, summary, takesBack } from './store.js';
import { onDemand } from './demand.js';
import { Listening } from './listening/listening.js';
import { fluentTexts } from './texts.js';
import { isNewer } from './version.js';
import { LANGUAGES, Words, pickLanguage } from './words.js';

const ANSWERS = ['supervisor', 'shift_leader', 'manager'];
const ORDERS = ['shift_leader', 'manager'];
const TICK_MS = 1_000;
/** Up to so many queues every change is drawn at once; of more, numbers that only move, and what nobody must do anything about, wait for the next second. */
const FEW = 4;
/** How long what happens waits to be drawn at most where there are many queues. */
const HAPPENED_MS = 200;
/** What comes to a page that was asleep is drawn at once, so long after it woke. */
const WOKEN_MS = 1_500;
const KEEP_MS = 15_000;
/** What a resumed connection tells in one breath is heard to its end before anything rings. */
const BREATH_MS = 150;
const LOOK_AGAIN_MS = 2_000;
/** So long after it was let in a page loads what has not been asked for yet. */
const AHEAD_MS = 4_000;
/** Who was at a card so long ago, and has not been heard of since, is there no more. */
const AT_CARD_MS = 12_000;

const wall = location.pathname.replace(/\/$/, '').endsWith('/wall');
const element = (id) => document.getElementById(id);
const tables = {};
const causes = {};
Words.canned = await (await fetch('canned.json')).json();

let choices = keep.choices();
let state = { ...emptyState(), ...keep.book() };
let words;
let look = [];
let due = false;
let moved = false;
let wokenUntil = 0;
let later = null;
let laterAt = 0;
let kept = state.seq;
let heardAt = null;
let newer = false;
let byLink = null;
let pointed = null;
const unrung = new Set();
const clock = new ServerClock();
const bell = new Bell();

const socket = new FloorSocket(new URL('floor', document.baseURI.replace(/^http/, 'ws')).href, {
  token: keep.token,
  since: () => state.seq,
  who: () => state.you?.staff_no ?? null,
  epoch: () => state.epoch,
  recheck: (kept) => recheck(state, kept, Date.now(), clock.now()),
});

const bar = new Bar(element('bar'), { bell: () => toggleBell(), log: () => logView.open(page()), handover: () => handover.open(page()), orders: () => orders.open(page()), keys: () => keys.open(page()), settings: () => settings.open(page()) });
const banners = new Banners(element('banners'));
const cards = new Cards(element('asks'));
const overruled = new Overruled();
const anew = new Anew();
const approvals = new Approvals(element('asks'));
const doubts = new Doubts(element('asks'));
const queues = new QueueViews(element('queues'));
const order = new Order();
const ask = (path, body) => call(keep.token(), path, body);
const ways = { token: keep.token, ask };
const calmDay = new CalmDay(element('asks'), ask);
const listening = new Listening(calmDay.element);
element('asks').firstElementChild.after(anew.element, overruled.element);
const logView = onDemand(async () => new (await import('./duty/logview.js')).LogView(ask));
const handover = onDemand(async () => new (await import('./handover/handover.js')).HandoverView(ask));
const duty = new DutyList(element('log'), () => logView.open(page()));
const orders = onDemand(async () => new (await import('./orders/orders.js')).OrdersDrawer());
const leftDialog = onDemand(async () => new (await import('./settings/left.js')).LeftDialog());
const countDialog = onDemand(async () => new (await import('./count/count.js')).CountDialog());
const quietDialog = onDemand(async () => new (await import('./quiet/quiet.js')).QuietDialog());
const keys = new Keys(cards, (what) => (what === 'list' ? keys.open(page()) : /** @type {HTMLElement | null} */ (document.querySelector('.queues-filter'))?.focus()));
const settings = onDemand(async () => new (await import('./settings/settings.js')).SettingsDialog(choose, leave, openPaper, openReport, async () => new (await import('./door/door.js')).Devices(ask), async () => new (await import('./push/push.js')).Push(ways)));
const wallDoor = onDemand(async () => new (await import('./door/door.js')).WallDoor((path, body) => call('', path, body), (token) => { keep.keepToken(token, true); socket.start(); }));
const prompt = new TokenPrompt((token, remember) => { keep.keepToken(token, remember); socket.start(); });

/**
 * Everything that a view may need; `look` changes when everything must be drawn anew.
 * @typedef {ReturnType<typeof page>} Page
 */
function page(numbers = true) {
  const role = state.you?.role ?? null;
  return {
    state, words, clock, choices, bell, wall, role, look, heardAt, newer,
    /** Whether numbers are set that only move; of many queues they wait for the next second. */
    numbers,
    link: socket.link,
    stood: order.stood(state),
    stale: state.whole && socket.link.state !== 'up',
    mayAnswer: !wall && ANSWERS.includes(role),
    mayOrder: !wall && ORDERS.includes(role),
    /** How many wait in a queue at this very moment; `null`: nobody can see. */
    waitingNow: (queue) => (socket.link.state === 'up' && !state.queues[queue]?.blind ? state.queues[queue]?.waiting ?? null : null),
    ask: (message, way) => socket.ask(message, way),
    /** For what nobody should say without seeing how it stands. */
    askNow: (message) => socket.askNow(message),
    say: (message) => socket.say(message),
    openLeft: (move) => leftDialog.open(page(), move),
    openCount: (queue) => countDialog.open(page(), queue),
    openQuiet: (queue) => quietDialog.open(page(), queue),
    day: calmDay.summary,
    people: () => ask('people'),
    star,
    /** Up to where this person has read whose word was overruled, and by whom. */
    readUpTo: choices.read?.log === state.log ? choices.read?.seq ?? 0 : 0,
    haveRead,
    sound: toggleBell,
    changed,
  };
}

/** Whether all that comes is drawn as it comes: of few queues, and on a page that was asleep. */
function atOnce() {
  return queuesOf(state).length <= FEW || performance.now() <= wokenUntil;
}

/** What a person does is drawn at once. Of many queues what happens waits so long for what comes with it: an ask, its state, who has it now. */
function changed(wait = 0) {
  if (due) return;
  if (wait > 0) {
    const at = performance.now() + wait;
    if (later !== null && laterAt <= at) return;
    clearTimeout(later);
    laterAt = at;
    later = setTimeout(() => changed(), wait);
    return;
  }
  due = true;
  // A hidden tab gets no animation frames, and must be up to date all the same (its title, and when it is shown again).
  const drawn = () => draw(atOnce());
  if (document.hidden) setTimeout(drawn, 200);
  else requestAnimationFrame(drawn);
}

function draw(numbers = true) {
  due = false;
  // That it is old is seen at once all the same: no more than a colour changes.
  const now = page(numbers);
  mark(document.body, 'data-link', socket.link.state);
  mark(document.body, 'data-stale', now.stale);
  if (isPressed()) return;
  moved &&= !numbers;
  clearTimeout(later);
  later = null;
  for (const view of [bar, banners, anew, cards, overruled, calmDay, listening, approvals, doubts, queues, duty, orders, leftDialog, countDialog, logView, handover]) view.render(now);
  // What a card says of a depth is what stands beside it.
  if (numbers) tickAll('[data-tick="number"]');
  if (pointed && bringUp(pointed, now)) pointed = null;
  const title = titleOf(now);
  if (document.title !== title) document.title = title;
}

/** Brings up the card that a notification was about; whether it is here. */
function bringUp({ card, yes, act }, { mayOrder }) {
  if (yes) return mayOrder && approvals.take(yes, act);
  if (state.open[card]) cards.take(card, act);
  return card in state.open;
}

/** Once a second, in one frame: what moved, every clock, and the charts. */
function second() {
  const before = state;
  // Nobody knows how long somebody waits by now on a floor that is not heard of.
  if (socket.link.state === 'up') state = grown(state, clock.now());
  if (moved || state !== before) draw();
  tickAll();
  const now = page();
  bar.tick(now);
  if (!document.hidden) queues.draw(now);
}

/** How much is asked and the worst queue, short enough for a tab. */
function titleOf({ mayOrder, stale }) {
  const open = summary(state).asks + (mayOrder ? approvalsOf(state).length : 0);
  const [worst, ...others] = queuesByTrouble(state);
  if (!worst) return 'surged';
  const more = others.filter(({ queue }) => inTrouble(state, queue)).length;
  return [stale ? '…' : '', open > 0 ? `(${open})` : '', `${worst.waiting ?? '–'} ${words.name('queue', worst.queue)}`, more > 0 ? `+${more}` : ''].filter(Boolean).join(' ');
}

function hear(message) {
  const before = state;
  if (message?.type === 'answering') {
    message = { ...message, at: Date.now() };
    setTimeout(() => { state = reduce(state, { ...message, type: 'answering_over' }); changed(); }, AT_CARD_MS);
  }
  // The chart needs a time for every depth, told or not.
  state = reduce(state, message?.type === 'state' && !message.now ? { ...message, now: new Date(clock.now()).toISOString() } : message);
  if (message.now || message.type === 'welcome') clock.set(message.now, message.speed ?? state.speed);
  if (message.type === 'welcome') {
    speak();
    lookForNewer();
    setTimeout(loadAhead, AHEAD_MS);
    if (choices.push && !wall) import('./push/push.js').then(({ stayCalled }) => stayCalled(ways, words.language)).catch(() => {});
  }
  if (state.epoch !== before.epoch) anew.add([cards, approvals, doubts, leftDialog].flatMap((view) => view.forget()), before);
  if (state === before) return;
  tell(message, before);
  const silent = message.type === 'state' ? before.whole : NOTICES[message.code] === 'know';
  if (atOnce()) changed();
  else if (silent && state.open === before.open) moved = true;
  else changed(HAPPENED_MS);
}

/** What this person may open at a bad moment is there before it comes: once there is no link nothing can be loaded. */
function loadAhead() {
  learnCauses().catch(() => {});
  const { mayAnswer, mayOrder } = page();
  for (const view of [mayAnswer && quietDialog, mayAnswer && leftDialog, mayOrder && orders, mayOrder && countDialog]) if (view) view.load();
}

/** What of a state no leader has said anything to. */
const asksForYes = (it) => approvalsOf(it).filter(({ granted }) => !granted);
/** By which a notification about a yes is known, to the page's worker as well (push/pocket.js). */
const yesTag = (queue, tier) => `surged-yes-${queue}-${tier}`;

/** Says aloud, to eyes elsewhere and to screen readers, what a new message brings; a state may bring an instruction first. */
function tell(message, before) {
  for (const instruction of openInstructions(state)) {
    if (before.open[instruction.id] || before.known[instruction.id] || instruction.seen_by) continue;
    unrung.add(instruction.id);
    setTimeout(() => announce(instruction.id), BREATH_MS);
  }
  for (const id of Object.keys(before.open)) if (!state.open[id] || (state.open[id].seen_by && !before.open[id].seen_by) || rests(openAs(id) ?? {})) bell.settle(`surged-${id}`);
  for (const { queue, tier } of asksForYes(before)) if (!asksForYes(state).some((it) => it.queue === queue && it.tier === tier)) bell.settle(yesTag(queue, tier));
  const lost = message.type === 'answer' ? overruledOf(state).filter(({ theirs }) => theirs.seq === message.seq) : [];
  if (lost.length > 0 && message.seq > state.head) say(element('announce'), `${words.t('overruled.title')}. ${lost.flatMap((it) => overruledLines(words, state, it)).join(' ')}`);
  if (message.type !== 'notice' || message.seq <= state.head) return;
  if (!calls(message, state.you?.role ?? null) || rests(openAs(message.instruction) ?? {})) return;
  if (message.code === 'approval_asked') {
    const text = words.t('approval.asked', { what: headline(words, message) });
    const why = reasonWords(words, message.reason);
    say(element('announce'), `${text}. ${why}`);
    bell.ring('ask');
    bell.notify(text, why, yesTag(message.queue, message.tier));
    return;
  }
  bell.ring('up');
}

/** An open instruction as the floor is arranged: with whether it presses anybody. */
function openAs(id) {
  return openInstructions(state).find((it) => it.id === Number(id));
}

/** Nothing sounds for what somebody has answered already, nor is it read out where it presses nobody. */
function announce(id) {
  const instruction = openAs(id);
  if (!unrung.delete(id) || !instruction || instruction.seen_by || rests(instruction)) return;
  const text = headline(words, instruction);
  const why = reasonWords(words, instruction.reason);
  say(element('announce'), `${text}. ${why}`);
  if (!sounds(instruction, state.queues[instruction.queue])) return;
  bell.ring(takesBack(instruction) ? 'calm' : 'ask');
  bell.notify(text, why, `surged-${id}`);
}

/** The language of the reader; only its own table is loaded. */
function languageOf() {
  return LANGUAGES.includes(choices.language) ? choices.language : pickLanguage(navigator.languages);
}

async function learn(language) {
  if (tables[language]) return;
  const [own, shared] = await Promise.all([fetch(`${language}.json`), fetch(`words/${language}.ftl`)]);
  tables[language] = { ...await own.json(), ...fluentTexts(language, await shared.text()) };
}

/** What the daemon says in English alone, in the reader's language: a table that is wanted seldom, and loaded once the page stands. */
async function learnCauses() {
  const language = words.language;
  if (language === 'en' || causes[language]) return;
  const text = async (of) => (await fetch(`words/causes/${of}.ftl`)).text();
  const [{ causesOf }, english, own] = await Promise.all([import('./causes.js'), text('en'), text(language)]);
  causes[language] = causesOf(language, english, own);
  speak();
  changed();
}

function speak() {
  const wanted = languageOf();
  // While a language cannot be loaded, the page goes on in the one that it has.
  const language = tables[wanted] ? wanted : words.language;
  words = new Words(language, tables[language], { labels: state.labels, zone: state.zone, causes: causes[language] });
  look = [language, state.zone, state.labels, wall, causes[language]];
  document.documentElement.lang = language;
}

function shine() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const theme = ['dark', 'light'].includes(choices.theme) ? choices.theme : dark ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme;
}

async function choose(field, value) {
  if (field === 'sound') toggleBell(value);
  else choices = { ...choices, [field]: value };
  keep.keepChoices(choices);
  await learn(languageOf()).catch(() => {});
  speak();
  learnCauses().catch(() => {});
  shine();
  settings.now()?.draw(page());
  changed();
}

/** Whoever forgets their token here is not called here either. */
async function leave() {
  if (choices.push) await import('./push/push.js').then(({ stop }) => stop(ask)).catch(() => {});
  // Who comes next here has not asked to be called.
  keep.keepChoices({ ...choices, push: false });
  keep.forgetToken();
  location.reload();
}

/** A notification was tapped: the card that it was about. */
function toCard({ card, yes, act }) {
  pointed = { card, yes, act };
  changed();
}

/** A queue becomes mine, or is not mine any more. */
function star(queue) {
  const mine = choices.mine ?? [];
  choices = { ...choices, mine: mine.includes(queue) ? mine.filter((it) => it !== queue) : [...mine, queue] };
  keep.keepChoices(choices);
  changed();
}

/** That somebody has overruled this person's word has been read, on this device: by numbers of this very duty log. */
function haveRead(seq) {
  choices = { ...choices, read: { log: state.log, seq } };
  keep.keepChoices(choices);
  changed();
}

/** A page in a tab of its own; a token goes in a header, so it is fetched and shown, not linked to. Whether it could be had. */
async function inATab(fetched) {
  const tab = open('', '_blank');
  try {
    tab.location.href = URL.createObjectURL(await fetched);
    return true;
  } catch {
    tab?.close();
    return false;
  }
}

async function openPaper() {
  const had = await inATab(sheet(keep.token(), words.language));
  settings.now().paperFailed = !had;
  settings.now().draw(page());
}

/** `month`: as in 2026-10; without it the last whole one. */
async function openReport(month) {
  const had = await inATab(report(keep.token(), words.language, month));
  settings.now().reportFailed = !had;
  settings.now().draw(page());
}

async function toggleBell(on = !bell.on) {
  if (on) bell.stayAwake();
  choices = { ...choices, sound: on };
  keep.keepChoices(choices);
  if (on) {
    bell.turnOn().then(() => changed());
    bell.insist(isCalling);
  } else {
    bell.turnOff();
  }
  changed();
}

/** Whether somebody is asked for people, and nobody has it yet. */
function isCalling() {
  return socket.link.state === 'up' && openInstructions(state).some((it) => !it.seen_by && !takesBack(it) && sounds(it, state.queues[it.queue]));
}

async function keepForLater() {
  await navigator.serviceWorker?.register('worker.js');
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage([location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)]);
}

/** The page was frozen or out of sight: how it stands is asked for, and shown at once. */
function woken() {
  wokenUntil = performance.now() + WOKEN_MS;
  socket.wake();
}

/** After every connection: whether the page itself is an old one. A wall takes the new one by itself, and so does a page that nobody uses. */
async function lookForNewer() {
  if (newer || !(await isNewer())) return;
  newer = true;
  changed();
  reloadWhenIdle();
}

async function reloadWhenIdle() {
  const busy = document.querySelector('dialog[open], .grace, .again, .sending, form') || document.activeElement instanceof HTMLInputElement;
  // A page that is loaded while nobody serves it is a browser's error, and heals no more: looked at again at the last moment.
  if (socket.link.state === 'up' && (wall || document.hidden || !busy) && await isNewer()) location.reload();
  else setTimeout(reloadWhenIdle, LOOK_AGAIN_MS);
}

await learn(languageOf());
speak();
shine();
document.documentElement.classList.toggle('wall', wall);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { shine(); changed(); });
watchFinger(changed);
socket.addEventListener('message', (/** @type {CustomEvent} */ { detail }) => hear(detail));
socket.addEventListener('link', (/** @type {CustomEvent} */ { detail }) => {
  if (detail.state === 'silent' || (detail.state === 'waiting' && state.linked)) heardAt = clock.now() - Math.max(0, Date.now() - (detail.lostAt ?? Date.now())) * state.speed;
  if (detail.state !== 'up' && detail.state !== 'silent') state = reduce(state, { type: 'link_lost', now: new Date(clock.now()).toISOString() });
  if (detail.state === 'refused' && wall) { keep.forgetToken(); wallDoor.open(page()); }
  else if (detail.state === 'refused') prompt.open(page(), byLink?.fault ? 'token.link_wrong' : keep.token() !== '' ? 'token.wrong' : null);
  if (detail.state === 'up') prompt.close();
  // Who must see that this is old must see it at once, in a hidden tab's title as well.
  if (detail.state === 'up') changed();
  else draw();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  woken();
  if (bell.on || wall) bell.stayAwake();
  draw();
});
if (wall) {
  bell.stayAwake();
  bell.soundIfItMay(() => bell.insist(isCalling));
}
// A browser lets a page sound only after a touch: the choice of an earlier day comes into force with the first one.
if (choices.sound && !wall) addEventListener('pointerdown', () => bell.on || toggleBell(true), { once: true });
for (const event of ['online', 'offline', 'focus']) addEventListener(event, () => socket.wake());
document.addEventListener('resume', woken);
addEventListener('pageshow', ({ persisted }) => persisted && woken());
addEventListener('pagehide', () => { for (const view of [cards, approvals, doubts, leftDialog]) view.flush(); keep.keepBook(keepsake(state)); });
setInterval(() => {
  if (kept === state.seq) return;
  kept = state.seq;
  keep.keepBook(keepsake(state));
}, KEEP_MS);
// A hidden tab gets no animation frames.
setInterval(() => (document.hidden ? second() : requestAnimationFrame(second)), TICK_MS);
// Only pages by TLS or of this machine may have one; without it the page works as before.
if (globalThis.isSecureContext) keepForLater().catch(() => {});
navigator.serviceWorker?.addEventListener('message', ({ data }) => (data?.card ?? data?.yes) !== undefined && toCard(data));
if (/^#(card|yes)=/.test(location.hash)) {
  const { cardIn } = await import('./push/push.js');
  pointed = cardIn(location.hash);
  history.replaceState(null, '', location.pathname + location.search);
}
byLink = await comeByLink(location, history, (path, body) => call('', path, body));
if (byLink?.token) keep.keepToken(byLink.token, true);
socket.start();
draw();
