import type { AnswerOf, getKeys as contract } from '@parley/contracts';

/** The public halves of the keys that sign access tokens. */
export function getKeys(keys: readonly Readonly<Record<string, unknown>>[]): AnswerOf<typeof contract> {
  return { keys: keys.map((key) => ({ ...key })) };
}
