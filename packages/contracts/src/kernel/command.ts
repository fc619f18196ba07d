import { z } from 'zod';

import { DeviceId, SessionId, Tenant, Timestamp, UserId } from './scalars.ts';

/** A request to change something: what may be asked, what is answered, and every way it may be refused. */
export interface CommandContract {
  readonly type: string;
  readonly input: z.ZodType;
  /** What an accepted command answers beside its position. */
  readonly answer: z.ZodType;
  readonly rejections: readonly string[];
}

/** Who asks, and when. Filled by the edge from the session, never from a body. */
export const CommandMeta = z.object({
  /** The same over every retry of the same act: what exactly-once rests on, and a header at the broker. */
  commandId: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  tenant: Tenant,
  actorId: UserId,
  deviceId: DeviceId.optional(),
  sessionId: SessionId.optional(),
  at: Timestamp,
  correlationId: z.string().min(1).max(64),
});
export type CommandMeta = z.output<typeof CommandMeta>;

export type CommandOf<C extends CommandContract> = C extends unknown
  ? { readonly type: C['type']; readonly data: z.output<C['input']>; readonly meta: CommandMeta }
  : never;

export type RejectionOf<C extends CommandContract> = C['rejections'][number];

export type AnswerOf<C extends { readonly answer: z.ZodType }> = z.output<C['answer']>;

export function defineCommand<const C extends CommandContract>(contract: C): C {
  return contract;
}

/** The command as it travels between services. */
export function commandSchema<C extends CommandContract>(contract: C): z.ZodType<CommandOf<C>> {
  const schema = z.object({ type: z.literal(contract.type), data: contract.input, meta: CommandMeta });
  // TypeScript cannot see that a literal of the contract's type and its input make its command.
  return schema as unknown as z.ZodType<CommandOf<C>>;
}

/**
 * What became of a command or a query.
 * `refused` is definite: not stored, never will be. `failed` with `definite: false` means that nobody knows.
 */
export type Outcome<Answer = unknown, Rejection extends string = string> =
  | { readonly kind: 'ok'; readonly answer: Answer; readonly position?: string | undefined }
  | { readonly kind: 'refused'; readonly rejection: Rejection; readonly details?: RefusalDetails | undefined }
  | { readonly kind: 'failed'; readonly fault: Fault };

export type RefusalDetails = Readonly<Record<string, string | number | boolean>>;

/** Why no decision was made: `unknown-outcome` is the only one after which the act may still have happened. */
export type Fault =
  | 'unavailable'
  | 'read-model-behind'
  | 'unknown-outcome'
  | 'storage-full'
  | 'internal'
  | 'malformed';

export function ok<Answer>(answer: Answer, position?: string): Outcome<Answer, never> {
  return { kind: 'ok', answer, position };
}

export function refused<const Rejection extends string>(
  rejection: Rejection,
  details?: RefusalDetails,
): Outcome<never, Rejection> {
  return { kind: 'refused', rejection, details };
}

export function failed(fault: Fault): Outcome<never, never> {
  return { kind: 'failed', fault };
}
