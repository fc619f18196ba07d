import { randomUUID } from 'node:crypto';

import {
  type blockPerson,
  type ConversationCommandContract,
  type ConversationId,
  startDirect,
  startGroup,
  type Tenant,
  type unblockPerson,
  type UserId,
} from '@parley/contracts';
import { deriveDirectId, deriveGroupId } from '@parley/service-kit';
import type { z } from 'zod';

import { type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import { commandIdOf } from './command-id.ts';
import type { CommandBus } from './command-bus.ts';

/** Every command of the conversation service answers alike. */
export interface StoredConversation {
  readonly conversationId: ConversationId;
  readonly seq: number;
}

/** What a person may do to conversations, the same over REST and sockets. */
export class ConversationCommands {
  readonly #bus: CommandBus;
  readonly #tenant: Tenant;

  constructor(bus: CommandBus, tenant: Tenant) {
    this.#bus = bus;
    this.#tenant = tenant;
  }

  async startDirect(recipientId: UserId, acting: Acting): Promise<EdgeResult<StoredConversation>> {
    const conversationId = deriveDirectId(this.#tenant, acting.identity.userId, recipientId);
    return this.act(startDirect, { conversationId, recipientId }, acting);
  }

  async startGroup(
    group: Omit<z.output<typeof startGroup.input>, 'conversationId'>,
    acting: Acting,
  ): Promise<EdgeResult<StoredConversation>> {
    const key = acting.idempotencyKey ?? randomUUID();
    const conversationId = deriveGroupId(this.#tenant, acting.identity.userId, key);
    return this.act(startGroup, { ...group, conversationId }, acting);
  }

  /** A block is said in the pair's direct chat, whether that has been opened or not. */
  async actOnPerson(
    contract: typeof blockPerson | typeof unblockPerson,
    blockedId: UserId,
    acting: Acting,
  ): Promise<EdgeResult<StoredConversation>> {
    const conversationId = deriveDirectId(this.#tenant, acting.identity.userId, blockedId);
    return this.act(contract, { conversationId, blockedId }, acting);
  }

  /** Any command about a conversation that is there. */
  async act<const C extends ConversationCommandContract>(
    contract: C,
    data: z.input<C['input']> & { readonly conversationId: ConversationId },
    { identity, correlationId, idempotencyKey: key }: Acting,
  ): Promise<EdgeResult<StoredConversation>> {
    const commandId = commandIdOf({ userId: identity.userId, type: contract.type, data, key });
    const target = { service: 'conversation', aggregateId: data.conversationId, data } as const;
    const outcome = await this.#bus.send<C>(contract, target, { identity, commandId, correlationId });
    return edgeResultOf(outcome) as EdgeResult<StoredConversation>;
  }
}
