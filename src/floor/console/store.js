// What the page knows, as plain data, and the one function that changes it. Pure: no clock, no DOM, no network.
//
//   state = reduce(state, message)      message: anything the floor socket sends, and the page's own `link_lost {now}`
//
// A message with a `seq` at or below the last one applied changes nothing, so a resumed connection may overlap. What was
// sent before the connection began (up to `head`) is history: it is written down, and how things stand is left to `state`.

import { askedAgain } from './again.js';
import { sounds } from './alarms.js';
import { alike } from './alike.js';
import { madeWhole } from './changes.js';

const BOOK_LIMIT = 500;
const HISTORY_MS = 30 * 60_000;
const HISTORY_LIMIT = 4000;
const KNOWN_LIMIT = 1_500;

/**
 * An open instruction; `again` and `held` only in what `openInstructions` gives; `fresh`: no state has listed it yet; `broken`: it went up because who has it had promised people who have not come. What is known of one that is closed says who had the last word.
 * @typedef {Wire.OpenInstruction & { fresh?: boolean, broken?: boolean, again?: import('./again.js').Again, held?: boolean, closed?: boolean, shadow?: boolean, last?: Wire.AnswerMessage, done?: { by: Wire.By, at: string, seats: number }, confirmed?: string, doubt?: { seats: number, shown: number, near: Wire.NearMissMessage[] } }} Known
 * @typedef {{ [queue: string]: [number, number | null][] }} History depths and when they began, in milliseconds; `null`: nobody could see
 * @typedef {object} State
 * @property {Wire.You | null} you
 * @property {number | null} seq the last number seen
 * @property {string | null} log
 * @property {number} epoch how many duty logs this page has seen begin anew
 * @property {string | null} zone
 * @property {number} speed
 * @property {Record<string, number>} clocks our clock less that of a feed, seconds, where they differ
 * @property {any} labels
 * @property {Wire.ChainLevel[]} chain
 * @property {string | null} version
 * @property {boolean} linked
 * @property {number | null} head what was sent up to here is history
 * @property {boolean} whole
 * @property {{ [queue: string]: Wire.QueueState }} queues
 * @property {{ [id: string]: Known }} open
 * @property {{ [id: string]: Known }} known
 * @property {History} history
 * @property {any[]} book
 * @property {boolean} journalFailing
 * @property {boolean} forgot the daemon was started on a damaged log and does not know who was called
 * @property {any} handover
 * @property {number | null} unheard
 * @property {any} configRefused
 * @property {{ [queue: string]: { at: string, blind_s: number } | null }} outages
 * @property {Wire.ListeningMessage | null} listening who may answer and has the floor open; nothing before it was told
 * @property {{ [id: string]: { by: Wire.By, at: number } }} answering who else is at which card, and since when by this page's clock
 */

/** @returns {State} */
export function emptyState() {
  return {
    you: null,
    seq: null,
    log: null,
    epoch: 0,
    zone: null,
    speed: 1,
    clocks: {},
    labels: {},
    chain: [],
    version: null,
    linked: false,
    head: null,
    whole: false,
    queues: {},
    open: {},
    known: {},
    history: {},
    book: [],
    journalFailing: false,
    forgot: false,
    handover: null,
    unheard: null,
    configRefused: null,
    outages: {},
    listening: null,
    answering: {},
  };
}

/**
 * @param {State} state
 * @param {any} message what the floor socket sends, or the page's own `link_lost`
 * @returns {State}
 */
export function reduce(state, message) {
  if (typeof message?.seq === 'number' && message.type !== 'welcome') {
    if (state.seq !== null && message.seq <= state.seq) return state;
    state = { ...state, seq: message.seq };
  }
  switch (message?.type) {
    case 'welcome': return welcomed(state, message);
    case 'state': return told(state, madeWhole(state, message));
    case 'instruction': return instructed(state, message);
    case 'answer': return answered(state, message);
    case 'notice': return noticed(state, message);
    case 'handover': return handedOver(state, message);
    case 'link_lost': return unseen(state, message.now);
    case 'answering': return atCard(state, message);
    case 'listening': return { ...state, listening: { people: message.people ?? [], more: message.more ?? 0 } };
    case 'answering_over': return leftCard(state, message);
    case 'gap': return written(state, { kind: 'gap', seq: message.to, from: message.from, to: message.to });
    default: return state;
  }
}

