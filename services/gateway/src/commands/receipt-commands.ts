import {
  type ConversationId,
  getMessage,
  type MarkReadBody,
  type MessageId,
  type Position,
  type ReceiptBody,
  type ReceiptsAnswer,
  type ReceiptsBody,
} from '@parley/contracts';
import type { z } from 'zod';

import type { QueryBus } from '../queries/query-bus.ts';
import { edgeError, edgeOk, type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import type { Marked, PositionGatherer } from './position-gatherer.ts';

type Result = z.output<typeof ReceiptsAnswer>['results'][number];

/** What a person says of messages that have come to them, the same over REST and sockets. */
export class ReceiptCommands {
  readonly #queries: QueryBus;
  readonly #positions: PositionGatherer;
  readonly #toldUpTo: (conversationId: ConversationId) => Position | undefined;

  constructor(parts: {
    readonly queries: QueryBus;
    readonly positions: PositionGatherer;
    /** How far a conversation was told to the sockets of this gateway, where any listens to it. */
    readonly toldUpTo: (conversationId: ConversationId) => Position | undefined;
  }) {
    this.#queries = parts.queries;
    this.#positions = parts.positions;
    this.#toldUpTo = parts.toldUpTo;
  }

  /** Always becomes "read up to a number"; messages named by id are looked up for theirs. */
  async markRead(body: z.output<typeof MarkReadBody>, acting: Acting): Promise<Marked> {
    const upToSeq = body.upToSeq ?? (await this.#highestSeq(body, acting));
    if (typeof upToSeq !== 'number') return upToSeq;
    return this.#positions.markRead(body.conversationId, upToSeq, acting);
  }

  async markDelivered(body: z.output<typeof ReceiptBody>, acting: Acting): Promise<Marked> {
    const upToSeq = body.upToSeq ?? (await this.#highestSeq(body, acting));
    if (typeof upToSeq !== 'number') return upToSeq;
    return this.#positions.markDelivered(body.conversationId, upToSeq, acting);
  }

  /** Each for itself: one that is refused does not hold up the others. */
  async markAll(
    { receipts }: z.output<typeof ReceiptsBody>,
    acting: Acting,
  ): Promise<EdgeResult<z.output<typeof ReceiptsAnswer>>> {
    const results = await Promise.all(
      receipts.map(async ({ type, ...body }): Promise<Result> => {
        const { conversationId } = body;
        const marked = await (type === 'read'
          ? this.markRead(body, acting)
          : this.markDelivered(body, acting));
        return marked.ok
          ? { conversationId, ok: true, upToSeq: marked.data.upToSeq }
          : { conversationId, ok: false, code: marked.error.code };
      }),
    );
    return edgeOk({ results });
  }

  async #highestSeq(
    body: {
      readonly conversationId: ConversationId;
      readonly messageId?: MessageId | undefined;
      readonly messageIds?: MessageId[] | undefined;
    },
    acting: Acting,
  ): Promise<number | (EdgeResult & { ok: false })> {
    const { userId } = acting.identity;
    // A message is named as soon as it was told, which is before the read model has it.
    const minPosition = this.#toldUpTo(body.conversationId);
    const asking = { actorId: userId, minPosition, correlationId: acting.correlationId };
    const ids = body.messageIds ?? (body.messageId ? [body.messageId] : []);
    let highest = 0;
    for (const messageId of ids) {
      const found = edgeResultOf(await this.#queries.ask(getMessage, { userId, messageId }, asking));
      if (!found.ok) return found;
      if (found.data.conversationId !== body.conversationId) {
        return edgeError('NOT_FOUND', 'There is no such message.');
      }
      highest = Math.max(highest, found.data.seq);
    }
    return highest;
  }
}
