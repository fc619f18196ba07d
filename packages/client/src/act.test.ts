import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { act, actOnce } from './act.ts';
import { ApiError, outcomeUnknown } from './api-error.ts';

const refusal = (code: 'NOT_FOUND' | 'UNAVAILABLE', retryAfterMs = 0) =>
  new ApiError({ code, message: code, definite: true, retryAfterMs });

const isGone = ({ code }: ApiError) => code === 'NOT_FOUND';

/** Somebody who answers in turn: an error, or a word. */
function answering(...answers: readonly (ApiError | string)[]) {
  const keys: string[] = [];
  const ask = (key: string) => {
    const answer = answers[keys.push(key) - 1] ?? 'more than was asked for';
    return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { ask, keys };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What becomes of it, with all its pauses. */
async function ended<T>(acting: Promise<T>): Promise<unknown> {
  const outcome = acting.catch((error: unknown) => (error as ApiError).code);
  await vi.runAllTimersAsync();
  return outcome;
}

describe('an act', () => {
  test('is tried under one key until it is done', async () => {
    const { ask, keys } = answering(outcomeUnknown('lost'), refusal('UNAVAILABLE'), 'done');
    expect(await ended(act(ask))).toBe('done');
    expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
  });

  test('that is refused for good is tried once', async () => {
    const { ask, keys } = answering(refusal('NOT_FOUND'));
    expect([await ended(act(ask)), keys.length]).toEqual(['NOT_FOUND', 1]);
  });

  test('is not tried again when the server may have forgotten its key', async () => {
    const { ask, keys } = answering(outcomeUnknown('lost'), refusal('UNAVAILABLE', 90_000), 'done');
    expect([await ended(act(ask)), keys.length]).toEqual(['UNAVAILABLE', 2]);
  });
});

describe('an act that is refused once it is done', () => {
  test('was done where a try before it may have done it', async () => {
    const { ask } = answering(outcomeUnknown('lost'), refusal('UNAVAILABLE'), refusal('NOT_FOUND'));
    expect(await ended(actOnce(ask, isGone))).toBeUndefined();
  });

  test('was not done where every try was refused', async () => {
    const { ask } = answering(refusal('UNAVAILABLE'), refusal('NOT_FOUND'));
    expect(await ended(actOnce(ask, isGone))).toBe('NOT_FOUND');
  });
});