/**
 * Forgets nothing that a resumed connection builds on; another duty log starts from nothing.
 * @param {State} state
 */
function welcomed(state, message) {
  const other = (!state.linked && state.seq !== null && message.seq < state.seq) || (state.log && message.log && state.log !== message.log);
  const kept = other ? emptyState() : state;
  return {
    ...kept,
    epoch: other ? state.epoch + 1 : state.epoch,
    linked: true,
    head: state.linked ? kept.head : message.seq ?? null,
    you: message.you ?? null,
    log: message.log ?? kept.log,
    zone: message.zone ?? kept.zone,
    speed: message.speed ?? 1,
    clocks: message.clocks ?? {},
    labels: message.labels ?? {},
    chain: message.chain ?? [],
    version: message.version ?? null,
    journalFailing: message.journal_failing ?? kept.journalFailing,
    forgot: message.forgot === true,
    handover: message.handover ?? null,
    whole: kept.whole && state.linked,
  };
}

/**
 * A whole state replaces what was known; another one names only the queues that changed, each with its open instructions.
 * @param {State} state
 */
function told(state, message) {
  const changed = message.queues ?? [];
  const whole = message.whole ?? !state.whole;
  const queues = whole ? {} : { ...state.queues };
  const history = whole ? {} : { ...state.history };
  const at = Date.parse(message.now ?? '') || null;
  for (const { recent, ...queue } of changed) {
    // What has been is told once, at the beginning: kept with the queue, it would stand in for all that came since.
    queues[queue.queue] = queue;
    history[queue.queue] = remembered(state.history[queue.queue] ?? [], queue, recent, at);
  }
  const next = { ...state, whole: true, queues, history };
  if (typeof message.journal_failing === 'boolean') next.journalFailing = message.journal_failing;
  if (typeof message.speed === 'number') next.speed = message.speed;
  if (Array.isArray(message.instructions)) {
    const named = new Set(changed.map((queue) => queue.queue));
    const stays = whole ? [] : Object.values(state.open).filter((it) => !named.has(it.queue));
    const listed = message.instructions.filter((it) => !over(state, it.id)).map((it) => asListed(state.open[it.id], it, at));
    const open = byId([...stays, ...whole ? [] : notYetListed(state, named, message.instructions), ...listed]);
    // What says the same stays the same object: nothing is drawn anew for it.
    next.open = alike(open, state.open) ? state.open : open;
    next.known = next.open === state.open && Object.values(next.open).every((it) => state.known[it.id] === it) ? state.known : remembering(next, { ...state.known, ...next.open });
  }
  return next;
}

function byId(instructions) {
  return Object.fromEntries(instructions.map((it) => [it.id, it]));
}

/** A state may be a moment older than an answer that has come already: nobody who has taken an instruction untakes it. */
function asListed(before, it, now) {
  const { seen_by: by, eta_s: eta, seen_at: at } = before ?? {};
  const taken = by && !it.seen_by ? { seen_by: by, eta_s: eta, seen_at: at } : {};
  const listed = { ...before, ...it, ...taken, fresh: false };
  listed.broken = isBroken(listed, now);
  return before && alike(listed, before) ? before : listed;
}

/** Whether who has it had said when the people would be there, that is past, and the next level was told. */
function isBroken({ level, seen_by: by, seen_at: seen, eta_s: eta }, now) {
  return (level ?? 0) > 0 && by != null && eta != null && Date.parse(seen) + eta * 1000 < now;
}

/**
 * A state may also be a moment older than an instruction: what came since the last state is missed once.
 * @param {State} state
 */
function notYetListed(state, queues, listed) {
  const ids = new Set(listed.map((it) => it.id));
  return Object.values(state.open).filter((it) => it.fresh && queues.has(it.queue) && !ids.has(it.id)).map((it) => ({ ...it, fresh: false }));
}

