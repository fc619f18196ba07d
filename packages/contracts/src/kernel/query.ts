import { z } from 'zod';

import { Positions, Tenant, UserId } from './scalars.ts';

/** A question to one service: what may be asked, what it answers, and every way it may be refused. */
export interface QueryContract {
  readonly type: string;
  readonly input: z.ZodType;
  readonly answer: z.ZodType;
  readonly rejections: readonly string[];
}

/** Who asks. `minPosition` makes the answer include the writes that the asker has seen. */
export const QueryMeta = z.object({
  tenant: Tenant,
  /** Absent for what nobody signed in may ask, as signing in itself. */
  actorId: UserId.optional(),
  minPosition: Positions.optional(),
  correlationId: z.string().min(1).max(64),
});
export type QueryMeta = z.output<typeof QueryMeta>;

export interface QueryOf<Q extends QueryContract> {
  readonly type: Q['type'];
  readonly data: z.output<Q['input']>;
  readonly meta: QueryMeta;
}

export function defineQuery<const Q extends QueryContract>(contract: Q): Q {
  return contract;
}

export const PAGE_SIZE_MAX = 100;
export const PAGE_SIZE_DEFAULT = 50;

export const PageLimit = z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT);

/** An opaque place in a list. Signed at the edge, so a changed byte is refused there. */
export const Cursor = z.string().min(1).max(512);

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    page: z.object({
      nextCursor: z.string().nullable(),
      prevCursor: z.string().nullable(),
      hasMore: z.boolean(),
    }),
  });
}
