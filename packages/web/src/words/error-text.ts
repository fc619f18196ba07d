import { ApiError } from '@parley/client';

import type { Words } from './en.ts';

const byCode: Readonly<Record<string, keyof Words['errors']>> = {
  VALIDATION_FAILED: 'invalid',
  UNAUTHENTICATED: 'credentials',
  FORBIDDEN: 'forbidden',
  BLOCKED: 'blocked',
  READ_ONLY: 'readOnly',
  NOT_FOUND: 'notFound',
  CONFLICT: 'conflict',
  GONE: 'gone',
  RATE_LIMITED: 'tooOften',
  UNAVAILABLE: 'unreachable',
  READ_MODEL_BEHIND: 'unreachable',
  UNKNOWN_OUTCOME: 'unreachable',
};

/** What a refusal means for the person. */
export function errorText(error: unknown, words: Words): string {
  if (!(error instanceof ApiError)) return words.errors.other;
  const { reason = '' } = error;
  if (Object.hasOwn(words.errors, reason)) return words.errors[reason as keyof Words['errors']];
  return words.errors[byCode[error.code] ?? 'other'];
}
