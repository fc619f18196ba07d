import { type EdgeError, type ErrorCode, errorCodes } from '@parley/contracts';

/**
 * A call that was refused, or whose outcome is unknown. With `definite` the act did not happen and never will;
 * without it nobody knows, and the way on is to retry with the same id.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly definite: boolean;
  readonly retryAfterMs: number | undefined;
  /** What to quote to the people who run the server; absent when the server never answered. */
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(error: Omit<EdgeError, 'requestId'> & { readonly requestId?: string }, options?: ErrorOptions) {
    super(error.message, options);
    this.code = error.code;
    this.definite = error.definite;
    this.retryAfterMs = error.retryAfterMs;
    this.requestId = error.requestId;
    this.details = error.details;
  }

  /** Tells several causes of one code apart. */
  get reason(): string | undefined {
    const reason = this.details?.['reason'];
    return typeof reason === 'string' ? reason : undefined;
  }
}

/** Refusals that say "not now": certainly not done, and worth another try with the same id. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'RATE_LIMITED',
  'UNAVAILABLE',
  'READ_MODEL_BEHIND',
  'TOKEN_EXPIRED',
  'UNAUTHENTICATED',
]);

/** Whether trying again can change anything: the outcome is unknown, or the refusal passes. */
export function mayRetry(error: unknown): boolean {
  return !(error instanceof ApiError) || !error.definite || passing.has(error.code);
}

/** How long the server wants to be left alone. */
export function retryAfterMsOf(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
}

/** What the act was about is not there: after a try of which nobody knows, because it was done. */
export function isGone({ code }: ApiError): boolean {
  return code === 'NOT_FOUND';
}

/** The call never left this device, so it certainly did not happen. */
export function notSent(message: string, cause?: unknown): ApiError {
  return new ApiError({ code: 'UNAVAILABLE', message, definite: true }, { cause });
}

/** What this device knows the server would refuse. */
export function refusedHere(reason: string, message: string): ApiError {
  return new ApiError({ code: 'CONFLICT', message, definite: true, details: { reason } });
}

/** The call left and no answer came. */
export function outcomeUnknown(message: string, cause?: unknown): ApiError {
  return new ApiError({ code: 'UNKNOWN_OUTCOME', message, definite: false }, { cause });
}

/** Reads what a server says of a refusal; `undefined` when it is not in our words, as from a proxy on the way. */
export function readEdgeError(value: unknown): ApiError | undefined {
  if (!isRecord(value)) return undefined;
  const { code, message, definite, retryAfterMs, requestId, details } = value;
  if (!isErrorCode(code)) return undefined;
  return new ApiError({
    code,
    message: typeof message === 'string' ? message : code,
    definite: typeof definite === 'boolean' ? definite : errorCodes[code].definite,
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(isRecord(details) ? { details } : {}),
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}
