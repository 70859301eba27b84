// Every word that a person reads: one table a language, names from the configuration, numbers and times in the floor's zone.

export const LANGUAGES = ['en', 'zh-Hans', 'zh-Hant'];

/** The staff number under which the phone system itself shows something. */
const FEED = 'feed';

/** The first language of a browser's list for which there is a table. */
export function pickLanguage(preferred) {
  for (const tag of preferred ?? []) {
    const low = tag.toLowerCase();
    if (low.startsWith('zh')) return /hant|-tw|-hk|-mo/.test(low) ? 'zh-Hant' : 'zh-Hans';
    if (low.startsWith('en')) return 'en';
  }
  return 'en';
}

export class Words {
  /** The page's own reasons in every language, by their texts: a reason travels as a text. */
  static canned = {};

  #table;
  #causes;
  #plural;
  #clock;
  #minute;
  #day;

  /** `causes` says the daemon's own English sentences in this language, once its table is loaded. */
  constructor(language, table, { labels = {}, zone = null, causes = null } = {}) {
    this.#causes = causes;
    this.language = language;
    this.labels = labels;
    this.zone = zone;
    this.#table = table;
    this.#plural = new Intl.PluralRules(language);
    const timeZone = zone ?? undefined;
    this.#clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone });
    this.#minute = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
    this.#day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', weekday: 'short', timeZone });
  }

  has(key) {
    return Object.hasOwn(this.#table, key);
  }

  /** The text of `key`; `{n}` takes a value, `{n:person|people}` the form that fits the number `n`. */
  t(key, values = {}) {
    const text = this.#table[key];
    if (text === undefined) return key;
    if (typeof text === 'function') return text(values);
    return text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, other) => {
      const value = values[name] ?? '';
      if (one === undefined) return String(value);
      return this.#plural.select(Number(value)) === 'one' ? one : other;
    });
  }

  /** A sentence that the daemon wrote down in English, or whatever somebody else wrote there. */
  cause(said) {
    return typeof said === 'string' && this.#causes ? this.#causes(said) : said;
  }

  /** The text of a code of the wire in its family; what a newer server may send is shown as it came. */
  of(family, code, values) {
    const key = `${family}.${code}`;
    return this.has(key) ? this.t(key, values) : plain(code);
  }

  /** The name of a queue, pool, tier, ladder or role, as the configuration labels it, else as the plan's own words have it. */
  name(kind, raw) {
    if (raw == null) return '';
    const given = this.labels?.[kind]?.[raw];
    if (typeof given === 'string') return given;
    const label = given?.[this.language] ?? given?.en ?? (given && Object.values(given)[0]);
    return label ?? (this.has(`name.${raw}`) ? this.t(`name.${raw}`) : plain(raw));
  }

  /** How somebody is called: by their own name, or in the reader's language where they have none but a number of ours: whoever sits at this machine, a demo's supervisor. */
  person(by) {
    // What the feed shows is nobody's word, and has its name in the reader's language.
    if (by?.staff_no === FEED) return this.t('person.feed');
    const key = `person.${by?.name}`;
    return by?.name && by.name === by.staff_no && this.has(key) ? this.t(key) : by?.name ?? '';
  }

  /** The same with their staff number, where that says more than the name. */
  who(by) {
    if (!by?.name) return by?.staff_no ?? '–';
    if (by.staff_no === FEED) return this.person(by);
    return by.staff_no && by.staff_no !== by.name ? `${by.name} (${by.staff_no})` : this.person(by);
  }

  /** A reason that somebody chose from the page's own, in the reader's language, whatever the language of who chose it; their own words stay. */
  said(text) {
    const key = Words.canned[text?.trim?.()];
    return key && this.has(key) ? this.t(key) : text;
  }

  list(items) {
    return new Intl.ListFormat(this.language, { type: 'conjunction', style: 'short' }).format(items);
  }

  /** A time of day in the floor's zone. */
  time(at, seconds = false) {
    const date = new Date(at);
    if (Number.isNaN(date.getTime())) return '–';
    return (seconds ? this.#clock : this.#minute).format(date);
  }

  /** A time of day, with its day where that is not today's. */
  when(at, now) {
    const day = this.day(at);
    return day === this.day(now) ? this.time(at) : `${day} ${this.time(at)}`;
  }

  day(at) {
    return this.#day.format(new Date(at));
  }
}

/** `4:05`, or `1:02:03` from an hour on. Unknown is a dash. */
export function span(seconds) {
  if (seconds == null || Number.isNaN(seconds)) return '–';
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** What is left of a countdown: rounds up, so that it reads 0:00 only when it is over. */
export function left(seconds) {
  return span(Math.ceil(Math.max(0, seconds)));
}

function plain(code) {
  return String(code ?? '').replaceAll('_', ' ');
}
