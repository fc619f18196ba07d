import { isSystemMessage, type MessageView, type ServerEventOf } from '@parley/contracts';

import type { ChatMessage } from './chat-message.ts';
import type { MessageChange } from './message-change.ts';

/** Everything that has a number of its own in a conversation. */
export type NumberedEvent =
  | { readonly kind: 'message'; readonly seq: number; readonly message: MessageView }
  /** The line that tells of a number, where a sync or a page has brought that and not the event itself. */
  | { readonly kind: 'system'; readonly seq: number; readonly message: MessageView }
  | { readonly kind: 'changed'; readonly seq: number; readonly change: MessageChange }
  | {
      readonly kind: 'joined';
      readonly seq: number;
      readonly joined: ServerEventOf<'user_joined_conversation'>;
    }
  | { readonly kind: 'left'; readonly seq: number; readonly left: ServerEventOf<'user_left_conversation'> }
  | { readonly kind: 'role'; readonly seq: number; readonly changed: ServerEventOf<'member_role_changed'> }
  | {
      readonly kind: 'updated';
      readonly seq: number;
      readonly updated: ServerEventOf<'conversation_updated'>;
    };

/** A row of the history as what it stands for. */
export function eventOfRow(message: MessageView): NumberedEvent {
  return { kind: isSystemMessage(message) ? 'system' : 'message', seq: message.seq, message };
}

/** What an event adds to the timeline: a message, or the line that tells of it. */
export function rowOfEvent(event: NumberedEvent): MessageView | undefined {
  // TypeScript cannot see that table[event.kind] accepts event.
  return (rows[event.kind] as (event: NumberedEvent) => MessageView | undefined)(event);
}

const rows: {
  readonly [K in NumberedEvent['kind']]: (
    event: Extract<NumberedEvent, { kind: K }>,
  ) => MessageView | undefined;
} = {
  message: ({ message }) => message,
  system: ({ message }) => message,
  changed: ({ change }) => (change.type === 'pinned' ? change.event.systemMessage : undefined),
  joined: ({ joined }) => joined.systemMessage,
  left: ({ left }) => left.systemMessage,
  role: ({ changed }) => changed.systemMessage,
  updated: ({ updated }) => updated.systemMessage,
};

/** Whose names a row needs: who said it, or who did what to whom. */
export function peopleIn({
  senderId,
  content,
}: Pick<ChatMessage, 'senderId' | 'content'>): readonly string[] {
  if (content?.type !== 'system') return [senderId];
  return [senderId, ...Object.values(content.variables).flat()].filter((value) => value.startsWith('usr_'));
}
