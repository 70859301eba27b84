// The operator's bench: a recorded day under the plan that runs, and what another threshold would have changed. The daemon replays; this
// page asks, one change after another, and shows what the newest one came to.

import { call } from '../api.js';
import { TokenPrompt } from '../door/prompt.js';
import { h, renew } from '../dom.js';
import * as keep from '../keep.js';
import { fluentTexts } from '../texts.js';
import { LANGUAGES, Words, pickLanguage } from '../words.js';
import { Draft } from './draft.js';
import { Fields } from './fields.js';
import { Outcome } from './outcome.js';

/** A slider that moves asks so often. */
const PACE_MS = 150;
/** The machine spares no place at the moment. */
const AGAIN_MS = 1_000;
/** The daemon does not answer: asked again by itself so often. */
const NO_LINK_MS = 2_000;
const ANSWERS = [null, '60s', '2m', '5m'];

const element = (id) => document.getElementById(id);
const choices = keep.choices();
const language = LANGUAGES.includes(choices.language) ? choices.language : pickLanguage(navigator.languages);
const draft = new Draft();
let words;
let offer = null;
let day = 'sample';
let answers = null;
let answersChosen = false;
let asked = 0;
let timer = null;
let isLost = false;
let older = new AbortController();

const fields = new Fields(element('thresholds'), () => soon());
const outcome = new Outcome(element('outcome'));
const prompt = new TokenPrompt((token, remember) => { keep.keepToken(token, remember); begin(); });

async function learn() {
  const [own, ...texts] = await Promise.all([fetch(`${language}.json`), fetch(`words/${language}.ftl`), fetch(`words/bench/${language}.ftl`)]);
  const sources = await Promise.all(texts.map((it) => it.text()));
  return Object.assign(await own.json(), ...sources.map((source) => fluentTexts(language, source)));
}

function shine() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = ['dark', 'light'].includes(choices.theme) ? choices.theme : dark ? 'dark' : 'light';
}

/** A duty log tells who answered; anything else does not, and a floor where nobody ever answers is none. */
const usualAnswers = () => (day.startsWith('log/') ? null : '60s');

/** What a day is called. */
function dayWords({ kind, day: date, file }) {
  if (kind === 'log') return words.t('bench.of_log', { day: date });
  return kind === 'sample' ? words.t('bench.sample') : words.t('bench.of_folder', { name: file });
}

function head() {
  const choose = (label, key, options, current, take) => h('label', {}, h('span', {}, label),
    h('select', { 'data-k': key, on: { change: ({ target }) => { take(target.value); soon(0); } } }, options.map(([value, text]) => h('option', { value, selected: value === current }, text))));
  const answerWords = (after) => (after === null ? words.t('bench.answers_recorded') : words.t('bench.answers_after', { span: after }));
  renew(element('head'), [offer, day, answers], () => [
    h('div', {}, h('h1', {}, words.t('bench.title')), h('p', { class: 'hint' }, words.t('bench.lead'))),
    offer && choose(words.t('bench.day'), 'day', offer.days.map((it) => [it.name, dayWords(it)]), day, (value) => {
      day = value;
      if (!answersChosen) answers = usualAnswers();
      head();
    }),
    offer && choose(words.t('bench.answers'), 'answers', ANSWERS.map((after) => [after ?? '', answerWords(after)]), answers ?? '', (value) => { [answers, answersChosen] = [value || null, true]; }),
    h('a', { class: 'to-console', href: './' }, words.t('bench.console')),
  ]);
}

/** Asks once nothing has moved for a moment. */
function soon(wait = PACE_MS) {
  isLost = false;
  again(tryOut, wait);
}

function again(act, wait) {
  clearTimeout(timer);
  timer = setTimeout(act, wait);
}

async function tryOut() {
  const mine = asked += 1;
  // Nobody waits for the change before any more: the daemon gives it up.
  older.abort();
  older = new AbortController();
  // What is asked again by itself does not blink.
  if (!isLost) outcome.working(words, true);
  try {
    const reply = await call(keep.token(), 'bench', { day, answer_after: answers, settings: draft.settings(), language }, older.signal);
    if (mine !== asked) return;
    isLost = false;
    fields.refuse(words, []);
    fields.inForce(words, reply.ladders);
    outcome.working(words, false);
    outcome.render(words, reply, offer.groups, draft);
  } catch (fault) {
    if (mine !== asked) return;
    if (fault.code === 'busy') {
      soon(AGAIN_MS);
      return;
    }
    outcome.working(words, false);
    if (fault.code === 'plan_at_fault') {
      fields.refuse(words, fault.said?.faults ?? []);
      outcome.fail(words.t('bench.no_result'));
    }
    else refused(fault, tryOut);
  }
}

/** Says why; where the daemon does not answer `act` is done again until it does. */
function refused(fault, act) {
  isLost = fault.code === 'no_link';
  if (isLost) again(act, NO_LINK_MS);
  if (fault.code === 'not_let_in' || fault.code === 'too_many_tries') {
    prompt.open({ words }, keep.token() === '' ? null : 'token.wrong');
    return;
  }
  const key = { no_link: 'bench.no_link', superseded: 'bench.superseded', not_allowed: 'bench.not_yours' }[fault.code];
  outcome.fail(key ? words.t(key) : words.t('bench.failed', { why: fault.message }));
}

async function begin() {
  try {
    offer = await call(keep.token(), 'bench');
  } catch (fault) {
    if (fault.code === 'busy') setTimeout(begin, AGAIN_MS);
    else refused(fault, begin);
    return;
  }
  words = new Words(language, table, { labels: offer.labels, zone: offer.zone });
  draft.clear();
  answers = usualAnswers();
  head();
  outcome.build(words);
  fields.build(words, offer.groups, draft);
  soon(0);
}

addEventListener('online', () => isLost && again(offer ? tryOut : begin, 0));
document.documentElement.lang = language;
shine();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', shine);
const table = await learn();
words = new Words(language, table);
document.title = `${words.t('bench.title')} · surged`;
head();
outcome.build(words);
await begin();