/**
 * Whether an instruction has had its last word already, so that an older snapshot does not bring it back.
 * @param {State} state
 */
function over(state, id) {
  return state.known[id]?.closed === true;
}

/**
 * What happens while nobody tells is not drawn.
 * @param {State} state
 */
function unseen(state, now) {
  const at = Date.parse(now);
  const hole = (points) => (points.length > 0 && points.at(-1)[1] !== null ? [...points, [at, null]] : points);
  return { ...state, linked: false, listening: null, history: Object.fromEntries(Object.entries(state.history).map(([queue, points]) => [queue, hole(points)])) };
}

/**
 * What nothing on the page names any more is forgotten, so that a page may stay open for months.
 * @param {State} state
 */
function remembering(state, known) {
  if (Object.keys(known).length <= KNOWN_LIMIT) return known;
  const named = new Set([...state.book.map((entry) => entry.id ?? entry.instruction), ...Object.keys(state.open).map(Number), ...Object.values(state.queues).flatMap((queue) => (queue.moves ?? []).map((move) => move.instruction))]);
  return Object.fromEntries(Object.entries(known).filter(([id]) => named.has(Number(id))));
}

/** Where a depth began, and one point at or before the half hour that is kept: between two points nothing changed. */
function remembered(points, queue, recent, at) {
  const given = (recent ?? []).map(([t, waiting]) => [typeof t === 'string' ? Date.parse(t) : t, waiting]);
  let all = given.length > 0 ? given : points;
  if (at === null) return all;
  const depth = queue.blind ? null : queue.waiting ?? null;
  const last = all.at(-1);
  if (!last || (last[0] < at && last[1] !== depth)) all = [...all, [at, depth]];
  // They stand in order, and few are too old at a time: looked for from the oldest, a whole half hour is not gone through at every reading.
  let first = 0;
  while (all[first + 1]?.[0] <= at - HISTORY_MS) first += 1;
  return first > 0 || all.length > HISTORY_LIMIT ? all.slice(Math.max(first, all.length - HISTORY_LIMIT)) : all;
}

/**
 * Whether a message is of the time before this connection.
 * @param {State} state
 */
function past(state, message) {
  return state.head !== null && message.seq <= state.head;
}

function instructed(state, message) {
  const { type: _, ...instruction } = message;
  // It has reached whoever may answer, until a state says that it has not.
  const known = { ...state.known, [instruction.id]: { delivered: true, ...instruction, ...state.known[instruction.id], seq: message.seq } };
  const open = { ...state.open };
  if (!past(state, message)) {
    open[instruction.id] = { ...known[instruction.id], fresh: true };
    if (instruction.action === 'stand_down' && instruction.of != null) delete open[instruction.of];
  }
  const next = { ...state, open, known };
  return written(next, { kind: 'instruction', seq: message.seq, at: message.at, id: instruction.id, queue: instruction.queue });
}

function answered(state, message) {
  const entry = { ...message, kind: 'answer', id: message.instruction };
  delete entry.type;
  const known = { ...state.known };
  const open = { ...state.open };
  const before = known[entry.id] ?? { id: entry.id };
  const closes = entry.status === 'done' || entry.status === 'declined';
  const after = { ...before, last: entry };
  if (entry.status === 'seen') after.seen_by = entry.by;
  if (entry.status === 'seen') after.eta_s = entry.eta_s ?? null;
  if (entry.status === 'seen') after.seen_at = entry.at;
  if (entry.status === 'seen') after.broken = false;
  if (entry.status === 'unanswered') after.unanswered = true;
  if (entry.status === 'done') after.done = { by: entry.by, at: entry.at, seats: entry.seats ?? entry.people?.length ?? askedFor(before) };
  if (entry.status === 'confirmed') after.confirmed = entry.at;
  if (closes) after.closed = true;
  known[entry.id] = after;
  if (closes) delete open[entry.id];
  else if (open[entry.id]) open[entry.id] = after;
  const { [entry.id]: _, ...answering } = state.answering;
  return written({ ...state, known, open, answering: entry.id in state.answering ? answering : state.answering }, entry);
}

