// The console page: joins the link, the state and the views. One way only:
//
//   floor socket ──message──► reduce ──state──► views        tap ──► ask ──► floor socket
//
// `/wall` is the same page without anything to touch.

import { Approvals } from './approvals.js';
import { call } from './api.js';
import { Banners } from './banners.js';
import { Bar } from './bar.js';
import { Bell } from './bell.js';
import { Cards } from './cards.js';
import { ServerClock } from './clock.js';
import { CountDialog } from './count.js';
import { Doubts } from './doubts.js';
import { say, tickAll } from './dom.js';
import { HandoverView } from './handover.js';
import * as keep from './keep.js';
import { DutyList, headline } from './log.js';
import { LogView } from './logview.js';
import { OrdersDrawer } from './orders.js';
import { QueueViews } from './queue.js';
import { reasonWords } from './reason.js';
import { LeftDialog, SettingsDialog, TokenPrompt } from './settings.js';
import { FloorSocket } from './socket.js';
import { approvalsOf, emptyState, keepsake, openInstructions, queuesOf, reduce, takesBack } from './store.js';
import { fluentTexts } from './texts.js';
import { LANGUAGES, Words, pickLanguage } from './words.js';

const ANSWERS = ['supervisor', 'shift_leader', 'manager'];
const ORDERS = ['shift_leader', 'manager'];
const TICK_MS = 250;
const KEEP_MS = 5_000;

const wall = location.pathname.replace(/\/$/, '').endsWith('/wall');
const element = (id) => document.getElementById(id);
const tables = Object.fromEntries(await Promise.all(LANGUAGES.map(async (language) => {
  const [own, shared] = await Promise.all([fetch(`${language}.json`), fetch(`words/${language}.ftl`)]);
  return [language, { ...await own.json(), ...fluentTexts(language, await shared.text()) }];
})));

let choices = keep.choices();
let state = { ...emptyState(), ...keep.book() };
let words;
let due = false;
const clock = new ServerClock();
const bell = new Bell();

const socket = new FloorSocket(new URL('floor', document.baseURI.replace(/^http/, 'ws')).href, {
  token: keep.token,
  since: () => state.seq,
});

const bar = new Bar(element('bar'), { bell: () => toggleBell(), log: () => logView.open(page()), handover: () => handover.open(page()), orders: () => orders.open(page()), settings: () => settings.open(page()) });
const banners = new Banners(element('banners'));
const cards = new Cards(element('asks'));
const approvals = new Approvals(element('asks'));
const doubts = new Doubts(element('asks'));
const queues = new QueueViews(element('queues'));
const ask = (path, body) => call(keep.token(), path, body);
const logView = new LogView(ask);
const handover = new HandoverView(ask);
const duty = new DutyList(element('log'), () => logView.open(page()));
const orders = new OrdersDrawer();
const leftDialog = new LeftDialog();
const countDialog = new CountDialog();
const settings = new SettingsDialog(choose, () => { keep.forgetToken(); location.reload(); });
const prompt = new TokenPrompt((token, remember) => { keep.keepToken(token, remember); socket.start(); });

/** Everything that a view may need; `look` changes when everything must be drawn anew. */
function page() {
  const role = state.you?.role ?? null;
  return {
    state, words, clock, choices, bell, wall, role,
    link: socket.link,
    theme: document.documentElement.dataset.theme,
    look: [words.language, words.zone, JSON.stringify(words.labels).length, wall].join(),
    mayAnswer: !wall && ANSWERS.includes(role),
    mayOrder: !wall && ORDERS.includes(role),
    ask: (message) => socket.ask(message),
    openLeft: (move) => leftDialog.open(page(), move),
    openCount: (queue) => countDialog.open(page(), queue),
    people: () => ask('people'),
    changed,
  };
}

function changed() {
  if (due) return;
  due = true;
  // A hidden tab gets no animation frames, and must be up to date all the same (its title, and when it is shown again).
  if (document.hidden) setTimeout(draw, 200);
  else requestAnimationFrame(draw);
}

