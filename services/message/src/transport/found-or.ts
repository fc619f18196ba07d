import { ok, refused } from '@parley/contracts';

/** What was found, or that there is no such thing. */
export function foundOr<Answer, const Missing extends string>(missing: Missing, answer: Answer | undefined) {
  return answer === undefined ? refused(missing) : ok(answer);
}
