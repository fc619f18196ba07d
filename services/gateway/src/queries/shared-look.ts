/**
 * Who asks while somebody's look is under way waits for the next one, together with all others: an answer is never older
 * than its question, and a storm of askers costs one question at a time.
 */
export function sharedLook<Answer>(look: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<Answer> | undefined;
  const begin = () => {
    // Who asks from here on may know of something that this one did not see.
    next = undefined;
    const looking = look();
    underWay = looking;
    return looking;
  };
  return () => {
    next ??= underWay.then(begin, begin);
    return next;
  };
}
