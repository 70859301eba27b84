// No text is missing: the three tables have the same keys, and every key that a module uses is in them.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { GROUPS } from '../../src/floor/console/duty/logbook.js';
import { headline } from '../../src/floor/console/log.js';
import { askedWords, lostWords, refusalWords, requiredWords } from '../../src/floor/console/reason.js';
import { LANGUAGES, Words, left, pickLanguage, span } from '../../src/floor/console/words.js';
import { own, shared, table } from './tables.mjs';

const root = new URL('../../src/floor/console/', import.meta.url);
const tables = Object.fromEntries(LANGUAGES.map((language) => [language, table(language)]));
const sources = readdirSync(root, { recursive: true }).filter((name) => name.endsWith('.js') && !name.startsWith('vendor')).map((name) => readFileSync(new URL(name, root), 'utf8'));
const source = sources.join('\n');

// What may stand behind a family's dot: the codes of the wire, and the page's own.
const FAMILIES = {
  mood: ['approval', 'blind', 'ask', 'unknown', 'paused', 'ease', 'in_hand', 'building', 'release', 'calm', 'incident', 'shadow', 'stale'],
  idle: ['building', 'spent', 'approval', 'calm', 'blind', 'paused', 'unknown', 'incident', 'shadow'],
  idle_more: ['building', 'spent', 'spent_until', 'approval', 'calm', 'blind', 'paused', 'unknown', 'incident', 'shadow'],
  stage: ['asked', 'unanswered', 'seen', 'coming', 'answered', 'said', 'on', 'settled', 'not_shown', 'not_shown_any', 'leaving', 'shadow', 'part'],
  standing: ['on_stack', 'signing_out', 'declined', 'nobody_to_give', 'no_seat', 'reserved', 'later', 'blind', 'paused', 'resting', 'off_duty', 'off_duty_until', 'protected', 'max_borrowed', 'max_moves_per_hour', 'nobody_stays', 'approval', 'refused', 'nobody_to_give_until'],
  verb: ['sign_in', 'sign_out', 'stand_down', 'extend_shift', 'overtime', 'call_in'],
  headline: ['sign_in', 'sign_out', 'stand_down', 'extend_shift', 'overtime', 'call_in', 'extend_shift_alone', 'overtime_alone'],
  reason: ['waiting_above', 'waiting_at_most', 'longest_wait_above', 'waiting_per_seat_above', 'expected_wait_above', 'incident', 'order', 'max_stay', 'answered_share_below', 'answered_share_at_least', 'abandoned_share_above', 'rising_above', 'severe'],
  judged: ['mean', 'share'],
  origin: ['measured', 'configured'],
  missing: ['calls_per_hour', 'handle_time', 'target', 'signed_in', 'bounds'],
  answer: ['seen', 'done', 'declined', 'left', 'confirmed', 'unanswered', 'escalated'],
  sent: ['done', 'decline', 'left', 'escalate', 'approve', 'refuse', 'seen'],
  notice: ['feed_lost', 'feed_back', 'blind_long', 'tier_skipped', 'seats_exhausted', 'passed_up', 'nobody_listening', 'incident', 'incident_over', 'paused', 'resumed', 'ladder_changed', 'config_changed', 'config_refused', 'journal_failing', 'approval_asked', 'approval_lapsed', 'approved', 'approval_refused', 'not_shown', 'counted', 'incident_ends', 'gone', 'taken_as_left', 'only_moves_counted', 'quieted', 'quiet_over'],
  error: ['no_such_queue', 'no_such_tier', 'no_such_instruction', 'closed', 'taken_elsewhere', 'does_not_fit', 'already_called', 'nobody_to_give', 'no_seat', 'nothing_to_release', 'pause_without_end', 'not_paused', 'not_quiet', 'incident_without_end', 'no_incident', 'nobody_above', 'too_much', 'not_allowed', 'busy', 'shutting_down', 'not_understood', 'too_long', 'short', 'no_tier_left', 'nothing_to_approve', 'no_without_reason', 'in_shadow', 'not_on_queue', 'no_tier_for', 'not_a_count', 'not_your_queue', 'no_link', 'no_such_handover', 'signed_already', 'summary_changed', 'same_person', 'still_open', 'staff_no_needed', 'no_such_item', 'journal_failing', 'log_unreadable', 'no_reply', 'not_let_in', 'too_many_tries', 'unknown', 'conflict', 'conflict_people', 'conflict_asked', 'unknown_type', 'not_on_move', 'too_late', 'nobody_picked', 'reason_missing'],
  log: ['day', 'who', 'text', ...GROUPS.map((group) => `of_${group}`)],
  logged: ['settled', 'freed', 'surge_over', 'feed_connected', 'feed_disconnected', 'source_lost', 'queue_missing', 'configured', 'started', 'stopped', 'logged_in', 'logged_out', 'not_let_in', 'shadow'],
  tier_effect: ['measured', 'unknown', 'doubts', 'others_moved', 'ebbed_before', 'unseen', 'nobody_said', 'sent_back', 'unusual'],
  handed: ['begun', 'noted', 'settled', 'taken_over', 'signed_leaving', 'signed_coming', 'completed', 'withdrawn'],
  handover: ['leaving', 'coming', 'sign_leaving', 'sign_coming'],
  item: ['instruction', 'instruction_unknown', 'approval', 'pause', 'incident', 'blind'],
  matter: ['instruction', 'move', 'extra', 'taken', 'approval', 'pause', 'incident', 'blind'],
  person: ['local', 'simulated'],
  listening: ['nobody', 'leaders', 'some'],
  standing_of: ['settled', 'taken_over', 'gone'],
  shift: ['surges', 'moved', 'asked', 'instructions', 'blind', 'pauses', 'incidents', 'reloads', 'daemon', 'done', 'shown', 'declined', 'stood_down', 'seen', 'unanswered', 'started', 'stopped', 'journal_failing', 'journal_mended'],
  what: ['seats', 'eta', 'hold', 'notes', 'nothing_came', 'half_way_back', 'instruction_twice', 'number_and_names_differ', 'person_twice', 'extra_without_number', 'stands_elsewhere', 'left_nobody', 'quiet'],
  status: ['seen', 'done', 'declined', 'left', 'escalated', 'confirmed', 'approved', 'refused'],
  fate: ['declined', 'none_came', 'stood_down', 'unanswered', 'taken', 'nobody'],
  lost: ['silent', 'never_read', 'missing'],
  changed: ['feed', 'ladder', 'limits_of_feed', 'pool', 'queue', 'sources_of_feed', 'webhook'],
  became: ['is_new', 'changed', 'is_gone'],
  setting: ['calendar', 'chain', 'floor_behind_proxy', 'floor_listen', 'floor_metrics_token_file', 'floor_paper', 'floor_paper_language', 'floor_physical_seats', 'floor_recordings', 'floor_tls', 'journal_keep_log', 'journal_keep_readings', 'journal_path', 'journal_write_readings_within', 'labels', 'push', 'roster', 'time_zone'],
  near: ['other_spelling', 'other_queue', 'nameless'],
  promise: ['broken'],
  push: ['hello', 'hello_what', 'insecure', 'unsupported', 'denied'],
  theme: ['auto', 'dark', 'light'],
  why: null,
  name: ['expert', 'outbound', 'quality', 'back_office', 'extend_shift', 'overtime', 'standby', 'everyone', 'supervisor', 'shift_leader', 'manager', 'inbound', 'day', 'night', 'holiday'],
};

