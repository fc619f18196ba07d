import { deleteMessage, editMessage, reactToMessage, removeReaction } from '@parley/contracts';

import type { ChangeCommands } from '../commands/change-commands.ts';
import type { SocketHandlers } from './socket-contract.ts';

type ChangeEvents = 'edit_message' | 'delete_message' | 'react_to_message' | 'remove_reaction';

/** What sockets do to messages that were sent before. */
export function changeHandlers(changes: ChangeCommands): Pick<SocketHandlers, ChangeEvents> {
  return {
    edit_message: (payload, session, correlationId) => {
      const { content: text, entities, idempotencyKey } = payload;
      const data = { wording: { text, ...(entities ? { entities } : {}) } };
      const acting = { identity: session.identity, correlationId, idempotencyKey };
      return changes.change(editMessage, { ...payload, data }, acting);
    },

    delete_message: (payload, session, correlationId) => {
      const acting = { identity: session.identity, correlationId, idempotencyKey: payload.idempotencyKey };
      if (payload.scope === 'me') return changes.hide(payload, acting);
      return changes.change(deleteMessage, { ...payload, data: {} }, acting);
    },

    react_to_message: (payload, session, correlationId) => {
      const { emoji, idempotencyKey } = payload;
      const acting = { identity: session.identity, correlationId, idempotencyKey };
      return changes.change(reactToMessage, { ...payload, data: { emoji } }, acting);
    },

    remove_reaction: (payload, session, correlationId) => {
      const { emoji, idempotencyKey } = payload;
      const acting = { identity: session.identity, correlationId, idempotencyKey };
      return changes.change(removeReaction, { ...payload, data: { emoji } }, acting);
    },
  };
}
