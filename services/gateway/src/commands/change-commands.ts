import {
  type ChangeCommandContract,
  type ConversationId,
  type DeletedAnswer,
  findMessage,
  hideMessage,
  type MessageId,
  type Position,
  type UserId,
} from '@parley/contracts';
import type { z } from 'zod';

import type { QueryBus } from '../queries/query-bus.ts';
import { edgeOk, type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import { commandIdOf } from './command-id.ts';
import type { CommandBus } from './command-bus.ts';

type Changed<C extends ChangeCommandContract> = z.output<C['answer']> & { readonly position: Position };

/** A message as it is named at the edge: with its conversation, or by its id alone. */
export interface NamedMessage {
  readonly messageId: MessageId;
  readonly conversationId?: ConversationId | undefined;
}

export interface ChangePorts {
  readonly bus: CommandBus;
  readonly queries: QueryBus;
  /** Where a message is that was said lately, for somebody who is there. */
  readonly recentConversationOf: (messageId: MessageId, userId: UserId) => ConversationId | undefined;
  /** Everything that is stored by now lies before it. */
  readonly endOfLog: () => Promise<Position>;
}

/** What a person may do to a message that was sent before. */
export class ChangeCommands {
  readonly #ports: ChangePorts;

  constructor(ports: ChangePorts) {
    this.#ports = ports;
  }

  /** Hands a change to the conversation that the message is in. */
  async change<const C extends ChangeCommandContract>(
    contract: C,
    target: NamedMessage & { readonly data: Omit<z.input<C['input']>, keyof NamedMessage> },
    acting: Acting,
  ): Promise<EdgeResult<Changed<C>>> {
    const { messageId, data } = target;
    const conversationId = target.conversationId ?? (await this.#conversationOf(messageId, acting));
    if (typeof conversationId !== 'string') return conversationId;
    const { identity, correlationId, idempotencyKey: key } = acting;
    const changed = { ...data, conversationId, messageId };
    const outcome = await this.#ports.bus.send<ChangeCommandContract>(
      contract,
      { service: 'message', aggregateId: conversationId, data: changed },
      {
        identity,
        commandId: commandIdOf({ userId: identity.userId, type: contract.type, data: changed, key }),
        correlationId,
      },
    );
    const result = edgeResultOf(outcome);
    if (!result.ok) return result;
    const position = result.position as Position;
    // The service answers by the contract of what was asked.
    return edgeOk({ ...(result.data as z.output<C['answer']>), position }, position);
  }

  /** Deletes a message for whoever acts, and for nobody else. */
  async hide(target: NamedMessage, acting: Acting): Promise<EdgeResult<z.output<typeof DeletedAnswer>>> {
    const { messageId } = target;
    const conversationId = target.conversationId ?? (await this.#conversationOf(messageId, acting));
    if (typeof conversationId !== 'string') return conversationId;
    const { identity, correlationId } = acting;
    const outcome = await this.#ports.bus.send(
      hideMessage,
      { service: 'message', aggregateId: conversationId, data: { conversationId, messageId } },
      { identity, commandId: `${identity.userId}:${hideMessage.type}:${messageId}`, correlationId },
    );
    const result = edgeResultOf(outcome);
    if (!result.ok) return result;
    const position = result.position as Position;
    return edgeOk({ ...result.data, seq: null, position }, position);
  }

  /** Where a message is, once the read model has it. */
  async find(
    messageId: MessageId,
    { identity: { userId }, correlationId }: Acting,
  ): Promise<EdgeResult<{ readonly conversationId: ConversationId }>> {
    const asking = { actorId: userId, correlationId };
    const ask = async (minPosition?: Position) =>
      edgeResultOf(
        await this.#ports.queries.ask(findMessage, { userId, messageId }, { ...asking, minPosition }),
      );
    const found = await ask();
    if (found.ok || found.error.code !== 'NOT_FOUND') return found;
    // It may not have it yet: whoever was just told of a message may act on it.
    return ask(await this.#ports.endOfLog().catch(() => undefined));
  }

  async #conversationOf(
    messageId: MessageId,
    acting: Acting,
  ): Promise<ConversationId | (EdgeResult & { ok: false })> {
    const recent = this.#ports.recentConversationOf(messageId, acting.identity.userId);
    if (recent !== undefined) return recent;
    const found = await this.find(messageId, acting);
    return found.ok ? found.data.conversationId : found;
  }
}
