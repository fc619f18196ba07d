import {
  type ConversationId,
  type ForwardedAnswer,
  forwardMessage,
  type MessageId,
  newUuidV7,
} from '@parley/contracts';
import { positionIn, formatPosition } from '@parley/event-sourcing';
import { deriveForwardId, deriveMessageId } from '@parley/service-kit';
import type { z } from 'zod';

import { edgeOk, type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import type { ChangeCommands } from './change-commands.ts';
import type { CommandBus } from './command-bus.ts';

type Forwarded = z.output<typeof ForwardedAnswer>;

/** Saying a message again elsewhere: one command for each conversation, because each has an order of its own. */
export class ForwardCommands {
  readonly #bus: CommandBus;
  readonly #changes: ChangeCommands;

  constructor(bus: CommandBus, changes: ChangeCommands) {
    this.#bus = bus;
    this.#changes = changes;
  }

  /** Refused as a whole only where nothing was said anywhere. */
  async forward(
    sourceId: MessageId,
    conversationIds: readonly ConversationId[],
    acting: Acting,
  ): Promise<EdgeResult<Forwarded>> {
    const source = await this.#changes.find(sourceId, acting);
    if (!source.ok) return source;

    const key = acting.idempotencyKey ?? newUuidV7();
    const results = await Promise.all(
      conversationIds.map((conversationId) => this.#forwardTo(conversationId, { sourceId, key, acting })),
    );
    const [first] = results;
    if (first !== undefined && !first.ok && results.every(({ ok }) => !ok)) return first;
    const positions = results.map((result) => (result.ok ? positionIn('conv', result.position) : 0));
    const data = results.map((result, index): Forwarded['data'][number] => {
      const conversationId = conversationIds[index] as ConversationId;
      return result.ok
        ? { conversationId, ok: true, message: result.data.message }
        : { conversationId, ok: false, error: { ...result.error } };
    });
    return edgeOk({ data }, formatPosition('conv', Math.max(...positions)));
  }

  async #forwardTo(
    conversationId: ConversationId,
    {
      sourceId,
      key,
      acting: { identity, correlationId },
    }: { readonly sourceId: MessageId; readonly key: string; readonly acting: Acting },
  ) {
    const { userId } = identity;
    const clientMessageId = deriveForwardId(key, userId, sourceId, conversationId);
    const messageId = deriveMessageId(conversationId, userId, clientMessageId);
    const outcome = await this.#bus.send(
      forwardMessage,
      {
        service: 'message',
        aggregateId: conversationId,
        data: { conversationId, messageId, clientMessageId, sourceId },
      },
      { identity, commandId: `${userId}:${clientMessageId}`, correlationId },
    );
    return edgeResultOf(outcome);
  }
}