function draw() {
  due = false;
  const now = page();
  for (const view of [bar, banners, cards, approvals, doubts, queues, duty, orders, countDialog, logView, handover]) view.render(now);
  const open = openInstructions(state).length + (now.mayOrder ? approvalsOf(state).length : 0);
  const depths = queuesOf(state).map((queue) => `${queue.waiting ?? '–'} ${words.name('queue', queue.queue)}`).join(' · ');
  document.title = [open > 0 ? `(${open})` : '', depths || 'surged'].join(' ').trim();
  document.body.dataset.link = socket.link.state;
}

function hear(message) {
  const before = state;
  // The chart needs a time for every depth, told or not.
  state = reduce(state, message?.type === 'state' && !message.now ? { ...message, now: new Date(clock.now()).toISOString() } : message);
  if (message.now || message.type === 'welcome') clock.set(message.now, message.speed ?? state.speed);
  if (message.type === 'welcome') speak();
  if (state !== before) tell(message, before);
  changed();
}

/** Says aloud, to eyes elsewhere and to screen readers, what a new message brings; a state may bring an instruction first. */
function tell(message, before) {
  for (const instruction of openInstructions(state)) {
    if (before.open[instruction.id] || before.known[instruction.id]) continue;
    const text = headline(words, instruction);
    const why = reasonWords(words, instruction.reason);
    say(element('announce'), `${text}. ${why}`);
    bell.ring(takesBack(instruction) ? 'calm' : 'ask');
    bell.notify(text, why, `surged-${instruction.id}`);
  }
  if (message.type === 'notice' && message.seq > state.head && message.code === 'approval_asked' && page().mayOrder) {
    const text = words.t('approval.asked', { what: headline(words, message) });
    const why = reasonWords(words, message.reason);
    say(element('announce'), `${text}. ${why}`);
    bell.ring('ask');
    bell.notify(text, why, `surged-yes-${message.queue}-${message.tier}`);
  }
  if (message.type === 'notice' && message.seq > state.head && ['feed_lost', 'passed_up', 'nobody_listening', 'journal_failing', 'incident', 'not_shown'].includes(message.code)) {
    bell.ring('up');
  }
}

function speak() {
  const language = LANGUAGES.includes(choices.language) ? choices.language : pickLanguage(navigator.languages);
  words = new Words(language, tables[language], { labels: state.labels, zone: state.zone });
  document.documentElement.lang = language;
}

function shine() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const theme = ['dark', 'light'].includes(choices.theme) ? choices.theme : dark ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme;
}

function choose(field, value) {
  if (field === 'sound') toggleBell(value);
  else choices = { ...choices, [field]: value };
  keep.keepChoices(choices);
  speak();
  shine();
  settings.draw(page());
  changed();
}

async function toggleBell(on = !bell.on) {
  choices = { ...choices, sound: on };
  keep.keepChoices(choices);
  if (on) {
    bell.turnOn().then(changed);
    bell.insist(() => openInstructions(state).some((it) => !it.seen_by && !takesBack(it)));
  } else {
    bell.turnOff();
  }
  changed();
}

speak();
shine();
document.documentElement.classList.toggle('wall', wall);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { shine(); changed(); });
socket.addEventListener('message', ({ detail }) => hear(detail));
socket.addEventListener('link', ({ detail }) => {
  if (detail.state !== 'up') state = reduce(state, { type: 'link_lost', now: new Date(clock.now()).toISOString() });
  if (detail.state === 'refused') prompt.open(page(), keep.token() !== '');
  if (detail.state === 'up') prompt.close();
  changed();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  socket.wake();
  changed();
});
// A browser lets a page sound only after a touch: the choice of an earlier day comes into force with the first one.
if (choices.sound && !wall) addEventListener('pointerdown', () => bell.on || toggleBell(true), { once: true });
addEventListener('online', () => socket.wake());
addEventListener('pageshow', ({ persisted }) => persisted && socket.wake());
addEventListener('pagehide', () => { for (const view of [cards, approvals, doubts]) view.flush(); keep.keepBook(keepsake(state)); });
setInterval(() => keep.keepBook(keepsake(state)), KEEP_MS);
setInterval(() => { tickAll(); bar.tick(page()); if (!document.hidden) queues.render(page()); }, TICK_MS);
socket.start();
draw();
