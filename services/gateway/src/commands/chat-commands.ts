import { ClientMessageId, sendMessage, type SendToPassOn, type SentAnswer } from '@parley/contracts';
import { deriveMessageId } from '@parley/service-kit';
import type { z } from 'zod';

import { edgeError, edgeOk, type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import type { CommandBus } from './command-bus.ts';

/** What a person may do to messages, the same over REST and sockets. */
export class ChatCommands {
  readonly #bus: CommandBus;

  constructor(bus: CommandBus) {
    this.#bus = bus;
  }

  async send(body: SendToPassOn, acting: Acting): Promise<EdgeResult<z.output<typeof SentAnswer>>> {
    const clientMessageId = clientMessageIdOf(body);
    if (clientMessageId === undefined) {
      const details = { fields: [{ field: 'clientMessageId', message: 'must be a UUIDv7' }] };
      return edgeError('VALIDATION_FAILED', 'A send needs an id of its own.', { details });
    }
    const { conversationId, content, replyToId, tempId, localId } = body;
    const { userId } = acting.identity;
    const outcome = await this.#bus.send(
      sendMessage,
      {
        service: 'message',
        aggregateId: conversationId,
        data: {
          conversationId,
          messageId: deriveMessageId(conversationId, userId, clientMessageId),
          clientMessageId,
          content,
          ...(replyToId === undefined ? {} : { replyToId }),
        },
      },
      {
        identity: acting.identity,
        commandId: `${userId}:${clientMessageId}`,
        correlationId: acting.correlationId,
        onStored: acting.onStored && (() => acting.onStored?.(clientMessageId)),
      },
    );
    const result = edgeResultOf(outcome);
    if (!result.ok) return result;
    const { message } = result.data;
    const aliases = {
      ...(tempId === undefined ? {} : { tempId }),
      ...(localId === undefined ? {} : { localId }),
    };
    const position = positionOf(result);
    return edgeOk({ message, clientMessageId, ...aliases, seq: message.seq, position }, position);
  }
}

/** The id of a send: `tempId` and `localId` serve where they are what a clientMessageId must be. */
function clientMessageIdOf(body: SendToPassOn): ClientMessageId | undefined {
  if (body.clientMessageId !== undefined) return body.clientMessageId;
  return [body.tempId, body.localId].map((id) => ClientMessageId.safeParse(id)).find(({ success }) => success)
    ?.data;
}

function positionOf(result: EdgeResult & { ok: true }): z.output<typeof SentAnswer>['position'] {
  return result.position as z.output<typeof SentAnswer>['position'];
}
