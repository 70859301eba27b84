// Whether the daemon serves another page than this one: its mark stands on the page's first line.

/** Asks for the page anew; a daemon that does not answer has nothing newer. */
export async function isNewer(mine = document.documentElement.dataset.page) {
  try {
    // Asked of the daemon in any case; what is the same is not sent again.
    const reply = await fetch(location.href, { cache: 'no-cache', headers: { accept: 'text/html' } });
    if (!reply.ok) return false;
    const theirs = /data-page="([^"]*)"/.exec(await reply.text())?.[1];
    return theirs !== undefined && theirs !== mine;
  } catch {
    return false;
  }
}
