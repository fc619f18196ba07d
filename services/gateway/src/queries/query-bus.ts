import type { NatsConnection } from '@nats-io/transport-node';
import type { Positions, Tenant, UserId } from '@parley/contracts';
import { type AskContract, askQuery, type OutcomeOf } from '@parley/jetstream';
import type { z } from 'zod';

/** A read may wait 2 s for its position; this leaves it room. */
const QUERY_TIMEOUT_MS = 5_000;
/** Hashing a password takes its time, and a queue of them more. */
const ACT_TIMEOUT_MS = 8_000;

export interface Asking {
  readonly actorId?: UserId | undefined;
  readonly minPosition?: Positions | undefined;
  readonly correlationId: string;
}

/** Asks services by request and reply, in the name of whoever is signed in. */
export class QueryBus {
  readonly #nc: NatsConnection;
  readonly #tenant: Tenant;

  constructor(nc: NatsConnection, tenant: Tenant) {
    this.#nc = nc;
    this.#tenant = tenant;
  }

  async ask<const C extends AskContract>(
    contract: C,
    data: z.input<C['input']>,
    asking: Asking,
  ): Promise<OutcomeOf<C>> {
    return askQuery(this.#nc, contract, { data, meta: this.#meta(asking), timeoutMs: QUERY_TIMEOUT_MS });
  }

  /** An act that carries a secret, and so never lies in a stream. No answer means that nobody knows. */
  async act<const C extends AskContract>(
    contract: C,
    data: z.input<C['input']>,
    asking: Asking,
  ): Promise<OutcomeOf<C>> {
    return askQuery(this.#nc, contract, {
      data,
      meta: this.#meta(asking),
      timeoutMs: ACT_TIMEOUT_MS,
      isAct: true,
    });
  }

  #meta(asking: Asking) {
    return {
      tenant: this.#tenant,
      correlationId: asking.correlationId,
      ...(asking.actorId === undefined ? {} : { actorId: asking.actorId }),
      ...(asking.minPosition === undefined ? {} : { minPosition: asking.minPosition }),
    };
  }
}
