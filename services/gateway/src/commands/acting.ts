import type { Identity } from '../transport/client-session.ts';

/** Who acts, and the key under which a retry of the same act is known. */
export interface Acting {
  readonly identity: Identity;
  readonly correlationId: string;
  readonly idempotencyKey?: string | undefined;
  readonly onStored?: ((clientMessageId: string) => void) | undefined;
}
