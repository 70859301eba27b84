// Being heard: a short figure of tones, a notification of the browser, and the tab's title. Silent until somebody asks for it.

const FIGURES = {
  ask: [[660, 0, 0.16], [880, 0.18, 0.16], [1320, 0.36, 0.34]],
  up: [[880, 0, 0.14], [880, 0.2, 0.14], [880, 0.4, 0.14], [1175, 0.6, 0.4]],
  calm: [[880, 0, 0.16], [587, 0.2, 0.3]],
};
const AGAIN_MS = 20_000;

export class Bell {
  #context = null;
  #on = false;
  #again = null;
  #shown = new Map();

  get on() {
    return this.#on;
  }

  /** Must follow a tap: browsers let a page sound only then. Asks for notifications as well. */
  async turnOn() {
    this.#on = true;
    this.#wake();
    this.ring('ask');
    if ('Notification' in globalThis && Notification.permission === 'default') await Notification.requestPermission();
  }

  /** For a page that nobody touches: sounds from the moment at which its browser lets it, which a kiosk's may of itself; `heard()` is called then. */
  soundIfItMay(heard) {
    const context = this.#made();
    if (!context) return;
    const look = () => {
      if (this.#on || context.state !== 'running') return;
      this.#on = true;
      heard();
    };
    context.addEventListener('statechange', look);
    // Stays open for ever where it may not.
    context.resume().then(look, () => {});
  }

  turnOff() {
    this.#on = false;
    clearInterval(this.#again);
  }

  /** A screen that has gone dark calls nobody: kept on while the page is in sight, where the browser may. */
  async stayAwake() {
    try {
      await navigator.wakeLock?.request('screen');
    } catch {
      // The battery is low, or the page is not in sight: asked again when it is.
    }
  }

  ring(figure) {
    if (this.#on && figure !== 'calm') navigator.vibrate?.([200, 100, 200]);
    if (!this.#on || !this.#wake()) return;
    const context = this.#context;
    for (const [pitch, after, length] of FIGURES[figure] ?? FIGURES.ask) {
      const start = context.currentTime + after;
      const tone = context.createOscillator();
      const loud = context.createGain();
      tone.type = 'triangle';
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, start);
      loud.gain.exponentialRampToValueAtTime(0.5, start + 0.015);
      loud.gain.exponentialRampToValueAtTime(0.0001, start + length);
      tone.connect(loud).connect(context.destination);
      tone.start(start);
      tone.stop(start + length + 0.05);
    }
  }

  /** Rings again and again while `needed()` says that something waits for a person. */
  insist(needed) {
    clearInterval(this.#again);
    this.#again = setInterval(() => needed() && this.ring('ask'), AGAIN_MS);
  }

  notify(title, body, tag) {
    if (!this.#on || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
    const options = { body, tag, requireInteraction: true, icon: 'icon.svg' };
    try {
      const it = new Notification(title, options);
      it.onclick = () => { globalThis.focus(); it.close(); };
      it.onclose = () => this.#shown.delete(tag);
      this.#shown.set(tag, it);
    } catch {
      // Phones allow notifications only from a service worker, where there is one.
      navigator.serviceWorker?.getRegistration().then((it) => it?.showNotification(title, options)).catch(() => {});
    }
  }

  /** What has been answered calls nobody any more, whoever has shown it. */
  settle(tag) {
    this.#shown.get(tag)?.close();
    navigator.serviceWorker?.getRegistration().then((it) => it?.getNotifications({ tag })).then((all) => all?.forEach((it) => it.close())).catch(() => {});
  }

  #wake() {
    const context = this.#made();
    if (context?.state === 'suspended') context.resume();
    return context !== null;
  }

  #made() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context) return null;
    this.#context ??= new Context();
    return this.#context;
  }
}
