import {
  type CommandOf,
  commandSchema,
  conversationCommands,
  failed,
  type Outcome,
  ownViewCommands,
} from '@parley/contracts';
import { z } from 'zod';

import type { ConversationCommands, Delivered } from '../commands/conversation-commands.ts';
import type { OwnViewCommand, OwnViewCommands } from '../commands/own-view-commands.ts';

const Command = z.union(
  [...conversationCommands, ...ownViewCommands].map((contract) => commandSchema(contract)),
);
const ownViewTypes: ReadonlySet<string> = new Set(ownViewCommands.map(({ type }) => type));

/** Takes a command out of its record: parses what another deployment wrote, and hands it on. */
export function handleWith(commands: {
  readonly conversations: ConversationCommands;
  readonly ownViews: OwnViewCommands;
}) {
  return async (command: unknown, delivered: Delivered): Promise<Outcome> => {
    const parsed = Command.safeParse(command);
    if (!parsed.success) return failed('malformed');
    return isOwnView(parsed.data)
      ? commands.ownViews.handle(parsed.data, delivered)
      : commands.conversations.handle(parsed.data, delivered);
  };
}

type AnyCommand = CommandOf<(typeof conversationCommands)[number]> | OwnViewCommand;

function isOwnView(command: AnyCommand): command is OwnViewCommand {
  return ownViewTypes.has(command.type);
}
