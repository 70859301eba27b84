// The duty log as it was asked for: filters to a query, pages to one list, records to entries. Pure but for `call`.

/** Groups of records that a person can choose; readings and raw inputs say nothing more. */
export const GROUPS = ['instructions', 'answers', 'orders', 'sight', 'plan', 'daemon', 'access', 'handover'];
const PAGE = 100;
/** A text is looked for in what the page itself says, in the reader's language: so many records are gone through at a time, and at one touch. */
const PAGE_SOUGHT = 500;
const SOUGHT = 5_000;
/** So many are kept on the page; whoever wants more takes a narrower filter, or `surged log export`. */
const LIMIT_KEPT = 2_000;

export function everything(day) {
  return { groups: [...GROUPS], queue: '', day, who: '', text: '' };
}

/** The query of a filter, but for its text; times of a day are those of the floor's zone, sentences come in the reader's language. */
export function queryOf(filter, { zone, language }) {
  const query = new URLSearchParams({ newest: 'true', limit: String(filter.text.trim() ? PAGE_SOUGHT : PAGE), kind: filter.groups.join(','), language });
  for (const key of ['queue', 'who']) if (filter[key].trim()) query.set(key, filter[key].trim());
  if (filter.day) {
    const [from, to] = dayBounds(filter.day, zone);
    query.set('from', from);
    query.set('to', to);
  }
  return query;
}

/** The first moment of a day in a zone, and of the day after it. */
export function dayBounds(day, zone) {
  const [year, month, date] = day.split('-').map(Number);
  return [Date.UTC(year, month - 1, date), Date.UTC(year, month - 1, date + 1)].map((civil) => new Date(instantOf(civil, zone)).toISOString());
}

/** The instant at which clocks of a zone show this civil time; a second look serves days on which clocks are changed. */
function instantOf(civil, zone) {
  const first = civil - offset(civil, zone);
  return civil - offset(first, zone);
}

function offset(at, zone) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone ?? undefined, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - Math.floor(at / 1000) * 1000;
}

/** A record as the list of today words it; `instructions` takes those that it names, by number. */
export function entryOf({ seq, record }, instructions) {
  const { message } = record;
  const entry = { seq, at: record.at, queue: record.queue };
  switch (message?.type) {
    case 'instruction':
      instructions[message.id] = message;
      return { ...entry, kind: 'instruction', id: message.id };
    case 'answer': return { ...message, ...entry, kind: 'answer', id: message.instruction };
    case 'notice': return { ...message, ...entry, kind: 'notice' };
    case 'handover': return { ...message, ...entry, kind: 'handover', number: message.id };
    default: {
      const { input, decision, fact } = record.record ?? {};
      // Decided in shadow: the floor was told nothing.
      const { instruction } = decision ?? {};
      if (record.kind === 'instruct' && instruction) {
        instructions[instruction.id] = { ...instruction, pools: instruction.parts, reason: null };
        return { ...entry, kind: 'instruction', id: instruction.id, shadow: true };
      }
      return { ...input, ...decision, ...fact, ...entry, kind: 'logged', code: record.kind, words: record.words };
    }
  }
}

export class LogBook {
  #call;
  #asked = 0;

  /** `call(path)` reads over HTTP; `changed()` is called after every step. */
  constructor(call, changed) {
    this.#call = call;
    this.changed = changed;
    /** @type {Map<number, any>} */
    this.records = new Map();
    /** @type {{ [id: string]: any }} */
    this.instructions = {};
    /** @type {((entry: any, instructions: any) => boolean) | null} */
    this.keeps = null;
    this.top = 0;
    /** Whether anything has come of what is asked for now. */
    this.answered = false;
    this.forget();
  }

  forget() {
    Object.assign(this, { query: null, keeps: null, records: new Map(), instructions: {}, before: null, top: 0, more: false, loading: false, answered: false, error: null });
    this.#asked += 1;
  }

  /** Entries, the newest first, and the instructions that they name. */
  list() {
    const records = [...this.records.values()].sort((a, b) => b.seq - a.seq);
    return { entries: records.map((record) => entryOf(record, this.instructions)), instructions: this.instructions };
  }

  /** Begins anew with this query, and keeps what `keeps(entry, instructions)` wants; without it all. */
  show(query, keeps = null) {
    this.forget();
    this.query = query;
    this.keeps = keeps;
    return this.#back({});
  }

  /** Reads back until there is a page of what is kept, or enough was gone through: then the next touch goes on from there. */
  async #back(from) {
    const { query } = this;
    const enough = this.records.size + PAGE;
    let gone = 0;
    let next = from;
    for (;;) {
      let went = 0;
      await this.#read(next, (page) => { this.before = page.next; this.more = page.more && this.records.size < LIMIT_KEPT; went = page.records.length; });
      gone += went;
      if (this.query !== query || this.error || !this.more || this.records.size >= enough || !this.keeps || gone >= SOUGHT) return;
      next = { before: this.before };
    }
  }

  earlier() {
    if (!this.more || this.loading) return undefined;
    return this.#back({ before: this.before });
  }

  /** What has come since. Where that is more than a page, the list begins anew: it must have no holes. */
  async later() {
    if (!this.query || this.loading) return;
    const { top } = this;
    let hole = false;
    await this.#read({ since: top }, (page) => { hole = page.more && top > 0; });
    if (hole) await this.show(this.query, this.keeps);
  }

  /** An answer stands before what it answers where the newest come first: names are learnt from all of them before any is judged. */
  #keep(records) {
    const entries = records.map((it) => [it, entryOf(it, this.instructions)]);
    for (const [it, entry] of entries) {
      this.top = Math.max(this.top, it.seq);
      if (!this.keeps || this.keeps(entry, this.instructions)) this.records.set(it.seq, it);
    }
  }

  async #read(more, then) {
    const mine = (this.#asked += 1);
    this.loading = true;
    this.changed();
    const query = new URLSearchParams(this.query);
    for (const [key, value] of Object.entries(more)) query.set(key, value);
    try {
      const page = await this.#call(`log?${query}`);
      if (mine !== this.#asked) return;
      this.#keep(page.records);
      then(page);
      this.error = null;
    } catch (error) {
      if (mine !== this.#asked) return;
      this.error = error;
    }
    this.loading = false;
    this.answered = true;
    this.changed();
  }
}
