import { randomUUID } from 'node:crypto';

import {
  type EdgeError,
  type ErrorCode,
  errorCodes,
  faultTable,
  type Outcome,
  type RefusalDetails,
  type Rejection,
  refusalTable,
} from '@parley/contracts';
import type { z } from 'zod';

const ISSUE_COUNT_MAX = 20;
const UNAVAILABLE_RETRY_MS = 1_000;

/** What the edge answers: over REST a status and a body, over a socket an ack. */
export type EdgeResult<Data = unknown> =
  | { readonly ok: true; readonly data: Data; readonly position?: string | undefined }
  | { readonly ok: false; readonly error: EdgeError };

export function edgeOk<Data>(data: Data, position?: string): EdgeResult<Data> {
  return { ok: true, data, position };
}

export function edgeError(
  code: ErrorCode,
  message: string,
  more: { readonly details?: EdgeError['details']; readonly retryAfterMs?: number } = {},
): { readonly ok: false; readonly error: EdgeError } {
  return {
    ok: false,
    error: { code, message, definite: errorCodes[code].definite, requestId: randomUUID(), ...more },
  };
}

export function validationFailed(error: z.ZodError): { readonly ok: false; readonly error: EdgeError } {
  const fields = error.issues
    .slice(0, ISSUE_COUNT_MAX)
    .map(({ path, message }) => ({ field: path.join('.'), message }));
  return edgeError('VALIDATION_FAILED', 'The request is not as it should be.', { details: { fields } });
}

/** Says an outcome from behind the edge in the edge's words. */
export function edgeResultOf<Answer>(outcome: Outcome<Answer>): EdgeResult<Answer> {
  if (outcome.kind === 'ok') return edgeOk(outcome.answer, outcome.position);
  if (outcome.kind === 'failed') {
    const { code, message } = faultTable[outcome.fault];
    const retryAfterMs = outcome.fault === 'unavailable' ? { retryAfterMs: UNAVAILABLE_RETRY_MS } : {};
    return edgeError(code, message, retryAfterMs);
  }
  // A newer service may refuse with a word that this gateway does not know yet.
  const refusal = refusalTable[outcome.rejection as Rejection] ?? {
    code: 'CONFLICT',
    message: 'The request was refused.',
  };
  return edgeError(refusal.code, refusal.message, refusalDetails(refusal.reason, outcome.details));
}

function refusalDetails(reason: string | undefined, details: RefusalDetails | undefined) {
  const retryAfterMs = details?.['retryAfterMs'];
  const said = { ...details, ...(reason === undefined ? {} : { reason }) };
  return {
    ...(Object.keys(said).length > 0 ? { details: said } : {}),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  };
}
