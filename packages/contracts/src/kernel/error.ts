/** The closed list of error codes of the edge. `definite: false`: the outcome is unknown, retry with the same id. */
export const errorCodes = {
  VALIDATION_FAILED: { status: 400, definite: true },
  UNKNOWN_EVENT: { status: 400, definite: true },
  UNSUPPORTED_VERSION: { status: 426, definite: true },
  UNAUTHENTICATED: { status: 401, definite: true },
  TOKEN_EXPIRED: { status: 401, definite: true },
  SESSION_REVOKED: { status: 401, definite: true },
  FORBIDDEN: { status: 403, definite: true },
  BLOCKED: { status: 403, definite: true },
  READ_ONLY: { status: 403, definite: true },
  NOT_FOUND: { status: 404, definite: true },
  CONFLICT: { status: 409, definite: true },
  UPLOAD_OFFSET_MISMATCH: { status: 409, definite: true },
  GONE: { status: 410, definite: true },
  PAYLOAD_TOO_LARGE: { status: 413, definite: true },
  UNSUPPORTED_MEDIA: { status: 415, definite: true },
  IDEMPOTENCY_MISMATCH: { status: 422, definite: true },
  CHECKSUM_MISMATCH: { status: 460, definite: true },
  RATE_LIMITED: { status: 429, definite: true },
  INTERNAL: { status: 500, definite: false },
  UNAVAILABLE: { status: 503, definite: true },
  READ_MODEL_BEHIND: { status: 503, definite: true },
  UNKNOWN_OUTCOME: { status: 504, definite: false },
  STORAGE_FULL: { status: 507, definite: true },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What a refused or failed call carries, over REST (as `application/problem+json`) and sockets alike. */
export interface EdgeError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly definite: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly requestId: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}
