import type { ChatMessage, Conversation, ConversationSnapshot } from '@parley/client';
import { createContext, useContext } from 'react';

/** What stands beside the messages. */
export type Side =
  | { readonly shows: 'details' | 'search' | 'pins' }
  | { readonly shows: 'thread' | 'info' | 'history'; readonly message: ChatMessage };

/** What the next words are for: nothing, an answer, or an edit. */
export type Aim = { readonly is: 'reply' | 'edit'; readonly message: ChatMessage } | undefined;

/** What the parts of one conversation's page do for one another. */
export interface ConversationDesk {
  readonly conversation: Conversation;
  readonly snapshot: ConversationSnapshot;
  readonly myId: string;
  readonly showSide: (side: Side | undefined) => void;
  readonly aimAt: (aim: Aim) => void;
  /** Brings a message into view, loading what lies between. */
  readonly jumpTo: (seq: number) => void;
  readonly forward: (message: ChatMessage) => void;
}

export const DeskContext = createContext<ConversationDesk | undefined>(undefined);

export function useDesk(): ConversationDesk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('This stands on no conversation.');
  return desk;
}
