// A push service of the tests' own, in place of a browser maker's.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE_MS, PROGRAM } from './floor.mjs';

const SUBJECT = 'mailto:floor@bank.example';

/**
 * A push service over TLS: checks who calls (RFC 8292). With `deliver(path, body)` it hands on what is sealed, as a maker's does; without, it
 * opens it (RFC 8291), which only the browser should.
 */
export class PushService {
  folder = mkdtempSync(join(tmpdir(), 'surged-push-'));
  #browser = createECDH('prime256v1');
  #auth = randomBytes(16);
  #heard = [];
  #waiting = [];
  #deliver;

  constructor(deliver = null) {
    this.#deliver = deliver;
  }

  async listen() {
    const path = (name) => join(this.folder, name);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', path('tls.key'), '-out', path('ca.pem')], { stdio: 'ignore' });
    execFileSync(PROGRAM, ['push', 'key', path('push.key')], { stdio: 'ignore' });
    this.#browser.generateKeys();
    this.server = createServer({ key: readFileSync(path('tls.key')), cert: readFileSync(path('ca.pem')) }, (request, reply) => {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        let call;
        try {
          call = this.#take(request, Buffer.concat(parts));
        } catch (fault) {
          call = { fault };
        }
        reply.writeHead(call.fault ? 400 : 201).end();
        const next = this.#waiting.shift();
        if (next) next(call);
        else this.#heard.push(call);
      });
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get settings() {
    return `\n[push]\nkey_file = "${join(this.folder, 'push.key')}"\nca_file = "${join(this.folder, 'ca.pem')}"\nsubject = "${SUBJECT}"\nhosts = ["localhost:${this.server.address().port}"]\n`;
  }

  /** The address of a browser here. */
  endpoint(who) {
    return `https://localhost:${this.server.address().port}/send/${who}`;
  }

  /** What a browser's own service would have given its page. */
  get subscription() {
    return { endpoint: this.endpoint('li'), keys: { p256dh: this.#browser.getPublicKey('base64url'), auth: this.#auth.toString('base64url') } };
  }

  /** The next call, opened. */
  async next() {
    const call = this.#heard.shift() ?? await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no call came')), PATIENCE_MS);
      this.#waiting.push((it) => { clearTimeout(late); resolve(it); });
    });
    if (call.fault) throw call.fault;
    return call;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #take({ headers, url }, body) {
    const { ttl, topic, urgency } = headers;
    this.#checkVapid(headers.authorization);
    assert.equal(headers['content-encoding'], 'aes128gcm');
    this.#deliver?.(url, body);
    return { ttl: Number(ttl), topic, urgency, said: this.#deliver ? null : JSON.parse(this.#open(body)) };
  }

  #checkVapid(authorization) {
    const [, token, key] = /^vapid t=(\S+), k=(\S+)$/.exec(authorization);
    const [head, claims, signature] = token.split('.');
    const point = Buffer.from(key, 'base64url');
    const known = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }, format: 'jwk' });
    assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), { key: known, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')), 'the signature is good');
    const { aud, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url'));
    assert.deepEqual([aud, sub], [`https://localhost:${this.server.address().port}`, SUBJECT]);
    assert.ok(exp > Date.now() / 1000 && exp < Date.now() / 1000 + 86_400);
  }

  #open(body) {
    const [salt, size, length] = [body.subarray(0, 16), body.readUInt32BE(16), body[20]];
    const theirs = body.subarray(21, 21 + length);
    const record = body.subarray(21 + length);
    assert.ok(record.length <= size && body.length <= 4096);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#browser.getPublicKey(), theirs]);
    const input = Buffer.from(hkdfSync('sha256', this.#browser.computeSecret(theirs), this.#auth, info, 32));
    const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
    const opened = createDecipheriv('aes-128-gcm', key, nonce);
    opened.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([opened.update(record.subarray(0, -16)), opened.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}
