import { type ConversationDecider, evolveConversation, noConversation } from './conversation.ts';
import { decideBlocks } from './decide-blocks.ts';
import { decideGroup } from './decide-group.ts';
import { decideInvites } from './decide-invites.ts';
import { decideMembers } from './decide-members.ts';
import { decideOpenings } from './decide-openings.ts';

/** Who may open, change, leave and end a conversation. */
export const conversation: ConversationDecider = {
  initialState: noConversation,
  decide: { ...decideOpenings, ...decideMembers, ...decideGroup, ...decideBlocks, ...decideInvites },
  evolve: evolveConversation,
};
