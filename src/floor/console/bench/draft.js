// What somebody has changed on the bench, as the daemon is asked for it. Nothing here knows a page.

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A key of the plan's file as one text. */
export const keyOf = (key) => JSON.stringify(key);

/** `"1h30m"` in seconds; `null`: it is no duration. */
export function readSpan(text) {
  const parts = [...String(text).trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== String(text).trim()) return null;
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit], 0) / 1_000;
}

/** Seconds as the plan's file writes them: `90` is `"1m30s"`. */
export function writeSpan(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  return `${h > 0 ? `${h}h` : ''}${m > 0 ? `${m}m` : ''}${s > 0 || whole === 0 ? `${s}s` : ''}`;
}

/** A value as a number to slide along; `null`: it is none. */
export function numberOf(kind, value) {
  if (value == null || value === '') return null;
  const number = kind === 'span' ? readSpan(value) : Number(value);
  return number === null || Number.isNaN(number) ? null : number;
}

/** A number that was slid to, as the plan's file writes it. */
export const valueOf = (kind, number) => (kind === 'span' ? writeSpan(number) : kind === 'count' ? Math.round(number) : Number(number.toFixed(2)));

/** The unit that a duration ends in; `null`: it is none, or nought, which is of any unit. */
const unitOf = (span) => (span != null && readSpan(span) > 0 ? /[a-z]+$/.exec(String(span).trim())[0] : null);

/**
 * What was typed, as the plan's file writes it; a bare number in the unit of the first of `shown` that has one: of what the field has shown.
 * What cannot be right goes as it is: the daemon's own reader says why.
 */
export function typed(kind, text, ...shown) {
  const bare = text.trim();
  if (kind === 'span') return /^\d+$/.test(bare) ? `${bare}${Number(bare) === 0 ? 's' : shown.map(unitOf).find((unit) => unit !== null) ?? 's'}` : bare;
  return bare !== '' && Number.isFinite(Number(bare)) ? Number(bare) : bare;
}

/** From where to where a threshold slides, and in which steps: three times what is written at least. */
export function reach({ kind, written, usual }) {
  const now = numberOf(kind, written) ?? numberOf(kind, usual) ?? 0;
  if (kind === 'share') return { min: 0, max: 1, step: 0.01 };
  if (kind === 'number') return { min: 0, max: Math.max(1, now * 3), step: 0.05 };
  if (kind === 'count') return { min: 0, max: Math.max(20, Math.ceil(now * 3)), step: 1 };
  const max = Math.max(900, now * 3);
  return { min: 0, max, step: max <= 1_800 ? 15 : max <= 7_200 ? 60 : 300 };
}

const same = (kind, one, other) => one === other || (kind === 'span' && one != null && other != null && readSpan(one) !== null && readSpan(one) === readSpan(other));

/** The thresholds that differ from what is written. */
export class Draft {
  #changed = new Map();

  /** Sets a threshold; what is as written, or as it is where nothing is written, is no change. */
  set({ key, kind, written, usual }, value) {
    const at = keyOf(key);
    if (value === '' || same(kind, value, written ?? usual)) this.#changed.delete(at);
    else this.#changed.set(at, { key, value });
  }

  clear(key = null) {
    if (key) this.#changed.delete(keyOf(key));
    else this.#changed.clear();
  }

  has(key) {
    return this.#changed.has(keyOf(key));
  }

  /** What holds of a threshold now. */
  value({ key, written, usual }) {
    return this.#changed.get(keyOf(key))?.value ?? written ?? usual ?? null;
  }

  get size() {
    return this.#changed.size;
  }

  /** As the daemon is asked for it. */
  settings() {
    return [...this.#changed.values()];
  }
}

/** The depths at which tiers of these ladders begin: as written, and as they are now. */
export function linesOf(groups, ladders, draft) {
  const found = { written: new Set(), changed: new Set() };
  for (const group of groups) {
    if (group.kind !== 'tier' || !ladders.includes(group.ladder)) continue;
    for (const it of group.thresholds) {
      if (it.name !== 'waiting_above') continue;
      if (typeof it.written === 'number') found.written.add(it.written);
      const now = draft.value(it);
      if (typeof now === 'number') found.changed.add(now);
    }
  }
  const sorted = (set) => [...set].sort((one, other) => one - other);
  return { written: sorted(found.written), changed: sorted(found.changed).filter((it) => !found.written.has(it)) };
}

/** Decisions of both plans, each moment once, in the order of time: `{line, sides: [as written, changed]}`. */
export function besides([written, changed]) {
  const rows = new Map();
  const put = (side) => (line) => {
    const at = [line.at, line.queue, line.action, line.tier].join(' ');
    const row = rows.get(at) ?? { line, sides: [null, null] };
    // Two of the same in one millisecond are two rows.
    if (row.sides[side]) rows.set(`${at} ${line.id} ${side}`, { line, sides: side === 0 ? [line, null] : [null, line] });
    else {
      row.sides[side] = line;
      rows.set(at, row);
    }
  };
  written?.decisions.forEach(put(0));
  changed?.decisions.forEach(put(1));
  return [...rows.values()].sort((one, other) => (one.line.at < other.line.at ? -1 : one.line.at > other.line.at ? 1 : 0));
}
