// Coming in without typing a token: the code of a login link.

/** The one-time code in an address, which stands in its fragment so that no server's log has it; nothing where there is none. */
export function codeIn(hash) {
  return /^#code=([0-9a-f]{32})$/.exec(hash)?.[1] ?? null;
}

/** A wallboard's code as people read it aloud: in fours. */
export function inFours(code) {
  return code.replace(/(.{4})(?=.)/g, '$1 ');
}

/**
 * Gives the token for the code in the address and takes the code out of the address, whatever comes of it: `{token?, fault?}`; nothing
 * where there is none. `ask(path, body)` asks the daemon.
 */
export async function comeByLink(address, history, ask) {
  const code = codeIn(address.hash);
  if (code === null) return null;
  history.replaceState(null, '', address.pathname + address.search);
  try {
    return { token: (await ask('access/login', { code })).token };
  } catch (fault) {
    return { fault: fault.code };
  }
}
