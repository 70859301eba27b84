// The few things that go over HTTP: reading the duty log and who is where, and handing a shift over.

/** Asks the daemon; throws `{code, message, said}` as the floor socket's errors are. */
export async function call(token, path, body = null, signal = null) {
  const headers = { accept: 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers['content-type'] = 'application/json';
  let reply;
  try {
    reply = await fetch(`api/v1/${path}`, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), cache: 'no-store', signal });
  } catch {
    throw Object.assign(new Error(''), { code: 'no_link' });
  }
  const said = await reply.json().catch(() => null);
  if (!reply.ok) throw Object.assign(new Error(said?.detail ?? ''), { code: said?.code ?? 'unknown', said });
  return said;
}

/** The floor on one printable page, as a file. */
export const sheet = (token, language) => file(token, `paper?language=${language}`);

/** The report on a month, as in 2026-10, as a file; without one on the last. */
export const report = (token, language, month) => file(token, `report?language=${language}${month ? `&month=${month}` : ''}`);

async function file(token, path) {
  const reply = await fetch(path, { headers: token ? { authorization: `Bearer ${token}` } : {}, cache: 'no-store' });
  if (!reply.ok) throw new Error(`the daemon said ${reply.status}`);
  return reply.blob();
}