/** Somebody else is at a card; one's own other pages are oneself. `at`: when this page heard it. */
function atCard(state, { instruction, by, at }) {
  if (by.staff_no === state.you?.staff_no || !state.open[instruction]) return state;
  return { ...state, answering: { ...state.answering, [instruction]: { by, at } } };
}

/** A moment later they are not there any more, unless they have been heard of again. */
function leftCard(state, { instruction, at }) {
  if (state.answering[instruction]?.at !== at) return state;
  const { [instruction]: _, ...answering } = state.answering;
  return { ...state, answering };
}

function noticed(state, message) {
  const { type: _, ...notice } = message;
  const next = { ...state };
  const queue = state.queues[notice.queue];
  const change = (fields) => {
    if (queue && !past(state, message)) next.queues = { ...state.queues, [notice.queue]: { ...queue, ...fields } };
  };
  switch (notice.code) {
    case 'journal_failing': next.journalFailing = past(state, message) ? state.journalFailing : notice.failing !== false; break;
    case 'nobody_listening':
      next.unheard = notice.instruction;
      // Of the time before this page the state has told what became of it.
      if (past(state, message)) break;
      next.open = unheardIn(next.open, next.unheard);
      next.known = unheardIn(next.known, next.unheard);
      break;
    case 'feed_lost': change({ blind: true, blind_since: queue?.blind_since ?? notice.at }); break;
    case 'feed_back':
      change({ blind: false, blind_since: null });
      if (notice.anew) next.outages = { ...state.outages, [notice.queue]: { at: notice.at, blind_s: notice.blind_s } };
      break;
    case 'counted': next.outages = { ...state.outages, [notice.queue]: null }; break;
    case 'approval_asked': change({ approval: approvalOf(notice) }); break;
    case 'approval_lapsed': case 'approved': case 'approval_refused':
      if (queue?.approval?.tier === notice.tier) change({ approval: null });
      break;
    case 'not_shown': doubted(next, notice); break;
    case 'resumed': change({ paused: null }); break;
    case 'quieted': change({ quiet: { by: notice.by, until: notice.until, reason: notice.reason } }); break;
    case 'quiet_over': change({ quiet: null }); break;
    case 'incident_over': change({ incident: null }); break;
    case 'config_refused': next.configRefused = notice; break;
    case 'config_changed': next.configRefused = null; break;
    case 'passed_up': passedUp(next, notice); break;
    default: break;
  }
  return written(next, { ...notice, kind: 'notice' });
}

/** The same instructions, of which one has reached nobody. */
function unheardIn(instructions, id) {
  return instructions[id] ? { ...instructions, [id]: { ...instructions[id], delivered: false } } : instructions;
}

function approvalOf({ tier, action, pools, seats, people, reason, since, times, again_at: againAt, granted }) {
  return { tier, action, pools, seats, people, reason, since, times, again_at: againAt, ...granted ? { granted } : {} };
}

/** How many were said to be there and how many the phones show: the state tells only that they differ. */
function doubted(next, { instruction: id, seats, shown, near = [] }) {
  next.known = { ...next.known, [id]: { id, ...next.known[id], doubt: { seats, shown, near } } };
}

/**
 * What every page knows of a hand-over: whose it is and who has signed. The rest is read when somebody looks.
 * @param {State} state
 */
function handedOver(state, message) {
  const { type: _, id, step, side, by, at } = message;
  const next = { ...state };
  if (!past(state, message)) {
    if (step === 'begun') next.handover = { id, begun: { by, at }, leaving: null, coming: null };
    if (step === 'signed' && state.handover) next.handover = { ...state.handover, [side]: { by, at } };
    if (step === 'completed' || step === 'withdrawn') next.handover = null;
  }
  return written(next, { ...message, kind: 'handover', id: undefined, number: id });
}

function passedUp(next, notice) {
  const open = next.open[notice.instruction];
  if (!open || past(next, notice)) return;
  const fields = { ...open, level: notice.level ?? open.level, level_role: notice.role ?? open.level_role };
  if (notice.respond_by !== undefined) fields.respond_by = notice.respond_by;
  next.open = { ...next.open, [open.id]: fields };
}

