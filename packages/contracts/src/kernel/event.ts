import { z } from 'zod';

import { type AggregateId, SeqOrZero, Tenant, Timestamp, UserId } from './scalars.ts';

/** A fact on a stream. Its schema may grow, and never shrinks or changes meaning. */
export interface EventContract {
  readonly type: string;
  readonly data: z.ZodType;
}

/** What a decider decides and folds: the fact without its envelope. */
export type EventOf<E extends EventContract> = E extends unknown
  ? { readonly type: E['type']; readonly data: z.output<E['data']> }
  : never;

/** Everything around a fact that its readers need: who, when, which number, and what caused it. */
export interface EventEnvelope {
  readonly id: string;
  /** Version of the type's schema: additive changes keep it, a new meaning raises it and needs an upcaster. */
  readonly v: number;
  readonly tenant: Tenant;
  readonly aggregateId: AggregateId;
  /** The conversation's own dense number; absent on logs and lanes that are not numbered. */
  readonly seq?: number | undefined;
  readonly actorId: UserId;
  readonly at: Timestamp;
  /** The command that caused it: how a redelivered command finds its own event. */
  readonly causationId: string;
  readonly correlationId: string;
}

/** An event as it is stored. */
export type StoredEvent<
  Event extends { readonly type: string } = { readonly type: string; readonly data: unknown },
> = Event & EventEnvelope;

/** What a reader gets: the stored event and where it stands in its stream. */
export type RecordedEvent<
  Event extends { readonly type: string } = { readonly type: string; readonly data: unknown },
> = StoredEvent<Event> & {
  /** The stream's sequence. Has holes after an erasure: good as a cursor, never as a number to show. */
  readonly position: number;
};

export const EventEnvelopeSchema = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  v: z.int().min(1),
  tenant: Tenant,
  aggregateId: z.string().min(1),
  seq: SeqOrZero.optional(),
  actorId: UserId,
  at: Timestamp,
  causationId: z.string().min(1),
  correlationId: z.string().min(1),
  data: z.unknown(),
});

export function defineEvent<const E extends EventContract>(contract: E): E {
  return contract;
}
