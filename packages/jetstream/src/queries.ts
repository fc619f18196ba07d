import { JetStreamApiError } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, RequestError, type Subscription } from '@nats-io/transport-node';
import { failed, type Outcome, QueryMeta } from '@parley/contracts';
import type { z } from 'zod';

import { querySubject } from './subjects.ts';

/** A command or a query: what is asked by request and reply has the same shape. */
export interface AskContract {
  readonly type: string;
  readonly input: z.ZodType;
  readonly answer: z.ZodType;
  readonly rejections: readonly string[];
}

export interface Asked<C extends AskContract> {
  readonly type: C['type'];
  readonly data: z.output<C['input']>;
  readonly meta: QueryMeta;
}

export type OutcomeOf<C extends AskContract> = Outcome<z.output<C['answer']>, C['rejections'][number]>;

/** One answer per contract: a contract without a row does not compile. */
export type AnswerTable<C extends AskContract> = {
  readonly [T in C['type']]: (
    asked: Asked<Extract<C, { type: T }>>,
  ) => Promise<OutcomeOf<Extract<C, { type: T }>>>;
};

/** How many questions one instance works on at a time; beyond it the next is told to try elsewhere. */
const CONCURRENT_ASK_COUNT_MAX = 512;

export interface Serving {
  stop(): Promise<void>;
}

/** Answers a service's questions over NATS; several instances share them. Resolves when questions reach this one. */
export async function serveQueries<const C extends AskContract>(
  nc: NatsConnection,
  options: {
    readonly service: string;
    readonly contracts: readonly C[];
    readonly answers: AnswerTable<C>;
    readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
  },
): Promise<Serving> {
  const running = new Set<Promise<void>>();
  const subscriptions: Subscription[] = options.contracts.map((contract) =>
    nc.subscribe(querySubject(contract.type), {
      queue: options.service,
      callback: (error, message) => {
        if (error) {
          options.onFault(error, { type: contract.type });
          return;
        }
        if (running.size >= CONCURRENT_ASK_COUNT_MAX) {
          message.respond(JSON.stringify(failed('unavailable')));
          return;
        }
        const work = respond(contract, message);
        running.add(work);
        void work.finally(() => running.delete(work));
      },
    }),
  );

  async function respond(contract: C, message: Msg): Promise<void> {
    const outcome = await answer(contract, message.data);
    try {
      message.respond(JSON.stringify(outcome));
    } catch (error) {
      // The connection refuses what is larger than one message may be, and a rejection here would end the process.
      options.onFault(error, { type: contract.type });
      if (!nc.isClosed()) message.respond(JSON.stringify(failed('internal')));
    }
  }

  async function answer(contract: C, data: Uint8Array): Promise<Outcome> {
    try {
      const asked = JSON.parse(new TextDecoder().decode(data)) as { data?: unknown; meta?: unknown } | null;
      const input = contract.input.safeParse(asked?.data);
      const meta = QueryMeta.safeParse(asked?.meta);
      if (!input.success || !meta.success) return failed('malformed');
      // TypeScript cannot see that table[contract.type] accepts the contract's input.
      const row = options.answers[contract.type as C['type']] as unknown as (
        asked: object,
      ) => Promise<Outcome>;
      return await row({ type: contract.type, data: input.data, meta: meta.data });
    } catch (error) {
      options.onFault(error, { type: contract.type });
      return failed(isAway(error) ? 'unavailable' : 'internal');
    }
  }

  await nc.flush();
  return {
    async stop() {
      for (const subscription of subscriptions) subscription.unsubscribe();
      await Promise.allSettled(running);
    },
  };
}

/** Asks a service. Never throws: no answer in time is `unavailable` for a question and unknown for an act. */
export async function askQuery<const C extends AskContract>(
  nc: NatsConnection,
  contract: C,
  asked: {
    readonly data: z.input<C['input']>;
    readonly meta: z.input<typeof QueryMeta>;
    readonly timeoutMs: number;
    readonly isAct?: boolean;
  },
): Promise<OutcomeOf<C>> {
  try {
    const body = JSON.stringify({ data: asked.data, meta: asked.meta });
    const reply = await nc.request(querySubject(contract.type), body, { timeout: asked.timeoutMs });
    return reply.json<OutcomeOf<C>>();
  } catch (error) {
    const nobodyListens = error instanceof RequestError && error.isNoResponders();
    return failed(asked.isAct && !nobodyListens ? 'unknown-outcome' : 'unavailable');
  }
}

const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '08003',
  '53300',
]);
const AWAY_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|client has encountered a connection error/i;

/** What the broker's client throws when nobody answers it: gone, starting, or between two leaders. */
const BROKER_AWAY_NAMES = new Set([
  'TimeoutError',
  'RequestError',
  'NoResponders',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
  'JetStreamNotEnabled',
]);

/** Whether an error says that a database or a broker is away, as opposed to a mistake of ours. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (BROKER_AWAY_NAMES.has(error.name)) return true;
  if (error instanceof JetStreamApiError) return error.status >= 500;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && AWAY_CODES.has(code)) return true;
  if (AWAY_MESSAGE.test(error.message)) return true;
  return error.cause !== undefined && isAway(error.cause);
}