function written(state, entry) {
  return { ...state, book: insert(state.book, entry) };
}

function insert(book, entry) {
  return [...book, entry].slice(-BOOK_LIMIT);
}

/**
 * What a reload of the page keeps, so that it resumes where it was.
 * @param {State} state
 */
export function keepsake(state) {
  const { seq, log, book, known, outages } = state;
  return { seq, log, book, known, outages };
}

/** How urgent an instruction is, least first: nobody answered at all, nobody has it yet, nobody need hurry, it is of a quiet queue, somebody has it, it presses nobody. */
function urgencyOf(state, it) {
  if (rests(it)) return 5;
  if (it.unanswered) return 0;
  if (!sounds(it, state.queues[it.queue])) return 3;
  if (!waits(it)) return 4;
  return takesBack(it) ? 2 : 1;
}

/** Whether an open instruction presses nobody: its people have been asked for again since, or its queue is paused and calm. */
export function rests(it) {
  return it.again != null || it.held === true;
}

/** Whether an open instruction waits for somebody: nobody has it, nobody answered at all, or the word of who has it is broken. What presses nobody waits for nobody. */
export function waits(it) {
  return !rests(it) && (!it.seen_by || it.unanswered === true || it.broken === true);
}

/**
 * The open instructions by urgency, then by the priority of their queues, then by the time left.
 * @param {State} state
 */
export function openInstructions(state) {
  return floorOf(state).open;
}

/**
 * `{asks, people, back, held}` over the open instructions: how many are to come, how many to go back, and how many asks press nobody since
 * their queue is paused and calm. Whose people are asked for again is answered by that.
 * @param {State} state
 */
export function summary(state) {
  const open = openInstructions(state).filter((it) => !it.again);
  const sum = (some) => some.reduce((all, it) => all + askedFor(it), 0);
  return { asks: open.length, held: open.filter((it) => it.held).length, people: sum(open.filter((it) => !takesBack(it))), back: sum(open.filter(takesBack)) };
}

/**
 * Whether an instruction went out while nobody listened, and nobody has it yet.
 * @param {State} state
 */
export function isDeaf(state) {
  const open = state.open[state.unheard];
  return open !== undefined && !open.delivered && !open.seen_by;
}

/**
 * The open calls that were the first of their surge, where later ones stand beside them: what began it is looked at first. Their ids. Where
 * the shift's summary is known, none where the first is answered already.
 * @param {State} state
 */
export function firstOut(state, shift = null) {
  const firsts = [...floorOf(state).openOf.values()].map((open) => open.filter((it) => !takesBack(it))).filter((calls) => calls.length > 1);
  return new Set(firsts.filter(([{ queue }]) => !isLater(state, shift, queue)).map((calls) => Math.min(...calls.map((it) => it.id))));
}

/** Whether the calls that are open of a queue came after the first one of its surge, as the shift's summary tells: that one is answered. */
function isLater(state, shift, queue) {
  const told = isBehind(state.queues[queue] ?? {}, shift) ? null : surgeOn(shift, queue);
  const first = told?.tiers?.[0]?.instruction;
  return first !== undefined && !state.open[first];
}

/** The surge that a queue is in, as a shift's summary has it. */
function surgeOn(shift, queue) {
  return (shift?.surges ?? []).find((surge) => surge.queue === queue && surge.ended === null) ?? null;
}

/** How many people an instruction is about. */
export function askedFor(instruction) {
  return instruction.seats?.ask ?? (typeof instruction.seats === 'number' ? instruction.seats : instruction.people?.length ?? 0);
}

/** The pools that an instruction or a move draws on, by name. */
export function poolsOf(it) {
  const pools = it.pools ?? (it.pool != null ? [it.pool] : []);
  return pools.map((pool) => (typeof pool === 'string' ? pool : pool.pool)).filter(Boolean);
}

/** `{code, …numbers}` of where a tier stands, whether it came flat or nested. */
export function standingOf(tier) {
  const standing = tier?.standing;
  if (!standing) return null;
  const flat = typeof standing === 'string' ? { ...tier, code: standing } : { ...standing, code: standing.standing };
  if (flat.code !== 'short') return flat;
  return typeof flat.why === 'string' ? { ...flat, code: flat.why } : { ...flat.why, code: flat.why?.why };
}

