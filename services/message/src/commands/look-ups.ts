import type {
  ChangeCommandContract,
  CommandOf,
  ConversationId,
  forwardMessage,
  hideMessage,
  MessageId,
  MessageView,
  sendMessage,
} from '@parley/contracts';

import type { decideForward, EarlierSend } from '../domain/decided-commands.ts';
import type { KnownMessage } from '../domain/known-message.ts';

export type Send = CommandOf<typeof sendMessage>;
export type Forward = CommandOf<typeof forwardMessage>;
/** What is done to a message that was sent before. */
export type Change = CommandOf<ChangeCommandContract>;
/** What somebody does not want to see any more. */
export type Hide = CommandOf<typeof hideMessage>;

export interface Pinned {
  readonly messageIds: readonly MessageId[];
  readonly position: number;
}

export type LookedUp<Found> = Promise<{ readonly found: Found | undefined } | 'unavailable'>;

/** What the rules need and the fold has forgotten, found in the read model once that includes a position. */
export interface LookUps {
  earlierSend(
    send: Send | Forward,
    covering: number,
  ): LookedUp<{ readonly send: EarlierSend; readonly view: MessageView }>;
  /** A message of this conversation, as far as it concerns somebody. */
  message(
    target: {
      readonly data: { readonly conversationId: ConversationId; readonly messageId: MessageId };
      readonly meta: Pick<Change['meta'], 'actorId'>;
    },
    covering: number,
  ): LookedUp<KnownMessage>;
  /** Which messages of its conversation are pinned. */
  pinned(change: Change, covering: number): LookedUp<Pinned>;
  /** What somebody wants to say again, as they see it now. */
  source(forward: Forward): LookedUp<NonNullable<CommandOf<typeof decideForward>['data']['source']>>;
}
