/** Does something with each of many things, so many at a time. */
export async function eachAtOnce<Thing>(
  things: Iterable<Thing>,
  countMax: number,
  act: (thing: Thing) => Promise<void>,
): Promise<void> {
  const waiting = things[Symbol.iterator]();
  const workers = Array.from({ length: countMax }, async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await act(next.value);
  });
  await Promise.all(workers);
}