/**
 * Until when a tier is passed over, as a time of the wire; `null`: nobody knows. Of pools that have nobody to give since they said no to
 * some step, that step tells when they are asked again.
 * @param {State} state
 */
export function untilOf(state, { until, code, pools = [] }) {
  if (until || code !== 'nobody_to_give') return until ?? null;
  const saidNo = (queue, { tier }) => {
    const last = state.book.findLast((it) => it.kind === 'answer' && isNo(it) && state.known[it.id]?.queue === queue.queue && state.known[it.id]?.tier === tier);
    return last !== undefined && poolsOf(state.known[last.id]).some((pool) => pools.includes(pool));
  };
  const declined = (queue) => (queue.tiers ?? []).filter((tier) => standingOf(tier)?.code === 'declined' && saidNo(queue, tier));
  const times = Object.values(state.queues).flatMap(declined).map((tier) => standingOf(tier).until);
  return times.length > 0 ? times.reduce((one, other) => (Date.parse(other) < Date.parse(one) ? other : one)) : null;
}

/** Whether an answer says that nobody comes. */
function isNo({ status, seats, people }) {
  return status === 'declined' || (status === 'done' && (seats ?? people?.length) === 0);
}

/** Whether an instruction takes people back, so that nobody need hurry. */
export function takesBack(instruction) {
  return instruction.action === 'sign_out' || instruction.action === 'stand_down';
}

/**
 * The calls that stand on any queue, or are open and in no state yet, in the order of their ids.
 * @param {State} state
 */
function callsOn(state) {
  const moves = Object.values(state.queues).flatMap(({ queue, moves }) => (moves ?? []).filter((move) => !move.shadow).map((move) => about(move, move.instruction, queue, move.issued)));
  const open = Object.values(state.open).filter((it) => !takesBack(it) && !moves.some(({ id }) => id === it.id)).map((it) => about(it, it.id, it.queue, it.at));
  return [...moves, ...open].sort((a, b) => a.id - b.id);
}

/** @returns {import('./again.js').About} */
function about(it, id, queue, at) {
  return { id, queue, tier: it.tier, at, people: it.people ?? [], pools: poolsOf(it), n: askedFor(it) };
}

/**
 * The open instructions: each that takes people back with who of them has been asked for again since, each call with whether its queue is
 * paused and calm (`held`).
 * @param {State} state
 * @returns {Known[]}
 */
function openNow(state) {
  const open = Object.values(state.open);
  const calls = open.some(takesBack) ? callsOn(state) : [];
  return open.map((it) => {
    if (!takesBack(it)) return waits(it) && isHeld(state.queues[it.queue]) ? { ...it, held: true } : it;
    const again = mayBeOnTheWay(state, it) ? null : askedAgain(about(it, it.id, it.queue, it.at), calls);
    return again ? { ...it, again } : it;
  });
}

/** Whether a queue is paused and calm: no step's condition holds, and what was called before stays open for the plan's standing still alone. */
function isHeld(queue) {
  return Boolean(queue?.paused) && !queue.blind && queue.waiting != null && queue.waiting <= (queue.lines?.[0] ?? Infinity) && (queue.tiers ?? []).every((tier) => tier.began == null);
}

/** Whether people without names are still on their way back: then others of their pool were called, and not they. */
function mayBeOnTheWay(state, { queue, of, people }) {
  return !people?.length && (state.queues[queue]?.leaving ?? []).some((move) => move.instruction === of);
}

/**
 * The queues, those that come first where pools are shared before the others.
 * @param {State} state
 */
export function queuesOf(state) {
  return floorOf(state).queues;
}

const floors = new WeakMap();

/**
 * What several views need of one state, computed once: `{queues, open, openOf, moods}`.
 * @param {State} state
 */
