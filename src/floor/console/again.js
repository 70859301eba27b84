// Two opposite instructions for the same people: nobody has answered the one that takes them back, its time is over, they are free and
// are called again. What is said of the older one then. Pure.

/**
 * An instruction or a move, as far as it says whom it is about.
 * @typedef {{ id: number, queue: string, tier: string, at: string, people: string[], pools: string[], n: number }} About
 * Who of it has been asked for again, and by what, oldest first; `all`: every one of them, by their own queue.
 * @typedef {{ calls: About[], all: boolean }} Again
 */

/**
 * Who of `back`, which takes people back, has been asked for again since; `null`: nobody. Each person by the last call that names them; of
 * people without names as many as the last calls of the same queue to the same pool ask for.
 * @param {About} back
 * @param {About[]} calls that stand, in the order of their ids
 * @returns {Again | null}
 */
export function askedAgain(back, calls) {
  const later = calls.filter(({ id }) => id > back.id);
  const found = back.people.length > 0 ? byName(back, later) : byNumber(back, later);
  if (found.length === 0) return null;
  return { calls: found, all: found.reduce((sum, { n }) => sum + n, 0) >= Math.max(back.n, back.people.length) && found.every(({ queue }) => queue === back.queue) };
}

function byName(back, later) {
  const last = (person) => later.findLast(({ people }) => people.includes(person));
  const of = later.map((call) => ({ ...call, people: back.people.filter((person) => last(person) === call) }));
  return of.map((call) => ({ ...call, n: call.people.length })).filter(({ n }) => n > 0);
}

function byNumber(back, later) {
  let left = back.n;
  const same = later.filter(({ queue, pools }) => queue === back.queue && pools.some((pool) => back.pools.includes(pool)));
  const of = same.reverse().map((call) => {
    const n = Math.min(left, call.n);
    left -= n;
    return { ...call, people: [], n };
  });
  return of.filter(({ n }) => n > 0).reverse();
}
