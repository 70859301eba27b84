// How much a session is told:  node wire.mjs [--json] [--over SECONDS]
//
//   20 and 200 queues, each with four other depths a second, on the written plan by day; ten seconds of state, then one surge
//
// Two sessions side by side: one that is told whole queues, and one that asks for what changed alone (`"changes":true`).

import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Daemon, PhoneSystem } from './floor.mjs';
import { plan } from './plan.mjs';

const [JSON_ALONE, OVER] = [process.argv.includes('--json'), process.argv.indexOf('--over')];
const OVER_S = OVER < 0 ? 10 : Number(process.argv[OVER + 1]);
const TOLD_EVERY_MS = 250;
/** Bytes a second that a session may be told at 20 queues, bytes of an instruction's own frame, and frames an instruction. */
const GOALS = { state: 5_000, instruction: 500, frames: 1.5 };

/** What a frame tells: the sizes of its instructions, and the queues of which it says more than that somebody has just vouched for them. */
function told(message) {
  const messages = message.type === 'together' ? message.messages : [message];
  const states = messages.filter(({ type }) => type === 'state');
  const still = ({ queue: _, vouched_at: __, ...fields }) => Object.keys(fields).length === 0;
  return {
    type: message.type,
    instructions: messages.filter(({ type }) => type === 'instruction').map((it) => JSON.stringify(it).length),
    queues: states.flatMap(({ queues, instructions }) => [...queues.filter((it) => !still(it)), ...instructions].map(({ queue }) => queue)),
  };
}

class Session {
  constructor(url, hello) {
    this.socket = new WebSocket(new URL('floor', url.replace(/^http/, 'ws')), 'surged.v1');
    this.hello = hello;
    this.frames = [];
    this.socket.on('message', (data) => this.frames.push({ bytes: data.length, ...told(JSON.parse(data)) }));
  }

  async join() {
    await once(this.socket, 'open');
    this.socket.send(JSON.stringify({ type: 'hello', ...this.hello }));
    while (!this.frames.some(({ type }) => type === 'state' || type === 'together')) await pass(20);
    this.frames = [];
    return this;
  }
}

/** What was measured, for programs; people read it as it comes. */
const measured = {};
const say = (line) => JSON_ALONE || console.log(line);

const bytes = (frames) => frames.reduce((sum, frame) => sum + frame.bytes, 0);

/** Each caller at the head is answered after some seconds; until then the wait grows with the clock. */
const reading = (told, queue) => ({ waiting: (told * 7 + queue * 5) % 5, longest_wait_s: ((told + queue * 3) % 40) * TOLD_EVERY_MS / 1000, signed_in: 2 });

async function measure(many, surging) {
  const phones = await new PhoneSystem().listen();
  const daemon = new Daemon(plan(phones.url, { many: many - 1 }));
  const queues = ['inbound', ...Array.from({ length: many - 1 }, (_, i) => `q${String(i + 1).padStart(2, '0')}`)];
  let told = 0;
  const tell = () => {
    told += 1;
    queues.forEach((queue, i) => phones.tell(reading(told, i), queue));
  };
  try {
    tell();
    await daemon.start();
    const beat = setInterval(tell, TOLD_EVERY_MS);
    const sessions = await Promise.all([{}, { changes: true }].map((hello) => new Session(daemon.url, hello).join()));
    // Until all queues are seen, which is told once.
    await pass(1_500);
    sessions.forEach((session) => { session.frames = []; });
    await pass(OVER_S * 1000);
    const [whole, changes] = sessions.map(({ frames }) => bytes(frames) / OVER_S);
    const verdict = many === 20 && changes > GOALS.state ? ' MISSED' : '';
    measured[`state_${many}`] = { whole, changes };
    say(`${many} queues, state: ${(whole / 1000).toFixed(1)} kB/s of whole queues, ${(changes / 1000).toFixed(1)} kB/s of changes alone (at 20 queues at most ${GOALS.state / 1000})${verdict}`);
    clearInterval(beat);
    if (surging) await surge(phones, sessions);
    for (const { socket } of sessions) socket.terminate();
  } finally {
    phones.close();
    await daemon.stop();
  }
}

/** One queue calls, and nothing else happens; counted is from the state that says how many wait on. */
async function surge(phones, sessions) {
  await pass(1_500);
  phones.tell({ waiting: 8, longest_wait_s: 30, signed_in: 2 });
  await pass(1_500);
  sessions.forEach((session) => { session.frames = []; });
  await pass(2_200);
  for (const [name, { frames }] of [['whole queues', sessions[0]], ['changes alone', sessions[1]]]) {
    const sizes = frames.flatMap(({ instructions }) => instructions);
    const most = Math.max(...sizes);
    const itself = frames.filter(({ instructions, queues }) => instructions.length > 0 || queues.includes('inbound'));
    const others = frames.filter((frame) => !itself.includes(frame) && frame.queues.length > 0);
    const over = most > GOALS.instruction || (name === 'changes alone' && itself.length > GOALS.frames * sizes.length) ? ' MISSED' : '';
    measured[`instruction, ${name}`] = { bytes: most, frames: itself.length, all: bytes(itself), told: sizes.length };
    say(`an instruction, ${name}: it has ${most} bytes (at most ${GOALS.instruction}); ${itself.length} frames and ${bytes(itself)} bytes with what it changed of its own queue (at most ${GOALS.frames} frames)${over}; then ${others.length} frames and ${bytes(others)} bytes of the other queues, which share its pool; ${sizes.length} given`);
  }
}

await measure(20, true);
await measure(200, false);
if (JSON_ALONE) console.log(JSON.stringify(measured));