export function floorOf(state) {
  let floor = floors.get(state);
  if (floor) return floor;
  const byKey = (a, b) => (a.queue < b.queue ? -1 : Number(a.queue > b.queue));
  const queues = Object.values(state.queues).sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0) || byKey(a, b));
  const due = (it) => Date.parse(it.respond_by ?? '') || Infinity;
  const priority = (it) => state.queues[it.queue]?.priority ?? 0;
  const open = openNow(state).sort((a, b) => urgencyOf(state, a) - urgencyOf(state, b) || priority(b) - priority(a) || due(a) - due(b) || a.id - b.id);
  const openOf = Map.groupBy ? Map.groupBy(open, (it) => it.queue) : new Map(queues.map(({ queue }) => [queue, open.filter((it) => it.queue === queue)]));
  floor = { queues, open, openOf, moods: new Map(), byTrouble: null };
  floors.set(state, floor);
  for (const { queue } of queues) floor.moods.set(queue, moodFrom(state, queue, openOf.get(queue) ?? []));
  return floor;
}

/** Moods from the worst to the calmest. */
const TROUBLE = ['ask', 'approval', 'blind', 'building', 'ease', 'in_hand', 'incident', 'release', 'unknown', 'shadow', 'paused', 'calm'];
const LEAVES_ALONE = TROUBLE.indexOf('release');

/**
 * Whether a queue needs somebody's eyes.
 * @param {State} state
 */
export function inTrouble(state, name) {
  return TROUBLE.indexOf(floorOf(state).moods.get(name)) < LEAVES_ALONE;
}

/**
 * The queues, the worst first: what is open and how far up it is, then priority, then depth by its size.
 * @param {State} state
 */
export function queuesByTrouble(state) {
  const floor = floorOf(state);
  floor.byTrouble ??= sortedByTrouble(state, floor.moods);
  return floor.byTrouble;
}

function sortedByTrouble(state, moods) {
  const size = (queue) => Math.round(Math.log2((queue.waiting ?? 0) + 1));
  return queuesOf(state)
    .map((queue) => ({ queue, mood: TROUBLE.indexOf(moods.get(queue.queue)), level: levelOf(state, queue.queue), size: size(queue) }))
    .sort((a, b) => a.mood - b.mood || b.level - a.level || (b.queue.priority ?? 0) - (a.queue.priority ?? 0) || b.size - a.size)
    .map(({ queue }) => queue);
}

/** How far up the chain of command what is open of a queue has gone. */
function levelOf(state, name) {
  return Math.max(0, ...(floorOf(state).openOf.get(name) ?? []).filter((it) => !rests(it)).map((it) => (it.unanswered ? 99 : it.level ?? 0)));
}

/**
 * How bad a queue is, as a number, the worst the least: how it feels, then how far up it is, then its priority. Of two that are alike the same.
 * @param {State} state
 */
export function rankOf(state, name) {
  return TROUBLE.indexOf(moodOf(state, name)) - Math.min(levelOf(state, name), 99) / 1e3 - Math.min(state.queues[name]?.priority ?? 0, 1e6) / 1e10;
}

/** Whether a queue of this rank needs somebody's eyes. */
export const troublesRank = (rank) => rank < LEAVES_ALONE - 0.5;

/**
 * What waits for a leader's yes, longest first: `{queue, …approval}`.
 * @param {State} state
 */
export function approvalsOf(state) {
  const waiting = queuesOf(state).filter((queue) => queue.approval).map((queue) => ({ ...queue.approval, queue: queue.queue }));
  return waiting.sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
}

/**
 * Moves that were said to be done and that the phones do not show: `{queue, …move, shown, near}`.
 * @param {State} state
 */
export function doubtsOf(state) {
  return queuesOf(state).flatMap((queue) => (queue.moves ?? []).filter((move) => move.not_shown)
    .map((move) => {
      const doubt = state.known[move.instruction]?.doubt;
      return { ...move, queue: queue.queue, shown: doubt?.shown ?? null, near: doubt?.near ?? [] };
    }));
}

/**
 * Queues that could not be seen for long while people were on the move, and that nobody has counted since.
 * @param {State} state
 */
export function uncounted(state) {
  const before = (queue, outage) => realMoves(queue).some((move) => Date.parse(move.issued) < Date.parse(outage.at));
  return queuesOf(state).filter((queue) => !queue.blind && state.outages?.[queue.queue] && before(queue, state.outages[queue.queue]));
}