test('the tables have the same keys', () => {
  const keys = Object.keys(tables.en).sort();
  for (const language of LANGUAGES) assert.deepEqual(Object.keys(tables[language]).sort(), keys, language);
});

test('no text is empty, and every placeholder is in every language', () => {
  const places = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
  for (const [key, text] of Object.entries(own('en'))) {
    for (const language of LANGUAGES) {
      const other = own(language)[key];
      assert.ok(other.trim(), `${language} ${key}`);
      assert.deepEqual(places(other), places(text), `${language} ${key}`);
    }
  }
});

test("a text stands in one table: the page's, or the one that the daemon words from", () => {
  for (const language of LANGUAGES) {
    const ids = [...shared(language).matchAll(/^([a-z]\w*)-([\w-]+) = /gm)].map(([, family, rest]) => `${family}.${rest}`);
    assert.ok(ids.length > 150);
    for (const id of ids) assert.ok(!(id in own(language)), `${language} ${id}`);
  }
});

test('every key that a module names is in the tables', () => {
  const literal = /'([a-z]\w*\.[a-z][\w.]*)'/g;
  const families = new Set(Object.keys(tables.en).map((key) => key.split('.')[0]));
  const named = [...source.matchAll(literal)].map(([, key]) => key).filter((key) => families.has(key.split('.')[0]) && !/\.(js|json|svg|css)$/.test(key));
  assert.ok(named.length > 100, 'the search itself must find something');
  for (const key of named) assert.ok(key in tables.en, key);
});

