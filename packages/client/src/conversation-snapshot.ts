import type { Role } from '@parley/contracts';

import type { ChatMessage } from './chat-message.ts';
import type { ConversationSummary } from './conversation-summary.ts';

/** A conversation as a screen shows it. */
export interface ConversationSnapshot extends ConversationSummary {
  readonly messages: readonly ChatMessage[];
  /** There is more history than is loaded. */
  readonly hasOlder: boolean;
  readonly isOpen: boolean;
  /** The person is not in it any more. */
  readonly isRemoved: boolean;
  /** How far each person has read. */
  readonly readPositions: ReadonlyMap<string, number>;
  /** How far it has come to each person's devices. */
  readonly deliveredPositions: ReadonlyMap<string, number>;
  /** Who is in it, once it is open. */
  readonly members: ReadonlyMap<string, Role> | undefined;
}