/** The moves whose people may really be there, those on their way back last. */
export function realMoves(queue) {
  return [...queue.moves ?? [], ...queue.leaving ?? []].filter((move) => !move.shadow);
}

/** What of a queue is decided in shadow: `all`, the tiers that are, or nothing. */
export function shadowOf(queue) {
  const tiers = queue.tiers ?? [];
  const dark = tiers.filter((tier) => tier.mode === 'shadow').map((tier) => tier.tier);
  if (queue.mode === 'shadow' && dark.length === tiers.length) return 'all';
  return dark.length > 0 ? dark : null;
}

/**
 * How a queue feels in one word: one of `TROUBLE`.
 * @param {State} state
 */
export function moodOf(state, name) {
  return floorOf(state).moods.get(name) ?? 'unknown';
}

function moodFrom(state, name, open) {
  const queue = state.queues[name];
  if (queue.blind) return 'blind';
  const waiting = open.filter(waits);
  if (waiting.some((it) => !takesBack(it))) return 'ask';
  if (queue.approval && !queue.approval.granted) return 'approval';
  if (queue.waiting == null) return 'unknown';
  if (queue.paused) return 'paused';
  if (waiting.length > 0) return 'ease';
  if (open.length > 0) return 'in_hand';
  const first = queue.lines?.[0];
  if (shadowOf(queue) === 'all') return queue.next?.due_at || (first !== undefined && queue.waiting > first) ? 'shadow' : queue.incident ? 'incident' : 'calm';
  if (queue.next?.due_at || (first !== undefined && queue.waiting > first)) return 'building';
  if ((queue.moves ?? []).some((move) => !move.shadow)) return 'release';
  return queue.incident ? 'incident' : 'calm';
}

/**
 * How far the people of a move are, as far as somebody has said or the phones show: `{code, by?, at?, n, of}`. Nobody is on the way
 * before somebody has seen the instruction, and nobody is on the phones because time has passed.
 */
export function stageOf(state, queue, move) {
  const known = state.open[move.instruction] ?? state.known[move.instruction] ?? {};
  const { done, confirmed, doubt } = state.known[move.instruction] ?? {};
  const n = typeof move.seats === 'number' ? move.seats : askedFor(move);
  const of = Math.max(n, known.seats ? askedFor(known) : n);
  if (move.shadow) return { code: 'shadow', n, of };
  if ((queue.leaving ?? []).includes(move)) return { code: 'leaving', n, of };
  if (move.not_shown) return { code: 'not_shown', n: doubt?.shown ?? null, of: n };
  // What the phones show counts before what anybody has said.
  if (move.shown > 0) return { code: 'on', n: move.shown, of };
  if (confirmed) return { code: 'on', n, of };
  // A state may be a moment older than the answer.
  if (done) return { code: 'said', by: done.by, n: Math.min(n, done.seats), of };
  if (known.seen_by) {
    const at = known.eta_s != null && known.seen_at ? Date.parse(known.seen_at) + known.eta_s * 1000 : null;
    return { code: at === null ? 'seen' : known.broken ? 'late' : 'coming', by: known.seen_by, at, n, of };
  }
  if (move.answered) return { code: move.settled ? 'settled' : 'answered', n, of };
  return { code: known.unanswered ? 'unanswered' : 'asked', n, of };
}

/** Whether at that stage somebody has said or the phones show that people came. */
export function haveCome({ code }) {
  return ['on', 'said', 'settled', 'answered', 'not_shown'].includes(code);
}

/** Whether a summary was drawn up before the calls that stand, so that its surge may be an earlier one. */
export function isBehind(queue, summary) {
  const stand = firstCall(queue);
  return summary !== null && stand !== null && Date.parse(summary.to) < stand;
}

/** The first call that stands and has reached somebody, in milliseconds. */
function firstCall(queue) {
  const issued = (queue.moves ?? []).filter((move) => !move.shadow).map((move) => Date.parse(move.issued));
  return issued.length > 0 ? Math.min(...issued) : null;
}