test('every family that a module builds a key from is listed, and complete', async () => {
  const built = [...source.matchAll(/\.t\(`(\w+)\./g), ...source.matchAll(/\.of\('(\w+)'/g)].map(([, family]) => family);
  // The bench has a table of its own, and a test of its own.
  for (const family of built.filter((it) => it !== 'bench')) assert.ok(family in FAMILIES, family);
  const { REASONS } = await import('../../src/floor/console/cards/forms.js');
  FAMILIES.why = Object.values(REASONS).flat();
  for (const [family, codes] of Object.entries(FAMILIES)) {
    for (const code of codes) assert.ok(`${family}.${code}` in tables.en, `${family}.${code}`);
  }
});

test('no text lies unused', () => {
  for (const key of Object.keys(tables.en)) {
    const [family] = key.split('.');
    assert.ok(family in FAMILIES || source.includes(`'${key}'`), key);
  }
});

test('a number takes the form that fits it', () => {
  const words = new Words('en', tables.en);
  assert.equal(words.t('asks.summary', { people: 9, asks: 3 }), '9 people in 3 asks');
  assert.equal(words.t('asks.summary', { people: 1, asks: 1 }), '1 person in 1 ask');
});

test('a label comes before the built-in name, and both before the raw name', () => {
  const labels = { pool: { outbound: { en: 'Sales', 'zh-Hans': '销售' } } };
  assert.equal(new Words('en', tables.en, { labels }).name('pool', 'outbound'), 'Sales');
  assert.equal(new Words('zh-Hans', tables['zh-Hans'], { labels }).name('pool', 'outbound'), '销售');
  assert.equal(new Words('zh-Hans', tables['zh-Hans']).name('tier', 'overtime'), '紧急加班');
  assert.equal(new Words('en', tables.en).name('tier', 'night_watch'), 'night watch');
});

test('a code of a newer server is shown as it came', () => {
  assert.equal(new Words('en', tables.en).of('notice', 'moon_full'), 'moon full');
});

test('times are those of the floor, not of the tablet', () => {
  const words = new Words('en', tables.en, { zone: 'Asia/Shanghai' });
  assert.equal(words.time('2026-11-21T16:03:20.250Z', true), '00:03:20');
  assert.equal(words.time('nonsense'), '–');
});

test('the browser chooses the language', () => {
  assert.equal(pickLanguage(['fr', 'zh-TW']), 'zh-Hant');
  assert.equal(pickLanguage(['zh-CN', 'en']), 'zh-Hans');
  assert.equal(pickLanguage(['de']), 'en');
});

test('spans and countdowns', () => {
  assert.equal(span(0), '0:00');
  assert.equal(span(3725), '1:02:05');
  assert.equal(span(null), '–');
  assert.equal(left(0.2), '0:01');
  assert.equal(left(-5), '0:00');
});

test('the seats required are told with every input, and with what was missing', () => {
  const words = new Words('en', tables.en);
  const computed = { calls_per_hour: { value: 920, origin: 'measured' }, handle_time_s: 180, patience_s: 120, target: { answered: 0.9, within_s: 20 }, signed_in: 52, free_seats: 1, required: 55, reachable: false, missing: [] };
  assert.equal(requiredWords(words, computed), 'Needed: 55 · 920 calls/h (measured) · 3:00 each · patience 2:00 · 90 % within 0:20 · 52 signed in · 1 seat free · too few for the target, no more can be asked for');
  const missing = { calls_per_hour: null, handle_time_s: null, patience_s: null, target: null, signed_in: null, free_seats: null, required: null, reachable: null, missing: ['calls_per_hour', 'target'] };
  assert.equal(requiredWords(words, missing), "The plan's fallback; missing: calls an hour & the target");
});

test('a reason that was chosen in one language is read in another', () => {
  Words.canned = JSON.parse(readFileSync(new URL('canned.json', root), 'utf8'));
  const texts = LANGUAGES.flatMap((language) => Object.entries(tables[language]).filter(([key]) => key.startsWith('why.') || key === 'handover.set_aside').map(([key, text]) => [text, key]));
  assert.deepEqual(Words.canned, Object.fromEntries(texts));
  const english = new Words('en', tables.en);
  assert.equal(english.said(tables['zh-Hans']['why.on_break']), 'On break');
  assert.equal(english.said('the lift is stuck'), 'the lift is stuck');
  assert.equal(english.said(undefined), undefined);
});

test('a refusal is worded from its code and numbers, in the language of the page', () => {
  const said = { code: 'short', tier: 'outbound', why: 'max_borrowed', max: 12, message: 'English' };
  const refused = { code: 'short', message: 'English', said };
  assert.equal(refusalWords(new Words('en', tables.en), refused), 'Outbound cannot be called now: 12 borrowed already, no more allowed.');
  assert.equal(refusalWords(new Words('zh-Hans', tables['zh-Hans']), refused), '外呼组现在无法调用：已借 12 人，达到上限。');
  const conflict = { code: 'conflict', message: 'English', said: { code: 'conflict', with: { by: { name: 'Wang', staff_no: 'S02' }, status: 'done', instruction: 7, people: [] } } };
  assert.equal(refusalWords(new Words('zh-Hant', tables['zh-Hant']), conflict), 'Wang (S02) 對指令 7 的說法不同（已完成）。若以您的為準，請再說一次。');
  const asked = { ...conflict, said: { code: 'conflict', with: { by: null, status: 'asked', instruction: 7, people: ['E01'] } } };
  assert.equal(refusalWords(new Words('en', tables.en), asked), 'By the books E01 stand on instruction 7, and nobody has said that they came there. Say it again if they are here.');
  const newer = { code: 'moon_full', message: 'the moon is full', said: {} };
  assert.equal(refusalWords(new Words('zh-Hans', tables['zh-Hans']), newer), 'the moon is full');
  // What is quoted is said in the reader's language too, where the daemon's own tables have it.
  const unread = { code: 'log_unreadable', message: 'the exchange is closed' };
  const causes = (said) => (said === unread.message ? '交换机已关闭' : said);
  assert.match(refusalWords(new Words('zh-Hans', tables['zh-Hans'], { causes }), unread), / \(交换机已关闭\)$/);
  assert.match(refusalWords(new Words('en', tables.en), unread), / \(the exchange is closed\)$/);
  assert.equal(refusalWords(new Words('en', tables.en), { code: 'too_much', message: '', said: { what: 'eta', came: 90_000, limit: 86_400 } }), 'The time until they are there: 25:00:00 is too much, at most 24:00:00 is taken.');
});

test('what the phone system says of itself is quoted, what surged finds is worded', () => {
  const words = new Words('zh-Hans', tables['zh-Hans']);
  assert.equal(lostWords(words, { lost: 'silent', after_s: 15 }), '已有 0:15 没有读数，也没有任何信号');
  assert.equal(lostWords(words, { lost: 'said', why: 'shutting down' }), 'shutting down');
});

test('numbers are written without separators, as the daemon writes them', () => {
  assert.equal(new Words('en', tables.en).t('required.free', { n: 1200 }), '1200 seats free');
});

test('whoever is told of is called by one function, as those without a name have one in each language', () => {
  assert.deepEqual(source.match(/\bby: [\w.?]+\.name\s*[,})]/g) ?? [], []);
});

test('what is asked is said once: a step that is named after it is not named again', () => {
  const labels = { tier: { overtime: { en: 'The late crew' }, ot: { en: 'Overtime' } } };
  const said = (language, it, more = {}) => {
    const words = new Words(language, tables[language], more);
    return [headline(words, it), askedWords(words, it)];
  };
  const overtime = { action: 'overtime', tier: 'overtime', seats: { ask: 4 }, people: [] };
  assert.deepEqual(said('en', overtime), ['Overtime for 4', { verb: '', what: 'Call for overtime' }]);
  assert.deepEqual(said('zh-Hans', overtime), ['紧急加班 4 人', { verb: '', what: '召集紧急加班' }]);
  assert.deepEqual(said('zh-Hant', { ...overtime, action: 'extend_shift', tier: 'extend_shift' }), ['請 4 人延長班次', { verb: '', what: '請延長班次' }]);
  assert.deepEqual(said('en', { ...overtime, tier: 'ot' }, { labels }), ['Overtime for 4', { verb: '', what: 'Call for overtime' }], 'by its label');
  assert.deepEqual(said('en', overtime, { labels }), ['Overtime for 4 · The late crew', { verb: 'Call for overtime', what: 'The late crew' }], 'a name of its own says more');
  assert.deepEqual(said('en', { action: 'sign_in', tier: 'expert', pool: 'expert', seats: { ask: 4 } }), ['Sign in 4 · Experts', { verb: 'Sign in', what: 'Experts' }]);
});
