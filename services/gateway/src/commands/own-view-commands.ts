import {
  changePreferences,
  type ConversationId,
  type Draft,
  type OwnViewCommandContract,
  saveDraft,
} from '@parley/contracts';
import type { z } from 'zod';

import { type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import { commandIdOf } from './command-id.ts';
import type { CommandBus } from './command-bus.ts';

type Preferences = Omit<z.input<typeof changePreferences.input>, 'conversationId'>;

/** What a person may do to their own view of a conversation. */
export class OwnViewCommands {
  readonly #bus: CommandBus;

  constructor(bus: CommandBus) {
    this.#bus = bus;
  }

  changePreferences(conversationId: ConversationId, changes: Preferences, acting: Acting) {
    return this.#send(changePreferences, { conversationId, ...changes }, acting);
  }

  saveDraft(conversationId: ConversationId, draft: Draft | null, acting: Acting) {
    return this.#send(saveDraft, { conversationId, draft }, acting);
  }

  async #send<const C extends OwnViewCommandContract>(
    contract: C,
    data: z.input<C['input']> & { readonly conversationId: ConversationId },
    { identity, correlationId, idempotencyKey: key }: Acting,
  ): Promise<EdgeResult> {
    const commandId = commandIdOf({ userId: identity.userId, type: contract.type, data, key });
    const target = { service: 'conversation', aggregateId: data.conversationId, data } as const;
    return edgeResultOf(await this.#bus.send<C>(contract, target, { identity, commandId, correlationId }));
  }
}
