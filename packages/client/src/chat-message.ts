import type { ContentToSend, ForwardOrigin, MessageContent, Quote, ReactionCount } from '@parley/contracts';

import type { ApiError } from './api-error.ts';

/** ✓ is `sent`: stored. ✓✓ is `delivered`, and `read`: to, and by, at least one other member. */
export type MessageStatus = 'sending' | 'failed' | 'sent' | 'delivered' | 'read' | 'received';

/** A message as a screen shows it; the same object as long as nothing about it changes. */
export interface ChatMessage {
  /** Stays the same from the first key press to the last tick; a forward gets another one when it is stored. */
  readonly key: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly isOwn: boolean;
  /** Its words, or one line that says what else it is. */
  readonly text: string;
  /** Nothing, where it was deleted for everyone. */
  readonly content: MessageContent | ContentToSend | null;
  readonly sentAt: string;
  readonly status: MessageStatus;
  readonly isEdited: boolean;
  /** For everyone: only its place is left. */
  readonly isDeleted: boolean;
  readonly reactions: readonly ReactionCount[];
  readonly isPinned: boolean;
  /** What it answers; absent where it answers nothing, or only the server knows as yet. */
  readonly replyTo?: Quote;
  /** Where it was said first; absent where that was here. */
  readonly forwardedFrom?: ForwardOrigin;
  /** Absent until the server has it. */
  readonly seq?: number;
  readonly messageId?: string;
  /** Why it is `failed`. */
  readonly error?: ApiError;
}
