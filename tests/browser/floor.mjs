// A real floor for the browser: the daemon as a program of its own, and a phone system that says what the test wants.

import { execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

/** Relative to where the test was begun; daemons run in folders of their own. */
export const PROGRAM = resolve(process.env.SURGED ?? fileURLToPath(new URL('../../target/debug/surged', import.meta.url)));
const HEARTBEAT_MS = 500;
export const PATIENCE_MS = 30_000;

/** A phone system: one reading a queue, told at every connection and at every change, and a heartbeat in between. */
export class PhoneSystem {
  #readings = new Map();
  #server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  #beat = setInterval(() => this.#send({ heartbeat: true }), HEARTBEAT_MS);

  async listen() {
    await once(this.#server, 'listening');
    this.#server.on('connection', (socket) => {
      for (const reading of this.#readings.values()) socket.send(JSON.stringify(reading));
    });
    return this;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}/feed`;
  }

  /** Tells a reading; what is not given stays as it was. Returns when it was sent, in milliseconds since 1970. */
  tell(reading, queue = 'inbound') {
    const at = Date.now();
    this.#readings.set(queue, { ...this.#readings.get(queue), queue, ...reading });
    this.#send(this.#readings.get(queue));
    return at;
  }

  /** Says that it has lost sight of its queues. */
  lose() {
    clearInterval(this.#beat);
    this.#send({ lost: true });
    return Date.now();
  }

  /** Sees them again. */
  recover(reading) {
    this.#beat = setInterval(() => this.#send({ heartbeat: true }), HEARTBEAT_MS);
    return this.tell(reading);
  }

  close() {
    clearInterval(this.#beat);
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #send(message) {
    for (const client of this.#server.clients) client.send(JSON.stringify(message));
  }
}

/** The daemon over a plan in a folder of its own. */
export class Daemon {
  #folder = mkdtempSync(join(tmpdir(), 'surged-browser-'));
  #config = join(this.#folder, 'surged.toml');

  constructor(plan) {
    writeFileSync(this.#config, plan);
  }

  /** Makes a token; `{token, id}`. */
  letIn(name, staffNo, role) {
    const token = this.#surged('token', 'new', '--name', name, '--staff-no', staffNo, '--role', role).trim();
    const row = this.#surged('token', 'list').split('\n').map((line) => line.split('\t')).find((cells) => cells[3] === staffNo);
    return { token, id: row[0] };
  }

  revoke({ id }) {
    this.#surged('token', 'revoke', id);
  }

  /** What `surged log VERB` says, beside the running daemon. */
  log(verb) {
    return execFileSync(PROGRAM, ['log', verb, '-c', this.#config], { cwd: this.#folder, env: this.#environment(), stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
  }

  /** Saves another plan, as an editor would. */
  replan(plan) {
    writeFileSync(this.#config, plan);
  }

  /** Starts it; resolves once it says where its floor is. */
  async start() {
    this.process = spawn(PROGRAM, ['run', '-c', this.#config], { cwd: this.#folder, env: this.#environment(), stdio: ['ignore', 'ignore', 'pipe'] });
    this.said = [];
    const lines = createInterface({ input: this.process.stderr });
    const address = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`surged did not start:\n${this.said.join('\n')}`)), PATIENCE_MS);
      lines.on('line', (line) => {
        this.said.push(line);
        const url = /the floor is on (http:\/\/[^\s"]+\/)/.exec(line)?.[1];
        if (url) {
          clearTimeout(late);
          resolve(url);
        }
      });
      this.process.on('error', reject);
      this.process.on('exit', () => reject(new Error(`surged ended:\n${this.said.join('\n')}`)));
    });
    this.url = await address;
  }

  /** The power is cut; `start` begins again over the same files. */
  async kill() {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  /** Ended as an operator ends it; `start` begins again over the same files. */
  async end() {
    if (this.process?.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
  }

  async stop() {
    await this.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #surged(...args) {
    const [command, ...rest] = args;
    return execFileSync(PROGRAM, [command, '-c', this.#config, ...rest], { cwd: this.#folder, env: this.#environment(), stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
  }

  #environment() {
    const { STATE_DIRECTORY: _, ...rest } = process.env;
    return { ...rest, NO_COLOR: '1' };
  }
}

/** The demo, at its own speed where none is given; `more`: further arguments. `says(words)`: waits until it has said so; `end()`: Ctrl-C, and all that it said. */
export async function demo(speed, listen = '127.0.0.1:0', ...more) {
  const fast = speed ? ['--speed', String(speed)] : [];
  const process_ = spawn(PROGRAM, ['demo', ...fast, '--listen', listen, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  const heard = new EventEmitter();
  const gone = once(process_, 'close');
  const url = new Promise((resolve, reject) => {
    for (const input of [process_.stdout, process_.stderr]) createInterface({ input }).on('line', (line) => {
      said.push(line);
      heard.emit('line');
      const [, url] = /^console +(http:\/\/\S+?\/)\s/.exec(line) ?? [];
      if (url) resolve(url);
    });
    gone.then(() => reject(new Error(`surged demo ended before it said where its console is:\n${said.join('\n')}`)));
  });
  const says = async (words) => {
    while (!said.some((line) => line.includes(words))) await once(heard, 'line', { signal: AbortSignal.timeout(PATIENCE_MS) });
  };
  const end = async () => {
    process_.kill('SIGINT');
    await gone;
    return said;
  };
  return { url: await url, says, end, stop: () => process_.kill('SIGTERM') };
}

export const output = fileURLToPath(new URL('../output/', import.meta.url));
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
